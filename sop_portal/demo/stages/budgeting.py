"""Stage 3 in the demonstration: the budget is compiled, confirmed, contested, approved, and amended."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import ROUND_DOWN, Decimal
from functools import partial

from budgets.drafting import actions as budgets
from budgets.drafting.workflow.budget import needs_two
from budgets.models import Budget, BudgetLine, Category, Confirmation
from planning.models import Metric
from sop_portal.demo import words
from sop_portal.demo.cast import LIBRARIES
from sop_portal.demo.chinese import said
from sop_portal.demo.history import kind_of
from sop_portal.demo.years import DemoYear, World

OVERRULED = "East Hampton"


def plan(world: World, year: DemoYear) -> None:
    """Put down everything stage 3 of a year consists of."""
    agenda, compiled_on = world.agenda, year.report_on + timedelta(days=34)
    agenda.on(compiled_on, lambda at: compile_it(world, year, at))
    agenda.on(compiled_on + timedelta(days=3), lambda at: share(world, year, at))
    for turn, library in enumerate(LIBRARIES):
        answers_on = compiled_on + timedelta(days=4 + turn % 6)
        if library.name == "Avon" and year is world.running:
            agenda.on(answers_on, lambda at: contest(world, year, at))
            agenda.on(answers_on + timedelta(days=3), lambda at: settle(world, year, at))
            answers_on += timedelta(days=5)
        if library.name == OVERRULED and year is world.running:
            agenda.on(answers_on, lambda at: contest_in_vain(world, year, at))
            agenda.on(answers_on + timedelta(days=2), lambda at: overrule(world, year, at))
            continue
        agenda.on(answers_on, partial(confirm, world, year, library.name))
    agenda.on(compiled_on + timedelta(days=13), lambda at: propose(world, year, at))
    agenda.on(compiled_on + timedelta(days=17), lambda at: approve(world, year, at))


def plan_amendments(world: World) -> None:
    """This year's budget is amended once; a second amendment lies with the departments."""
    agenda, year = world.agenda, world.running
    begun = year.month(2) + timedelta(days=4)
    agenda.on(begun, lambda at: transfer(world, year, at))
    for name in ("Bristol", "Chester"):
        agenda.on(begun + timedelta(days=3), partial(confirm, world, year, name))
    agenda.on(begun + timedelta(days=5), lambda at: propose(world, year, at))
    agenda.on(begun + timedelta(days=8), lambda at: approve(world, year, at))
    agenda.on(agenda.today - timedelta(days=6), lambda at: move_a_little(world, year, at))
    agenda.on(agenda.today - timedelta(days=2), lambda at: contest_amendment(world, year, at))


def latest(world: World, year: DemoYear) -> Budget:
    """The newest version of a year's budget."""
    found: Budget = (
        Budget.objects.select_related("cycle").filter(cycle=world.cycles[year.number]).order_by("-number")[0]
    )
    return found


def compile_it(world: World, year: DemoYear, at: datetime) -> None:
    """Dora compiles, and sets category and quarters where they differ from the rule."""
    dora = world.cast["Dora Weiss"]
    budget = budgets.compile_budget(world.cycle(year), by=dora, at=at)
    lines = BudgetLine.objects.filter(budget=budget).select_related("project", "allocation").order_by("number")
    for line in lines:
        category = Category.MATERIALS if line.allocation.metric == Metric.MATERIALS else line.category
        months = world.months(year, kind_of(line.project))
        if category == line.category and (months > 6 or year is world.last):
            continue
        line.budget = budget
        computation = said(words.COMPUTED) if category == Category.MATERIALS else line.computation
        q1, q2, q3, q4 = by_quarter(line.amount, months)
        amounts = budgets.LineAmounts(q1, q2, q3, q4, category=category, computation=computation)
        budgets.set_line(line, amounts, by=dora, at=world.agenda.next(), seen=budget.version)


def by_quarter(amount: Decimal, months: int) -> Iterable[Decimal]:
    """An amount over the quarters in which a project runs; a project of a whole year spends evenly."""
    months = 12 if months > 6 else months
    parts = [Decimal(min(max(months - 3 * quarter, 0), 3)) / months for quarter in range(4)]
    quarters = [(amount * part).quantize(Decimal(1), ROUND_DOWN) for part in parts]
    quarters[0] += amount - sum(quarters)
    return quarters


def share(world: World, year: DemoYear, at: datetime) -> None:
    """Dora shares the draft."""
    budget = latest(world, year)
    budgets.share(budget, by=world.cast["Dora Weiss"], at=at, seen=budget.version)


def confirmation_of(world: World, year: DemoYear, name: str) -> Confirmation:
    """A department's answer to the newest version, as it is now."""
    rows = Confirmation.objects.select_related("budget__cycle", "department")
    found: Confirmation = rows.get(budget=latest(world, year), department=world.cast.departments[name])
    return found


def confirm(world: World, year: DemoYear, name: str, at: datetime) -> None:
    """A head agrees to the lines."""
    found = confirmation_of(world, year, name)
    head = next(library.head for library in LIBRARIES if library.name == name)
    budgets.confirm(found, by=world.cast[head], at=at, seen=found.version)


