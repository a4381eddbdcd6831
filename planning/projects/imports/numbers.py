"""How a number was meant: which sign parts the decimals, judged over a column and its file, or asked."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from unicodedata import decimal as digit_of

from django.utils.translation import gettext_lazy as _

from planning.projects.imports.questions import CELLS_SHOWN, AskedCell, FileQuestions, PossibleAnswer, Question
from planning.projects.workflow import HistoryProblem, Wording
from sop_portal.foundation.kit.sheets import CellValue, Table

POINT, COMMA = ".", ","
OTHER = {POINT: COMMA, COMMA: POINT}
NAMED = {"point": POINT, "comma": COMMA}
LONGEST = 60
HUNDREDTH = Decimal("0.01")

FROM_KEYBOARD = str.maketrans(
    "０１２３４５６７８９．，－−–（）％＋＄￥　\xa0\u2009\u202f\u2007’´٬٪",
    "0123456789.,---()%+$¥     '''%",
    "\u200e\u200f\u061c",
)
# Only ever a decimal sign, whatever other cells of the file tell.
ARABIC_POINT = "٫"
# Each of them is asked about where it is not the portal's own: CURRENCIES of `units.words` says what it can mean.
CURRENCY = (
    r"(?:(?:US|CA|AU|NZ|HK|NT|R|A|C|S)\$|RMB|USD|EUR|CNY|GBP|CHF|JPY|HKD|TWD|CAD|AUD|NZD|SGD|INR|KRW|SEK|NOK|DKK|ISK|"
    r"PLN|CZK|HUF|RON|BGN|TRY|RUB|UAH|ILS|AED|SAR|EGP|MAD|ZAR|KES|NGN|GHS|BRL|MXN|ARS|CLP|COP|THB|IDR|PHP|VND|MYR|PKR|"
    r"BDT|LKR|Rs\.?|kr\.?|zł|Kč|Ft|[$€£¥₹₩₽₺₴₫₱฿₦₵₪])"
)
TYPED = re.compile(
    rf"(?P<open>\()?(?P<minus>-)?\s*{CURRENCY}?\s*(?P<minus_inside>-)?\s*(?P<core>[0-9](?:[0-9 .,']*[0-9])?)\s*"
    rf"(?P<scale>百万|千万|万|萬|亿|億|千)?\s*(?P<unit>元|圆|圓|块|人次|人|次|场|場|个|個|h|hrs?\.?|hours?|小时|Std\.?|Stunden|"
    rf"heures|horas|{CURRENCY})?\s*(?P<minus_behind>-)?\)?",
    re.ASCII | re.IGNORECASE,
)
SCALES = {"千": 3, "万": 4, "萬": 4, "百万": 6, "千万": 7, "亿": 8, "億": 8}
SINGLE = re.compile(r"([0-9]+)([.,])([0-9]+)", re.ASCII)
GROUPED = re.compile(r"([0-9]{1,3})((?:([ '.,])[0-9]{3})(?:\3[0-9]{3})*)(?:([.,])([0-9]+))?", re.ASCII)
WITH_POINT = re.compile(r"[0-9]+\.[0-9]{1,2}", re.ASCII).fullmatch
IN_LAKHS = re.compile(r"[0-9]{1,2}(?:,[0-9]{2})+,[0-9]{3}(?:\.[0-9]+)?", re.ASCII)

WHICH = Wording(
    "number",
    _(
        "Is “%(typed)s” %(small)s or %(large)s? Cells that can be read both ways: %(count)s. "
        "The answer counts for all of them in this file."
    ),
)
SIGN_DECIDED = Wording(
    "number-judged",
    _("Row %(row)s, column %(column)s: “%(typed)s” is read as %(read)s, because other cells of the file tell so."),
)
DECIMAL_POINT = _("The point is the decimal sign: “%(typed)s” is %(read)s.")
DECIMAL_COMMA = _("The comma is the decimal sign: “%(typed)s” is %(read)s.")


@dataclass(frozen=True, slots=True)
class NumberTyped:
    """A number as typed: its value, or the two it could have; `decimal` is the sign that must part its decimals."""

    value: Decimal | None = None
    decimal: str = ""
    sign: str = ""
    small: Decimal = Decimal()
    large: Decimal = Decimal()

    def read(self, decimal: str) -> Decimal | None:
        """The value, once it is said which sign parts decimals."""
        if not self.sign:
            return self.value
        return None if not decimal else self.small if self.sign == decimal else self.large


def plain_signs(text: str) -> str:
    """The text with digits and signs as a plain keyboard has them; digits of two scripts together stay as they are."""
    plain = text.translate(FROM_KEYBOARD).strip()
    if plain.isascii():
        return plain
    noughts = {ord(sign) - digit_of(sign) for sign in plain if sign.isdecimal()}
    if len(noughts) != 1:
        return plain
    return "".join(str(digit_of(sign)) if sign.isdecimal() else sign for sign in plain)


@lru_cache(maxsize=5000)
def typed_number(text: str) -> NumberTyped | None:
    """What somebody typed as a number, or nothing where it is none."""
    if ARABIC_POINT not in text:
        return _number_typed(text)
    number = _number_typed(text.replace(ARABIC_POINT, POINT))
    return NumberTyped(number.small) if number and number.sign else number


def _number_typed(text: str) -> NumberTyped | None:
    found = TYPED.fullmatch(plain_signs(text)) if len(text) <= LONGEST else None
    if not found or bool(found["open"]) != found.string.endswith(")"):
        return None
    minuses = [found["open"], found["minus"], found["minus_inside"], found["minus_behind"]]
    if sum(map(bool, minuses)) > 1:
        return None
    times = Decimal(10) ** SCALES.get(found["scale"] or "", 0) * (-1 if any(minuses) else 1)
    return _number_in(found["core"], times)


def _number_in(core: str, times: Decimal) -> NumberTyped | None:
    if core.isdigit():
        return NumberTyped(Decimal(core) * times)
    if single := SINGLE.fullmatch(core):
        whole, sign, decimals = single.groups()
        small = Decimal(f"{whole}.{decimals}") * times
        if len(decimals) == 3 and len(whole) <= 3 and whole[0] != "0":
            return NumberTyped(sign=sign, small=small, large=Decimal(whole + decimals) * times)
        return NumberTyped(small, decimal=sign)
    if grouped := GROUPED.fullmatch(core):
        whole, groups, parts, sign, decimals = grouped.groups()
        if sign == parts:
            return None
        value = Decimal(f"{whole}{groups.replace(parts, '')}.{decimals or 0}") * times
        return NumberTyped(value, decimal=sign or OTHER.get(parts, ""))
    return NumberTyped(Decimal(core.replace(",", "")) * times, decimal=POINT) if IN_LAKHS.fullmatch(core) else None


@dataclass
class ColumnSigns:
    """What the cells of one column say about their decimal sign."""

    signs: set[str]
    whole_numbers: bool
    doubtful: set[str]


def signs_in_column(texts: Iterable[str], *, is_whole: bool) -> ColumnSigns:
    """Look at every cell of a column once. `5.219` among whole numbers can only be five thousand."""
    column = ColumnSigns(set(), False, set())
    for text in texts:
        # Most cells are digits, perhaps with a point.
        if text.isdigit():
            column.whole_numbers |= len(text) <= 3
        elif WITH_POINT(text):
            column.signs.add(POINT)
        elif number := typed_number(text):
            if number.decimal:
                column.signs.add(number.decimal)
            elif number.sign:
                column.doubtful.add(text)
    if is_whole or (column.whole_numbers and not column.signs):
        doubtful = (typed_number(text) for text in column.doubtful)
        column.signs |= {OTHER[number.sign] for number in doubtful if number and number.small % HUNDREDTH}
    return column


def decimal_signs(
    sheet: Table, places: Mapping[str, int], whole: Iterable[str], questions: FileQuestions
) -> tuple[dict[str, str], list[HistoryProblem]]:
    """The decimal sign of every column of figures: said by the column, else by the file, else by a person.

    What was decided without asking is told.
    """
    columns = {}
    for metric, place in places.items():
        texts = {cell for row in sheet.rows if type(cell := row[place]) is str}
        columns[metric] = signs_in_column(texts, is_whole=metric in whole)
    of_file: set[str] = set().union(*(column.signs for column in columns.values()))
    signs: dict[str, str] = {}
    asked: dict[int, set[str]] = {}
    warnings = []
    for metric, column in columns.items():
        said = column.signs if len(column.signs) == 1 else of_file
        if not column.doubtful or len(said) == 1:
            signs[metric] = next(iter(said), POINT)
            warnings += _decided_by_others(sheet, places[metric], column.doubtful, signs[metric])
        else:
            asked[places[metric]] = column.doubtful
    if asked:
        answer = questions.ask(_which(sheet, asked))
        signs |= {metric: NAMED[answer] if answer else "" for metric, place in places.items() if place in asked}
    return signs, warnings


def _decided_by_others(sheet: Table, place: int, doubtful: set[str], sign: str) -> list[HistoryProblem]:
    """The first of the cells that other cells decided."""
    for at, row in enumerate(sheet.rows if doubtful else ()):
        if type(cell := row[place]) is str and cell in doubtful and (number := typed_number(cell)):
            row_number, column = sheet.row_number(at), sheet.header[place]
            params = {"row": row_number, "column": column, "typed": cell.strip(), "read": plain(number.read(sign))}
            return [HistoryProblem(row_number, column, SIGN_DECIDED, params, sheet.letters(place))]
    return []


def _which(sheet: Table, asked: Mapping[int, set[str]]) -> Question:
    cells: list[tuple[str, str]] = []
    count = 0
    for at, row in enumerate(sheet.rows):
        for place, doubtful in asked.items():
            if type(cell := row[place]) is str and cell in doubtful:
                count += 1
                if len(cells) < CELLS_SHOWN:
                    cells.append((sheet.address(sheet.row_number(at), place), cell))
    return which_question(cells, count)


def which_question(cells: Sequence[tuple[str, str]], count: int) -> Question:
    """Whether the sign before three digits parts thousands or decimals."""
    first = cells[0][1].strip()
    number = typed_number(first) or NumberTyped()
    answers = tuple(
        PossibleAnswer(name, label, {"typed": first, "read": plain(number.read(sign))})
        for (name, sign), label in zip(NAMED.items(), (DECIMAL_POINT, DECIMAL_COMMA), strict=True)
    )
    shown = tuple(AskedCell(address, typed.strip(), _readings(typed)) for address, typed in cells)
    params = {"typed": first, "small": plain(number.small), "large": plain(number.large), "count": count}
    return Question("number", WHICH, answers, params, shown)


def _readings(text: str) -> tuple[str, ...]:
    number = typed_number(text) or NumberTyped()
    return tuple(plain(number.read(sign)) for sign in NAMED.values())


def plain(number: Decimal | None) -> str:
    """A number without the noughts that say nothing."""
    if number is None:
        return ""
    return f"{number.to_integral_value() if number == number.to_integral_value() else number.normalize():,f}"


def figure_in(cell: CellValue, decimal: str) -> Decimal | None:
    """The number of a cell, where it is one; a sign that nothing is known of is a point."""
    if isinstance(cell, Decimal):
        return cell if cell.is_finite() else None
    number = typed_number(cell) if isinstance(cell, str) else None
    return number.read(decimal or ".") if number else None
