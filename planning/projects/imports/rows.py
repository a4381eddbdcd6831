"""The rows of a table of past years, checked: what is taken, what is wrong, what is doubtful and what is asked."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from planning.projects.figures import BOUNDS, METRICS, HistoryRow, folded
from planning.projects.imports.cells import (
    NOT_A_YEAR,
    ONE,
    CellRefused,
    Figures,
    Undecided,
    hundredths_in,
    name_in,
    shown,
)
from planning.projects.imports.columns import REQUIRED
from planning.projects.imports.doubts import blanks, outliers
from planning.projects.imports.numbers import decimal_signs
from planning.projects.imports.questions import FileQuestions
from planning.projects.imports.skipped import SkippedRows, cells_merged, hidden_rows_left_out
from planning.projects.imports.totals import is_named_sum, without_sums
from planning.projects.imports.units import Units, units_of
from planning.projects.imports.years import years_of
from planning.projects.queries import PlanYears
from planning.projects.workflow import HistoryProblem, Wording
from sop_portal.foundation.kit.formats import BETWEEN_CLAUSES, language_code, sentences
from sop_portal.foundation.kit.sheets import CellValue, Interner, Table

WHOLE_METRICS = frozenset(metric for metric in METRICS if not BOUNDS[metric].places)

MISSING_COLUMN: dict[str, Wording] = {
    "department": Wording(
        "no-column", _("No column holds the department. Choose the column with the departments' names.")
    ),
    "year": Wording("no-column", _("No column holds the year. Choose the column with the years.")),
}
REPEATED = Wording(
    "repeated",
    _(
        "Row %(row)s repeats row %(other)s: %(department)s, %(year)s%(project)s stands there already. "
        "Delete one of the two rows."
    ),
)
BAD_NAME = Wording("name", _("Row %(row)s, column %(column)s: %(reason)s"))


@dataclass(frozen=True, slots=True)
class CheckedRows:
    """The good rows, what must be put right before they are taken, what somebody should look at, what is not read."""

    rows: list[HistoryRow]
    problems: list[HistoryProblem]
    warnings: list[HistoryProblem]
    not_read: list[HistoryProblem]


def check_rows(
    sheet: Table,
    mapping: Mapping[str, int],
    questions: FileQuestions | None = None,
    years: PlanYears | None = None,
) -> CheckedRows:
    """Check every cell of a table of past years; blank stays unknown and is never zero."""
    questions = questions or FileQuestions()
    mapping = {column: place for column, place in mapping.items() if 0 <= place < len(sheet.header)}
    missing = [column for column in REQUIRED if column not in mapping]
    if missing:
        at = sheet.first_row - 1
        return CheckedRows([], [HistoryProblem(at, column, MISSING_COLUMN[column]) for column in missing], [], [])
    checking = CheckingRows(sheet, mapping, questions, years or PlanYears())
    for number, cells in sheet.consume_rows():
        checking.check(number, cells)
    rows = checking.settled(questions)
    problems = sorted([*checking.problems, *_repeated(rows)], key=lambda problem: problem.row_number)
    doubts = [*blanks(sheet, checking.mapping, rows), *outliers(sheet, checking.mapping, rows)]
    return CheckedRows(rows, problems, [*checking.warnings, *doubts], checking.skipped.warnings(sheet))


class CheckingRows:
    """A table whose rows are checked one by one: the good rows so far, and what is wrong with the others."""

    def __init__(self, sheet: Table, mapping: Mapping[str, int], questions: FileQuestions, years: PlanYears) -> None:
        self.sheet = sheet
        self.problems, self.warnings = cells_merged(sheet, mapping)
        places = {metric: mapping[metric] for metric in METRICS if metric in mapping}
        signs, warnings = decimal_signs(sheet, places, WHOLE_METRICS, questions)
        self.warnings += warnings
        self.units = units_of(sheet, places, signs, years.currency, questions)
        self.mapping = {column: place for column, place in mapping.items() if column not in self.units.left_out}
        self.years = years_of(sheet, mapping["year"], years, questions)
        self.hidden = hidden_rows_left_out(sheet, questions)
        self.figures = [
            (metric, places[metric], Figures(BOUNDS[metric], signs[metric], _factor(self.units, metric)))
            for metric in places
            if metric not in self.units.left_out
        ]
        self.year_at = mapping["year"]
        self.speaking = [self.year_at, *places.values()]
        self.names = [(column, mapping[column]) for column in ("department", "project") if column in mapping]
        self.rows: list[HistoryRow] = []
        self.skipped = SkippedRows()
        # Rows that are named as sums, with what is wrong in them: it matters only where they are kept.
        self.sums: dict[int, list[HistoryProblem]] = {}
        # A hundred thousand rows share one tuple of names and a few numbers of years.
        self.metrics, self.same = tuple(metric for metric, _place, _how in self.figures), Interner()

    def check(self, number: int, cells: Sequence[CellValue]) -> None:
        """Take a row, pass it over, or note everything that is wrong with it."""
        if number - self.sheet.first_row in self.hidden:
            self.skipped.hidden.append(number)
            return
        is_year = cells[self.year_at] in self.years
        if not is_year and self.skipped.skips(self.sheet, number, cells, self.speaking):
            return
        wrong: list[HistoryProblem] = []
        department, project = self._names(wrong, number, cells)
        if not is_year:
            wrong.append(self._problem(number, cells, self.year_at, NOT_A_YEAR))
        figures, is_decided = self._figures(wrong, number, cells)
        year = self.years.get(cells[self.year_at])
        is_sum = is_named_sum(department) or is_named_sum(project)
        if is_sum:
            self.sums[number] = wrong
        elif wrong:
            self.problems += wrong
        if is_sum or (not wrong and is_decided and year is not None):
            self.rows.append(HistoryRow(department, project, self.same(year or 0), self.metrics, figures, number))

    def settled(self, questions: FileQuestions) -> list[HistoryRow]:
        """The rows without those that are sums of others; what is wrong in a kept one is a problem after all."""
        at = self.mapping["department"]
        rows = without_sums(self.rows, self.sums, questions, lambda row: self.sheet.address(row.row_number, at))
        wrong = {row.row_number for row in rows if self.sums.get(row.row_number)}
        for number in sorted(wrong):
            self.problems += self.sums[number]
        return [row for row in rows if row.row_number not in wrong] if wrong else rows

    def _names(self, wrong: list[HistoryProblem], number: int, cells: Sequence[CellValue]) -> tuple[str, str]:
        found = {"department": "", "project": ""}
        for column, place in self.names:
            try:
                found[column] = name_in(cells[place], required=column in REQUIRED)
            except CellRefused as refused:
                wrong.append(self._problem(number, cells, place, refused.wording, **refused.named))
            except ValidationError as refused:
                wrong.append(self._problem(number, cells, place, BAD_NAME, reason=sentences(refused.messages)))
        return found["department"], found["project"]

    def _figures(
        self, wrong: list[HistoryProblem], number: int, cells: Sequence[CellValue]
    ) -> tuple[tuple[int | None, ...], bool]:
        """The figures in hundredths, and whether no question about them is open."""
        found: list[int | None] = []
        is_decided = True
        for metric, place, how in self.figures:
            try:
                found.append(hundredths_in(cells[place], self._with_unit(metric, how, cells)))
            except CellRefused as refused:
                wrong.append(self._problem(number, cells, place, refused.wording, **refused.named))
                found.append(None)
            except Undecided:
                is_decided = False
                found.append(None)
        return tuple(found), is_decided

    def _with_unit(self, metric: str, how: Figures, cells: Sequence[CellValue]) -> Figures:
        if not self.units.beside or metric not in self.units.beside:
            return how
        place, factors = self.units.beside[metric]
        return replace(how, factor=how.factor * factors.get(shown(cells[place]), ONE))

    def _problem(
        self, number: int, cells: Sequence[CellValue], place: int, wording: Wording, **named: str
    ) -> HistoryProblem:
        column = self.sheet.header[place] or self.sheet.letters(place)
        params = {"row": number, "column": column, "value": shown(cells[place]), **named}
        return HistoryProblem(number, column, wording, params, self.sheet.letters(place))


def _factor(units: Units, metric: str) -> Decimal:
    return units.factors.get(metric, ONE)


def _repeated(rows: list[HistoryRow]) -> Iterator[HistoryProblem]:
    """Two rows for the same department, project and year: one of them would be lost."""
    first: dict[tuple[str, str, int], int] = {}
    for row in rows:
        key = (folded(row.department), folded(row.project), row.year)
        other = first.setdefault(key, row.row_number)
        if other != row.row_number:
            project = BETWEEN_CLAUSES[language_code()] + row.project if row.project else ""
            params = {"row": row.row_number, "other": other, "department": row.department, "year": row.year}
            yield HistoryProblem(row.row_number, "", REPEATED, params | {"project": project})
