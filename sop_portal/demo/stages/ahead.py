"""The year after the next: only set up, with a plan that was approved elsewhere and waits for the year to open."""

from datetime import datetime, timedelta
from decimal import Decimal

from budgets.drafting import actions as budgets
from budgets.drafting.actions import OutsideApproval, PlanRow
from budgets.models import Category
from planning.forecasts import actions as forecasts
from sop_portal.demo import words, years
from sop_portal.demo.chinese import said
from sop_portal.demo.years import World

QUARTERS = (Decimal(18_000), Decimal(26_500), Decimal(9_000), Decimal(0))


def plan(world: World) -> None:
    """Ada sets the year up; Dora brings in what the town approved for it."""
    agenda, today = world.agenda, world.agenda.today
    agenda.on(today - timedelta(days=8), lambda at: years.set_up(world, world.after, at))
    agenda.on(today - timedelta(days=6), lambda at: bring_plan(world, at))


def bring_plan(world: World, at: datetime) -> None:
    """One project with one line, approved by the town."""
    cycle, (name, purpose, what, board) = world.cycle(world.after), map(said, words.TOWN_PLAN)
    new = forecasts.NewProject(name, lead=world.cast["Jamal Reed"], purpose=purpose)
    bristol = world.cast.departments["Bristol"]
    project = forecasts.plan_ahead(cycle, bristol, new, by=world.cast["Ada Moreno"], at=at)
    approval = OutsideApproval(at.date() - timedelta(days=12), board, said("Town plan %s.xlsx") % cycle.year)
    row = PlanRow(project, Category.SERVICES, QUARTERS, row=2, what=what)
    budgets.bring_plan(cycle, approval, [row], by=world.cast["Dora Weiss"], at=world.agenda.next())
