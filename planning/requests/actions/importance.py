"""How important a project is: the resource team says so, the department states its case."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from planning.projects.models import Project
from planning.projects.workflow import PROJECT
from sop_portal.foundation.kit.bounds import SCORE, refuse_beyond
from sop_portal.foundation.kit.refusals import NotYours
from sop_portal.foundation.organisation.actor import Actor
from sop_portal.foundation.organisation.models import User
from sop_portal.foundation.organisation.roles import Can
from sop_portal.foundation.trail.actions import Change
from sop_portal.foundation.workflow.checks import authority, why_own_side
from sop_portal.foundation.workflow.conflicts import Shown, beside_theirs
from sop_portal.foundation.workflow.engine import lock, note
from sop_portal.foundation.workflow.years import hold_open_year


def set_importance(project: Project, importance: int, *, by: User, at: datetime, seen: Shown | None = None) -> Project:
    """Say how important a project is, from 1 to 5; nobody says so of a department they head.

    What somebody else said since it was `seen` stays.
    """
    refuse_beyond(_("Importance"), importance, SCORE)
    with transaction.atomic():
        hold_open_year(PROJECT.kind, project, "rate")
        grant = authority(Can.ALLOCATE, project, by, at)
        if why := why_own_side(Actor.of(by, at), project.department_id, Can.ALLOCATE):
            raise NotYours(why, _("Somebody else of the resource team sets it."))
        locked = lock(project)
        importance = beside_theirs(PROJECT.kind, locked, {"importance": importance}, seen)["importance"]
        if locked.importance != importance:
            change = Change("importance", str(locked.importance), str(importance), "")
            locked.importance = importance
            locked.save(update_fields=["importance"])
            note(PROJECT.kind, locked, "rate", by=by, at=at, behalf=grant.behalf, changes=[change])
    project.importance = locked.importance
    return project
