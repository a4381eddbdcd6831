"""A simulation: acts are performed in the portal and in the ledger, and what both say is compared after every act."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import cache
from random import Random
from typing import Any

from django.db import connection, transaction
from django.test import Client

from budgets.spending.actions import warn_of_lines
from planning.projects.actions import import_history
from planning.projects.figures import HistoryRow
from sop_portal.dashboards.checks.equations import EQUATIONS
from sop_portal.dashboards.checks.invariants import problems
from sop_portal.foundation.kit.refusals import Refusal
from sop_portal.foundation.organisation.models import Department, Membership, User
from sop_portal.foundation.workflow.seals import seal_loaded_rows
from sop_portal.tests.simulation.acts import NotThere, Portal
from sop_portal.tests.simulation.duties import DUTIES
from sop_portal.tests.simulation.ideas import FORECAST, REQUEST
from sop_portal.tests.simulation.ledger import Ledger
from sop_portal.tests.simulation.ledger.facts import METRICS
from sop_portal.tests.simulation.ledger.facts import Department as KnownDepartment
from sop_portal.tests.simulation.ledger_figures import Said, by_ledger
from sop_portal.tests.simulation.money_ideas import BUDGET, EXECUTION, PEOPLE
from sop_portal.tests.simulation.pages import Pages, Wrong, reader
from sop_portal.tests.simulation.portal_figures import by_portal
from sop_portal.tests.simulation.shrink import shrunk
from sop_portal.tests.simulation.walk import MERGED, Act, Life, RandomActs, staff

IDEAS = {"people": PEOPLE, "forecast": FORECAST, "request": REQUEST, "budget": BUDGET, "execution": EXECUTION}
NOON = timedelta(hours=17)
DEEPER_EVERY = 100
SHOWN = 8


class Differs(Exception):
    """The portal and the ledger do not say the same."""


@dataclass
class Simulation:
    """One organisation in an empty database, from its first day on."""

    seed: int
    first: int = 2027
    ledger: Ledger = field(default_factory=Ledger)
    portal: Portal = field(default_factory=Portal)
    performed: list[Act] = field(default_factory=list)
    counts: Counter[tuple[str, bool]] = field(default_factory=Counter)
    frozen: dict[int, Said] = field(default_factory=dict)
    compared: int = 0
    previous: tuple[str, Any, bool] = ("", None, False)
    swept: tuple[int, int] = (0, 0)
    pages_every: int = 50
    client: Client | None = None

    def begin(self) -> None:
        """The first people, departments and past figures, as somebody has to let the first ones in."""
        rng = Random(f"past {self.seed}")
        self.ledger.memberships = staff()
        names = {m.person for m in self.ledger.memberships} | {"Hugo", "Ines", "Jonas", "Karla"}
        people = {n: User.objects.create_user(f"{n.lower()}@example.org", "x", name=n) for n in sorted(names)}
        rows: list[HistoryRow] = []
        for key in ("arts", "sports", "books"):
            self.ledger.departments[key] = KnownDepartment(key, key.title())
            Department.objects.create(slug=key, name=key.title())
            for year in range(self.first - 3, self.first):
                for project in ("Reading 1", "Choir 1"):
                    figures = {metric: Decimal(rng.randint(1, 900)) for metric in METRICS}
                    slug = project.lower().replace(" ", "-")
                    self.ledger.past[key, slug, year] = dict(figures)
                    rows.append(HistoryRow.of(key.title(), project, year, figures, len(rows) + 2))
        departments = {department.slug: department for department in Department.objects.all()}
        for member in self.ledger.memberships:
            where = departments.get(member.department)
            person = people[member.person]
            Membership.objects.create(person=person, role=member.role, department=where, from_on=member.first)
        for kind in ("person", "department", "membership"):
            seal_loaded_rows(kind)
        import_history(rows, file_name="past.csv", by=None, at=datetime(self.first, 1, 2, tzinfo=UTC))

    def live(self, years: int, busy: int) -> None:
        """Let the organisation live through so many years."""
        choice = RandomActs(self.ledger, Random(self.seed))
        Life(choice, IDEAS, DUTIES, self.perform).live(self.first, years, busy)

    def replay(self, acts: Sequence[Act]) -> None:
        """Perform acts that were drawn before; those whose ground was taken away are refused by both sides."""
        for act in acts:
            self.perform(act)

    def perform(self, act: Act) -> str:
        """One act on both sides; the rule that refuses it, or nothing. Differs where they do not say the same."""
        if act.args.get("stale") and act.name in MERGED and self.previous != (act.name, self._target(act), True):
            return "nobody had the page open"
        if self.swept != (act.day.year, act.day.month):
            self._sweep(act.day)
        self.performed.append(act)
        before = self._content(act)
        try:
            expected = self.ledger.judge(act.name, act.day, act.by, act.args)
        except (KeyError, StopIteration, AssertionError) as gone:
            expected = f"not there: {gone!r}"
        said = self._in_portal(act)
        self.counts[act.name, not said] += 1
        if bool(expected) != bool(said):
            by_ledger = f"the ledger {'refuses: ' + expected if expected else 'accepts'}"
            raise Differs(f"{by_ledger}; the portal {'refuses: ' + said if said else 'accepts'}")
        self.previous = (act.name, self._target(act), not said and before != self._content(act))
        if not said:
            # What was refused was taken back as a whole: nothing can be another than before.
            self.compared += 1
            self._sweep(act.day)
            self._compare(act)
        return expected

    def _sweep(self, day: date) -> None:
        """What the portal does by itself within the minute, or as a month begins."""
        self.swept = (day.year, day.month)
        self.ledger.look_out(day)
        warn_of_lines(at=self._moment(day))

    def _moment(self, day: date) -> datetime:
        at = datetime(day.year, day.month, day.day, tzinfo=UTC) + NOON
        return at + timedelta(seconds=self.ledger.clock % 10_000)

    def _target(self, act: Act) -> Any:
        return tuple(act.args.get(name) for name in ("key", "year", "department", "slug", "name"))

    def _content(self, act: Act) -> str:
        if act.name not in MERGED:
            return ""
        ledger, args = self.ledger, act.args
        if act.name == "type_figures":
            forecast = ledger.forecasts.get((args["year"], args["department"]))
            line = forecast.lines.get(args["slug"]) if forecast else None
            return repr(line and line.typed)
        if act.name == "set_line":
            version = ledger.in_making(args["key"][0])
            budgeted = version.lines.get(args["key"]) if version else None
            return repr(budgeted and budgeted.content)
        request = ledger.requests.get(args["key"][:2])
        return repr(request and request.lines.get(args["name"]))

    def _in_portal(self, act: Act) -> str:
        try:
            with transaction.atomic():
                self.portal.act(act.name, self._moment(act.day), act.by, act.args)
        except (Refusal, NotThere) as refusal:
            missing = "; ".join(str(lack) for lack in getattr(refusal, "missing", []))
            return f"{type(refusal).__name__}: {refusal} {missing}".strip()
        except Exception as crash:
            raise Differs(f"the portal breaks: {type(crash).__name__}: {crash}") from crash
        return ""

    def _compare(self, act: Act) -> None:
        years = {number for number, year in self.ledger.years.items() if year.state != "closed"}
        closed = set(self.ledger.years) - years - set(self.frozen)
        difference(by_ledger(self.ledger, years | closed), by_portal(years | closed))
        for year in closed:
            self.frozen[year] = by_portal({year})
        if not equations_hold() or self.compared % DEEPER_EVERY == 0 or act.name == "close_year":
            self.look_deeper()
        if self.pages_every and self.compared % self.pages_every == 0:
            self.look_at_pages()

    def look_at_pages(self) -> None:
        """The pages and spreadsheets of every year that is published."""
        self.client = self.client or reader()
        for number, year in self.ledger.years.items():
            is_due = year.state == "published" or self.compared % (10 * self.pages_every) == 0
            if year.state != "draft" and is_due:
                try:
                    Pages(self.ledger, number, self.portal.at, self.client).check()
                except (Wrong, LookupError, ValueError) as wrong:
                    raise Differs(f"a page says otherwise: {type(wrong).__name__} {wrong}") from wrong

    def look_deeper(self) -> None:
        """The portal's own equations; and nothing of a closed year is another one than on the day it was closed."""
        if wrong := problems():
            raise Differs("the portal's own equations do not hold:\n  " + "\n  ".join(wrong[:SHOWN]))
        for year, before in self.frozen.items():
            now = by_portal({year})
            difference(_of_years(before), _of_years(now))


