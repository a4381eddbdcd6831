"""Workbooks as people have them, made for a test, and how they are brought in."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import xlsxwriter
from django.core.management import call_command
from django.utils.timezone import localdate

from sop_portal.foundation.organisation.actor import Actor
from sop_portal.foundation.organisation.models import User
from sop_portal.workbook.file_reading import Asked, FileReading
from sop_portal.workbook.queries import headers_said
from sop_portal.workbook.sheet_reading import read_file

Rows = Sequence[Sequence[Any]]

DEPARTMENTS: Rows = [["Department", "Short name"], ["Arts", "arts"], ["Sports", "sports"], ["Reading", "reading"]]
PEOPLE: Rows = [
    ["Name", "E-mail address", "Role", "Department"],
    ["Amina Diallo", "amina@example.net", "Department head", "Arts"],
    ["Ben Carter", "ben@example.net", "项目负责人", "Arts"],
    ["Chidi Okafor", "chidi@example.net", "Resource team", None],
    ["Dora Weiss", "dora@example.net", "Finance", None],
    ["Emil Novak", "emil@example.net", "Management", None],
]
POOLS: Rows = [
    ["Resource", "Kind", "Unit", "Capacity", "Cost of one unit", "Paid from"],
    ["Staff hours", "People", "hours", 5200, 31.5, "Programme money"],
    ["Programme money", "Money", "USD", 180000, None, None],
]
FUNDS: Rows = [
    ["Funding source", "Restricted", "Purpose", "Amount"],
    ["City", "no", None, None],
    ["Friends", "yes", "Books for children", 40000],
]
PROJECTS: Rows = [
    ["Department", "Project", "Project lead", "Importance"],
    ["Arts", "Story hours", "ben@example.net", 4],
    ["Sports", "Swimming", None, None],
]
FIGURES: Rows = [
    ["Department", "Project", "Year", "Participants", "Money"],
    ["Arts", "Story hours", 2024, 1200, 3200.5],
    ["Arts", "Story hours", 2025, 1350, 3400],
    ["Sports", "Swimming", 2025, 400, 900],
]
ALL: Mapping[str, Rows] = {
    "Departments": DEPARTMENTS,
    "People and roles": PEOPLE,
    "Pools": POOLS,
    "Funding sources": FUNDS,
    "Projects": PROJECTS,
    "Past figures": FIGURES,
}


def book(sheets: Mapping[str, Rows]) -> bytes:
    """A workbook of these sheets; what begins with an equals sign is a formula that nobody has worked out."""
    stream = BytesIO()
    workbook = xlsxwriter.Workbook(stream)
    day = workbook.add_format({"num_format": "yyyy-mm-dd"})
    for title, rows in sheets.items():
        worksheet = workbook.add_worksheet(title)
        for number, row in enumerate(rows):
            for place, cell in enumerate(row):
                if hasattr(cell, "isoformat"):
                    worksheet.write_datetime(number, place, cell, day)
                elif isinstance(cell, str) and cell.startswith("="):
                    worksheet.write_formula(number, place, cell, value="")
                elif cell is not None:
                    worksheet.write(number, place, cell)
    workbook.close()
    return stream.getvalue()


def text(rows: Rows, delimiter: str = ",") -> bytes:
    """A text table."""
    lines = (delimiter.join("" if cell is None else str(cell) for cell in row) for row in rows)
    return "\n".join(lines).encode()


def understood(
    packed: bytes, by: User, at: datetime, *only: str, answers: Mapping[str, str] | None = None
) -> FileReading:
    """What the portal understands of a file."""
    asked = Asked(Actor.of(by, at), localdate(at), only, answers or {}, headers_said())
    return read_file(packed, "file.xlsx", asked)


def said_by_command(path: Path, *options: str) -> tuple[int, dict[str, Any]]:
    """How `manage.py bring --json` ends, and what it says."""
    out, code = StringIO(), 0
    try:
        call_command("bring", str(path), "--json", *options, stdout=out, stderr=StringIO())
    except SystemExit as ended:
        code = int(str(ended.code))
    return code, json.loads(out.getvalue())
