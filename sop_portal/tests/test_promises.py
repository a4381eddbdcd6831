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
from sop_portal.foundation.organisation.models import Delegation, Membership, User
from sop_portal.foundation.organisation.roles import Role
from sop_portal.foundation.workflow.models import Contributor
from sop_portal.stages import ALL_WORKFLOWS
from sop_portal.tests.small_year import AUGUST, MARCH, small_year

FROM = date(2020, 1, 1)
Act = Callable[[], Any]


@pytest.fixture
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


def decisions() -> list[tuple[str, str, Any]]:
    """Every decision that four eyes take and that leaves a stamp, with a record that still moves."""
    found = []
    for workflow in ALL_WORKFLOWS:
        stamps = {step.stamps for step in workflow.steps if step.four_eyes and step.stamps}
        row = workflow.model._default_manager.order_by("-pk").first()
        found += [(workflow.kind, stamp, row) for stamp in sorted(stamps)]
    return found


def decided(row: Any, stamp: str, person: User, at: datetime) -> Act:
    """Write somebody into the column of a decision, past everything the portal checks."""
    rows = type(row)._default_manager.filter(pk=row.pk)
    return lambda: rows.update(**{f"{stamp}_by": person, f"{stamp}_at": at})


def test_the_database_keeps_four_eyes(year: SimpleNamespace, cast: SimpleNamespace) -> None:
    nobody_decides_on_what_they_had_a_hand_in(cast)
    nobody_decides_on_the_department_they_head_or_whose_head_they_stand_in_for(year, cast)
    a_head_of_another_time_is_no_head(cast)


def nobody_decides_on_what_they_had_a_hand_in(cast: SimpleNamespace) -> None:
    said = {}
    for kind, stamp, row in decisions():
        Contributor.objects.filter(person=cast.farid).delete()
        before = refusal(decided(row, stamp, cast.farid, AUGUST))
        Contributor.objects.create(kind=kind, record_id=row.pk, person=cast.farid, at=AUGUST)
        said[kind, stamp] = ("own work" in before, "own work" in refusal(decided(row, stamp, cast.farid, AUGUST)))
    assert said == dict.fromkeys(said, (False, True))
    assert len(said) == 17
    Contributor.objects.filter(person=cast.farid).delete()


def nobody_decides_on_the_department_they_head_or_whose_head_they_stand_in_for(
    year: SimpleNamespace, cast: SimpleNamespace
) -> None:
    Delegation.objects.create(giver=cast.farid, deputy=cast.omar, from_on=FROM, until_on=date(2030, 1, 1))
    rows = [(kind, stamp, row) for kind, stamp, row in decisions() if row.department_id is not None]
    said: dict[Any, list[bool]] = {(kind, stamp): [] for kind, stamp, _ in rows}
    for department in (None, year.arts.department, year.sports.department):
        if department is not None:
            Membership.objects.create(person=cast.farid, role=Role.HEAD, department=department, from_on=MARCH.date())
        for kind, stamp, row in rows:
            if department is None or row.department_id == department.pk:
                words = [refusal(decided(row, stamp, person, AUGUST)) for person in (cast.farid, cast.omar)]
                said[kind, stamp] += ["department they head" in word for word in words]
    assert said == {key: [False, False, True, True] for key in said}
    Membership.objects.filter(person=cast.farid).delete()


def a_head_of_another_time_is_no_head(cast: SimpleNamespace) -> None:
    row, until = ExtensionRequest.objects.get(), AUGUST.date()
    held = Membership.objects.create(
        person=cast.farid, role=Role.HEAD, department_id=row.department_id, from_on=FROM, until_on=until
    )
    words = [refusal(decided(row, "decided", cast.farid, at)) for at in (MARCH, AUGUST.replace(month=9))]
    assert (["they head" in word for word in words], held.until_on) == ([True, False], until)


