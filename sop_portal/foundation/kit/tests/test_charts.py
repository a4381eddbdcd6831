from datetime import date
from decimal import Decimal
from itertools import pairwise

import pytest

from sop_portal.foundation.kit import charts
from sop_portal.foundation.kit.charts.scale import Scale, gridlines, round_steps, shortened, spread, text_width

HISTORY = [
    charts.LinePoint(str(year), value)
    for year, value in zip(range(2008, 2013), (3061, 3063, 3063, 2651, 2856), strict=True)
]
NO_WORDS = charts.Caption("", "")
AHEAD = charts.YearAhead("2013", Decimal(2930), 2590, 3280, 3200)


def line(history=HISTORY, ahead=AHEAD, **options):
    return charts.line_chart(history, ahead, charts.Caption("Participants fell", "Participants"), **options)


def steps_of(chart):
    return [grid.value for grid in chart.wide.gridlines]


@pytest.mark.parametrize(
    ("low", "high", "about", "steps"),
    [
        (0, 15000, 3, [0, 5000, 10000, 15000]),
        (2590, 3280, 4, [2400, 2600, 2800, 3000, 3200, 3400]),
        (0.1, 0.4, 3, [0.1, 0.2, 0.3, 0.4]),
        (5, 5, 3, [4, 6, 8, 10]),
        (0, 0, 4, [0, 0.25, 0.5, 0.75, 1]),
        (-20, 10, 3, [-20, -10, 0, 10]),
    ],
)
def test_steps_are_round_and_enclose_everything(low, high, about, steps):
    assert round_steps(low, high, about) == steps


def test_a_scale_turns_figures_into_pixels_and_survives_no_span():
    assert [Scale(0, 10, 100, 0).at(value) for value in (0, 5, 10)] == [100, 50, 0]
    assert Scale(3, 3, 100, 0).at(3) == 100


def test_gridlines_are_labelled_with_the_decimals_their_steps_need():
    assert [grid.label for grid in gridlines([0, 0.5, 1000], Scale(0, 1000, 0, 1))] == ["0.0", "0.5", "1,000.0"]
    assert [grid.label for grid in gridlines([-5, 0], Scale(-5, 0, 0, 1))] == ["\u22125", "0"]


def test_labels_that_would_overlap_are_moved_apart_and_keep_their_order():
    assert spread([50, 52]) == [43, 59]
    assert spread([59, 43]) == [59, 43]
    assert spread([10, 100]) == [10, 100]


def test_a_chinese_character_takes_the_room_of_two_latin_letters():
    assert text_width("部门") > 1.9 * text_width("ab")
    assert shortened("Avon", 118) == "Avon"
    assert text_width(shortened("A department with a very long name", 118)) <= 118


def test_the_line_has_a_dot_for_every_known_figure_and_a_hole_for_an_unknown_one():
    holed = line([*HISTORY[:2], charts.LinePoint("2010", None), *HISTORY[3:]])
    assert len(line().wide.dots) == 5
    assert len(line().wide.lines) == 1
    assert len(holed.wide.dots) == 4
    assert len(holed.wide.lines) == 2


def test_the_lowest_year_is_written_under_its_dot():
    assert [dot.is_below for dot in line().wide.dots] == [False, False, False, True, False]


def test_the_narrow_drawing_writes_only_the_first_and_the_last_figure():
    assert [dot.is_written for dot in line().narrow.dots] == [True, False, False, False, True]
    assert [dot.is_written for dot in line().wide.dots] == [True] * 5


def test_the_year_ahead_has_band_proposal_and_own_figure_in_their_order():
    ahead = line().wide.ahead
    assert ahead.band_top < ahead.own_at < ahead.ring_at < ahead.band_bottom
    assert ahead.band_height == round(ahead.band_bottom - ahead.band_top, 1)
    assert ahead.ring_text_at - ahead.own_text_at >= 16


def test_without_a_year_ahead_there_is_only_the_history():
    chart = line(ahead=None, from_zero=True)
    assert chart.wide.ahead is None
    assert steps_of(chart)[0] == 0


def test_a_small_line_has_one_drawing():
    chart = line(is_small=True)
    assert (chart.wide.width, chart.narrow) == (300, None)


