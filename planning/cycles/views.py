"""The pages of the set-up of a year."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from planning.cycles import actions, moves
from planning.cycles.forms import ExtendForm, WindowForm, YearForm
from planning.cycles.models import Cycle, Stage
from planning.cycles.rights import only_for
from planning.cycles.windows import dates_of
from planning.cycles.workflow import CYCLE
from sop_portal.foundation.kit.components import Button, NextBox
from sop_portal.foundation.kit.refusals import NotReady
from sop_portal.foundation.kit.sentences import interpolate, marked
from sop_portal.foundation.organisation.access import Request, act, either, page
from sop_portal.foundation.organisation.roles import Can


def find_cycle(request: Request, year: int) -> Cycle:
    """The year, if this person may know of it; a draft only for those who set it up."""
    cycles = Cycle.objects.visible_to(request.actor)
    if not request.actor.may(Can.RUN_CYCLE):
        cycles = cycles.exclude(state=Cycle.State.DRAFT)
    cycles = cycles.prefetch_related("windows", "extensions__department", "extensions__granted_by")
    return get_object_or_404(cycles, year=year)


@page(Can.RUN_CYCLE)
def years(request: Request) -> HttpResponse:
    """Every year, the newest first."""
    cycles = Cycle.objects.visible_to(request.actor)
    rows = [(cycle, CYCLE.tones[cycle.state]) for cycle in cycles]
    return render(request, "planning/cycles/years.html", {"rows": rows})


@page(Can.RUN_CYCLE)
def ask_year(request: Request) -> HttpResponse:
    """The form of a new year."""
    newest = Cycle.objects.order_by("-year").first()
    start = {"year": newest.year + 1, "currency": newest.currency} if newest else {"year": request.today.year}
    return show_year(request, YearForm(initial=start))


@act(Can.RUN_CYCLE)
def add_year(request: Request) -> HttpResponse:
    """Set the year up as a draft and go on to its windows."""
    only_for(request, Can.RUN_CYCLE)
    form = YearForm(request.POST)
    if not form.is_valid():
        return show_year(request, form, 422)
    cycle = actions.create_cycle(by=request.user, at=request.moment, **form.cleaned_data)
    messages.success(request, _("The year %(year)s is set up as a draft.") % {"year": cycle.year})
    return redirect("windows", cycle.year)


def show_year(request: Request, form: YearForm, status: int = 200) -> HttpResponse:
    """The form, with what was typed."""
    return render(request, "planning/cycles/year_new.html", {"form": form}, status=status)


@page(Can.SEE_RECORDS)
def windows(request: Request, year: int) -> HttpResponse:
    """The windows of a year, and who got more time and why."""
    cycle = find_cycle(request, year)
    may_move = request.actor.may(Can.RUN_CYCLE) and cycle.state in CYCLE.editable
    context = {
        "cycle": cycle,
        "tone": CYCLE.tones[cycle.state],
        "rows": moves.rows(cycle, request.today),
        "extensions": moves.extensions(cycle),
        "may_move": may_move,
        "may_extend": request.actor.may(Can.EXTEND_WINDOW) and cycle.state == Cycle.State.PUBLISHED,
        "next": _then_publish(cycle) if may_move and cycle.state == Cycle.State.DRAFT else None,
    }
    return render(request, "planning/cycles/windows.html", context)


def _then_publish(cycle: Cycle) -> NextBox:
    """What comes after the dates of a new year."""
    button = Button(_("Check and publish"), cycle.get_absolute_url(), is_primary=True)
    return NextBox(
        _("Look at the dates, then publish the year"), _("Until then nobody owes anything."), buttons=[button]
    )


@page(Can.RUN_CYCLE)
def ask_window(request: Request, year: int, stage: str) -> HttpResponse:
    """The form that moves a window."""
    cycle, dates = _window(request, year, stage)
    names = ("opens_on", "due_on", "grace_until")
    start = {name: getattr(dates, name, None) for name in names} | {"seen": cycle.version}
    return _show_window(request, cycle, stage, WindowForm(initial=start, needs_reason=cycle.state != "draft"))


@act(Can.RUN_CYCLE)
def move_window(request: Request, year: int, stage: str) -> HttpResponse:
    """Show what else moves; once that was seen, move the window."""
    cycle, _dates = _window(request, year, stage)
    only_for(request, Can.RUN_CYCLE)
    form = WindowForm(request.POST, needs_reason=cycle.state != "draft")
    if not form.is_valid():
        return _show_window(request, cycle, stage, form, 422)
    if "back" in request.POST:
        return _show_window(request, cycle, stage, form)
    if cycle.state != "draft" and "confirmed" not in request.POST:
        effects = moves.consequences(cycle, stage, form.cleaned_data, request.today)
        return _show_window(request, cycle, stage, form, 422, effects)
    actions.move_window(cycle, stage, by=request.user, at=request.moment, **form.cleaned_data)
    messages.success(request, _("The window was moved."))
    return redirect("windows", year)


def _window(request: Request, year: int, stage: str) -> tuple[Cycle, Any]:
    if stage not in Stage.values:
        raise Http404
    cycle = find_cycle(request, year)
    return cycle, dates_of(cycle, stage)


def _show_window(
    request: Request, cycle: Cycle, stage: str, form: WindowForm, status: int = 200, effects: Any = None
) -> HttpResponse:
    if effects is not None:
        for field in form.fields.values():
            field.widget = forms.HiddenInput()
    context = {"cycle": cycle, "stage": Stage(stage), "form": form, "effects": effects, "dates": dates_of(cycle, stage)}
    return render(request, "planning/cycles/window.html", context, status=status)


@page(Can.EXTEND_WINDOW)
def ask_extension(request: Request, year: int) -> HttpResponse:
    """The form for more time."""
    start = {"stage": request.GET.get("stage"), "department": request.GET.get("department")}
    return _show_extension(request, find_cycle(request, year), ExtendForm(initial=start))


@act(Can.EXTEND_WINDOW)
def give_time(request: Request, year: int) -> HttpResponse:
    """Give one department more time."""
    cycle = find_cycle(request, year)
    only_for(request, Can.EXTEND_WINDOW)
    form = ExtendForm(request.POST)
    if not form.is_valid():
        return _show_extension(request, cycle, form, 422)
    try:
        given = actions.extend(cycle, by=request.user, at=request.moment, **form.cleaned_data)
    except NotReady as refusal:
        form.add_error("until_on", str(refusal))
        return _show_extension(request, cycle, form, 422)
    messages.success(
        request, marked(interpolate(_("%(department)s has more time now."), {"department": given.department}))
    )
    return redirect(f"{reverse('windows', args=[year])}#extensions")


def _show_extension(request: Request, cycle: Cycle, form: ExtendForm, status: int = 200) -> HttpResponse:
    context = {"cycle": cycle, "form": form, "rows": moves.rows(cycle, request.today)}
    return render(request, "planning/cycles/extend.html", context, status=status)


year_new = either(ask_year, add_year)
window = either(ask_window, move_window)
extend = either(ask_extension, give_time)
