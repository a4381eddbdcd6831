"""The figures of a report: prefilled from expenses and earlier reports, frozen as of the end of the period."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace

from django.db import connection
from django.test import Client

from budgets.spending import actions as spending
from budgets.spending.queries import total_of_expenses
from evaluations.models import ProgressReport
from evaluations.reports import actions
from evaluations.reports.actions import ReportContent
from evaluations.reports.queries import ProjectProgress
from evaluations.tests.reporting_year import line_of, report_of, submitted_report
from planning.models import Project
from sop_portal.dashboards.checks.equations import REPORTS
from sop_portal.foundation.organisation.models import User
from sop_portal.tests.page_text import words_of


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
    again = actions.submit(
        report, by=cast.ben, at=november + timedelta(days=1), seen=report.version, comment="Counted again: it is right."
    )
    assert (again.spent, again.activities_before, again.participants_before) == (Decimal("70.00"), 8, 160)


def reported(project: Project) -> Decimal:
    """What the reports of a project add up to."""
    found = ProgressReport.objects.filter(project=project, spent__isnull=False)
    return sum((report.spent + (report.spent_earlier or Decimal(0)) for report in found), Decimal(0))


def misfits() -> list[tuple[int, Decimal]]:
    """The reports that do not add up to what was posted."""
    return [(row.pk, row.gap) for equation in REPORTS for row in equation.broken()]


def test_the_next_report_carries_a_late_expense_and_a_counter_entry_of_a_reported_month(
    story_hours: Project, cast: SimpleNamespace, november: datetime
) -> None:
    december = november + timedelta(days=27)
    spend(story_hours, "1000.00", date(2027, 10, 5), cast.ben, november)
    october = submitted_report(story_hours, 10, cast.ben, november)
    spend(story_hours, "278.00", date(2027, 10, 30), cast.ben, november + timedelta(hours=1))
    expense = story_hours.expenses.get(amount=1000)
    spending.correct(expense, why="Twice", by=cast.ben, at=november + timedelta(hours=2))
    progress = ProjectProgress(october, date(2027, 11, 20))
    assert (progress.spent_in_period, progress.changed_since) == (Decimal(1000), Decimal(-722))
    assert misfits() == []
    spend(story_hours, "40.00", date(2027, 11, 9), cast.ben, december)
    following = submitted_report(story_hours, 11, cast.ben, december)
    following.refresh_from_db()
    story_hours.refresh_from_db()
    assert (following.spent, following.spent_earlier) == (Decimal(40), Decimal(-722))
    assert reported(story_hours) == story_hours.spent == Decimal(318)
    assert misfits() == []


def test_what_counter_entries_undo_comes_to_nothing_and_not_to_a_part_of_a_cent(
    story_hours: Project, cast: SimpleNamespace, november: datetime
) -> None:
    submitted_report(story_hours, 10, cast.ben, november)
    for amount in ("0.10", "0.20"):
        spend(story_hours, amount, date(2027, 10, 5), cast.ben, november)
    for expense in story_hours.expenses.order_by("pk"):
        spending.correct(expense, why="Wrong", by=cast.ben, at=november + timedelta(hours=1))
    following = submitted_report(story_hours, 11, cast.ben, november + timedelta(days=27))
    following.refresh_from_db()
    assert (following.spent, following.spent_earlier, total_of_expenses(story_hours.expenses.all())) == (0, 0, 0)


def test_reports_in_another_order_and_sent_back_add_up_too(
    story_hours: Project, cast: SimpleNamespace, november: datetime
) -> None:
    spend(story_hours, "100.00", date(2027, 9, 5), cast.ben, november)
    spend(story_hours, "500.00", date(2027, 10, 5), cast.ben, november)
    october = submitted_report(story_hours, 10, cast.ben, november)
    spend(story_hours, "70.00", date(2027, 10, 6), cast.ben, november + timedelta(hours=1))
    submitted_report(story_hours, 9, cast.ben, november + timedelta(hours=2))
    assert (reported(story_hours), misfits()) == (Decimal(670), [])
    version = report_of(story_hours, 10).version
    actions.send_back(
        october, by=getattr(cast, "elif"), at=november + timedelta(hours=3), seen=version, comment="Which hall?"
    )
    assert (reported(story_hours), misfits()) == (Decimal(670), [])
    again = report_of(story_hours, 10)
    actions.submit(again, by=cast.ben, at=november + timedelta(hours=4), seen=again.version, comment="It is right.")
    assert (reported(story_hours), misfits()) == (Decimal(670), [])


def test_a_figure_that_drifted_is_found(
    story_hours: Project, cast: SimpleNamespace, november: datetime, on_postgresql: bool
) -> None:
    spend(story_hours, "100.00", date(2027, 10, 5), cast.ben, november)
    report = submitted_report(story_hours, 10, cast.ben, november)
    with connection.cursor() as cursor:
        if on_postgresql:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        on = " ON evaluations_progressreport" if on_postgresql else ""
        cursor.execute(f"DROP TRIGGER submitted_report_frozen{on}")
    ProgressReport.objects.filter(pk=report.pk).update(spent=Decimal("2216.52"))
    assert misfits() == [(report.pk, Decimal("2116.52"))]


def test_an_accepted_report_says_that_it_changed_since(
    story_hours: Project, cast: SimpleNamespace, november: datetime, as_person: Callable[[User], Client]
) -> None:
    report = submitted_report(story_hours, 10, cast.ben, november)
    url = report.get_absolute_url()
    assert "Changed since" not in as_person(cast.ben).get(url).content.decode()
    spend(story_hours, "278.00", date(2027, 10, 30), cast.ben, november + timedelta(minutes=1))
    assert "Changed since: 278.00 USD" in as_person(cast.ben).get(url).content.decode()


def test_the_page_of_a_project_says_that_only_accepted_reports_count_and_how_many_wait(
    story_hours: Project, cast: SimpleNamespace, november: datetime, as_person: Callable[[User], Client]
) -> None:
    report, url = submitted_report(story_hours, 10, cast.ben, november), story_hours.get_absolute_url()
    before = words_of(as_person(cast.amina).get(url))
    actions.accept(report, by=cast.emil, at=november, seen=report.version)
    after = words_of(as_person(cast.amina).get(url))
    waits = "1 report waits to be accepted."
    assert ["Only accepted reports count." in page for page in (before, after)] == [True, True]
    assert [waits in page for page in (before, after)] == [True, False]
    assert "planned by now:" in before


def test_counts_that_changed_since_stand_beside_the_frozen_ones(
    story_hours: Project, cast: SimpleNamespace, november: datetime, as_person: Callable[[User], Client]
) -> None:
    september = submitted_report(story_hours, 9, cast.ben, november, 8, 160)
    october = submitted_report(story_hours, 10, cast.ben, november, 10, 200)
    actions.accept(october, by=cast.emil, at=november, seen=october.version)
    later = november + timedelta(hours=1)
    submitted_report(story_hours, 8, cast.ben, later, 5, 100)
    actions.send_back(september, by=cast.emil, at=later, seen=september.version, comment="Count again")
    counted = ReportContent(activities_held=8, participants_reached=150, explanation="Counted again")
    actions.write(september, counted, by=cast.ben, at=later, seen=september.version)
    actions.submit(september, by=cast.ben, at=later, seen=september.version)
    progress = ProjectProgress(report_of(story_hours, 10), date(2027, 11, 20))
    assert (progress.activities_before, progress.participants_before) == (8, 160)
    # The chart ends where the table does, and is as it was when management accepted it.
    assert (progress.activities.reached, progress.participants.reached) == (18, 360)
    assert progress.counted_since == (5, 90)
    page = words_of(as_person(cast.ben).get(october.get_absolute_url()))
    assert "Changed since: what was counted before this month is different by +5 activities and +90 particip" in page
    # The reports that are still to come count what is known now.
    following = ProjectProgress(report_of(story_hours, 11), date(2027, 11, 20))
    assert (following.activities_before, following.participants_before, following.counted_since) == (23, 450, (0, 0))
