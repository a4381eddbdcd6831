"""Reading a table whose rows are things: every cell, every row, and what of the table is not read."""

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from functools import partial
from typing import Any

from django.utils.translation import gettext_lazy as _

from planning.projects.imports import skipped
from planning.projects.imports.cells import CellRefused, Undecided, shown
from planning.projects.imports.numbers import decimal_signs, plain_signs
from planning.projects.imports.questions import CELLS_SHOWN, AskedCell, FileQuestions, PossibleAnswer, Question
from planning.projects.imports.totals import ANSWERS, LEAVE, SUM_LEFT_OUT, SUMS, is_named_sum
from planning.projects.imports.units.asking import units_of
from planning.projects.imports.units.shown import read_as_shown
from planning.projects.workflow import HistoryProblem, Wording
from sop_portal.foundation.kit.formats import listed
from sop_portal.foundation.kit.sheets import CellValue, Table
from sop_portal.workbook.cells.days import YEAR_LAST, is_either_way
from sop_portal.workbook.cells.known import Known, Row
from sop_portal.workbook.cells.values import How
from sop_portal.workbook.list_sheet import ListReading, ListSheet, ReadRow, Wrong

DAY_FIRST, MONTH_FIRST = "day", "month"
MONEY = "money"

NEEDED = Wording("blank", _("Row %(row)s, column %(column)s is blank. Fill it in, or delete the row."))
REPEATED = Wording(
    "repeated",
    _("Row %(row)s says the same thing as row %(other)s once more: “%(value)s”. Delete one of the two rows."),
)
NO_ROW = Wording("no-figures", _("Not read, because the cells that a row needs are blank: row %(rows)s, “%(text)s”."))
DAY_ORDER = Wording(
    "day-order",
    _("Is “%(typed)s” written with the day first, or with the month? The answer counts for the whole file."),
)
DAY_STANDS_FIRST = _("The day comes first: “%(typed)s” is %(read)s.")
MONTH_STANDS_FIRST = _("The month comes first: “%(typed)s” is %(read)s.")


def read_list(
    sheet: ListSheet, table: Table, mapping: dict[str, int], known: Known, questions: FileQuestions
) -> ListReading:
    """Check every cell and every row of a table whose columns are known."""
    found = ListReading(sheet, table.context.sheet, table, mapping)
    found.not_read += skipped.not_read(table, mapping)
    places = [mapping[column.key] for column in sheet.columns if column.key in mapping]
    speaking = _speaking(sheet, places)
    found.warnings += [*skipped.guessed_encoding(table), *skipped.names_alike(table, mapping, speaking)]
    skipped.ask_sheet_and_encoding(table, questions)
    figures = {column.key for column in sheet.columns if column.is_amount}
    problems, warnings = skipped.cells_merged(table, mapping, figures)
    found.problems += problems
    found.warnings += warnings
    found.problems += sheet.doubts(table, mapping, questions)
    _ListRows(found, sheet, known, questions).read()
    found.problems.sort(key=lambda problem: problem.row_number)
    return found


def _speaking(sheet: ListSheet, places: Sequence[int]) -> Sequence[int]:
    """The columns of which one is filled in every row; where rows need two cells, a lone one at the front is a note."""
    return places[1:] if len(sheet.required) > 1 else places


