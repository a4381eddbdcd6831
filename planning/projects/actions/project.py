"""What people do with projects between start and end."""

from datetime import datetime

from planning.projects.models import Project
from planning.projects.workflow import PROJECT, refuse_stranger
from sop_portal.foundation.organisation.models import User
from sop_portal.foundation.organisation.roles import Can
from sop_portal.foundation.workflow.engine import edit


def change_project(project: Project, *, lead: User | None, purpose: str, by: User, at: datetime, seen: int) -> Project:
    """Hand a project to another lead, or say anew what it is for."""
    refuse_stranger(project.department_id, lead, at)
    with edit(PROJECT, project, by=by, at=at, can=Can.RUN_PROJECT, seen=seen) as editing:
        editing.change("lead", editing.record.lead_id, lead.pk if lead else None)
        editing.record.lead = lead
        editing.set(editing.record, purpose=purpose)
    return project
