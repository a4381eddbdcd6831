"""What a report holds is decided by the order under the lock, whenever the requests for it began."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace

import pytest

from budgets.spending import actions as spending
from budgets.spending.models import Expense
from evaluations.models import CountCorrection
from evaluations.reports import actions
from evaluations.reports.queries import ProjectProgress
from evaluations.tests.reporting_year import line_of, report_of, submitted_report
from planning.models import Metric, Project
from sop_portal.dashboards.checks.equations import REPORTS
from sop_portal.dashboards.checks.stamps import otherwise_stamped
from sop_portal.foundation.organisation.models import User

# How long before the report was handed in a slow upload began that ended after it; none is the same instant.
BEGAN_BEFORE = [timedelta(), timedelta(microseconds=1), timedelta(minutes=5)]
TOMORROW = timedelta(days=1)


def spend(project: Project, amount: str, on: date, by: User, at: datetime) -> Expense:
    return spending.post(line_of(project), spending.Payment(Decimal(amount), on, "Hall"), by=by, at=at)


def figures(project: Project, month: int, today: date) -> tuple[Decimal, Decimal]:
    """What the page of a report says was spent in its period, and what was booked for it since."""
    progress = ProjectProgress(report_of(project, month), today)
    return progress.spent_in_period, progress.changed_since


def kept(project: Project, month: int) -> tuple[Decimal | None, Decimal | None]:
    """What a report stores: spent in its period, and booked for earlier ones since they were handed in."""
    report = report_of(project, month)
    return report.spent, report.spent_earlier


def misfits() -> list[int]:
    return [row.pk for equation in REPORTS for row in equation.broken()]


@pytest.mark.parametrize("earlier", BEGAN_BEFORE)
def test_an_expense_posted_after_the_report_is_not_known_to_it(
    story_hours: Project, cast: SimpleNamespace, november: datetime, earlier: timedelta
) -> None:
    submitted_report(story_hours, 10, cast.ben, november)
    spend(story_hours, "78.00", date(2027, 10, 30), cast.ben, november - earlier)
    assert (kept(story_hours, 10)[0], *figures(story_hours, 10, date(2027, 11, 20))) == (0, 0, 78)
    assert misfits() == []
    submitted_report(story_hours, 11, cast.ben, november + timedelta(days=27))
    assert (kept(story_hours, 11), misfits()) == ((0, 78), [])


@pytest.mark.parametrize("earlier", BEGAN_BEFORE)
def test_an_expense_posted_before_the_report_is_known_to_it(
    story_hours: Project, cast: SimpleNamespace, november: datetime, earlier: timedelta
) -> None:
    spend(story_hours, "78.00", date(2027, 10, 30), cast.ben, november)
    submitted_report(story_hours, 10, cast.ben, november - earlier)
    assert (kept(story_hours, 10)[0], *figures(story_hours, 10, date(2027, 11, 20))) == (78, 78, 0)
    assert misfits() == []


@pytest.mark.parametrize("earlier", BEGAN_BEFORE)
def test_a_counter_entry_after_the_report_is_not_known_to_it(
    story_hours: Project, cast: SimpleNamespace, november: datetime, earlier: timedelta
) -> None:
    expense = spend(story_hours, "78.00", date(2027, 10, 30), cast.ben, november - TOMORROW)
    submitted_report(story_hours, 10, cast.ben, november)
    spending.correct(expense, why="Wrong", by=cast.ben, at=november - earlier)
    assert figures(story_hours, 10, date(2027, 11, 20)) == (78, -78)
    assert misfits() == []


@pytest.mark.parametrize("earlier", BEGAN_BEFORE)
def test_of_two_reports_the_one_handed_in_last_carries_what_was_booked_since(
    story_hours: Project, cast: SimpleNamespace, november: datetime, earlier: timedelta
) -> None:
    spend(story_hours, "100.00", date(2027, 10, 5), cast.ben, november - TOMORROW)
    submitted_report(story_hours, 10, cast.ben, november - TOMORROW)
    spend(story_hours, "78.00", date(2027, 10, 30), cast.ben, november - TOMORROW)
    submitted_report(story_hours, 9, cast.ben, november)
    submitted_report(story_hours, 8, cast.ben, november - earlier)
    assert [kept(story_hours, month) for month in (8, 9, 10)] == [(0, 0), (0, 78), (100, 0)]
    assert misfits() == []


def test_a_count_confirmed_after_a_report_is_not_known_to_it(
    story_hours: Project, cast: SimpleNamespace, november: datetime
) -> None:
    september = submitted_report(story_hours, 9, cast.ben, november - TOMORROW, 10, 200)
    actions.accept(september, by=cast.emil, at=november - TOMORROW, seen=september.version)
    asked = actions.correct_count(
        september, Metric.ACTIVITIES, 8, reason="Two fell out.", by=cast.ben, at=november - TOMORROW
    )
    submitted_report(story_hours, 10, cast.ben, november)
    actions.confirm(asked, by=cast.emil, at=november - timedelta(minutes=5), seen=asked.version)
    progress = ProjectProgress(report_of(story_hours, 10), date(2027, 11, 20))
    assert (progress.earlier[date(2027, 9, 30)][0], progress.counted_since[0]) == (10, -2)
    assert CountCorrection.objects.get().counts(progress.known_at) is False


def test_the_trail_says_the_moment_that_stands_on_the_report(
    story_hours: Project, cast: SimpleNamespace, november: datetime
) -> None:
    spend(story_hours, "78.00", date(2027, 10, 30), cast.ben, november)
    report = submitted_report(story_hours, 10, cast.ben, november - timedelta(minutes=5))
    assert report_of(story_hours, 10).submitted_at == november
    assert list(otherwise_stamped(actions.reports.REPORT)) == []
    assert report.submitted_at == november
