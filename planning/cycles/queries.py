"""The years of a page, their windows and extensions; what concerns all years under way says so in its name."""

from datetime import date

from django.db.models import Min, Model, Q, QuerySet, prefetch_related_objects
from django.http import Http404
from django.shortcuts import get_object_or_404

from planning.cycles.calendar import DueDay, counted_due
from planning.cycles.models import Cycle, Extension, StageWindow
from sop_portal.foundation.organisation.access import Request
from sop_portal.foundation.organisation.models import Department
from sop_portal.foundation.organisation.roles import Can
from sop_portal.foundation.organisation.working_days import WorkingDays, working_days

OPEN = Cycle.State.PUBLISHED


def years_of(request: Request) -> list[Cycle]:
    """Every year one may see, newest first, with the first day of its planning.

    They are read once, for the page's own year and for the switcher above it; an act reads them anew.
    """
    if not hasattr(request, "years") or request.method not in ("GET", "HEAD"):
        found = Cycle.objects.visible_to(request.actor).annotate(first_day=Min("windows__opens_on"))
        request.years = list(found.order_by("-year"))
    return request.years


def years_shown(request: Request) -> list[Cycle]:
    """The years of the switcher; drafts only for those who set them up."""
    if request.actor.may(Can.RUN_CYCLE):
        return years_of(request)
    return _published(years_of(request))


def _published(cycles: list[Cycle]) -> list[Cycle]:
    return [cycle for cycle in cycles if cycle.state != Cycle.State.DRAFT]


def in_year(cycles: list[Cycle], year: int) -> Cycle:
    """The cycle of this year; without one there is no such page."""
    for cycle in cycles:
        if cycle.year == year:
            return cycle
    raise Http404


def cycle_of(request: Request, year: int) -> Cycle:
    """The year of the address."""
    return in_year(years_of(request), year)


def may_in(request: Request, cycle: Cycle, can: Can, record: Model | None = None) -> bool:
    """Whether a page offers somebody an act in a year: in one that is closed it is offered to nobody."""
    return not cycle.is_closed and request.actor.may(can, record)


def published_cycle(request: Request, year: int) -> Cycle:
    """The year of the address with its windows and extensions; before it is published nobody works in it."""
    cycle = in_year(_published(years_of(request)), year)
    prefetch_related_objects([cycle], "windows", "extensions")
    return cycle


def cycle_with_windows(request: Request, year: int) -> Cycle:
    """The year with its windows and extensions; a draft only for those who set it up."""
    cycles = Cycle.objects.visible_to(request.actor)
    if not request.actor.may(Can.RUN_CYCLE):
        cycles = cycles.exclude(state=Cycle.State.DRAFT)
    cycles = cycles.prefetch_related("windows", "extensions__department", "extensions__granted_by")
    return get_object_or_404(cycles, year=year)


def dates_of(cycle: Cycle, stage: str) -> StageWindow | None:
    """The dates of a stage, as every department has them."""
    return next((window for window in cycle.windows.all() if window.stage == stage), None)


def extension_of(cycle: Cycle, stage: str, department: Department | int) -> Extension | None:
    """The longest extension a department has in a stage."""
    department_id = department if isinstance(department, int) else department.pk
    granted = [e for e in cycle.extensions.all() if e.stage == stage and e.department_id == department_id]
    return max(granted, key=lambda extension: extension.until_on, default=None)


def extensions_of(cycle: Cycle, stage: str) -> dict[int, Extension]:
    """The longest extension of every department that has one in a stage."""
    granted = sorted(cycle.extensions.all(), key=lambda extension: extension.until_on)
    return {extension.department_id: extension for extension in granted if extension.stage == stage}


def days_that_move(cycle: Cycle) -> WorkingDays | None:
    """The working days to which a year moves its deadlines; None where it lets them fall on any day."""
    return working_days() if cycle.moves_to_working_day else None


def due_in(cycle: Cycle, named: date) -> DueDay:
    """The day a deadline of this year counts on: every day that is kept as due comes from here."""
    return counted_due(named, days_that_move(cycle))


def due_for(cycle: Cycle, stage: str, department: Department | int) -> date | None:
    """Until when a department's work is due: the day of the window, or the later one of its extension."""
    return later_of(dates_of(cycle, stage), extension_of(cycle, stage, department))


def moved_from_for(cycle: Cycle, stage: str, department: Department | int) -> date | None:
    """The day off from which the due day of a department was moved: that of the window, or of its extension."""
    dates, extension = dates_of(cycle, stage), extension_of(cycle, stage, department)
    if dates and extension and extension.until_on > dates.due_on:
        return extension.moved_from
    return dates.moved_from if dates else None


def who_can_owe(cycle: Cycle) -> QuerySet[Department]:
    """The departments that may owe something in a year: those that take part, and those that took part in it."""
    planned, forecast = (rows.order_by().values("department_id") for rows in (cycle.projects, cycle.forecasts))
    return Department.objects.filter(Q(is_active=True) | Q(pk__in=planned) | Q(pk__in=forecast))


def later_of(dates: StageWindow | None, extension: Extension | None) -> date | None:
    """The day of the window, or the later one of an extension."""
    if dates is None or extension is None:
        return dates.due_on if dates else None
    return max(dates.due_on, extension.until_on)


def windows_under_way(stage: str) -> dict[int, StageWindow]:
    """The window of a stage in every year under way, by year: for the deadlines of all departments."""
    found = StageWindow.objects.filter(stage=stage, cycle__state=OPEN).select_related("cycle")
    return {window.cycle_id: window for window in found}


def extensions_under_way(stage: str) -> dict[tuple[int, int], date]:
    """Until when a department has more time in a stage, by year and department: for the deadlines of all."""
    given = Extension.objects.filter(stage=stage, cycle__state=OPEN).order_by("until_on")
    rows = given.values_list("cycle_id", "department_id", "until_on")
    return {(year, department): until_on for year, department, until_on in rows}
