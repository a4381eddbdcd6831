"""What the database refuses, whatever the way in: deciding on one's own work, and changing what is frozen."""

from collections.abc import Callable
from datetime import date, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from budgets.drafting import actions as budgets
from budgets.models import Budget, BudgetLine, Expense
from evaluations.models import Evaluation, ProgressReport
from planning.cycles.actions import MoreTime
from planning.extensions import actions as extensions
from planning.models import DemandReport, ExtensionRequest, ReportGap, ReportLine, ReportNeed, ReportSum
from sop_portal.foundation.organisation.models import Delegation, Department, Membership, User
from sop_portal.foundation.organisation.roles import ROLES, Role
from sop_portal.foundation.workflow.models import Contributor
from sop_portal.foundation.workflow.table import Workflow
from sop_portal.stages import ALL_WORKFLOWS
from sop_portal.tests.shared_fixtures import shared_fixture
from sop_portal.tests.small_year import AUGUST, MADE_IN, MARCH, small_year

FROM = date(2020, 1, 1)
KEPT_BY = (
    "A decision under four eyes is kept by the database too: decided_by_another, not_by_its_head and "
    "not_above_its_department of sop_portal/foundation/kit/triggers.py in a migration of its app, as in "
    "planning/migrations/0002_promises.py."
)
Act = Callable[[], Any]


@shared_fixture
def year(cast: SimpleNamespace) -> SimpleNamespace:
    """The small year, with an amendment being drafted and more time asked for."""
    year = small_year(cast)
    in_force = Budget.objects.get(state="approved")
    budgets.amend(in_force, reason="A second hall", by=cast.dora, at=AUGUST)
    extensions.ask(
        year.cycle, MoreTime("evaluation", year.arts.department, date(2029, 1, 31), "Floods"), by=cast.amina, at=AUGUST
    )
    return year


def refusal(act: Act) -> str:
    """What the database says; nothing where it lets it happen."""
    try:
        with transaction.atomic():
            act()
            transaction.set_rollback(True)
    except DatabaseError as refused:
        return str(refused)
    return ""


def decisions() -> list[Any]:
    """Every decision that four eyes take and that leaves a stamp."""
    return [
        pytest.param(workflow, stamp, id=f"{workflow.kind}-{stamp}")
        for workflow in ALL_WORKFLOWS
        for stamp in sorted({step.stamps for step in workflow.steps if step.four_eyes and step.stamps})
    ]


def newest(workflow: Workflow[Any]) -> Any:
    """A record that still moves."""
    record = workflow.model._default_manager.order_by("-pk").first()
    assert record is not None, MADE_IN
    return record


def decided(row: Any, stamp: str, person: User, at: datetime) -> Act:
    """Write somebody into the column of a decision, past everything the portal checks."""
    rows = type(row)._default_manager.filter(pk=row.pk)
    return lambda: rows.update(**{f"{stamp}_by": person, f"{stamp}_at": at})


def test_the_decisions_under_four_eyes_are_found() -> None:
    assert len(decisions()) >= 17


@pytest.mark.parametrize(("workflow", "stamp"), decisions())
def test_the_database_lets_nobody_decide_on_their_own_work(
    workflow: Workflow[Any], stamp: str, year: SimpleNamespace, cast: SimpleNamespace
) -> None:
    row = newest(workflow)
    before = refusal(decided(row, stamp, cast.farid, AUGUST))
    Contributor.objects.create(kind=workflow.kind, record_id=row.pk, person=cast.farid, at=AUGUST)
    after = refusal(decided(row, stamp, cast.farid, AUGUST))
    assert ("own work" in before, "own work" in after) == (False, True), KEPT_BY


@pytest.mark.parametrize(("workflow", "stamp"), decisions())
def test_the_database_lets_nobody_decide_on_the_department_they_head_or_whose_head_they_stand_in_for(
    workflow: Workflow[Any], stamp: str, year: SimpleNamespace, cast: SimpleNamespace
) -> None:
    """What is the whole organisation's has no head."""
    row = newest(workflow)
    Delegation.objects.create(giver=cast.farid, deputy=cast.omar, from_on=FROM, until_on=date(2030, 1, 1))

    def is_refused(person: User) -> bool:
        return "department they head" in refusal(decided(row, stamp, person, AUGUST))

    before = [is_refused(cast.farid), is_refused(cast.omar)]
    department_id = row.department_id or year.arts.department.pk
    Membership.objects.create(person=cast.farid, role=Role.HEAD, department_id=department_id, from_on=MARCH.date())
    after = [is_refused(cast.farid), is_refused(cast.omar)]
    assert (before, after) == ([False, False], [row.department_id is not None] * 2), KEPT_BY


@pytest.mark.parametrize(("workflow", "stamp"), decisions())
def test_the_database_counts_a_programme_manager_as_head_but_for_their_own_decisions(
    workflow: Workflow[Any], stamp: str, year: SimpleNamespace, cast: SimpleNamespace
) -> None:
    row = newest(workflow)
    own = {step.by for step in workflow.steps if step.stamps == stamp} <= ROLES[Role.PROGRAMME].may
    Delegation.objects.create(giver=cast.farid, deputy=cast.omar, from_on=FROM, until_on=date(2030, 1, 1))

    def is_refused(person: User) -> bool:
        return "division they manage" in refusal(decided(row, stamp, person, AUGUST))

    before = [is_refused(cast.farid), is_refused(cast.omar)]
    Department.objects.filter(pk=row.department_id or year.arts.department.pk).update(division="Stage")
    Membership.objects.create(person=cast.farid, role=Role.PROGRAMME, division="Stage", from_on=MARCH.date())
    after = [is_refused(cast.farid), is_refused(cast.omar)]
    assert (before, after) == ([False, False], [row.department_id is not None and not own] * 2), KEPT_BY


