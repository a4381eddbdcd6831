"""What the fast reader of workbooks does not say: one pass over a sheet's own XML, in the child. No Django here.

Error cells, formulas without a stored value, percentages, figures that are shown with a unit, hidden rows and columns,
merged cells.
"""

import re
import zipfile
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from functools import cache
from typing import Any, NamedTuple
from xml.etree import ElementTree
from xml.parsers import expat

MOST_LISTED = 1_000
PERCENTAGES = {"9", "10"}
# Without any of these there is nothing to find, and most sheets have none.
SIGNS = (b"<f>", b"<f ", b"<f/", b":f>", b":f ", b":f/", b'"e"', b"'e'", b"hidden", b"mergeCell")
# With none of these, cells are found without a parser: three times as fast, which a hundred thousand rows need.
UNUSUAL = (b"='", b"= ", b" =", b"<!", b"<c>", b"<c\n", b"<c\r", b"<c\t", b"<v ", b":c ")
LITERAL = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]')
ADDRESS = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
TRUE = ("1", "true")


def cells_with(styles: Iterable[str]) -> re.Pattern[bytes]:
    """What finds cells with a value and one of these styles."""
    numbers = "|".join(styles).encode()
    address = rb'<c r="([A-Z]{1,3})([0-9]{1,7})"(?![^>]*\st="(?!n"))'
    return re.compile(address + rb'[^>]*?\ss="(%s)"[^>]*>\s*<v>([^<]+)</v>' % numbers)


Mark = dict[str, str]
# What a number format shows, as `child_formats` reads it: a sibling has no import of its own.
ReadFormat = Callable[[str], Any]


class Styles(NamedTuple):
    """The numbers of the styles that show percentages, and those that show a unit or a smaller number."""

    percent: set[str]
    formats: Mapping[str, Any]


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


def styles_of(archive: zipfile.ZipFile, read: ReadFormat) -> Styles:
    """The styles whose cells are shown as percentages, and those with more in them than the value."""
    try:
        root = ElementTree.fromstring(archive.read("xl/styles.xml"))
    except KeyError:
        return Styles(set(), {})
    percent, formats = set(PERCENTAGES), {}
    for element in root.iter():
        if _local(element.tag) != "numFmt":
            continue
        key, code = element.get("numFmtId", ""), element.get("formatCode", "")
        if "%" in LITERAL.sub("", code):
            percent.add(key)
        elif not (found := read(code)).is_plain:
            formats[key] = found
    cells = next((element for element in root if _local(element.tag) == "cellXfs"), ())
    keys = {str(number): style.get("numFmtId", "") for number, style in enumerate(cells)}
    return Styles(
        {number for number, key in keys.items() if key in percent},
        {number: formats[key] for number, key in keys.items() if key in formats},
    )


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]


class SheetMarks:
    """What stands in one sheet: marked cells by row and column, hidden rows and columns, merged cells, all from 0."""

    def __init__(self) -> None:
        self.cells: dict[tuple[int, int], Mark] = {}
        self.hidden_rows: list[int] = []
        self.hidden_columns: list[int] = []
        self.merged: list[tuple[int, int, int, int]] = []
        # By column and what is shown: the rows from and to which it is, with the first value.
        self.shown: dict[tuple[int, tuple[Any, ...]], tuple[str, list[list[int]]]] = {}

    def note_shown(self, row: int, column: int, shown: tuple[Any, ...], value: str) -> None:
        """One more cell that shows more than its value."""
        _first, runs = self.shown.setdefault((column, shown), (value, []))
        if runs and runs[-1][1] == row - 1:
            runs[-1][1] = row
        else:
            runs.append([row, row])

    @property
    def as_json(self) -> dict[str, Any]:
        """What the parent is told beside the rows."""
        return {
            "hidden_rows": self.hidden_rows[:MOST_LISTED],
            "hidden_columns": self.hidden_columns,
            "merged": self.merged[:MOST_LISTED],
            "shown": [[column, *shown, first, runs] for (column, shown), (first, runs) in self.shown.items()],
        }


def marks_in(sheet: bytes, found: Styles) -> SheetMarks:
    """Look through a sheet's own XML, where there is anything to find."""
    numbers = [*found.percent, *found.formats]
    styles = [f"s={quote}{style}{quote}".encode() for style in numbers for quote in "\"'"]
    is_plain = not sheet.startswith((b"\xff\xfe", b"\xfe\xff"))
    reading = _Reading(found)
    if is_plain and not any(sign in sheet for sign in SIGNS):
        if not any(style in sheet for style in styles):
            return reading.marks
        if sheet.count(b"<c ") == sheet.count(b'<c r="') and not any(sign in sheet for sign in UNUSUAL):
            reading.read_cells(cells_with(numbers).finditer(sheet))
            return reading.marks
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler = reading.start, reading.end
    parser.CharacterDataHandler = reading.text
    parser.Parse(sheet, True)
    return reading.marks


class _Reading:
    """The handlers of one pass."""

    def __init__(self, styles: Styles) -> None:
        self.marks, self.percent, self.formats = SheetMarks(), styles.percent, styles.formats
        self.row = self.column = -1
        self.cell: dict[str, str] = {}
        self.formula: str | None = None
        self.value = ""
        self.part = ""
        self.starts = {"row": self._row, "c": self._cell, "col": self._col, "mergeCell": self._merged}

    def read_cells(self, found: Iterable[re.Match[bytes]]) -> None:
        """Judge figures that were found without a parser."""
        place_of_letters, text = cache(place_of), cache(bytes.decode)
        always = {number.encode(): read.always for number, read in self.formats.items() if read.always}
        runs: dict[tuple[bytes, bytes], tuple[bytes, list[list[int]]]] = {}
        for cell in found:
            letters, number, style, value = cell.groups()
            row = int(number) - 1
            if style not in always:
                self.row, self.column, self.value = row, place_of_letters(text(letters)), value.decode()
                self._judge_format(text(style))
            elif (known := runs.get((letters, style))) is None:
                runs[letters, style] = value, [[row, row]]
            elif known[1][-1][1] == row - 1:
                known[1][-1][1] = row
            else:
                known[1].append([row, row])
        for (letters, style), (value, rows) in runs.items():
            _first, there = self.marks.shown.setdefault((place_of(text(letters)), always[style]), (value.decode(), []))
            there += rows

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
        elif kind == "n" and self.value:
            self._judge_format(self.cell.get("s", ""))

    def _judge_format(self, style: str) -> None:
        """A figure that is shown as a percentage, with a unit, or smaller than it is."""
        place = (self.row, self.column)
        if style in self.percent:
            self.marks.cells[place] = {"percent": self.value}
        elif style in self.formats and not (shown := self.formats[style].shown(float(self.value))).is_plain:
            if "%" in shown.words:
                self.marks.cells[place] = {"percent": str(Decimal(self.value) / 100)}
            else:
                self.marks.note_shown(*place, shown, self.value)
