"""Past years brought in a spreadsheet: which column is what, and what is wrong or doubtful in the rows."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from planning.projects.history_cells import Refused, figure_in, folded, name_in, shown, year_in
from planning.projects.history_columns import COLUMNS, suggest_mapping
from sop_portal.foundation.kit.formats import BETWEEN_CLAUSES, sentences, tongue
from sop_portal.foundation.kit.sheets import Interner, Table

__all__ = ["COLUMNS", "METRICS", "REQUIRED", "Checked", "HistoryRow", "Problem", "check_rows", "suggest_mapping"]

METRICS = ("activities", "participants", "people", "materials", "money")
WHOLE_METRICS = frozenset({"activities", "participants"})
REQUIRED = ("department", "year")

# A figure this many times larger or smaller than both its neighbours, which agree with each other, is doubtful.
OUTLIER_TIMES = 5
NEIGHBOURS_WITHIN_TIMES = 3
OUTLIER_AT_LEAST = 20

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
class HistoryRow:
    """What one department did in one project (or in all, where the project is empty) in one year."""

    department: str
    project: str
    year: int
    named: tuple[str, ...]
    hundredths: tuple[int | None, ...]
    row_number: int

    @classmethod
    def of(
        cls, department: str, project: str, year: int, metrics: Mapping[str, Decimal | None], row_number: int
    ) -> "HistoryRow":
        """A row with its figures by metric."""
        return cls(department, project, year, tuple(metrics), tuple(map(_packed, metrics.values())), row_number)

    @property
    def figures(self) -> list[Decimal | None]:
        """The figures, in the order of their names."""
        return [_unpacked(hundredths) for hundredths in self.hundredths]

    @property
    def metrics(self) -> dict[str, Decimal | None]:
        """The figures by metric.

        A hundred thousand rows share one tuple of names and keep whole hundredths, exact as Decimals at a quarter of
        their memory.
        """
        return dict(zip(self.named, self.figures, strict=True))


def _packed(figure: Decimal | None) -> int | None:
    return None if figure is None else int(figure.scaleb(2))


def _unpacked(hundredths: int | None) -> Decimal | None:
    if hundredths is None:
        return None
    return Decimal(hundredths // 100) if hundredths % 100 == 0 else Decimal(hundredths).scaleb(-2)


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong or doubtful, with its place in the file and the way out."""

    row_number: int
    column: str
    message: str | Promise
    params: Mapping[str, Any] = field(default_factory=dict)

    @property
    def sentence(self) -> str:
        """The whole sentence in the reader's language."""
        return str(self.message) % {key: str(value) for key, value in self.params.items()}


@dataclass(frozen=True, slots=True)
class Checked:
    """The good rows, what must be put right before they are taken, and what somebody should look at."""

    rows: list[HistoryRow]
    problems: list[Problem]
    warnings: list[Problem]


def check_rows(sheet: Table, mapping: Mapping[str, int]) -> Checked:
    """Check every cell of a table of past years; blank stays unknown and is never zero."""
    mapping = {column: place for column, place in mapping.items() if 0 <= place < len(sheet.header)}
    missing = [column for column in REQUIRED if column not in mapping]
    if missing:
        return Checked([], [Problem(sheet.first_row - 1, column, MISSING_COLUMN[column]) for column in missing], [])
    rows: list[HistoryRow] = []
    problems: list[Problem] = []
    named, same = tuple(metric for metric in METRICS if metric in mapping), Interner()
    for number, cells in sheet.consume_rows():
        if any(shown(cell) for cell in cells):
            _check_row(sheet, mapping, number, cells, rows, problems, named, same)
    problems += _repeated(rows)
    problems.sort(key=lambda problem: problem.row_number)
    return Checked(rows, problems, [*_blanks(sheet, mapping, rows), *_outliers(sheet, mapping, rows)])


