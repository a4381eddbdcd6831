"""Where a line ends if the rest of its plan goes on at the pace of the last three months, and who is told of it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from sop_portal.tests.simulation.ledger.facts import ZERO, Expense, Figure, Line, LineKey, cents
from sop_portal.tests.simulation.ledger.results import Results
from sop_portal.tests.simulation.ledger.rights import IN_DEPARTMENT

OVER, UNDER = Decimal(105), Decimal(90)


@dataclass
class Outlook(Results):
    """The projection of every approved line, from what is planned by quarter and spent by month."""

    # What stands and is told, and how often each person was told that lines end over or under their plan.
    warned: set[tuple[LineKey, str]] = field(default_factory=set)
    told: dict[tuple[str, str], int] = field(default_factory=dict)

    def look_out(self, day: date) -> None:
        """Whoever a line concerns is told once of what came up with it; what came up together is one sentence."""
        self.day = day
        for number, year in self.years.items():
            if year.state != "published":
                continue
            standing = {(key, flag) for key in self.opened if key[0] == number and (flag := self.flag_of(key, day))}
            new = standing - self.warned
            self.warned = {known for known in self.warned if known[0][0] != number} | standing
            for cause in ("over", "under"):
                for person in {person for key, flag in new if flag == cause for person in self._concerned(key)}:
                    self.told[person, cause] = self.told.get((person, cause), 0) + 1

    def _concerned(self, key: LineKey) -> Iterator[str]:
        """The lead of the project, the heads of its department, finance, and whoever stands in; if they see it."""
        version = self.in_force(key[0])
        assert version is not None
        project = version.lines[key].project
        for person in {m.person for m in self.memberships} | {d.deputy for d in self.deputies}:
            roles = [(role, where) for role, where, _ in self.roles_of(person)]
            is_told = ("finance", "") in roles or ("head", project[1]) in roles
            sees = any(role not in IN_DEPARTMENT or where == project[1] for role, where in roles)
            if is_told or (sees and self.projects[project].lead == person):
                yield person

    def end_of(self, key: LineKey, today: date) -> Figure:
        """What a line comes to in the end; not known before the year begins."""
        version, year = self.in_force(key[0]), self.years[key[0]]
        assert version is not None
        line, spent = version.lines[key], self.spent(key)
        is_over = self.projects[line.project].state in ("completed", "evaluated")
        if self.opened[key].is_closed or is_over or year.state == "closed":
            return spent
        if today < year.starts:
            return None
        whole = min(max(_month(today) - _month(year.starts), 0), 12)
        own = [(self._month_of(expense.on, year.starts), expense.amount) for expense in self._expenses_on(key)]
        reached = sum((amount for month, amount in own if month < whole), ZERO)
        recent = sum((amount for month, amount in own if whole - 3 <= month < whole), ZERO)
        planned, before = planned_after(line, whole), planned_after(line, whole - 3)
        pace = recent / (planned - before) if planned > before else Decimal(1)
        end = cents(reached + max(line.amount - planned, ZERO) * max(pace, ZERO))
        return max(end, spent)

    def _expenses_on(self, key: LineKey) -> list[Expense]:
        return [expense for expense in self.expenses.values() if expense.line == key]

    @staticmethod
    def _month_of(on: date, starts: date) -> int:
        return _month(on) - _month(starts)

    def flag_of(self, key: LineKey, today: date) -> str:
        """Whether a line ends more than a twentieth over what is approved, or more than a tenth under it."""
        end, approved = self.end_of(key, today), self.approved(key)
        year = self.years[key[0]]
        if end is None or self.opened[key].is_closed or year.state == "closed" or today < year.starts:
            return ""
        return "over" if end * 100 > approved * OVER else "under" if end * 100 < approved * UNDER else ""


def planned_after(line: Line, months: int) -> Decimal:
    """What is planned in the first so many months: a third of its quarter in each."""
    quarters, rest = divmod(max(months, 0), 3)
    done = sum(line.quarters[:quarters], ZERO)
    return cents(done + line.quarters[quarters] * rest / 3) if rest else done


def _month(on: date) -> int:
    return on.year * 12 + on.month
