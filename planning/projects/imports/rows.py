"""The rows of a table of past years, checked: what is taken, what is wrong, what is doubtful and what is asked."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
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
from planning.projects.imports.included import MoneyLeft, materials_included
from planning.projects.imports.numbers import decimal_signs
from planning.projects.imports.periods.adding_up import NOT_A_PERIOD, YearParts
from planning.projects.imports.periods.columns import PartColumns, measure_of, part_columns, period_column
from planning.projects.imports.periods.words import WHOLE, PartOfYear, all_parts, typed_period
from planning.projects.imports.planned import planned_left_out
from planning.projects.imports.questions import FileQuestions
from planning.projects.imports.skipped import SkippedRows, cells_merged, hidden_rows_left_out
from planning.projects.imports.totals import is_named_sum, without_sums
from planning.projects.imports.units.asking import MONEY, Units, together, units_of
from planning.projects.imports.units.shown import read_as_shown
from planning.projects.imports.years import FIRST_YEAR, LAST_YEAR, part_and_year, years_across, years_of
from planning.projects.queries import PlanYears
from planning.projects.workflow import HistoryProblem, Wording
from sop_portal.foundation.kit.formats import BETWEEN_CLAUSES, language_code, listed, sentences
from sop_portal.foundation.kit.sheets import CellValue, Interner, Table

WHOLE_METRICS = frozenset(metric for metric in METRICS if not BOUNDS[metric].places)

MISSING_COLUMN: dict[str, Wording] = {
    "department": Wording(
        "no-column", _("No column holds the department. Choose the column with the departments' names.")
    ),
    "year": Wording("no-column", _("No column holds the year. Choose the column with the years.")),
}
NO_FIGURES = Wording("no-column", _("No column holds figures. Choose at least one column with figures."))
REPEATED = Wording(
    "repeated",
    _(
        "Row %(row)s repeats row %(other)s: %(department)s, %(year)s%(project)s is there already. "
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
    # For each measure the columns it was read from, and for each row the rows that were added up to it.
    places: Mapping[str, Sequence[int]] = field(default_factory=dict)
    added: Mapping[int, Sequence[int]] = field(default_factory=dict)


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
    if across := years_across(sheet, mapping):
        return CheckedRows([], [across], [], [])
    if missing:
        at = sheet.first_row - 1
        return CheckedRows([], [HistoryProblem(at, column, MISSING_COLUMN[column]) for column in missing], [], [])
    parts = part_columns(sheet, mapping, questions)
    if parts.is_open:
        return CheckedRows([], [], [], [])
    if mapping.keys().isdisjoint(METRICS) and not parts.of:
        return CheckedRows([], [HistoryProblem(sheet.first_row - 1, "", NO_FIGURES)], [], [])
    checking = CheckingRows(sheet, mapping, questions, years or PlanYears(), parts)
    for number, cells in sheet.consume_rows():
        checking.check(number, cells)
    rows = checking.settled(questions)
    wrong = [*checking.problems, *checking.parts.problems, *_repeated(rows)]
    problems = sorted(wrong, key=lambda problem: problem.row_number)
    doubts = [*blanks(sheet, checking.mapping, rows), *outliers(sheet, checking.mapping, rows)]
    not_read = [*checking.skipped.warnings(sheet), *checking.parts.not_read]
    doubts += checking.left.warnings() if checking.left else []
    return CheckedRows(rows, problems, [*checking.warnings, *doubts], not_read, checking.places, checking.parts.added)


class CheckingRows:
    """A table whose rows are checked one by one: the good rows so far, and what is wrong with the others."""

    def __init__(
        self,
        sheet: Table,
        mapping: Mapping[str, int],
        questions: FileQuestions,
        years: PlanYears,
        columns: PartColumns,
    ) -> None:
        self.sheet, self.parts = sheet, YearParts(sheet)
        mapping = {**mapping, **columns.places}
        places = {key: place for key, place in mapping.items() if measure_of(key) in METRICS}
        self.period_at = period_column(sheet, mapping)
        named = {"period": self.period_at[0]} if self.period_at else {}
        self.problems, self.warnings = cells_merged(sheet, {**mapping, **named}, places)
        money = [key for key in places if measure_of(key) in MONEY]
        read_as_shown(sheet, places, money, questions)
        whole = {key for key in places if measure_of(key) in WHOLE_METRICS}
        signs, warnings = decimal_signs(sheet, places, whole, questions)
        self.warnings += warnings
        units = units_of(sheet, places, signs, years.currency, questions, money)
        left_out = units.left_out | planned_left_out(sheet, places, questions)
        self.units = together(replace(units, left_out=left_out), places)
        self.mapping = {column: place for column, place in mapping.items() if column not in self.units.left_out}
        self.years = years_of(sheet, mapping["year"], years, questions)
        self.periods_of_years = self._periods_of_years(years)
        self.hidden = hidden_rows_left_out(sheet, questions)
        in_order = sorted(places.items(), key=lambda found: METRICS.index(measure_of(found[0])))
        self.figures = [
            (key, place, Figures(BOUNDS[measure_of(key)], signs[key], _factor(self.units, key)))
            for key, place in in_order
            if key not in self.units.left_out
        ]
        self.places: dict[str, list[int]] = {}
        for key, place, _how in self.figures:
            self.places.setdefault(measure_of(key), []).append(place)
        self.several = {measure: list(columns.of[measure]) for measure in columns.of if measure in self.places}
        self.year_at = mapping["year"]
        self.speaking = [self.year_at, *places.values()]
        self.names = [(column, mapping[column]) for column in ("department", "project") if column in mapping]
        self.rows: list[HistoryRow] = []
        self.skipped = SkippedRows()
        # Rows that are named as sums, with what is wrong in them: it matters only where they are kept.
        self.sums: dict[int, list[HistoryProblem]] = {}
        # A hundred thousand rows share one tuple of names and a few numbers of years.
        self.metrics, self.same = tuple(self.places), Interner()
        is_included = materials_included(sheet, self.figures, questions)
        self.left = MoneyLeft(sheet, self.figures, self.metrics) if is_included else None

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
        if self.period_at or self.periods_of_years:
            self._note_period(wrong, number, cells)
        if self.several:
            figures = self._added(number, figures)
        if self.left:
            figures = self.left.of(wrong, number, figures)
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
        rows = self.rows
        if self.several or self.parts.periods:
            rows = self.parts.settled(rows, questions, at)
        rows = without_sums(rows, self.sums, questions, lambda row: self.sheet.address(row.row_number, at))
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
        is_decided, beside = True, self.units.beside
        for metric, place, how in self.figures:
            try:
                found.append(hundredths_in(cells[place], self._with_unit(metric, how, cells) if beside else how))
            except CellRefused as refused:
                wrong.append(self._problem(number, cells, place, refused.wording, **refused.named))
                found.append(None)
            except Undecided:
                is_decided = False
                found.append(None)
        return tuple(found), is_decided

    def _added(self, number: int, figures: Sequence[int | None]) -> tuple[int | None, ...]:
        """The figures of a row, where several columns hold the parts of one: their sum, and what it lacks."""
        found: list[int | None] = []
        rest = iter(figures)
        for at, measure in enumerate(self.metrics):
            parts = [next(rest) for _place in self.places[measure]]
            filled = [figure for figure in parts if figure is not None]
            found.append(sum(filled) if filled else None)
            periods = self.several.get(measure, [])
            there = {period for period, figure in zip(periods, parts, strict=False) if figure is not None}
            if filled and periods and (missing := [part for part in all_parts(periods[0].of) if part not in there]):
                self.parts.lacking.setdefault(number, {})[at] = listed(map(str, missing))
        return tuple(found)

    def _note_period(self, wrong: list[HistoryProblem], number: int, cells: Sequence[CellValue]) -> None:
        """Which part of its year a row is, where the table says so."""
        if cells[self.year_at] in self.periods_of_years:
            self.parts.periods[number] = self.periods_of_years[cells[self.year_at]]
        if self.period_at is None:
            return
        place, of = self.period_at
        text = shown(cells[place])
        period = typed_period(text, of) if text else WHOLE
        if period is None:
            wrong.append(self._problem(number, cells, place, NOT_A_PERIOD))
        else:
            self.parts.periods[number] = period

    def _periods_of_years(self, years: PlanYears) -> dict[CellValue, PartOfYear]:
        """Cells like “2024 Q1” and “2024-07”: the year, and the part of it."""
        found: dict[CellValue, PartOfYear] = {}
        for cell in {row[self.mapping["year"]] for row in self.sheet.rows} - self.years.keys():
            said = part_and_year(cell, years) if cell is not None else None
            if said and FIRST_YEAR <= said[1] <= LAST_YEAR:
                found[cell], self.years[cell] = said
        return found

    def _with_unit(self, metric: str, how: Figures, cells: Sequence[CellValue]) -> Figures:
        if metric not in self.units.beside:
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
