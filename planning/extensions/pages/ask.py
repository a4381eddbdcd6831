"""The form with which a department asks for more time."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from planning.cycles.actions import MoreTime
from planning.cycles.models import Cycle, Stage
from planning.cycles.queries import due_for, published_cycle
from planning.extensions import actions
from planning.extensions.forms import AskForm
from planning.extensions.queries import waiting_request
from sop_portal.foundation.kit.filters import prefill
from sop_portal.foundation.kit.refusals import NotNow, NotReady, say_beside_field
from sop_portal.foundation.organisation.access import Request, act, either, page
from sop_portal.foundation.organisation.models import Department
from sop_portal.foundation.organisation.roles import Can


@page(Can.ASK_EXTENSION)
def ask_form(request: Request, year: int) -> HttpResponse:
    """The form, for the stage and the department of the address."""
    form = AskForm(departments=request.actor.headed_ids)
    prefill(form, request.GET, "stage", "department", "reason")
    return _show(request, published_cycle(request, year), form)


@act(Can.ASK_EXTENSION)
def ask_now(request: Request, year: int) -> HttpResponse:
    """Ask for more time."""
    cycle = published_cycle(request, year)
    form = AskForm(request.POST, departments=request.actor.headed_ids)
    if not form.is_valid():
        return _show(request, cycle, form, 422)
    try:
        asked = actions.ask(cycle, MoreTime(**form.cleaned_data), by=request.user, at=request.moment)
    except (NotReady, NotNow) as refusal:
        say_beside_field(form, refusal)
        return _show(request, cycle, form, 422)
    messages.success(request, _("You asked for more time; those who can grant it were told."))
    return redirect(asked)


def _show(request: Request, cycle: Cycle, form: AskForm, status: int = 200) -> HttpResponse:
    stage, heads = form["stage"].value() or "", Department.objects.filter(pk__in=request.actor.headed_ids)
    own = heads.filter(slug=form["department"].value() or "").first() or heads.first()
    context = {
        "cycle": cycle,
        "form": form,
        "own": own,
        "days": [(known.label, due_for(cycle, known, own)) for known in Stage] if own else [],
        "waiting": waiting_request(cycle, stage, own, request.actor),
        "back": cycle.stage_url(stage, own),
    }
    return render(request, "planning/extensions/ask.html", context, status=status)


ask = either(ask_form, ask_now)
