"""What is spent in a month without a report stands in the nearest one: the periods add up to what was spent."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.test import Client

from budgets.models import Appropriation
from budgets.spending import actions as spending
from evaluations.models import ProgressReport
from evaluations.reports import actions
from evaluations.reports.actions import ReportContent
from evaluations.reports.queries import ProjectProgress
from planning.models import Project
from sop_portal.dashboards.checks.invariants import problems
from sop_portal.foundation.kit import clock
from sop_portal.foundation.organisation.models import User
from sop_portal.tests.page_text import words_of
from sop_portal.tests.shared_fixtures import shared_fixture
from sop_portal.tests.small_year import small_year

OCTOBER = datetime(2027, 10, 4, 16, tzinfo=UTC)


@shared_fixture
def completed(cast: SimpleNamespace) -> Project:
    """Completed on 6 August: its reports are those of July, accepted, and of August, a draft."""
    project: Project = small_year(cast).arts.project
    return project


def spend_excepted(project: Project, amount: str, on: date, people: SimpleNamespace, at: datetime) -> None:
    """Post an expense of outside the project's time, by an exception that finance granted."""
    payment = spending.Payment(Decimal(amount), on, "Last rent")
    line = Appropriation.objects.select_related("cycle", "project", "line", "fund").get(project=project)
    asked = spending.ask_exception(line, payment, why="The bill came late", by=people.dora, at=at)
    spending.grant(asked, by=people.dev, at=at, seen=asked.version)
    spending.post(line, payment, by=people.dora, at=at, exception=asked)


def hand_in(project: Project, people: SimpleNamespace, at: datetime) -> ProgressReport:
    """Write and submit the report of August."""
    report = ProgressReport.objects.get(project=project, period_first=date(2027, 8, 1))
    content = ReportContent(activities_held=1, participants_reached=10, explanation="It is over")
    actions.write(report, content, by=people.ben, at=at, seen=report.version)
    return actions.submit(report, by=people.ben, at=at, seen=report.version)


def reported(project: Project) -> Decimal:
    found = ProgressReport.objects.filter(project=project, spent__isnull=False)
    return sum((report.spent + report.spent_earlier for report in found), Decimal(0))


@pytest.mark.parametrize("on", [date(2027, 9, 20), date(2027, 6, 20)])
def test_the_last_report_carries_what_is_dated_in_no_period(
    completed: Project, cast: SimpleNamespace, as_person: Callable[[User], Client], on: date
) -> None:
    spend_excepted(completed, "12.00", on, cast, OCTOBER)
    report = hand_in(completed, cast, OCTOBER)
    completed.refresh_from_db()
    assert (reported(completed), completed.spent) == (Decimal(12), Decimal(12))
    assert (report.spent, report.spent_earlier) == (0, Decimal(12))
    nearest = report if on.month == 9 else ProgressReport.objects.get(project=completed, period_first__month=7)
    with clock.at(OCTOBER):
        page = words_of(as_person(cast.emil).get(nearest.get_absolute_url()))
    assert "12.00 USD is dated in a month without a report. It belongs to this report, the nearest one." in page
    assert problems() == []


def test_what_comes_after_the_last_report_is_said_on_it(
    completed: Project, cast: SimpleNamespace, as_person: Callable[[User], Client]
) -> None:
    report, later = hand_in(completed, cast, OCTOBER), OCTOBER + timedelta(hours=1)
    spend_excepted(completed, "12.00", date(2027, 9, 20), cast, later)
    completed.refresh_from_db()
    progress = ProjectProgress(ProgressReport.objects.get(pk=report.pk), date(2027, 10, 4))
    assert reported(completed) + progress.changed_since == completed.spent == Decimal(12)
    with clock.at(later):
        page = words_of(as_person(cast.emil).get(report.get_absolute_url()))
    assert "Changed since: 12.00 USD" in page
    assert "No report of this project follows" in page
    assert problems() == []
