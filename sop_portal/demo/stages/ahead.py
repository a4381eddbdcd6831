"""The years after the next: the town rebuilds the library of Bristol in stages, by plans it has approved itself.

A year has one version of its budget under way. So each of them is in another state: an amendment that lies with
management, one that a first manager approved, a plan that was sent back, and one that waits for its year to open.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial

from budgets.drafting import actions as budgets
from budgets.drafting.actions import OutsideApproval, PlanRow
from budgets.models import Category
from planning.forecasts import actions as forecasts
from sop_portal.demo.chinese import said
from sop_portal.demo.stages import budgeting, forecasting
from sop_portal.demo.years import DemoYear, World, set_up

BRISTOL, COUNCIL, FILE = "Bristol", "the town council of Bristol", "Town plan %s.xlsx"
LIFT_IS_WRONG = "The minutes of the council say 64,000 for the lift; the file has 46,000."


@dataclass(frozen=True)
class BuildingStage:
    """What the town lets build in one year: name, purpose, line and quarters; what an amendment adds, and why."""

    name: str
    purpose: str
    line: str
    quarters: tuple[int, int, int, int]
    added: int = 0
    because: str = ""


ROOF, FRONT, LIFT, FLOOR = BUILDING = (
    BuildingStage(
        "Reading room, new roof",
        "The roof of 1931 is replaced before it lets the rain in.",
        "Roof, as in the town’s plan",
        (0, 41_000, 38_500, 0),
        18_000,
        "Solar panels are put up together with the roof; the town pays for them.",
    ),
    BuildingStage(
        "Reading room, windows and front",
        "New windows keep the heat in; the front is made good.",
        "Windows and front, as in the town’s plan",
        (0, 62_000, 57_000, 12_000),
        36_000,
        "The front is protected as a monument: stone is replaced by stone, as the heritage office asks.",
    ),
    BuildingStage(
        "Reading room, lift and stairs",
        "Everybody reaches the upper floor.",
        "Lift and stairs, as in the town’s plan",
        (0, 23_000, 23_000, 0),
    ),
    BuildingStage(
        "Reading room, new floor",
        "The floor of 1931 is replaced, and the heating under it.",
        "Floor and heating, as in the town’s plan",
        (18_000, 26_500, 9_000, 0),
    ),
)


def plan(world: World) -> None:
    """Ada sets the years up; Dora brings in what the town approved for them."""
    agenda, today = world.agenda, world.agenda.today
    for year, works in zip(world.after, BUILDING, strict=True):
        agenda.on(today - timedelta(days=40), partial(set_up, world, year))
        agenda.on(today - timedelta(days=38), partial(bring_plan, world, year, works))
        if works is not FLOOR:
            agenda.on(today - timedelta(days=36), partial(forecasting.open_year, world, year))
        if works is LIFT:
            agenda.on(today - timedelta(days=3), partial(send_back, world, year))
        if works.added:
            agenda.on(today - timedelta(days=33), partial(confirm_plan, world, year))
            agenda.on(today - timedelta(days=13), partial(add, world, year, works))
            agenda.on(today - timedelta(days=9), partial(budgeting.confirm, world, year, BRISTOL))
            agenda.on(today - timedelta(days=6), partial(budgeting.propose, world, year))
        if works is FRONT:
            agenda.on(today - timedelta(days=4), partial(approve_first, world, year))


def bring_plan(world: World, year: DemoYear, works: BuildingStage, at: datetime) -> None:
    """One project with one line; the council approved it the same day."""
    cycle = world.cycle(year)
    new = forecasts.NewProject(said(works.name), lead=world.cast["Jamal Reed"], purpose=said(works.purpose))
    bristol = world.cast.departments[BRISTOL]
    project = forecasts.plan_ahead(cycle, bristol, new, by=world.cast["Ada Moreno"], at=at)
    approval = OutsideApproval(at.date(), said(COUNCIL), said(FILE) % cycle.year)
    q1, q2, q3, q4 = map(Decimal, works.quarters)
    row = PlanRow(project, Category.SERVICES, (q1, q2, q3, q4), row=2, what=said(works.line))
    budgets.bring_plan(cycle, approval, [row], by=world.cast["Dora Weiss"], at=world.agenda.next())


def confirm_plan(world: World, year: DemoYear, at: datetime) -> None:
    """Elif has the minutes of the council beside the lines: they are the same."""
    budget = budgeting.latest(world, year)
    budgets.confirm_plan(budget, by=world.cast["Elif Aydin"], at=at, seen=budget.version)


def send_back(world: World, year: DemoYear, at: datetime) -> None:
    """Emil finds another sum in the minutes."""
    budget, emil = budgeting.latest(world, year), world.cast["Emil Novak"]
    budgets.return_plan(budget, by=emil, at=at, seen=budget.version, comment=said(LIFT_IS_WRONG))


def add(world: World, year: DemoYear, works: BuildingStage, at: datetime) -> None:
    """The town adds money: Dora amends the plan, and asks Bristol."""
    dora, why = world.cast["Dora Weiss"], said(works.because)
    amendment = budgets.amend(budgeting.latest(world, year), reason=why, by=dora, at=at)
    line = budgeting.line_of(world, year, BRISTOL, works.name, Category.SERVICES)
    budgeting.change(world, line, Decimal(works.added), works.because)
    amendment.refresh_from_db()
    budgets.share(amendment, by=dora, at=world.agenda.next(), seen=amendment.version)


def approve_first(world: World, year: DemoYear, at: datetime) -> None:
    """Emil approves as the first of two; Elif has it before her."""
    budget = budgeting.latest(world, year)
    budgets.endorse(budget, by=world.cast["Emil Novak"], at=at, seen=budget.version)
