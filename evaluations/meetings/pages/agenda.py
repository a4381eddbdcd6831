"""The agenda of a review meeting: raised by departments, put in order and cleared by whoever holds the meeting."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from evaluations.meetings import actions
from evaluations.meetings.forms import RaisePointForm
from evaluations.meetings.models import AgendaPoint, Meeting
from evaluations.meetings.queries import departments_raising, find_meeting
from sop_portal.foundation.kit.filters import key_asked, one_of
from sop_portal.foundation.organisation.access import Request, act, either, page
from sop_portal.foundation.organisation.roles import Can

WAYS = ("up", "down")


def agenda_context(request: Request, found: Meeting) -> dict[str, Any]:
    """The form for another point of a department, until the meeting starts."""
    is_called = found.state == Meeting.State.CALLED and not found.cycle.is_closed
    is_ahead = is_called and request.moment < found.starts_at
    departments = departments_raising(request.actor)
    return {"may_raise": is_ahead and departments.exists(), "moved": just_moved(request, found)}


def just_moved(request: Request, found: Meeting) -> dict[str, int]:
    """Which button has the keyboard after a point was moved: the same one again, or the other where it ends."""
    order = list(found.points.values_list("pk", flat=True))
    way, moved = one_of(request.GET, "way", WAYS), key_asked(request.GET, "moved")
    if not way or moved not in map(str, order) or len(order) < 2:
        return {}
    point = int(moved)
    if point == order[0]:
        way = "down"
    elif point == order[-1]:
        way = "up"
    return {way: point}


def point_of(request: Request, found: Meeting, number: int) -> AgendaPoint:
    """The point of the address, if the person may see it."""
    return get_object_or_404(AgendaPoint.objects.visible_to(request.actor), meeting=found, pk=number)


@page(Can.RAISE_POINT)
def ask_raise(request: Request, *, year: int, pk: int) -> HttpResponse:
    """The form for a point of one's department."""
    found = find_meeting(request, year=year, pk=pk)
    form = RaisePointForm(departments=departments_raising(request.actor))
    return render(request, "evaluations/meetings/raise.html", {"record": found, "form": form})


@act(Can.RAISE_POINT)
def take_raise(request: Request, *, year: int, pk: int) -> HttpResponse:
    """Put the point on the agenda."""
    found = find_meeting(request, year=year, pk=pk)
    form = RaisePointForm(request.POST, departments=departments_raising(request.actor))
    if not form.is_valid():
        return render(request, "evaluations/meetings/raise.html", {"record": found, "form": form}, status=422)
    department = form.cleaned_data["department"]
    actions.raise_point(found, department, form.terms, by=request.user, at=request.moment)
    messages.success(request, _("The point is on the agenda."))
    return redirect(f"{found.get_absolute_url()}#agenda")


raise_point = either(ask_raise, take_raise)


@act(Can.HOLD_MEETING)
def order(request: Request, *, year: int, pk: int, number: int) -> HttpResponse:
    """Move a point one place up or down."""
    found = find_meeting(request, year=year, pk=pk)
    point, is_up = point_of(request, found, number), request.POST.get("way") == "up"
    actions.order_point(found, point, is_up=is_up, by=request.user, at=request.moment, seen=found.version)
    return redirect(f"{found.get_absolute_url()}?moved={point.pk}&way={'up' if is_up else 'down'}#order")


@act(Can.HOLD_MEETING)
def drop(request: Request, *, year: int, pk: int, number: int) -> HttpResponse:
    """Take a point off the agenda."""
    found = find_meeting(request, year=year, pk=pk)
    point = point_of(request, found, number)
    actions.drop_point(found, point, by=request.user, at=request.moment, seen=found.version)
    return redirect(f"{found.get_absolute_url()}#agenda")
