"""Participants that nobody has counted yet are no zero: at the lead's work, on the project's page, in its report."""

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.test import Client

from evaluations.reports import actions
from evaluations.reports.queries import ProjectProgress
from evaluations.tests.reporting_year import report_of, started_project, submitted_report
from evaluations.tests.review_year import year_with_windows
from planning.models import Project
from sop_portal.dashboards.pages.my_work.led_projects import led_projects_panel, rails
from sop_portal.dashboards.pages.project.page import ProjectPage
from sop_portal.dashboards.pages.project.rail import evaluation_stage
from sop_portal.foundation.kit import clock
from sop_portal.foundation.organisation.actor import Actor
from sop_portal.foundation.organisation.models import Department, User

NOVEMBER = datetime(2027, 11, 22, 17, tzinfo=UTC)


@pytest.fixture
def stories(cast: SimpleNamespace) -> Project:
    """Story hours, under way since July, of which nothing is reported yet."""
    arts = Department.objects.get(slug="arts")
    return started_project(year_with_windows(cast.ada), arts, cast.ben, cast.amina, "Story hours")


def shown(project: Project, lead: User) -> tuple[str, str, str, object]:
    """The participants at the lead's work, in both rails and among the goals."""
    actor = Actor.of(lead, NOVEMBER)
    panel, page = led_projects_panel(actor, project.cycle), ProjectPage(project, NOVEMBER.date(), has_next_year=False)
    [(_led, rail)] = rails(actor, project.cycle)
    assert panel.figures
    return (
        panel.figures.rows[0][2].split("\xa0")[0],
        str(rail[-1].figures[0][1]),
        str(evaluation_stage(page).figures[0][1]).split(" ")[0],
        page.goals()[0].reached,
    )


def test_a_project_counts_from_its_first_accepted_report(stories: Project, cast: SimpleNamespace) -> None:
    with clock.at(NOVEMBER):
        assert shown(stories, cast.ben) == ("–", "–", "–", None)
        report = submitted_report(stories, 7, cast.ben, NOVEMBER)
        actions.accept(report, by=cast.emil, at=NOVEMBER, seen=report.version)
        stories.refresh_from_db()
        reached = stories.participants_reached
        assert reached > 0
        assert shown(stories, cast.ben)[2:] == (str(reached), reached)
        assert "–" not in shown(stories, cast.ben)[:2]


def test_a_month_without_a_report_changes_no_projection(
    stories: Project, cast: SimpleNamespace, as_person: Callable[[User], Client]
) -> None:
    with clock.at(NOVEMBER):
        submitted_report(stories, 7, cast.ben, NOVEMBER)
        of_july = ProjectProgress(report_of(stories, 7), NOVEMBER.date()).participants
        later = [ProjectProgress(report_of(stories, month), NOVEMBER.date()).participants for month in (8, 9)]
        page = as_person(cast.ben).get(report_of(stories, 8).get_absolute_url())
    assert [course.actual for course in later] == [of_july.actual] * 2
    # Plans are whole people in every month: the projection may differ by the rounding of one of them.
    assert all(abs(course.end - of_july.end) <= Decimal(1) for course in later)
    assert page.context["people_chart"].rows[1][2] is None
