"""Workbooks for the tests: good ones, and ones taken apart and put together again."""

import zipfile
from collections.abc import Callable
from datetime import date
from io import BytesIO

import pytest
import xlsxwriter

from sop_portal.foundation.kit.sheets import SheetRefused, read_table


def workbook(*rows: list[object], hidden: bool = False) -> bytes:
    stream = BytesIO()
    with xlsxwriter.Workbook(stream) as book:
        if hidden:
            empty, secret = book.add_worksheet(), book.add_worksheet()
            secret.write_row(0, 0, ["secret", "sheet"])
            secret.hide()
            empty.activate()
        table = book.add_worksheet()
        for number, row in enumerate(rows):
            for column, cell in enumerate(row):
                if isinstance(cell, date):
                    table.write_datetime(number, column, cell, book.add_format({"num_format": "yyyy-mm-dd"}))
                else:
                    table.write(number, column, cell)
    return stream.getvalue()


def repacked(
    packed: bytes, change: Callable[[str, bytes], bytes | None], more: dict[str, bytes] | None = None
) -> bytes:
    stream = BytesIO()
    with zipfile.ZipFile(BytesIO(packed)) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            part = change(name, old.read(name))
            if part is not None:
                new.writestr(name, part)
        for name, part in (more or {}).items():
            new.writestr(name, part)
    return stream.getvalue()


def refusal(packed: bytes, filename: str = "plan.xlsx") -> str:
    with pytest.raises(SheetRefused) as refused:
        read_table(packed, filename)
    return str(refused.value)


SMALL = workbook(["department", "year", "money"], ["Arts", 2027, 12.5])