def test_seventeen_years_do_not_crowd_their_labels():
    chart = line([charts.LinePoint(str(year), year) for year in range(1996, 2013)])
    places = [label.at for label in chart.narrow.labels]
    assert min(after - before for before, after in pairwise(places)) >= 38
    assert chart.narrow.labels[-1].text == "2013"


def test_a_line_without_any_figure_is_empty_but_stands():
    chart = line([charts.LinePoint("2012", None)], charts.YearAhead("2013"))
    assert (chart.wide.dots, chart.wide.lines) == ((), ())


def flow(*values):
    names = ("needed", "asked", "granted", "budgeted", "spent")
    amounts = [charts.Amount(name, value) for name, value in zip(names, values, strict=True)]
    return charts.flow_chart(amounts, NO_WORDS).wide.bars


def test_the_flow_shows_what_did_not_come_over_from_the_stage_before():
    bars = flow(*map(Decimal, ("612.4", "588.9", "477.0", "474.2", "147.0")))
    assert [bar.change for bar in bars] == [None, *map(Decimal, ("-23.5", "-111.9", "-2.8", "-327.2"))]
    assert [round(bar.share) for bar in bars[1:]] == [96, 81, 99, 31]
    assert [bar.is_last for bar in bars] == [False] * 4 + [True]
    assert bars[2].lost_height == round(bars[2].y - bars[1].y, 1)


def test_a_stage_that_has_not_happened_has_no_bar_and_no_share():
    bars = flow(Decimal(10), Decimal(8), None, None, None)
    assert [bar.height > 0 for bar in bars] == [True, True, False, False, False]
    assert [bar.share for bar in bars[2:]] == [None] * 3
    assert bars[1].is_last


def test_more_than_before_leaves_nothing_hatched():
    bars = flow(Decimal(10), Decimal(12), Decimal(12), Decimal(0), Decimal(0))
    assert (bars[1].change, bars[1].lost_height) == (2, 0)
    assert bars[4].share is None


def test_a_pool_is_never_drawn_beyond_its_size():
    bar = charts.capacity_bar(220, 148, 90)
    assert (bar.granted, bar.drafted, bar.is_full) == (67.3, 32.7, True)
    assert charts.capacity_bar(Decimal(24), Decimal(14), Decimal(6)).is_full is False
    assert charts.capacity_bar(0, 0).granted == 0


def test_progress_is_a_share_of_the_goal_with_the_plan_as_a_mark():
    assert vars(charts.progress_bar(1020, 3200, 1056)) == {"reached": 31.9, "planned": 33.0}
    assert charts.progress_bar(5, 4).reached == 100
    assert charts.progress_bar(5, 0).planned is None


def test_errors_point_to_their_side_and_the_large_ones_are_hatched():
    drawing = charts.bias_chart([charts.Miss("Avon", 37), charts.Miss("Canterbury", -39)], NO_WORDS).wide
    high, low = drawing.bars
    assert high.x == drawing.zero
    assert round(low.x + low.width, 1) == drawing.zero
    assert (high.is_hatched, low.is_hatched) == (True, True)
    assert high.text_at > drawing.zero > low.text_at


def test_errors_on_one_side_only_still_have_a_middle_line():
    drawing = charts.bias_chart([charts.Miss("Avon", Decimal(2))], NO_WORDS).narrow
    assert drawing.bars[0].x == drawing.zero
    assert charts.bias_chart([], NO_WORDS).wide.bars == ()


def test_the_parts_of_a_whole_follow_each_other():
    whole = charts.Whole("Bristol", (Decimal("1.45"), Decimal("0.21"), Decimal("0.83")))
    bar = charts.stack_chart([whole], ["people", "materials", "other"], NO_WORDS).wide.bars[0]
    assert bar.total == Decimal("2.49")
    assert [part.place for part in bar.parts] == [0, 1, 2]
    assert bar.parts[0].x < bar.parts[1].x < bar.parts[2].x < bar.text_at


def pace(**options):
    plan, actual, projection = [1000, 2000, 3000, 4000], [900, 2100], [3100, 4200]
    sums = charts.PaceSums(["Jul", "Aug", "Sep", "Oct"], plan, actual, projection)
    return charts.pace_chart(sums, NO_WORDS, now="31 August", **options)