def _check_row(
    sheet: Table, mapping: Mapping[str, int], number: int, cells: Sequence[Any], rows: list[HistoryRow],
    problems: list[Problem], named: tuple[str, ...], same: Interner,
) -> None:  # fmt: skip
    found: dict[str, Any] = {"project": ""}
    before = len(problems)
    for column, at in mapping.items():
        try:
            found[column] = _read(column, cells[at])
        except (Refused, ValidationError) as refused:
            problems.append(_problem(number, sheet.header[at], cells[at], refused))
    if len(problems) == before:
        figures = tuple(_packed(found[metric]) for metric in named)
        year = same(found["year"])
        rows.append(HistoryRow(found["department"], found["project"], year, named, figures, number))


def _read(column: str, cell: Any) -> Any:
    if column in METRICS:
        return figure_in(cell, whole=column in WHOLE_METRICS)
    if column == "year":
        return year_in(cell)
    return name_in(cell, required=column in REQUIRED)


def _problem(number: int, column: str, cell: Any, refused: Refused | ValidationError) -> Problem:
    message = refused.message if isinstance(refused, Refused) else _("Row %(row)s, column %(column)s: %(reason)s")
    reason = "" if isinstance(refused, Refused) else sentences(refused.messages)
    params = {"row": number, "column": column, "value": shown(cell), "reason": reason}
    return Problem(number, column, message, params)


def _repeated(rows: list[HistoryRow]) -> Iterator[Problem]:
    """Two rows for the same department, project and year: one of them would be lost."""
    first: dict[tuple[str, str, int], int] = {}
    for row in rows:
        key = (folded(row.department), folded(row.project), row.year)
        other = first.setdefault(key, row.row_number)
        if other != row.row_number:
            project = BETWEEN_CLAUSES[tongue()] + row.project if row.project else ""
            params = {"row": row.row_number, "other": other, "department": row.department, "year": row.year}
            yield Problem(row.row_number, "", REPEATED, params | {"project": project})


def _blanks(sheet: Table, mapping: Mapping[str, int], rows: list[HistoryRow]) -> Iterator[Problem]:
    """One warning for each metric that nobody filled in for a year, or one for all years."""
    years: dict[int, list[HistoryRow]] = defaultdict(list)
    for row in rows:
        years[row.year].append(row)
    for metric in (metric for metric in METRICS if metric in mapping):
        column = sheet.header[mapping[metric]]
        place = rows[0].named.index(metric) if rows else 0
        blank = [year for year in sorted(years) if all(row.hundredths[place] is None for row in years[year])]
        if rows and len(blank) == len(years):
            yield Problem(rows[0].row_number, column, BLANK_COLUMN, {"column": column})
            continue
        for year in blank:
            if len(years[year]) > 1:
                yield Problem(years[year][0].row_number, column, BLANK_YEAR, {"column": column, "year": year})


def _outliers(sheet: Table, mapping: Mapping[str, int], rows: list[HistoryRow]) -> Iterator[Problem]:
    """Figures that leap for a single year and come back: mistyped, more often than not."""
    known = {(folded(row.department), folded(row.project), row.year): row for row in rows}
    for (department, project, year), row in known.items():
        before, after = known.get((department, project, year - 1)), known.get((department, project, year + 1))
        if before is None or after is None:
            continue
        for metric, figure, *neighbours in zip(row.named, row.figures, before.figures, after.figures, strict=True):
            if _is_outlier(figure, *neighbours):
                column = sheet.header[mapping[metric]]
                figures = {"figure": f"{figure:,}", "before": f"{neighbours[0]:,}", "after": f"{neighbours[1]:,}"}
                params = {"row": row.row_number, "column": column, "year": year, "department": row.department}
                yield Problem(row.row_number, column, DOUBTFUL, params | figures)


def _is_outlier(figure: Decimal | None, before: Decimal | None, after: Decimal | None) -> bool:
    if not figure or not before or not after:
        return False
    low, high = min(before, after), max(before, after)
    if high > NEIGHBOURS_WITHIN_TIMES * low:
        return False
    leaps = figure >= OUTLIER_TIMES * high and figure - high >= OUTLIER_AT_LEAST
    return leaps or (figure * OUTLIER_TIMES <= low and low - figure >= OUTLIER_AT_LEAST)
