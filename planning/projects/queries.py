"""The projects of a year, who can lead one, and what the portal knows already of the history in a file."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404

from planning.cycles.models import Cycle
from planning.projects.figures import METRICS, HistoryRow, folded, latin, short_name
from planning.projects.models import Actual, Metric, Project, ProjectName, ReplacedActual
from sop_portal.foundation.kit.text import same_name
from sop_portal.foundation.organisation.access import Request
from sop_portal.foundation.organisation.actor import Actor
from sop_portal.foundation.organisation.lineage import Lineage, former_names, lineage
from sop_portal.foundation.organisation.models import Department, DepartmentName, Membership, Organisation, User
from sop_portal.foundation.organisation.roles import Role


def visible_projects(request: Request, cycle: Cycle, wanted: Mapping[str, Any]) -> QuerySet[Project]:
    """The projects of a year this person may see, as far as they fit the filter."""
    found = Project.objects.filter(cycle_id=cycle.pk).visible_to(request.actor)
    if wanted.get("q"):
        found = found.filter(name__icontains=wanted["q"])
    if wanted.get("department"):
        found = found.filter(department_id=wanted["department"].pk)
    if wanted.get("state"):
        found = found.filter(state=wanted["state"])
    return found


def find_project(request: Request, *, year: int, department: str, project: str) -> Project:
    """One project of a year."""
    visible = Project.objects.visible_to(request.actor).select_related("cycle", "department", "lead")
    return get_object_or_404(visible, cycle__year=year, department__slug=department, slug=project)


def who_may_lead(department_id: int, on: date) -> QuerySet[User]:
    """Those who can lead a project of a department on a day: its project leads and its head, by name."""
    people = Membership.objects.on(on).filter(role__in=[Role.LEAD, Role.HEAD], department_id=department_id)
    return User.objects.filter(pk__in=people.values("person_id"), is_active=True).order_by("name")


def slugs_of_renamed(department_ids: Iterable[int]) -> dict[tuple[int, str], str]:
    """The short name that each renamed project of these departments keeps, by the one its new name would have."""
    rows = ProjectName.objects.filter(department_id__in=department_ids)
    return {(row.department_id, row.called): row.slug for row in rows}


def past_figures(actor: Actor, department: Department) -> QuerySet[Actual]:
    """What a department did in earlier years, and what those did that became part of it, as far as one may see it."""
    parts = [department.pk, *lineage().ancestors_of(department.pk)]
    found = Actual.objects.visible_to(actor).filter(department_id__in=parts)
    found = found.select_related("department", "taken_from").prefetch_related("replaced")
    return found.order_by("-year", "department__name", "name", "pk")


# The portal itself says what became of these: the figures that were written down follow its reports.
RECORDED = (Project.State.EVALUATED, Project.State.CANCELLED)
COUNTED_IN = {Metric.ACTIVITIES.value: "activities_held", Metric.PARTICIPANTS.value: "participants_reached"}
# Who wrote down what the portal itself holds, and who said otherwise.
WRITTEN_DOWN = (ReplacedActual.Why.EVALUATION, ReplacedActual.Why.CANCELLED)
SAID_OTHERWISE = (ReplacedActual.Why.CORRECTION, ReplacedActual.Why.IMPORT)


def record_of(actual: Actual) -> Project | None:
    """The portal's own project that the figures of a year are about, once it has ended."""
    return recorded_projects([actual]).get(key_of(actual))


def key_of(actual: Actual) -> "PastKey":
    """What the figures of a year are kept under."""
    return actual.department_id, actual.slug, actual.year


def recorded_projects(actuals: Collection[Actual]) -> dict["PastKey", Project]:
    """The portal's own projects that these figures are about, as far as they have ended."""
    where = {"department_id__in": {a.department_id for a in actuals}, "cycle__year__in": {a.year for a in actuals}}
    found = Project.objects.filter(state__in=RECORDED, **where).select_related("cycle", "department")
    return {(project.department_id, project.slug, project.cycle.year): project for project in found}


