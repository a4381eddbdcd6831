"""The walk: one act after the other, drawn by a seed from what the people of an organisation might do next."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from sop_portal.tests.simulation.ledger import Ledger
from sop_portal.tests.simulation.ledger.facts import LineKey, Membership, ProjectKey

WORDS = "As agreed"
# The month, counted from that in which a year begins to be planned, by which its plan is made.
PLANNED_BY = 5
# The month from which on each stage is owed.
BEGUN = {
    "forecast": 2,
    "report": 3,
    "request": 4,
    "compile": 4,
    "budget": 5,
    "execution": 6,
    "closing": 18,
    "close": 19,
}
Performed = Callable[["Act"], str]
# Those of the whole organisation; heads and leads come with the departments.
STAFF = {
    "resource": ("Chidi", "Chen"),
    "finance": ("Dora", "Dev"),
    "management": ("Emil", "Elif", "Eva"),
    "administrator": ("Ada",),
    "auditor": ("Omar",),
}


@dataclass(frozen=True)
class Act:
    """One act, with everything that is needed to carry it out again."""

    name: str
    day: date
    by: str
    args: dict[str, Any] = field(hash=False)

    def __str__(self) -> str:
        said = ", ".join(f"{name}={value}" for name, value in self.args.items())
        return f"{self.day} {self.by}: {self.name}({said})"


@dataclass
class RandomActs:
    """Draws acts by a seed: who does what to which record, as the ledger knows them now."""

    ledger: Ledger
    rng: Random
    day: date = date(2027, 1, 4)
    count: int = 0
    # By year: the department that is late with its forecast, if any.
    late: dict[int, str] = field(default_factory=dict)

    def name(self, what: str) -> str:
        """A name that nothing else has."""
        self.count += 1
        return f"{what} {self.count}"

    def maybe(self, chance: float) -> bool:
        """Now and then."""
        return self.rng.random() < chance

    def one(self, found: Any) -> Any:
        """One of them, or None."""
        rows = list(found)
        return self.rng.choice(rows) if rows else None

    def amount(self, most: Any = 3000) -> Decimal:
        """An amount, whole or with cents."""
        cents = self.rng.randint(1, max(int(Decimal(most) * 100), 1))
        return Decimal(cents).scaleb(-2) if self.maybe(0.3) else Decimal(max(cents // 100, 1))

    def act(self, act: str, by: str | None, /, **args: Any) -> Act | None:
        """An act of today; nothing where nobody could do it."""
        return Act(act, self.day, by, args) if by else None

    def who(self, what: str, department: str = "", lead: str = "", but: set[str] | None = None) -> str | None:
        """Somebody who may, untouched by the record where its authors are named."""
        self.ledger.day = self.day
        people = sorted({m.person for m in self.ledger.memberships} | {d.deputy for d in self.ledger.deputies})
        headed = {p for p in people if any(r[:2] == ("head", department) for r in self.ledger.roles_of(p))}
        barred = (but | headed if department else but) if but is not None else set()
        able = [p for p in people if self.ledger.may(p, what, department, lead) and p not in barred]
        return self.rng.choice(able) if able else None

    def years(self, *states: str) -> list[int]:
        """The years in one of these states."""
        return [number for number, year in self.ledger.years.items() if year.state in states]

    def projects(self, year: int, *states: str) -> list[ProjectKey]:
        """The projects of a year in one of these states."""
        found = self.ledger.projects.items()
        return [key for key, project in found if key[0] == year and (project.state in states or not states)]

    def lines(self, year: int) -> list[LineKey]:
        """The lines that were in force."""
        return [key for key in self.ledger.opened if key[0] == year]

    def one_open(self, keys: Any, records: dict[Any, Any]) -> Any:
        """One of these projects, mostly one whose forecast or request can be written in."""
        there = [key for key in keys if key[:2] in records]
        is_open = [key for key in there if records[key[:2]].state in ("draft", "returned")]
        return self.one(is_open if is_open and self.maybe(0.85) else there)

    def is_late(self, year: int, department: str) -> bool:
        """Whether a department keeps the others waiting: the report of the year is published without it."""
        late = self.late.setdefault(year, self.one([*self.departments(year), "", ""]))
        return late == department and True not in self.ledger.years[year].reports

    def departments(self, year: int) -> list[str]:
        """The departments that plan in a year."""
        return [department for number, department in self.ledger.forecasts if number == year]


Idea = Callable[[RandomActs, int], Act | None]
Duty = Callable[[RandomActs, int], Iterator[Act | None]]


@dataclass
class Life:
    """What people do from one month to the next: ideas by weight, duties until none is left, and what goes wrong."""

    choice: RandomActs
    ideas: dict[str, dict[Idea, float]]
    duties: dict[str, Duty]
    perform: Performed
    done: list[Act] = field(default_factory=list)

    def live(self, first: int, years: int, busy: int) -> None:
        """Years are planned from January, carried out from July, and closed in the autumn after that."""
        for month in range(12 * years + 9):
            start = date(first + month // 12, month % 12 + 1, 1)
            self._month(start, may_begin=month < 12 * years, busy=busy)

    def _month(self, start: date, *, may_begin: bool, busy: int) -> None:
        end = (start + timedelta(32)).replace(day=1) - timedelta(1)
        if start.month == 1 and may_begin:
            self.choice.day = start + timedelta(3)
            self._do_all("begin", start.year)
        under_way = self.choice.years("published")
        # Whoever plans has more to decide than whoever carries out.
        whose = [y for y in under_way for _ in range(busy if _age(y, start) > PLANNED_BY else 2 * busy)]
        for offset, year in sorted((self.choice.rng.randint(5, (end - start).days - 1), year) for year in whose):
            self.choice.day = start + timedelta(offset)
            self._do(self._next(year, start))
        self.choice.day = end
        for year in under_way:
            for stage in self._stages(year, start):
                self._do_all(stage, year)

    @staticmethod
    def _stages(year: int, month: date) -> list[str]:
        """The stages a year has reached in a month, the first one first; what is late is still done."""
        age = _age(year, month)
        return [stage for stage, since in BEGUN.items() if age >= since]

    def _next(self, year: int, month: date) -> Act | None:
        wrong = self.choice.rng.random()
        if wrong < 0.08 and self.done:
            return self._again(self.choice.rng.choice(self.done))
        age = _age(year, month)
        names = ["people"]
        names += ["forecast"] if age < 4 else []
        names += ["request"] if age < 6 and self._is_asking(year) else []
        names += ["budget"] if age < 7 and self.choice.ledger.versions.get(year) else []
        names += ["execution"] if age >= 5 else []
        known = {idea: weight for name in names for idea, weight in self.ideas[name].items()}
        for _ in range(20):
            idea = self.choice.rng.choices(list(known), list(known.values()))[0]
            act = idea(self.choice, year)
            if act is not None:
                return self._spoilt(act) if wrong > 0.85 else act
        return None

    def _is_asking(self, year: int) -> bool:
        asking = (request.state for (number, _), request in self.choice.ledger.requests.items() if number == year)
        return any(state in ("draft", "returned", "submitted") for state in asking)

    def _again(self, act: Act) -> Act:
        """The same act on another day; a bill or a wish of the same size is another one, mostly in so many words."""
        named: dict[str, Any] = {"name": self.choice.name("Again")} if act.name in ("post", "ask_leave", "ask") else {}
        named |= {"another": self.choice.maybe(0.6)} if act.name == "ask_leave" else {}
        return replace(act, day=self.choice.day, args=act.args | named)

    def _spoilt(self, act: Act) -> Act:
        """The same act, by somebody else, with nothing said, too much, or from an old page."""
        words = [name for name, value in act.args.items() if isinstance(value, str) and value == WORDS]
        amounts = [name for name, value in act.args.items() if isinstance(value, Decimal)]
        ways: list[Callable[[], Act]] = [lambda: replace(act, by=self._anybody())]
        over = [d.deputy for d in self.choice.ledger.deputies if d.giver == act.by and d.last < self.choice.day]
        if over:
            ways = [lambda: replace(act, by=self.choice.rng.choice(over))]
        if words:
            ways.append(lambda: replace(act, args=act.args | {self.choice.one(words): ""}))
        if amounts:
            ways.append(lambda: self._with_amount(act, self.choice.one(amounts)))
        if act.name in STRICT:
            ways.append(lambda: replace(act, args=act.args | {"stale": True}))
        return self.choice.rng.choice(ways)()

    def _anybody(self) -> str:
        return self.choice.rng.choice(sorted({member.person for member in self.choice.ledger.memberships}))

    def _with_amount(self, act: Act, name: str) -> Act:
        amount = act.args[name]
        other = self.choice.one([amount * 1000, -amount, Decimal(0), amount + Decimal("0.01")])
        return replace(act, args=act.args | {name: other})

    def _do_all(self, stage: str, year: int) -> None:
        """What is owed is done, one act after the other; what is refused is not tried again this month."""
        tried: set[str] = set()
        for _ in range(400):
            wanted = (act for act in self.duties[stage](self.choice, year) if act and str(act) not in tried)
            act = next(wanted, None)
            if act is None:
                return
            tried.add(str(act))
            self._do(act)

    def _do(self, act: Act | None) -> None:
        if act is None:
            return
        if self.perform(act) == "":
            self.done += [act] if act.name not in ONCE else []
            if act.name in MERGED and self.choice.maybe(0.1):
                self._two_at_once(act)

    def _two_at_once(self, act: Act) -> None:
        """Somebody else had the same page open, and saves other figures a moment later."""
        self.perform(MERGED[act.name](self.choice, act))


def _age(year: int, month: date) -> int:
    """How many months ago a year began to be planned."""
    return (month.year - year) * 12 + month.month - 1


def _other_figures(choice: RandomActs, act: Act) -> Act:
    typed = {m: replace(said, override=(said.override or Decimal(0)) + 1) for m, said in act.args["typed"].items()}
    return replace(act, args=act.args | {"typed": typed, "stale": True})


def _other_amounts(choice: RandomActs, act: Act) -> Act:
    first, *rest = act.args["given"]["quarters"]
    given = act.args["given"] | {"quarters": [first + 1, *rest]}
    return replace(act, args=act.args | {"given": given, "stale": True})


def _other_decision(choice: RandomActs, act: Act) -> Act:
    said = {"decision": "refused", "granted": Decimal(0), "reason": WORDS, "stale": True}
    return replace(act, args=act.args | said)


# Where people who write on different lines do not disturb each other, the one who was late on the same line is refused.
MERGED: dict[str, Callable[[RandomActs, Act], Act]] = {
    "type_figures": _other_figures,
    "set_line": _other_amounts,
    "grant": _other_decision,
}
# Nobody can send these a second time: their pages ask for a name that is free.
ONCE = {"add_department"}
# Where an old page is refused whatever changed.
STRICT = {
    "leave_out",
    "take_in",
    "submit_forecast",
    "change_pool",
    "ask",
    "change_asked",
    "remove_asked",
    "submit_request",
    "share",
    "confirm",
    "propose",
    "approve",
    "set_fund",
    "start",
    "write_report",
    "write_evaluation",
    "close_year",
}


def staff() -> list[Membership]:
    """The roles of the whole organisation, and those of the first departments."""
    long_ago = date(2020, 1, 1)
    own = [Membership(person, role, "", long_ago) for role, people in STAFF.items() for person in people]
    for department, head, lead in (("arts", "Amina", "Ben"), ("sports", "Bao", "Lea"), ("books", "Mina", "Theo")):
        own += [Membership(head, "head", department, long_ago), Membership(lead, "lead", department, long_ago)]
    return own
