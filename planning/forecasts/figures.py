"""The arithmetic of a forecast: proposals, misses and totals. What is not known stays unknown, never zero."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import TypedDict

from django.utils.translation import gettext as _

from planning.projects.models import Metric

METRICS = ("activities", "participants", "people", "materials", "money")
WHOLE = frozenset({"activities", "participants"})
LONGEST_COUNT = 2**31 - 1
YEARS_SHOWN = 5
CENT, LARGEST_FIGURE = Decimal("0.01"), Decimal(10) ** 13 - Decimal("0.01")

Figure = Decimal | None


@dataclass(frozen=True, slots=True)
class Typed:
    """What a person typed for one metric: a figure that replaces the proposal, its source, and the reason."""

    override: Figure
    source: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class MetricScore:
    """How last year's forecast did on one metric, in percent of the actual figure."""

    actual: Decimal
    proposal: Figure
    override: Figure
    proposal_off: Figure
    override_off: Figure

    @property
    def closer(self) -> str:
        """Which of the two came closer: override, proposal, both, or neither where one is missing."""
        if self.override_off is None or self.proposal_off is None:
            return ""
        by_person, by_portal = abs(self.override_off), abs(self.proposal_off)
        return "both" if by_person == by_portal else "override" if by_person < by_portal else "proposal"


@dataclass(frozen=True, slots=True)
class Bias:
    """To which side the forecasts of the past lean: how often, of how many years, and by how much on average then."""

    years: int
    times: int
    is_high: bool
    average: Decimal


@dataclass(frozen=True, slots=True)
class Derived:
    """A proposal and everything it rests on: the last year known, and how far it may miss."""

    proposal: Figure = None
    year: int | None = None
    low: Figure = None
    high: Figure = None


def proposed(known: Mapping[int, Figure], year: int) -> Figure:
    """The figure of the last known year before `year`; nothing where no year is known."""
    before = [(then, value) for then, value in known.items() if then < year and value is not None]
    return max(before)[1] if before else None


def last_known(known: Mapping[int, Figure], year: int) -> int | None:
    """The year the proposal comes from."""
    return max((then for then, value in known.items() if then < year and value is not None), default=None)


def percent_off(figure: Figure, actual: Figure) -> Figure:
    """By how many percent of the actual figure a forecast was too high (above zero) or too low."""
    if figure is None or not actual:
        return None
    return (figure - actual) / actual * 100


def change(new: Figure, old: Figure) -> Figure:
    """The relative change in percent; unknown where one of the two is, or where it began at nothing."""
    if new is None or not old:
        return None
    return (new - old) / old * 100


def usual_miss(known: Mapping[int, Figure], ahead: int = 1) -> Figure:
    """How far off, in percent on average, a figure was as a proposal for a year so many years later."""
    years = {then for then, value in known.items() if value is not None}
    misses = [percent_off(known[then], known[then + ahead]) for then in sorted(years) if then + ahead in years]
    found = [abs(miss) for miss in misses if miss is not None]
    return sum(found, Decimal(0)) / len(found) if found else None


def band(known: Mapping[int, Figure], year: int, proposal: Figure) -> tuple[Decimal, Decimal] | None:
    """How far the proposal may miss, judged by how the last years that are known moved from one to the next."""
    years = sorted(then for then in known if then < year)[-YEARS_SHOWN:]
    moves = [change(known[b], known[a]) for a, b in pairwise(y for y in years if known[y] is not None) if b == a + 1]
    found = [move for move in moves if move is not None]
    # A history that never moved says nothing of how far the next year may.
    if proposal is None or len(found) < 2 or not any(found):
        return None
    low, high = min(*found, Decimal(0)), max(*found, Decimal(0))
    highest = min(proposal * (1 + high / 100), LARGEST_FIGURE)
    return max(proposal * (1 + low / 100), Decimal(0)).quantize(CENT), highest.quantize(CENT)


def joined_series(parts: Sequence[Mapping[int, Figure]], under_way: Collection[int] = ()) -> dict[int, Figure]:
    """What several departments did together, by year; where one of them is not known the whole is not known.

    A part without a row had nothing to do in that year; of a year under way it is not known yet.
    """
    living = _living(parts, under_way)
    found: dict[int, Figure] = {}
    for year in sorted({year for part in parts for year in part}):
        expected = [part for part in parts if year in part or (part in living and year > max(part))]
        figures = [part.get(year) for part in expected]
        found[year] = None if None in figures else total(figures)
    return found


