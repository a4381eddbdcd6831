"""The figures of a report: prefilled from expenses and earlier reports, frozen as of the end of the period."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace

from budgets.spending import actions as spending
from evaluations.reports import actions
from evaluations.reports.queries import ProjectProgress
from evaluations.tests.reporting_year import line_of, report_of, submitted_report
from planning.models import Project
from sop_portal.foundation.organisation.models import User


def spend(project: Project, amount: str, on: date, by: User, at: datetime) -> None:
    spending.post(line_of(project), spending.Payment(Decimal(amount), on, "Hall"), by=by, at=at)


def test_the_figures_are_prefilled_from_expenses_and_earlier_reports(
    story_hours: Project, cast: SimpleNamespace, november: datetime
) -> None:
    spend(story_hours, "1000.00", date(2027, 8, 31), cast.ben, november)
    spend(story_hours, "200.25", date(2027, 10, 1), cast.ben, november)
    spend(story_hours, "300.50", date(2027, 10, 31), cast.ben, november)
    spend(story_hours, "999.00", date(2027, 11, 1), cast.ben, november)
    submitted_report(story_hours, 8, cast.ben, november, 9, 190)
    submitted_report(story_hours, 9, cast.ben, november, 10, 210)
    progress = ProjectProgress(report_of(story_hours, 10), date(2027, 11, 8))
    assert (progress.spent_in_period, progress.spent_total, progress.budgeted) == (
        Decimal("500.75"),
        Decimal("1500.75"),
        Decimal("14400.00"),
    )
    assert (progress.activities_before, progress.participants_before) == (19, 400)


def test_submitted_figures_are_frozen_as_of_the_end_of_the_period(
    story_hours: Project, cast: SimpleNamespace, november: datetime
) -> None:
    spend(story_hours, "500.75", date(2027, 10, 31), cast.ben, november)
    report = submitted_report(story_hours, 10, cast.ben, november)
    spend(story_hours, "70.00", date(2027, 10, 30), cast.ben, november + timedelta(hours=1))
    submitted_report(story_hours, 9, cast.ben, november)
    stored = report_of(story_hours, 10)
    progress = ProjectProgress(stored, date(2027, 11, 20))
    assert (stored.spent, stored.spent_total, stored.budgeted) == (
        Decimal("500.75"),
        Decimal("500.75"),
        Decimal("14400.00"),
    )
    assert (progress.spent_in_period, progress.spent_total, progress.activities_before) == (
        Decimal("500.75"),
        Decimal("500.75"),
        0,
    )
    assert stored.frozen_at == datetime.fromisoformat("2027-10-31T23:59:59.999999-04:00")
    assert report == stored


def test_a_late_expense_shows_in_the_next_report(
    story_hours: Project, cast: SimpleNamespace, november: datetime
) -> None:
    submitted_report(story_hours, 10, cast.ben, november)
    spend(story_hours, "70.00", date(2027, 10, 30), cast.ben, november + timedelta(hours=1))
    progress = ProjectProgress(report_of(story_hours, 11), date(2027, 12, 2))
    assert (progress.spent_in_period, progress.spent_total) == (0, Decimal("70.00"))


def test_a_counter_entry_takes_its_amount_out_again(
    story_hours: Project, cast: SimpleNamespace, november: datetime
) -> None:
    spend(story_hours, "70.00", date(2027, 10, 30), cast.ben, november)
    expense = story_hours.expenses.get()
    spending.correct(expense, why="Wrong", by=cast.ben, at=november)
    assert ProjectProgress(report_of(story_hours, 10), date(2027, 11, 8)).spent_total == 0


def test_a_returned_report_takes_the_figures_of_the_day_it_comes_back(
    story_hours: Project, cast: SimpleNamespace, november: datetime
) -> None:
    report = submitted_report(story_hours, 10, cast.ben, november)
    spend(story_hours, "70.00", date(2027, 10, 30), cast.ben, november + timedelta(hours=1))
    submitted_report(story_hours, 9, cast.ben, november, 8, 160)
    actions.send_back(report, by=cast.emil, at=november, seen=report.version, comment="Which hall?")
    again = actions.submit(report, by=cast.ben, at=november + timedelta(days=1), seen=report.version)
    assert (again.spent, again.activities_before, again.participants_before) == (Decimal("70.00"), 8, 160)
