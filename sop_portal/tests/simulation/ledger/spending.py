"""Projects that run: what is spent, and what those that stop give back."""

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from sop_portal.tests.simulation.ledger.deciding import Deciding
from sop_portal.tests.simulation.ledger.facts import (
    ZERO,
    Evaluation,
    Exception_,
    Expense,
    GivenBack,
    LineKey,
    Project,
    ProjectKey,
    Refused,
    Report,
    cents_up,
)

CORRECTED_IN = ("active", "on_hold", "completed")
UNDECIDED = ("draft", "submitted", "returned")
A_YEAR, FOUR_WEEKS = timedelta(365), timedelta(28)


@dataclass
class Spending(Deciding):
    """From the start of a project until it ends."""

    exceptions: dict[str, Exception_] = field(default_factory=dict)
    reports: dict[ProjectKey, list[Report]] = field(default_factory=dict)
    evaluations: dict[ProjectKey, Evaluation] = field(default_factory=dict)
    given_back: dict[LineKey, GivenBack] = field(default_factory=dict)
    clock: int = 0

    def lines_of(self, key: ProjectKey) -> list[LineKey]:
        """The lines of a project that were in force, in the order of their numbers."""
        version = self.in_force(key[0])
        found = [k for k in self.opened if k[0] == key[0] and version and version.lines[k].project == key]
        return sorted(found, key=lambda k: version.lines[k].number if version else 0)

    def spent_by(self, key: ProjectKey) -> Decimal:
        """What a project spent."""
        return sum((expense.amount for expense in self.expenses.values() if expense.project == key), ZERO)

    def _project(self, key: ProjectKey, *states: str) -> Project:
        self.open_year(key[0])
        project = self.projects.get(key)
        if project is None or project.state not in states:
            raise Refused("not in that state")
        return project

    # -- spending -----------------------------------------------------------------------------------------------------

    def _need_spender(self, by: str, key: LineKey) -> tuple[set[str], ProjectKey]:
        version = self.in_force(key[0])
        if version is None or key not in self.opened:
            raise Refused("no such line")
        project = version.lines[key].project
        return self.need(by, "spend", project[1], self.projects[project].lead), project

    def _stopped(self, key: LineKey, amount: Decimal, on: date) -> str:
        """Why the guard stops an expense; `day` where leave may be asked for."""
        version = self.in_force(key[0])
        assert version is not None
        line = version.lines[key]
        project, year, fund = self.projects[line.project], self.years[key[0]], self.funds[line.fund]
        if (
            project.state not in ("active", "completed")
            or on > self.day
            or amount > self.approved(key) - self.spent(key)
        ):
            return "not running, not yet, or more than is left"
        if not fund.covers(on, on) or not year.starts - A_YEAR <= on <= year.ends + A_YEAR:
            return "outside the period of the fund, or in another year"
        if not year.starts <= on <= year.ends or not project.starts <= on <= min(project.ends, project.completed or on):
            return "day"
        if self.day > (project.completed or year.ends) + FOUR_WEEKS:
            return "day"
        return ""

    def post(self, by: str, key: LineKey, name: str, amount: Decimal, on: date, leave: str = "") -> None:
        """An expense on a line in force, within what it holds."""
        _, project = self._need_spender(by, key)
        self.open_year(key[0])
        if amount <= 0 or amount != amount.quantize(Decimal("0.01")) or name in self.expenses:
            raise Refused("more than nothing, to the cent")
        given = self.exceptions.get(leave)
        if leave:
            fits = given and (given.state, given.line, given.on) == ("granted", key, on) and amount <= given.amount
            if not given or not fits or given.is_used or self._is_over(given):
                raise Refused("no such leave")
        if self._stopped(key, amount, on) not in ("", "day" if leave else ""):
            raise Refused(self._stopped(key, amount, on))
        if given:
            given.is_used = True
        self._book(key, project, name, amount, on)

    def _book(self, key: LineKey, project: ProjectKey, name: str, amount: Decimal, on: date, undone: str = "") -> None:
        version = self.in_force(key[0])
        assert version is not None
        fund, category = version.lines[key].fund, version.lines[key].category
        self.expenses[name] = Expense(key, project, amount, on, fund, category, self.clock, undone)

    def undo_expense(self, by: str, name: str, why: str) -> None:
        """A counter-entry of the whole amount, once; on a closed line what it was for is not used either."""
        expense = self.expenses.get(name)
        if expense is None:
            raise Refused("no such expense")
        self._need_spender(by, expense.line)
        self._project(expense.project, *CORRECTED_IN)
        undone = any(other.corrects == name for other in self.expenses.values())
        if not why or expense.corrects or undone:
            raise Refused("once, with a reason")
        self._book(expense.line, expense.project, f"-{name}", -expense.amount, expense.on, name)
        if self.projects[expense.project].state == "on_hold":
            self._give_back(expense.project, "deferred", why)

    def ask_leave(
        self, by: str, key: LineKey, name: str, amount: Decimal, on: date, why: str, another: bool = False
    ) -> None:
        """Leave to spend once outside of the year; where the same is asked for already, in so many words."""
        acting, _ = self._need_spender(by, key)
        self.open_year(key[0])
        if amount <= 0 or not why or self._stopped(key, amount, on) != "day":
            raise Refused("nothing to ask for")
        known = [leave for leave in self.exceptions.values() if self._is_pending(leave)]
        if not another and (key, amount, on) in [(leave.line, leave.amount, leave.on) for leave in known]:
            raise Refused("asked for already")
        self.exceptions[name] = Exception_(key, amount, on, acting)

    def _is_pending(self, leave: Exception_) -> bool:
        """Whether leave is still to be decided, or can still be used."""
        return leave.state == "asked" or (leave.state == "granted" and not leave.is_used and not self._is_over(leave))

    def _is_over(self, leave: Exception_) -> bool:
        """Whether it is four weeks after the year, or after leave was given."""
        return self.day > max(self.years[leave.line[0]].ends, leave.decided) + FOUR_WEEKS

    def decide_leave(self, by: str, name: str, granted: bool, comment: str) -> None:
        """Leave is given or refused by somebody else in finance."""
        found = self.exceptions.get(name)
        if found is None or found.state != "asked":
            raise Refused("not asked")
        self.open_year(found.line[0])
        version = self.in_force(found.line[0])
        assert version is not None
        self.need_untouched(by, "decide-exception", found.asked_by, version.lines[found.line].project[1])
        if not granted and not comment:
            raise Refused("a comment is required")
        if granted and self._stopped(found.line, found.amount, found.on) not in ("", "day"):
            raise Refused("the guard would stop it")
        found.state, found.decided = "granted" if granted else "refused", self.day

    # -- projects -----------------------------------------------------------------------------------------------------

    def start(self, by: str, key: ProjectKey, stale: bool = False) -> None:
        """A project of an approved budget starts, and owes a report for every month."""
        project = self._project(key, "planned")
        self.need(by, "run-project", key[1])
        if stale or not project.is_budgeted:
            raise Refused("changed, or not budgeted")
        project.state = "active"
        self.reports[key] = [Report(first, last) for first, last in months(project.starts, project.ends)]

    def hold(self, by: str, key: ProjectKey, why: str) -> None:
        """What a project has not used is free while it is on hold."""
        project = self._project(key, "active")
        self.need(by, "run-project", key[1])
        if not why:
            raise Refused("a comment is required")
        self._close_lines(key)
        self._give_back(key, "deferred", why)
        project.state = "on_hold"

    def _close_lines(self, key: ProjectKey) -> None:
        for line in self.lines_of(key):
            self.opened[line].is_closed = True

    def _give_back(self, key: ProjectKey, decision: str, why: str) -> None:
        """What was used stays granted; hours that cost nothing are used by no record."""
        request = self.requests.get(key[:2])
        for name, line in request.lines.items() if request and request.state == "allocated" else ():
            if line.project == key[2] and line.granted:
                spent = self.spent((*key[:2], name)) if (*key[:2], name) in self.opened else ZERO
                kept = min(line.granted, cents_up(spent / line.unit_cost)) if line.unit_cost else ZERO
                if kept < line.granted:
                    before = GivenBack(ZERO, line.decision, line.reason)
                    known = self.given_back.setdefault((*key[:2], name), before)
                    known.quantity += line.granted - kept
                    line.granted, line.decision, line.reason = kept, "part" if kept else decision, why

    def resume(self, by: str, key: ProjectKey) -> None:
        """Each line is taken back as a whole where its grant and its fund are still free."""
        project = self._project(key, "on_hold")
        self.need(by, "run-project", key[1])
        version = self.in_force(key[0])
        project.state = "active"
        waiting = {line: given for line, given in self.given_back.items() if self._is_of(line, key)}
        for line in self.lines_of(key):
            given = waiting.pop(line, None)
            assert version is not None
            if given is None or self._take_back(line, given):
                self.opened[line].is_closed = False
                amount = self.funds[version.lines[line].fund].amount
                if amount is not None and self.taken_from(version.lines[line].fund) > amount:
                    self.opened[line].is_closed = True
                    if given:
                        self._give_again(line, given)
        for line, given in waiting.items():
            self._take_back(line, given)
        self._forget_given_back(key)
        self._cut_in_making([line for line in self.lines_of(key) if self.opened[line].is_closed], "gone")

    def _is_of(self, line: LineKey, key: ProjectKey) -> bool:
        asked = self.requests[line[:2]].lines.get(line[2])
        return line[:2] == key[:2] and asked is not None and asked.project == key[2]

    def _take_back(self, key: LineKey, given: GivenBack) -> bool:
        line = self.requests[key[:2]].lines[key[2]]
        before = (line.granted, line.decision, line.reason)
        line.granted, line.decision, line.reason = line.granted + given.quantity, given.decision, given.reason
        if self.fits(key[0], line.pool, self.pools[key[0], line.pool].payer):
            return True
        line.granted, line.decision, line.reason = before
        return False

    def _give_again(self, key: LineKey, given: GivenBack) -> None:
        line = self.requests[key[:2]].lines[key[2]]
        line.granted -= given.quantity
        line.decision = "part" if line.granted else "deferred"

    def _forget_given_back(self, key: ProjectKey) -> None:
        for line in [line for line in self.given_back if self._is_of(line, key)]:
            del self.given_back[line]

    def _cut_in_making(self, keys: list[LineKey], why: str) -> None:
        version = self.in_making(keys[0][0]) if keys else None
        if version is None:
            return
        closed = [key for key in keys if key in version.lines and self.cut(version, key, why)]
        if not closed:
            return
        answer = version.answers.get(version.lines[closed[0]].project[1])
        if answer:
            answer.contested -= set(closed)
            answer.is_outdated = True
            if answer.state == "contested" and not answer.contested:
                answer.state = "awaiting"

    def cancel(self, by: str, key: ProjectKey, why: str) -> None:
        """What was spent stays spent, everything else is free, and nothing more is asked for or reported on."""
        project = self._project(key, "planned", "active", "on_hold")
        self.need(by, "run-project", key[1])
        if not why:
            raise Refused("a comment is required")
        request = self.requests.get(key[:2])
        if request and request.state in UNDECIDED:
            request.lines = {name: line for name, line in request.lines.items() if line.project != key[2]}
        self._close_lines(key)
        self._give_back(key, "refused", why)
        for line in [line for line in self.given_back if self._is_of(line, key)]:
            asked = self.requests[line[:2]].lines[line[2]]
            asked.decision = "refused" if asked.decision == "deferred" else asked.decision
        self._forget_given_back(key)
        project.state = "cancelled"
        self._report_no_further(key)
        making = self.in_making(key[0])
        own = [k for k, line in making.lines.items() if line.project == key] if making else []
        self._cut_in_making(own, why)

    def complete(self, by: str, key: ProjectKey) -> None:
        """A project ends: its evaluation begins."""
        project = self._project(key, "active")
        self.need(by, "run-project", key[1])
        project.state, project.completed = "completed", self.day
        self._report_no_further(key)
        self.evaluations[key] = Evaluation()

    def _report_no_further(self, key: ProjectKey) -> None:
        """The months to come are not reported on."""
        found = self.reports.get(key, [])
        found[:] = [report for report in found if report.state != "draft" or report.first <= self.day]


def months(first: date, last: date) -> Iterator[tuple[date, date]]:
    """The months of a project, the first and the last cut to its days."""
    while first <= last:
        end = min(first.replace(day=monthrange(first.year, first.month)[1]), last)
        yield first, end
        first = end + timedelta(1)
