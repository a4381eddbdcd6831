"""The words by which quarters, half-years and months are known, in cells and in the names of columns."""

import re
from typing import NamedTuple

from django.utils.dates import MONTHS as MONTH_CALLED
from django.utils.translation import gettext as _

from planning.projects.imports.columns import plain_name
from planning.projects.imports.numbers import plain_signs

QUARTERS, HALVES, MONTHS = 4, 2, 12


class PartOfYear(NamedTuple):
    """A part of a year: of so many alike, which one. The whole year is the one of one."""

    of: int
    number: int

    def __str__(self) -> str:
        if self.of == MONTHS:
            return str(MONTH_CALLED[self.number])
        said = _("H%(number)s") if self.of == HALVES else _("Q%(number)s")
        return said % {"number": self.number}


WHOLE = PartOfYear(1, 1)


def all_parts(of: int) -> list[PartOfYear]:
    """All parts of a year of so many."""
    return [PartOfYear(of, number) for number in range(1, of + 1)]


COLUMN_NAMES = {
    QUARTERS: frozenset(
        (
            "quarter",
            "quarters",
            "qtr",
            "季度",
            "季",
            "quartal",
            "trimestre",
            "trimester",
            "kvartal",
            "квартал",
            "四半期",
        )
    ),
    MONTHS: frozenset(
        (
            "month",
            "months",
            "月份",
            "月",
            "monat",
            "mois",
            "mes",
            "mês",
            "mese",
            "maand",
            "месяц",
            "월",
            "calendar month",
        )
    ),
    HALVES: frozenset(("half", "half year", "半年", "halbjahr", "semestre", "semester")),
    0: frozenset(("period", "periods", "期间", "期間", "zeitraum", "période", "periodo", "período")),
}
WHOLE_YEAR = re.compile(
    r"(?:(?:full|whole|entire)? ?(?:year|fy)|total|annual|yearly|all|全年|年度?|合计|總計|总计|合計|小计|"
    r"(?:ganzes |gesamt)?jahr|gesamt|summe|année|annuel|total annuel|año|anual|ano|anno|totale)",
    re.IGNORECASE,
)
NUMERALS = {"一": 1, "二": 2, "三": 3, "四": 4, "i": 1, "ii": 2, "iii": 3, "iv": 4}
# Chinese is written without blanks, so a word of it may stand right beside.
START, END = r"(?<![a-zà-žа-я0-9])", r"(?![a-zà-žа-я0-9])"
NUMERAL = r"([1-4]|[一二三四]|iv|i{1,3})"
QUARTER = re.compile(
    rf"(?:{START}(?:q|qtr|quarter|quartal|kvartal|t|trim|trimestre|квартал|кв) ?{NUMERAL}{END}|"
    rf"{START}{NUMERAL} ?(?:st|nd|rd|th|er|e|º|°|ª|o|а|-й)? ?"
    rf"(?:q|qtr|quarter|quartal|kvartal|trim|trimestre|квартал|кв){END}|第? ?{NUMERAL} ?(?:季度?|四半期))",
    re.IGNORECASE,
)
HALF = re.compile(
    rf"(?:{START}(?:h|half|hy) ?([12]){END}|"
    rf"{START}([12]) ?(?:st|nd|er|e|º|°)? ?(?:h|half|hj|halbjahr|semestre|semester){END}|([上下])半年)",
    re.IGNORECASE,
)
HALF_NUMERALS = {"上": 1, "下": 2}
MONTH_NAMES = (
    ("january", "jan", "januar", "jänner", "janvier", "janv", "enero", "ene", "janeiro", "gennaio", "gen", "январь"),
    ("february", "feb", "februar", "février", "févr", "fév", "febrero", "fevereiro", "fev", "febbraio", "февраль"),
    ("march", "mar", "märz", "mrz", "mär", "mars", "marzo", "março", "март"),
    ("april", "apr", "avril", "avr", "abril", "abr", "aprile", "апрель"),
    ("may", "mai", "mayo", "maio", "maggio", "mag", "май"),
    ("june", "jun", "juni", "juin", "junio", "junho", "giugno", "giu", "июнь"),
    ("july", "jul", "juli", "juillet", "juil", "julio", "julho", "luglio", "lug", "июль"),
    ("august", "aug", "août", "agosto", "ago", "август"),
    ("september", "sep", "sept", "septembre", "septiembre", "setembro", "set", "settembre", "сентябрь"),
    ("october", "oct", "oktober", "okt", "octobre", "octubre", "outubro", "out", "ottobre", "ott", "октябрь"),
    ("november", "nov", "novembre", "noviembre", "novembro", "ноябрь"),
    ("december", "dec", "dezember", "dez", "décembre", "déc", "diciembre", "dic", "dezembro", "dicembre", "декабрь"),
)
MONTH_OF = {name: number for number, names in enumerate(MONTH_NAMES, start=1) for name in names}
MONTH_WORD = re.compile(rf"{START}({'|'.join(sorted(MONTH_OF, key=len, reverse=True))}){END}", re.IGNORECASE)
CHINESE_MONTHS = {name: number for number, name in enumerate("一二三四五六七八九十", start=1)} | {
    "十一": 11,
    "十二": 12,
}
# Digits alone: 2022-07, 2022/8, 2022.07, 07/2022. A point before one digit parts decimals.
YEAR_AND_MONTH = re.compile(
    r"(?P<year>[0-9]{4}) ?(?:[-/] ?(?P<month>1[0-2]|0?[1-9])|\. ?(?P<padded>1[0-2]|0[1-9]))|"
    r"(?P<month_first>1[0-2]|0?[1-9]) ?[-/.] ?(?P<year_last>[0-9]{4})",
    re.ASCII,
)
MONTH_SIGN = re.compile(r"(1[0-2]|0?[1-9]|十[一二]?|[一二三四五六七八九]) ?[月월]")


