"""The page of one training session: when and where, who is invited, one's own reply, and who came."""

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from evaluations.training import actions
from evaluations.training.forms import AttendanceForm, InviteForm, ReplyForm
from evaluations.training.models import Trainee, TrainingSession
from evaluations.training.queries import find_session, untrained_of_everybody
from evaluations.training.workflow import TRAINING
from sop_portal.foundation.kit import formats
from sop_portal.foundation.kit.components import Button, NextBox, Person
from sop_portal.foundation.organisation.access import Request, act, either, page
from sop_portal.foundation.organisation.roles import Can
from sop_portal.foundation.workflow.engine import check
from sop_portal.foundation.workflow.offers import offer
from sop_portal.foundation.workflow.record_page import record_context
from sop_portal.foundation.workflow.views import step_view

TONES = {Trainee.Reply.OPEN: "review", Trainee.Reply.COMES: "ok", Trainee.Reply.STAYS_AWAY: "no"}


def session_page(request: Request, found: TrainingSession, status: int = 200, **filled_in: forms.Form) -> HttpResponse:
    """Everything about the session, as far as the reader may see who is invited."""
    actor, is_open = request.actor, found.state in TRAINING.editable
    may_keep = is_open and not found.cycle.is_closed and actor.may(Can.KEEP_TRAINING, found)
    rows = found.trainees.visible_to(actor)
    seats = list(rows.select_related("person").order_by("person__name", "pk"))
    mine = next((seat for seat in seats if seat.person_id == actor.user.pk), None)
    is_ahead = is_open and not found.cycle.is_closed and request.moment < found.starts_at
    context = record_context(request, TRAINING, found, box=session_box(request, found, mine)) | {
        "cycle": found.cycle,
        "is_finished": found.state in TRAINING.closed,
        "seats": [(seat, TONES[Trainee.Reply(seat.reply)]) for seat in seats],
        "may_keep": may_keep,
        "people": [Person(found.trainer.name, found.trainer.initials, _("trainer"))],
        "invite_form": invite_form(request, found) if may_keep and is_ahead else None,
        "reply_form": ReplyForm(initial={"comes": chosen(mine)}) if mine and is_ahead else None,
    }
    return render(request, "evaluations/training/session.html", context | filled_in, status=status)


def session_box(request: Request, found: TrainingSession, mine: Trainee | None) -> NextBox | None:
    """What a reader is asked, or what is to come; None where the steps of the session say it."""
    if found.state != TrainingSession.State.PLANNED or request.actor.may(Can.KEEP_TRAINING, found):
        return None
    title = _("The session is on %(day)s.") % {"day": formats.day(found.held_on, request.today)}
    if mine is not None and mine.reply == Trainee.Reply.OPEN and request.moment < found.starts_at:
        return NextBox(title, buttons=[Button(_("Reply to the invitation"), "#reply", is_primary=True)])
    return NextBox(title, "", "wait")


def chosen(mine: Trainee) -> str:
    """One's own reply, as the form shows it."""
    return {Trainee.Reply.COMES: "yes", Trainee.Reply.STAYS_AWAY: "no"}.get(Trainee.Reply(mine.reply), "")


def invite_form(request: Request, found: TrainingSession) -> InviteForm:
    """The form with everybody who needs the session and is not invited yet."""
    needing = untrained_of_everybody(found.need, request.today)
    typed = request.POST if request.method == "POST" else None
    return InviteForm(typed, session=found, needing=needing, on=request.today)


@page()
def session(request: Request, *, year: int, pk: int) -> HttpResponse:
    """The page of one session."""
    return session_page(request, find_session(request, year=year, pk=pk))


@act(Can.KEEP_TRAINING)
def invite(request: Request, *, year: int, pk: int) -> HttpResponse:
    """Invite those who were chosen."""
    found = find_session(request, year=year, pk=pk)
    form = invite_form(request, found)
    if not form.is_valid():
        return session_page(request, found, 422, invite_form=form)
    people = form.chosen
    actions.invite(found, people, by=request.user, at=request.moment, seen=form.cleaned_data["seen"])
    messages.success(request, _("The invitations leave with a calendar entry."))
    return redirect(f"{found.get_absolute_url()}#trainees")


@act(Can.SEE_RECORDS)
def reply(request: Request, *, year: int, pk: int) -> HttpResponse:
    """Say whether one comes."""
    found, form = find_session(request, year=year, pk=pk), ReplyForm(request.POST)
    if not form.is_valid():
        return session_page(request, found, 422, reply_form=form)
    actions.reply(found, comes=form.cleaned_data["comes"] == "yes", by=request.user, at=request.moment)
    messages.success(request, _("Your reply is noted."))
    return redirect(found.get_absolute_url())


def hold_page(request: Request, found: TrainingSession, form: AttendanceForm, status: int = 200) -> HttpResponse:
    """The page that asks who came; whoever may not note it reads why."""
    offered = offer(TRAINING, TRAINING["hold"], found, request.actor, request.moment)
    if not offered.is_possible and not offered.missing:
        check(TRAINING, TRAINING["hold"], found, request.actor, request.moment)
    context = {"record": found, "step": TRAINING["hold"], "offer": offered, "form": form}
    return render(request, "evaluations/training/hold.html", context, status=status)


@page()
def ask_hold(request: Request, *, year: int, pk: int) -> HttpResponse:
    """Ask who came."""
    found = find_session(request, year=year, pk=pk)
    return hold_page(request, found, AttendanceForm(session=found))


@act(Can.KEEP_TRAINING)
def take_hold(request: Request, *, year: int, pk: int) -> HttpResponse:
    """Note who came."""
    found = find_session(request, year=year, pk=pk)
    form = AttendanceForm(request.POST, session=found)
    if not form.is_valid():
        return hold_page(request, found, form, 422)
    actions.hold(found, by=request.user, at=request.moment, **form.arguments)
    messages.success(request, _("Done: %(step)s.") % {"step": TRAINING["hold"].label})
    return redirect(f"{found.get_absolute_url()}?done=hold")


hold = either(ask_hold, take_hold)
session_step = step_view(TRAINING, find_session)
