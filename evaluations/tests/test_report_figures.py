"""Plan, actual and projection as arithmetic, and the warnings in words."""

from datetime import date
from decimal import Decimal

from budgets.spending.figures import YearFacts
from evaluations.models import ProgressReport
from evaluations.reports.figures import (
    CategorySpending,
    Course,
    MonthSpending,
    ProgressFigures,
    category_spending,
    course,
    even_plan,
    money_plan,
    spent_by_month,
    warnings_of,
)
from evaluations.reports.pages.charts import money_title, people_title
from sop_portal.foundation.kit.charts import Caption, PaceSums, pace_chart

YEAR = YearFacts(date(2027, 7, 1), date(2028, 6, 30), date(2027, 11, 8))
OCTOBER, JUNE = date(2027, 10, 31), date(2028, 6, 30)
MONTHS = [date(2027, 7, 31), date(2027, 8, 31), date(2027, 9, 30), OCTOBER, date(2027, 11, 30), date(2027, 12, 31)]
MONTHS += [date(2028, m, d) for m, d in ((1, 31), (2, 29), (3, 31), (4, 30), (5, 31), (6, 30))]


def figures(*amounts: str | int) -> list[Decimal]:
    return [Decimal(amount) for amount in amounts]


def sentences(spent: Course, *counted: tuple[str, Course], spending: tuple[CategorySpending, ...] = ()) -> list[str]:
    found = warnings_of(ProgressFigures(spending, spent, counted), on=OCTOBER, ends_on=JUNE, year=YEAR, currency="USD")
    return [warned.sentence for warned in found]


def test_a_course_adds_up_month_by_month() -> None:
    found = course(figures(100, 200, 300), figures(90, "20.50"))
    assert (found.actual, found.planned, found.reached, found.whole) == (
        tuple(figures(90, "110.50")),
        Decimal(200),
        Decimal("110.50"),
        Decimal(300),
    )


def test_an_expense_of_before_the_start_counts_with_the_first_month() -> None:
    spent = [
        MonthSpending("venue", date(2027, 6, 1), Decimal(5)),
        MonthSpending("venue", date(2027, 7, 1), Decimal(30)),
        MonthSpending("travel", date(2027, 9, 1), Decimal("7.50")),
    ]
    assert spent_by_month(spent, MONTHS[:3]) == figures(35, 0, "7.50")
    assert spent_by_month(spent, []) == []


def test_the_spending_of_a_category_is_that_of_the_month_and_of_all_months_until_then() -> None:
    spent = [MonthSpending("venue", date(2027, month, 1), Decimal(amount)) for month, amount in ((8, 200), (9, 40))]
    quarters = tuple(figures(100, 100, 100, 100))
    assert category_spending("Venue", quarters, spent, date(2027, 9, 1)) == CategorySpending(
        "Venue", quarters, in_period=Decimal(40), total=Decimal(240)
    )


def test_the_months_left_go_on_at_the_pace_of_the_last_three() -> None:
    plan = money_plan(figures(300, 300, 300, 300), MONTHS, YEAR)
    found = course(plan, figures(100, 110, 110, 110))
    assert (found.pace, found.ahead[0], found.end) == (Decimal("1.1"), Decimal("540.00"), Decimal("1310.00"))


def test_the_projection_follows_the_plan_and_not_a_straight_line() -> None:
    plan = money_plan(figures(900, 0, 0, 300), MONTHS, YEAR)
    found = course(plan, figures(300, 300, 300, 0))
    assert (found.ahead[0], found.end) == (Decimal("900.00"), Decimal("1200.00"))


def test_nothing_yet_is_projected_as_planned() -> None:
    found = course(figures(10, 20, 30), [])
    assert (found.reached, found.end, found.deviation) == (0, Decimal("30.00"), 0)


def test_a_finished_course_ends_where_it_is() -> None:
    assert course(figures(10, 20), figures(7, 8)).end == Decimal(15)


def test_counts_are_planned_evenly_over_the_months() -> None:
    assert even_plan(2400, MONTHS, date(2027, 7, 1))[:4] == figures(200, 400, 600, 800)
    assert even_plan(100, MONTHS[:3], date(2027, 7, 15)) == figures(33, 67, 100)
    assert even_plan(100, [], date(2027, 7, 15)) == []


def test_a_category_ahead_of_plan_is_warned_of_with_its_figures() -> None:
    venue = CategorySpending("Venue", tuple(figures(900, 900, 900, 900)), Decimal(340), Decimal(1540))
    on_plan = course(money_plan(figures(900, 900, 900, 900), MONTHS, YEAR), figures(300, 300, 300, 300))
    found = warnings_of(ProgressFigures([venue], on_plan, []), on=OCTOBER, ends_on=JUNE, year=YEAR, currency="USD")
    assert [(w.sentence, w.note, w.is_bad) for w in found] == [
        ("Venue: 128\xa0% of plan at 33\xa0% of the time.", "USD 1,540 spent, 1,200 planned by now.", True)
    ]