def period_in(text: str) -> tuple[PartOfYear, str] | None:
    """The part of a year that a text names, and the rest of the text; nothing where it names none."""
    plain = plain_name(plain_signs(text))
    for words, read in ((QUARTER, _quarter), (HALF, _half), (MONTH_SIGN, _month), (MONTH_WORD, _month)):
        if found := words.search(plain):
            rest = f"{plain[: found.start()]} {plain[found.end() :]}"
            return read(next(filter(None, found.groups()))), " ".join(rest.split())
    return None


def month_in(text: str) -> tuple[int, PartOfYear] | None:
    """The year and the month of a text that is made of both in digits."""
    found = YEAR_AND_MONTH.fullmatch(plain_signs(text).replace("–", "-").replace("—", "-"))
    if found is None:
        return None
    month = found["month"] or found["padded"] or found["month_first"]
    return int(found["year"] or found["year_last"]), PartOfYear(MONTHS, int(month))


def _quarter(said: str) -> PartOfYear:
    return PartOfYear(QUARTERS, NUMERALS.get(said.lower()) or int(said))


def _half(said: str) -> PartOfYear:
    return PartOfYear(HALVES, HALF_NUMERALS.get(said) or int(said))


def _month(said: str) -> PartOfYear:
    number = MONTH_OF.get(said.lower()) or CHINESE_MONTHS.get(said)
    return PartOfYear(MONTHS, number or int(said))


def typed_period(text: str, of: int) -> PartOfYear | None:
    """The part of a year that a cell means; a bare number counts in a column of such parts."""
    plain = plain_name(plain_signs(text))
    if (month := month_in(text)) and of in (0, MONTHS):
        return month[1]
    if of and plain.isdigit() and 1 <= int(plain) <= of:
        return PartOfYear(of, int(plain))
    if WHOLE_YEAR.fullmatch(plain.rstrip(":")):
        return WHOLE
    found = period_in(plain)
    if found is None or found[1].strip(" ()") or of not in (0, found[0].of):
        return None
    return found[0]
