"""Who completes a project that is over: on its last day, so that it is evaluated."""

from collections.abc import Collection, Iterator
from datetime import datetime

from planning.cycles.queries import OPEN, due_in
from planning.projects.models import Project
from planning.projects.workflow import PROJECT
from sop_portal.foundation.organisation.actor import Actor
from sop_portal.foundation.organisation.models import User
from sop_portal.foundation.workflow.owed import Owed, opened_by, until, within


def owed(at: datetime, *, ahead: int = 0, departments: Collection[int] | None = None) -> Iterator[Owed]:
    """Projects that still run on their last day, and after it; where that is a day off, until the next working day."""
    running = Project.objects.filter(cycle__state=OPEN, state__in=PROJECT["complete"].sources)
    ended = within(running.filter(ends_on__lte=opened_by(at, ahead)), departments)
    for project in ended.select_related("cycle", "department").order_by("pk"):
        yield until(
            PROJECT,
            "complete",
            project,
            project.cycle,
            opens_on=project.ends_on,
            due_on=due_in(project.cycle, project.ends_on).on,
            sequence=project.version,
        )


def owed_by_name(person: User, at: datetime) -> Iterator[Owed]:
    """Projects of this person's departments that are over: no state says so, their last day does."""
    actor = Actor.of(person, at)
    places = {grant.department_id for grant in actor.grants if grant.department_id is not None}
    if places:
        found = owed(at, departments=places)
        yield from (one for one in found if one.due_on and one.due_on <= one.cycle.day(at))
