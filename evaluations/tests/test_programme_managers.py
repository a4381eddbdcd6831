"""A programme manager sees the departments of a division, accepts its reports, and counts as their head elsewhere."""

from collections.abc import Callable
from datetime import date, datetime
from types import SimpleNamespace

import pytest
from django.db import DatabaseError, transaction
from django.test import Client

from evaluations.models import Issue
from evaluations.reports import actions
from evaluations.tests.reporting_year import submitted_report
from planning.models import Cycle, Project
from planning.requests.actions import set_importance
from sop_portal.foundation.kit.refusals import NotYours
from sop_portal.foundation.notices.models import Notice
from sop_portal.foundation.organisation.actor import Actor, people_who_can, people_who_see
from sop_portal.foundation.organisation.models import Department, Membership, User
from sop_portal.foundation.organisation.roles import Can, Role
from sop_portal.tests.cast import programme_manager
from sop_portal.tests.page_text import words_of

Browser = Callable[[User], Client]


@pytest.fixture
def pia(cast: SimpleNamespace, arts: Department) -> User:
    """Programme manager of the division to which Arts belongs."""
    return programme_manager("Stage", arts)


def test_what_belongs_to_the_division_is_there_and_nothing_else(
    pia: User, story_hours: Project, summer_league: Project, november: datetime
) -> None:
    actor = Actor.of(pia, november)
    assert (actor.sees_everything, list(Project.objects.visible_to(actor))) == (False, [story_hours])
    on = november.date()
    assert [pia in people_who_see(project, on) for project in (story_hours, summer_league)] == [True, False]


def test_the_programme_manager_is_asked_to_accept_the_reports_of_the_division(
    pia: User, cast: SimpleNamespace, story_hours: Project, summer_league: Project, november: datetime
) -> None:
    mine = submitted_report(story_hours, 10, cast.ben, november)
    other = submitted_report(summer_league, 10, cast.bao, november)
    told = Notice.objects.filter(person=pia, verb="submit").values_list("record_id", flat=True)
    assert list(told) == [mine.pk]
    with pytest.raises(NotYours):
        actions.accept(other, by=pia, at=november, seen=other.version)
    accepted = actions.accept(mine, by=pia, at=november, seen=mine.version)
    assert (accepted.state, accepted.accepted_by) == ("accepted", pia)


def test_four_eyes_hold_for_her_own_report(
    pia: User, cast: SimpleNamespace, arts: Department, story_hours: Project, november: datetime
) -> None:
    Membership.objects.create(person=pia, role=Role.HEAD, department=arts, from_on=date(2020, 1, 1))
    report = submitted_report(story_hours, 10, cast.ben, november)
    with pytest.raises(NotYours, match="department you head"):
        actions.accept(report, by=pia, at=november, seen=report.version)


def test_in_another_role_she_counts_as_the_head_of_her_departments(
    pia: User, cast: SimpleNamespace, story_hours: Project, summer_league: Project, november: datetime
) -> None:
    Membership.objects.create(person=pia, role=Role.RESOURCE, from_on=date(2020, 1, 1))
    with pytest.raises(NotYours, match="programme manager you are"):
        set_importance(story_hours, 5, by=pia, at=november)
    assert set_importance(summer_league, 5, by=pia, at=november).importance == 5


def test_the_database_counts_her_as_head_too(
    pia: User, cast: SimpleNamespace, story_hours: Project, summer_league: Project, november: datetime
) -> None:
    """But for the reports, which are hers to accept."""
    issues = [
        actions.raise_issue(project, title="No hall", text="It is closed.", by=by, at=november)
        for project, by in ((story_hours, cast.ben), (summer_league, cast.bao))
    ]

    def is_kept(row: Issue) -> bool:
        try:
            with transaction.atomic():
                Issue.objects.filter(pk=row.pk).update(verified_by=pia, verified_at=november, state="verified")
        except DatabaseError as refused:
            return "division they manage" not in str(refused)
        return True

    assert [is_kept(issue) for issue in issues] == [False, True]


def test_people_who_could_decide_do_not_name_her_where_she_stands_for_the_department(
    pia: User, story_hours: Project, november: datetime
) -> None:
    on = november.date()
    assert pia in people_who_can(Can.ACCEPT_REPORT, story_hours, on)
    assert pia not in people_who_can(Can.VERIFY_ISSUE, story_hours, on)


def test_my_work_begins_with_where_the_departments_of_the_division_are(
    pia: User, running: Cycle, story_hours: Project, summer_league: Project, as_person: Browser
) -> None:
    page = words_of(as_person(pia).get("/"))
    assert ("Where your departments are in 2027" in page, "Sports" in page) == (True, False)
