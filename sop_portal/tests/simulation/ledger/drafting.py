"""The budget in versions: its lines, their limits, and what departments say of them."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from sop_portal.tests.simulation.ledger.facts import (
    ZERO,
    Answer,
    Expense,
    Fund,
    Line,
    LineKey,
    Open,
    ProjectKey,
    Refused,
    Version,
    evenly,
    like,
)
from sop_portal.tests.simulation.ledger.planning import TWO_WEEKS
from sop_portal.tests.simulation.ledger.requests import Requests

CATEGORIES = {"people": "people", "materials": "materials", "money": "services"}
MAKING = ("draft", "shared", "proposed", "endorsed")
STOPPED = ("on_hold", "cancelled")
QUARTERS = (((7, 1), (9, 30)), ((10, 1), (12, 31)), ((1, 1), (3, 31)), ((4, 1), (6, 30)))


@dataclass
class Drafting(Requests):
    """From the allocations to a budget that every department has answered."""

    funds: dict[str, Fund] = field(default_factory=dict)
    versions: dict[int, list[Version]] = field(default_factory=dict)
    opened: dict[LineKey, Open] = field(default_factory=dict)
    expenses: dict[str, Expense] = field(default_factory=dict)

    # -- figures ------------------------------------------------------------------------------------------------------

    def in_force(self, year: int) -> Version | None:
        """The approved version."""
        return next((v for v in self.versions.get(year, []) if v.state == "approved"), None)

    def in_making(self, year: int) -> Version | None:
        """The version that is worked on."""
        return next((v for v in self.versions.get(year, []) if v.state in MAKING), None)

    def spent(self, key: LineKey) -> Decimal:
        """What is spent on a line, counter-entries off."""
        return sum((expense.amount for expense in self.expenses.values() if expense.line == key), ZERO)

    def approved(self, key: LineKey) -> Decimal:
        """What may be spent on a line: what the version in force says; a closed one holds what is spent."""
        if self.opened[key].is_closed:
            return self.spent(key)
        version = self.in_force(key[0])
        return version.lines[key].amount if version and key in version.lines else ZERO

    def taken_from(self, fund: str) -> Decimal:
        """What the lines in force of all years come to."""
        total = ZERO
        for key in self.opened:
            version = self.in_force(key[0])
            if version and version.lines[key].fund == fund:
                total += self.approved(key)
        return total

    def fund_total(self, year: int, version: Version, fund: str) -> Decimal:
        """What a fund would pay once a version is in force; what has stopped holds what is spent on it."""
        here = [line.amount for line in version.lines.values() if line.fund == fund and not self.is_held(line.project)]
        total = sum(here, ZERO)
        for key in self.opened:
            now = self.in_force(key[0])
            if now and now.lines[key].fund == fund and (key[0] != year or self.is_held(now.lines[key].project)):
                total += self.approved(key)
        return total

    def is_held(self, project: ProjectKey) -> bool:
        """Whether a project is on hold."""
        return self.projects[project].state == "on_hold"

    def spent_under(self, key: LineKey) -> tuple[str, str] | None:
        """Fund and category that what is spent on a line was spent under; nothing where nothing is."""
        sums: dict[tuple[str, str], Decimal] = {}
        for expense in self.expenses.values():
            if expense.line == key:
                labels = (expense.fund, expense.category)
                sums[labels] = sums.get(labels, ZERO) + expense.amount
        # What was undone left its labels free.
        return next((labels for labels, amount in sums.items() if amount), None)

    # -- limits -------------------------------------------------------------------------------------------------------

    def broken(self, year: int, version: Version) -> str:
        """Why a version could not be put in force as it stands."""
        for key, line in version.lines.items():
            if self.spent(key) > line.amount:
                return f"line {line.number}: less than is spent"
            if self.spent_under(key) not in (None, (line.fund, line.category)):
                return f"line {line.number}: what is spent keeps its labels"
            if not self._in_period(year, line):
                return f"line {line.number}: outside the period of its fund"
        for name in {line.fund for line in version.lines.values()}:
            amount = self.funds[name].amount
            if amount is not None and self.fund_total(year, version, name) > amount:
                return f"{name}: more than it holds"
        return ""

    def _in_period(self, year: int, line: Line) -> bool:
        fund = self.funds[line.fund]
        return all(not q or fund.covers(*days) for q, days in zip(line.quarters, quarters_of(year), strict=True))

    def need_fitting(self, year: int, version: Version, key: LineKey, line: Line) -> None:
        """Refuse a line, as it would be, that breaks a limit somebody would meet later."""
        before, fund = version.lines[key], self.funds[line.fund]
        if self.projects[line.project].state in STOPPED or line.amount < self.spent(key):
            raise Refused("the project has stopped, or less than is spent")
        if self.spent_under(key) not in (None, (line.fund, line.category)):
            raise Refused("what is spent keeps its labels")
        if line.amount > line.allocated and not line.more_reason:
            raise Refused("more than was allocated without a reason")
        if fund.is_restricted and not line.serves:
            raise Refused("not for the purpose of the fund")
        if not self._in_period(year, line):
            raise Refused("outside the period of the fund")
        had = before.amount if before.fund == line.fund else ZERO
        others = self.fund_total(year, version, line.fund) - had
        if fund.amount is not None and line.amount > had and others + line.amount > fund.amount:
            raise Refused("the fund does not hold that much")

    # -- drafting -----------------------------------------------------------------------------------------------------

    def compile_budget(self, by: str, year: int) -> None:
        """One line for everything that was granted in money."""
        self.open_year(year)
        self.need(by, "compile")
        allocated = [r for key, r in self.requests.items() if key[0] == year and r.state == "allocated"]
        if self.versions.get(year) or not allocated:
            raise Refused("there is a budget, or nothing is allocated")
        version = Version(is_amendment=False, authors={by})
        self.funds.setdefault("General fund", Fund("General fund"))
        self._add_lines(year, version, 1)
        self.versions[year] = [version]

    def not_taken_in(self, year: int, version: Version) -> list[LineKey]:
        """What was granted in money and is not a line yet, in the order of departments, projects and asking."""
        found: list[tuple[str, str, int, str, str]] = []
        for (number, department), request in self.requests.items():
            for name, line in request.lines.items() if number == year and request.state == "allocated" else ():
                if line.granted_cost and (year, department, name) not in version.lines:
                    project = self.projects[year, department, line.project]
                    found.append((self.departments[department].name, project.name, len(found), department, name))
        return [(year, department, name) for *_, department, name in sorted(found)]

    def _add_lines(self, year: int, version: Version, first: int) -> None:
        for number, key in enumerate(self.not_taken_in(year, version), first):
            asked = self.requests[key[:2]].lines[key[2]]
            kind = "materials" if asked.metric == "materials" else self.pools[year, asked.pool].kind
            project = (year, key[1], asked.project)
            cost = asked.granted_cost
            is_plain = asked.unit_cost in (0, 1) or asked.granted == 1
            computed = "" if is_plain else f"{asked.granted} x {asked.unit_cost}"
            line = Line(number, project, CATEGORIES[kind], "General fund", cost, evenly(cost), computation=computed)
            version.lines[key] = line

    def editable(self, year: int, *states: str) -> Version:
        """The version that is worked on, in one of these states."""
        self.open_year(year)
        version = self.in_making(year)
        if version is None or version.state not in states:
            raise Refused("no version in that state")
        return version

    def take_in_new(self, by: str, year: int) -> None:
        """Lines for what was allocated since."""
        version = self.editable(year, "draft")
        acting = self.need(by, "compile")
        if not self.not_taken_in(year, version):
            raise Refused("nothing new")
        self._add_lines(year, version, max((line.number for line in version.lines.values()), default=0) + 1)
        version.authors |= acting

    def set_line(self, by: str, key: LineKey, given: dict[str, object], stale: bool = False) -> None:
        """Other amounts, and where wanted another fund, category or words."""
        version, line = self._line(by, key, stale)
        quarters = given["quarters"]
        assert isinstance(quarters, list)
        if any(q < 0 for q in quarters) or not any(quarters):
            raise Refused("more than zero, or left out with a reason")
        if sum(quarters) > line.amount and self.projects[line.project].state == "evaluated":
            raise Refused("the project has ended")
        other = replace(line, is_refused=False, refusal="", **given)  # type: ignore[arg-type]
        if other.fund != line.fund and given.get("serves", line.serves) == line.serves:
            other.serves = ""
        self._change(by, key, version, other)

    def refuse_line(self, by: str, key: LineKey, why: str, stale: bool = False) -> None:
        """Nothing on the line, with the reason."""
        version, line = self._line(by, key, stale)
        if not why:
            raise Refused("a reason is required")
        self._change(by, key, version, replace(line, quarters=[ZERO] * 4, is_refused=True, refusal=why))

    def _line(self, by: str, key: LineKey, stale: bool) -> tuple[Version, Line]:
        version = self.editable(key[0], "draft", "shared")
        line = version.lines.get(key)
        if line is None or stale:
            raise Refused("changed, or not there")
        self.need(by, "amend" if version.is_amendment else "compile", line.project[1])
        if not self.may(by, "compile") and (by not in version.authors or version.state != "draft"):
            raise Refused("a head works on an own amendment until it is shared")
        return version, line

    def _change(self, by: str, key: LineKey, version: Version, line: Line) -> None:
        self.need_fitting(key[0], version, key, line)
        if line.content == version.lines[key].content:
            return
        version.lines[key] = line
        version.authors |= self.need(by, "amend" if version.is_amendment else "compile", line.project[1])
        self._line_changed(key, version, line.project[1])

    def _line_changed(self, key: LineKey, version: Version, department: str) -> None:
        """What a department said is outdated; while the budget is shared it is asked again at once."""
        answer = version.answers.get(department)
        if answer is None:
            if version.state == "shared":
                version.answers[department] = Answer(self.answer_due(key[0], version))
            return
        answer.contested -= {key}
        answer.is_outdated = True
        if version.state == "shared":
            self._ask_again(answer, self.answer_due(key[0], version))

    def _ask_again(self, answer: Answer, due: date) -> None:
        if answer.state in ("confirmed", "overruled") or (answer.state == "contested" and not answer.contested):
            answer.state, answer.due = "awaiting", due

    def answer_due(self, year: int, version: Version) -> date:
        """Two weeks to answer, not beyond the day the year's budget is to be approved while that is ahead."""
        approval, two_weeks = self.years[year].windows["budget"][1], self.day + TWO_WEEKS
        return approval if not version.is_amendment and self.day < approval < two_weeks else two_weeks

    # -- with the departments -----------------------------------------------------------------------------------------

    def changed(self, year: int, version: Version) -> Iterator[tuple[LineKey, Line, Line | None]]:
        """The lines somebody decides on: those that differ from the version in force; all of a first one."""
        base = self.in_force(year) if version.is_amendment else None
        for key, line in version.lines.items():
            before = base.lines.get(key) if base else None
            if (before is None or before.content != line.content) and self.projects[line.project].state != "cancelled":
                yield key, line, before

    def share(self, by: str, year: int, stale: bool = False) -> None:
        """The departments are asked about their lines."""
        version = self.editable(year, "draft")
        acting = self.need(by, "compile")
        empty = any(not line.amount and not line.is_refused for line in version.lines.values())
        if stale or empty or self.not_taken_in(year, version) or self.broken(year, version):
            raise Refused("not ready")
        if version.is_amendment and not list(self.changed(year, version)):
            raise Refused("nothing is changed")
        version.state, version.was_shared = "shared", True
        version.authors |= acting
        for answer in version.answers.values():
            if answer.is_outdated:
                self._ask_again(answer, self.answer_due(year, version))
        for department in sorted({line.project[1] for _, line, _ in self.changed(year, version)}):
            version.answers.setdefault(department, Answer(self.answer_due(year, version)))

    def _answer(self, year: int, department: str, state: str) -> tuple[Version, Answer]:
        version = self.editable(year, "shared")
        answer = version.answers.get(department)
        if answer is None or answer.state != state:
            raise Refused("not asked, or answered")
        return version, answer

    def confirm(self, by: str, year: int, department: str, stale: bool = False) -> None:
        """A department agrees to its lines."""
        _version, answer = self._answer(year, department, "awaiting")
        self.need(by, "confirm", department)
        if stale:
            raise Refused("the lines changed")
        answer.state, answer.is_outdated = "confirmed", False

    def contest(self, by: str, year: int, department: str, key: LineKey, wanted: Decimal, reason: str) -> None:
        """A department wants another amount on a line."""
        version, answer = self._answer(year, department, "awaiting")
        acting = self.need(by, "confirm", department)
        line = version.lines.get(key)
        if line is None or line.project[1] != department or not reason or wanted < 0 or wanted == line.amount:
            raise Refused("another amount for an own line, and why")
        if wanted < self.spent(key) or self.projects[line.project].state in STOPPED:
            raise Refused("less than is spent, or stopped")
        answer.state, answer.contested, answer.authors = "contested", {key}, answer.authors | acting
        answer.reason = reason

    def settle(self, by: str, year: int, department: str, amounts: dict[LineKey, Decimal]) -> None:
        """Finance changes the contested lines; the department confirms again."""
        version, answer = self._answer(year, department, "contested")
        acting = self.need(by, "compile")
        new = {}
        for key in sorted(answer.contested, key=lambda key: version.lines[key].number):
            line, amount = version.lines[key], amounts.get(key)
            if amount is None or amount == line.amount or amount < 0:
                raise Refused("every contested line gets another amount")
            other = replace(line, quarters=like(amount, line.quarters), is_refused=not amount)
            other.refusal = "" if amount else answer.reason
            if amount > line.allocated and not line.more_reason:
                other.more_reason = answer.reason
            self.need_fitting(year, version, key, other)
            new[key] = other
        version.lines |= new
        version.authors |= acting
        answer.state, answer.contested, answer.is_outdated = "awaiting", set(), True
        answer.due = self.answer_due(year, version)

    def overrule(self, by: str, year: int, department: str, comment: str) -> None:
        """Management keeps the lines, with a reason."""
        version, answer = self._answer(year, department, "contested")
        self.need_untouched(by, "approve", version.authors | answer.authors, department)
        if not comment:
            raise Refused("a reason is required")
        answer.state, answer.contested, answer.is_outdated = "overruled", set(), False

    def pass_over(self, by: str, year: int, department: str, comment: str) -> None:
        """Management goes on without a department whose time, with what was given to it, is over."""
        version, answer = self._answer(year, department, "awaiting")
        self.need_untouched(by, "approve", version.authors | answer.authors, department)
        until = self.years[year].more_time.get(("budget", department), answer.due)
        if not comment or self.day <= max(answer.due, until):
            raise Refused("a reason is required, and the department still has time")
        answer.state, answer.is_outdated = "overruled", False

    def propose(self, by: str, year: int, stale: bool = False) -> None:
        """Handed to management, every department having answered."""
        version = self.editable(year, "shared")
        acting = self.need(by, "compile")
        if stale or not self._is_answered(version) or self.broken(year, version):
            raise Refused("not ready")
        version.state, version.authors = "proposed", version.authors | acting

    def _is_answered(self, version: Version) -> bool:
        return all(answer.state in ("confirmed", "overruled") for answer in version.answers.values())


def quarters_of(year: int) -> list[tuple[date, date]]:
    """The days of the quarters of the execution that begins in July."""
    return [(date(year + (first[0] < 7), *first), date(year + (last[0] < 7), *last)) for first, last in QUARTERS]