def said_otherwise(actual: Actual) -> set[str]:
    """The measures of which a file or a person said something else than the portal's own record, and it stands."""
    asides = list(actual.replaced.order_by("pk"))
    last = max((place for place, aside in enumerate(asides) if aside.why in WRITTEN_DOWN), default=-1)
    asides = asides[last + 1 :]
    first = asides[0] if asides else actual
    if first.taken_from_id is not None:
        return set(METRICS)
    return {
        metric
        for before, after in pairwise([*asides, actual])
        if isinstance(before, ReplacedActual) and before.why in SAID_OTHERWISE
        for metric in METRICS
        if before.figures[metric] != after.figures[metric]
    }


def years_under_way() -> set[int]:
    """The years that are not over yet: of these only the projects that ended are known."""
    return set(Cycle.objects.exclude(state=Cycle.State.CLOSED).order_by().values_list("year", flat=True))


@dataclass(frozen=True)
class PlanYears:
    """When each year begins and ends: by its own plan, by the last plan's months, or by calendar; and its money."""

    spans: Mapping[int, tuple[date, date]] = field(default_factory=dict)
    currency: str = ""
    # In which month the organisation's own years begin: those of its money, and of its plans before the first one.
    months: tuple[int, ...] = ()

    @property
    def are_calendar(self) -> bool:
        """Whether every year of the portal and of its money is that of the calendar."""
        begin = [(starts.month, starts.day) for starts, _ends in self.spans.values()]
        return all(day == (1, 1) for day in (*begin, *((month, 1) for month in self.months)))

    def span(self, year: int) -> tuple[date, date]:
        """The first and the last day of a year."""
        if year in self.spans:
            return self.spans[year]
        if not self.spans:
            return date(year, 1, 1), date(year, 12, 31)
        last = max(self.spans)
        starts, ends = self.spans[last]
        begins = _in_year(starts, starts.year + year - last)
        after = _in_year(ends + timedelta(days=1), (ends + timedelta(days=1)).year + year - last)
        return begins, after - timedelta(days=1)

    def year_of(self, year: int, month: int) -> int:
        """The year of the portal to which a month of the calendar belongs."""
        if not date.min.year < year < date.max.year:
            return year
        day = date(year, month, 1)
        near = ((one, self.span(one)) for one in (year, year + 1, year - 1))
        return next((one for one, (starts, ends) in near if starts <= day <= ends), year)

    def not_ended(self, years: Iterable[int], on: date) -> set[int]:
        """The years among these that are under way or to come, by their own plan or else by calendar."""
        return {year for year in years if self.spans.get(year, (on, date(year, 12, 31)))[1] >= on}

    def unfinished(self, years: Iterable[int], on: date) -> set[int]:
        """The years that have ended by calendar, but would not have by the months of the portal's own years."""
        return {year for year in years if self.span(year)[1] >= on} - self.not_ended(years, on)


def _in_year(day: date, year: int) -> date:
    # The 29th of February is the only day that a year may lack.
    return day.replace(year=year, day=28) if (day.month, day.day) == (2, 29) else day.replace(year=year)


def plan_years() -> PlanYears:
    """The years that were ever planned here; before the first one, the money that new years begin with."""
    rows = list(Cycle.objects.order_by("year").values_list("year", "starts_on", "ends_on", "currency"))
    spans = {year: (starts, ends) for year, starts, ends, _currency in rows}
    organisation = Organisation.current()
    months = (organisation.financial_month, *(() if rows else (organisation.planning_month,)))
    return PlanYears(spans, rows[-1][3] if rows else organisation.currency, months)


# A department, a project's short name (nothing for the whole department) and a year.
PastKey = tuple[int, str, int]


