"""Whether a stage takes a department's work now, until when, and who can give more time."""

from datetime import date, datetime

from django.utils.translation import gettext as _

from planning.cycles.calendar import WindowDates, window_state
from planning.cycles.models import Cycle, Extension, Stage, StageWindow
from sop_portal.foundation.kit.formats import day_short
from sop_portal.foundation.kit.sentences import concatenate, interpolate
from sop_portal.foundation.organisation.actor import people_who_can
from sop_portal.foundation.organisation.models import Department, Membership
from sop_portal.foundation.organisation.roles import Can, Role
from sop_portal.foundation.workflow.table import WindowCheck


def dates_of(cycle: Cycle, stage: str) -> StageWindow | None:
    """The dates of a stage, as every department has them."""
    return next((window for window in cycle.windows.all() if window.stage == stage), None)


def extension_of(cycle: Cycle, stage: str, department: Department | int) -> Extension | None:
    """The longest extension a department has in a stage."""
    department_id = department if isinstance(department, int) else department.pk
    granted = [e for e in cycle.extensions.all() if e.stage == stage and e.department_id == department_id]
    return max(granted, key=lambda extension: extension.until_on, default=None)


def due_for(cycle: Cycle, stage: str, department: Department | int) -> date | None:
    """Until when a department's work is due: the day of the window, or the later one of its extension."""
    return later_of(dates_of(cycle, stage), extension_of(cycle, stage, department))


def later_of(dates: StageWindow | None, extension: Extension | None) -> date | None:
    """The day of the window, or the later one of an extension."""
    if dates is None or extension is None:
        return dates.due_on if dates else None
    return max(dates.due_on, extension.until_on)


def extensions_of(cycle: Cycle, stage: str) -> dict[int, Extension]:
    """The longest extension of every department that has one in a stage."""
    granted = sorted(cycle.extensions.all(), key=lambda extension: extension.until_on)
    return {extension.department_id: extension for extension in granted if extension.stage == stage}


def window_for(cycle: Cycle, stage: str, department: Department | int, at: datetime) -> WindowCheck:
    """Whether a stage takes this department's work at this moment; a refusal says who can give more time."""
    dates = dates_of(cycle, stage)
    if dates is None:
        sentence = _("“%(stage)s” has no dates yet.") % {"stage": Stage(stage).label}
        return WindowCheck(False, sentence=sentence, way_out=_("The administrator sets them."))
    extension = extension_of(cycle, stage, department)
    until, on = extension.until_on if extension else None, cycle.day(at)
    state = window_state(WindowDates(dates.opens_on, dates.due_on, dates.grace_until), until, on)
    if state == "scheduled":
        sentence = _("The window opens on %(day)s.") % {"day": day_short(dates.opens_on, on)}
        return WindowCheck(False, sentence=sentence, way_out=_("Until then you can prepare everything."))
    if state == "closed":
        last = max(dates.grace_until, until or dates.grace_until)
        sentence = _("The window closed on %(day)s.") % {"day": day_short(last, on)}
        return WindowCheck(False, sentence=sentence, way_out=who_extends(on))
    return WindowCheck(True, is_late=state == "grace")


def who_extends(on: date) -> str:
    """ "Ask Emil Novak or Elif Aydin for an extension." Management first, else whoever may."""
    people = people_who_can(Can.EXTEND_WINDOW, None, on)
    managers = Membership.objects.on(on).filter(role=Role.MANAGEMENT).values("person_id")
    found = people.filter(pk__in=managers)[:2] or people[:2]
    if not found:
        return _("Nobody can extend it yet; ask the administrator.")
    return interpolate(_("Ask %(names)s for an extension."), {"names": concatenate(found, _(" or "))})
