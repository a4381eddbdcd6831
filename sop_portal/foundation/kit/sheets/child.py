"""Reads one workbook in a process of its own, with little memory and time: a hostile file can only harm this.

Run by path, isolated from the portal (no Django, no settings, no secrets): workbook on standard input, one JSON array a
row on standard output. The exit code says why a workbook was refused.
"""

import json
import math
import resource
import sys
import zipfile
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from enum import IntEnum
from io import BytesIO
from itertools import islice
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

Row = list[Any]
FoundCell = str | float | int | bool | date | datetime | time | timedelta


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


def rows_of(packed: bytes) -> Iterator[Row]:
    """The rows of the first visible worksheet that has any, blank ones included."""
    from python_calamine import CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

    workbook = CalamineWorkbook.from_filelike(BytesIO(packed))
    for place, sheet in enumerate(workbook.sheets_metadata):
        if sheet.visible == SheetVisibleEnum.Visible and sheet.typ == SheetTypeEnum.WorkSheet:
            worksheet = workbook.get_sheet_by_index(place)
            if worksheet.start is not None:
                yield from worksheet.iter_rows()
                return
    raise UnreadableWorkbook(WorkbookProblem.NO_TABLE)


def plain_cell(cell: FoundCell) -> Any:
    """A cell as JSON can carry it: whole numbers lose the fraction the file format gave them, dates are marked."""
    if isinstance(cell, str):
        return cell or None
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


def write_rows(packed: bytes, out: BinaryIO) -> None:
    """Check, read and pass on one workbook."""
    check_archive(packed)
    rows = plain_rows(rows_of(packed))
    while batch := list(islice(rows, 500)):
        lines = (json.dumps(row, ensure_ascii=False, separators=(",", ":"), allow_nan=False) for row in batch)
        out.write(("\n".join(lines) + "\n").encode())
    out.flush()


def main() -> int:
    """The whole life of this process."""
    limit_this_process()
    try:
        write_rows(sys.stdin.buffer.read(), sys.stdout.buffer)
    except UnreadableWorkbook as refused:
        return refused.refusal
    except Exception:
        # Whatever a parser stumbles over in a strange file, to the person it is a damaged file.
        return WorkbookProblem.DAMAGED
    return 0


if __name__ == "__main__":
    sys.exit(main())
