"""Writing a workbook of several sheets: with drop-downs and explanations where somebody fills it in."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import IO, Any

from sop_portal.foundation.kit.sheets.cells import column_letters
from sop_portal.foundation.kit.sheets.writing import OPTIONS, Row, cell_writer, plain_text, sheet_name

LONGEST_CHOICES, LONGEST_SAYING, LONGEST_HEADING = 255, 255, 32
ROWS_OFFERED = 2_000
REQUIRED, OPTIONAL = "#D9EEEE", "#F2F4F7"


@dataclass(frozen=True)
class BookColumn:
    """A column: its name, what is said of it while one fills it in, and what its drop-down offers.

    A drop-down offers a few words, or what stands in a column of another sheet: its title and the column's place.
    """

    name: str
    says: str = ""
    choices: tuple[str, ...] = ()
    offers: tuple[str, int] | None = None
    is_required: bool = False
    width: int = 20
    is_locked: bool = False


@dataclass(frozen=True)
class BookSheet:
    """A sheet: its title, its columns and its rows; one that is only there to be read is locked.

    Where some of its columns are locked, the cells of the others are those to be filled in.
    """

    title: str
    columns: Sequence[BookColumn]
    rows: Iterable[Row] = ()
    is_locked: bool = False


def write_book(stream: IO[bytes], sheets: Iterable[BookSheet]) -> None:
    """Write a workbook; rows may be generators of any length."""
    # Imported here because no page needs it but the one that exports.
    import xlsxwriter

    workbook = xlsxwriter.Workbook(stream, OPTIONS)
    plain = workbook.add_format({"bold": True, "bottom": 1, "bg_color": OPTIONAL})
    needed = workbook.add_format({"bold": True, "bottom": 1, "bg_color": REQUIRED})
    unlocked = workbook.add_format({"locked": False})
    wrapped = workbook.add_format({"text_wrap": True, "valign": "top"})
    for sheet in sheets:
        worksheet = workbook.add_worksheet(sheet_name(sheet.title))
        worksheet.freeze_panes(1, 0)
        for place, column in enumerate(sheet.columns):
            blank = unlocked if _is_filled_in(sheet, column) else wrapped if column.width > 40 else None
            worksheet.set_column(place, place, column.width, blank)
            worksheet.write_string(0, place, plain_text(column.name), needed if column.is_required else plain)
            _validate(worksheet, place, column)
        is_partly_locked = any(column.is_locked for column in sheet.columns)
        write = cell_writer(workbook, worksheet)
        write_open = cell_writer(workbook, worksheet, {"locked": False}) if is_partly_locked else write
        writers = [write if column.is_locked else write_open for column in sheet.columns]
        for number, row in enumerate(sheet.rows, 1):
            for place, cell in enumerate(row):
                if cell is not None:
                    writers[place](number, place, cell)
        if sheet.is_locked or is_partly_locked:
            worksheet.protect("", {"format_columns": True, "autofilter": True, "sort": True})
    workbook.close()


def _is_filled_in(sheet: BookSheet, column: BookColumn) -> bool:
    """Whether this is one of the open columns of a sheet that is locked otherwise."""
    return not column.is_locked and any(other.is_locked for other in sheet.columns)


def _validate(worksheet: Any, place: int, column: BookColumn) -> None:
    """The drop-down of a column, and what is said of it; neither refuses what somebody writes."""
    rules: dict[str, Any] = {"validate": "any"}
    if column.choices and len(",".join(column.choices)) <= LONGEST_CHOICES:
        rules = {"validate": "list", "source": list(column.choices), "error_type": "warning"}
    elif column.offers:
        title, at = column.offers
        letters = column_letters(at)
        source = f"='{sheet_name(title)}'!${letters}$2:${letters}${ROWS_OFFERED}"
        rules = {"validate": "list", "source": source, "error_type": "warning", "show_error": False}
    if column.says:
        rules |= {
            "input_title": plain_text(column.name)[:LONGEST_HEADING],
            "input_message": plain_text(column.says)[:LONGEST_SAYING],
        }
    if len(rules) > 1:
        worksheet.data_validation(1, place, ROWS_OFFERED, place, rules)