@dataclass(frozen=True)
class KnownHistory:
    """What the portal knows of the departments and years in a file, and of the names it calls them by.

    A department is found under the name it has and under every one it had before.
    """

    departments: dict[str, int]
    taken: frozenset[PastKey]
    renamed: dict[str, DepartmentName] = field(default_factory=dict)
    heirs: dict[int, Department] = field(default_factory=dict)
    slugs: dict[tuple[int, str], str] = field(default_factory=dict)
    codes: dict[str, str] = field(default_factory=dict)
    lookalikes: dict[str, str] = field(default_factory=dict)
    alikes: dict[str, str] = field(default_factory=dict)
    years: PlanYears = field(default_factory=PlanYears)
    # What a file itself says of the names of its departments: under which one each of them goes.
    said: Mapping[str, str] = field(default_factory=dict)
    records: dict[PastKey, Project] = field(default_factory=dict)

    def identity_of(self, row: HistoryRow) -> int | str:
        """The department of a row, or what a department that is not there yet will be called."""
        name = folded(row.department)
        return self.departments.get(name) or self.said.get(name, name)

    def department_of(self, row: HistoryRow) -> int | None:
        """The department a row belongs to, whatever its capitals."""
        return self.departments.get(folded(row.department))

    def key_of(self, row: HistoryRow) -> PastKey:
        """What the figures of a row are kept under; its department is known."""
        department = self.departments[folded(row.department)]
        return department, self.slug_of(row, department), row.year

    def slug_of(self, row: HistoryRow, department: int | None) -> str:
        """The short name its project keeps; nothing where the row stands for the whole department."""
        slug = short_name(row.project) if row.project else ""
        return self.slugs.get((department or 0, slug), slug)

    def is_taken(self, row: HistoryRow) -> bool:
        """Whether the history has figures for it already."""
        return self.key_of(row) in self.taken

    def unknown_departments(self, rows: Iterable[HistoryRow]) -> list[str]:
        """The names the portal does not know, in the order of the file, each once."""
        unknown: dict[str, str] = {}
        for row in rows:
            if self.department_of(row) is None:
                unknown.setdefault(folded(row.department), row.department)
        return list(unknown.values())


# What a file calls a department by from now on, and its short name; nothing where the file does not speak of it.
SaidName = Callable[[str], tuple[str, str]]


def known_history_of_all_departments(rows: Iterable[HistoryRow], said: SaidName | None = None) -> KnownHistory:
    """Look the departments up by every name they had, or get by the file, and every figure that is there already."""
    rows = list(rows)
    wanted = {folded(row.department) for row in rows}
    departments = {department.pk: department for department in Department.objects.all()}
    mergers = Lineage({pk: department.merged_into_id for pk, department in departments.items()})
    by_name = {folded(department.name): pk for pk, department in departments.items()}
    former = {folded(name): row for name, row in former_names().items()}
    renamed = {name: row for name, row in former.items() if name in wanted and name not in by_name}
    by_code = {department.slug: pk for pk, department in departments.items()}
    known = by_code | {name: row.department_id for name, row in renamed.items()} | by_name
    in_file = {folded(name): said(name) for name in {row.department for row in rows}} if said else {}
    known |= {name: by_code[code] for name, (_called, code) in in_file.items() if code in by_code}
    found = {name: pk for name, pk in known.items() if name in wanted}
    heirs = {pk: departments[line[-1]] for pk in found.values() if (line := list(mergers.heirs_of(pk)))}
    taken = Actual.objects.filter(department_id__in=found.values()).values_list("department_id", "slug", "year")
    return KnownHistory(
        found,
        frozenset(taken.iterator(chunk_size=5000)),
        renamed,
        heirs,
        slugs_of_renamed(found.values()),
        codes={
            name: departments[pk].name
            for name, pk in found.items()
            if name in by_code and name not in renamed and name not in by_name
        },
        lookalikes={latin(department.name): department.name for department in departments.values()},
        alikes={same_name(department.name): department.name for department in departments.values()},
        years=plan_years(),
        said={name: folded(called) for name, (called, _code) in in_file.items() if called},
        records=_records_of(found.values()),
    )


def _records_of(department_ids: Collection[int]) -> dict[PastKey, Project]:
    found = Project.objects.filter(department_id__in=department_ids, state__in=RECORDED).select_related("cycle")
    return {(project.department_id, project.slug, project.cycle.year): project for project in found}


def figures_there(rows: Sequence[HistoryRow], known: KnownHistory) -> dict[PastKey, dict[str, Decimal | None]]:
    """What the portal has for the rows of a file, as far as it has anything."""
    wanted = {known.key_of(row) for row in rows if known.department_of(row) and known.is_taken(row)}
    if not wanted:
        return {}
    found = Actual.objects.filter(department_id__in={key[0] for key in wanted}, year__in={key[2] for key in wanted})
    columns = ("department_id", "slug", "year", *METRICS)
    listed = found.order_by().values_list(*columns).iterator(chunk_size=5000)
    return {key: dict(zip(METRICS, row[3:], strict=True)) for row in listed if (key := row[:3]) in wanted}
