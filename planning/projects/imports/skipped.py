"""What of a file is not read, each named: lines around the table, other sheets, columns, what is hidden or merged."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext_lazy as _

from planning.projects.figures import METRICS
from planning.projects.imports.cells import plain_letters, shown
from planning.projects.imports.columns import FISCAL_NAMES, names_known, plain_name
from planning.projects.imports.questions import CELLS_SHOWN, AskedCell, FileQuestions, PossibleAnswer, Question
from planning.projects.imports.years import asks_fiscal
from planning.projects.queries import PlanYears
from planning.projects.workflow import HistoryProblem, Wording
from sop_portal.foundation.kit import formats
from sop_portal.foundation.kit.sheets import CellValue, Table

MOST_NAMED = 10
LEAVE, TAKE = "leave", "take"
KNOWN_AT_LEAST = 2
ENCODINGS = {
    "gb18030": "GB 18030",
    "big5": "Big5",
    "cp932": "Shift-JIS",
    "euc_jp": "EUC-JP",
    "cp949": "EUC-KR",
    **{f"cp{number}": f"Windows-{number}" for number in range(1250, 1258)},
    **{f"iso8859_{number}": f"ISO 8859-{number}" for number in (2, 5, 6, 7, 8, 15)},
    "koi8_r": "KOI8-R",
    "koi8_u": "KOI8-U",
    "cp850": "DOS 850",
    "cp866": "DOS 866",
    "cp874": "Windows-874",
    "mac_roman": "Mac Roman",
}

ABOVE = Wording("above", _("Row %(row)s, above the column names, is not read: “%(text)s”."))
HEADER_AGAIN = Wording("header-again", _("Not read, because the column names are repeated: row %(rows)s."))
NO_FIGURES = Wording(
    "no-figures", _("Not read, because there is neither a year nor a figure: row %(rows)s, “%(text)s”.")
)
HIDDEN_ROWS_LEFT = Wording("hidden-rows", _("Not read, because they are hidden: row %(rows)s."))
UNKNOWN_COLUMN = Wording("column", _("Column %(letters)s, “%(column)s”, is not read."))
HIDDEN_COLUMN = Wording("hidden-column", _("Column %(letters)s, “%(column)s”, is hidden, and it is read."))
OTHER_SHEET = Wording("sheet", _("Sheet “%(sheet)s” is not read."))
HIDDEN_SHEET = Wording("hidden-sheet", _("Hidden sheet “%(sheet)s” is not read. Unhide it to bring it in."))
ENCODING_GUESSED = Wording(
    "encoding",
    _(
        "The text was read as %(encoding)s, which is a guess: “%(sample)s”. "
        "If that is wrong, save the file as CSV UTF-8 and bring it again."
    ),
)
MERGED_NAME = Wording("merged-cells", _("Cells %(cells)s are merged: “%(text)s” counts for each of these rows."))
MERGED_FIGURE = Wording(
    "merged-cells",
    _(
        "Row %(row)s, column %(column)s: cells %(cells)s are merged, one figure for several rows. "
        "Write one in each row."
    ),
)
LOOKS_LIKE = Wording(
    "lookalike", _("Row %(row)s: “%(typed)s” is written with signs that only look alike; it is read as “%(read)s”.")
)
FISCAL_COLUMN = Wording(
    "fiscal-year",
    _("Column %(column)s holds financial years. %(year)s is read as the portal's year, %(starts)s to %(ends)s."),
)

WHICH_SHEET = Wording("sheet", _("The workbook holds several tables: %(sheets)s. Which sheet is read?"))
THIS_SHEET = _("Sheet “%(sheet)s”.")
WHICH_ENCODING = Wording("encoding", _("In which encoding is the text written? The samples show how it would read."))
THIS_ENCODING = _("%(encoding)s: “%(sample)s”.")
SAME_NAME = Wording(
    "same-name", _("Several columns are called “%(column)s”: %(columns)s. Which of them is read? The others are not.")
)
THIS_COLUMN = _("Column %(letters)s.")
HIDDEN_ROWS = Wording("hidden-rows", _("The table has hidden rows: row %(rows)s. Should they be read?"))
READ_HIDDEN = _("Yes, read them like the others.")
LEAVE_HIDDEN = _("No, leave them out.")


@dataclass
class SkippedRows:
    """Rows that are passed over, to be named together."""

    hidden: list[int] = field(default_factory=list)
    headers: list[int] = field(default_factory=list)
    notes: list[int] = field(default_factory=list)
    text: str = ""

    def skips(self, sheet: Table, number: int, cells: Sequence[CellValue], speaking: Collection[int]) -> bool:
        """Whether a row without a year is no row of figures: blank, the column names again, or a note."""
        filled = {place: text for place, cell in enumerate(cells) if (text := shown(cell))}
        if not filled:
            return True
        if any(_repeats(header, filled) for header in (sheet.header, *sheet.context.headers)):
            self.headers.append(number)
            return True
        if any(place in filled for place in speaking):
            return False
        self.notes.append(number)
        self.text = self.text or next(iter(filled.values()))
        return True

    def warnings(self, sheet: Table, notes: Wording = NO_FIGURES) -> list[HistoryProblem]:
        """What was passed over, a sentence a kind."""
        found = []
        for rows, wording in ((self.headers, HEADER_AGAIN), (self.notes, notes), (self.hidden, HIDDEN_ROWS_LEFT)):
            if rows:
                params = {"rows": numbers_of(rows), "text": self.text}
                found.append(HistoryProblem(rows[0], "", wording, params))
        return found


def _repeats(header: Sequence[str], filled: Mapping[int, str]) -> bool:
    return all(place < len(header) and plain_name(header[place]) == plain_name(text) for place, text in filled.items())


def numbers_of(numbers: Sequence[int]) -> str:
    """The numbers of some rows, the first ten of many."""
    more = f" … ({len(numbers)})" if len(numbers) > MOST_NAMED else ""
    return formats.listed(numbers[:MOST_NAMED]) + more


def hidden_rows_left_out(sheet: Table, questions: FileQuestions) -> frozenset[int]:
    """The hidden rows that are left out; whether they are is asked."""
    hidden = sorted(
        row for row in sheet.context.hidden_rows if row < len(sheet.rows) and any(map(shown, sheet.rows[row]))
    )
    if not hidden:
        return frozenset()
    numbers = [sheet.row_number(row) for row in hidden]
    cells = tuple(
        AskedCell(sheet.address(number, 0), " ".join(filter(None, map(shown, sheet.rows[row])))[:60])
        for number, row in zip(numbers[:CELLS_SHOWN], hidden, strict=False)
    )
    answers = (PossibleAnswer(TAKE, READ_HIDDEN), PossibleAnswer(LEAVE, LEAVE_HIDDEN))
    answer = questions.ask(Question("hidden-rows", HIDDEN_ROWS, answers, {"rows": numbers_of(numbers)}, cells))
    return frozenset(hidden) if answer == LEAVE else frozenset()


def cells_merged(
    sheet: Table, mapping: Mapping[str, int], of_figures: Collection[str] = METRICS
) -> tuple[list[HistoryProblem], list[HistoryProblem]]:
    """Let a merged name or year stand in each of its rows; one merged figure for several rows is refused."""
    problems: list[HistoryProblem] = []
    warnings: list[HistoryProblem] = []
    figures = {place for column, place in mapping.items() if column in of_figures}
    for top, left, bottom, right in sheet.context.merged:
        if top == bottom or top >= len(sheet.rows) or left not in mapping.values():
            continue
        cell, number = sheet.rows[top][left], sheet.row_number(top)
        params = {
            "row": number,
            "column": sheet.header[left],
            "cells": f"{sheet.address(number, left)}:{sheet.address(sheet.row_number(bottom), right)}",
            "text": shown(cell),
        }
        wording, found = (MERGED_FIGURE, problems) if left in figures else (MERGED_NAME, warnings)
        found.append(HistoryProblem(number, sheet.header[left], wording, params, sheet.letters(left)))
        if left not in figures:
            for row in sheet.rows[top + 1 : bottom + 1]:
                row[left] = cell
    return problems, warnings


def names_alike(sheet: Table, mapping: Mapping[str, int], speaking: Collection[int]) -> Iterator[HistoryProblem]:
    """Names with signs of no width or letters of double width, which are read as the plain ones.

    A row in which none of the `speaking` columns is filled is a note, and not read.
    """
    seen: set[str] = set()
    places = [mapping[column] for column in ("department", "project") if column in mapping]
    for place in places:
        strange = {
            cell
            for row in sheet.rows
            if type(cell := row[place]) is str and not cell.isascii() and any(shown(row[at]) for at in speaking)
        }
        strange = {cell for cell in strange if plain_letters(cell) != cell} - seen
        seen |= strange
        for at, row in enumerate(sheet.rows if strange else ()):
            cell = str(row[place] or "")
            if cell in strange and any(shown(row[at]) for at in speaking):
                strange.remove(cell)
                params = {"row": sheet.row_number(at), "typed": shown(cell), "read": plain_letters(cell).strip()}
                yield HistoryProblem(sheet.row_number(at), "", LOOKS_LIKE, params, sheet.letters(place))


def not_read(sheet: Table, mapping: Mapping[str, int]) -> Iterator[HistoryProblem]:
    """Lines above the table, columns that mean nothing to the portal, and other sheets."""
    for number, line in sheet.context.above:
        yield HistoryProblem(number, "", ABOVE, {"row": number, "text": line[:80]})
    for place, name in enumerate(sheet.header):
        params = {"letters": sheet.letters(place), "column": name}
        is_read = place in mapping.values()
        if not is_read and (name or any(map(shown, (row[place] for row in sheet.rows)))):
            yield HistoryProblem(sheet.first_row - 1, name, UNKNOWN_COLUMN, params, sheet.letters(place))
        elif is_read and place in sheet.context.hidden_columns:
            yield HistoryProblem(sheet.first_row - 1, name, HIDDEN_COLUMN, params, sheet.letters(place))
    for other in sheet.context.others:
        if other.rows or not other.is_hidden:
            yield HistoryProblem(0, "", HIDDEN_SHEET if other.is_hidden else OTHER_SHEET, {"sheet": other.name})


def guessed_encoding(sheet: Table) -> Iterator[HistoryProblem]:
    """The encoding of the text, where it was a guess."""
    if len(sheet.context.samples) == 1:
        params = {
            "encoding": ENCODINGS[sheet.context.encoding],
            "sample": sheet.context.samples[sheet.context.encoding],
        }
        yield HistoryProblem(0, "", ENCODING_GUESSED, params)


def financial_years(sheet: Table, mapping: Mapping[str, int], years: PlanYears) -> Iterator[HistoryProblem]:
    """Which months a financial year of the file is read as, where that is not asked."""
    place = mapping.get("year")
    if place is None or asks_fiscal(sheet, place, years):
        return
    if plain_name(sheet.header[place]) in FISCAL_NAMES and sheet.rows:
        first = shown(sheet.rows[0][place])[:4]
        if first.isdigit() and first.isascii() and len(first) == 4 and int(first):
            starts, ends = years.span(int(first))
            params = {"column": sheet.header[place], "year": first, "starts": starts, "ends": ends}
            yield HistoryProblem(sheet.first_row - 1, sheet.header[place], FISCAL_COLUMN, params, sheet.letters(place))


def ask_sheet_and_encoding(sheet: Table, questions: FileQuestions) -> None:
    """Which of several tables is read, and in which encoding, where that is in doubt."""
    tables = [other.name for other in sheet.context.others if not other.is_hidden and _is_table(other.rows)]
    if tables:
        names = [sheet.context.sheet, *tables]
        answers = tuple(PossibleAnswer(name, THIS_SHEET, {"sheet": name}) for name in names)
        params = {"sheets": formats.listed(f"“{name}”" for name in names)}
        questions.ask(Question("sheet", WHICH_SHEET, answers, params))
    if len(samples := sheet.context.samples) > 1:
        answers = tuple(
            PossibleAnswer(name, THIS_ENCODING, {"encoding": ENCODINGS[name], "sample": sample})
            for name, sample in samples.items()
        )
        questions.ask(Question("encoding", WHICH_ENCODING, answers))


def columns_chosen(
    sheet: Table, mapping: Mapping[str, int], parts: Collection[str], questions: FileQuestions
) -> dict[str, int]:
    """Which of several columns of one name holds a measure is asked: the others would be passed over."""
    chosen = dict(mapping)
    for metric in (metric for metric in METRICS if metric in mapping and metric not in parts):
        name = plain_name(sheet.header[mapping[metric]])
        alike = [
            place
            for place, other in enumerate(sheet.header)
            if name and plain_name(other) == name and any(shown(row[place]) for row in sheet.rows)
        ]
        if len(alike) < KNOWN_AT_LEAST or mapping[metric] != alike[0]:
            continue
        at, letters = sheet.first_row - 1, [sheet.letters(place) for place in alike]
        cells = tuple(AskedCell(sheet.address(at, place), sheet.header[place]) for place in alike[:CELLS_SHOWN])
        answers = tuple(PossibleAnswer(letter, THIS_COLUMN, {"letters": letter}) for letter in letters)
        params = {"column": sheet.header[mapping[metric]], "columns": formats.listed(letters)}
        if answer := questions.ask(Question(f"same-name:{letters[0]}", SAME_NAME, answers, params, cells)):
            chosen[metric] = alike[letters.index(answer)]
    return chosen


def _is_table(rows: Sequence[Sequence[CellValue]]) -> bool:
    return any(names_known([shown(cell) for cell in row]) >= KNOWN_AT_LEAST for row in rows)
