"""A column of costs beside one of materials: whether it includes them is asked, so that they do not count twice."""

import re
from collections.abc import Iterator, Mapping, Sequence

from django.utils.translation import gettext_lazy as _

from planning.projects.figures import from_hundredths
from planning.projects.imports.cells import CellRefused, Figures, Undecided, hundredths_in, shown
from planning.projects.imports.numbers import plain
from planning.projects.imports.periods.columns import measure_of
from planning.projects.imports.questions import CELLS_SHOWN, AskedCell, FileQuestions, PossibleAnswer, Question
from planning.projects.imports.skipped import numbers_of
from planning.projects.models import Metric
from planning.projects.workflow import HistoryProblem, Wording
from sop_portal.foundation.kit.sheets import CellValue, Table

INCLUDED, APART = "included", "apart"
# The portal's own words, and those that say that other costs are meant; a total stays one all the same.
IS_TOTAL = re.compile(r"\b(total\w*|overall|all|gesamt\w*|insgesamt|totale?s?)\b|合计|总|合計|總|全部", re.IGNORECASE)
IS_APART = re.compile(
    r"\b(money|geld|others?|without|excl\w*|remaining|rest|ohne|sonstige\w*|übrige\w*|autres?|hors|otros?|sin)\b|"
    r"资金|資金|财务|其他|其它|其余|除|不含|不包括|非物",
    re.IGNORECASE,
)

WHETHER = Wording(
    "materials-included",
    _(
        "Column %(letters)s, “%(column)s”, stands beside “%(materials)s”. Does it include the materials? "
        "The portal keeps them apart, and would count them twice."
    ),
)
YES = _("Yes: what is left counts as money. %(typed)s is %(read)s.")
NO = _("No: the materials come on top. %(typed)s is %(typed)s.")
LESS = Wording(
    "less-than-materials",
    _(
        "Row %(row)s, column %(column)s: “%(value)s” is less than the materials it includes, %(materials)s. "
        "Correct one of the two figures, or answer that the materials come on top."
    ),
)
NOT_KNOWN = Wording(
    "materials-unknown",
    _(
        "Row %(rows)s: “%(materials)s” is blank, so that all of “%(column)s” counts as money. "
        "Write how much of it was for materials, where that is known."
    ),
)

Columns = Sequence[tuple[str, int, Figures]]


class MoneyLeft:
    """What is left of the money of each row without the materials it includes, and what is wrong or not known of it."""

    def __init__(self, sheet: Table, columns: Columns, metrics: Sequence[str]) -> None:
        self.sheet = sheet
        places = {measure_of(key): place for key, place, _how in reversed(columns)}
        self.place, self.materials_at = places[Metric.MONEY], places[Metric.MATERIALS]
        self.money, self.materials = metrics.index(Metric.MONEY), metrics.index(Metric.MATERIALS)
        self.unknown: list[int] = []

    def of(self, wrong: list[HistoryProblem], number: int, figures: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """The figures of a row with what is left of its money."""
        total, part = figures[self.money], figures[self.materials]
        if total is None:
            return figures
        if part is None:
            self.unknown.append(number)
        elif total < part:
            wrong.append(self._less(number, total, part))
        return tuple(total - (part or 0) if at == self.money else figure for at, figure in enumerate(figures))

    def _less(self, number: int, total: int, part: int) -> HistoryProblem:
        column = self.sheet.header[self.place]
        params = {"row": number, "column": column, "value": plain(from_hundredths(total))}
        params["materials"] = plain(from_hundredths(part))
        return HistoryProblem(number, column, LESS, params, self.sheet.letters(self.place))

    def warnings(self) -> list[HistoryProblem]:
        """The rows whose materials are blank, so that nothing is taken off their money."""
        if not self.unknown:
            return []
        names = {"column": self.sheet.header[self.place], "materials": self.sheet.header[self.materials_at]}
        params = {"rows": numbers_of(self.unknown), **names}
        return [HistoryProblem(self.unknown[0], "", NOT_KNOWN, params, self.sheet.letters(self.materials_at))]


def materials_included(sheet: Table, columns: Columns, questions: FileQuestions) -> bool:
    """Whether the column of money includes the materials of the column beside it, as somebody says."""
    first = {measure_of(key): (place, how) for key, place, how in reversed(columns)}
    if not {Metric.MONEY, Metric.MATERIALS} <= first.keys():
        return False
    place, _how = first[Metric.MONEY]
    called = sheet.header[place].replace("_", " ")
    if IS_APART.search(called) and not IS_TOTAL.search(called):
        return False
    cells = tuple(_cells(sheet, first))
    typed, (read, _as_typed) = (cells[0].typed, cells[0].readings) if cells else ("1000 – 100", ("900", "1000"))
    words = {"typed": typed, "read": read}
    answers = (PossibleAnswer(INCLUDED, YES, words), PossibleAnswer(APART, NO, words))
    params = {
        "letters": sheet.letters(place),
        "column": sheet.header[place],
        "materials": sheet.header[first[Metric.MATERIALS][0]],
    }
    return questions.ask(Question("materials-included", WHETHER, answers, params, cells)) == INCLUDED


def _cells(sheet: Table, first: Mapping[str, tuple[int, Figures]]) -> Iterator[AskedCell]:
    """Some of the totals, as each answer reads them."""
    found = 0
    for at, row in enumerate(sheet.rows):
        (place, how), (beside, how_beside) = first[Metric.MONEY], first[Metric.MATERIALS]
        total, part = _figure(row[place], how), _figure(row[beside], how_beside)
        if total is None or not part:
            # Where no materials were used both answers are the same.
            continue
        left = plain(from_hundredths(total - part)) if total >= part else "–"
        readings = (left, plain(from_hundredths(total)))
        yield AskedCell(sheet.address(sheet.row_number(at), place), shown(row[place]), readings)
        found += 1
        if found == CELLS_SHOWN:
            return


def _figure(cell: CellValue, how: Figures) -> int | None:
    try:
        return hundredths_in(cell, how)
    except (CellRefused, Undecided):
        return None
