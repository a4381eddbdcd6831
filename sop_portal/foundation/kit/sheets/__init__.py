"""Spreadsheets people bring and take away: read safely, written so that text stays text."""

from sop_portal.foundation.kit.sheets.book import BookColumn, BookSheet, write_book
from sop_portal.foundation.kit.sheets.cells import CellValue, Marked, ShownFigures, column_letters
from sop_portal.foundation.kit.sheets.reading import (
    MAX_BYTES,
    OtherSheet,
    SheetRefused,
    Table,
    TableContext,
    read_table,
)
from sop_portal.foundation.kit.sheets.text_table import Interner
from sop_portal.foundation.kit.sheets.writing import csv_lines, write_csv, write_xlsx

__all__ = [
    "MAX_BYTES",
    "BookColumn",
    "BookSheet",
    "CellValue",
    "Interner",
    "Marked",
    "OtherSheet",
    "SheetRefused",
    "ShownFigures",
    "Table",
    "TableContext",
    "column_letters",
    "csv_lines",
    "read_table",
    "write_book",
    "write_csv",
    "write_xlsx",
]
