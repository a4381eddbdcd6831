"""The rows of the project list, every word and figure written out once."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet, Sum
from django.utils.safestring import SafeString

from planning.projects.models import Project
from planning.projects.workflow import PROJECT
from sop_portal.foundation.kit.addresses import address
from sop_portal.foundation.kit.formats import money
from sop_portal.foundation.kit.templatetags.icons import state

SORTS = {"name": "name", "needed": "needed", "spent": "spent"}
FIGURES = ("needed", "asked", "granted", "budgeted", "spent")


@dataclass(frozen=True)
class Row:
    """One project, ready to print."""

    url: str
    name: str
    department: str
    state: SafeString
    needed: str
    asked: str
    granted: str
    budgeted: str
    spent: str


def filtered(found: QuerySet[Project], wanted: Mapping[str, Any]) -> QuerySet[Project]:
    """The projects that were asked for, with no more columns than the list shows."""
    if wanted.get("q"):
        found = found.filter(name__icontains=wanted["q"])
    if wanted.get("department"):
        found = found.filter(department_id=wanted["department"].pk)
    if wanted.get("state"):
        found = found.filter(state=wanted["state"])
    return found.select_related("department").only("name", "slug", "state", "department", *FIGURES)


def totals_of(found: QuerySet[Project]) -> list[str]:
    """What all projects that were asked for come to, on this page and the others."""
    sums = found.order_by().aggregate(**{figure: Sum(figure) for figure in FIGURES})
    return [money(sums[figure] or 0) for figure in FIGURES]


def row_of(project: Project, year: int) -> Row:
    """A project as the list shows it."""
    return Row(
        f"{address('projects', year)}{project.department.slug}/{project.slug}/",
        project.name,
        project.department.name,
        state(PROJECT.tones[project.state], PROJECT.states(project.state).label, plain=True),
        *(money(getattr(project, figure)) for figure in FIGURES),
    )
