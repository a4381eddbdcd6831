"""The budget as it is decided: approved, amended, paid by funds."""

from dataclasses import dataclass, replace
from decimal import Decimal

from sop_portal.tests.simulation.ledger.drafting import STOPPED, Drafting, quarters_of
from sop_portal.tests.simulation.ledger.facts import ZERO, Fund, LineKey, Open, Refused, Version, like


@dataclass
class Deciding(Drafting):
    """From the proposal to the lines in force, and what changes them."""

    def shifts(self, year: int, version: Version) -> list[tuple[str, str, Decimal]]:
        """Department, fund and how much more there, of every changed line."""
        found = []
        for key, line, before in self.changed(year, version):
            old = before.amount if before else ZERO
            if before and key in self.opened and self.opened[key].is_closed and not self.is_held(line.project):
                old = self.approved(key)
            if before is None or before.fund == line.fund:
                found.append((line.project[1], line.fund, line.amount - old))
            else:
                found += [(line.project[1], before.fund, -old), (line.project[1], line.fund, line.amount)]
        return found

    def needs_two(self, year: int, version: Version) -> bool:
        """Whether what is decided on, the change and not the total, is above the limit of one manager."""
        limit = self.years[year].limit_of_one
        moves = [more for _, _, more in self.shifts(year, version)]
        arriving, leaving = sum((m for m in moves if m > 0), ZERO), -sum((m for m in moves if m < 0), ZERO)
        return limit is not None and max(arriving, leaving) > limit

    def is_small(self, year: int, version: Version) -> bool:
        """Whether an amendment moves nothing, or little inside one department and fund; what moved before counts."""
        shifts = self.shifts(year, version)
        nets: dict[tuple[str, str], Decimal] = {}
        for department, fund, more in shifts:
            nets[department, fund] = nets.get((department, fund), ZERO) + more
        moved = sum((more for _, _, more in shifts if more > 0), ZERO)
        within = self.years[year].moved_by_finance + moved <= self.years[year].small_transfers
        return not sum((more for _, _, more in shifts), ZERO) and (not moved or (not any(nets.values()) and within))

    def endorse(self, by: str, year: int) -> None:
        """The first of two managers."""
        version = self.editable(year, "proposed")
        acting = self.need_untouched(by, "approve", version.authors)
        if not self.needs_two(year, version) or self.broken(year, version):
            raise Refused("one manager is enough, or a limit is broken")
        version.endorsed_by = acting - version.authors
        version.state, version.authors = "endorsed", version.authors | acting

    def approve(self, by: str, year: int, stale: bool = False) -> None:
        """In force, by somebody who did not write it."""
        version = self.editable(year, "proposed", "endorsed")
        self.need_untouched(by, "approve", version.authors)
        if stale or self.broken(year, version) or (version.state == "proposed" and self.needs_two(year, version)):
            raise Refused("changed, a limit is broken, or a first manager is needed")
        self._put(year, version)

    def put_in_force(self, by: str, year: int) -> None:
        """A correction or a small transfer, by finance."""
        version = self.editable(year, "shared")
        self.need_untouched(by, "compile", version.authors)
        if not version.is_amendment or not self.is_small(year, version):
            raise Refused("management decides")
        if not self._is_answered(version) or self.broken(year, version):
            raise Refused("not ready")
        self.years[year].moved_by_finance += sum((m for _, _, m in self.shifts(year, version) if m > 0), ZERO)
        self._put(year, version)

    def _put(self, year: int, version: Version) -> None:
        before = self.in_force(year)
        if before:
            before.state = "superseded"
        version.state = "approved"
        for key, line in version.lines.items():
            if key in self.opened:
                if self.projects[line.project].state not in STOPPED:
                    self.opened[key].is_closed = False
            elif not line.is_refused:
                self.opened[key] = Open()
            self.projects[line.project].is_budgeted = True

    def send_back_budget(self, by: str, year: int, comment: str) -> None:
        """Back to finance, with a comment."""
        version = self.editable(year, "proposed", "endorsed")
        self.need_untouched(by, "approve", version.authors)
        if not comment:
            raise Refused("a comment is required")
        version.authors -= version.endorsed_by
        version.state, version.endorsed_by = "draft", set()

    def amend(self, by: str, year: int, reason: str) -> None:
        """A new version beside the one in force."""
        self.open_year(year)
        base = self.in_force(year)
        if base is None or self.in_making(year) or not reason:
            raise Refused("one amendment at a time, of the version in force, with a reason")
        self.need(by, "amend")
        mine = {line.project[1] for line in base.lines.values()}
        heads = [(where, behalf) for role, where, behalf in self.roles_of(by) if role == "head" and where in mine]
        if not self.may(by, "compile") and not heads:
            raise Refused("no line of the own department")
        finance = self.may(by, "compile")
        behalf = finance[0] if finance else heads[0][1]
        version = Version(is_amendment=True, authors={by, behalf or by})
        version.lines = {key: replace(line) for key, line in base.lines.items()}
        for key, line in version.lines.items():
            if key in self.opened and self.opened[key].is_closed and not self.is_held(line.project):
                self.cut(version, key, reason)
        self.versions[year].append(version)

    def cut(self, version: Version, key: LineKey, reason: str) -> bool:
        """A line holds what is spent on it; whether it held something else."""
        line, spent = version.lines[key], self.spent(key)
        granted = self.requests[key[:2]].lines[key[2]].granted_cost
        if (line.amount, line.allocated) == (spent, granted):
            return False
        other = replace(line, allocated=granted, quarters=like(spent, line.quarters))
        if not spent:
            other.is_refused, other.refusal = True, line.refusal or reason
        version.lines[key] = other
        return True

    def drop(self, by: str, year: int) -> None:
        """An amendment nobody was asked about is given up."""
        version = self.editable(year, "draft")
        self.need(by, "amend")
        if not version.is_amendment or version.was_shared:
            raise Refused("it was shared")
        if not self.may(by, "compile") and by not in version.authors:
            raise Refused("somebody else began it")
        self.versions[year].remove(version)

    # -- funds --------------------------------------------------------------------------------------------------------

    def set_fund(self, by: str, name: str, fund: Fund, is_new: bool, stale: bool = False) -> None:
        """A fund is added or changed; what its lines hold, when, and what is spent from it stands in the way."""
        self.need(by, "compile")
        if (stale and not is_new) or is_new == (name in self.funds) or not fund.name:
            raise Refused("changed, or there already")
        if fund.is_restricted and (not fund.purpose or fund.amount is None or name == "General fund"):
            raise Refused("restricted to what, and how much?")
        if (fund.amount is not None and fund.amount < 0) or (fund.starts and fund.ends and fund.ends < fund.starts):
            raise Refused("no such amount or period")
        if not is_new:
            self._need_kept(name, fund)
        self.funds[name] = fund

    def _need_kept(self, name: str, fund: Fund) -> None:
        old = self.funds[name]
        is_spent = any(expense.fund == name and self.spent(expense.line) for expense in self.expenses.values())
        is_other = (old.is_restricted, old.purpose) != (fund.is_restricted, fund.purpose)
        if is_spent and is_other:
            raise Refused("what is spent was spent for its purpose")
        if fund.amount is not None and self.taken_from(name) > fund.amount:
            raise Refused("lines in force hold more")
        for year, versions in self.versions.items():
            for version in versions:
                for line in version.lines.values() if version.state != "superseded" else ():
                    if line.fund == name and is_other and old.is_restricted and line.serves:
                        raise Refused("a line says how it serves the purpose there was")
                    if line.fund == name and fund.is_restricted and not line.serves:
                        raise Refused("a line does not say how it serves the purpose")
                    days = zip(line.quarters, quarters_of(year), strict=True)
                    if line.fund == name and any(q and not fund.covers(*span) for q, span in days):
                        raise Refused("a line holds money outside of the period")
