"""The history, and what it proposes: a series follows former names and heirs, over as many steps as there were."""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from sop_portal.tests.simulation.ledger.facts import (
    CENT,
    METRICS,
    ZERO,
    Band,
    Figure,
    Forecast,
    ForecastLine,
    Project,
    ProjectKey,
    RecordKey,
    Refused,
    Year,
)
from sop_portal.tests.simulation.ledger.rights import Rights

EDITABLE = ("draft", "returned")
# So many years say how far the next one may move; no figure is larger than a year holds.
YEARS_LOOKED_AT, MOST = 5, Decimal(10) ** 13 - CENT
Part = dict[int, Figure]


@dataclass
class Series(Rights):
    """Years, projects, forecasts, and what was done in the years before."""

    years: dict[int, Year] = field(default_factory=dict)
    projects: dict[ProjectKey, Project] = field(default_factory=dict)
    forecasts: dict[tuple[int, str], Forecast] = field(default_factory=dict)
    # Department, short name and year: the five figures.
    past: dict[tuple[str, str, int], dict[str, Figure]] = field(default_factory=dict)
    # The later names of projects: what is called so has that short name.
    later_names: dict[tuple[str, str], str] = field(default_factory=dict)
    # What was sent back and is not handed in again: its content on that day, or nothing once it is another one.
    sent_back: dict[RecordKey, Any] = field(default_factory=dict)

    def open_year(self, number: int) -> Year:
        """The year, if it is there and not closed."""
        year = self.years.get(number)
        if year is None or year.state == "closed":
            raise Refused(f"{number} is closed or not there")
        return year

    def need_answered(self, record: RecordKey, comment: str) -> None:
        """Refuse to hand in again what was sent back, unchanged and without a word about why."""
        if not comment and self.sent_back.get(record) is not None:
            raise Refused("nothing changed since it was sent back")

    def planner(self, year: int, department: str) -> str:
        """Under which department one is planned: itself where it has no heir, or plans of its own, unless excused.

        An heir that was excused and became part of another itself plans for nobody either.
        """
        line = [department, *self.heirs(department)]
        return next((one for one in line[:-1] if self._plans(year, one) and not self._is_excused(year, one)), line[-1])

    def _plans(self, year: int, department: str) -> bool:
        return (year, department) in self.forecasts or any(k[:2] == (year, department) for k in self.projects)

    def _is_excused(self, year: int, department: str) -> bool:
        forecast = self.forecasts.get((year, department))
        return forecast is not None and forecast.state == "waived"

    def proposal(self, year: int, department: str, slug: str, metric: str) -> Figure:
        """What the history proposes: the last known figure of every part that still runs, together."""
        _parts, living = self._parts(year, department, slug, metric)
        known = [max(found)[1] for part in living if (found := _known(part))]
        return sum(known, ZERO) if known else None

    def _parts(self, year: int, department: str, slug: str, metric: str) -> tuple[list[Part], list[Part]]:
        """What every department did that is planned under this one, and which of these parts still run."""
        parts: dict[str, Part] = {}
        is_one = all(self.planner(year, key) == key for key in self.departments)
        for (where, name, then), figures in self.past.items():
            if name == slug and then < year and self.planner(year, where) == department:
                parts.setdefault(where, {})[then] = figures[metric]
        over = [then for part in parts.values() for then in part if is_one or not self._is_under_way(then)]
        return list(parts.values()), [part for part in parts.values() if max(part) >= max(over, default=0)]

    def band(self, year: int, department: str, slug: str, metric: str) -> Band:
        """How far a proposal may miss: by as much as the last years moved, together and from one to the next."""
        parts, living = self._parts(year, department, slug, metric)
        together: Part = {}
        for then in sorted({then for part in parts for then in part})[-YEARS_LOOKED_AT:]:
            there = [part for part in parts if then in part or (part in living and then > max(part))]
            figures = [part.get(then) for part in there]
            together[then] = None if None in figures else sum(figures, ZERO)  # type: ignore[arg-type]
        moves = _moves(together)
        proposal = self.proposal(year, department, slug, metric)
        if proposal is None or len(moves) < 2 or not any(moves):
            return None, None
        low, high = (proposal * (1 + move / 100) for move in (min(*moves, ZERO), max(*moves, ZERO)))
        return max(low, ZERO).quantize(CENT), min(high, MOST).quantize(CENT)

    def _is_under_way(self, number: int) -> bool:
        return number in self.years and self.years[number].state != "closed"

    def proposed(self, year: int, department: str, slug: str, metric: str) -> Figure:
        """The proposal that stands in a forecast: the history's, or what it was when the forecast was handed in."""
        forecast = self.forecasts[year, department]
        if forecast.state in EDITABLE and self.years[year].state == "published":
            return self.proposal(year, department, slug, metric)
        return forecast.lines[slug].kept[metric]

    def banded(self, year: int, department: str, slug: str, metric: str) -> Band:
        """How far the proposal that stands in a forecast may miss."""
        forecast = self.forecasts[year, department]
        if forecast.state in EDITABLE and self.years[year].state == "published":
            return self.band(year, department, slug, metric)
        return forecast.lines[slug].kept_bands[metric]

    def figure(self, year: int, department: str, slug: str, metric: str) -> Figure:
        """What counts: what a person typed, else the proposal."""
        typed = self.forecasts[year, department].lines[slug].typed[metric].override
        return self.proposed(year, department, slug, metric) if typed is None else typed

    def needed(self, key: ProjectKey) -> dict[str, Figure]:
        """The figures of a project that is planned; nothing where it is not."""
        year, department, slug = key
        forecast = self.forecasts.get((year, department))
        line = forecast.lines.get(slug) if forecast else None
        if line is None or not line.is_planned:
            return dict.fromkeys(METRICS)
        return {metric: self.figure(year, department, slug, metric) for metric in METRICS}

    def counted_need(self, key: ProjectKey) -> dict[str, Figure]:
        """What a project counts of its figures: nothing once the forecast is waived."""
        forecast = self.forecasts.get(key[:2])
        return dict.fromkeys(METRICS) if forecast and forecast.state == "waived" else self.needed(key)

    def asked(self, key: ProjectKey) -> Decimal:
        """What is asked for a project: nothing once the request is waived."""
        request = self.requests.get(key[:2])
        lines = request.lines.values() if request and request.state != "waived" else []
        return sum((line.cost for line in lines if line.project == key[2]), ZERO)

    def keep_proposals(self, year: int, department: str) -> None:
        """A forecast is handed in: its proposals stay as they were seen."""
        for slug, line in self.forecasts[year, department].lines.items():
            line.kept = {metric: self.proposal(year, department, slug, metric) for metric in METRICS}
            line.kept_bands = {metric: self.band(year, department, slug, metric) for metric in METRICS}

    # -- a year begins ------------------------------------------------------------------------------------------------

    def carried_over(self, year: int, heirs: dict[str, str]) -> None:
        """The projects of the year before, by the departments that plan for them; an heir's own come first."""
        before = max((y for y, found in self.years.items() if y < year and found.state != "draft"), default=0)
        old = [(k, p) for k, p in self.projects.items() if k[0] == before and k[1] in heirs and p.state != "cancelled"]
        for (_, department, slug), project in sorted(old, key=lambda found: found[0][1] != heirs[found[0][1]]):
            self.new_project((year, heirs[department], slug), project.name, project.lead)

    def new_project(self, key: ProjectKey, name: str, lead: str) -> None:
        """A project with its line, unless the department plans it already."""
        if key not in self.projects:
            year = self.years[key[0]]
            self.projects[key] = Project(name, lead, year.starts, year.ends)
            self.forecasts[key[:2]].lines[key[2]] = ForecastLine()

    def publish_year(self, by: str, year: int) -> None:
        """Every department that takes part owes a forecast, with the projects it carries on."""
        self.need(by, "run-year")
        if year not in self.years or self.years[year].state != "draft":
            raise Refused("published already")
        self.years[year].state = "published"
        active = [d.key for d in self.departments.values() if d.is_active]
        for department in active:
            self.forecasts[year, department] = Forecast()
        heirs = {key: key for key in active}
        for key in self.departments:
            heir = next((heir for heir in self.heirs(key) if heir in active), "")
            if heir and key not in heirs:
                heirs[key] = heir
        self.carried_over(year, heirs)

    def owe_newcomer(self, by: str, department: str) -> None:
        """A department that joins while forecasts are taken owes one too."""
        for number, year in self.years.items():
            is_taken = year.state == "published" and self.day <= year.windows["forecast"][2]
            if is_taken and (number, department) not in self.forecasts and self.departments[department].is_active:
                self.need(by, "keep-people")
                self.forecasts[number, department] = Forecast()
                parts = [key for key in self.departments if self.planner(number, key) == department]
                self.carried_over(number, dict.fromkeys(parts, department))

    def take_over(self, department: str) -> None:
        """The running projects of merged departments are offered to the heir where it still plans."""
        for (number, where), forecast in list(self.forecasts.items()):
            if where == department and forecast.state in EDITABLE and self.years[number].state == "published":
                parts = [key for key in self.departments if key != where and self.planner(number, key) == where]
                self.carried_over(number, dict.fromkeys(parts, department))

    def merge(self, by: str, department: str, into: str) -> None:
        """A department becomes part of another, whose head answers for it from now on."""
        self.need(by, "keep-people")
        found, heir = self.departments[department], self.departments[into]
        if found is heir or found.heir or not heir.is_active or not self.heads_of(into):
            raise Refused("a department becomes part of one that takes part and has a head, once")
        for part in (department, *sorted(self.ancestors(department))):
            self._move_members(part, into, self.heads_of(into))
        found.is_active, found.heir = False, into
        self.take_over(into)

    def _move_members(self, part: str, into: str, heads: list[str]) -> None:
        for member in [m for m in self.memberships if m.department == part and m.last >= self.day]:
            if member.role == "lead":
                self._take_role(member.person, "lead", into)
            elif member.person not in heads:
                member.last = max(self.day.fromordinal(self.day.toordinal() - 1), member.first)
        for head in heads:
            self._take_role(head, "head", part)

    def _take_role(self, person: str, role: str, department: str) -> None:
        from_today = type(self.memberships[0])(person, role, department, self.day)
        held = [m for m in self.memberships if m.first <= self.day and m.last == from_today.last]
        if all((m.person, m.role, m.department) != (person, role, department) for m in held):
            self.memberships.append(from_today)

    def correct_past(self, by: str, department: str, slug: str, year: int, figures: dict[str, Figure]) -> None:
        """A figure of a past year was wrong; everything that rests on it follows."""
        key = (department, slug, year)
        if key not in self.past:
            raise Refused("not known")
        self.need(by, "correct-history", department)
        wrong = any(figure is not None and figure < 0 for figure in figures.values())
        if wrong or all(self.past[key][metric] == figure for metric, figure in figures.items()):
            raise Refused("nothing is changed, or below zero")
        self.past[key] |= figures


def _known(part: Part) -> list[tuple[int, Figure]]:
    return [(then, figure) for then, figure in part.items() if figure is not None]


def _moves(series: Part) -> list[Decimal]:
    """By how many percent a series moved from each known year to the one after it, where it began at something."""
    steps = [(series[then], series.get(then + 1)) for then in sorted(series)]
    return [(new - old) / old * 100 for old, new in steps if old and new is not None]
