"""The schedule of a year for the administrator, and everybody's own mails and calendar."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from planning.cycles.queries import cycle_of
from planning.cycles.workflow import CYCLE
from planning.models import Cycle
from sop_portal.foundation.kit.formats import sentences
from sop_portal.foundation.kit.refusals import Changed
from sop_portal.foundation.notices.actions import prefer
from sop_portal.foundation.notices.models import Preference
from sop_portal.foundation.organisation.access import Request, act, either, open_to_all, page
from sop_portal.foundation.organisation.roles import Can
from sop_portal.reminders import actions
from sop_portal.reminders.feed import calendar_of
from sop_portal.reminders.foresight import foresee
from sop_portal.reminders.forms import PreferenceForm, ScheduleForm
from sop_portal.reminders.models import CalendarFeed, ReminderSchedule

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
def set_schedule(request: Request, year: int) -> HttpResponse:
    """Change when the year reminds."""
    cycle = cycle_of(request, year)
    form = ScheduleForm(request.POST)
    if not form.is_valid():
        return _schedule_page(request, cycle, form, 422)
    try:
        actions.set_schedule(cycle, by=request.user, at=request.moment, **form.cleaned_data)
    except Changed as changed:
        again = request.POST.copy()
        again["seen"] = str(cycle.version)
        form = ScheduleForm(again)
        form.add_error(None, sentences([changed, _("Look at it again; saving now keeps what you typed.")]))
        return _schedule_page(request, cycle, form, 409)
    messages.success(request, _("The schedule acts from now on."))
    return redirect("reminders", year)


def _schedule_page(request: Request, cycle: Cycle, form: ScheduleForm, status: int = 200) -> HttpResponse:
    at = request.moment
    coming = [f for f in foresee(at, at + SHOWN, at=at) if f.cycle_id == cycle.pk]
    context = {
        "cycle": cycle,
        "form": form,
        "may_change": cycle.state in CYCLE.editable,
        "coming": coming[:MOST_SHOWN],
        "count": len(coming),
    }
    return render(request, "reminders/schedule.html", context, status=status)


@page(None)
def ask_mails(request: Request) -> HttpResponse:
    """How I am told by mail, and the address of my calendar."""
    mine = Preference.objects.filter(person=request.user).first() or Preference()
    names = ("mails", "quiet_from", "quiet_to", "is_quiet_for_all")
    return _mails_page(request, PreferenceForm(initial={name: getattr(mine, name) for name in names}))


@act(None)
def set_mails(request: Request) -> HttpResponse:
    """Choose how I am told by mail."""
    form = PreferenceForm(request.POST)
    if not form.is_valid():
        return _mails_page(request, form, 422)
    prefer(request.user, **form.cleaned_data)
    messages.success(request, _("Saved."))
    return redirect("mails-and-calendar")


def _mails_page(request: Request, form: PreferenceForm, status: int = 200) -> HttpResponse:
    feed = CalendarFeed.objects.filter(person=request.user).first()
    address = request.build_absolute_uri(reverse("calendar-feed", args=[feed.key])) if feed else ""
    context: dict[str, Any] = {"form": form, "feed": feed, "address": address}
    return render(request, "reminders/mails.html", context, status=status)


@act(None)
def renew_feed(request: Request) -> HttpResponse:
    """Give me a new calendar address; the old one leads nowhere from now on."""
    actions.renew_feed(request.user, at=request.moment)
    messages.success(request, _("Your calendar has a new address."))
    return redirect("mails-and-calendar")


@open_to_all
def calendar_feed(request: Request, key: str) -> HttpResponse:
    """The calendar of whoever owns this secret address, with the rights they hold now."""
    feed = get_object_or_404(CalendarFeed.objects.select_related("person"), key=key, person__is_active=True)
    response = HttpResponse(calendar_of(feed.person, at=request.moment), content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="sop-portal.ics"'
    response["Cache-Control"] = "private, no-store"
    response["Referrer-Policy"] = "no-referrer"
    return response


schedule = either(ask_schedule, set_schedule)
mails = either(ask_mails, set_mails)
