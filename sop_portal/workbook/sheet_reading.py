"""A workbook or text table somebody brings: which sheet is what, and everything that each of them would bring."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy as _

from planning.projects.imports.cells import shown
from planning.projects.imports.columns import plain_name
from planning.projects.imports.periods.columns import with_parts_below
from planning.projects.imports.questions import FileQuestions, PossibleAnswer, Question
from planning.projects.imports.years import years_across
from planning.projects.workflow import HistoryProblem, Wording
from sop_portal.foundation.kit.sheets import Table, read_table
from sop_portal.foundation.kit.sheets.child import PEEKED_BYTES
from sop_portal.workbook.cells.known import Known
from sop_portal.workbook.file_reading import COLUMN, IS_SHEET, LEAVE, Asked, FileReading
from sop_portal.workbook.list_reading import read_list
from sop_portal.workbook.list_sheet import ListSheet
from sop_portal.workbook.read_only import only_to_read
from sop_portal.workbook.sheet import Acting, RowAct, Sheet, SheetReading
from sop_portal.workbook.sheets import ALL_SHEETS
from sop_portal.workbook.sheets.figures import FiguresReading, FiguresSheet, read_figures

# What is answered once counts for all sheets of a file.
SHARED = ("number", "day-order", "fiscal-year", "short-year", "encoding")
RECOGNISED_FROM = 2
# So large a file can be that its other sheets are looked into when the first one is read.
LOOKED_INTO = PEEKED_BYTES // 10

WHICH_COLUMN = Wording("column", _("Which column of the sheet “%(sheet)s” is “%(column)s”?"))
THIS_COLUMN = _("Column %(letters)s, “%(column)s”.")
NONE, NO_OTHER = "none", _("None of them.")
NO_COLUMN = Wording("no-column", _("The sheet “%(sheet)s” has no column “%(column)s”. Add it, as the template has it."))
WHICH_SHEET = Wording("which-sheet", _("Which sheet of the template is “%(sheet)s”?"))
UNKNOWN_SHEET = Wording("sheet", _("Sheet “%(sheet)s” is not read: its columns are none of those the portal knows."))
HIDDEN_SHEET = Wording("hidden-sheet", _("Hidden sheet “%(sheet)s” is not read. Unhide it to bring it in."))
READ_ONLY = Wording("read-only", _("Sheet “%(sheet)s” is there to be read, and is never brought in."))
LEFT_ASIDE = Wording("left-aside", _("Sheet “%(sheet)s” is not read, because it was not asked for."))
NOT_FOR_YOU = Wording("not-for-you", _("Sheet “%(sheet)s” is not read: it is brought in by others than you."))
NOTHING_FOUND = Wording(
    "nothing",
    _(
        "None of the sheets holds columns that the portal knows. Say which sheet of the template each of them is, "
        "or compare with the template."
    ),
)
NOTHING_FOR_YOU = Wording(
    "not-for-you",
    _(
        "What the file holds is brought in by others than you. The template has the sheets that you may bring: "
        "compare with it, or give the file to whoever may bring it."
    ),
)


def known_to_any(names: Sequence[str]) -> int:
    """How many columns of a row of names the sheet knows that knows most of them."""
    return max(sheet.knows(names) for sheet in ALL_SHEETS)


def read_file(path_or_bytes: Path | bytes, filename: str, asked: Asked) -> FileReading:
    """Read every sheet that is one of the portal's, in the order in which they speak of each other."""
    encoding = {key: asked.answers[key] for key in ("encoding",) if key in asked.answers}
    first = read_table(path_or_bytes, filename, answers=encoding, recognise=known_to_any)
    found = FileReading(filename)
    first = _with_all_headers(path_or_bytes, filename, first, encoding)
    named = list(_sheets_named(first, asked, found))
    known = Known.of(asked.actor, asked.on)
    for key in [sheet.key for sheet in ALL_SHEETS]:
        same = [(sheet, name) for sheet, name in named if sheet.key == key]
        for number, (sheet, name) in enumerate(same, 1):
            # A text table is one table, which is read already.
            is_read = not name and sheet.fits(first.header)
            table = first if is_read else _table_of(path_or_bytes, filename, sheet, name, encoding)
            prefix = key if number == 1 else f"{key}-{number}"
            reading = read_sheet(sheet, table, known, asked, prefix)
            if isinstance(reading, FiguresReading):
                reading.file_name = filename
            found.sheets.append(reading)
    if not found.sheets:
        is_others = any(note.wording is NOT_FOR_YOU for note in found.not_read)
        found.problems.append(HistoryProblem(0, "", NOTHING_FOR_YOU if is_others else NOTHING_FOUND))
    return found


