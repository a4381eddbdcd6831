"""The unit that a number format shows beside a figure: the file holds 12, and people read 12k."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from decimal import Decimal

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from planning.projects.imports.numbers import plain
from planning.projects.imports.periods.columns import measure_of
from planning.projects.imports.questions import CELLS_SHOWN, AskedCell, FileQuestions, PossibleAnswer, Question
from planning.projects.imports.units.asking import (
    ARE_HOURS,
    AS_IT_STANDS,
    AS_TYPED,
    DAY_HOURS,
    HOURS_EACH,
    IN_DAYS,
    IN_POSTS,
    POST_HOURS,
    TIMES,
)
from planning.projects.imports.units.words import DAYS, POSTS, SAYS_UNIT, scale_in
from planning.projects.workflow import Wording
from sop_portal.foundation.kit.formats import listed
from sop_portal.foundation.kit.sheets import ShownFigures, Table

SHOWN_AS = Wording(
    "unit",
    _(
        "Cells of %(columns)s show “%(said)s” where the file holds %(typed)s. "
        "Are the figures shown so multiplied by %(factor)s?"
    ),
)
# What stands alone behind a figure; in a longer text these letters say nothing.
SCALE_LETTERS = {"k": 10**3, "t": 10**3, "m": 10**6, "mm": 10**6, "b": 10**9}
DAY_LETTERS = frozenset(["d", "t", "pd", "pt"])


def read_as_shown(sheet: Table, places: Mapping[str, int], money: Collection[str], questions: FileQuestions) -> None:
    """Turn figures that are shown with a unit into what they mean, as far as it is certain or somebody said it.

    Where a name or a title says the unit as well, the figures are left as they are shown, and that is asked about.
    """
    for together in _together(sheet, places, money):
        factor = together[0].settled
        if factor is None:
            question = _question(sheet, together)
            factor = Decimal(questions.ask(question) or AS_IT_STANDS) if question else Decimal(1)
        if factor != 1:
            for claim in together:
                claim.multiply(sheet, factor)


class _Claim:
    """What the number format of some figures of a column says."""

    def __init__(self, shown: ShownFigures, key: str, named: int, title: int) -> None:
        self.shown, self.key, self.is_hours = shown, key, measure_of(key) == "people"
        self.scale = max(_scale(shown.before, self.is_hours), _scale(shown.behind, self.is_hours))
        self.named = named if named > 1 else title

    @property
    def settled(self) -> Decimal | None:
        """By what the figures are multiplied without asking; nothing where somebody has to say it."""
        divisor = Decimal(self.shown.divisor)
        if self.scale in (1, self.named):
            # What is shown is counted by the unit that the column's name or the title gives.
            return 1 / divisor if self.named > 1 else None if self.hours else Decimal(1)
        return 1 / Decimal(self.named) if self.scale == divisor else None

    @property
    def hours(self) -> tuple[Wording, tuple[str, ...]] | None:
        """How the hours of people may be counted here."""
        text = f"{self.shown.before} {self.shown.behind}".strip()
        if not self.is_hours or not text:
            return None
        if DAYS.search(text) or text.casefold() in DAY_LETTERS:
            return IN_DAYS, DAY_HOURS
        return (IN_POSTS, POST_HOURS) if POSTS.search(text) else None

    @property
    def alike(self) -> tuple[object, ...]:
        """What is the same of claims that are asked about together."""
        return self.scale, self.named, self.shown.divisor, self.hours

    def rows(self, sheet: Table) -> Iterator[int]:
        """The rows of the figures, counted from 0."""
        for first, last in self.shown.runs:
            yield from range(max(first, 0), min(last + 1, len(sheet.rows)))

    def multiply(self, sheet: Table, factor: Decimal) -> None:
        """Have the table hold what the figures mean."""
        for at in self.rows(sheet):
            if isinstance(figure := sheet.rows[at][self.shown.place], Decimal):
                sheet.rows[at][self.shown.place] = figure * factor


def _scale(text: str, is_hours: bool) -> int:
    letters = text.strip(" .").casefold()
    if is_hours and letters in DAY_LETTERS:
        return 1
    return SCALE_LETTERS.get(letters) or scale_in(text)


def _together(sheet: Table, places: Mapping[str, int], money: Collection[str]) -> list[list[_Claim]]:
    keys = {place: key for key, place in places.items()}
    titles = (scale_in(line) for _number, line in sheet.context.above if SAYS_UNIT.search(line))
    title = next((scale for scale in titles if scale > 1), 1)
    found: dict[tuple[object, ...], list[_Claim]] = {}
    for shown in sheet.context.shown:
        if (key := keys.get(shown.place)) is not None and shown.runs:
            named = scale_in(sheet.header[shown.place].replace("_", " "))
            claim = _Claim(shown, key, named, title if key in money else 1)
            found.setdefault(claim.alike, []).append(claim)
    return list(found.values())


def _question(sheet: Table, together: list[_Claim]) -> Question | None:
    first = together[0]
    letters = sheet.letters(first.shown.place)
    said, typed = first.shown.sample, plain(first.shown.first)
    hours = first.hours
    if hours and (DAYS if hours[0] is IN_DAYS else POSTS).search(sheet.header[first.shown.place]):
        # The name of the column says so as well, and is asked about.
        return None
    times = (_plain_factor(Decimal(first.scale) / first.shown.divisor),)
    wording, factors = hours or (SHOWN_AS, times)
    labels: list[tuple[str, str | Promise]] = [(factor, HOURS_EACH if hours else TIMES) for factor in factors]
    labels += [(AS_IT_STANDS, ARE_HOURS if hours else AS_TYPED)]
    params = {
        "said": said,
        "typed": typed,
        "columns": listed(dict.fromkeys(f"“{sheet.header[claim.shown.place]}”" for claim in together)),
        "factor": f"{Decimal(times[0]):,}",
    }
    answers = tuple(
        PossibleAnswer(
            *(value, label), {"typed": typed, "hours": value, "read": plain(first.shown.first * Decimal(value))}
        )
        for value, label in labels
    )
    cells = tuple(_cells(sheet, together, [value for value, _label in labels]))
    return Question(f"shown:{letters}:{first.scale}:{first.shown.divisor}", wording, answers, params, cells)


def _plain_factor(factor: Decimal) -> str:
    return f"{factor.normalize():f}"


def _cells(sheet: Table, together: list[_Claim], values: list[str]) -> Iterator[AskedCell]:
    left = CELLS_SHOWN
    for claim in together:
        for at in claim.rows(sheet):
            figure = sheet.rows[at][claim.shown.place]
            if isinstance(figure, Decimal) and left:
                left -= 1
                address = sheet.address(sheet.row_number(at), claim.shown.place)
                readings = tuple(plain(figure * Decimal(value)) for value in values)
                yield AskedCell(address, replace(claim.shown, first=figure).sample, readings)
