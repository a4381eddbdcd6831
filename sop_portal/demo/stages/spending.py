"""Stage 4 in the demonstration, its money: expenses month by month, warnings, and exceptions."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from random import Random

from budgets.models import Appropriation, Category
from budgets.spending import actions as spending
from planning.cycles import actions as cycles
from planning.models import Project
from sop_portal.demo import papers, words
from sop_portal.demo.chinese import said
from sop_portal.demo.history import last_figures
from sop_portal.demo.stages.allocating import BOOKMOBILE
from sop_portal.demo.years import DemoProject, DemoYear, World
from sop_portal.foundation.organisation.models import User
from sop_portal.foundation.papers.models import WaitingPaper

CENT = Decimal("0.01")
# How this year's spending runs beside the plan, where it does not run as planned.
AHEAD, IDLE = ("Bristol", "Makerspace", Category.MATERIALS), "East Haddam"
# Who photographs receipts already, for how many days; and since how many days, and above what, the year asks for them.
SHOW_RECEIPTS, SHOWN_LATELY = ("Ansonia Library", "Bristol"), 25
RULE_SINCE, RECEIPT_ABOVE = 3, Decimal(1500)


@dataclass(frozen=True)
class PlannedExpense:
    """One of the expenses into which a project's line is split."""

    project: DemoProject
    category: str
    number: int
    parts: int


def plan(world: World, year: DemoYear) -> None:
    """Put down every expense of a year."""
    for project in world.projects(year):
        plan_project(world, project)


def plan_warnings(world: World, year: DemoYear) -> None:
    """Once a month everybody concerned is told which lines are not as planned."""
    for number in range(1, 12):
        world.agenda.on(year.month(number) + timedelta(days=3), lambda at: spending.warn_of_lines(at=at))


def warn_today(now: datetime) -> None:
    """What is told of the lines today, as the sweep would."""
    spending.warn_of_lines(at=now)


def plan_project(world: World, project: DemoProject) -> None:
    """One project buys materials every third month and pays for services every month (last year every second)."""
    year, library, kind = project.year, project.library, project.kind
    length = world.months(year, kind)
    for category, every in ((Category.MATERIALS, 3), (Category.SERVICES, 2 if year is world.last else 1)):
        # Who runs for most of the year was planned evenly over all of it.
        months = range(0, 12 if length > 6 else length, every)
        # Of what is bought four times a year, a fifth is left for the end of it.
        parts = len(months) + (1 if every == 3 and length > 6 else 0)
        for number, month in enumerate(months):
            day = year.month(month) + timedelta(days=4 + (number * 5 + len(library.name) + kind.part) % 18)
            world.agenda.on(day, partial(post, world, PlannedExpense(project, category, number, parts)))


def line_of(world: World, project: DemoProject, category: str) -> Appropriation | None:
    """The approved line a project pays from; none where nothing was granted."""
    rows = Appropriation.objects.select_related("cycle", "project__lead", "line__allocation__pool", "fund")
    found = rows.filter(
        cycle=world.cycles[project.year.number],
        department=world.cast.departments[project.library.name],
        project__name=said(project.kind.name),
        category=category,
    )
    return found.exclude(line__allocation__pool__name=said(BOOKMOBILE)).order_by("number").first()


def post(world: World, expense: PlannedExpense, at: datetime) -> None:
    """The lead posts one expense."""
    library, kind, category, number = expense.project.library, expense.project.kind, expense.category, expense.number
    line = line_of(world, expense.project, category)
    if line is None or line.project.state != Project.State.ACTIVE:
        return
    seed = f"{library.name} {kind.name} {category}"
    amount = parts_of(sum_to_spend(world, expense.project, line), expense.parts, seed)[number]
    wordings = words.BOUGHT[kind.name][0 if category == Category.MATERIALS else 1]
    spent_on = max(line.project.starts_on, at.date() - timedelta(days=1))
    if amount and line.project.lead:
        what = said(wordings[(number + len(library.name)) % len(wordings)])
        receipt = f"{library.name[:3].upper()}-{line.cycle.year}-{line.number}-{number + 1}"
        payment = spending.Payment(amount, spent_on, what, receipt)
        shown = receipts_of(world, library.name, payment, line.project.lead, at)
        spending.post(line, payment, by=line.project.lead, at=at, papers=shown)


def receipts_of(world: World, library: str, payment: spending.Payment, by: User, at: datetime) -> list[WaitingPaper]:
    """Photos of the receipts: of some libraries lately, of all since the year asks for them."""
    days = (world.agenda.today - at.date()).days
    if days > (SHOWN_LATELY if library in SHOW_RECEIPTS else RULE_SINCE):
        return []
    photo = papers.receipt(library, payment.what, payment.amount, payment.spent_on)
    return [papers.brought(said("Receipt %s.jpg") % payment.receipt, photo, by=by, at=at)]