def _with_all_headers(path_or_bytes: Path | bytes, filename: str, first: Table, encoding: Mapping[str, str]) -> Table:
    """Of a large file only the first table is read at once; the others are looked into one by one."""
    size = len(path_or_bytes) if isinstance(path_or_bytes, bytes) else path_or_bytes.stat().st_size
    if size <= LOOKED_INTO:
        return first
    others = []
    for other in first.context.others:
        if not other.is_hidden and not other.rows:
            table = read_table(
                path_or_bytes, filename, answers={**encoding, "sheet": other.name}, recognise=known_to_any
            )
            if table.context.sheet == other.name:
                other = replace(other, rows=[list(table.header)])
        others.append(other)
    return replace(first, context=replace(first.context, others=tuple(others)))


def _table_of(
    path_or_bytes: Path | bytes, filename: str, sheet: Sheet, name: str, encoding: Mapping[str, str]
) -> Table:
    wanted = {**encoding, "sheet": name} if name else encoding
    table = read_table(path_or_bytes, filename, answers=wanted, recognise=sheet.knows)
    return replace(table, context=replace(table.context, others=()))


def _sheets_named(first: Table, asked: Asked, found: FileReading) -> Iterator[tuple[Sheet, str]]:
    """Which sheet of the portal each sheet of the file is; the others are named as not read."""
    beside = [
        (other.name, other.is_hidden, [[shown(cell) for cell in row] for row in other.rows])
        for other in first.context.others
    ]
    is_text, questions = not first.context.sheet, FileQuestions(asked.answers)
    own = [first.header, *first.context.headers]
    for name, is_hidden, rows in [(first.context.sheet, False, [list(row) for row in own]), *beside]:
        sheet = _recognised(name, rows, asked, is_alone=is_text or not beside)
        can_be_said = bool(rows and not is_hidden and not only_to_read(name))
        if can_be_said and (sheet is None or f"{IS_SHEET}{name}" in asked.answers):
            sheet = _said(questions, name or found.file_name, f"{IS_SHEET}{name}", asked) or sheet
        if sheet is not None and not is_hidden and _wanted(sheet, asked):
            yield sheet, name
        elif sheet is not None or not _is_explanation(name):
            wording = _why_not(sheet, name, is_hidden, asked)
            if rows or not is_hidden:
                found.not_read.append(HistoryProblem(0, "", wording, {"sheet": name or found.file_name}))
    found.offers, found.said = questions.open, questions.answered


def _said(questions: FileQuestions, called: str, key: str, asked: Asked) -> Sheet | None:
    """The sheet that somebody says it is."""
    mine = {sheet.key: sheet for sheet in ALL_SHEETS if sheet.is_for(asked.actor)}
    answers = tuple(PossibleAnswer(sheet.key, sheet.title) for sheet in mine.values())
    return mine.get(questions.ask(Question(key, WHICH_SHEET, answers, {"sheet": called})) or "")


def _why_not(sheet: Sheet | None, name: str, is_hidden: bool, asked: Asked) -> Wording:
    if is_hidden:
        return HIDDEN_SHEET
    if only_to_read(name):
        return READ_ONLY
    if sheet is None:
        return UNKNOWN_SHEET
    return LEFT_ASIDE if sheet.is_for(asked.actor) else NOT_FOR_YOU


def _wanted(sheet: Sheet, asked: Asked) -> bool:
    return sheet.is_for(asked.actor) and (not asked.only or sheet.key in asked.only)


def _recognised(name: str, rows: Sequence[Sequence[str]], asked: Asked, *, is_alone: bool) -> Sheet | None:
    """The sheet of the portal a sheet of a file is: by its name, or else by the names of its columns."""
    if len(asked.only) == 1 and is_alone:
        return next(sheet for sheet in ALL_SHEETS if sheet.key == asked.only[0])
    if only_to_read(name):
        return None
    called = plain_name(name)
    by_name = next((sheet for sheet in ALL_SHEETS if called and called in sheet.titles), None)
    if by_name is not None:
        return by_name
    scores = {sheet: max((_fit(sheet, row, asked) for row in rows), default=0) for sheet in ALL_SHEETS}
    best = max(scores, key=lambda sheet: scores[sheet])
    return best if scores[best] >= (1 if is_alone else RECOGNISED_FROM) else None


