"""What everybody in a role needs to know: the list, and the form for one of them."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from evaluations.training import actions
from evaluations.training.forms import NeedForm
from evaluations.training.models import TrainingNeed
from evaluations.training.queries import steps_to_learn
from sop_portal.foundation.organisation.access import Request, act, either, page
from sop_portal.foundation.organisation.roles import Can


@page()
def needs(request: Request) -> HttpResponse:
    """Everything that is asked of somebody, and what no longer is."""
    steps = steps_to_learn()
    rows = TrainingNeed.objects.visible_to(request.actor).order_by("-is_asked", "title")
    lines = [(need, steps[need.step][1].label if need.step in steps else need.step) for need in rows]
    context = {"lines": lines, "may_keep": request.actor.may(Can.KEEP_TRAINING)}
    return render(request, "evaluations/training/needs.html", context)


@page(Can.KEEP_TRAINING)
def ask_need(request: Request, *, pk: int | None = None) -> HttpResponse:
    """The form for a need, new or there already."""
    found = get_object_or_404(TrainingNeed.objects.visible_to(request.actor), pk=pk) if pk else None
    return render(request, "evaluations/training/need.html", {"need": found, "form": NeedForm(need=found)})


@act(Can.KEEP_TRAINING)
def take_need(request: Request, *, pk: int | None = None) -> HttpResponse:
    """Add the need, or change it."""
    found = get_object_or_404(TrainingNeed.objects.visible_to(request.actor), pk=pk) if pk else None
    form = NeedForm(request.POST, need=found)
    if not form.is_valid():
        return render(request, "evaluations/training/need.html", {"need": found, "form": form}, status=422)
    if found is None:
        actions.add_need(form.terms, by=request.user, at=request.moment)
    else:
        actions.change_need(found, form.terms, by=request.user, at=request.moment, seen=form.shown)
    messages.success(request, _("The need is saved."))
    return redirect("training-needs")


need = either(ask_need, take_need)
