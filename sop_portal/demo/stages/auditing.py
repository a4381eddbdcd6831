"""Audits in the demonstration: closed last year; this year one waits for an answer, one for a look, one for its day."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from budgets.audits import actions as audits
from budgets.models import Audit, Finding
from planning.models import Project
from sop_portal.demo import papers, words
from sop_portal.demo.chinese import said
from sop_portal.demo.years import DemoYear, World

Act = Callable[[datetime], None]


@dataclass(frozen=True)
class DemoAudit:
    """One audit: in which year, of which department, and about what."""

    year: DemoYear
    department: str
    title: str


def plan(world: World) -> None:
    """Put down every audit."""
    last, year, today = world.last, world.running, world.agenda.today
    plan_remedied(world, DemoAudit(last, "Bristol", "Use of the van"), last.month(8), "Marta Kowalska")
    world.agenda.on(last.month(8) + timedelta(days=40), closing(world, "Use of the van"))
    plan_remedied(world, DemoAudit(year, "Bristol", "Mileage of the van"), year.month(2), "Marta Kowalska")
    begun = today - timedelta(days=13)
    world.agenda.on(begun - timedelta(days=6), planning(world, year, "Ansonia Library", "Makerspace, receipts", begun))
    soon = today + timedelta(days=5)
    world.agenda.on(begun, finding(world, year, "Makerspace, receipts", words.FINDING, today + timedelta(days=2)))
    answered = today - timedelta(days=11)
    world.agenda.on(answered - timedelta(days=4), planning(world, year, "Avon", "Story hours, fees", answered))
    world.agenda.on(answered, finding(world, year, "Story hours, fees", words.FINDING_FEES, today + timedelta(days=3)))
    world.agenda.on(today - timedelta(days=4), answering(world, "Story hours, fees", "Bao Nguyen", is_remedied=False))
    looking = today - timedelta(days=2)
    world.agenda.on(looking - timedelta(days=5), planning(world, year, "Chester", "Home delivery, fuel", looking))
    world.agenda.on(looking, finding(world, year, "Home delivery, fuel", words.FINDING_FUEL, soon, is_asked=False))
    world.agenda.on(today - timedelta(days=4), planning(world, year, "East Hampton", "Summer reading, prizes", soon))


def plan_remedied(world: World, audit: DemoAudit, on: date, head: str) -> None:
    """One audit whose finding was answered and remedied."""
    agenda, year, title = world.agenda, audit.year, audit.title
    agenda.on(on, planning(world, year, audit.department, title, on + timedelta(days=10)))
    agenda.on(on + timedelta(days=10), finding(world, year, title, words.FINDING_OLD, on + timedelta(days=24)))
    agenda.on(on + timedelta(days=18), answering(world, title, head))


def audit_of(title: str) -> Audit:
    """An audit as it is now."""
    return Audit.objects.select_related("cycle", "department", "project").get(title=said(title))


def planning(world: World, year: DemoYear, department: str, title: str, planned_on: date) -> Act:
    """Dev plans an audit."""

    def act(at: datetime) -> None:
        found = Project.objects.filter(cycle=world.cycles[year.number], department=world.cast.departments[department])
        project = found.filter(name=said(title.split(",")[0])).first()
        planned = audits.AuditPlan(said(title), world.cast.departments[department], planned_on, project)
        audits.plan(world.cycle(year), planned, by=world.cast["Dev Patel"], at=at)

    return act


def finding(world: World, year: DemoYear, title: str, what: str, due: date, *, is_asked: bool = True) -> Act:
    """Dev begins, finds something, and asks the department; or goes on looking."""

    def act(at: datetime) -> None:
        audit, dev = audit_of(title), world.cast["Dev Patel"]
        audits.begin(audit, by=dev, at=at, seen=audit.version)
        amount = Decimal(318) if what == words.FINDING else None
        observed = audits.Observation(said(what), due, amount)
        audits.find(audit, observed, by=dev, at=world.agenda.next(), seen=audit.version)
        if is_asked:
            audits.ask(audit, by=dev, at=world.agenda.next(), seen=audit.version)

    return act


def finding_of(title: str) -> Finding:
    """The finding of an audit, as it is now."""
    return Finding.objects.select_related("audit__cycle", "audit__department", "audit__project").get(
        audit__title=said(title)
    )


def answering(world: World, title: str, head: str, *, is_remedied: bool = True) -> Act:
    """The head answers and, later that day, remedies; or has not come to that yet."""

    def act(at: datetime) -> None:
        found, by = finding_of(title), world.cast[head]
        answer = words.FINDING_ANSWER if is_remedied else words.FINDING_FEES_ANSWER
        audits.answer(found, by=by, at=at, seen=found.version, comment=said(answer))
        if not is_remedied:
            return
        note = papers.letter(*map(said, ("Cash book of the van", *words.REMEDY_SHOWN)))
        moment = world.agenda.next()
        waiting = papers.brought(said("Cash book.pdf"), note, by=by, at=moment)
        papers.attached(found, waiting, said("First page of the new cash book"), by=by, at=moment)
        audits.remedy(found, by=by, at=world.agenda.next(), seen=found.version, comment=said(words.FINDING_REMEDY))

    return act


def closing(world: World, title: str) -> Act:
    """Dora verifies; Dev closes."""

    def act(at: datetime) -> None:
        found, dora, dev = finding_of(title), world.cast["Dora Weiss"], world.cast["Dev Patel"]
        audits.verify(found, by=dora, at=at, seen=found.version)
        audit = audit_of(title)
        audits.close(audit, by=dev, at=world.agenda.next(), seen=audit.version)

    return act