def _fit(sheet: Sheet, row: Sequence[str], asked: Asked) -> int:
    return sheet.fits(row, asked.headers.get(sheet.key, {}))


def _is_explanation(name: str) -> bool:
    """The sheet of the template that explains the others is passed over without a word."""
    return only_to_read(name) == "explanation"


def read_sheet(sheet: Sheet, table: Table, known: Known, asked: Asked, prefix: str) -> SheetReading:
    """What one table would bring; its questions bear the sheet's name, but for those that count for the whole file."""
    answers = answers_for(prefix, asked.answers)
    questions = FileQuestions(answers)
    if isinstance(sheet, FiguresSheet):
        table = with_parts_below(table)
    mapping = _mapping(sheet, table, questions, asked.headers.get(sheet.key, {}))
    missing = [column for column in sheet.required if column.key not in mapping]
    across = years_across(table, mapping) if isinstance(sheet, FiguresSheet) else None
    reading: SheetReading
    if across:
        reading = _Nothing(sheet, table.context.sheet, table, mapping, [across])
    elif missing:
        reading = _without(sheet, table, mapping, missing, questions)
    elif isinstance(sheet, FiguresSheet):
        reading = read_figures(sheet, table, mapping, known, answers)
        reading.answered += questions.answered
    elif isinstance(sheet, ListSheet):
        reading = read_list(sheet, table, mapping, known, questions)
        reading.questions += questions.open
        reading.answered += questions.answered
    else:
        raise TypeError(sheet.key)
    reading.prefix, reading.said = prefix, answers
    reading.called = reading.called or str(sheet.title)
    reading.questions = [_prefixed(prefix, question) for question in reading.questions]
    reading.answered = [(_prefixed(prefix, question), answer) for question, answer in reading.answered]
    return reading


def answers_for(prefix: str, answers: Mapping[str, str]) -> dict[str, str]:
    """The answers that concern one sheet: its own, and those that count for the whole file."""
    own = {key.removeprefix(f"{prefix}."): value for key, value in answers.items() if key.startswith(f"{prefix}.")}
    return {key: answers[key] for key in SHARED if key in answers} | own


def _prefixed(prefix: str, question: Question) -> Question:
    return question if question.key in SHARED else replace(question, key=f"{prefix}.{question.key}")


def _mapping(sheet: Sheet, table: Table, questions: FileQuestions, headers: Mapping[str, str]) -> dict[str, int]:
    """Which column is what: as it is called, or as somebody says."""
    mapping = sheet.suggest(table.header, headers)
    letters = {table.letters(place): place for place in range(len(table.header))}
    for column in sheet.columns:
        said = questions.answers.get(f"{COLUMN}{column.key}", "").upper()
        if said in letters:
            mapping = {key: place for key, place in mapping.items() if place != letters[said]}
            mapping[column.key] = letters[said]
        elif said == LEAVE.upper() and not column.is_required:
            mapping.pop(column.key, None)
    return mapping


def _without(
    sheet: Sheet, table: Table, mapping: dict[str, int], missing: Sequence[Any], questions: FileQuestions
) -> SheetReading:
    """A table of which it is not known where something stands that nothing can be read without: it is asked."""
    from_list = _Nothing(sheet, table.context.sheet or str(sheet.title), table, mapping)
    free = [place for place, name in enumerate(table.header) if name and place not in mapping.values()]
    for column in missing:
        params = {"sheet": from_list.called, "column": column.name}
        answers = tuple(
            PossibleAnswer(
                table.letters(place), THIS_COLUMN, {"letters": table.letters(place), "column": table.header[place]}
            )
            for place in free
        )
        question = Question(f"{COLUMN}{column.key}", WHICH_COLUMN, (*answers, PossibleAnswer(NONE, NO_OTHER)), params)
        if not answers or questions.ask(question) == NONE:
            from_list.problems.append(HistoryProblem(table.first_row - 1, str(column.name), NO_COLUMN, params))
    from_list.questions += questions.open
    from_list.answered += questions.answered
    return from_list


class _Nothing(SheetReading):
    """A table of which nothing can be read yet."""

    @property
    def row_count(self) -> int:
        """None."""
        return 0

    def counts(self) -> dict[str, int]:
        """None."""
        return {"new": 0, "changed": 0, "same": 0}

    def acts(self, acting: Acting) -> Iterator[RowAct]:
        """None."""
        return iter(())

    def values(self, *, state: str = "", start: int = 0, most: int) -> list[Any]:
        """None."""
        return []