def _of_years(said: Said) -> Said:
    """Without what is of no year alone."""
    return {key: value for key, value in said.items() if key[0] not in ("fund", "past", "told")}


@cache
def _equations() -> list[tuple[str, Any]]:
    """The equations of the portal, made into statements once: asked after every act, that is what takes time."""
    return [equation.broken().values("pk")[:1].query.sql_with_params() for equation in EQUATIONS]


def equations_hold() -> bool:
    """Whether every kept total fits its rows."""
    with connection.cursor() as cursor:
        for statement, parameters in _equations():
            cursor.execute(statement, parameters)
            if cursor.fetchone():
                return False
    return True


def difference(ledger: Said, portal: Said) -> None:
    """Raise Differs with the first figures that are not the same."""
    wrong = [key for key in ledger.keys() | portal.keys() if ledger.get(key) != portal.get(key)]
    if wrong:
        rows = [f"{key}: {ledger.get(key)} by the ledger, {portal.get(key)} by the portal" for key in wrong]
        raise Differs("the records say otherwise:\n  " + "\n  ".join(sorted(rows)[:SHOWN]))


@dataclass
class Outcome:
    """How a simulation ended."""

    simulation: Simulation
    failure: str = ""

    @property
    def acts(self) -> list[Act]:
        """What was done."""
        return self.simulation.performed


