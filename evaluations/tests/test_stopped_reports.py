"""A project on hold or cancelled owes no months any more; what was reported of its time stays and is decided on."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from types import SimpleNamespace

import pytest
from django.test import Client
from django.urls import reverse

from budgets.spending import actions as spending
from evaluations.models import ProgressReport
from evaluations.reports import actions
from evaluations.reports.deadlines import owed
from evaluations.reports.workflow import REPORT
from evaluations.tests.reporting_year import report_of, submitted_report
from planning.models import Project
from sop_portal.dashboards.checks.invariants import problems
from sop_portal.dashboards.queries.reports import open_reports
from sop_portal.foundation.kit import clock
from sop_portal.foundation.organisation.actor import Actor
from sop_portal.foundation.organisation.models import User
from sop_portal.foundation.workflow.inbox import waiting_for
from sop_portal.tests.page_text import words_of


def stop(project: Project, act: str, people: SimpleNamespace, at: datetime) -> None:
    project.refresh_from_db()
    getattr(spending, act)(project, by=people.amina, at=at, seen=project.version, comment="The roof leaks")


def months(project: Project) -> list[tuple[date, str]]:
    found = ProgressReport.objects.filter(project=project).order_by("period_first")
    return list(found.values_list("period_first", "state"))


def test_cancelling_takes_away_the_months_that_are_still_to_come(
    story_hours: Project, cast: SimpleNamespace, november: datetime
) -> None:
    submitted_report(story_hours, 9, cast.ben, november)
    stop(story_hours, "cancel", cast, november)
    assert months(story_hours) == [
        (date(2027, 7, 1), "draft"),
        (date(2027, 8, 1), "draft"),
        (date(2027, 9, 1), "submitted"),
        (date(2027, 10, 1), "draft"),
        (date(2027, 11, 1), "draft"),
    ]
    # What happened until then may still be told, and is decided on.
    report = submitted_report(story_hours, 10, cast.ben, november)
    actions.accept(report, by=cast.emil, at=november, seen=report.version)
    assert [problem for problem in problems() if "gone" in problem] == []


def test_on_hold_the_months_stay_for_when_it_is_resumed(
    story_hours: Project, cast: SimpleNamespace, november: datetime
) -> None:
    before = months(story_hours)
    stop(story_hours, "hold", cast, november)
    assert (months(story_hours), len(before)) == (before, 12)
    later = november + timedelta(days=60)
    assert [found for found in owed(later) if found.record.project == story_hours] == []
    stop(story_hours, "resume", cast, later)
    assert len([found for found in owed(later) if found.record.project == story_hours]) == 6


@pytest.mark.parametrize(("act", "state"), [("hold", "On hold"), ("cancel", "Cancelled")])
def test_nothing_is_late_on_a_stopped_project_and_its_pages_say_why(
    story_hours: Project,
    cast: SimpleNamespace,
    november: datetime,
    as_person: Callable[[User], Client],
    act: str,
    state: str,
) -> None:
    submitted_report(story_hours, 9, cast.ben, november)
    department = story_hours.department_id
    assert open_reports(story_hours.cycle, date(2027, 11, 8))[department].late == 2
    stop(story_hours, act, cast, november)
    said = f"not owed, project: {state}"
    with clock.at(november):
        browser = as_person(cast.amina)
        listed = words_of(browser.get(reverse("progress", args=[2027])))
        late = words_of(browser.get(reverse("progress", args=[2027]) + "?state=late"))
        page = words_of(browser.get(report_of(story_hours, 10).get_absolute_url()))
        project = words_of(browser.get(story_hours.get_absolute_url()))
    assert (said in listed, listed.count("days late"), "No report fits" in late) == (True, 1, True)
    assert said in page
    assert "Owed:" not in project
    found = open_reports(story_hours.cycle, date(2027, 11, 8))[department]
    assert (found.late, found.waiting) == (0, 1)
    # What was handed in before is still waited for.
    waiting = [task.record for task in waiting_for(Actor.of(cast.emil, november), [REPORT], november)]
    assert [report.period_first for report in waiting] == [date(2027, 9, 1)]
