"""Reads one table in a process of its own, with little memory and time: a hostile file can only harm this.

Run by path, isolated from the portal (no Django, no settings, no secrets): the file on standard input, on standard
output one JSON object that says what stands around the table, then its rows: of a workbook one JSON array each, of a
text table the cells themselves. The exit code says why a file was refused.
"""

import json
import math
import resource
import sys
import zipfile
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from enum import IntEnum
from importlib.util import module_from_spec, spec_from_file_location
from io import BytesIO
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO

MAX_ROWS = 100_000
MAX_COLUMNS = 60
MAX_ROWS_BEFORE_HEADER = 100
MAX_ENTRIES = 1_000
MAX_UNPACKED = 250_000_000
MAX_RATIO = 200
RATIO_MATTERS_FROM = 20_000_000
MAX_MEMORY = 900_000_000
MAX_OUTPUT = 200_000_000
MAX_CPU_SECONDS = 20
EXACT_WHOLE = 10**15
PACKED = (b"PK\x03\x04", b"PK\x05\x06")
# Between the cells of a text table's row, and in place of line ends inside a cell; no text that is kept holds them.
CELL, LINE, RETURN, UNKEPT = "\x1f", "\x1e", "\x1d", "\ufffd"
PEEKED_ROWS = 15
PEEKED_SHEETS = 30
PEEKED_BYTES = 20_000_000

Row = list[Any]
FoundCell = str | float | int | bool | date | datetime | time | timedelta | dict[str, str]


class WorkbookProblem(IntEnum):
    """Why a workbook was not read; the value is the exit code."""

    DAMAGED = 10
    NOT_A_WORKBOOK = 11
    MACROS = 12
    PASSWORD = 13
    UNPACKS_TOO_LARGE = 14
    TOO_MANY_ROWS = 15
    TOO_MANY_COLUMNS = 16
    NO_TABLE = 17
    NOT_TEXT = 18


class UnreadableWorkbook(Exception):
    """Ends the reading with a reason."""

    def __init__(self, refusal: WorkbookProblem) -> None:
        super().__init__(refusal.name)
        self.refusal = refusal


def limit_this_process() -> None:
    """Give up memory, time and disk before a byte of the workbook is read."""
    for what, most in (
        (resource.RLIMIT_AS, MAX_MEMORY),
        (resource.RLIMIT_CPU, MAX_CPU_SECONDS),
        (resource.RLIMIT_FSIZE, MAX_OUTPUT),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (most, most))


def check_archive(packed: bytes) -> None:
    """Refuse what is no plain workbook, or would unpack to far more than it is."""
    try:
        entries = zipfile.ZipFile(BytesIO(packed)).infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError):
        raise UnreadableWorkbook(WorkbookProblem.DAMAGED) from None
    unpacked = sum(entry.file_size for entry in entries)
    is_bomb = unpacked > RATIO_MATTERS_FROM and unpacked > MAX_RATIO * len(packed)
    if len(entries) > MAX_ENTRIES or unpacked > MAX_UNPACKED or is_bomb:
        raise UnreadableWorkbook(WorkbookProblem.UNPACKS_TOO_LARGE)
    if any(entry.flag_bits & 1 for entry in entries):
        raise UnreadableWorkbook(WorkbookProblem.PASSWORD)
    names = {entry.filename.lower() for entry in entries}
    if any(name.endswith("vbaproject.bin") for name in names):
        raise UnreadableWorkbook(WorkbookProblem.MACROS)
    if not {"[content_types].xml", "xl/workbook.xml"} <= names:
        raise UnreadableWorkbook(WorkbookProblem.NOT_A_WORKBOOK)


def sibling(name: str) -> Any:
    """A module beside this one, read by path: by its package's name it would bring the portal with it."""
    spec = spec_from_file_location(name, Path(__file__).with_name(f"{name}.py"))
    module = module_from_spec(spec)  # type: ignore[arg-type]
    spec.loader.exec_module(module)  # type: ignore[union-attr]
    return module


