"""Not yet is not zero: what a year cannot show yet is said in words and stays out of trends and changes."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.test import Client

from planning.cycles import actions as cycles
from planning.forecasts import actions as forecasts
from planning.models import Cycle, Project
from planning.requests import actions as requests
from planning.tests.requesting import DURING, ask_bus
from planning.tests.requesting import open_year as open_requests
from sop_portal.dashboards.figures import ZERO
from sop_portal.dashboards.pages.my_work.department_figures import trend_sentence
from sop_portal.dashboards.pages.my_work.highlights import money_strip
from sop_portal.dashboards.pages.project.chain import evaluated_when
from sop_portal.dashboards.pages.year.money_flow import money_flow
from sop_portal.dashboards.pages.year.tiles import changed, money_by_year, tiles
from sop_portal.dashboards.queries.deviations import without_exceptions
from sop_portal.dashboards.queries.money import (
    DecidedMoney,
    DepartmentMoney,
    MoneyTotals,
    decided_money_of_all_departments,
    money_by_department,
    money_by_division,
    stages_that_happened,
    total_money,
)
from sop_portal.foundation.kit import clock
from sop_portal.foundation.kit.charts import LinePoint
from sop_portal.foundation.kit.components import Tile
from sop_portal.foundation.organisation.actor import Actor
from sop_portal.foundation.organisation.models import Department, User
from sop_portal.tests.page_text import words_of
from sop_portal.tests.shared_fixtures import shared_fixture
from sop_portal.tests.small_year import MARCH

NOTHING = MoneyTotals(ZERO, ZERO, ZERO, ZERO, ZERO, projects=0)
PLANNED = MoneyTotals(Decimal(900), Decimal(800), ZERO, ZERO, ZERO, projects=2)
NONE_DECIDED = DecidedMoney(ZERO, ZERO, 0, 2)
DAY = MARCH.date()


@shared_fixture
def draft(cast: SimpleNamespace) -> Cycle:
    """A year that is not published, without a year before it."""
    return cycles.create_cycle(year=2027, by=cast.ada, at=MARCH)


def tiles_of(cycle: Cycle, totals: MoneyTotals, decided: DecidedMoney, on: date) -> list[Tile]:
    """The tiles of a year without accuracy."""
    return tiles(cycle, totals, decided, {}, on)


def shown(tile: Tile) -> tuple[str, str, str]:
    """What a tile says."""
    return str(tile.figure), str(tile.unit), str(tile.note)


def test_a_draft_year_has_words_instead_of_zeros(draft: Cycle) -> None:
    found = tiles_of(draft, NOTHING, decided_money_of_all_departments(draft), DAY)
    assert [shown(tile) for tile in found] == [
        ("–", "", "no forecast is owed yet"),
        ("–", "", "no year with forecast and actual yet"),
        ("–", "", "no request is decided yet"),
        ("–", "", "the budget is not shared yet"),
        ("–", "", "nothing is budgeted yet"),
        ("–", "", "no measure is proposed yet"),
    ]
    assert [tile.sparkline for tile in found] == [None] * 6


def test_a_year_just_published_owes_its_forecasts(draft: Cycle, cast: SimpleNamespace) -> None:
    published = forecasts.publish_year(draft, by=cast.ada, at=MARCH, seen=1)
    [on_time, *_rest] = tiles_of(published, PLANNED, NONE_DECIDED, DAY)
    assert shown(on_time) == ("–", "", "none is filed yet; 2 are owed")


def test_a_budgeted_year_before_its_execution_has_spent_nothing_yet(draft: Cycle) -> None:
    budgeted = MoneyTotals(Decimal(900), Decimal(800), Decimal(700), Decimal(700), ZERO, projects=2)
    decided = DecidedMoney(Decimal(800), Decimal(700), 2, 2)
    spent = tiles_of(draft, budgeted, decided, DAY)[4]
    assert (spent.figure, "execution begins on" in str(spent.note)) == ("–", True)
    running = tiles_of(draft, budgeted, decided, draft.starts_on)[4]
    assert (running.figure, running.unit) == ("0", "%")


def test_a_request_that_is_not_decided_is_not_refused(draft: Cycle) -> None:
    assert "not granted" not in str(money_flow(draft, PLANNED, NONE_DECIDED).title)
    half = DecidedMoney(Decimal(400), Decimal(300), 1, 2)
    assert "not granted" not in str(money_flow(draft, PLANNED, half).title)
    granted = tiles_of(draft, PLANNED, half, DAY)[2]
    assert shown(granted) == ("75", "%", "1 of 2 requests are decided")
    whole = DecidedMoney(Decimal(800), Decimal(600), 2, 2)
    assert money_flow(draft, PLANNED, whole).title == "25\xa0% of what was asked was not granted"
    assert (half.is_complete, whole.is_complete, NONE_DECIDED.part) == (False, True, None)


def compared(draft: Cycle, totals: MoneyTotals, decided: DecidedMoney) -> dict[str, tuple[object, object]]:
    """The difference and the share of each stage of the money, as the table shows them."""
    bars = money_flow(draft, totals, decided).wide.bars
    return {str(bar.name): (bar.change, bar.share) for bar in bars}


def test_what_only_some_asked_or_were_granted_is_compared_with_nothing(draft: Cycle) -> None:
    totals = MoneyTotals(Decimal(1000), Decimal(800), Decimal(300), Decimal(300), ZERO, projects=2)
    some = compared(draft, totals, DecidedMoney(Decimal(320), Decimal(300), 1, 2, not_handed_in=1))
    assert [some[name] for name in ("asked", "granted", "budgeted")] == [(None, None)] * 3
    asked = compared(draft, totals, DecidedMoney(Decimal(320), Decimal(300), 1, 2))
    assert [asked[name] for name in ("asked", "granted", "budgeted")] == [(-200, 80), (None, None), (None, None)]
    whole = compared(draft, totals, DecidedMoney(Decimal(800), Decimal(300), 2, 2))
    assert [whole[name] for name in ("granted", "budgeted")] == [(-500, Decimal("37.5")), (0, 100)]


def test_a_division_has_nothing_of_a_stage_that_has_not_happened(draft: Cycle, arts: Department) -> None:
    Department.objects.update(division="Culture")
    departments = [DepartmentMoney(arts.pk, PLANNED)]
    before = stages_that_happened(PLANNED, draft, DAY)
    [row] = money_by_division(departments, before)
    assert row.totals == {"needed": 900, "asked": 800, "granted": None, "budgeted": None, "spent": None}
    silent = [DepartmentMoney(arts.pk, MoneyTotals(Decimal(900), ZERO, ZERO, ZERO, ZERO, projects=1))]
    some, all_of_them = DecidedMoney(ZERO, ZERO, 0, 2, not_handed_in=1), DecidedMoney(ZERO, ZERO, 0, 2)
    assert money_by_division(silent, before, some.unfinished)[0].totals["asked"] is None
    assert money_by_division(silent, before, all_of_them.unfinished)[0].totals["asked"] == 0
    budgeted = MoneyTotals(Decimal(900), Decimal(800), Decimal(700), Decimal(700), ZERO, projects=2)
    assert stages_that_happened(budgeted, draft, DAY)[-1] == "budgeted"
    assert stages_that_happened(budgeted, draft, draft.starts_on)[-1] == "spent"


def test_a_waived_request_asks_for_nothing(cast: SimpleNamespace, arts: Department) -> None:
    year = open_requests(cast)
    ask_bus(year, cast.amina)
    cycle, actor = year.arts.cycle, Actor.of(cast.omar, DURING)
    before = {row.department_id: row.totals.asked for row in money_by_department(cycle, actor)}
    year.arts.refresh_from_db()
    requests.waive(year.arts, by=cast.ada, at=DURING, seen=year.arts.version, comment="No events this year")
    after = {row.department_id: row.totals.asked for row in money_by_department(cycle, actor)}
    assert (before[arts.pk] > 0, after[arts.pk]) == (True, 0)
    assert money_by_year(cycle, total_money(money_by_department(cycle, actor)))[cycle.year]["asked"] == sum(
        after.values()
    )


def test_a_running_year_and_one_that_is_over_show_their_figures(year: Cycle) -> None:
    for on in (date(2027, 11, 22), date(2028, 12, 1)):
        found = tiles_of(year, NOTHING, decided_money_of_all_departments(year), on)
        assert [str(tile.unit) for tile in found][3] == "of 2"
        assert found[5].figure == "0"


@pytest.mark.parametrize(
    ("trend", "says"),
    [
        ({}, ""),
        ({2027: Decimal(50)}, ""),
        ({2025: Decimal(40), 2026: Decimal(50)}, ""),
        ({2026: Decimal(40), 2027: Decimal(50)}, "+10 points compared with 2026"),
    ],
)
def test_a_change_needs_the_year_itself_and_one_before(trend: dict[int, Decimal], says: str) -> None:
    assert changed(trend, 2027) == says


@pytest.mark.parametrize(
    ("state", "budgeted", "on", "says"),
    [
        ("draft", 0, date(2027, 3, 1), "not published yet"),
        ("published", 0, date(2027, 3, 1), "Execution begins on"),
        ("published", 900, date(2027, 6, 30), "Execution begins on"),
        ("published", 0, date(2027, 8, 1), "Nothing is budgeted"),
        ("published", 900, date(2027, 8, 1), "Everything runs as planned"),
        ("closed", 900, date(2028, 8, 1), "The execution year is over"),
    ],
)
def test_only_a_year_that_runs_on_a_budget_runs_as_planned(state: str, budgeted: int, on: date, says: str) -> None:
    cycle = Cycle(year=2027, state=state, starts_on=date(2027, 7, 1), ends_on=date(2028, 6, 30))
    assert says in without_exceptions(cycle, Decimal(budgeted), on)


def test_a_year_without_a_predecessor_has_no_trend() -> None:
    apart = [LinePoint("2023", Decimal(100)), LinePoint("2026", Decimal(150))]
    nobody = [LinePoint("2025", Decimal(0)), LinePoint("2026", Decimal(150))]
    following = [LinePoint("2025", Decimal(100)), LinePoint("2026", Decimal(150))]
    neutral = "Participants of my department in the past years"
    assert [trend_sentence(apart), trend_sentence(nobody)] == [neutral, neutral]
    assert trend_sentence(following) == "Participants rose by 50\xa0% in 2026"


@pytest.mark.parametrize(
    ("state", "said"),
    [("active", "after the project ends"), ("cancelled", "none: the project was cancelled")],
)
def test_a_cancelled_project_is_promised_no_evaluation(state: str, said: str) -> None:
    assert evaluated_when(Project(state=state)) == said


@pytest.mark.parametrize("name", ["emil", "dora", "omar"])
def test_before_the_execution_nobody_is_told_that_all_runs_as_planned(
    draft: Cycle, cast: SimpleNamespace, as_person: Callable[[User], Client], name: str
) -> None:
    forecasts.publish_year(draft, by=cast.ada, at=MARCH, seen=1)
    with clock.at(MARCH):
        page = words_of(as_person(getattr(cast, name)).get("/"))
    assert ("Execution begins on" in page, "Everything runs as planned" in page, "0 of 0 spent" in page) == (
        True,
        False,
        False,
    )


def test_what_has_not_happened_is_no_zero_in_the_strip_of_management(draft: Cycle) -> None:
    asked = MoneyTotals(Decimal(900), Decimal(800), ZERO, ZERO, ZERO, projects=2)
    budgeted = MoneyTotals(Decimal(900), Decimal(800), Decimal(700), Decimal(700), ZERO, projects=2)
    assert [tile.figure for tile in money_strip(draft, asked, DAY)] == ["900", "800", "–", "–", "–"]
    assert [tile.figure for tile in money_strip(draft, budgeted, DAY)] == ["900", "800", "700", "700", "–"]
    assert [tile.figure for tile in money_strip(draft, budgeted, draft.starts_on)] == ["900", "800", "700", "700", "0"]
