"""A plan that was approved elsewhere: brought in, confirmed, gone on from."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client

from budgets.drafting import actions as budgets
from budgets.models import Appropriation, BroughtRow, Budget, BudgetLine, Expense
from evaluations.models import ProgressReport
from planning.cycles.actions import YearPlan, create_cycle
from planning.forecasts.actions import publish_year
from planning.models import Cycle, Forecast, Project
from sop_portal.dashboards.checks.invariants import problems
from sop_portal.foundation.kit.refusals import NotNow, NotReady, NotYours
from sop_portal.foundation.notices.models import Notice
from sop_portal.foundation.organisation.models import User
from sop_portal.tests.page_text import words_of
from sop_portal.tests.shared_fixtures import shared_fixture
from sop_portal.workbook.actions import NotTaken, bring, take_back
from sop_portal.workbook.models import BroughtSheet
from sop_portal.workbook.sheets.plan import PlanSheet
from sop_portal.workbook.tests.books import DEPARTMENTS, FUNDS, PEOPLE, Rows, book, understood
from sop_portal.workbook.tests.test_pages import Browser, post, uploaded

pytestmark = pytest.mark.django_db
LATER = timedelta(minutes=5)
PROJECTS: Rows = [
    ["Department", "Project", "Project lead", "Plan year"],
    ["Arts", "Story hours", "ben@example.net", 2026],
    ["Sports", "Swimming", None, 2026],
]
PLAN: Rows = [
    ["Department", "Project", "Category", "Funding source", "What it is for", "Q1", "Q2", "Q3", "Q4",
     "How it serves the purpose", "Approved on", "Approved by", "Plan year"],
    ["Arts", "Story hours", "Materials", "Friends", "Picture books", 1200.5, 800, 600, 400, "Children read",
     date(2025, 12, 12), "the board", 2026],
    ["Arts", "Story hours", "Personnel", None, None, 100, 100, 100, 100, None, None, None, 2026],
    ["Sports", "Swimming", "场地", "City", None, 0, 250.25, 0, 0, None, None, None, 2026],
]  # fmt: skip
EXPENSES: Rows = [
    ["Date", "Amount", "What for", "Department", "Project", "Category", "Receipt", "Plan year"],
    [date(2026, 8, 3), 312.4, "Picture books", "Arts", "Story hours", "Materials", "K-118", 2026],
    [date(2026, 10, 9), 88.05, "Lanes", "Sports", "Swimming", None, None, 2026],
]


@shared_fixture
def running(empty_portal: SimpleNamespace) -> SimpleNamespace:
    """The year 2026 runs, from July to June; its projects are known, its plan was approved elsewhere."""
    w = SimpleNamespace(**vars(empty_portal))
    w.cycle = create_cycle(year=2026, plan=YearPlan(starts_on=date(2026, 7, 1)), by=w.ada, at=w.at)
    sheets = {"Departments": DEPARTMENTS, "People and roles": PEOPLE, "Funding sources": FUNDS, "Projects": PROJECTS}
    bring(understood(book(sheets), w.ada, w.at), by=w.ada, at=w.at)
    for name in ("chidi", "dora", "emil", "amina"):
        setattr(w, name, User.objects.get(email=f"{name}@example.net"))
    return w


def brought(w: SimpleNamespace, by: User | None = None, **sheets: object) -> list[BroughtSheet]:
    """Bring these sheets in."""
    by = by or w.ada
    named = {title.replace("_", " "): rows for title, rows in sheets.items()}
    return bring(understood(book(named), by, w.at), by=by, at=w.at)  # type: ignore[arg-type]


def published(w: SimpleNamespace) -> None:
    """The year is published."""
    w.cycle.refresh_from_db()
    w.cycle = publish_year(w.cycle, by=w.ada, at=w.at, seen=w.cycle.version)


def confirmed(w: SimpleNamespace) -> Budget:
    """The plan is brought in and confirmed."""
    brought(w, Approved_plan=PLAN)
    published(w)
    plan = Budget.objects.get()
    return budgets.confirm_plan(plan, by=w.emil, at=w.at + LATER, seen=plan.version)


def lines() -> list[tuple[Any, ...]]:
    """What stands in the lines."""
    found = BudgetLine.objects.order_by("number").values_list(
        "number", "department__name", "project__name", "category", "fund__name", "q1", "q2", "q3", "q4"
    )
    return list(found)


def test_a_plan_comes_in_line_by_line_and_each_leads_to_file_and_row(running: SimpleNamespace) -> None:
    [sheet] = brought(running, Approved_plan=PLAN)
    assert (sheet.sheet, sheet.rows) == ("plan", 3)
    assert lines() == [
        (1, "Arts", "Story hours", "materials", "Friends", Decimal("1200.50"), 800, 600, 400),
        (2, "Arts", "Story hours", "people", "General fund", 100, 100, 100, 100),
        (3, "Sports", "Swimming", "services", "City", 0, Decimal("250.25"), 0, 0),
    ]
    plan = Budget.objects.get()
    assert (plan.state, plan.kind, plan.outside_on, plan.outside_by) == (
        "brought", "brought", date(2025, 12, 12), "the board",
    )  # fmt: skip
    assert [str(line.brought_row.where) for line in plan.lines.order_by("number")] == [
        f"file.xlsx, sheet “Approved plan”, row {row}" for row in (2, 3, 4)
    ]
    assert problems() == []


def test_why_a_line_holds_more_than_was_allocated_comes_in_and_goes_out_again(running: SimpleNamespace) -> None:
    header, first, *rest = PLAN
    with_reason = [[*header, "Why more than was allocated"], [*first, "Paper has become dearer"], *rest]
    brought(running, Approved_plan=with_reason)
    reasons = BudgetLine.objects.order_by("number").values_list("more_reason", flat=True)
    assert list(reasons) == ["Paper has become dearer", "", ""]
    said = [row.get("more_reason") for row in PlanSheet().current(running.at.date(), 2026)]
    assert said == ["Paper has become dearer", None, None]


def test_months_are_added_up_to_the_quarters_of_the_execution(running: SimpleNamespace) -> None:
    head = [
        "Department",
        "Project",
        "Category",
        "July",
        "August",
        "10月",
        "January",
        "Jun",
        "Approved on",
        "Approved by",
    ]
    row = ["Arts", "Story hours", "Materials", 10, 20.5, 30, 40, 50, date(2025, 12, 12), "the board"]
    brought(running, Approved_plan=[[*head, "Year"], [*row, 2026]])
    assert [line[5:] for line in lines()] == [(Decimal("30.50"), 30, 40, 50)]


def test_a_quarter_that_is_not_the_sum_of_its_months_is_refused(running: SimpleNamespace) -> None:
    head = ["Department", "Project", "Category", "Q1", "July", "Approved on", "Approved by", "Year"]
    row = ["Arts", "Story hours", "Materials", 11, 10, date(2025, 12, 12), "the board", 2026]
    found = understood(book({"Approved plan": [head, row]}), running.ada, running.at)
    assert [one["sentence"] for one in found.problems_as_json()] == [
        "Row 2: the months of a quarter come to 10, the quarter says 11. Correct one of them."
    ]


def test_the_unit_of_several_columns_of_money_is_asked_once_and_converts_all_of_them(running: SimpleNamespace) -> None:
    head = ["Department", "Project", "Category", "Q1 (thousand)", "Q2 (thousand)", "Approved on", "Approved by", "Year"]
    packed = book(
        {"Approved plan": [head, ["Arts", "Story hours", "Materials", 1.5, 2, "2025-12-12", "the board", 2026]]}
    )
    found = understood(packed, running.ada, running.at)
    assert [question.key for _sheet, question in found.questions] == ["plan.unit:D"]
    found = understood(packed, running.ada, running.at, answers={"plan.unit:D": "1000"})
    bring(found, by=running.ada, at=running.at)
    assert [line[5:] for line in lines()] == [(1500, 2000, 0, 0)]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"Project": "Nowhere"}, "Row 2, column Project: “Arts” has no project “Nowhere” in 2026. Write it on the "
         "sheet of projects, or correct the name."),
        ({"Funding source": "Nobody"}, "Row 2, column Funding source: the portal has no funding source “Nobody”. Write "
         "it on the sheet of funding sources, or correct the name."),
        ({"Approved on": None}, "Row 2: nothing says on which day and by whom the plan of 2026 was approved. Write "
         "both in this row; the other rows may leave them blank."),
        ({"Q1": 0, "Q2": 0, "Q3": 0, "Q4": 0}, "Row 2 holds no money. Write amounts by quarter or month, or delete the "
         "row."),
        ({"Category": "Overheads"}, "Row 2, column Category: “Overheads” is none of these: People, Materials, Services "
         "and rooms, Travel and training. Choose one of them."),
    ],
)  # fmt: skip
def test_what_a_plan_cannot_mean_is_refused_by_row(running: SimpleNamespace, change: Any, sentence: str) -> None:
    row = dict(zip(PLAN[0], PLAN[1], strict=True)) | change
    found = understood(book({"Approved plan": [PLAN[0], list(row.values())]}), running.ada, running.at)
    assert [one["sentence"] for one in found.problems_as_json()] == [sentence]


def test_a_plan_is_approved_once(running: SimpleNamespace) -> None:
    other = [*PLAN[2][:-3], date(2025, 12, 13), "the board", 2026]
    found = understood(book({"Approved plan": [PLAN[0], PLAN[1], other]}), running.ada, running.at)
    assert [one["sentence"] for one in found.problems_as_json()] == [
        "Row 3: a row above names another day or name. A plan was approved once; write the same in both."
    ]


def test_limits_of_funds_hold_for_a_plan_too_and_nothing_comes_in(running: SimpleNamespace) -> None:
    wordless = [[*PLAN[1]], [*PLAN[2]]]
    wordless[0][9] = None
    with pytest.raises(NotTaken) as refused:
        brought(running, Approved_plan=[PLAN[0], *wordless])
    [(_sheet, problem)] = refused.value.refused
    assert problem.sentence == (
        "The plan cannot be brought in like this. Row 2: “Friends” may be used for one purpose only: Books for "
        "children. Say in words how line 2026-1 Story hours serves it, or choose another funding source."
    )
    assert (Budget.objects.count(), BroughtRow.objects.count()) == (0, 0)


def test_nobody_forecasts_in_a_year_whose_plan_was_approved_elsewhere(running: SimpleNamespace) -> None:
    brought(running, Approved_plan=PLAN)
    published(running)
    assert Forecast.objects.count() == 0
    assert Notice.objects.filter(person=running.amina).count() == 0
    assert problems() == []


def test_a_manager_who_did_not_bring_the_plan_confirms_it_and_its_projects_run(running: SimpleNamespace) -> None:
    plan = confirmed(running)
    assert (plan.state, plan.approved_by, plan.proposed_by) == ("approved", running.emil, running.ada)
    assert list(Appropriation.objects.order_by("number").values_list("number", "approved")) == [
        (1, Decimal("3000.50")), (2, 400), (3, Decimal("250.25")),
    ]  # fmt: skip
    assert set(Project.objects.filter(cycle=running.cycle).values_list("name", "state")) == {
        ("Story hours", "active"), ("Swimming", "active"),
    }  # fmt: skip
    assert ProgressReport.objects.filter(project__name="Swimming").count() == 12
    assert problems() == []


def test_before_the_year_is_published_nobody_confirms_its_plan(running: SimpleNamespace) -> None:
    brought(running, Approved_plan=PLAN)
    plan = Budget.objects.get()
    with pytest.raises(NotNow):
        budgets.confirm_plan(plan, by=running.emil, at=running.at, seen=plan.version)
    assert Appropriation.objects.count() == 0


def test_whoever_brought_the_plan_does_not_confirm_it_manager_or_not(running: SimpleNamespace) -> None:
    roles = [PEOPLE[0], ["Dora Weiss", "dora@example.net", "Management", None]]
    brought(running, People_and_roles=roles)
    brought(running, running.dora, Approved_plan=PLAN)
    published(running)
    plan = Budget.objects.get()
    for person in (running.dora, running.ada, running.chidi):
        with pytest.raises(NotYours):
            budgets.confirm_plan(plan, by=person, at=running.at, seen=plan.version)
    budgets.confirm_plan(plan, by=running.emil, at=running.at, seen=plan.version)
    assert Budget.objects.get().state == "approved"


def test_a_plan_that_was_sent_back_is_corrected_by_another_file_and_handed_over_again(
    running: SimpleNamespace, as_person: Callable[[User], Client]
) -> None:
    brought(running, running.dora, Approved_plan=PLAN)
    published(running)
    plan = Budget.objects.get()
    budgets.return_plan(plan, by=running.emil, at=running.at, seen=plan.version, comment="Swimming got 300")
    # What is wrong with it stands in the box, for whoever corrects it and for whoever waits.
    boxes = [as_person(person).get(plan.get_absolute_url()).context["next"] for person in (running.dora, running.chidi)]
    assert [(box.tone, box.quote) for box in boxes] == [("back", "Swimming got 300"), ("wait", "Swimming got 300")]
    corrected = [PLAN[0], ["Sports", "Swimming", "场地", "City", None, 0, 300, 0, 0, None, None, None, 2026]]
    [sheet] = brought(running, running.dora, Approved_plan=corrected)
    assert sheet.rows == 1
    plan.refresh_from_db()
    budgets.bring_again(plan, by=running.dora, at=running.at + LATER, seen=plan.version)
    budgets.confirm_plan(plan, by=running.emil, at=running.at + 2 * LATER, seen=plan.version)
    assert Appropriation.objects.get(number=3).approved == 300
    assert problems() == []


def test_a_plan_in_force_takes_no_file_and_is_changed_by_an_amendment(running: SimpleNamespace) -> None:
    confirmed(running)
    more = [PLAN[0], ["Sports", "Swimming", "场地", "City", None, 0, 300, 0, 0, None, None, None, 2026]]
    found = understood(book({"Approved plan": more}), running.ada, running.at)
    assert [one["sentence"] for one in found.problems_as_json()] == [
        "Row 2: the plan of 2026 is in force, so nothing is brought into it. Change it by an amendment."
    ]
    amendment = budgets.amend(Budget.objects.get(), reason="More lanes", by=running.dora, at=running.at + LATER)
    assert [line.brought_row.number for line in amendment.lines.order_by("number")] == [2, 3, 4]
    line = amendment.lines.get(number=3)
    amounts = budgets.LineAmounts(*line.quarters[:3], Decimal(50), more_reason="More lanes")
    budgets.set_line(line, amounts, by=running.dora, at=running.at + LATER, seen=amendment.version)
    assert problems() == []


def test_a_plan_is_taken_back_as_long_as_nobody_confirmed_it(running: SimpleNamespace) -> None:
    [sheet] = brought(running, Approved_plan=PLAN)
    corrected = [PLAN[0], ["Sports", "Swimming", "场地", "City", None, 0, 300, 0, 0, None, None, None, 2026]]
    [second] = brought(running, Approved_plan=corrected)
    take_back(second, by=running.ada, at=running.at + LATER)
    assert lines()[2][5:] == (0, Decimal("250.25"), 0, 0)
    assert [row.number for row in BroughtRow.objects.order_by("pk")] == [2, 3, 4]
    take_back(sheet, by=running.ada, at=running.at + 2 * LATER)
    assert (Budget.objects.count(), BudgetLine.objects.count(), BroughtRow.objects.count()) == (0, 0, 0)
    assert Cycle.objects.get(year=2026).is_plan_outside is False
    assert problems() == []


def test_a_plan_in_force_is_not_taken_back(running: SimpleNamespace) -> None:
    [sheet] = brought(running, Approved_plan=PLAN)
    published(running)
    plan = Budget.objects.get()
    budgets.confirm_plan(plan, by=running.emil, at=running.at + LATER, seen=plan.version)
    with pytest.raises(NotReady) as refused:
        take_back(sheet, by=running.ada, at=running.at + 2 * LATER)
    assert refused.value.missing == [
        "The plan of 2026 is in force, so nothing is brought into it. Change it by an amendment."
    ]


def test_a_year_later_than_its_own_start_is_not_approved_on_a_day_to_come(running: SimpleNamespace) -> None:
    row = dict(zip(PLAN[0], PLAN[2], strict=True)) | {"Approved on": date(2026, 12, 24), "Approved by": "the board"}
    with pytest.raises(NotTaken) as refused:
        brought(running, Approved_plan=[PLAN[0], list(row.values())])
    [(_sheet, problem)] = refused.value.refused
    assert problem.sentence == (
        "24 December 2026 has not come yet, so nothing was approved on it. "
        "Write the day on which the plan was approved."
    )


def test_the_moment_of_the_tests_lies_in_the_year(running: SimpleNamespace) -> None:
    assert running.cycle.starts_on <= running.at.date() <= running.cycle.ends_on
    assert running.at == datetime(2026, 11, 30, 15, tzinfo=UTC)


def test_another_money_in_the_names_of_several_columns_is_asked_about_once(running: SimpleNamespace) -> None:
    head = ["Department", "Project", "Category", "Q1 (€)", "Q2 (€)", "Approved on", "Approved by", "Year"]
    row = ["Arts", "Story hours", "Materials", 1.5, 2, "2025-12-12", "the board", 2026]
    found = understood(book({"Approved plan": [head, row]}), running.ada, running.at)
    assert [question.key for _sheet, question in found.questions] == ["plan.currency:D"]


def test_the_page_says_beforehand_what_only_the_act_refuses(running: SimpleNamespace, as_person: Browser) -> None:
    browser = as_person(running.ada)
    wordless = list(PLAN[1])
    wordless[9] = None
    url = uploaded(browser, {"Approved plan": [PLAN[0], wordless]})
    page = words_of(browser.get(url))
    assert "“Friends” may be used for one purpose only: Books for children." in page
    assert "Try to bring it in again" in page
    url = uploaded(browser, {"Approved plan": PLAN})
    assert "may be used for one purpose only" not in words_of(browser.get(url))
    assert (Budget.objects.count(), BroughtRow.objects.count()) == (0, 0)


def test_every_page_of_the_year_says_that_its_plan_was_brought_in(running: SimpleNamespace, as_person: Browser) -> None:
    brought(running, Approved_plan=PLAN)
    published(running)
    said = "The plan of 2026 was brought in: approved outside on 12 December 2025 by the board."
    manager = as_person(running.emil)
    for url in ("/2026/", "/2026/budget/1/", "/2026/projects/"):
        assert f"{said} It is not in force until a manager" in words_of(manager.get(url)), url
    page = words_of(manager.get("/2026/budget/1/"))
    assert ("Confirm the plan" in page, "file.xlsx, sheet “Approved plan”, row 3" in page) == (True, True)
    asked = words_of(manager.get("/2026/budget/1/confirm-plan/"))
    assert "Sum, USD 3,650.75 Lines 3 Approved outside 12 December 2025" in asked
    assert "file.xlsx, sheet “Approved plan”, row 4 250.25" in asked
    plan = Budget.objects.get()
    answer = post(manager, "/2026/budget/1/confirm-plan/", seen=plan.version)
    assert answer.status_code == 302
    assert Budget.objects.get().state == "approved"
    brought(running, Expenses_to_date=EXPENSES)
    lanes = Expense.objects.get(what="Lanes")
    for url in ("/2026/budget/1/?line=3", "/2026/lines/", "/2026/expenses/", lanes.get_absolute_url(), "/2026/audits/"):
        page = words_of(manager.get(url))
        assert (said in page, "It is not in force" in page) == (True, False), url
    assert "file.xlsx, sheet “Expenses to date”, row 3" in words_of(manager.get(lanes.get_absolute_url()))
    assert "row 4" in words_of(manager.get("/2026/budget/1/?line=3"))
