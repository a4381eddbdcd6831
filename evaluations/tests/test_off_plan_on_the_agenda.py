"""Projects over or under their plan on the agenda of a meeting, as the dashboard warns; read where they belong."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from types import SimpleNamespace

from django.test import Client

from budgets.models import Appropriation
from budgets.spending.actions import store_warnings
from budgets.spending.queries import warned_by_department
from evaluations.meetings import actions
from evaluations.meetings.actions import MeetingTerms
from evaluations.meetings.queries import off_plan
from evaluations.meetings.workflow import PRIVATE
from evaluations.models import AgendaPoint, Meeting
from evaluations.tests.posting import page
from evaluations.tests.review_year import as_planned
from planning.models import Project
from sop_portal.foundation.organisation.actor import Actor
from sop_portal.foundation.organisation.models import Department
from sop_portal.foundation.trail.models import Entry
from sop_portal.reminders.actions import sweep
from sop_portal.tests.shared_fixtures import shared_fixture

LogIn = Callable[..., Client]
TERMS = MeetingTerms(date(2028, 7, 20), "Reading room", time(14), 90)
UNDER = "Arts: 1 line heads for less than 90\N{NO-BREAK SPACE}% of its plan: Story hours"
HOUR = timedelta(hours=1)


@shared_fixture
def called(stories: Project, sports: Department, cast: SimpleNamespace, july: datetime) -> Meeting:
    """A meeting in eight days; of the services of the story hours two thirds are spent."""
    return actions.call(stories.cycle, TERMS, by=cast.emil, at=july)


def test_the_agenda_names_what_the_dashboard_warns_of(called: Meeting, cast: SimpleNamespace, july: datetime) -> None:
    on = called.cycle.day(july)
    warned = warned_by_department(called.cycle, Actor.of(cast.emil, july), on)
    found = {(row.flag, row.department.pk): row.lines for row in off_plan(called.cycle, on)}
    assert (found, list(called.points.values_list("title", flat=True))) == (dict(warned), [UNDER])


def test_only_the_department_and_the_roles_of_the_whole_organisation_read_it(
    called: Meeting, cast: SimpleNamespace, as_person: LogIn
) -> None:
    people = (cast.emil, cast.dora, cast.amina, cast.bao)
    shown = ["Story hours" in page(as_person(person), called.get_absolute_url()) for person in people]
    assert shown == [True, True, True, False]
    point = AgendaPoint.objects.get()
    assert as_person(cast.amina).get(point.source_url).status_code == 200


def test_it_leaves_the_agenda_once_the_lines_are_as_planned(
    called: Meeting, stories: Project, cast: SimpleNamespace, july: datetime
) -> None:
    sweep(at=july + HOUR)
    before = list(called.points.values_list("title", flat=True))
    as_planned(stories)
    store_warnings(called.cycle, Appropriation.objects.filter(project=stories), at=july + HOUR)
    sweep(at=july + 2 * HOUR)
    assert (before, list(called.points.all())) == ([UNDER], [])


def test_the_trail_that_everybody_reads_tells_no_figures_of_it(
    called: Meeting, stories: Project, cast: SimpleNamespace, july: datetime
) -> None:
    as_planned(stories)
    sweep(at=july + HOUR)
    told = [entry.changes for entry in Entry.objects.of("meeting", called.pk) if entry.verb == "edit"]
    assert told == [[{"where": "Arts", "field": "point", "old": PRIVATE, "new": ""}]]


def test_what_was_not_dealt_with_moves_on_as_private(called: Meeting, cast: SimpleNamespace, july: datetime) -> None:
    after = called.starts_at + HOUR
    following = MeetingTerms(date(2028, 8, 3), "Reading room", time(14), 90)
    upcoming = actions.call(called.cycle, following, by=cast.emil, at=july)
    actions.send(called, by=cast.emil, at=after, seen=called.version)
    [point] = upcoming.points.all()
    assert (point.is_private, point.department_id, point.carried_from_id) == (
        True,
        called.points.get().department_id,
        called.points.get().pk,
    )