def read_workbook(packed: bytes, wanted: str | None) -> tuple[dict[str, Any], Iterator[Row]]:
    """What stands around the table of a workbook, and its rows: of the wanted sheet, or the first visible with any."""
    from python_calamine import CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

    workbook = CalamineWorkbook.from_filelike(BytesIO(packed))
    known = list(enumerate(workbook.sheets_metadata))
    kinds = {place: sheet for place, sheet in known if sheet.typ == SheetTypeEnum.WorkSheet}
    visible = [place for place, sheet in kinds.items() if sheet.visible == SheetVisibleEnum.Visible]
    for place in sorted(visible, key=lambda place: kinds[place].name != wanted):
        worksheet = workbook.get_sheet_by_index(place)
        if worksheet.start is not None:
            break
    else:
        raise UnreadableWorkbook(WorkbookProblem.NO_TABLE)
    others = [
        {"name": sheet.name, "is_hidden": other not in visible, "rows": peeked(workbook, packed, other)}
        for other, sheet in list(kinds.items())[:PEEKED_SHEETS]
        if other != place
    ]
    marks, begins = marked(packed, place), worksheet.start[1]
    context = {"sheet": kinds[place].name, "others": others, "first_column": begins} | marks.as_json
    return context, with_marks(worksheet.iter_rows(), marks.cells, begins)


def peeked(workbook: Any, packed: bytes, place: int) -> list[Row]:
    """The first rows of another sheet, as far as it is small enough to look into."""
    if len(packed) > PEEKED_BYTES // 10:
        return []
    try:
        rows = workbook.get_sheet_by_index(place).to_python()[:PEEKED_ROWS]
        return [[plain_cell(cell) for cell in row] for row in rows]
    except Exception:
        # Another sheet's damage is no reason to refuse this one.
        return []


def marked(packed: bytes, place: int) -> Any:
    """What the sheet's own XML says beside its values."""
    looking, archive = sibling("child_marks"), zipfile.ZipFile(BytesIO(packed))
    styles = looking.styles_of(archive, sibling("child_formats").NumberFormat)
    return looking.marks_in(archive.read(looking.parts_of(archive)[place]), styles)


def with_marks(rows: Iterable[Row], marks: dict[tuple[int, int], dict[str, str]], begins: int) -> Iterator[Row]:
    """The rows with what is marked in place of what the fast reader made of it."""
    by_row: dict[int, dict[int, dict[str, str]]] = {}
    for (number, column), mark in marks.items():
        by_row.setdefault(number, {})[column - begins] = mark
    for number, row in enumerate(rows):
        for column, mark in by_row.get(number, {}).items():
            row.extend([""] * (column + 1 - len(row)))
            row[column] = mark
        yield row


def plain_cell(cell: FoundCell) -> Any:
    """A cell as JSON can carry it: whole numbers lose the fraction the file format gave them, dates are marked."""
    if isinstance(cell, str):
        return cell or None
    if isinstance(cell, dict):
        return cell
    if isinstance(cell, float):
        return plain_number(cell)
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, int):
        return cell
    if isinstance(cell, date):
        return {"day": (cell.date() if isinstance(cell, datetime) else cell).isoformat()}
    return str(cell) if isinstance(cell, timedelta) else cell.isoformat()


def plain_number(number: float) -> Any:
    """The digits the file holds; what is no number is text."""
    if not math.isfinite(number):
        return str(number)
    return int(number) if number.is_integer() and abs(number) < EXACT_WHOLE else number


