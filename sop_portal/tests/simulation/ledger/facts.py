"""What the ledger writes down: plain facts, and no figure that follows from other facts."""

from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_DOWN, ROUND_HALF_UP, ROUND_UP, Decimal
from typing import Any

ZERO, CENT = Decimal(0), Decimal("0.01")
METRICS = ("activities", "participants", "people", "materials", "money")
STAGES = ("forecast", "request", "budget", "execution", "evaluation")
Figure = Decimal | None
# How far a proposal may miss: down to, and up to.
Band = tuple[Figure, Figure]
# A count, of a month as of a whole year, is at most this.
MOST_COUNTED = 100_000_000
# Year, department and short name of a project.
ProjectKey = tuple[int, str, str]
# Year, department and name of a line of a request.
LineKey = tuple[int, str, str]
# Which kind of record, and its key among them.
RecordKey = tuple[str, tuple[Any, ...]]


class Refused(Exception):
    """An act that must be refused, and the rule that says so."""


def cents(amount: Decimal) -> Decimal:
    """To the cent; half a cent counts as one."""
    return amount.quantize(CENT, ROUND_HALF_UP)


def cents_up(amount: Decimal) -> Decimal:
    """To the cent; what is begun counts."""
    return amount.quantize(CENT, ROUND_UP)


def cents_down(amount: Decimal) -> Decimal:
    """To the cent, never more."""
    return amount.quantize(CENT, ROUND_DOWN)


def is_whole(amount: Decimal) -> bool:
    """Whether there are no cents."""
    return amount == amount.to_integral_value()


def evenly(amount: Decimal) -> list[Decimal]:
    """Shared out over four quarters: what is whole stays whole, and the first ones get what is left over."""
    unit = Decimal(1) if is_whole(amount) else CENT
    each, left = divmod(int(amount / unit), 4)
    return [unit * (each + (quarter < left)) for quarter in range(4)]


def like(amount: Decimal, before: list[Decimal]) -> list[Decimal]:
    """Shared out as it was shared before; what rounding leaves goes to the largest quarters, a unit each."""
    whole = sum(before, ZERO)
    if not whole:
        return evenly(amount)
    unit = Decimal(1) if is_whole(amount) else CENT
    parts = [(amount * part / whole).quantize(unit, ROUND_DOWN) for part in before]
    left = amount - sum(parts, ZERO)
    for place in sorted(range(4), key=lambda place: -before[place]):
        given = min(left, unit)
        parts[place] += given
        left -= given
    parts[0] += left
    return parts


@dataclass
class Department:
    """A department by its address; `heir` is the one it became part of."""

    key: str
    name: str
    is_active: bool = True
    heir: str = ""


@dataclass
class Membership:
    """A role somebody holds, from a day until a day."""

    person: str
    role: str
    department: str
    first: date
    last: date = date.max


@dataclass
class Deputy:
    """Somebody stands in for somebody else; without a role in all of them."""

    giver: str
    deputy: str
    role: str
    first: date
    last: date


@dataclass
class Year:
    """A planning year with its windows: first day, due day, last day for late work."""

    number: int
    starts: date
    ends: date
    windows: dict[str, tuple[date, date, date]]
    limit_of_one: Figure = None
    small_transfers: Decimal = ZERO
    state: str = "draft"
    more_time: dict[tuple[str, str], date] = field(default_factory=dict)
    # The versions of the demand report: which of them are published.
    reports: list[bool] = field(default_factory=list)
    moved_by_finance: Decimal = ZERO


@dataclass
class Typed:
    """What a person typed for a figure of the forecast."""

    override: Figure = None
    source: str = ""
    reason: str = ""


@dataclass
class ForecastLine:
    """A project in a forecast; what is kept is what was proposed when the forecast was handed in."""

    why_not: str = ""
    # Whether somebody saved its figures, changed or not.
    is_looked_at: bool = False
    typed: dict[str, Typed] = field(default_factory=lambda: {metric: Typed() for metric in METRICS})
    kept: dict[str, Figure] = field(default_factory=dict)
    kept_bands: dict[str, Band] = field(default_factory=dict)

    @property
    def is_planned(self) -> bool:
        return not self.why_not


@dataclass
class Forecast:
    """What a department forecasts for a year."""

    state: str = "draft"
    lines: dict[str, ForecastLine] = field(default_factory=dict)
    authors: set[str] = field(default_factory=set)


@dataclass
class Project:
    """A project of a year."""

    name: str
    lead: str
    starts: date
    ends: date
    state: str = "planned"
    is_budgeted: bool = False
    completed: date | None = None


@dataclass
class Pool:
    """What there is of something in a year; people and materials say at what rate which money pays, or neither."""

    name: str
    kind: str
    capacity: Decimal
    rate: Figure = None
    payer: str = ""
    is_usual: bool = False
    takes_materials: bool = False

    @property
    def unit_cost(self) -> Decimal:
        return Decimal(1) if self.kind == "money" else self.rate or ZERO


