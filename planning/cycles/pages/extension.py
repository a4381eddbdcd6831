"""Giving one department more time, without having been asked."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from planning.cycles import actions
from planning.cycles.actions import MoreTime
from planning.cycles.forms import ExtendForm
from planning.cycles.models import Cycle
from planning.cycles.pages.windows import window_rows
from planning.cycles.queries import cycle_with_windows
from planning.cycles.workflow import only_for
from sop_portal.foundation.kit.filters import prefill
from sop_portal.foundation.kit.refusals import NotReady, say_beside_field
from sop_portal.foundation.kit.sentences import interpolate, marked
from sop_portal.foundation.organisation.access import Request, act, either, page
from sop_portal.foundation.organisation.roles import Can


@page(Can.EXTEND_WINDOW)
def ask_extension(request: Request, year: int) -> HttpResponse:
    """The form for more time."""
    cycle = cycle_with_windows(request, year)
    form = ExtendForm(cycle=cycle)
    prefill(form, request.GET, "stage", "department", "reason")
    return _show(request, cycle, form)


@act(Can.EXTEND_WINDOW)
def give_time(request: Request, year: int) -> HttpResponse:
    """Give one department more time."""
    cycle = cycle_with_windows(request, year)
    only_for(request, Can.EXTEND_WINDOW)
    form = ExtendForm(request.POST, cycle=cycle)
    if not form.is_valid():
        return _show(request, cycle, form, 422)
    try:
        given = actions.extend(cycle, MoreTime(**form.cleaned_data), by=request.user, at=request.moment)
    except NotReady as refusal:
        say_beside_field(form, refusal)
        return _show(request, cycle, form, 422)
    text = _("%(department)s has more time now.")
    messages.success(request, marked(interpolate(text, {"department": given.department})))
    return redirect(f"{reverse('windows', args=[year])}#extensions")


def _show(request: Request, cycle: Cycle, form: ExtendForm, status: int = 200) -> HttpResponse:
    context = {"cycle": cycle, "form": form, "rows": window_rows(cycle, request.today)}
    return render(request, "planning/cycles/extend.html", context, status=status)


extend = either(ask_extension, give_time)