def plain_rows(rows: Iterable[Row]) -> Iterator[Row]:
    """Rows cut behind their last cell, blank rows kept between others and dropped at the end."""
    blank_rows = 0
    for number, row in enumerate(rows):
        cells = [plain_cell(cell) for cell in row]
        while cells and (cells[-1] is None or (type(cells[-1]) is str and not cells[-1].strip())):
            cells.pop()
        if not cells:
            blank_rows += 1
            continue
        if number > MAX_ROWS + MAX_ROWS_BEFORE_HEADER:
            raise UnreadableWorkbook(WorkbookProblem.TOO_MANY_ROWS)
        if len(cells) > MAX_COLUMNS:
            raise UnreadableWorkbook(WorkbookProblem.TOO_MANY_COLUMNS)
        yield from ([] for _blank in range(blank_rows))
        blank_rows = 0
        yield cells


def write_workbook(packed: bytes, wanted: dict[str, str], out: BinaryIO) -> None:
    """Check, read and pass on one workbook."""
    check_archive(packed)
    context, found = read_workbook(packed, wanted.get("sheet"))
    rows = plain_rows(found)
    out.write((plain_json(context) + "\n").encode())
    while batch := list(islice(rows, 500)):
        out.write(("\n".join(map(plain_json, batch)) + "\n").encode())


def plain_json(value: object) -> str:
    """One line of JSON."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def write_text(packed: bytes, wanted: dict[str, str], out: BinaryIO) -> None:
    """Judge, read and pass on one text table."""
    reading, writing = sibling("text_table"), sibling("text_encodings")
    try:
        encodings = writing.encodings_of(packed)
        chosen = wanted.get("encoding", "")
        encoding = chosen if chosen in encodings else encodings[0]
        text = packed.decode(encoding, errors="replace")
        samples = {name: reading.sample_of(packed.decode(name, errors="replace")) for name in encodings}
        context, text = text_context(reading, text)
        context |= {"encoding": encoding, "samples": samples if encoding in writing.GUESSED else {}}
        lines = text_lines(reading.rows_in(text, context["delimiter"]))
        out.write((plain_json(context) + "\n").encode())
        while batch := list(islice(lines, 1000)):
            out.write(("\n".join(batch) + "\n").encode(errors="replace"))
    except (reading.NotReadable, writing.UnknownEncoding):
        raise UnreadableWorkbook(WorkbookProblem.NOT_TEXT) from None


def text_context(reading: Any, text: str) -> tuple[dict[str, Any], str]:
    """Which sign parts the cells, and the text without a line that names it."""
    first, _end, rest = text.partition("\n")
    if first.strip().lower().startswith("sep=") and first.strip()[4:5] in reading.DELIMITERS:
        return {"delimiter": first.strip()[4:5], "is_text": True}, "\n" + rest
    return {"delimiter": reading.delimiter_of(text), "is_text": True}, text


def text_lines(rows: Iterable[list[str]]) -> Iterator[str]:
    """Every row as one line; blank ones at the end are dropped."""
    blank_rows = 0
    for number, row in enumerate(rows):
        if number >= MAX_ROWS + MAX_ROWS_BEFORE_HEADER:
            raise UnreadableWorkbook(WorkbookProblem.TOO_MANY_ROWS)
        if not row:
            blank_rows += 1
            continue
        yield from ("" for _blank in range(blank_rows))
        blank_rows = 0
        line = CELL.join(row)
        if line.count(CELL) >= len(row) or LINE in line or RETURN in line:
            line = CELL.join(cell.replace(CELL, UNKEPT).replace(LINE, UNKEPT).replace(RETURN, UNKEPT) for cell in row)
        yield line.replace("\n", LINE).replace("\r", RETURN)


def main() -> int:
    """The whole life of this process."""
    limit_this_process()
    try:
        wanted = json.loads(sys.argv[1]) if len(sys.argv) > 1 else {}
        packed = sys.stdin.buffer.read()
        write = write_workbook if packed.startswith(PACKED) else write_text
        write(packed, wanted, sys.stdout.buffer)
        sys.stdout.buffer.flush()
    except UnreadableWorkbook as refused:
        return refused.refusal
    except Exception:
        # Whatever a parser stumbles over in a strange file, to the person it is a damaged file.
        return WorkbookProblem.DAMAGED
    return 0


if __name__ == "__main__":
    sys.exit(main())
