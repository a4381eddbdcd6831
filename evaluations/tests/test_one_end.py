"""The report of a project and the list of its lines say the same end, whatever is spent before the first month."""

from datetime import UTC, date, datetime
from decimal import Decimal
from types import SimpleNamespace

import pytest

from budgets.spending import actions as spending
from budgets.spending.figures import end_of_line, last_whole_month
from budgets.spending.queries import paces_of, year_facts
from evaluations.reports.queries import ProjectProgress
from evaluations.tests.reporting_year import line_of, report_of
from planning.models import Project


def spend(project: Project, amount: int, on: date, people: SimpleNamespace, at: datetime) -> None:
    payment, exception = spending.Payment(Decimal(amount), on, "Hall"), None
    if on < project.starts_on:
        asked = spending.ask_exception(line_of(project), payment, why="A deposit", by=people.dora, at=at)
        exception = spending.grant(asked, by=people.dev, at=at, seen=asked.version)
    spending.post(line_of(project), payment, by=people.dora, at=at, exception=exception)


@pytest.mark.parametrize(
    ("month", "ends"), [(8, Decimal(12000)), (9, Decimal(8000)), (10, Decimal("4666.67")), (11, Decimal(2000))]
)
def test_a_project_has_one_end_where_an_exception_lies_before_its_first_month(
    story_hours: Project, cast: SimpleNamespace, month: int, ends: Decimal
) -> None:
    at = datetime(2027, month + 1, 8, 16, tzinfo=UTC)
    spend(story_hours, 1000, date(2027, 6, 20), cast, at)
    spend(story_hours, 1000, date(2027, 8, 5), cast, at)
    today = date(2027, month + 1, 8)
    year, line = year_facts(story_hours.cycle, today), line_of(story_hours)
    of_line = end_of_line(paces_of([line], last_whole_month(year))[line.pk], year)
    of_report = ProjectProgress(report_of(story_hours, month), today).money.end
    assert (of_line, of_report) == (of_report, ends)
