"""Projects of a year that is still set up: planned ahead of its forecasts, which begin with them."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from planning.cycles.models import Cycle
from planning.forecasts.actions.lines import USUAL_IMPORTANCE, NewProject, new_project
from planning.projects.models import Project
from planning.projects.workflow import PROJECT, refuse_stranger
from sop_portal.foundation.kit.bounds import SCORE, refuse_beyond
from sop_portal.foundation.kit.fitting import give, save_new
from sop_portal.foundation.kit.refusals import NotNow
from sop_portal.foundation.organisation.models import Department, User
from sop_portal.foundation.organisation.roles import Can
from sop_portal.foundation.trail.actions import Change
from sop_portal.foundation.workflow.checks import authority, takes_part
from sop_portal.foundation.workflow.engine import created, note
from sop_portal.foundation.workflow.taking_out import take_out
from sop_portal.foundation.workflow.years import hold_open_year


@dataclass(frozen=True, slots=True)
class PlannedTerms:
    """What a project that is planned ahead says of itself, besides its name."""

    lead: User | None = None
    purpose: str = ""
    importance: int = USUAL_IMPORTANCE


def plan_ahead(
    cycle: Cycle, department: Department, new: NewProject, *, by: User, at: datetime, importance: int = USUAL_IMPORTANCE
) -> Project:
    """Plan a project in a year that is not published yet; its department's forecast begins with it."""
    with transaction.atomic():
        grant = authority(Can.RUN_CYCLE, cycle, by, at)
        _refuse_published(cycle)
        takes_part(department)
        refuse_stranger(department.pk, new.lead, at)
        project = new_project(cycle, department, new, importance)
        save_new(project)
        created(PROJECT, project, by=by, at=at, grant=grant)
    return project


def change_plan(project: Project, terms: PlannedTerms, *, by: User, at: datetime) -> Project:
    """Say otherwise who leads a project that is planned ahead, what it is for, and how important it is."""
    with transaction.atomic():
        grant = authority(Can.RUN_CYCLE, project.cycle, by, at)
        _refuse_published(project.cycle)
        refuse_stranger(project.department_id, terms.lead, at)
        refuse_beyond(_("Importance"), terms.importance, SCORE)
        locked = Project.objects.select_for_update(of=("self",)).get(pk=project.pk)
        wanted = {"lead_id": terms.lead.pk if terms.lead else None, "purpose": terms.purpose}
        wanted["importance"] = terms.importance
        changes = [
            Change(name.removesuffix("_id"), _text(getattr(locked, name)), _text(value), locked.name)
            for name, value in wanted.items()
            if getattr(locked, name) != value
        ]
        give(locked, **wanted)
        if changes:
            locked.version += 1
            locked.save()
            note(PROJECT.kind, locked, "change-plan", by=by, at=at, behalf=grant.behalf, changes=changes)
    return locked


def give_up_plan(project: Project, *, by: User, at: datetime) -> None:
    """Take a project out that was planned ahead by mistake."""
    with transaction.atomic():
        authority(Can.RUN_CYCLE, project.cycle, by, at)
        _refuse_published(project.cycle)
        take_out(PROJECT.kind, project, called=project.name, by=by, at=at, verb="drop")


def _refuse_published(cycle: Cycle) -> None:
    """Once a year is published its projects are the departments'."""
    hold_open_year("cycle", cycle, "edit")
    now = Cycle.objects.get(pk=cycle.pk)
    if now.state != Cycle.State.DRAFT:
        raise NotNow(
            _("The year %(year)s is published, so its projects are the departments’.") % {"year": now},
            _("The department takes it into its forecast."),
        )


def _text(value: object) -> str:
    return "" if value is None else str(value)