def test_the_pace_begins_at_nothing_and_the_projection_where_the_actual_ends():
    drawing = pace().wide
    assert drawing.plan.startswith("46.0,206.0 ")
    assert drawing.projection.split()[0] == drawing.actual.split()[-1]
    assert drawing.now_at == float(drawing.actual.split()[-1].split(",")[0])


def test_the_table_of_the_pace_has_every_month_once():
    assert pace().rows == [
        ("Jul", 1000, 900, None),
        ("Aug", 2000, 2100, None),
        ("Sep", 3000, None, 3100),
        ("Oct", 4000, None, 4200),
    ]


def test_before_the_first_month_is_over_there_is_only_a_plan():
    chart = charts.pace_chart(charts.PaceSums(["Jul", "Aug"], [10, 20], []), NO_WORDS, now="")
    assert (chart.reached, chart.projected, chart.wide.projection) == (0, None, "")


def test_a_trend_needs_two_figures():
    assert charts.sparkline([5]) is None
    assert charts.sparkline([1, 2]).points == "4.0,28.0 92.0,4.0"
    assert charts.sparkline([3, 3]).y == 16


WINDOW = charts.WindowSpan(date(2013, 1, 1), date(2013, 3, 31), "1 January to 31 March", date(2013, 4, 7))


def timeline(today=date(2013, 6, 4), *windows):
    lanes = [charts.Lane("Forecast", "", windows or (WINDOW,))]
    return charts.timeline(lanes, NO_WORDS, from_on=date(2013, 1, 1), to_on=date(2013, 8, 31), today=today)


@pytest.mark.parametrize(
    ("today", "phase"),
    [
        (date(2012, 12, 31), charts.Phase.AHEAD),
        (date(2013, 1, 1), charts.Phase.NOW),
        (date(2013, 3, 31), charts.Phase.NOW),
        (date(2013, 4, 7), charts.Phase.NOW),
        (date(2013, 4, 8), charts.Phase.PAST),
    ],
)
def test_a_window_is_open_to_the_last_day_of_its_grace(today, phase):
    assert charts.phase_of(WINDOW, today) == phase


def test_the_deadline_stands_at_the_end_of_its_day_and_grace_follows():
    bar = timeline().rows[0].bars[0]
    assert bar.deadline_at == bar.grace_at == round(bar.x + bar.width, 1)
    assert bar.grace_width > 0
    assert bar.is_inside


def test_a_narrow_window_has_its_words_beside_it():
    short = charts.WindowSpan(date(2013, 4, 3), date(2013, 4, 5), "resource requests")
    bar = timeline(date(2013, 6, 4), short).rows[0].bars[0]
    assert (bar.is_inside, bar.anchor) == (False, "start")
    assert bar.text_at > bar.x + bar.width


def test_a_window_beyond_the_drawing_is_a_stub_at_its_edge_without_a_deadline():
    late = charts.WindowSpan(date(2014, 7, 1), date(2014, 7, 28), "four weeks after each project ends")
    bar = timeline(date(2013, 6, 4), late).rows[0].bars[0]
    assert (bar.width, bar.deadline_at, bar.anchor) == (60, None, "end")


def test_today_is_drawn_only_inside_the_range():
    assert timeline().today_at is not None
    assert timeline(date(2015, 1, 1)).today_at is None


def test_every_month_has_its_line():
    assert [mark.on.month for mark in timeline().months] == [1, 2, 3, 4, 5, 6, 7, 8]


def test_a_bar_in_a_row_lays_its_parts_end_to_end_and_never_beyond_its_end() -> None:
    bar = charts.row_bar(40, (11, "solid"), (8, "hatched"), mark=12)
    assert [(part.x, part.width, part.classes) for part in bar.parts] == [(0.0, 27.5, "f1"), (27.5, 20.0, "")]
    assert bar.mark == 30.0
    full = charts.row_bar(10, (8, "light"), (8, "bad"))
    assert [(part.x, part.width) for part in full.parts] == [(0.0, 80.0), (80.0, 20.0)]
    assert charts.row_bar(0, (0, "solid")).parts[0].width == 0.0
