"""A history file, read and checked against the portal, before anything is written."""

from collections.abc import Mapping
from dataclasses import dataclass

from planning.projects.history import HistoryRow, Problem, check_rows
from planning.projects.history_places import new_departments, places_of, problems_of
from sop_portal.foundation.kit.sheets import Table


@dataclass(frozen=True)
class Reading:
    """What a file would bring: its good rows, what stops it, and what somebody should look at."""

    rows: list[HistoryRow]
    problems: list[Problem]
    warnings: list[Problem]
    new_departments: list[str]

    @property
    def years(self) -> tuple[int, int] | None:
        """The first and the last year of the rows."""
        years = {row.year for row in self.rows}
        return (min(years), max(years)) if years else None


def read_history(sheet: Table, mapping: Mapping[str, int], *, create_departments: bool = False) -> Reading:
    """Check every cell of a file, and every row against the departments and the history of the portal."""
    checked = check_rows(sheet, mapping)
    places = places_of(checked.rows)
    problems = [*checked.problems, *problems_of(checked.rows, places, create_departments=create_departments)]
    problems.sort(key=lambda problem: problem.row_number)
    new = new_departments(checked.rows, places) if create_departments else []
    return Reading(checked.rows, problems, checked.warnings, new)