@dataclass
class Asked:
    """A line of a request: asked, decided, granted."""

    project: str
    pool: str
    quantity: Decimal
    unit_cost: Decimal
    metric: str = ""
    is_forecast: bool = False
    why: str = ""
    decision: str = "open"
    granted: Decimal = ZERO
    reason: str = ""

    @property
    def cost(self) -> Decimal:
        return cents(self.quantity * self.unit_cost)

    @property
    def granted_cost(self) -> Decimal:
        return self.cost if self.granted == self.quantity else min(cents(self.granted * self.unit_cost), self.cost)


@dataclass
class Request:
    """What a department asks for in a year."""

    due: date
    state: str = "draft"
    lines: dict[str, Asked] = field(default_factory=dict)
    authors: set[str] = field(default_factory=set)


@dataclass
class Line:
    """A line of one version of the budget."""

    number: int
    project: ProjectKey
    category: str
    fund: str
    allocated: Decimal
    quarters: list[Decimal]
    more_reason: str = ""
    serves: str = ""
    is_refused: bool = False
    refusal: str = ""
    computation: str = ""

    @property
    def amount(self) -> Decimal:
        return sum(self.quarters, ZERO)

    @property
    def content(self) -> tuple[Any, ...]:
        words = (self.more_reason, self.serves, self.computation, self.refusal)
        return (tuple(self.quarters), self.category, self.fund, self.is_refused, *words)


@dataclass
class Answer:
    """What a department says of its lines: until when, whether they changed since, and which are contested now."""

    due: date
    state: str = "awaiting"
    is_outdated: bool = True
    contested: set[LineKey] = field(default_factory=set)
    reason: str = ""
    authors: set[str] = field(default_factory=set)


@dataclass
class Version:
    """One version of a year's budget."""

    is_amendment: bool
    state: str = "draft"
    was_shared: bool = False
    lines: dict[LineKey, Line] = field(default_factory=dict)
    authors: set[str] = field(default_factory=set)
    endorsed_by: set[str] = field(default_factory=set)
    answers: dict[str, Answer] = field(default_factory=dict)


@dataclass
class Open:
    """A line that was in force once: whether it is closed at what is spent, and under which labels it is spent."""

    is_closed: bool = False


@dataclass
class Fund:
    """Where money comes from."""

    name: str
    is_restricted: bool = False
    purpose: str = ""
    amount: Figure = None
    starts: date | None = None
    ends: date | None = None

    def covers(self, first: date, last: date) -> bool:
        """Whether these days lie within its period."""
        return (self.starts is None or self.starts <= first) and (self.ends is None or last <= self.ends)


@dataclass
class Expense:
    """What was spent, or undone by a counter-entry; `fund` and `category` are what it was spent under."""

    line: LineKey
    project: ProjectKey
    amount: Decimal
    on: date
    fund: str
    category: str
    posted: int
    corrects: str = ""


@dataclass
class Exception_:
    """Leave to spend once outside of the year."""

    line: LineKey
    amount: Decimal
    on: date
    asked_by: set[str]
    state: str = "asked"
    is_used: bool = False
    decided: date = date.min


@dataclass
class Correction:
    """A count of an accepted report was wrong: what it was, what it becomes, and what came of it."""

    metric: str
    was: int
    becomes: int
    asked_by: set[str]
    state: str = "asked"


@dataclass
class Report:
    """The progress report of one month, with what was frozen when it was handed in."""

    first: date
    last: date
    state: str = "draft"
    held: int | None = None
    reached: int | None = None
    explanation: str = ""
    spent: Figure = None
    earlier: Figure = None
    submitted: int = 0
    authors: set[str] = field(default_factory=set)
    corrections: list[Correction] = field(default_factory=list)

    @property
    def asked(self) -> list[Correction]:
        """What waits for a decision."""
        return [correction for correction in self.corrections if correction.state == "asked"]

    def counted(self, metric: str) -> int:
        """What counts: as it was accepted, or as it was corrected last."""
        reported = self.held if metric == "activities" else self.reached
        own = [c.becomes for c in self.corrections if c.metric == metric and c.state == "in_force"]
        return own[-1] if own else reported or 0


@dataclass
class Evaluation:
    """What a department says of a completed project."""

    state: str = "draft"
    said: str = ""
    hours: Figure = None
    authors: set[str] = field(default_factory=set)
    # What was forecast when the project ended, and what it had reached and spent when this was handed in.
    targets: dict[str, Figure] = field(default_factory=dict)
    handed_in: dict[str, Decimal] = field(default_factory=dict)


@dataclass
class GivenBack:
    """What of a grant a project on hold gave back, and how it had been decided."""

    quantity: Decimal
    decision: str
    reason: str
