"""What the fast reader of workbooks does not say: one pass over a sheet's own XML, in the child. No Django here.

Error cells, formulas without a stored value, percentages, hidden rows and columns, merged cells.
"""

import re
import zipfile
from typing import Any
from xml.etree import ElementTree
from xml.parsers import expat

MOST_LISTED = 1_000
PERCENTAGES = {"9", "10"}
# Without any of these there is nothing to find, and most sheets have none.
SIGNS = (b"<f>", b"<f ", b"<f/", b":f>", b":f ", b":f/", b'"e"', b"'e'", b"hidden", b"mergeCell")
LITERAL = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]')
ADDRESS = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
TRUE = ("1", "true")

Mark = dict[str, str]


def place_of(letters: str) -> int:
    """Where a column stands: A is 0."""
    place = 0
    for letter in letters:
        place = place * 26 + ord(letter) - 64
    return place - 1


def parts_of(archive: zipfile.ZipFile) -> list[str]:
    """The parts that hold the worksheets, in the order of the workbook."""
    targets = {}
    for element in ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels")):
        target = element.get("Target", "")
        targets[element.get("Id")] = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
    parts = []
    for element in ElementTree.fromstring(archive.read("xl/workbook.xml")).iter():
        if _local(element.tag) == "sheet":
            key = next((value for name, value in element.attrib.items() if name.endswith("}id")), None)
            parts.append(targets.get(key, ""))
    return parts


def percent_styles(archive: zipfile.ZipFile) -> set[str]:
    """The styles whose cells are shown as percentages."""
    try:
        root = ElementTree.fromstring(archive.read("xl/styles.xml"))
    except KeyError:
        return set()
    percent = set(PERCENTAGES)
    for element in root.iter():
        if _local(element.tag) == "numFmt" and "%" in LITERAL.sub("", element.get("formatCode", "")):
            percent.add(element.get("numFmtId", ""))
    cells = next((element for element in root if _local(element.tag) == "cellXfs"), ())
    return {str(number) for number, style in enumerate(cells) if style.get("numFmtId") in percent}


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]


class SheetMarks:
    """What stands in one sheet: marked cells by row and column, hidden rows and columns, merged cells, all from 0."""

    def __init__(self) -> None:
        self.cells: dict[tuple[int, int], Mark] = {}
        self.hidden_rows: list[int] = []
        self.hidden_columns: list[int] = []
        self.merged: list[tuple[int, int, int, int]] = []

    @property
    def as_json(self) -> dict[str, Any]:
        """What the parent is told beside the rows."""
        return {
            "hidden_rows": self.hidden_rows[:MOST_LISTED],
            "hidden_columns": self.hidden_columns,
            "merged": self.merged[:MOST_LISTED],
        }


def marks_in(sheet: bytes, percent: set[str]) -> SheetMarks:
    """Look through a sheet's own XML, where there is anything to find."""
    styles = [f"s={quote}{style}{quote}".encode() for style in percent for quote in "\"'"]
    is_plain = not sheet.startswith((b"\xff\xfe", b"\xfe\xff"))
    reading = _Reading(percent)
    if is_plain and not any(sign in sheet for sign in (*SIGNS, *styles)):
        return reading.marks
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler = reading.start, reading.end
    parser.CharacterDataHandler = reading.text
    parser.Parse(sheet, True)
    return reading.marks


class _Reading:
    """The handlers of one pass."""

    def __init__(self, percent: set[str]) -> None:
        self.marks, self.percent = SheetMarks(), percent
        self.row = self.column = -1
        self.cell: dict[str, str] = {}
        self.formula: str | None = None
        self.value = ""
        self.part = ""
        self.starts = {"row": self._row, "c": self._cell, "col": self._col, "mergeCell": self._merged}

    def start(self, name: str, attributes: dict[str, str]) -> None:
        local = name.rpartition(":")[2]
        if local in self.starts:
            self.starts[local](attributes)
        elif local in ("f", "v", "t"):
            self.part = local
            if local == "f":
                self.formula = ""

    def text(self, text: str) -> None:
        if self.part == "f" and self.formula is not None:
            self.formula += text
        elif self.part:
            self.value += text

    def end(self, name: str) -> None:
        local = name.rpartition(":")[2]
        if local == "c":
            self._judge()
        elif local in ("f", "v", "t"):
            self.part = ""

    def _row(self, attributes: dict[str, str]) -> None:
        self.row, self.column = int(attributes.get("r", self.row + 2)) - 1, -1
        if attributes.get("hidden") in TRUE:
            self.marks.hidden_rows.append(self.row)

    def _cell(self, attributes: dict[str, str]) -> None:
        address = ADDRESS.fullmatch(attributes.get("r", ""))
        self.column = place_of(address[1]) if address else self.column + 1
        self.cell, self.formula, self.value = attributes, None, ""

    def _col(self, attributes: dict[str, str]) -> None:
        if attributes.get("hidden") in TRUE:
            first, last = int(attributes["min"]), min(int(attributes["max"]), int(attributes["min"]) + 60)
            self.marks.hidden_columns += range(first - 1, last)

    def _merged(self, attributes: dict[str, str]) -> None:
        first, _colon, last = attributes.get("ref", "").partition(":")
        one, other = ADDRESS.fullmatch(first), ADDRESS.fullmatch(last)
        if one and other:
            self.marks.merged.append((int(one[2]) - 1, place_of(one[1]), int(other[2]) - 1, place_of(other[1])))

    def _judge(self) -> None:
        """An error, a formula that nobody worked out, or a percentage."""
        kind, place = self.cell.get("t", "n"), (self.row, self.column)
        if kind == "e":
            self.marks.cells[place] = {"error": self.value or "#"}
        elif self.formula is not None and not self.value and kind != "str":
            self.marks.cells[place] = {"formula": f"={self.formula}"}
        elif kind == "n" and self.value and self.cell.get("s") in self.percent:
            self.marks.cells[place] = {"percent": self.value}
