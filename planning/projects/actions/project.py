"""What people do with projects between start and end."""

from collections.abc import Collection
from datetime import datetime
from typing import Protocol

from django.utils.translation import gettext as _

from planning.cycles.models import Cycle
from planning.projects.models import Actual, Project, ProjectName, slug_of
from planning.projects.workflow import PROJECT, PROJECT_NAME, refuse_stranger
from sop_portal.foundation.kit.refusals import NotReady
from sop_portal.foundation.kit.text import same_name
from sop_portal.foundation.organisation.models import User
from sop_portal.foundation.organisation.roles import Can
from sop_portal.foundation.workflow.engine import edit
from sop_portal.foundation.workflow.seals import seal_rows


class FollowsProjects(Protocol):
    """What a later stage shows of the figures of projects, brought up to date after an act changed some of them."""

    def __call__(self, projects: Collection[int], *, by: User | None, at: datetime) -> None:
        """Bring it up to date, in the same transaction."""


# Who looks at what projects counted, hold and spent. stages.py, which knows every stage, fills it.
RESTS_ON_PROJECTS: list[FollowsProjects] = []


def projects_changed(projects: Collection[int], *, by: User | None, at: datetime) -> None:
    """Let everything that shows these projects follow; whoever changes what they counted or spent calls it."""
    for follow in RESTS_ON_PROJECTS:
        follow(projects, by=by, at=at)


def change_project(project: Project, *, lead: User | None, purpose: str, by: User, at: datetime, seen: int) -> Project:
    """Hand a project to another lead, or say anew what it is for."""
    refuse_stranger(project.department_id, lead, at)
    with edit(PROJECT, project, by=by, at=at, can=Can.RUN_PROJECT, seen=seen) as editing:
        editing.change("lead", editing.record.lead_id, lead.pk if lead else None)
        editing.record.lead = lead
        editing.set(editing.record, purpose=purpose)
    return project


def rename_project(project: Project, *, name: str, by: User, at: datetime, seen: int) -> Project:
    """Call a project otherwise; its address and its line through the years stay, whichever name a file uses."""
    with edit(PROJECT, project, by=by, at=at, can=Can.RUN_PROJECT, seen=seen) as editing:
        locked, called = editing.record, slug_of(name)
        if not name.strip():
            raise NotReady(_("Every project has a name."), [], _("Write its name."))
        if _belongs_to_another_project(locked, name, called):
            sentence = _("The department has or had another project “%(name)s”.") % {"name": name}
            raise NotReady(sentence, [], _("Choose a name that no project of the department ever had."))
        editing.set(locked, name=name)
        if called != locked.slug:
            known, _is_new = ProjectName.objects.get_or_create(
                department_id=locked.department_id, called=called, defaults={"slug": locked.slug}
            )
            seal_rows(PROJECT_NAME, [known.pk])
    return project


def _belongs_to_another_project(project: Project, name: str, called: str) -> bool:
    """Whether a name is, or was in an earlier year, that of another project of the department."""
    here = {"department_id": project.department_id}
    beside = Project.objects.filter(cycle_id=project.cycle_id, **here).exclude(pk=project.pk)
    if same_name(name) in map(same_name, beside.values_list("name", flat=True)):
        return True
    if called == project.slug:
        return False
    known = ProjectName.objects.filter(called=called, **here).exclude(slug=project.slug)
    rows = (known, Project.objects.filter(slug=called, **here), Actual.objects.filter(slug=called, **here))
    return any(found.exists() for found in rows)


def follow_year(cycle: Cycle) -> None:
    """Projects that have not begun take the whole time of their year; the entry of the year says that it moved."""
    waiting = Project.objects.filter(cycle_id=cycle.pk, activated_at=None).exclude(state__in=PROJECT.sealed_states)
    keys = list(waiting.values_list("pk", flat=True))
    waiting.update(starts_on=cycle.starts_on, ends_on=cycle.ends_on)
    seal_rows(PROJECT.kind, keys)