class _ListRows:
    """A table whose rows are read one by one."""

    def __init__(self, found: ListReading, sheet: ListSheet, known: Known, questions: FileQuestions) -> None:
        self.found, self.sheet, self.known, self.questions = found, sheet, known, questions
        self.table = found.table
        self.columns = [(column, found.mapping[column.key]) for column in sheet.columns if column.key in found.mapping]
        self.beside: dict[str, tuple[int, Mapping[str, Decimal]]] = {}
        self.hows = self._hows()
        self.there = sheet.index(known)
        self.first: dict[Hashable, int] = {}

    def read(self) -> None:
        """Take every row, pass it over, or note what is wrong with it."""
        passed, hidden = skipped.SkippedRows(), skipped.hidden_rows_left_out(self.table, self.questions)
        places = [place for _column, place in self.columns]
        speaking = _speaking(self.sheet, places)
        sums = self._sums()
        for at, cells in enumerate(self.table.rows):
            number = self.table.row_number(at)
            if at in hidden:
                passed.hidden.append(number)
            elif number in sums:
                params = {"row": number, "text": shown(cells[places[0]])}
                self.found.not_read.append(HistoryProblem(number, "", SUM_LEFT_OUT, params))
            elif not passed.skips(self.table, number, cells, speaking):
                self._take(number, cells)
        self.found.not_read += passed.warnings(self.table, NO_ROW)
        for row in list(self.found.rows):
            if wrong := list(self.sheet.missing_at_end(row, self.known)):
                cells = self.table.rows[row.number - self.table.first_row]
                self.found.problems += [self._problem(row.number, cells, one) for one in wrong]
                self.found.rows.remove(row)

    def _take(self, number: int, cells: Sequence[CellValue]) -> None:
        wrong: list[Wrong] = []
        values, is_decided = self._values(cells, wrong)
        if not wrong:
            wrong += self.sheet.settle(values, self.known)
        row = ReadRow(number, values)
        if not wrong and is_decided:
            row.there = self.sheet.find(values, self.there, self.known)
            if row.there is None:
                row.values = {**self.sheet.defaults(values, self.known), **values}
            is_decided = self.sheet.merge(row, partial(self._ask_cell, number, cells))
            wrong += [*self._repeated(row)] or [*self.sheet.missing(row, self.known)]
        if wrong:
            self.found.problems += [self._problem(number, cells, one) for one in wrong]
        elif is_decided:
            self.sheet.notify(row.values, self.known)
            self.found.rows.append(row)

    def _ask_cell(self, number: int, cells: Sequence[CellValue], column: str, question: Question) -> str | None:
        """Ask about one cell."""
        place = self.found.mapping.get(column)
        if place is not None:
            cell = AskedCell(self.table.address(number, place), shown(cells[place]))
            question = replace(question, key=f"{question.key}:{cell.cell}", cells=(cell,))
        return self.questions.ask(question)

    def _values(self, cells: Sequence[CellValue], wrong: list[Wrong]) -> tuple[Row, bool]:
        values: Row = {}
        is_decided = True
        for column, place in self.columns:
            try:
                value = column.holds.read(cells[place], self._how(column.key, cells))
            except CellRefused as refused:
                wrong.append(Wrong(column.key, refused.wording, refused.named))
            except Undecided:
                is_decided = False
            else:
                if value is not None:
                    values[column.key] = value
                elif column.is_required:
                    wrong.append(Wrong(column.key, NEEDED))
        return values, is_decided

    def _repeated(self, row: ReadRow) -> Iterator[Wrong]:
        other = self.first.setdefault(self.sheet.identity(row.values, self.known), row.number)
        if other != row.number:
            named = self.sheet.required[0].key
            yield Wrong(named, REPEATED, {"other": other, "value": self.sheet.called(row.values)})

    def _problem(self, number: int, cells: Sequence[CellValue], wrong: Wrong) -> HistoryProblem:
        place = self.found.mapping.get(wrong.column)
        column = next((str(c.name) for c in self.sheet.columns if c.key == wrong.column), "")
        params: dict[str, Any] = {"row": number, "column": column, "value": ""}
        if place is not None:
            column = self.table.header[place] or self.table.letters(place)
            params |= {"column": column, "value": shown(cells[place])}
        letters = "" if place is None else self.table.letters(place)
        return HistoryProblem(number, column, wrong.wording, params | dict(wrong.params), letters)

    def _sums(self) -> set[int]:
        """Rows that are named as sums, as far as somebody says that they are left out."""
        place = self.columns[0][1] if len(self.sheet.required) > 1 else None
        place = next((at for column, at in self.columns if column.is_required and column.key == "name"), place)
        if place is None or not any(column.is_amount for column, _at in self.columns):
            return set()
        rows = {
            self.table.row_number(at): shown(cells[place])
            for at, cells in enumerate(self.table.rows)
            if is_named_sum(shown(cells[place]))
        }
        if not rows:
            return set()
        cells = tuple(AskedCell(self.table.address(number, place), text) for number, text in rows.items())
        said = listed(f"{number} “{text}”" for number, text in rows.items())
        answer = self.questions.ask(Question("total", SUMS, ANSWERS, {"rows": said}, cells[:CELLS_SHOWN]))
        return set(rows) if answer == LEAVE else set()

    def _hows(self) -> dict[str, How]:
        """How the cells of each column are read, as far as that was decided."""
        places = {column.key: place for column, place in self.columns if column.is_amount}
        money = [column.key for column, _place in self.columns if column.measure == MONEY]
        read_as_shown(self.table, places, money, self.questions)
        signs, told = decimal_signs(self.table, places, (), self.questions)
        self.found.warnings += told
        if not places:
            return {column.key: How(is_day_first=self._is_day_first()) for column, _place in self.columns}
        units = units_of(self.table, places, signs, self.known.currency, self.questions, money)
        for metric, beside in units.beside.items():
            self.beside |= dict.fromkeys(money if metric in money else [metric], beside)
        day_first = self._is_day_first()
        hows = {
            column.key: How(signs.get(column.key, "."), units.factors.get(column.key, Decimal(1)), day_first)
            for column, _place in self.columns
        }
        self.columns = [(column, place) for column, place in self.columns if column.key not in units.left_out]
        return hows

    def _how(self, key: str, cells: Sequence[CellValue]) -> How:
        """How a cell of this row is read: by what was decided for its column, or by the unit that stands beside it."""
        how = self.hows[key]
        if key not in self.beside:
            return how
        place, units = self.beside[key]
        return replace(how, factor=how.factor * units.get(str(cells[place] or "").strip(), Decimal(1)))

    def _is_day_first(self) -> bool | None:
        """Whether dates are written with the day first; asked where both could be."""
        asked = [
            (self.table.address(self.table.row_number(at), place), typed, match)
            for column, place in self.columns
            if column.is_day
            for at, cells in enumerate(self.table.rows)
            if isinstance(typed := cells[place], str) and (match := YEAR_LAST.fullmatch(plain_signs(typed)))
        ]
        either = [one for one in asked if is_either_way(one[2])]
        if not either:
            return None
        said = {int(match[1]) > 12 for _cell, _typed, match in asked if match[2] != "." and not is_either_way(match)}
        if len(said) == 1 and all(match[1] != match[3] for _cell, _typed, match in asked):
            return said.pop()
        answer = self.questions.ask(_day_order(either))
        return None if answer is None else answer == DAY_FIRST


def _day_order(either: Sequence[tuple[str, str, Any]]) -> Question:
    cells = tuple(
        AskedCell(cell, typed.strip(), (f"{m[4]}-{m[3]:0>2}-{m[1]:0>2}", f"{m[4]}-{m[1]:0>2}-{m[3]:0>2}"))
        for cell, typed, m in either[:CELLS_SHOWN]
    )
    typed, (day_first, month_first) = cells[0].typed, cells[0].readings
    answers = (
        PossibleAnswer(DAY_FIRST, DAY_STANDS_FIRST, {"typed": typed, "read": day_first}),
        PossibleAnswer(MONTH_FIRST, MONTH_STANDS_FIRST, {"typed": typed, "read": month_first}),
    )
    return Question("day-order", DAY_ORDER, answers, {"typed": typed}, cells)