def ask_for_receipts(world: World, at: datetime) -> None:
    """Ada sets above which amount an expense of this year has its receipt."""
    cycle = world.cycle(world.running)
    cycles.need_receipts(cycle, RECEIPT_ABOVE, by=world.cast["Ada Moreno"], at=at, seen=cycle.version)


def sum_to_spend(world: World, project: DemoProject, line: Appropriation) -> Decimal:
    """What the line comes to at the end of its project: last year the real figure, now a little under the plan."""
    library, kind = project.library, project.kind
    if project.year is world.last:
        metric = "materials" if line.category == Category.MATERIALS else "money"
        return last_figures(library)[kind.name][metric] or Decimal(0)
    if (library.name, kind.name, line.category) == AHEAD:
        return line.approved
    pace = Decimal("0.4") if library.name == IDLE else Decimal("0.93") + Decimal(len(library.name) % 5) / 100
    return (line.approved * pace).quantize(CENT)


def parts_of(whole: Decimal, count: int, seed: str) -> list[Decimal]:
    """An amount in uneven parts that add up to it to the cent; the same ones every time."""
    chance = Random(seed)  # made-up figures, not secrets
    weights = [Decimal(chance.randint(70, 130)) for _ in range(count)]
    parts = [(whole * weight / sum(weights)).quantize(CENT) for weight in weights]
    parts[-1] += whole - sum(parts)
    return parts


def plan_exceptions(world: World) -> None:
    """One exception is granted and used, one refused, one waits."""
    agenda, year = world.agenda, world.running
    agenda.on(agenda.today - timedelta(days=RULE_SINCE), lambda at: ask_for_receipts(world, at))
    agenda.on(year.month(1) + timedelta(days=9), lambda at: use_exception(world, year, at))
    agenda.on(year.month(2) + timedelta(days=9), lambda at: refuse_exception(world, year, at))
    agenda.on(agenda.today - timedelta(days=2), lambda at: ask_exception(world, year, at))


def exceptional_line(world: World, year: DemoYear, department: str) -> Appropriation:
    """A line of the story hours that holds enough."""
    rows = Appropriation.objects.select_related("cycle", "project__lead", "line", "fund")
    return rows.get(
        cycle=world.cycles[year.number],
        department=world.cast.departments[department],
        project__name=said("Story hours"),
        category=Category.SERVICES,
    )


def use_exception(world: World, year: DemoYear, at: datetime) -> None:
    """Avon paid a deposit before the year began; Dora lets it be posted."""
    line, (what, why) = exceptional_line(world, year, "Avon"), map(said, words.EXCEPTION)
    on, lead = year.starts_on - timedelta(days=4), world.cast["Grace Liu"]
    payment = spending.Payment(Decimal(480), on, what)
    asked = spending.ask_exception(line, payment, why=why, by=lead, at=at)
    spending.grant(asked, by=world.cast["Dora Weiss"], at=world.agenda.next(), seen=asked.version)
    moment = world.agenda.next()
    spending.post(line, payment, by=lead, at=moment, exception=asked)


def refuse_exception(world: World, year: DemoYear, at: datetime) -> None:
    """Bristol asked afterwards; Dev says no and why."""
    line, (what, why, answer) = exceptional_line(world, year, "Bristol"), map(said, words.EXCEPTION_REFUSED)
    on, lead = year.starts_on - timedelta(days=12), world.cast["Jamal Reed"]
    asked = spending.ask_exception(line, spending.Payment(Decimal(350), on, what), why=why, by=lead, at=at)
    spending.refuse(asked, by=world.cast["Dev Patel"], at=world.agenda.next(), seen=asked.version, comment=answer)


def ask_exception(world: World, year: DemoYear, at: datetime) -> None:
    """Ben's question waits for finance."""
    line, (what, why) = exceptional_line(world, year, "Ansonia Library"), map(said, words.EXCEPTION)
    on = year.starts_on - timedelta(days=4)
    payment = spending.Payment(Decimal(340), on, what)
    spending.ask_exception(line, payment, why=why, by=world.cast["Ben Carter"], at=at)


def correct_one(world: World, year: DemoYear, at: datetime) -> None:
    """An expense was posted twice; its counter-entry stays beside it."""
    project = Project.objects.get(
        cycle=world.cycles[year.number], department=world.cast.departments["Bristol"], name=said("Summer reading")
    )
    line = Appropriation.objects.select_related("cycle", "project", "line", "fund").filter(
        project=project, category=Category.SERVICES
    )[0]
    bill = spending.Payment(Decimal("86.40"), at.date() - timedelta(days=1), said("Printing of the programme"))
    twice = spending.post(line, bill, by=world.cast["Dora Weiss"], at=at)
    moment = world.agenda.next()
    spending.correct(twice, why=said("The same bill was posted by the lead."), by=world.cast["Dora Weiss"], at=moment)
