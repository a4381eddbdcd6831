"""The unit a column is in, as its header, a line above it or the cell beside it says: converted after asking."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from planning.projects.imports.columns import plain_name
from planning.projects.imports.numbers import figure_in, plain, typed_number
from planning.projects.imports.periods.columns import measure_of
from planning.projects.imports.questions import CELLS_SHOWN, AskedCell, FileQuestions, PossibleAnswer, Question
from planning.projects.imports.units.words import (
    CURRENCY_COLUMNS,
    DAYS,
    FULL_TIME,
    HOURS,
    MONEY_SIGN,
    PERCENT,
    POSTS,
    SAYS_UNIT,
    UNIT_COLUMN,
    WAGES,
    moneys_in,
    parts_in,
    scale_in,
)
from planning.projects.workflow import Wording
from sop_portal.foundation.kit.formats import listed
from sop_portal.foundation.kit.sheets import Table

ONE, MOST_UNITS = Decimal(1), 8
LEAVE, AS_IT_STANDS, MULTIPLY = "leave", "1", "multiply"
MONEY = ("materials", "money")

OTHER_MONEY = Wording(
    "currency", _("“%(said)s” speaks of another money than the portal's, which is %(own)s. Are the figures taken?")
)
TAKEN_AS_TYPED = _("Yes, as they stand: they are in %(own)s.")
SCALED = Wording("unit", _("“%(said)s” names a unit. Are the figures of %(columns)s multiplied by %(factor)s?"))
OF_A_PART = Wording(
    "unit", _("“%(said)s” speaks of a part of a year. Are the figures of %(columns)s multiplied by %(factor)s?")
)
TIMES = _("Yes: %(typed)s is %(read)s.")
AS_TYPED = _("No: %(typed)s is %(typed)s.")
LEFT_OUT = _("Leave the column out.")
ALL_LEFT_OUT = _("Leave the columns %(columns)s out.")
IN_DAYS = Wording("unit", _("“%(said)s” is counted in days, the portal in hours. How many hours has a day?"))
IN_POSTS = Wording("unit", _("“%(said)s” may be posts and not hours. How many hours a year is one of them?"))
IN_MONEY = Wording(
    "unit", _("“%(said)s” is money, and the portal counts the hours of people. Are these hours all the same?")
)
IN_PERCENT = Wording(
    "unit", _("“%(said)s” is counted in percent, which is no figure of the portal. Is it one all the same?")
)
HOURS_EACH = _("%(hours)s hours: %(typed)s is %(read)s.")
ARE_HOURS = _("They are hours already: %(typed)s is %(typed)s.")
ARE_FIGURES = _("They are figures: %(typed)s is %(typed)s.")
BESIDE = Wording(
    "unit", _("Column %(letters)s gives a unit for %(columns)s: %(said)s. Are the figures converted by it?")
)

DAY_HOURS, POST_HOURS = ("8", "7.5", "7"), ("1600", "1720", "1800", "2080")


@dataclass(frozen=True, slots=True)
class Units:
    """What the figures of each column are multiplied by, which columns are left out, and where cells give the unit."""

    factors: Mapping[str, Decimal]
    left_out: frozenset[str]
    beside: Mapping[str, tuple[int, Mapping[str, Decimal]]]


def units_of(
    sheet: Table,
    places: Mapping[str, int],
    decimals: Mapping[str, str],
    own: str,
    questions: FileQuestions,
    money: Sequence[str] = MONEY,
) -> Units:
    """Ask for every unit that a column of figures, a line above the table or a column beside it names.

    `money` names the columns that hold amounts of money; of those with the same unit in their names is asked once.
    """
    unit_search = _UnitSearch(sheet, places, decimals, money)
    factors: dict[str, Decimal] = {}
    left_out = unit_search.in_other_money(own, questions)
    for metrics in unit_search.asked_together():
        question = unit_search.of_header(metrics)
        answer = questions.ask(question) if question else None
        if answer == LEAVE:
            left_out.update(metrics)
        elif answer:
            factors |= dict.fromkeys(metrics, Decimal(answer))
    unsaid = [metric for metric in money if metric in places and scale_in(sheet.header[places[metric]]) == 1]
    if unsaid and (question := unit_search.of_title(unsaid)) and (answer := questions.ask(question)):
        factors |= {metric: factors.get(metric, ONE) * Decimal(answer) for metric in unsaid}
    return Units(factors, frozenset(left_out), unit_search.beside(questions))


def together(units: Units, keys: Collection[str]) -> Units:
    """What was said of one column of a measure holds for all columns that hold parts of it."""

    def alike(key: str) -> list[str]:
        return [other for other in keys if measure_of(other) == measure_of(key)]

    factors = {other: factor for key, factor in units.factors.items() for other in alike(key)} | dict(units.factors)
    left_out = frozenset(other for key in units.left_out for other in alike(key))
    beside = {other: found for key, found in units.beside.items() for other in alike(key)}
    return Units(factors, left_out, beside)


class _UnitSearch:
    """A table whose units are looked for."""

    def __init__(
        self, sheet: Table, places: Mapping[str, int], decimals: Mapping[str, str], money: Sequence[str] = MONEY
    ) -> None:
        self.sheet, self.places, self.decimals, self.money = sheet, places, decimals, money

    def asked_together(self) -> Iterator[list[str]]:
        """The columns one by one; several of money whose names say the same unit go together."""
        alike: dict[int, list[str]] = {}
        for metric, place in self.places.items():
            words = self.sheet.header[place].replace("_", " ")
            scale = scale_in(words)
            if metric in self.money and scale > 1 and parts_in(words) == 1 and not PERCENT.search(words):
                alike.setdefault(scale, []).append(metric)
            else:
                yield [metric]
        yield from alike.values()

    def of_header(self, metrics: Sequence[str]) -> Question | None:
        """What the name of a column leaves open; of several that say the same the first is named."""
        metric = metrics[0]
        place = self.places[metric]
        said = self.sheet.header[place]
        words = said.replace("_", " ")
        answers: list[tuple[str, str | Promise]]
        if PERCENT.search(words):
            wording, answers = IN_PERCENT, [(LEAVE, LEFT_OUT), (AS_IT_STANDS, ARE_FIGURES)]
        elif parts_in(words) > 1:
            return self._of_part(metric, said, parts_in(words) * scale_in(words))
        elif metric == "people" and (not HOURS.search(words) or DAYS.search(words) or FULL_TIME.search(words)):
            return self._of_people(metric, place, words)
        else:
            return self._scaled(f"unit:{self.sheet.letters(place)}", said, metrics, scale_in(words))
        return self._question(f"unit:{self.sheet.letters(place)}", wording, answers, [metric], {"said": said})

    def _of_part(self, metric: str, said: str, factor: int) -> Question:
        answers: list[tuple[str, str | Promise]] = [(str(factor), TIMES), (AS_IT_STANDS, AS_TYPED), (LEAVE, LEFT_OUT)]
        words = {"said": said, "factor": f"{factor:,}"}
        return self._question(f"unit:{self.sheet.letters(self.places[metric])}", OF_A_PART, answers, [metric], words)

    def _of_people(self, metric: str, place: int, words: str) -> Question | None:
        leave: tuple[str, str | Promise] = (LEAVE, LEFT_OUT)
        hours: tuple[str, str | Promise] = (AS_IT_STANDS, ARE_HOURS)
        if WAGES.search(words) or any(map(moneys_in, self._cells_with_signs(metric))):
            wording, answers = IN_MONEY, [leave, hours]
        elif DAYS.search(words):
            wording, answers = IN_DAYS, [*((each, HOURS_EACH) for each in DAY_HOURS), hours, leave]
        elif POSTS.search(words):
            wording, answers = IN_POSTS, [*((each, HOURS_EACH) for each in POST_HOURS), hours, leave]
        else:
            return None
        said = self.sheet.header[place]
        return self._question(f"unit:{self.sheet.letters(place)}", wording, answers, [metric], {"said": said})

    def in_other_money(self, own: str, questions: FileQuestions) -> set[str]:
        """Columns of amounts in another money than the portal's, as far as somebody leaves them out."""
        money = [metric for metric in self.money if metric in self.places]
        said = [(self.sheet.header[self.places[metric]], [metric]) for metric in money]
        said += [(line, money) for _number, line in self.sheet.context.above if SAYS_UNIT.search(line)] if money else []
        said += [(cell, [metric]) for metric in money for cell in self._cells_with_signs(metric)]
        said += [(cell, money) for cell in self._cells_of_currency()] if money else []
        left_out: set[str] = set()
        others: dict[frozenset[str], tuple[str, set[str], str]] = {}
        for text, metrics in said:
            meant = moneys_in(text)
            if own and meant and own not in meant:
                key = f"currency:{self.sheet.letters(self.places[metrics[0]])}"
                if any(key == other for other, _together, _text in others.values()):
                    # A column may speak of several: each is asked about.
                    key = f"{key}:{min(meant)}"
                others.setdefault(meant, (key, set(), text))[1].update(metrics)
        for key, together, text in others.values():
            columns = listed(f"“{self.sheet.header[self.places[one]]}”" for one in money if one in together)
            leave = PossibleAnswer(LEAVE, ALL_LEFT_OUT if len(together) > 1 else LEFT_OUT, {"columns": columns})
            answers = (PossibleAnswer(AS_IT_STANDS, TAKEN_AS_TYPED, {"own": own}), leave)
            if questions.ask(Question(key, OTHER_MONEY, answers, {"said": text, "own": own})) == LEAVE:
                left_out |= together
        return left_out

    def _cells_with_signs(self, metric: str) -> Iterator[str]:
        """The first cell of a column for each sign of money that stands in its cells, or that their format shows."""
        place, known = self.places[metric], set()
        yield from (shown.sample for shown in self.sheet.context.shown if shown.place == place)
        for row in self.sheet.rows:
            if (
                type(cell := row[place]) is str
                and (sign := MONEY_SIGN.search(cell))
                and sign[0].casefold() not in known
            ):
                known.add(sign[0].casefold())
                yield cell.strip()

    def _cells_of_currency(self) -> Iterator[str]:
        """What stands in the columns that name the money of each row, once each."""
        for place, name in enumerate(self.sheet.header):
            if plain_name(name) in CURRENCY_COLUMNS and place not in self.places.values():
                yield from dict.fromkeys(str(row[place] or "").strip().upper() for row in self.sheet.rows)

    def of_title(self, metrics: Sequence[str]) -> Question | None:
        """What a line above the table says of its amounts."""
        for number, line in self.sheet.context.above:
            if SAYS_UNIT.search(line) and (factor := scale_in(line)) > 1:
                return self._scaled("unit:title", line, metrics, factor, f"{self.sheet.letters(0)}{number}")
        return None

    def _scaled(self, key: str, said: str, metrics: Sequence[str], factor: int, cell: str = "") -> Question | None:
        if factor == 1:
            return None
        answers: list[tuple[str, str | Promise]] = [(str(factor), TIMES), (AS_IT_STANDS, AS_TYPED)]
        return self._question(key, SCALED, answers, metrics, {"said": said, "factor": f"{factor:,}"}, cell)

    def _question(
        self,
        key: str,
        wording: Wording,
        answers: Sequence[tuple[str, str | Promise]],
        metrics: Sequence[str],
        params: Mapping[str, object],
        cell: str = "",
    ) -> Question:
        cells = list(self._cells(metrics, [value for value, _label in answers]))
        typed = cells[0].typed if cells else "1"
        columns = listed(f"“{self.sheet.header[self.places[metric]]}”" for metric in metrics)
        made = tuple(
            PossibleAnswer(
                value, label, {"typed": typed, "hours": value, "read": cells[0].readings[place] if cells else value}
            )
            for place, (value, label) in enumerate(answers)
        )
        shown = ([AskedCell(cell, str(params["said"]))] if cell else []) + cells
        return Question(key, wording, made, {"columns": columns} | dict(params), tuple(shown[:CELLS_SHOWN]))

    def _cells(self, metrics: Sequence[str], values: Sequence[str]) -> Iterator[AskedCell]:
        left = CELLS_SHOWN
        for at, row in enumerate(self.sheet.rows):
            for metric in metrics:
                figure = figure_in(row[self.places[metric]], self.decimals.get(metric, ""))
                if figure is not None and left:
                    left -= 1
                    readings = tuple("" if value == LEAVE else plain(figure * Decimal(value)) for value in values)
                    address = self.sheet.address(self.sheet.row_number(at), self.places[metric])
                    yield AskedCell(address, str(row[self.places[metric]]).strip(), readings)
            if not left:
                return

    def beside(self, questions: FileQuestions) -> dict[str, tuple[int, Mapping[str, Decimal]]]:
        """Columns whose cells give the unit of the figures beside them."""
        found: dict[str, tuple[int, Mapping[str, Decimal]]] = {}
        taken = set(self.places.values())
        for place in range(len(self.sheet.header)):
            if place in taken or not (units := self._units_in(place)):
                continue
            metric = min(
                self.places, key=lambda metric: (abs(self.places[metric] - place), self.places[metric] > place)
            )
            params = {"letters": self.sheet.letters(place), "said": listed(units)}
            params["columns"] = f"“{self.sheet.header[self.places[metric]]}”"
            answers = (
                PossibleAnswer(MULTIPLY, _("Yes, row by row.")),
                PossibleAnswer(AS_IT_STANDS, _("No, as they stand.")),
            )
            answer = questions.ask(Question(f"unit:{self.sheet.letters(place)}", BESIDE, answers, params))
            if answer == MULTIPLY:
                found[metric] = (place, {unit: Decimal(scale_in(unit)) for unit in units})
        return found

    def _units_in(self, place: int) -> list[str]:
        """The units of a column of which every cell is one, if any of them is more than one."""
        cells = {str(cell).strip() for row in self.sheet.rows if (cell := row[place]) is not None} - {""}
        if not self.places or not cells or len(cells) > MOST_UNITS:
            return []
        if not UNIT_COLUMN.search(self.sheet.header[place]) and any(typed_number(cell) for cell in cells):
            # A column of amounts is no unit, though 1000 may be one.
            return []
        are_units = all(len(cell) <= 20 and (scale_in(cell) > 1 or SAYS_UNIT.search(cell)) for cell in cells)
        return sorted(cells) if are_units and any(scale_in(cell) > 1 for cell in cells) else []
