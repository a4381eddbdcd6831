"""Which year a cell means: four digits, or a financial year that somebody says which year of the portal it is."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from planning.projects.imports.columns import names_financial_years
from planning.projects.imports.numbers import plain_signs
from planning.projects.imports.periods.words import MONTHS, PartOfYear, month_in, period_in
from planning.projects.imports.questions import CELLS_SHOWN, AskedCell, FileQuestions, PossibleAnswer, Question
from planning.projects.queries import PlanYears
from planning.projects.workflow import HistoryProblem, Wording
from sop_portal.foundation.kit.formats import listed
from sop_portal.foundation.kit.sentences import StrOrPromise
from sop_portal.foundation.kit.sheets import CellValue, Table

FIRST_YEAR, LAST_YEAR = 1990, 2100
PLAIN = re.compile(r"([0-9]{4})(?:\.0+)?\s*(?:年度?)?", re.ASCII)
MINGUO = re.compile(r"(?:民[国國]|中華民國)\s*([0-9]{2,3})\s*(?:年度?|學年度?)?", re.ASCII)
SHORT = re.compile(r"([0-9]{2,3})\s*(?:年度?|學年度?|学年)", re.ASCII)
FISCAL = re.compile(
    r"(?P<named>FY[E]?|F\.Y\.|GJ|HJ|WJ|EF|财年|Ejercicio|Exercice)?\s*'?(?P<first>[0-9]{4}|[0-9]{2})"
    r"(?:\s*[/–—\-]\s*(?P<last>[0-9]{4}|[0-9]{2}))?\s*(?P<behind>财年|学年|學年度?|年度)?",
    re.ASCII | re.IGNORECASE,
)
MINGUO_BEGAN, CENTURY_TURNS = 1911, 70
ASKS_FISCAL, ASKS_SHORT = "fiscal-year", "short-year"
BEFORE = "before"
# Of the cells that a question shows, so many at least are plain years where the answer counts for those too.
PLAIN_SHOWN = 2
# Years stand across where so many columns are called by one.
FEW = 2

FISCAL_YEAR = Wording(
    "fiscal-year",
    _(
        "Which year is “%(typed)s”? The portal's year %(year)s runs from %(starts)s to %(ends)s. "
        "The answer counts for all financial years of this file."
    ),
)
FIRST = _("The year in which it begins: “%(typed)s” is %(year)s.")
LAST = _("The year in which it ends: “%(typed)s” is %(year)s.")
SAME_NAME = _("The year it is named after: “%(typed)s” is %(year)s.")
YEAR_BEFORE = _("The year before: “%(typed)s” is %(year)s.")
FIRST_OF_BOTH = _("The year in which it begins: “%(typed)s” is %(year)s, and “%(other)s” is %(other_year)s.")
LAST_OF_BOTH = _("The year in which it ends: “%(typed)s” is %(year)s, and “%(other)s” is %(other_year)s.")
SHORT_YEAR = Wording("short-year", _("Which year is “%(typed)s”? The answer counts for all such years of this file."))
FROM_MINGUO = _("Counted from 1911: “%(typed)s” is %(year)s.")
TWO_DIGITS = _("Its last digits: “%(typed)s” is %(year)s.")

YEARS_ACROSS = Wording(
    "years-across",
    _(
        "Columns %(letters)s are years: %(years)s. Write a row for each year, with the year in a column “Year” and the "
        "figures in a column that names what they are, such as “Participants” or “Money”, and bring the file again."
    ),
)


@dataclass(frozen=True, slots=True)
class YearTyped:
    """A year as typed: one, or two that it could be, and what about it is asked."""

    year: int | None = None
    asks: str = ""
    first: int = 0
    last: int = 0


def typed_year(text: str) -> YearTyped | None:
    """What somebody typed as a year, or nothing where it is none."""
    typed = plain_signs(text)
    if found := PLAIN.fullmatch(typed):
        return YearTyped(int(found[1]))
    if found := MINGUO.fullmatch(typed):
        return YearTyped(MINGUO_BEGAN + int(found[1]))
    if found := SHORT.fullmatch(typed):
        number = int(found[1])
        return YearTyped(asks="short-year", first=MINGUO_BEGAN + number, last=_whole(found[1]) if number < 100 else 0)
    found = FISCAL.fullmatch(typed)
    return _fiscal(found) if found else None


def _fiscal(found: re.Match[str]) -> YearTyped | None:
    is_named = found["named"] or found["behind"]
    if not found["last"]:
        year = _whole(found["first"])
        return YearTyped(asks="fiscal-year", first=year, last=year) if is_named else None
    first, last = _whole(found["first"]), _whole(found["last"])
    if last != first + 1 or not (is_named or len(found["first"]) == 4):
        return None
    return YearTyped(asks="fiscal-year", first=first, last=last)


def _whole(digits: str) -> int:
    number = int(digits)
    if len(digits) == 4:
        return number
    return number + (1900 if number >= CENTURY_TURNS else 2000)


def years_of(sheet: Table, place: int, years: PlanYears, questions: FileQuestions) -> dict[CellValue, int | None]:
    """Every cell of the column that is a year, with the year; nothing while its question is open."""
    typed = _typed(sheet, place, years)
    answers = {
        asks: questions.ask(question(sheet, place, found, years, questions))
        for asks, question in ((ASKS_FISCAL, _which_fiscal), (ASKS_SHORT, _which_short))
        if (found := {cell: year for cell, year in typed.items() if year.asks == asks})
    }
    read = {cell: _answered(year, answers.get(year.asks)) if year.asks else year.year for cell, year in typed.items()}
    return {cell: year for cell, year in read.items() if year is None or FIRST_YEAR <= year <= LAST_YEAR}


def asks_fiscal(sheet: Table, place: int, years: PlanYears) -> bool:
    """Whether it is asked which years of the portal the years of the column are."""
    return any(year.asks == ASKS_FISCAL for year in _typed(sheet, place, years).values())


def _typed(sheet: Table, place: int, years: PlanYears) -> dict[CellValue, YearTyped]:
    """The years of a column as typed; where it holds financial years that are asked about, plain ones are among them.

    One column counts its years in one way: “2021” beside “FY2022” is a financial year too.
    """
    cells = dict.fromkeys(cell for row in sheet.rows if (cell := row[place]) is not None)
    typed: dict[CellValue, YearTyped] = {cell: year for cell in cells if (year := typed_year(str(cell)))}
    months = [cell for cell in cells if month_in(str(cell))]
    if any(cell not in typed for cell in months):
        # Beside 2006-09, which is a month, 2006-07 is one too, and no year that is named after two.
        typed = {cell: year for cell, year in typed.items() if cell not in months}
    is_fiscal = names_financial_years(sheet.header[place], are_calendar=years.are_calendar)
    if is_fiscal or any(year.asks == ASKS_FISCAL for year in typed.values()):
        plain = [cell for cell in typed if PLAIN.fullmatch(plain_signs(str(cell)))]
        found = {cell: typed.pop(cell).year or 0 for cell in plain}
        typed |= {cell: YearTyped(asks=ASKS_FISCAL, first=year, last=year) for cell, year in found.items()}
    return typed


def part_and_year(cell: CellValue, years: PlanYears) -> tuple[PartOfYear, int] | None:
    """The part of a year that a cell is, and the year of the portal it belongs to: a month by its days."""
    if by_digits := month_in(str(cell)):
        year, part = by_digits
    else:
        said = period_in(cell) if isinstance(cell, str) else None
        typed = typed_year(said[1]) if said else None
        if said is None or typed is None or typed.year is None:
            return None
        part, year = said[0], typed.year
    return part, years.year_of(year, part.number) if part.of == MONTHS else year


def _answered(year: YearTyped, answer: str | None) -> int | None:
    if answer is None:
        return None
    if year.asks == ASKS_FISCAL and year.first == year.last:
        return year.first - 1 if answer == BEFORE else year.first
    return year.last if answer in ("last", "digits") else year.first


def _cells(
    sheet: Table, place: int, found: Mapping[CellValue, YearTyped], answers: tuple[str, ...]
) -> tuple[AskedCell, ...]:
    """Some of the cells: first those that show that something is asked, then plain years that the answer counts for."""
    said: list[AskedCell] = []
    plain: list[AskedCell] = []
    for at, row in enumerate(sheet.rows):
        if (cell := row[place]) in found:
            readings = tuple(str(_answered(found[cell], answer)) for answer in answers)
            kind = plain if PLAIN.fullmatch(plain_signs(str(cell))) else said
            kind.append(AskedCell(sheet.address(sheet.row_number(at), place), str(cell).strip(), readings))
    most = CELLS_SHOWN - min(len(plain), PLAIN_SHOWN)
    return tuple([*said[:most], *plain][:CELLS_SHOWN])


def _which_fiscal(
    sheet: Table, place: int, found: Mapping[CellValue, YearTyped], years: PlanYears, questions: FileQuestions
) -> Question:
    """What the years of the column are asks for all of them; named after one year or after two."""
    two = next(((cell, year) for cell, year in found.items() if year.first != year.last), None)
    one = next(((cell, year) for cell, year in found.items() if year.first == year.last), None)
    labels = _labels_of_two(two, one) if two else [("named", SAME_NAME, one, None), (BEFORE, YEAR_BEFORE, one, None)]
    answers = tuple(
        PossibleAnswer(value, label, _shown(value, shown, beside)) for value, label, shown, beside in labels if shown
    )
    values = tuple(answer.value for answer in answers)
    cells = _cells(sheet, place, found, values)
    year = next(iter(found.values())).first
    starts, ends = years.span(year)
    params = {"typed": cells[0].typed, "year": year, "starts": starts, "ends": ends}
    # Another table of the file may have been answered about years of the other kind: that says nothing of these.
    key = ASKS_FISCAL
    if questions.answers.get(key, values[0]) not in values:
        key = f"{key}:{sheet.letters(place)}"
    return Question(key, FISCAL_YEAR, answers, params, cells)


Shown = tuple[CellValue, YearTyped]


def _labels_of_two(two: Shown, one: Shown | None) -> list[tuple[str, StrOrPromise, Shown | None, Shown | None]]:
    """The answers where a year is named after two; a year beside it is named after the one it begins or ends in."""
    if one is None:
        return [("first", FIRST, two, None), ("last", LAST, two, None)]
    return [
        ("first", FIRST_OF_BOTH, two, one),
        (BEFORE, FIRST_OF_BOTH, two, one),
        ("last", LAST_OF_BOTH, two, one),
    ]


def _shown(value: str, shown: Shown, beside: Shown | None) -> dict[str, object]:
    params: dict[str, object] = {"typed": shown[0], "year": _answered(shown[1], value)}
    return params | ({"other": beside[0], "other_year": _answered(beside[1], value)} if beside else {})


def _which_short(
    sheet: Table, place: int, found: Mapping[CellValue, YearTyped], years: PlanYears, questions: FileQuestions
) -> Question:
    cell, year = next(iter(found.items()))
    answers = [PossibleAnswer("minguo", FROM_MINGUO, {"typed": cell, "year": year.first})]
    if year.last:
        answers.append(PossibleAnswer("digits", TWO_DIGITS, {"typed": cell, "year": year.last}))
    cells = _cells(sheet, place, found, tuple(answer.value for answer in answers))
    return Question(ASKS_SHORT, SHORT_YEAR, tuple(answers), {"typed": cells[0].typed}, cells)


def places_of_years(header: Sequence[str]) -> list[int]:
    """The columns that are called by a year: 2022, 2022年, FY22."""
    typed = ((place, typed_year(name)) for place, name in enumerate(header))
    return [place for place, year in typed if year and year.asks != ASKS_SHORT]


def years_across(sheet: Table, mapping: Mapping[str, int]) -> HistoryProblem | None:
    """Why a table is not read in which years stand beside each other: each of them is a row of its own."""
    places = [] if "year" in mapping else places_of_years(sheet.header)
    if len(places) < FEW:
        return None
    params = {
        "letters": listed(sheet.letters(place) for place in places),
        "years": listed([f"“{sheet.header[place]}”" for place in places]),
    }
    return HistoryProblem(sheet.first_row - 1, "", YEARS_ACROSS, params, sheet.letters(places[0]))