def line_of(world: World, year: DemoYear, department: str, project: str, category: str) -> BudgetLine:
    """One line of the newest version."""
    rows = BudgetLine.objects.select_related("project", "budget__cycle").filter(budget=latest(world, year))
    found: BudgetLine = rows.get(
        department=world.cast.departments[department], project__name=said(project), category=category
    )
    return found


def contest(world: World, year: DemoYear, at: datetime) -> None:
    """Bao wants another amount for one line."""
    found, line = confirmation_of(world, year, "Avon"), line_of(world, year, "Avon", "Makerspace", Category.SERVICES)
    contested = {line.pk: (line.amount + 600, said(words.CONTESTED))}
    budgets.contest(found, contested=contested, by=world.cast["Bao Nguyen"], at=at, seen=found.version)


def contest_in_vain(world: World, year: DemoYear, at: datetime) -> None:
    """Joan wants more for the drivers."""
    found = confirmation_of(world, year, OVERRULED)
    line = line_of(world, year, OVERRULED, "Home delivery", Category.SERVICES)
    contested = {line.pk: (line.amount + 1_200, said(words.CONTESTED_IN_VAIN))}
    budgets.contest(found, contested=contested, by=world.cast["Joan Abbott"], at=at, seen=found.version)


def overrule(world: World, year: DemoYear, at: datetime) -> None:
    """Emil keeps the line as it is, and says why."""
    found = confirmation_of(world, year, OVERRULED)
    budgets.overrule(found, by=world.cast["Emil Novak"], at=at, seen=found.version, comment=said(words.OVERRULED))


def settle(world: World, year: DemoYear, at: datetime) -> None:
    """Dora meets Bao half-way."""
    found, line = confirmation_of(world, year, "Avon"), line_of(world, year, "Avon", "Makerspace", Category.SERVICES)
    amounts = {line.pk: line.amount + 300}
    budgets.settle(found, amounts=amounts, by=world.cast["Dora Weiss"], at=at, seen=found.version)


def propose(world: World, year: DemoYear, at: datetime) -> None:
    """Dora hands the budget to management."""
    budget = latest(world, year)
    budgets.propose(budget, by=world.cast["Dora Weiss"], at=at, seen=budget.version)


def approve(world: World, year: DemoYear, at: datetime) -> None:
    """Management approves; where more than the year's limit is decided on, two of them."""
    budget = latest(world, year)
    if needs_two(budget):
        budget = budgets.endorse(budget, by=world.cast["Emil Novak"], at=at, seen=budget.version)
    budgets.approve(budget, by=world.cast["Elif Aydin"], at=world.agenda.next(), seen=budget.version)


def change(world: World, line: BudgetLine, by: Decimal, why: str) -> None:
    """Dora changes what is left of a line for the last quarter, and says why where it is more than was allocated."""
    budget = Budget.objects.select_related("cycle").get(pk=line.budget_id)
    line.budget = budget
    is_more = line.amount + by > line.allocated and not line.more_reason
    amounts = budgets.LineAmounts(line.q1, line.q2, line.q3, line.q4 + by, more_reason=said(why) if is_more else None)
    budgets.set_line(line, amounts, by=world.cast["Dora Weiss"], at=world.agenda.next(), seen=budget.version)


def transfer(world: World, year: DemoYear, at: datetime) -> None:
    """An amendment between two departments, shared with both."""
    dora = world.cast["Dora Weiss"]
    amendment = budgets.amend(latest(world, year), reason=said(words.AMENDMENT), by=dora, at=at)
    change(world, line_of(world, year, "Bristol", "Home delivery", Category.SERVICES), Decimal(-6_000), words.AMENDMENT)
    change(world, line_of(world, year, "Chester", "Home delivery", Category.SERVICES), Decimal(6_000), words.AMENDMENT)
    amendment.refresh_from_db()
    budgets.share(amendment, by=dora, at=world.agenda.next(), seen=amendment.version)


def move_a_little(world: World, year: DemoYear, at: datetime) -> None:
    """A second amendment moves money inside Ansonia and inside Avon; both are asked."""
    dora = world.cast["Dora Weiss"]
    amendment = budgets.amend(latest(world, year), reason=said(words.AMENDMENT_OPEN), by=dora, at=at)
    for name, amount in (("Ansonia Library", Decimal(700)), ("Avon", Decimal(900))):
        change(world, line_of(world, year, name, "Home delivery", Category.SERVICES), -amount, words.AMENDMENT_OPEN)
        change(world, line_of(world, year, name, "Story hours", Category.MATERIALS), amount, words.AMENDMENT_OPEN)
    amendment.refresh_from_db()
    budgets.share(amendment, by=dora, at=world.agenda.next(), seen=amendment.version)


def contest_amendment(world: World, year: DemoYear, at: datetime) -> None:
    """Bao wants the lease paid to its end."""
    found = confirmation_of(world, year, "Avon")
    line = line_of(world, year, "Avon", "Home delivery", Category.SERVICES)
    contested = {line.pk: (line.amount + 900, said(words.AVON_WANTS))}
    budgets.contest(found, contested=contested, by=world.cast["Bao Nguyen"], at=at, seen=found.version)
