"""Moving the window of one stage: its dates, and what else moves with them, before it is moved."""

from datetime import date

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from planning.cycles import actions
from planning.cycles.actions import WindowMove, in_force
from planning.cycles.calendar import WindowDates, named_dates
from planning.cycles.forms import WindowForm
from planning.cycles.models import Cycle, Stage, StageWindow
from planning.cycles.pages.days_off import point_out, pointed_out
from planning.cycles.queries import cycle_with_windows, dates_of
from planning.cycles.workflow import only_for
from sop_portal.foundation.kit.formats import day_of_year
from sop_portal.foundation.kit.sentences import marked
from sop_portal.foundation.organisation.access import Request, act, either, page
from sop_portal.foundation.organisation.roles import Can
from sop_portal.foundation.organisation.working_days import working_days

DATES = ("opens_on", "due_on", "grace_until")
# The budget is drafted beside the requests, and evaluations are written while projects run: that is no clash.
BESIDE_EACH_OTHER = {(Stage.REQUEST, Stage.BUDGET), (Stage.EXECUTION, Stage.EVALUATION)}


@page(Can.RUN_CYCLE)
def ask_window(request: Request, year: int, stage: str) -> HttpResponse:
    """The form that moves a window."""
    cycle = _cycle(request, year, stage)
    dates = dates_of(cycle, stage)
    named = named_dates(dates) if dates else None
    start = {name: getattr(named, name, None) for name in DATES} | {"seen": cycle.version}
    return _show(request, cycle, stage, WindowForm(initial=start, needs_reason=_needs_reason(cycle), year=year))


@act(Can.RUN_CYCLE)
def move_window(request: Request, year: int, stage: str) -> HttpResponse:
    """Show what else moves; once that was seen, move the window."""
    cycle = _cycle(request, year, stage)
    only_for(request, Can.RUN_CYCLE)
    form = WindowForm(request.POST, needs_reason=_needs_reason(cycle), year=year)
    if not form.is_valid():
        return _show(request, cycle, stage, form, 422)
    if "back" in request.POST:
        return _show(request, cycle, stage, form)
    if cycle.state != Cycle.State.DRAFT and "confirmed" not in request.POST:
        return _preview(request, cycle, stage, form)
    move = WindowMove(stage, form.dates(), form.cleaned_data["reason"])
    actions.move_window(cycle, move, by=request.user, at=request.moment, seen=form.cleaned_data["seen"])
    messages.success(request, _("The window was moved."))
    for sentence in point_out(stage, form.dates(), working_days(), moves=cycle.moves_to_working_day):
        messages.info(request, marked(sentence))
    return redirect("windows", year)


def _cycle(request: Request, year: int, stage: str) -> Cycle:
    if stage not in Stage.values:
        raise Http404
    return cycle_with_windows(request, year)


def _needs_reason(cycle: Cycle) -> bool:
    return cycle.state != Cycle.State.DRAFT


def _preview(request: Request, cycle: Cycle, stage: str, form: WindowForm) -> HttpResponse:
    """What else moves, with the typed dates hidden beside the question."""
    counted, _moved_from = in_force(cycle, stage, form.dates())
    effects = consequences(cycle, stage, counted, request.today)
    effects += point_out(stage, form.dates(), working_days(), moves=cycle.moves_to_working_day)
    for field in form.fields.values():
        field.widget = forms.HiddenInput()
    return _show(request, cycle, stage, form, 422, effects)


def _show(
    request: Request,
    cycle: Cycle,
    stage: str,
    form: WindowForm,
    status: int = 200,
    effects: list[str] | None = None,
) -> HttpResponse:
    dates = dates_of(cycle, stage)
    context = {
        "cycle": cycle,
        "stage": Stage(stage),
        "form": form,
        "effects": effects,
        "warnings": actions.warnings_of(cycle, stage, request.today),
        "dates": dates,
        "days_off": pointed_out(dates, cycle, working_days()) if dates else [],
    }
    return render(request, "planning/cycles/window.html", context, status=status)


def consequences(cycle: Cycle, stage: str, new: WindowDates, on: date) -> list[str]:
    """What else moves with a window, in sentences, to be read before it is moved."""
    dates = dates_of(cycle, stage)
    if dates is None:
        return []
    found = _moved_days(dates, new)
    if dates.due_on != new.due_on:
        text = _("Lateness is still counted from %(day)s, the day first set.")
        found.append(text % {"day": day_of_year(dates.first_due_on)})
    found += _passed_days(dates, new, on)
    swallowed = sum(e.stage == stage and e.until_on <= new.due_on for e in cycle.extensions.all())
    if swallowed:
        text = ngettext("%(n)s extension does not end after it.", "%(n)s extensions do not end after it.", swallowed)
        found.append(text % {"n": swallowed})
    return found + _overlaps(cycle, stage, new.due_on)


def _moved_days(dates: StageWindow, new: WindowDates) -> list[str]:
    texts = {
        "opens_on": _("Opens: %(old)s becomes %(new)s."),
        "due_on": _("Due: %(old)s becomes %(new)s."),
        "grace_until": _("Late work accepted until: %(old)s becomes %(new)s."),
    }
    return [
        text % {"old": day_of_year(getattr(dates, name)), "new": day_of_year(getattr(new, name))}
        for name, text in texts.items()
        if getattr(dates, name) != getattr(new, name)
    ]


def _passed_days(dates: StageWindow, new: WindowDates, on: date) -> list[str]:
    """What a day in the past means for those who have not submitted."""
    if new.grace_until < on and new.grace_until != dates.grace_until:
        text = _("%(day)s has passed: from now on nobody can submit without an extension.")
        return [text % {"day": day_of_year(new.grace_until)}]
    if new.due_on < on and new.due_on != dates.due_on:
        text = _("%(day)s has passed: whoever has not submitted is late at once.")
        return [text % {"day": day_of_year(new.due_on)}]
    return []


def _overlaps(cycle: Cycle, stage: str, due_on: date) -> list[str]:
    later = list(Stage)[list(Stage).index(Stage(stage)) + 1 :]
    begun = [(other, dates) for other in later if (dates := dates_of(cycle, other)) and dates.opens_on <= due_on]
    text = _("“%(stage)s” opens on %(day)s, before this is due. It does not move by itself.")
    return [
        text % {"stage": other.label, "day": day_of_year(dates.opens_on)}
        for other, dates in begun
        if (stage, other) not in BESIDE_EACH_OTHER
    ]


window = either(ask_window, move_window)
