"""The rows of a table of past years, checked: what is taken, what is wrong and what is doubtful."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from planning.projects.figures import METRICS, HistoryRow, folded, in_hundredths, is_outlier
from planning.projects.imports.cells import CellRefused, figure_in, name_in, shown, year_in
from planning.projects.imports.columns import REQUIRED
from planning.projects.workflow import HistoryProblem
from sop_portal.foundation.kit.formats import BETWEEN_CLAUSES, sentences, tongue
from sop_portal.foundation.kit.sheets import CellValue, Interner, Table

WHOLE_METRICS = frozenset({"activities", "participants"})

MISSING_COLUMN: dict[str, Promise] = {
    "department": _("No column holds the department. Choose the column with the departments' names."),
    "year": _("No column holds the year. Choose the column with the years."),
}
REPEATED = _(
    "Row %(row)s repeats row %(other)s: %(department)s, %(year)s%(project)s stands there already. "
    "Delete one of the two rows."
)
DOUBTFUL = _(
    "Row %(row)s, column %(column)s: %(figure)s in %(year)s looks mistyped; the year before it is %(before)s, "
    "the year after %(after)s (%(department)s). Correct it in the file, or keep it if it is right."
)
BLANK_YEAR = _(
    "Column %(column)s is blank for every department in %(year)s. Blank is read as unknown, not as zero. "
    "Write 0 where it really was nothing."
)
BLANK_COLUMN = _(
    "Column %(column)s is blank in every row. Blank is read as unknown, not as zero. "
    "Choose another column or leave it out."
)


@dataclass(frozen=True, slots=True)
class CheckedRows:
    """The good rows, what must be put right before they are taken, and what somebody should look at."""

    rows: list[HistoryRow]
    problems: list[HistoryProblem]
    warnings: list[HistoryProblem]


def check_rows(sheet: Table, mapping: Mapping[str, int]) -> CheckedRows:
    """Check every cell of a table of past years; blank stays unknown and is never zero."""
    mapping = {column: place for column, place in mapping.items() if 0 <= place < len(sheet.header)}
    missing = [column for column in REQUIRED if column not in mapping]
    if missing:
        row_number = sheet.first_row - 1
        return CheckedRows([], [HistoryProblem(row_number, column, MISSING_COLUMN[column]) for column in missing], [])
    checking = CheckingRows(sheet, mapping)
    for number, cells in sheet.consume_rows():
        if any(shown(cell) for cell in cells):
            checking.check(number, cells)
    rows, problems = checking.rows, [*checking.problems, *_repeated(checking.rows)]
    problems.sort(key=lambda problem: problem.row_number)
    return CheckedRows(rows, problems, [*_blanks(sheet, mapping, rows), *_outliers(sheet, mapping, rows)])


class CheckingRows:
    """A table whose rows are checked one by one: the good rows so far, and what is wrong with the others."""

    def __init__(self, sheet: Table, mapping: Mapping[str, int]) -> None:
        self.sheet, self.mapping = sheet, mapping
        self.rows: list[HistoryRow] = []
        self.problems: list[HistoryProblem] = []
        # A hundred thousand rows share one tuple of names and a few numbers of years.
        self.metrics, self.same = tuple(metric for metric in METRICS if metric in mapping), Interner()

    def check(self, number: int, cells: Sequence[CellValue]) -> None:
        """Take a row, or note everything that is wrong with it."""
        found: dict[str, Any] = {"project": ""}
        problems = []
        for column, place in self.mapping.items():
            try:
                found[column] = _read(column, cells[place])
            except (CellRefused, ValidationError) as refused:
                problems.append(_problem(number, self.sheet.header[place], cells[place], refused))
        if problems:
            self.problems += problems
            return
        figures = tuple(in_hundredths(found[metric]) for metric in self.metrics)
        year = self.same(found["year"])
        self.rows.append(HistoryRow(found["department"], found["project"], year, self.metrics, figures, number))


def _read(column: str, cell: CellValue) -> str | int | Decimal | None:
    if column in METRICS:
        return figure_in(cell, whole=column in WHOLE_METRICS)
    if column == "year":
        return year_in(cell)
    return name_in(cell, required=column in REQUIRED)


def _problem(number: int, column: str, cell: CellValue, refused: CellRefused | ValidationError) -> HistoryProblem:
    params = {"row": number, "column": column, "value": shown(cell)}
    if isinstance(refused, CellRefused):
        return HistoryProblem(number, column, refused.message, params)
    reason = sentences(refused.messages)
    return HistoryProblem(number, column, _("Row %(row)s, column %(column)s: %(reason)s"), params | {"reason": reason})


def _repeated(rows: list[HistoryRow]) -> Iterator[HistoryProblem]:
    """Two rows for the same department, project and year: one of them would be lost."""
    first: dict[tuple[str, str, int], int] = {}
    for row in rows:
        key = (folded(row.department), folded(row.project), row.year)
        other = first.setdefault(key, row.row_number)
        if other != row.row_number:
            project = BETWEEN_CLAUSES[tongue()] + row.project if row.project else ""
            params = {"row": row.row_number, "other": other, "department": row.department, "year": row.year}
            yield HistoryProblem(row.row_number, "", REPEATED, params | {"project": project})


def _blanks(sheet: Table, mapping: Mapping[str, int], rows: list[HistoryRow]) -> Iterator[HistoryProblem]:
    """One warning for each metric that nobody filled in for a year, or one for all years."""
    years: dict[int, list[HistoryRow]] = defaultdict(list)
    for row in rows:
        years[row.year].append(row)
    for metric in (metric for metric in METRICS if metric in mapping):
        column = sheet.header[mapping[metric]]
        place = rows[0].named.index(metric) if rows else 0
        blank = [year for year in sorted(years) if all(row.hundredths[place] is None for row in years[year])]
        if rows and len(blank) == len(years):
            yield HistoryProblem(rows[0].row_number, column, BLANK_COLUMN, {"column": column})
            continue
        for year in blank:
            if len(years[year]) > 1:
                yield HistoryProblem(years[year][0].row_number, column, BLANK_YEAR, {"column": column, "year": year})


def _outliers(sheet: Table, mapping: Mapping[str, int], rows: list[HistoryRow]) -> Iterator[HistoryProblem]:
    """Figures that leap for a single year and come back: mistyped, more often than not."""
    known = {(folded(row.department), folded(row.project), row.year): row for row in rows}
    for (department, project, year), row in known.items():
        before, after = known.get((department, project, year - 1)), known.get((department, project, year + 1))
        if before is None or after is None:
            continue
        for metric, figure, *neighbours in zip(row.named, row.figures, before.figures, after.figures, strict=True):
            if is_outlier(figure, *neighbours):
                column = sheet.header[mapping[metric]]
                figures = {"figure": f"{figure:,}", "before": f"{neighbours[0]:,}", "after": f"{neighbours[1]:,}"}
                params = {"row": row.row_number, "column": column, "year": year, "department": row.department}
                yield HistoryProblem(row.row_number, column, DOUBTFUL, params | figures)
