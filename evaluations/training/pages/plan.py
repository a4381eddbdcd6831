"""The forms that plan a training session and move it."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from evaluations.training import actions
from evaluations.training.forms import SessionForm
from evaluations.training.models import TrainingSession
from evaluations.training.queries import find_session
from planning.cycles.queries import cycle_of
from planning.models import Cycle
from sop_portal.foundation.organisation.access import Request, act, either, page
from sop_portal.foundation.organisation.roles import Can


def plan_page(
    request: Request, cycle: Cycle, form: SessionForm, found: TrainingSession | None = None, status: int = 200
) -> HttpResponse:
    """One form for both: new, or of a session there is."""
    context = {"cycle": cycle, "form": form, "record": found}
    return render(request, "evaluations/training/plan.html", context, status=status)


@page(Can.KEEP_TRAINING)
def ask_plan(request: Request, *, year: int) -> HttpResponse:
    """The form for a new session."""
    cycle = cycle_of(request, year)
    return plan_page(request, cycle, SessionForm(cycle=cycle, on=request.today))


@act(Can.KEEP_TRAINING)
def take_plan(request: Request, *, year: int) -> HttpResponse:
    """Plan the session."""
    cycle = cycle_of(request, year)
    form = SessionForm(request.POST, cycle=cycle, on=request.today)
    if not form.is_valid():
        return plan_page(request, cycle, form, status=422)
    planned = actions.plan(cycle, form.cleaned_data["need"], form.terms, by=request.user, at=request.moment)
    messages.success(request, _("The session is planned. Invite those who need it."))
    return redirect(planned.get_absolute_url())


plan = either(ask_plan, take_plan)


@page(Can.KEEP_TRAINING)
def ask_move(request: Request, *, year: int, pk: int) -> HttpResponse:
    """The form of a session that is planned."""
    found = find_session(request, year=year, pk=pk)
    return plan_page(request, found.cycle, SessionForm(cycle=found.cycle, on=request.today, session=found), found)


@act(Can.KEEP_TRAINING)
def take_move(request: Request, *, year: int, pk: int) -> HttpResponse:
    """Move the session, and tell everybody invited."""
    found = find_session(request, year=year, pk=pk)
    form = SessionForm(request.POST, cycle=found.cycle, on=request.today, session=found)
    if not form.is_valid():
        return plan_page(request, found.cycle, form, found, 422)
    actions.move(found, form.terms, by=request.user, at=request.moment, seen=form.cleaned_data["seen"] or 0)
    messages.success(request, _("Saved. Everybody invited gets the change, and so do their calendars."))
    return redirect(found.get_absolute_url())


move = either(ask_move, take_move)