def test_a_head_of_another_time_is_no_head(year: SimpleNamespace, cast: SimpleNamespace) -> None:
    row, until = ExtensionRequest.objects.get(), AUGUST.date()
    held = Membership.objects.create(
        person=cast.farid, role=Role.HEAD, department_id=row.department_id, from_on=FROM, until_on=until
    )
    words = [refusal(decided(row, "decided", cast.farid, at)) for at in (MARCH, AUGUST.replace(month=9))]
    assert (["they head" in word for word in words], held.until_on) == ([True, False], until)


@shared_fixture
def frozen(year: SimpleNamespace) -> SimpleNamespace:
    """What is frozen, and rows that do not belong into it."""
    report, in_force = DemandReport.objects.get(), Budget.objects.get(state="approved")
    draft_line = BudgetLine.objects.filter(budget__state="draft").order_by("pk")[0]
    report_line = ReportLine.objects.order_by("pk")[0]
    report_line.pk = None
    line = BudgetLine(budget=in_force, number=9999)
    for name in ("department_id", "project_id", "category", "fund_id", "allocation_id"):
        setattr(line, name, getattr(draft_line, name))
    revision = DemandReport.objects.create(cycle=year.cycle, number=report.number + 1, reason="A second hall")
    ReportNeed.objects.create(report=revision, name="Hall", departments=[])
    return SimpleNamespace(
        report_line=report_line,
        gap=ReportGap(report=report, department=year.arts.department),
        line=line,
        draft_line=draft_line,
        budget=in_force,
        accepted=ProgressReport.objects.filter(state="accepted").order_by("pk")[0],
        other_head=year.sports.head,
    )


def rows_of(row: Any) -> Any:
    """The query that finds one row."""
    return type(row)._default_manager.filter(pk=row.pk)


def delete(table: str, where: str = "") -> None:
    """Delete past the models."""
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {table} {where}")


# Everything somebody might do to what is frozen.
CHANGES: dict[str, Callable[[SimpleNamespace], Any]] = {
    "a line into a published report": lambda f: f.report_line.save(force_insert=True),
    "a gap into a published report": lambda f: f.gap.save(),
    "a line of a published report": lambda f: ReportLine.objects.update(money=1),
    "a sum kept with a report": lambda f: ReportSum.objects.update(money=1),
    "a need kept with a report": lambda f: ReportNeed.objects.update(name="Other"),
    "a published report": lambda f: DemandReport.objects.update(reason="Other"),
    "a published report, deleted": lambda f: delete("planning_reportline"),
    "a line into an approved budget": lambda f: f.line.save(force_insert=True),
    "a line moved into an approved budget": lambda f: rows_of(f.draft_line).update(budget=f.budget, number=9998),
    "a line of an approved budget": lambda f: f.budget.lines.update(q1=1),
    "a line out of an approved budget": lambda f: delete("budgets_budgetline", f"WHERE budget_id = {f.budget.pk}"),
    "an approved budget, opened again": lambda f: rows_of(f.budget).update(state="draft"),
    "an approved budget, approved by another": lambda f: rows_of(f.budget).update(approved_by=f.other_head),
    "an approved budget, deleted": lambda f: delete("budgets_budget", f"WHERE id = {f.budget.pk}"),
    "an expense": lambda f: Expense.objects.update(what="Tables"),
    "an expense, deleted": lambda f: delete("budgets_expense"),
    "an accepted report": lambda f: rows_of(f.accepted).update(spent=1),
    "an accepted report, opened again": lambda f: rows_of(f.accepted).update(state="returned"),
    "an accepted report, deleted": lambda f: delete("evaluations_progressreport", f"WHERE id = {f.accepted.pk}"),
}


@pytest.mark.parametrize("what", CHANGES)
def test_what_is_frozen_never_changes(what: str, frozen: SimpleNamespace) -> None:
    assert "this never changes" in refusal(lambda: CHANGES[what](frozen))


def test_a_report_is_frozen_from_the_moment_it_is_handed_in(year: SimpleNamespace) -> None:
    draft = ProgressReport.objects.filter(state="draft").order_by("pk")[0]
    rows = rows_of(draft)
    rows.update(
        state="submitted",
        submitted_at=AUGUST,
        submitted_by=year.arts.head,
        activities_held=1,
        participants_reached=2,
        frozen_at=AUGUST,
    )
    words = [
        refusal(lambda change=change: rows.update(**change))
        for change in ({"spent": 5}, {"outlook": "Fine"}, {"participants_reached": 9}, {"is_late": True})
    ]
    assert ["this never changes" in word for word in words] == [True, True, True, False]
    assert refusal(lambda: rows.update(state="returned", outlook="Fine")) == ""
    deleted = refusal(lambda: delete("evaluations_progressreport", f"WHERE id = {draft.pk}"))
    assert "this never changes" in deleted


def test_a_reviewed_evaluation_never_changes(year: SimpleNamespace, cast: SimpleNamespace) -> None:
    rows = Evaluation.objects.filter(department=year.arts.department)
    assert refusal(lambda: rows.update(reached="More")) == ""
    rows.update(state="reviewed", reviewed_at=AUGUST, reviewed_by=cast.emil)
    assert "this never changes" in refusal(lambda: rows.update(reached="More"))


@pytest.mark.parametrize("table", ["trail_entry", "budgets_expense", "budgets_budgetline", "planning_reportline"])
def test_what_only_grows_is_not_swept_away(db: None, on_postgresql: bool, table: str) -> None:
    """SQLite knows no TRUNCATE; there every row is asked."""
    assert not on_postgresql or "this never changes" in refusal(lambda: truncate(table))


def truncate(table: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {table} CASCADE")