def shortest(outcome: Outcome, *, seconds: float) -> Outcome:
    """The same failure with as few acts as are found in so many seconds."""
    kind, seed = _kind_of(outcome), outcome.simulation.seed
    every = int(outcome.failure.startswith("a page"))

    def still_fails(acts: Sequence[Act]) -> bool:
        return _kind_of(run(seed, 0, acts=acts, pages_every=every)) == kind

    return run(seed, 0, acts=shrunk(outcome.acts, still_fails, seconds=seconds), pages_every=every)


def _kind_of(outcome: Outcome) -> tuple[str, str]:
    """What failed, without its figures and names: the first words, and the act."""
    first = outcome.failure.split(":")[0] if outcome.failure else ""
    return first, outcome.acts[-1].name if outcome.failure and outcome.acts else ""


def summary(outcome: Outcome) -> str:
    """How a simulation ended, for people to read."""
    simulation = outcome.simulation
    accepted, refused = (
        sum(n for (_, taken), n in simulation.counts.items() if taken is is_so) for is_so in (True, False)
    )
    lines = [f"seed {simulation.seed}: {len(outcome.acts)} acts, {accepted} accepted, {refused} refused"]
    for name in sorted({name for name, _ in simulation.counts}):
        lines.append(f"  {name}: {simulation.counts[name, True]} accepted, {simulation.counts[name, False]} refused")
    years = [f"{number} {year.state}" for number, year in simulation.ledger.years.items()]
    return "\n".join([*lines, f"  years: {', '.join(years)}"])


def failure_report(outcome: Outcome) -> str:
    """The acts that led to a failure, and what does not fit."""
    acts = "\n".join(f"  {number}. {act}" for number, act in enumerate(outcome.acts, 1))
    return f"seed {outcome.simulation.seed} fails after {len(outcome.acts)} acts:\n{acts}\n{outcome.failure}"


def nothing_before() -> None:
    """The database as it is."""


def run(
    seed: int,
    years: int,
    busy: int = 8,
    acts: Sequence[Act] | None = None,
    before: Callable[[], None] = nothing_before,
    pages_every: int = 50,
) -> Outcome:
    """One simulation in a transaction that is taken back: by its seed, or by acts that were drawn before."""
    simulation = Simulation(seed, pages_every=pages_every)
    failure = ""
    with transaction.atomic():
        before()
        simulation.begin()
        try:
            if acts is None:
                simulation.live(years, busy)
                simulation.look_deeper()
            else:
                simulation.replay(acts)
        except Differs as differs:
            failure = str(differs)
        transaction.set_rollback(True)
    return Outcome(simulation, failure)
