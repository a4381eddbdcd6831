"""What is not as planned: lines ahead of their own quarters, departments that owe or leave money over."""

from datetime import date

from budgets.models import Appropriation
from evaluations.models import ProgressReport
from planning.models import Cycle, Project
from sop_portal.dashboards.figures import elapsed
from sop_portal.dashboards.queries.deviations import overspending, owing, planned_share
from sop_portal.dashboards.queries.reports import open_reports

# 30 September: the first quarter of the year from July 2027 to June 2028 is all but over.
END_OF_QUARTER = date(2027, 9, 30)


def test_a_line_is_ahead_when_it_spent_more_than_its_quarters_planned(year: Cycle) -> None:
    share = planned_share(elapsed(year.starts_on, year.ends_on, END_OF_QUARTER), 0)
    lines = Appropriation.objects.filter(project__state="active").select_related("line")
    used = [line.spent * 100 / (line.line.q1 * share) for line in lines]
    worst = sorted((round(part) for part in used if part > 120), reverse=True)[:5]
    found = [deviation.sentence for deviation in overspending(year, END_OF_QUARTER)]
    assert [int(sentence.split(": ")[1].split("\N{NO-BREAK SPACE}")[0]) for sentence in found] == worst != []


def test_finished_projects_are_no_longer_ahead_of_anything(year: Cycle) -> None:
    people = {"completed_at": year.published_at, "completed_by": year.published_by}
    Project.objects.update(state="completed", **people)
    assert overspending(year, END_OF_QUARTER) == []


def test_a_department_that_owes_reports_is_named_once_with_their_number(year: Cycle) -> None:
    late = date(2028, 6, 30)
    owed = ProgressReport.objects.filter(state="draft", department__slug="branch-001").count()
    found = {deviation.who: deviation.sentence for deviation in owing(year, open_reports(year, late), late)}
    assert found == dict.fromkeys(("Branch 001", "Branch 002"), f"owes {owed} progress reports")