def frozen(year: SimpleNamespace) -> dict[str, Act]:
    """Everything somebody might do to what is frozen."""
    report, in_force = DemandReport.objects.get(), Budget.objects.get(state="approved")
    draft_line = BudgetLine.objects.filter(budget__state="draft").order_by("pk")[0]
    line, gap_of = ReportLine.objects.order_by("pk")[0], year.arts.department
    accepted = ProgressReport.objects.filter(state="accepted").order_by("pk")[0]
    of = ProgressReport.objects.filter(pk=accepted.pk)
    budget = Budget.objects.filter(pk=in_force.pk)
    of_budget, line.pk = f"budget_id = {in_force.pk}", None
    copied = BudgetLine(budget=in_force, number=9999)
    for name in ("department_id", "project_id", "category", "fund_id", "allocation_id"):
        setattr(copied, name, getattr(draft_line, name))
    revision = DemandReport.objects.create(cycle=year.cycle, number=report.number + 1, reason="A second hall")
    ReportNeed.objects.create(report=revision, name="Hall", departments=[])
    return {
        "a line into a published report": lambda: line.save(force_insert=True),
        "a gap into a published report": lambda: ReportGap(report=report, department=gap_of).save(),
        "a line of a published report": lambda: ReportLine.objects.update(money=1),
        "a sum kept with a report": lambda: ReportSum.objects.update(money=1),
        "a need kept with a report": lambda: ReportNeed.objects.update(name="Other"),
        "a published report": lambda: DemandReport.objects.update(reason="Other"),
        "a published report, deleted": lambda: raw("DELETE FROM planning_reportline"),
        "a line into an approved budget": lambda: copied.save(force_insert=True),
        "a line moved into an approved budget": lambda: BudgetLine.objects.filter(pk=draft_line.pk).update(
            budget=in_force, number=9998
        ),
        "a line of an approved budget": lambda: BudgetLine.objects.filter(budget=in_force).update(q1=1),
        "a line out of an approved budget": lambda: raw(f"DELETE FROM budgets_budgetline WHERE {of_budget}"),
        "an approved budget, opened again": lambda: budget.update(state="draft"),
        "an approved budget, approved by another": lambda: budget.update(approved_by=year.sports.head),
        "an approved budget, deleted": lambda: raw(f"DELETE FROM budgets_budget WHERE id = {in_force.pk}"),
        "an expense": lambda: Expense.objects.update(what="Tables"),
        "an expense, deleted": lambda: raw("DELETE FROM budgets_expense"),
        "an accepted report": lambda: of.update(spent=1),
        "an accepted report, opened again": lambda: of.update(state="returned"),
        "an accepted report, deleted": lambda: raw(f"DELETE FROM evaluations_progressreport WHERE id = {accepted.pk}"),
    }  # fmt: skip


def raw(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)


def test_what_is_frozen_never_changes(year: SimpleNamespace, cast: SimpleNamespace) -> None:
    acts = frozen(year)
    assert [what for what, act in acts.items() if "this never changes" not in refusal(act)] == []
    a_report_is_frozen_from_the_moment_it_is_handed_in(year)
    a_reviewed_evaluation_never_changes(year, cast)


def a_report_is_frozen_from_the_moment_it_is_handed_in(year: SimpleNamespace) -> None:
    draft = ProgressReport.objects.filter(state="draft").order_by("pk")[0]
    handed_in = {
        "state": "submitted", "submitted_at": AUGUST, "submitted_by": year.arts.head, "activities_held": 1,
        "participants_reached": 2, "frozen_at": AUGUST,
    }  # fmt: skip
    rows = ProgressReport.objects.filter(pk=draft.pk)
    rows.update(**handed_in)
    words = [
        refusal(lambda change=change: rows.update(**change))
        for change in ({"spent": 5}, {"outlook": "Fine"}, {"participants_reached": 9}, {"is_late": True})
    ]
    assert ["this never changes" in word for word in words] == [True, True, True, False]
    assert refusal(lambda: rows.update(state="returned", outlook="Fine")) == ""
    assert "this never changes" in refusal(lambda: raw(f"DELETE FROM evaluations_progressreport WHERE id = {draft.pk}"))


def a_reviewed_evaluation_never_changes(year: SimpleNamespace, cast: SimpleNamespace) -> None:
    rows = Evaluation.objects.filter(department=year.arts.department)
    assert refusal(lambda: rows.update(reached="More")) == ""
    rows.update(state="reviewed", reviewed_at=AUGUST, reviewed_by=cast.emil)
    assert "this never changes" in refusal(lambda: rows.update(reached="More"))


@pytest.mark.parametrize("table", ["trail_entry", "budgets_expense", "budgets_budgetline", "planning_reportline"])
def test_what_only_grows_is_not_swept_away(db: None, on_postgresql: bool, table: str) -> None:
    """SQLite knows no TRUNCATE; there every row is asked."""
    assert not on_postgresql or "this never changes" in refusal(lambda: raw(f"TRUNCATE {table} CASCADE"))
