"""A history file, read and checked against the portal, before anything is written."""

from collections.abc import Mapping
from dataclasses import dataclass

from planning.projects.figures import HistoryRow
from planning.projects.imports.rows import check_rows
from planning.projects.queries import known_history_of_all_departments
from planning.projects.workflow import HistoryProblem, missing_to_import, names_to_look_at
from sop_portal.foundation.kit.sheets import Table


@dataclass(frozen=True)
class HistoryReading:
    """What a file would bring: its good rows, what stops it, and what somebody should look at."""

    rows: list[HistoryRow]
    problems: list[HistoryProblem]
    warnings: list[HistoryProblem]
    new_departments: list[str]

    @property
    def years(self) -> tuple[int, int] | None:
        """The first and the last year of the rows."""
        years = {row.year for row in self.rows}
        return (min(years), max(years)) if years else None


def read_history(
    sheet: Table, mapping: Mapping[str, int], *, create_departments: bool = False, replace: bool = False
) -> HistoryReading:
    """Check every cell of a file, and every row against the departments and the history of the portal."""
    checked = check_rows(sheet, mapping)
    known = known_history_of_all_departments(checked.rows)
    missing = missing_to_import(checked.rows, known, create_departments=create_departments, replace=replace)
    problems = sorted([*checked.problems, *missing], key=lambda problem: problem.row_number)
    new_departments = known.unknown_departments(checked.rows) if create_departments else []
    warnings = [*names_to_look_at(checked.rows, known), *checked.warnings]
    return HistoryReading(checked.rows, problems, warnings, new_departments)