def _living(parts: Sequence[Mapping[int, Figure]], under_way: Collection[int]) -> list[Mapping[int, Figure]]:
    """The parts that still run: those with a row in the last year that is over, or in a later one."""
    over = [year for part in parts for year in part if year not in under_way]
    last = max(over, default=0)
    return [part for part in parts if part and max(part) >= last]


def derived(parts: Sequence[Mapping[int, Figure]], year: int, under_way: Collection[int] = ()) -> Derived:
    """What the figures of earlier years propose, with the band and the year that both rest on.

    Each part that still runs is proposed by its own last known year; together they are what was known of all.
    """
    before = [{then: value for then, value in part.items() if then < year} for part in parts]
    living = _living(before, under_way)
    proposal = total(proposed(part, year) for part in living)
    if proposal is None:
        return Derived()
    last = max(then for part in living if (then := last_known(part, year)) is not None)
    low, high = band(joined_series(before, under_way), year, proposal) or (None, None)
    return Derived(proposal, last, low, high)


def score(actual: Figure, proposal: Figure, override: Figure) -> MetricScore | None:
    """How last year's forecast did against the actual figure; nothing where that is not known."""
    if actual is None:
        return None
    return MetricScore(actual, proposal, override, percent_off(proposal, actual), percent_off(override, actual))


def bias(misses: Iterable[Figure]) -> Bias | None:
    """Whether the forecasts of the past years lean to one side; nothing where they were right or are not known.

    They lean where most of them miss to the side to which all of them together miss: 1 % above and 50 % below is no
    lean, and least of all one to above.
    """
    found = [miss for miss in misses if miss is not None]
    together = sum(found, Decimal(0))
    side = [miss for miss in found if miss * together > 0]
    if len(side) * 2 <= len(found):
        return None
    return Bias(len(found), len(side), together > 0, abs(sum(side, Decimal(0))) / len(side))


def total(values: Iterable[Figure]) -> Figure:
    """The sum of what is known; nothing where nothing is known."""
    known = [value for value in values if value is not None]
    return sum(known, Decimal(0)) if known else None


def whole(values: Iterable[Figure]) -> Figure:
    """The sum of all; nothing where one of them is not known, for a part is no measure of the whole."""
    found = list(values)
    return None if None in found else total(found)


def settled(proposal: Figure, said: Typed) -> Typed:
    """What a person said beyond the proposal: no other figure where it was typed again; source and reason are kept."""
    return Typed(None, said.source, said.reason) if said.override == proposal else said


class ProjectNeeds(TypedDict):
    """What a project keeps of its forecast."""

    needed: Decimal
    activities_planned: int
    participants_planned: int


def project_needs(figures: Mapping[str, Figure]) -> ProjectNeeds:
    """What a project keeps of the figures of its line; where nothing is known it needs nothing yet."""
    return {
        "needed": total([figures.get("materials"), figures.get("money")]) or Decimal(0),
        "activities_planned": as_count(figures.get("activities")),
        "participants_planned": as_count(figures.get("participants")),
    }


def as_count(figure: Figure) -> int:
    """A figure as the whole number a project keeps."""
    return min(int((figure or Decimal(0)).to_integral_value()), LONGEST_COUNT)


def parted(figure: Figure) -> str:
    """A figure as a form field shows it, with its thousands separated; empty where it is not known."""
    return "" if figure is None else f"{figure.normalize():,f}"


def plain(figure: Figure) -> str:
    """A figure as it stands in the trail: without trailing zeros; empty where it is not known."""
    return "" if figure is None else f"{figure.normalize():f}"


def heading(metric: str, currency: str) -> str:
    """The name of a metric with its unit, short enough for a column."""
    if metric in ("materials", "money"):
        name = _("Materials") if metric == "materials" else _("Other money")
        return _("%(measure)s, %(unit)s") % {"measure": name, "unit": currency}
    return str(Metric(metric).label)


def headings(currency: str) -> list[str]:
    """The names of the five metrics as columns."""
    return [heading(metric, currency) for metric in METRICS]


def units(currency: str) -> dict[str, str]:
    """What each metric is counted in."""
    return {
        "activities": _("held in the year"),
        "participants": _("reached in the year"),
        "people": _("hours"),
        "materials": currency,
        "money": currency,
    }
