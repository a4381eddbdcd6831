"""Requests and pools: what is asked, what is granted, and out of which money it is paid."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal

from sop_portal.tests.simulation.ledger.facts import (
    METRICS,
    ZERO,
    Asked,
    Figure,
    Pool,
    ProjectKey,
    Refused,
    Request,
    cents_down,
)
from sop_portal.tests.simulation.ledger.planning import GRACE, TWO_WEEKS, Planning
from sop_portal.tests.simulation.ledger.series import EDITABLE

# Which kinds of pools may serve a figure of the forecast, its own kind first.
SERVED = {"materials": ("materials", "money"), "money": ("money",), "people": ("people",)}
NOT_IN_FULL = ("part", "deferred", "refused")


@dataclass
class Requests(Planning):
    """From the demand report to what is granted."""

    pools: dict[tuple[int, str], Pool] = field(default_factory=dict)
    requests: dict[tuple[int, str], Request] = field(default_factory=dict)
    # What the last published report of a year says of every department in it.
    published: dict[int, dict[str, dict[str, Figure]]] = field(default_factory=dict)

    def publish_report(self, by: str, year: int) -> None:
        """The report is frozen; every department that is not waived gets two weeks and a request, filled in."""
        found = self.open_year(year)
        self.need(by, "publish-report")
        accepted = [key for key, forecast in self.forecasts.items() if key[0] == year and forecast.state == "accepted"]
        if not found.reports or found.reports[-1] or not accepted:
            raise Refused("nothing to publish")
        found.reports[-1] = True
        self.published[year] = {key[1]: self._sums(key) for key in accepted}
        if not any(key[0] == year for key in self.requests):
            due = self.day + TWO_WEEKS
            found.windows["request"] = (self.day, due, due + GRACE)
        for (number, department), forecast in self.forecasts.items():
            if number == year and forecast.state != "waived" and (year, department) not in self.requests:
                self.requests[year, department] = Request(self.day + TWO_WEEKS)
        self.fill_in_untouched(key for key in self.requests if key[0] == year)

    def _sums(self, key: tuple[int, str]) -> dict[str, Figure]:
        planned = [slug for slug, line in self.forecasts[key].lines.items() if line.is_planned]
        known = {metric: [self.figure(*key, slug, metric) for slug in planned] for metric in METRICS}
        return {m: sum((f for f in found if f is not None), ZERO) for m, found in known.items() if set(found) - {None}}

    def accept_forecast(self, by: str, year: int, department: str) -> None:
        """Taken into the report; after it is published the department gets its request then, with its own time."""
        forecast = self._decided(year, department, "submitted")
        self.need_untouched(by, "review-forecast", forecast.authors, department)
        forecast.state = "accepted"
        if True in self.years[year].reports:
            due = self.day + TWO_WEEKS
            request = self.requests.setdefault((year, department), Request(due))
            if request.state in EDITABLE:
                request.due = max(request.due, due)
                self.fill_in_untouched([(year, department)])

    # -- filling in ---------------------------------------------------------------------------------------------------

    def fill_in_untouched(self, keys: Iterable[tuple[int, str]]) -> None:
        """Drafts nobody worked in ask for what the accepted forecast says, and for nothing else."""
        for key in keys:
            request = self.requests[key]
            if request.state == "draft" and not request.authors:
                wanted = {}
                for slug, metric in self._figures_to_ask(*key):
                    amount = self.figure(*key, slug, metric) or ZERO
                    line = self._filled(key[0], slug, metric, self.pool_for(key[0], metric), amount)
                    if line:
                        wanted[f"{slug}:{metric}"] = line
                kept = {name: line for name, line in request.lines.items() if name in wanted}
                request.lines = {n: line for n, line in kept.items() if _same(line, wanted[n])} | {
                    n: line for n, line in wanted.items() if n not in kept or not _same(kept[n], line)
                }

    def _figures_to_ask(self, year: int, department: str) -> list[tuple[str, str]]:
        forecast = self.forecasts.get((year, department))
        if forecast is None or forecast.state != "accepted":
            return []
        return [
            (slug, metric)
            for slug, line in forecast.lines.items()
            if line.is_planned and self.projects[year, department, slug].state != "cancelled"
            for metric in SERVED
            if (self.figure(year, department, slug, metric) or ZERO) > 0
        ]

    def pool_for(self, year: int, metric: str) -> str:
        """The one pool a figure goes to: the usual one, or the only one; nothing where a person has to say."""
        fitting = {name: pool for (number, name), pool in self.pools.items() if number == year}
        fitting = {name: pool for name, pool in fitting.items() if pool.kind in SERVED[metric]}
        usual = [
            name
            for name, pool in fitting.items()
            if (metric == "materials" and pool.takes_materials) or (pool.is_usual and pool.kind == SERVED[metric][0])
        ]
        found = usual or list(fitting)
        return found[0] if len(found) == 1 else ""

    def _filled(self, year: int, slug: str, metric: str, pool: str, amount: Decimal) -> Asked | None:
        quantity = self._in_unit(year, pool, amount) if pool else None
        if not quantity:
            return None
        return Asked(slug, pool, quantity, self.pools[year, pool].unit_cost, metric, is_forecast=True)

    def _in_unit(self, year: int, name: str, amount: Decimal) -> Decimal | None:
        pool = self.pools[year, name]
        if pool.kind != "materials":
            return amount
        return cents_down(max(amount, ZERO) / pool.unit_cost) if pool.unit_cost else None

    def left_of_forecast(self, year: int, department: str, slug: str, asked: Asked, but: str = "") -> Decimal | None:
        """How much of the forecast no other line asks for: hours against hours, all else in money."""
        about = asked.metric or ("people" if self.pools[year, asked.pool].kind == "people" else "")
        known = {m: f for m in SERVED if (f := self.figure(year, department, slug, m)) is not None}
        left = _left(known, about, self._taken((year, department, slug), about == "people", but))
        return None if left is None else self._in_unit(year, asked.pool, left)

    def _taken(self, key: ProjectKey, of_people: bool, but: str = "") -> Decimal:
        year, department, slug = key
        lines = self.requests[year, department].lines.items()
        of_project = [line for name, line in lines if name != but and line.is_forecast and line.project == slug]
        same = [line for line in of_project if (self.pools[year, line.pool].kind == "people") == of_people]
        return sum((line.quantity if of_people else line.cost for line in same), ZERO)

    def fill_in(self, by: str, year: int, department: str, chosen: dict[str, str]) -> None:
        """Ask for what the forecast says and no line asks for yet, from pools a person chose where it is not clear."""
        request = self.open_request(year, department)
        acting = self.need(by, "write-plan", department)
        new: dict[str, Asked] = {}
        waiting: dict[tuple[str, bool], Decimal] = {}
        figures = self._figures_to_ask(year, department)
        filled = {(line.project, line.metric) for line in request.lines.values()}
        for slug, metric in figures:
            known = {m: self.figure(year, department, slug, m) or ZERO for s, m in figures if s == slug}
            of_people = metric == "people"
            taken = self._taken((year, department, slug), of_people) + waiting.get((slug, of_people), ZERO)
            left = _left(known, metric, taken)
            if left and (slug, metric) not in filled:
                waiting[slug, of_people] = waiting.get((slug, of_people), ZERO) + left
                pool = chosen.get(metric) or self.pool_for(year, metric)
                line = self._filled(year, slug, metric, pool, left)
                new |= {f"{slug}:{metric}": line} if line else {}
        if not new:
            raise Refused("nothing is left to fill in")
        request.lines |= new
        request.authors |= acting

    def projects_of(self, year: int, department: str) -> list[str]:
        """The short names of a department's projects in a year."""
        return [key[2] for key in self.projects if key[:2] == (year, department)]

    # -- pools --------------------------------------------------------------------------------------------------------

    def add_pool(self, by: str, year: int, pool: Pool) -> None:
        """Something there is a limited amount of; untouched drafts are filled in with it."""
        self.need(by, "keep-pools")
        self.open_year(year)
        if (year, pool.name) in self.pools or not pool.name or pool.capacity < 0 or not self._says_who_pays(year, pool):
            raise Refused("a name, once, and who pays at what rate")
        others = [p for (number, _), p in self.pools.items() if number == year]
        is_second = pool.is_usual and any(p.is_usual and p.kind == pool.kind for p in others)
        for_materials = pool.takes_materials or (pool.is_usual and pool.kind == "materials")
        taken = any(p.takes_materials or (p.is_usual and p.kind == "materials") for p in others)
        if is_second or (for_materials and taken):
            raise Refused("another pool is the usual one")
        self.pools[year, pool.name] = pool
        self.fill_in_untouched(key for key in self.requests if key[0] == year)

    def _says_who_pays(self, year: int, pool: Pool) -> bool:
        if pool.kind == "money":
            return pool.rate is None and not pool.payer
        if pool.takes_materials:
            return False
        if pool.rate is None and not pool.payer:
            return True
        payer = self.pools.get((year, pool.payer))
        return bool(pool.rate and pool.rate > 0 and payer and payer.kind == "money")

    def change_pool(
        self, by: str, year: int, name: str, capacity: Decimal, rate: Decimal | None, stale: bool = False
    ) -> None:
        """Another capacity, never below what is granted; another rate only while nobody has handed in a line of it."""
        self.need(by, "keep-pools")
        self.open_year(year)
        pool = self.pools.get((year, name))
        if pool is None or stale or capacity < self.committed(year, name):
            raise Refused("changed, or less than is granted")
        if rate != pool.rate and not (pool.payer and rate and rate > 0):
            raise Refused("it takes no money, or costs nothing")
        asking = [request for (number, _), request in self.requests.items() if number == year]
        handed_in = any(
            line.pool == name for r in asking if r.state in ("submitted", "allocated") for line in r.lines.values()
        )
        if rate != pool.rate and handed_in:
            raise Refused("requests that are handed in ask for it")
        changed, pool.capacity = rate != pool.rate, capacity
        pool.rate = rate
        if changed:
            for request in asking:
                for line in request.lines.values():
                    line.unit_cost = pool.unit_cost if line.pool == name else line.unit_cost
            self.fill_in_untouched(key for key in self.requests if key[0] == year)

    def committed(self, year: int, name: str) -> Decimal:
        """What of a pool is granted: of money what its own lines and those it pays for cost."""
        pool, total = self.pools[year, name], ZERO
        for (number, _), request in self.requests.items():
            for line in request.lines.values() if number == year else ():
                is_paid = self.pools[year, line.pool].payer == name
                if pool.kind == "money" and (line.pool == name or is_paid):
                    total += line.granted_cost
                elif line.pool == name:
                    total += line.granted
        return total

    def fits(self, year: int, *names: str) -> bool:
        """Whether these pools hold what is granted of them."""
        return all(self.committed(year, name) <= self.pools[year, name].capacity for name in names if name)

    # -- requests -----------------------------------------------------------------------------------------------------

    def open_request(self, year: int, department: str) -> Request:
        """The request that can be written in, today."""
        self.open_year(year)
        request = self.requests.get((year, department))
        if request is None or request.state not in EDITABLE:
            raise Refused("the request is not open")
        self._request_window(year, department, request)
        return request

    def _request_window(self, year: int, department: str, request: Request) -> None:
        window = self.years[year].windows["request"]
        if self.day > request.due and not (request.due > window[1] and self.day <= request.due + timedelta(7)):
            self.in_window(year, "request", department)

    def ask(self, by: str, key: ProjectKey, name: str, asked: Asked, why: str, stale: bool = False) -> None:
        """One resource for one project; more than the forecast has left with a reason only."""
        year, department, slug = key
        request = self.open_request(year, department)
        project = self.projects.get(key)
        if project is None or stale or (year, asked.pool) not in self.pools or name in request.lines:
            raise Refused("changed, or not there")
        acting = self.need(by, "write-plan", department, project.lead)
        if project.state not in ("planned", "active") or not self.departments[department].is_active:
            raise Refused("nothing more is asked here")
        if asked.is_forecast and slug not in self.forecasts[year, department].lines:
            raise Refused("not forecast")
        asked.unit_cost = self.pools[year, asked.pool].unit_cost
        left = self.left_of_forecast(year, department, slug, asked) if asked.is_forecast else None
        if asked.quantity <= 0 or (left is not None and asked.quantity > left and not why):
            raise Refused("more than zero, and more than forecast with a reason")
        request.lines[name] = asked
        request.authors |= acting

    def change_asked(
        self, by: str, key: ProjectKey, name: str, quantity: Decimal, why: str, stale: bool = False
    ) -> None:
        """More or less of it."""
        year, department, slug = key
        request = self.open_request(year, department)
        line = request.lines.get(name)
        if line is None or stale:
            raise Refused("changed, or not there")
        project = self.projects[key]
        acting = self.need(by, "write-plan", department, project.lead)
        if project.state not in ("planned", "active"):
            raise Refused("nothing more is asked here")
        left = self.left_of_forecast(year, department, slug, line, name) if line.is_forecast else None
        if quantity <= 0 or (left is not None and quantity > left and not why):
            raise Refused("more than zero, and more than forecast with a reason")
        line.unit_cost = self.pools[year, line.pool].unit_cost
        if line.quantity != quantity or line.why != why:
            request.authors |= acting
        line.quantity, line.why = quantity, why

    def remove_asked(self, by: str, key: ProjectKey, name: str, stale: bool = False) -> None:
        """Asked for no longer."""
        request = self.open_request(*key[:2])
        if name not in request.lines or stale:
            raise Refused("changed, or not there")
        request.authors |= self.need(by, "write-plan", key[1], self.projects[key].lead)
        del request.lines[name]

    def submit_request(self, by: str, year: int, department: str, comment: str = "", stale: bool = False) -> None:
        """Handed in with a line at least."""
        request = self.open_request(year, department)
        acting = self.need(by, "submit-request", department)
        if not request.lines or stale:
            raise Refused("empty, or changed")
        self.need_answered(("request", (year, department)), comment)
        request.state, request.authors = "submitted", request.authors | acting

    def _at(self, year: int, department: str, *states: str) -> Request:
        self.open_year(year)
        request = self.requests.get((year, department))
        if request is None or request.state not in states:
            raise Refused("not in that state")
        return request

    def withdraw_request(self, by: str, year: int, department: str) -> None:
        """Taken back until the first line is decided."""
        request = self._at(year, department, "submitted")
        self._request_window(year, department, request)
        self.need(by, "submit-request", department)
        if any(line.decision != "open" for line in request.lines.values()):
            raise Refused("the review has begun")
        request.state = "draft"

    def send_back_request(self, by: str, year: int, department: str, comment: str) -> None:
        """Sent back; what was granted is free again."""
        request = self._at(year, department, "submitted")
        self.need_untouched(by, "allocate", request.authors, department)
        if not comment:
            raise Refused("a comment is required")
        request.state = "returned"
        for line in request.lines.values():
            line.decision, line.granted, line.reason = "open", ZERO, ""

    def waive_request(self, by: str, year: int, department: str, comment: str) -> None:
        """Excused, with a reason."""
        request = self._at(year, department, *EDITABLE)
        self.need_untouched(by, "waive", request.authors, department)
        if not comment:
            raise Refused("a comment is required")
        request.state = "waived"

    def grant(
        self, by: str, key: ProjectKey, name: str, decision: str, granted: Decimal, reason: str, stale: bool = False
    ) -> None:
        """A line is decided, within what its pool and the money that pays for it hold."""
        year, department, _slug = key
        request = self._at(year, department, "submitted")
        self.need_untouched(by, "allocate", request.authors, department)
        line = request.lines.get(name)
        if line is None or stale or (decision in NOT_IN_FULL and not reason):
            raise Refused("changed, not there, or without a reason")
        quantity = {"full": line.quantity, "part": granted}.get(decision, ZERO)
        if decision == "part" and not ZERO < granted < line.quantity:
            raise Refused("in part is more than nothing and less than all")
        if quantity and self.projects[key].state not in ("planned", "active"):
            raise Refused("the project has stopped")
        before, line.granted = line.granted, quantity
        if not self.fits(year, line.pool, self.pools[year, line.pool].payer):
            line.granted = before
            raise Refused("a pool does not hold that much")
        line.decision, line.reason = decision, reason

    def allocate(self, by: str, year: int, department: str) -> None:
        """The decisions are closed."""
        request = self._at(year, department, "submitted")
        self.need_untouched(by, "allocate", request.authors, department)
        if any(line.decision == "open" for line in request.lines.values()):
            raise Refused("a line is not decided")
        request.state = "allocated"


def _same(line: Asked, wanted: Asked) -> bool:
    return (line.pool, line.quantity, line.unit_cost) == (wanted.pool, wanted.quantity, wanted.unit_cost)


def _left(known: dict[str, Decimal], about: str, taken: Decimal) -> Decimal | None:
    """What of these figures is left for a line about one of them: hours beside hours, money beside money."""
    same = {metric: figure for metric, figure in known.items() if (metric == "people") == (about == "people")}
    if not same:
        return None
    left = max(sum(same.values(), ZERO) - taken, ZERO)
    return min(left, same.get(about, left))
