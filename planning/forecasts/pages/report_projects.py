"""The demand report by project, a page at a time."""

from typing import Any

from planning.forecasts.models import DemandReport
from planning.forecasts.queries.report_projects import project_rows
from sop_portal.foundation.organisation.access import Request

LONGEST_KEY = 18


def projects_context(request: Request, found: DemandReport) -> dict[str, Any]:
    """The projects from the place and of the department that the address names."""
    typed = request.GET.get("after", "")
    after = int(typed) if typed.isascii() and typed.isdigit() and len(typed) <= LONGEST_KEY else 0
    department = request.GET.get("department", "")
    rows, last = project_rows(found, request.actor, department, after)
    query = request.GET.copy()
    query["after"] = str(last)
    return {"projects": rows, "next_url": f"?{query.urlencode()}" if last else "", "department": department}
