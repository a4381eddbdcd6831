"""The demand report by project, a page at a time."""

from typing import Any

from planning.forecasts.models import DemandReport
from planning.forecasts.queries.report_projects import page_of_projects
from sop_portal.foundation.organisation.access import Request
from sop_portal.foundation.organisation.models import Department


def projects_context(request: Request, found: DemandReport, department: Department | None) -> dict[str, Any]:
    """The projects from the place and of the department that the address names."""
    turned = page_of_projects(found, request.actor, department, request.GET)
    return {"projects": turned.rows, "next_url": turned.next_url, "department": department}
