"""Who may do what, as it was agreed: a role in a department, not a person everywhere, and nobody on their own work."""

from dataclasses import dataclass, field
from datetime import date

from sop_portal.tests.simulation.ledger.facts import Department, Deputy, Membership, Refused

MAY = {
    "head": {
        "write-plan", "submit-forecast", "submit-request", "amend", "confirm", "run-project", "write-report",
        "write-evaluation", "submit-evaluation", "correct-history",
    },
    "lead": {"write-plan", "spend", "write-report", "write-evaluation"},
    "resource": {"review-forecast", "publish-report", "allocate", "keep-pools", "correct-history"},
    "finance": {"compile", "amend", "spend", "decide-exception"},
    "management": {"approve", "accept-report", "review-evaluation", "extend"},
    "administrator": {"extend", "waive", "run-year", "keep-people"},
    "auditor": set(),
}  # fmt: skip
IN_DEPARTMENT = ("head", "lead")


@dataclass
class Rights:
    """People, roles, deputies and departments, and the day it is."""

    day: date = date(2026, 1, 1)
    departments: dict[str, Department] = field(default_factory=dict)
    former_names: dict[str, str] = field(default_factory=dict)
    memberships: list[Membership] = field(default_factory=list)
    deputies: list[Deputy] = field(default_factory=list)

    def roles_of(self, person: str) -> list[tuple[str, str, str]]:
        """The roles of a person today, own and lent: role, department, and for whom."""
        own = [(m.role, m.department, "") for m in self._held(person)]
        lent = [
            (m.role, m.department, d.giver)
            for d in self.deputies
            if d.deputy == person and d.first <= self.day <= d.last
            for m in self._held(d.giver)
            if d.role in ("", m.role)
        ]
        return own + lent

    def _held(self, person: str) -> list[Membership]:
        return [m for m in self.memberships if m.person == person and m.first <= self.day <= m.last]

    def heads_of(self, department: str) -> list[str]:
        """Who heads a department today."""
        held = (m for m in self.memberships if m.first <= self.day <= m.last)
        return sorted({m.person for m in held if (m.role, m.department) == ("head", department)})

    def may(self, person: str, what: str, department: str = "", lead: str = "") -> list[str]:
        """For whom a person may do something (themselves: nothing); empty where nobody lets them."""
        return [
            behalf
            for role, where, behalf in sorted(self.roles_of(person), key=lambda held: held[2] != "")
            if what in MAY[role] and self._reaches(role, where, behalf or person, department, lead)
        ]

    def _reaches(self, role: str, where: str, person: str, department: str, lead: str) -> bool:
        if role not in IN_DEPARTMENT or not department:
            return True
        return where == department and (role == "head" or lead == person)

    def need(self, person: str, what: str, department: str = "", lead: str = "") -> set[str]:
        """Refuse whoever may not; those who act: the person, and the one they stand in for."""
        found = self.may(person, what, department, lead)
        if not found:
            raise Refused(f"{person} may not {what}")
        return {person, found[0] or person}

    def need_untouched(self, person: str, what: str, authors: set[str], department: str = "") -> set[str]:
        """Refuse whoever may not, who worked on it, and who heads the department it belongs to."""
        self.need(person, what, department)
        headed = {where for role, where, _ in self.roles_of(person) if role == "head"}
        for behalf in self.may(person, what, department):
            if person not in authors and behalf not in authors and (not department or department not in headed):
                return {person, behalf or person}
        raise Refused(f"{person} worked on it, or heads {department}")

    # -- acts on people and departments -------------------------------------------------------------------------------

    def add_department(self, by: str, key: str, name: str, head: str) -> None:
        """A new department with its head."""
        self.need(by, "keep-people")
        if name.casefold() in self.former_names or key in self.departments:
            raise Refused("another department was called so")
        self.departments[key] = Department(key, name)
        self.memberships.append(Membership(head, "head", key, self.day))

    def rename_department(self, by: str, department: str, name: str) -> None:
        """Another name; the series goes on, and the old name stays its own."""
        self.need(by, "keep-people")
        if self.former_names.get(name.casefold(), department) != department:
            raise Refused("another department was called so")
        found = self.departments[department]
        if found.name.casefold() != name.casefold():
            self.former_names.pop(name.casefold(), None)
            self.former_names[found.name.casefold()] = department
        found.name = name

    def delegate(self, by: str, giver: str, deputy: str, role: str, until: date) -> None:
        """A deputy from today until a day."""
        if by != giver:
            self.need(by, "keep-people")
        held = {m.role for m in self._held(giver)}
        if until < self.day or not held or (role and role not in held) or giver == deputy:
            raise Refused("a deputyship of a role one holds, that ends in time")
        if any(
            (d.giver, d.deputy, d.role) == (giver, deputy, role) and d.first <= until and d.last >= self.day
            for d in self.deputies
        ):
            raise Refused("is deputy already")
        self.deputies.append(Deputy(giver, deputy, role, self.day, until))

    def ancestors(self, department: str) -> set[str]:
        """Every department that became part of this one, over as many steps as there were."""
        found: set[str] = set()
        waiting = [department]
        while waiting:
            heir = waiting.pop()
            new = {d.key for d in self.departments.values() if d.heir == heir} - found
            found |= new
            waiting += new
        return found

    def heirs(self, department: str) -> list[str]:
        """What it became part of, and what that became part of."""
        found = []
        while heir := self.departments[department].heir:
            found.append(heir)
            department = heir
        return found
