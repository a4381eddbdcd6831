"""The years of the demonstration around today: complete, in execution, being planned, and those of a building plan."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal

from planning.cycles import actions as cycles
from planning.cycles.calendar import WindowDates
from planning.models import Cycle, Stage
from sop_portal.demo.agenda import Agenda
from sop_portal.demo.cast import LIBRARIES, Cast, Library
from sop_portal.demo.chinese import currency
from sop_portal.demo.history import ProjectKind, kinds_of
from sop_portal.foundation.kit.dates import add_months

RUNNING_MONTHS = 4
# The years after the coming one that have a plan of their own: what the town lets build, stage by stage.
YEARS_AHEAD = (2, 3, 4, 5)
# Above which sum two managers approve: of the budget of all libraries, and of one building.
MILLION, OF_A_BUILDING = Decimal(1_000_000), Decimal(25_000)
SET_UP_BEFORE = timedelta(days=21)
DAY = timedelta(days=1)


@dataclass(frozen=True)
class DemoYear:
    """One plan year and its days."""

    number: int
    starts_on: date
    forecast_from: date
    forecast_due: date
    report_on: date
    two_managers_above: Decimal | None

    @property
    def ends_on(self) -> date:
        """The last day of its execution."""
        return add_months(self.starts_on, 12) - DAY

    @property
    def request_due(self) -> date:
        """Two weeks after the demand report."""
        return self.report_on + timedelta(days=14)

    def month(self, number: int) -> date:
        """The first day of a month of execution, counted from nought."""
        return add_months(self.starts_on, number)

    def last_of_month(self, number: int) -> date:
        """The last day of a month of execution, counted from nought."""
        return add_months(self.starts_on, number + 1) - DAY


@dataclass(frozen=True)
class DemoProject:
    """One project of a library in a year; what is typed and decided about it goes round by its turn."""

    year: DemoYear
    library: Library
    kind: ProjectKind
    turn: int


@dataclass
class World:
    """Everything the acts of the demonstration need: who, when, and the years as they come to be."""

    agenda: Agenda
    last: DemoYear
    running: DemoYear
    coming: DemoYear
    after: tuple[DemoYear, ...]
    cast: Cast = field(default_factory=Cast)
    cycles: dict[int, Cycle] = field(default_factory=dict)

    def months(self, year: DemoYear, kind: ProjectKind) -> int:
        """For how many months a kind of project runs in a year."""
        return kind.lasted if year is self.last else kind.months

    def projects(self, year: DemoYear) -> list[DemoProject]:
        """All projects of a year, library by library."""
        return [
            DemoProject(year, library, kind, turn + number)
            for turn, library in enumerate(LIBRARIES)
            for number, kind in enumerate(kinds_of(library))
        ]

    def cycle(self, year: DemoYear) -> Cycle:
        """The cycle of a year as it is now."""
        return Cycle.objects.get(pk=self.cycles[year.number].pk)


def world_around(now: datetime, zone: str) -> World:
    """The years around a moment: execution began four months ago; forecasts for the next are due in twelve days."""
    agenda = Agenda(now, zone)
    today = agenda.today
    begun = add_months(today.replace(day=1), -RUNNING_MONTHS)
    coming = DemoYear(
        number=today.year + 1,
        starts_on=add_months(begun, 12),
        forecast_from=today - timedelta(days=30),
        forecast_due=today + timedelta(days=12),
        report_on=today + timedelta(days=14),
        two_managers_above=MILLION,
    )
    last, running = _year(today.year - 1, add_months(begun, -12), None), _year(today.year, begun, MILLION)
    after = tuple(_year(today.year + ahead, add_months(begun, 12 * ahead), OF_A_BUILDING) for ahead in YEARS_AHEAD)
    return World(agenda, last, running, coming, after)


def _year(number: int, starts_on: date, two_managers_above: Decimal | None) -> DemoYear:
    due = add_months(starts_on, -3) - DAY
    return DemoYear(number, starts_on, add_months(starts_on, -6), due, due + timedelta(days=9), two_managers_above)


def set_up(world: World, year: DemoYear, at: datetime) -> None:
    """Ada sets up a year with its windows, some weeks before it opens."""
    ada = world.cast["Ada Moreno"]
    cycle = cycles.create_cycle(
        year=year.number,
        plan=cycles.YearPlan(
            starts_on=year.starts_on,
            ends_on=year.ends_on,
            currency=currency(),
            second_approval_above=year.two_managers_above,
            small_transfer_limit=Decimal(5_000),
        ),
        by=ada,
        at=at,
    )
    world.cycles[year.number] = cycle
    budget_from = min(year.report_on, year.starts_on - timedelta(days=30))
    for stage, opens_on, due_on in (
        (Stage.FORECAST, year.forecast_from, year.forecast_due),
        (Stage.REQUEST, year.report_on, year.request_due),
        (Stage.BUDGET, budget_from, year.starts_on - DAY),
    ):
        grace = due_on + timedelta(days=7)
        moment = world.agenda.next()
        cycles.set_window(cycle, cycles.WindowMove(stage, WindowDates(opens_on, due_on, grace)), by=ada, at=moment)
