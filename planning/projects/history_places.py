"""Where the rows of a history file belong: their departments, and whether the same figures are there already."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from planning.projects.history import METRICS, HistoryRow, Problem
from planning.projects.history_cells import folded
from planning.projects.models import Actual, HistoryImport
from planning.projects.slugs import slug_of
from sop_portal.foundation.organisation.models import Department

COLUMNS = ("department", "slug", "name", "year", "taken_from", *METRICS)
UNKNOWN: Promise = _(
    "Row %(row)s: the portal has no department “%(department)s”. "
    "Add the department first, correct the name, or let the import create it."
)
KNOWN_ALREADY: Promise = _(
    "Row %(row)s: %(department)s, %(year)s is already in the history. "
    "Undo the import that brought it, or delete the row."
)
SAME_PROJECT: Promise = _(
    "Row %(row)s: in addresses, “%(project)s” of %(year)s reads the same as the project in row %(other)s. "
    "Give one of them another name."
)


@dataclass(frozen=True)
class Places:
    """What the portal knows of the departments and years in a file."""

    departments: dict[str, int]
    taken: frozenset[tuple[int, str, int]]

    def department_of(self, row: HistoryRow) -> int | None:
        """The department a row belongs to, whatever its capitals."""
        return self.departments.get(folded(row.department))


def places_of(rows: Iterable[HistoryRow]) -> Places:
    """Look the departments up, and every figure that is there already; two queries for any number of rows."""
    wanted = {row.department.casefold() for row in rows}
    known = {name.casefold(): pk for pk, name in Department.objects.values_list("pk", "name")}
    found = {name: pk for name, pk in known.items() if name in wanted}
    taken = Actual.objects.filter(department_id__in=found.values()).values_list("department_id", "slug", "year")
    return Places(found, frozenset(taken.iterator(chunk_size=5000)))


def problems_of(rows: Sequence[HistoryRow], places: Places, *, create_departments: bool) -> Iterator[Problem]:
    """Every row that cannot be taken in, with the way out."""
    slugs = slugs_in(rows)
    first: dict[tuple[str, str, int], HistoryRow] = {}
    for row in rows:
        department, slug = places.department_of(row), slugs.get(row.project, "")
        said = {"row": row.row_number, "department": row.department, "year": row.year}
        other = first.setdefault((folded(row.department), slug, row.year), row)
        # The same name twice was found when the cells were checked.
        if folded(other.project) != folded(row.project):
            yield Problem(row.row_number, "", SAME_PROJECT, said | {"project": row.project, "other": other.row_number})
        if department is None:
            if not create_departments:
                yield Problem(row.row_number, "", UNKNOWN, said)
        elif (department, slug, row.year) in places.taken:
            yield Problem(row.row_number, "", KNOWN_ALREADY, said)


def slugs_in(rows: Iterable[HistoryRow]) -> dict[str, str]:
    """The short name of every project in the file."""
    return {name: slug_of(name) for name in {row.project for row in rows} if name}


def new_departments(rows: Iterable[HistoryRow], places: Places) -> list[str]:
    """The names that would be created, in the order of the file, each once."""
    new: dict[str, str] = {}
    for row in rows:
        if places.department_of(row) is None:
            new.setdefault(row.department.casefold(), row.department)
    return list(new.values())


def actuals_of(
    rows: Sequence[HistoryRow], places: Places, taken_from: HistoryImport
) -> Iterator[tuple[Any, ...]]:  # fmt: skip
    """The figures by `COLUMNS`. A row without a project stands for the whole department."""
    slugs = slugs_in(rows)
    for row in rows:
        department, slug = places.departments[row.department.casefold()], slugs.get(row.project, "")
        figures = map(row.metrics.get, METRICS)
        yield (department, slug, row.project or row.department, row.year, taken_from.pk, *figures)
