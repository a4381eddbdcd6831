"""Seats of a review meeting: who comes, one's own reply, and confirming the minutes."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from evaluations.meetings import actions
from evaluations.meetings.forms import SeatReplyForm
from evaluations.meetings.models import Attendance, Meeting
from evaluations.meetings.queries import find_meeting, open_seats, seats_coming, seats_of, to_confirm
from sop_portal.foundation.kit import formats
from sop_portal.foundation.kit.components import Button, NextBox
from sop_portal.foundation.organisation.access import Request, act
from sop_portal.foundation.organisation.roles import Can

Reply = Attendance.Reply
TONES = {Reply.OPEN: "review", Reply.COMES: "ok", Reply.DEPUTY: "ok", Reply.AWAY: "no"}


def is_called(meeting: Meeting) -> bool:
    """Whether people may still reply: the meeting is called, in a year that is open."""
    return meeting.state == Meeting.State.CALLED and not meeting.cycle.is_closed


def seats_context(request: Request, found: Meeting) -> dict[str, Any]:
    """Every seat with its reply, the quorum, and what is asked of the reader."""
    seats = found.attendance.select_related("department", "person").order_by("team", "department__name", "pk")
    is_ahead = is_called(found) and request.moment < found.starts_at
    mine = seats_of(found, request.user, request.today) if is_ahead else Attendance.objects.none()
    coming, departments = seats_coming(found)
    return {
        "is_ahead": is_ahead,
        "all_seats": [(seat, TONES[Reply(seat.reply)], seat.reply in (Reply.COMES, Reply.DEPUTY)) for seat in seats],
        "coming": coming,
        "present": found.attendance.filter(department__isnull=False, was_present=True).count(),
        "presence": ",".join([_("yes"), _("no")]),
        "departments": departments,
        "reply_forms": [(seat, SeatReplyForm(seat=seat, person=request.user)) for seat in mine],
        "may_confirm": request.user.pk in to_confirm(found) and found.state == Meeting.State.MINUTED,
        "unconfirmed": len(to_confirm(found)),
    }


def meeting_box(request: Request, found: Meeting) -> NextBox | None:
    """What a reader is asked, or what is to come; None where the steps of the meeting say it."""
    on = found.cycle.day(request.moment)
    if found.state == Meeting.State.MINUTED and request.user.pk in to_confirm(found) and found.confirm_by:
        title = _("Confirm the minutes by %(day)s") % {"day": formats.day(found.confirm_by, on)}
        return NextBox(title, buttons=[Button(_("Read and confirm"), "#confirm", is_primary=True)])
    if found.state == Meeting.State.DRAFT and not request.actor.may(Can.HOLD_MEETING, found):
        title = _("The meeting is planned for %(day)s.") % {"day": formats.day(found.held_on, on)}
        return NextBox(title, _("Everybody with a seat is invited when it is called."), "wait")
    if found.state != Meeting.State.CALLED or request.actor.may(Can.HOLD_MEETING, found):
        return None
    coming, departments = seats_coming(found)
    text = _("%(coming)s of %(departments)s departments come.") % {"coming": coming, "departments": departments}
    title = _("The meeting is on %(day)s.") % {"day": formats.day(found.held_on, on)}
    if request.moment < found.starts_at and open_seats(found, request.user, request.today).exists():
        return NextBox(title, text, buttons=[Button(_("Reply to the invitation"), "#reply", is_primary=True)])
    return NextBox(title, text, "wait")


@act(Can.SEE_RECORDS)
def reply(request: Request, *, year: int, pk: int, number: int) -> HttpResponse:
    """Reply for one's seat."""
    found = find_meeting(request, year=year, pk=pk)
    seat = seats_of(found, request.user, request.today).filter(pk=number).first()
    if seat is None:
        raise Http404
    form = SeatReplyForm(request.POST, seat=seat, person=request.user)
    if not form.is_valid():
        context = {"record": found, "cycle": found.cycle, "seat": seat, "form": form}
        return render(request, "evaluations/meetings/reply.html", context, status=422)
    typed, by, at = form.cleaned_data, request.user, request.moment
    actions.reply(found, seat, answer=typed["answer"], deputy=typed["deputy"], by=by, at=at)
    messages.success(request, _("Your reply is noted."))
    return redirect(f"{found.get_absolute_url()}#seats")


@act(Can.SEE_RECORDS)
def confirm(request: Request, *, year: int, pk: int) -> HttpResponse:
    """Confirm the minutes that were on the page."""
    found = find_meeting(request, year=year, pk=pk)
    seen = request.POST.get("seen", "")
    number = int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 10 else 0
    actions.confirm(found, by=request.user, at=request.moment, seen=number)
    messages.success(request, _("Thank you. It is noted that you confirmed the minutes."))
    return redirect(found.get_absolute_url())
