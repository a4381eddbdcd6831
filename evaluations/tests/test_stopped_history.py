"""What a project did before it was cancelled counts in the series of the years, and so does what is counted later."""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client

from budgets.models import Appropriation, Expense
from budgets.spending import actions as spending
from budgets.spending.actions import Payment
from evaluations.models import ProgressReport
from evaluations.reports import actions as reports
from evaluations.tests.reporting_year import submitted_report
from evaluations.tests.test_corrected_counts import accepted, confirm, correct
from planning.models import Actual, Cycle, Project
from planning.projects.actions import correct_figures, import_history, undo_import
from planning.projects.figures import HistoryRow
from sop_portal.dashboards.checks.history import history_problems
from sop_portal.foundation.kit import clock
from sop_portal.foundation.kit.refusals import NotNow
from sop_portal.foundation.organisation.models import User

__all__ = ["accepted"]


def paid(project: Project, cast: SimpleNamespace, at: datetime) -> Expense:
    line = Appropriation.objects.filter(project=project).order_by("pk")[0]
    payment = Payment(Decimal("202.33"), date(2027, 9, 3), "Chairs")
    return spending.post(line, payment, by=cast.dora, at=at)


def cancelled(project: Project, cast: SimpleNamespace, at: datetime) -> Project:
    project = Project.objects.select_related("cycle", "department").get(pk=project.pk)
    return spending.cancel(project, by=cast.amina, at=at, seen=project.version, comment="The roof leaks")


def past_of(project: Project) -> dict[str, Any]:
    return Actual.objects.get(slug=project.slug, year=2027, department=project.department_id).figures


def told() -> list[str]:
    return [problem for problem in history_problems() if "Actual figures" in problem or "history lacks" in problem]


def test_what_was_counted_and_spent_is_history_when_it_is_cancelled(
    accepted: ProgressReport, cast: SimpleNamespace, november: datetime
) -> None:
    paid(accepted.project, cast, november)
    cancelled(accepted.project, cast, november)
    figures = {"activities": 10, "participants": 200, "people": None, "materials": 0, "money": Decimal("202.33")}
    assert (past_of(accepted.project), told()) == (figures, [])


def test_a_project_that_did_nothing_leaves_none(
    story_hours: Project, cast: SimpleNamespace, november: datetime
) -> None:
    cancelled(story_hours, cast, november)
    assert not Actual.objects.filter(slug=story_hours.slug, year=2027).exists()


def test_a_report_accepted_and_a_count_corrected_afterwards_count_there(
    accepted: ProgressReport, cast: SimpleNamespace, november: datetime
) -> None:
    late = submitted_report(accepted.project, 10, cast.ben, november, activities=5)
    cancelled(accepted.project, cast, november)
    reports.accept(late, by=cast.emil, at=november, seen=late.version)
    assert (past_of(accepted.project)["activities"], told()) == (15, [])
    confirm(correct(accepted, cast.ben, november), cast.emil, november)
    assert (past_of(accepted.project)["activities"], told()) == (17, [])


def test_the_first_report_that_is_accepted_later_makes_it_history(
    story_hours: Project, cast: SimpleNamespace, november: datetime
) -> None:
    late = submitted_report(story_hours, 10, cast.ben, november, activities=5)
    cancelled(story_hours, cast, november)
    reports.accept(late, by=cast.emil, at=november, seen=late.version)
    assert (past_of(story_hours)["activities"], told()) == (5, [])


def test_the_first_count_that_is_corrected_later_makes_it_history(
    story_hours: Project, cast: SimpleNamespace, november: datetime
) -> None:
    nothing = submitted_report(story_hours, 9, cast.ben, november, activities=0, participants=0)
    nothing = reports.accept(nothing, by=cast.emil, at=november, seen=nothing.version)
    cancelled(story_hours, cast, november)
    assert not Actual.objects.filter(slug=story_hours.slug, year=2027).exists()
    confirm(correct(nothing, cast.ben, november), cast.emil, november)
    assert (past_of(story_hours)["activities"], told()) == (12, [])


def test_hours_are_added_by_hand_and_stay_when_a_report_is_accepted(
    accepted: ProgressReport, cast: SimpleNamespace, november: datetime
) -> None:
    late = submitted_report(accepted.project, 10, cast.ben, november, activities=5)
    cancelled(accepted.project, cast, november)
    actual = Actual.objects.get(slug=accepted.project.slug, year=2027)
    said = {"people": Decimal(80)}
    correct_figures(actual, said, reason="Time sheets", by=cast.amina, at=november, seen=actual.version)
    reports.accept(late, by=cast.emil, at=november, seen=late.version)
    past = past_of(accepted.project)
    assert (past["people"], past["activities"], told()) == (80, 15, [])


def test_what_a_file_said_of_it_is_put_aside(
    accepted: ProgressReport, cast: SimpleNamespace, november: datetime
) -> None:
    row = HistoryRow.of("Arts", "Story hours", 2027, {"activities": Decimal(9)}, 2)
    over = november.replace(year=2029)
    taken = import_history([row], file_name="2027.csv", by=cast.ada, at=over)
    cancelled(accepted.project, cast, november)
    actual = Actual.objects.get(slug=accepted.project.slug, year=2027)
    assert (actual.activities, actual.taken_from, actual.replaced.get().why) == (10, None, "cancelled")
    undo_import(taken, by=cast.ada, at=over)
    assert (past_of(accepted.project)["activities"], told()) == (10, [])


def test_a_project_cancelled_before_this_was_done_is_history_when_its_year_is_closed(
    accepted: ProgressReport, cast: SimpleNamespace, november: datetime
) -> None:
    cancelled(accepted.project, cast, november)
    Actual.objects.filter(slug=accepted.project.slug, year=2027).delete()
    cycle = Cycle.objects.get(year=2027)
    Cycle.objects.filter(pk=cycle.pk).update(state="closed", closed_at=november, closed_by=cast.ada)
    assert any("the history lacks what it did" in problem for problem in told())
    spending.record_all_stopped(cycle, by=cast.ada, at=november)
    assert (past_of(accepted.project)["participants"], told()) == (200, [])


@pytest.mark.parametrize("name", ["dora", "dev"])
def test_no_page_offers_a_counter_entry_that_is_refused(
    accepted: ProgressReport,
    cast: SimpleNamespace,
    november: datetime,
    as_person: Callable[[User], Client],
    name: str,
) -> None:
    expense = paid(accepted.project, cast, november)
    url = f"/2027/expenses/{expense.pk}/"
    with clock.at(november):
        finance = as_person(getattr(cast, name))
        assert f"{url}correct/" in finance.get(url).content.decode()
        cancelled(accepted.project, cast, november)
        assert f"{url}correct/" not in finance.get(url).content.decode()
        assert finance.get(f"{url}correct/").status_code == 409
    with pytest.raises(NotNow, match="its figures are corrected in the history"):
        spending.correct(expense, why="Twice", by=cast.dora, at=november)
    actual = Actual.objects.get(slug=accepted.project.slug, year=2027)
    right = correct_figures(
        actual, {"money": Decimal(0)}, reason="Twice", by=cast.chidi, at=november, seen=actual.version
    )
    assert (right.money, told()) == (0, [])
