"""The arithmetic of a forecast, without a database."""

from decimal import Decimal

import pytest

from planning.forecasts.figures import (
    Bias,
    MetricScore,
    Typed,
    as_count,
    band,
    bias,
    change,
    last_known,
    parted,
    percent_off,
    plain,
    proposed,
    score,
    settled,
    total,
    usual_miss,
)
from planning.forecasts.models import ForecastFigure
from planning.forecasts.pages.track_record import how_good


@pytest.mark.parametrize(
    ("known", "figure", "year"),
    [
        ({2025: Decimal(100), 2026: Decimal(120)}, Decimal(120), 2026),
        ({2025: Decimal(100), 2026: None}, Decimal(100), 2025),
        ({2024: Decimal(0)}, Decimal(0), 2024),
        ({2026: None}, None, None),
        ({}, None, None),
        ({2027: Decimal(5), 2028: Decimal(6)}, None, None),
    ],
)
def test_the_last_known_year_is_proposed_and_a_blank_is_not_nought(
    known: dict[int, Decimal | None], figure: Decimal | None, year: int | None
) -> None:
    assert (proposed(known, 2027), last_known(known, 2027)) == (figure, year)


@pytest.mark.parametrize(
    ("figure", "actual", "off"),
    [
        (Decimal(110), Decimal(100), Decimal(10)),
        (Decimal(90), Decimal(100), Decimal(-10)),
        (Decimal(5), Decimal(0), None),
        (None, Decimal(3), None),
        (Decimal(3), None, None),
    ],
)
def test_a_forecast_is_measured_by_what_happened(
    figure: Decimal | None, actual: Decimal | None, off: Decimal | None
) -> None:
    assert percent_off(figure, actual) == off


def test_a_change_from_nothing_is_unknown() -> None:
    assert [
        change(Decimal(3), Decimal(0)),
        change(Decimal(3), None),
        change(None, Decimal(3)),
        change(Decimal(3), Decimal(2)),
    ] == [None, None, None, Decimal(50)]


def test_the_usual_miss_looks_as_far_ahead_as_the_proposal() -> None:
    known = {2021: Decimal(100), 2022: Decimal(400), 2023: Decimal(80), 2024: Decimal(500)}
    assert usual_miss(known, 2) == (Decimal(25) + Decimal(20)) / 2
    assert usual_miss({2022: Decimal(100), 2023: Decimal(80)}, 2) is None


@pytest.mark.parametrize(
    ("ahead", "low", "said"),
    [
        (1, Decimal(1), ["In past years “as the year before” was off by 20\xa0% on average."]),
        (2, None, ["In past years a figure was off by 20\xa0% on average 2 years later."]),
    ],
)
def test_what_is_said_of_a_proposal_is_measured_as_far_ahead(ahead: int, low: Decimal | None, said: list[str]) -> None:
    assert list(how_good(Decimal(20), ForecastFigure(low=low), ahead)) == said


def test_a_band_of_single_years_says_so_beside_a_proposal_that_looks_further() -> None:
    [sentence] = how_good(None, ForecastFigure(low=Decimal(1)), 2)
    assert "in one year; this proposal looks 2 years ahead" in sentence


def test_the_usual_miss_counts_years_that_follow_each_other() -> None:
    assert usual_miss({2022: Decimal(100), 2023: Decimal(80), 2024: Decimal(100)}) == (Decimal(25) + Decimal(20)) / 2
    assert usual_miss({2022: Decimal(100), 2024: Decimal(50)}) is None
    assert usual_miss({2022: Decimal(100), 2023: None, 2024: Decimal(50)}) is None
    assert usual_miss({2022: Decimal(100), 2023: Decimal(0)}) is None


@pytest.mark.parametrize(
    ("proposal", "override", "closer"),
    [
        (Decimal(95), Decimal(108), "proposal"),
        (Decimal(108), Decimal(95), "override"),
        (Decimal(90), Decimal(110), "both"),
        (Decimal(90), None, ""),
        (None, Decimal(90), ""),
    ],
)
def test_the_closer_of_proposal_and_override_is_named(
    proposal: Decimal | None, override: Decimal | None, closer: str
) -> None:
    found = score(Decimal(100), proposal, override)
    assert isinstance(found, MetricScore)
    assert found.closer == closer


def test_without_an_actual_figure_nothing_is_scored() -> None:
    assert score(None, Decimal(1), Decimal(2)) is None


def test_a_leaning_is_told_with_how_often_and_how_much() -> None:
    assert bias([Decimal(10), Decimal(4), Decimal(-2), None]) == Bias(3, 2, True, Decimal(7))
    assert bias([Decimal(-10), Decimal(-4), Decimal(2)]) == Bias(3, 2, False, Decimal(7))
    assert bias([Decimal(0)]) is None
    assert bias([None]) is None
    assert bias([Decimal(1), Decimal(-50)]) is None
    assert bias([Decimal(1), Decimal(2), Decimal(-50)]) is None


def test_a_total_of_nothing_known_is_not_nought() -> None:
    assert total([None, None]) is None
    assert total([]) is None
    assert total([Decimal("0.10"), None, Decimal("0.20")]) == Decimal("0.30")


def test_typing_the_proposal_again_is_no_other_figure_and_keeps_its_reason() -> None:
    said = ("feedback", "because")
    assert settled(Decimal("3.00"), Typed(Decimal(3), *said)) == Typed(None, *said)
    assert settled(Decimal(3), Typed(None, *said)) == Typed(None, *said)
    assert settled(None, Typed(Decimal(0), "feedback", "because")) == Typed(Decimal(0), "feedback", "because")


def test_figures_in_the_trail_have_no_tail_of_noughts() -> None:
    assert [parted(Decimal("3200.00")), parted(Decimal("1234567.50")), parted(None)] == ["3,200", "1,234,567.5", ""]
    assert [plain(Decimal("3200.00")), plain(Decimal("0.50")), plain(Decimal(0)), plain(None)] == [
        "3200",
        "0.5",
        "0",
        "",
    ]


def test_a_count_fits_the_projects_column() -> None:
    assert [as_count(None), as_count(Decimal("2.5")), as_count(Decimal("3.5")), as_count(Decimal(10) ** 12)] == [
        0,
        2,
        4,
        2**31 - 1,
    ]


@pytest.mark.parametrize(
    ("known", "found"),
    [
        ({2024: Decimal(100), 2025: Decimal(80), 2026: Decimal(100)}, (Decimal(80), Decimal(125))),
        ({2024: Decimal(100), 2025: Decimal(110), 2026: Decimal(121)}, (Decimal(121), Decimal("133.1"))),
        ({2023: Decimal(100), 2025: Decimal(80), 2026: Decimal(100)}, None),
        ({2024: Decimal(9000), 2025: Decimal(9000), 2026: Decimal(9000)}, None),
        ({2026: Decimal(100)}, None),
        ({}, None),
    ],
)
def test_the_band_reaches_as_far_as_the_known_years_moved(
    known: dict[int, Decimal | None], found: tuple[Decimal, Decimal] | None
) -> None:
    assert band(known, 2027, proposed(known, 2027)) == found