def test_too_few_activities_are_warned_of() -> None:
    plan = even_plan(120, MONTHS, date(2027, 7, 1))
    on_plan = course(plan, figures(10, 10, 10, 10))
    few = course(plan, figures(10, 10, 5, 6))
    assert sentences(on_plan, ("Activities", few)) == ["Activities: 78\xa0% of plan at 33\xa0% of the time."]
    assert sentences(on_plan, ("Activities", course(plan, figures(10, 10, 10, 2)))) == []


def test_a_count_far_above_its_plan_is_warned_of() -> None:
    plan = even_plan(2400, MONTHS, date(2027, 7, 1))
    on_plan = course(plan, figures(200, 200, 200, 200))
    many = course(plan, figures(200, 200, 200, 2000))
    assert sentences(on_plan, ("Participants", many)) == ["Participants: 325\xa0% of plan at 33\xa0% of the time."]
    assert sentences(on_plan, ("Participants", course(plan, figures(400, 400, 400, 400)))) == []
    # Late in the year the sum hides it.
    late = course(plan, figures(*[200] * 10, 2000))
    assert sentences(on_plan, ("Participants", late)) == ["Participants: 1,000\xa0% of what is planned for the month."]
    assert sentences(on_plan, ("Participants", course(plan, figures(*[200] * 10, 1000)))) == []


def test_more_than_the_lines_hold_at_the_end_is_warned_of() -> None:
    plan = money_plan(figures(3000, 3000, 3000, 3000), MONTHS, YEAR)
    assert sentences(course(plan, figures(1000, 1100, 1100, 1110))) == [
        "At this pace USD 13,137 is spent by 30\xa0June 2028, 1,137 over the approved lines."
    ]


def test_a_surplus_is_seen_early() -> None:
    plan = money_plan(figures(3000, 3000, 3000, 3000), MONTHS, YEAR)
    assert sentences(course(plan, figures(500, 500, 500, 500))) == [
        "At this pace USD 6,000 is left over on 30\xa0June 2028."
    ]


def test_a_project_without_money_is_not_warned_of() -> None:
    assert sentences(course(figures(*[0] * 12), figures(0, 0, 0, 0))) == []


def test_the_title_of_a_picture_says_the_finding() -> None:
    counted = ProgressReport(period_first=date(2027, 10, 1), participants_reached=1)
    plan = figures(1000, 2000, 3000)
    titles = [money_title(course(plan, figures(amount))) for amount in (1130, 1050, 950, 870)]
    assert titles == [
        "Money runs 13\xa0% ahead of plan",
        "Money is on plan",
        "Money is on plan",
        "Money runs 13\xa0% behind plan",
    ]
    titles = [people_title(course(plan, figures(count)), counted) for count in (1130, 1000, 870)]
    assert titles == [
        "Participants are 13\xa0% above plan",
        "Participants are on plan",
        "Participants are 13\xa0% below plan",
    ]
    nothing = course(figures(0, 0), figures(0))
    assert (money_title(nothing), people_title(nothing, counted)) == (
        "No money is approved for this project",
        "No participants are planned for this project",
    )


def test_participants_nobody_counted_yet_are_not_called_behind_plan() -> None:
    uncounted = ProgressReport(period_first=date(2027, 10, 1), participants_reached=None)
    behind = course(figures(1000, 2000, 3000), [None])
    assert people_title(behind, uncounted) == "The participants of October 2027 are not counted yet"


def test_a_month_nobody_has_counted_is_no_zero_and_is_projected_like_those_to_come() -> None:
    plan = figures(400, 800, 1200, 1600)
    for by_month in ([Decimal(400), None], [Decimal(400)]):
        found = course(plan, by_month)
        assert (found.actual, found.planned, found.deviation) == ((Decimal(400),), Decimal(400), 0)
        assert found.ahead == tuple(figures(800, 1200, 1600))
    between = course(plan, [Decimal(400), None, Decimal(200)])
    assert (between.actual, between.reached, between.planned) == ((400, None, 600), 600, 800)
    assert (between.planned_by_now, between.is_whole, between.last_month) == (1200, False, (200, 400))
    assert between.ahead == (Decimal(1200),)


def test_what_is_not_counted_is_left_out_of_the_chart_and_of_its_table() -> None:
    counted = course(figures(400, 800, 1200), [Decimal(400), None, Decimal(200)])
    names = ("July", "August", "September")
    chart = pace_chart(PaceSums(names, counted.plan, counted.actual), Caption("Title", "Summary"), now="now")
    assert [actual for _month, _plan, actual, _ahead in chart.rows] == [400, None, 600]
    assert (chart.reached, len(chart.wide.actual.split())) == (600, 3)
