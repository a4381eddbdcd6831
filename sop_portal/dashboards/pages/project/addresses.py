"""Where the records of a project are: its line of the forecast, its request, its approved lines, its expenses."""

from planning.models import Project
from sop_portal.foundation.kit.addresses import address


def forecast_url(project: Project) -> str:
    """The project's line in the forecast."""
    return address("forecast-line", project.cycle.year, project.department.slug, project.slug)


def request_url(project: Project) -> str:
    """The department's request."""
    return address("request", project.cycle.year, project.department.slug)


def lines_url(project: Project) -> str:
    """The approved lines of the project."""
    return f"{address('appropriations', project.cycle.year)}{_narrowed_to(project)}"


def expenses_url(project: Project) -> str:
    """The list that adds up to what was spent."""
    return f"{address('expenses', project.cycle.year)}{_narrowed_to(project)}"


def _narrowed_to(project: Project) -> str:
    """A list narrowed to one project: its short name is its own within the department only."""
    return f"?department={project.department.slug}&project={project.slug}"
