"""What is not as planned: departments that owe reports, and lines of which everything names the same ones."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from random import Random
from types import SimpleNamespace

import pytest
from django.test import Client

from budgets.models import Appropriation, Expense, Flag, LineWarning, MeasuredYear
from budgets.spending import actions
from budgets.spending.actions import Payment, warn_of_lines
from budgets.tests.running_year import active_project, approved_line_of, running_cycle
from evaluations.models import ProgressReport
from planning.models import Cycle, Project
from sop_portal.dashboards.checks.invariants import early_warnings as misjudged
from sop_portal.dashboards.pages.my_work.finance_highlights import spending_warnings
from sop_portal.dashboards.queries.deviations import owing
from sop_portal.dashboards.queries.reports import open_reports
from sop_portal.foundation.kit import clock
from sop_portal.foundation.kit.sheets import read_table
from sop_portal.foundation.organisation.actor import Actor
from sop_portal.foundation.organisation.models import Department, User

Browser = Callable[[User], Client]
NOVEMBER, DECEMBER = (datetime(2027, month, 12, 17, tzinfo=UTC) for month in (11, 12))
MONTHS = [date(2027, month, 15) for month in (7, 8, 9, 10)]
LABELS = {flag: str(flag.label) for flag in Flag}


def test_a_department_that_owes_reports_is_named_once_with_their_number(year: Cycle) -> None:
    late = date(2028, 6, 30)
    owed = ProgressReport.objects.filter(state="draft", department__slug="branch-001").count()
    found = {deviation.who: deviation.sentence for deviation in owing(year, open_reports(year, late), late)}
    assert found == dict.fromkeys(("Branch 001", "Branch 002"), f"owes {owed} progress reports")


def by_hand(line: Appropriation, months: int) -> tuple[Fraction, set[Flag]]:
    """Where a line of a year from July on ends after so many whole months, and what it is warned of; with fractions."""
    plan = [Fraction(quarter) / 3 for quarter in line.line.quarters for _month in range(3)]
    spent = [Fraction(0)] * 12
    for expense in Expense.objects.filter(appropriation=line):
        spent[(expense.spent_on.year - 2027) * 12 + expense.spent_on.month - 7] += Fraction(expense.amount)
    since = max(months - 3, 0)
    window = sum(plan[since:months])
    pace = sum(spent[since:months]) / window if window else Fraction(1)
    end = Fraction(max(sum(spent[:months]) + sum(plan[months:]) * pace, sum(spent)))
    flags = {Flag.OVER} if end > sum(plan) * 105 / 100 else {Flag.UNDER} if end < sum(plan) * 90 / 100 else set()
    return end, flags | ({Flag.AHEAD} if sum(spent) > sum(plan[: months + 1]) * 120 / 100 else set())


def everything_names(browser: Client, months: int) -> dict[Flag, int]:
    """How many lines are warned of what, after page, spreadsheet and dashboard named the very same ones."""
    lines = Appropriation.objects.select_related("cycle", "line").filter(cycle__year=2027)
    whole = read_table(browser.get("/2027/lines/export/xlsx/").content, "lines.xlsx").rows
    exceptions = {e.url: e.sentence for e in browser.get("/2027/dashboard/").context["exceptions"]}
    counts = {}
    for flag in Flag:
        url = f"/2027/lines/?flag={flag}"
        wanted = {str(line) for line in lines if flag in by_hand(line, months)[1]}
        shown = {row.name for row in browser.get(f"{url}&rows=all").context["rows"]}
        sheet = read_table(browser.get(f"/2027/lines/export/xlsx/?flag={flag}").content, "lines.xlsx").rows
        column = {row[0] for row in whole if LABELS[flag] in str(row[10]).split("; ")}
        counted = re.match(r"[0-9]+", exceptions.get(url, "0"))
        assert (shown, {row[0] for row in sheet}, column) == (wanted, wanted, wanted), flag
        assert counted is not None
        assert int(counted[0]) == len(wanted), flag
        counts[flag] = len(wanted)
    for line, row in zip(lines.order_by("number"), whole, strict=True):
        assert abs(Fraction(Decimal(str(row[9]))) - by_hand(line, months)[0]) < Fraction(2, 100)
    return counts


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
def test_dashboard_list_page_and_spreadsheet_warn_of_the_same_lines(
    seed: int, cast: SimpleNamespace, arts: Department, sports: Department, as_person: Browser
) -> None:
    chance = Random(seed)
    cycle = running_cycle(cast.ada)
    for number in range(10):
        quarters = chance.choice([(300, 300, 300, 300), (900, 100, 100, 100), (0, 0, 600, 600), (33, 101, 0, 7)])
        line = approved_line_of(active_project(cycle, chance.choice([arts, sports]), cast.ben, f"P{number}"), quarters)
        spend(line, cast.dora, NOVEMBER, chance, MONTHS)
    browser = as_person(cast.dora)
    with clock.at(NOVEMBER):
        before = everything_names(browser, 4)
        warn_of_lines(at=NOVEMBER)
        assert MeasuredYear.objects.get().measured_on == NOVEMBER.date()
        assert everything_names(browser, 4) == before
        for line in chance.sample(list(Appropriation.objects.all()), 5):
            spend(line, cast.dora, NOVEMBER, chance, [*MONTHS, date(2027, 11, 3)])
        everything_names(browser, 4)
        topic = spending_warnings(cycle, Actor.of(cast.dora, NOVEMBER))
        assert topic.count == len(browser.get("/2027/lines/?flag=any&rows=all").context["rows"])
        assert list(misjudged()) == []
    with clock.at(DECEMBER):
        later = everything_names(browser, 5)
        warn_of_lines(at=DECEMBER)
        assert everything_names(browser, 5) == later
        assert list(misjudged()) == []


def spend(line: Appropriation, by: User, at: datetime, chance: Random, days: list[date]) -> None:
    """Some expenses of what is left, on some of these days."""
    for day in chance.sample(days, chance.randint(0, len(days))):
        line.refresh_from_db()
        amount = ((line.approved - line.spent) * chance.randint(0, 45) / 100).quantize(Decimal("0.01"))
        if amount:
            actions.post(line, Payment(amount, day, "Chairs"), by=by, at=at)


def test_before_the_year_begins_no_line_is_warned_of(
    cast: SimpleNamespace, arts: Department, as_person: Browser
) -> None:
    cycle = running_cycle(cast.ada)
    approved_line_of(active_project(cycle, arts, cast.ben, "Story hours"))
    with clock.at(datetime(2027, 6, 25, 17, tzinfo=UTC)):
        warn_of_lines(at=clock.now())
        page = as_person(cast.dora).get("/2027/lines/")
        assert [(row.projection, row.warning) for row in page.context["rows"]] == [("–", "")]
        assert as_person(cast.dora).get("/2027/dashboard/").context["exceptions"] == []
        assert as_person(cast.dora).get("/2027/lines/?flag=any").context["rows"] == []


def test_a_planted_or_forgotten_warning_is_found(cast: SimpleNamespace, arts: Department) -> None:
    line = approved_line_of(active_project(running_cycle(cast.ada), arts, cast.ben, "Story hours"))
    warn_of_lines(at=NOVEMBER)
    assert list(misjudged()) == []
    LineWarning.objects.update(flag="over")
    says = f"Approved line {line.pk} “{line}”: it is kept as warned of over, but its figures come to under."
    assert list(misjudged()) == [says]
    LineWarning.objects.all().delete()
    assert list(misjudged()) == [says.replace("over", "nothing")]


def test_the_tile_compares_spending_with_the_plan_by_quarters(year: Cycle, as_person: Browser) -> None:
    Project.objects.update(spent=0)
    page = as_person(User.objects.get(email="dora@example.org")).get(f"/{year.year}/dashboard/")
    note = page.context["tiles"][4].note
    assert note == "42\xa0% planned until the end of November 2027: 42 points behind"
