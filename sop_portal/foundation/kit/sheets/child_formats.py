"""What a number format shows around the digits it is given, and by how much it makes them smaller. No Django here.

`£#,##0` puts a sign before them, `0.0,"k"` shows 12000 as 12.0k.
"""

import re
from collections.abc import Callable
from typing import NamedTuple

GENERAL = re.compile("general", re.IGNORECASE)
PIECE = re.compile(
    r'"(?P<quoted>[^"]*)"|[\\!](?P<escaped>.)|[_*].|\[(?P<bracket>[^\]]*)\]|(?P<digits>[0#?.,])|(?P<other>.)'
)
CONDITION = re.compile(r"(<=|>=|<>|<|>|=)\s*(-?[0-9.]+)")
# A comma that no digit follows divides what is shown by a thousand.
SCALING = re.compile(r",+(?![0#?,])")
DIGITS = re.compile(r"[0#?]")
NO_WORDS = " ()+-/\N{NO-BREAK SPACE}"
TESTS: dict[str, Callable[[float, float], bool]] = {
    "<": float.__lt__,
    "<=": float.__le__,
    ">": float.__gt__,
    ">=": float.__ge__,
    "=": float.__eq__,
    "<>": float.__ne__,
}


class Shown(NamedTuple):
    """What stands before and behind the digits, and what the stored value is divided by before it is shown."""

    before: str
    behind: str
    divisor: int

    @property
    def words(self) -> str:
        """What is shown around the digits."""
        return f"{self.before} {self.behind}".strip()

    @property
    def is_plain(self) -> bool:
        """Whether nothing is shown but the value itself."""
        return self == ("", "", 1)


class FormatSection(NamedTuple):
    """One of the parts of a format that a semicolon ends, and for which values it is there, where it says so."""

    shown: Shown
    test: tuple[str, float] | None


class NumberFormat:
    """A number format, by the code that the workbook gives it."""

    def __init__(self, code: str) -> None:
        self.sections = [_section(part) for part in _parts(GENERAL.sub("0", code))]
        shown = {section.shown for section in self.sections}
        # What every value is shown with, where that is one thing and no percentage.
        self.always = shown.pop() if len(shown) == 1 and "%" not in self.sections[0].shown.words else None

    @property
    def is_plain(self) -> bool:
        """Whether it shows nothing that the value does not say."""
        return all(section.shown.is_plain for section in self.sections)

    def shown(self, value: float) -> Shown:
        """How this value is shown."""
        if self.always:
            return self.always
        if any(section.test for section in self.sections):
            for section in self.sections:
                if section.test is None or TESTS[section.test[0]](value, section.test[1]):
                    return section.shown
        place = 1 if value < 0 else 2 if value == 0 else 0
        return self.sections[place if place < len(self.sections) else 0].shown


def _parts(code: str) -> list[str]:
    parts = [""]
    for piece in PIECE.finditer(code):
        if piece["other"] == ";":
            parts.append("")
        else:
            parts[-1] += piece[0]
    return parts


def _section(code: str) -> FormatSection:
    texts, core, test = ["", ""], "", None
    for piece in PIECE.finditer(code):
        if piece["bracket"] is not None:
            text = _sign(piece["bracket"])
            if found := CONDITION.fullmatch(piece["bracket"]):
                test = (found[1], float(found[2]))
        else:
            text = piece["quoted"] or piece["escaped"] or piece["other"] or ""
        if piece["digits"]:
            # What stands between digits is no word, but a point there parts them.
            core += ("!" if texts[1] == "." else "") + piece["digits"]
            texts[1] = ""
        else:
            texts[bool(DIGITS.search(core))] += text
    # A format without a place for digits is one of dates, or shows only words.
    before, behind = (text.strip(NO_WORDS) if DIGITS.search(core) else "" for text in texts)
    return FormatSection(Shown(before, behind, _divisor(core)), test)


def _sign(bracket: str) -> str:
    """The sign of money in `[$£-809]`; colours, conditions and languages are none."""
    if not bracket.startswith("$"):
        return ""
    return re.sub(r"-[0-9A-Fa-f]*$", "", bracket[1:])


def _divisor(core: str) -> int:
    divisor = 1
    for commas in SCALING.findall(core):
        divisor *= 1000 ** len(commas)
    _whole, point, decimals = core.partition("!")
    behind = len(DIGITS.findall(decimals)) if point else 0
    # Three digits behind a written point are a group of thousands.
    return divisor * (10**behind if behind != 3 else 1)
