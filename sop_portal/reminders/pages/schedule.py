"""When a year reminds, for the administrator."""

from datetime import timedelta

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from planning.cycles.queries import cycle_of
from planning.cycles.workflow import CYCLE
from planning.models import Cycle
from sop_portal.foundation.kit.formats import sentences
from sop_portal.foundation.kit.refusals import Changed
from sop_portal.foundation.organisation.access import Request, act, either, page
from sop_portal.foundation.organisation.roles import Can
from sop_portal.reminders import actions
from sop_portal.reminders.forms import ScheduleForm
from sop_portal.reminders.models import ReminderSchedule
from sop_portal.reminders.upcoming import upcoming_reminders

SHOWN, MOST_SHOWN = timedelta(days=30), 200


@page(Can.RUN_CYCLE)
def ask_schedule(request: Request, year: int) -> HttpResponse:
    """When the year reminds, and what that means for the next month."""
    cycle = cycle_of(request, year)
    plan = (ReminderSchedule.objects.filter(cycle=cycle).first() or ReminderSchedule(cycle=cycle)).plan
    start = {name: getattr(plan, name) for name in ("opens", "before", "late", "late_every", "decisions")}
    # As they come in the year: 14, 7, 3, 1, 0 days before.
    start["before"] = sorted(start["before"], reverse=True)
    return _schedule_page(request, cycle, ScheduleForm(initial=start | {"seen": cycle.version}))


@act(Can.RUN_CYCLE)
def take_schedule(request: Request, year: int) -> HttpResponse:
    """Change when the year reminds."""
    cycle = cycle_of(request, year)
    form = ScheduleForm(request.POST)
    if not form.is_valid():
        return _schedule_page(request, cycle, form, 422)
    try:
        actions.set_schedule(cycle, form.plan(), by=request.user, at=request.moment, seen=form.cleaned_data["seen"])
    except Changed as changed:
        again = request.POST.copy()
        again["seen"] = str(cycle.version)
        form = ScheduleForm(again)
        form.add_error(None, sentences([changed, *_now(changed), _("Saving now keeps what you typed.")]))
        return _schedule_page(request, cycle, form, 409)
    messages.success(request, _("The schedule acts from now on."))
    return redirect("reminders", year)


def _now(changed: Changed) -> list[str]:
    """What the page vouches for from now on: each value as a colleague left it."""
    return [
        _("%(field)s is now: %(value)s.") % {"field": difference.label, "value": difference.new or "–"}
        for difference in changed.differences
    ]


def _schedule_page(request: Request, cycle: Cycle, form: ScheduleForm, status: int = 200) -> HttpResponse:
    at = request.moment
    upcoming = upcoming_reminders(at, at + SHOWN, at=at)
    coming = [reminder for reminder in upcoming if reminder.cycle_id == cycle.pk]
    context = {
        "cycle": cycle,
        "form": form,
        "may_change": cycle.state in CYCLE.editable,
        "coming": coming[:MOST_SHOWN],
        "count": len(coming),
    }
    return render(request, "reminders/schedule.html", context, status=status)


schedule = either(ask_schedule, take_schedule, when_closed=True)
