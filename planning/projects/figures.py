"""The figures of earlier years, row by row, and which of them look mistyped."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from unicodedata import normalize

from planning.projects.models import Metric, slug_of
from sop_portal.foundation.kit.bounds import COUNT, MONEY, QUANTITY, Bound
from sop_portal.foundation.kit.money import money_in

METRICS = tuple(Metric.values)
# How large a figure may be, of the past, of the forecast and of the year itself.
BOUNDS: dict[str, Bound] = {
    Metric.ACTIVITIES: COUNT,
    Metric.PARTICIPANTS: COUNT,
    Metric.PEOPLE: QUANTITY,
    Metric.MATERIALS: MONEY,
    Metric.MONEY: MONEY,
}

# A figure this many times larger or smaller than both its neighbours, which agree with each other, is doubtful.
OUTLIER_TIMES = 5
NEIGHBOURS_WITHIN_TIMES = 3
OUTLIER_AT_LEAST = 20_00

NO_WIDTH = dict.fromkeys(map(ord, "\u00ad\u180e\u200b\u200e\u200f\u2060\ufeff"))
# Letters of the Greek and the Cyrillic alphabet that look like Latin ones.
LATIN = str.maketrans("АВЕЅІЈКМНОРСТХУаеѕіјорсухΑΒΕΖΗΙΚΜΝΟΡΤΥΧο", "ABESIJKMHOPCTXYaesijopcyxABEZHIKMNOPTYXo")


def bound_of(metric: str, currency: str) -> Bound:
    """How large a figure of a measure may be; an amount has the places of its currency."""
    return money_in(currency) if BOUNDS[metric] is MONEY else BOUNDS[metric]


# A few hundred names stand in a hundred thousand rows.
@lru_cache(maxsize=5000)
def folded(name: str) -> str:
    """The name as names are compared: whatever its capitals, the width of its letters, and signs of no width."""
    return name.casefold() if name.isascii() else normalize("NFKC", name).translate(NO_WIDTH).casefold()


def latin(name: str) -> str:
    """The name as it looks to somebody who reads Latin letters."""
    return folded(name.translate(LATIN))


short_name = lru_cache(maxsize=5000)(slug_of)


@dataclass(frozen=True, slots=True)
class HistoryRow:
    """What one department did in one project (or in all, where the project is empty) in one year."""

    department: str
    project: str
    year: int
    named: tuple[str, ...]
    hundredths: tuple[int | None, ...]
    row_number: int

    @classmethod
    def of(
        cls, department: str, project: str, year: int, metrics: Mapping[str, Decimal | None], row_number: int
    ) -> "HistoryRow":
        """A row with its figures by metric."""
        hundredths = tuple(map(in_hundredths, metrics.values()))
        return cls(department, project, year, tuple(metrics), hundredths, row_number)

    @property
    def figures(self) -> list[Decimal | None]:
        """The figures, in the order of their names."""
        return [from_hundredths(hundredths) for hundredths in self.hundredths]

    @property
    def metrics(self) -> dict[str, Decimal | None]:
        """The figures by metric.

        A hundred thousand rows share one tuple of names and keep whole hundredths, exact as Decimals at a quarter of
        their memory.
        """
        return dict(zip(self.named, self.figures, strict=True))


def in_hundredths(figure: Decimal | None) -> int | None:
    """A figure of at most two decimals as a whole number."""
    return None if figure is None else int(figure.scaleb(2))


def from_hundredths(hundredths: int | None) -> Decimal | None:
    """A figure from a whole number of its hundredths."""
    if hundredths is None:
        return None
    return Decimal(hundredths // 100) if hundredths % 100 == 0 else Decimal(hundredths).scaleb(-2)


def is_outlier(figure: int | None, before: int | None, after: int | None) -> bool:
    """Whether a figure, in hundredths, leaps for a single year and comes back."""
    if not figure or not before or not after:
        return False
    low, high = (before, after) if before <= after else (after, before)
    if low <= figure <= high:
        return False
    if high > NEIGHBOURS_WITHIN_TIMES * low:
        return False
    leaps = figure >= OUTLIER_TIMES * high and figure - high >= OUTLIER_AT_LEAST
    return leaps or (figure * OUTLIER_TIMES <= low and low - figure >= OUTLIER_AT_LEAST)
