"""The one register of improvement measures, and the page of each."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from evaluations.improvements import actions
from evaluations.improvements.forms import OVERDUE, AdoptForm, FinishForm, MeasureFilter, WhereForm
from evaluations.improvements.models import Measure
from evaluations.improvements.workflow import MEASURE
from planning.cycles.finding import cycle_of
from sop_portal.foundation.kit.components import Link, Person
from sop_portal.foundation.kit.formats import day_of_year, sentences, until
from sop_portal.foundation.kit.paging import paginate
from sop_portal.foundation.kit.refusals import NotReady
from sop_portal.foundation.kit.templatetags.icons import state
from sop_portal.foundation.organisation.access import Request, act, either, page
from sop_portal.foundation.organisation.roles import Can
from sop_portal.foundation.workflow.engine import check
from sop_portal.foundation.workflow.offers import offer
from sop_portal.foundation.workflow.record_page import record_context
from sop_portal.foundation.workflow.views import step_view

SORTS = {"number": "number", "department": "department__name", "state": "state"}
LONGEST = 140


@dataclass(frozen=True)
class MeasureRow:
    """A measure in the register, written out."""

    url: str
    name: str
    what: str
    department: str
    owner: str
    due: str
    late: str
    state: SafeString


def measure_row(measure: Measure, on: date) -> MeasureRow:
    """One measure of the register; an adopted one that is late is told."""
    shown = state(MEASURE.tones[measure.state], MEASURE.states(measure.state).label, measure.state in MEASURE.closed)
    due = measure.due
    return MeasureRow(
        measure.get_absolute_url(), f"M-{measure.cycle.year}-{measure.number:02d}",
        Truncator(measure.what).chars(LONGEST), measure.department.name if measure.department else "–",
        measure.owner.name if measure.owner else "–", day_of_year(due),
        until(due, on) if measure.state == Measure.State.ADOPTED and due and due < on else "", shown,
    )  # fmt: skip


def find(request: Request, *, year: int, number: int) -> Measure:
    """The measure, if the person may see it."""
    visible = Measure.objects.visible_to(request.actor).select_related("cycle", "department", "owner")
    return get_object_or_404(visible, cycle__year=year, number=number)


@page()
def improvements(request: Request, *, year: int) -> HttpResponse:
    """Every measure of the year that one may see, wherever it comes from."""
    cycle = cycle_of(request, year)
    form = MeasureFilter(request.GET, actor=request.actor, cycle=cycle)
    wanted = form.cleaned_data if form.is_valid() else {}
    rows = Measure.objects.filter(cycle=cycle).visible_to(request.actor)
    rows = rows.select_related("cycle", "department", "owner")
    asked = wanted.pop("state", "")
    rows = rows.overdue(request.today) if asked == OVERDUE else rows.filter(state=asked) if asked else rows
    rows = rows.filter(**{name: value for name, value in wanted.items() if value})
    shown = paginate(rows, request.GET, SORTS, "-number")
    lines = [measure_row(measure, request.today) for measure in shown.rows]
    context = {
        "cycle": cycle, "narrowing": form, "lines": lines, "shown": shown,
        "is_narrowed": bool(asked or any(wanted.values())), "may_propose": request.actor.may(Can.PROPOSE_MEASURE),
    }  # fmt: skip
    return render(request, "evaluations/improvements/improvements.html", context)


@page(Can.PROPOSE_MEASURE)
def ask_proposal(request: Request, *, year: int) -> HttpResponse:
    """The form for a measure that comes from no other record."""
    cycle = cycle_of(request, year)
    form = WhereForm(actor=request.actor, cycle=cycle)
    return render(request, "evaluations/improvements/propose.html", {"cycle": cycle, "form": form})


@act(Can.PROPOSE_MEASURE)
def take_proposal(request: Request, *, year: int) -> HttpResponse:
    """Propose a measure."""
    cycle = cycle_of(request, year)
    form = WhereForm(request.POST, actor=request.actor, cycle=cycle)
    if not form.is_valid():
        return render(request, "evaluations/improvements/propose.html", {"cycle": cycle, "form": form}, status=422)
    typed = form.cleaned_data
    measure = actions.propose(
        cycle, typed["department"], what=typed["what"], origin=Measure.Origin.EVALUATION,
        project_slug=typed["project"].slug if typed["project"] else "", by=request.user, at=request.moment,
    )  # fmt: skip
    messages.success(request, _("The measure is proposed. Management decides."))
    return redirect(measure.get_absolute_url())


propose = either(ask_proposal, take_proposal)


@page()
def measure(request: Request, *, year: int, number: int) -> HttpResponse:
    """One measure: what, where from, whose, until when, and what shows that it was done."""
    found = find(request, year=year, number=number)
    owner = [Person(found.owner.name, found.owner.initials, _("owner"))] if found.owner else []
    origin = Link(found.get_origin_display(), found.origin_url, _("where it was proposed"))
    context = record_context(request, MEASURE, found) | {
        "cycle": found.cycle, "people": owner, "is_finished": found.state in MEASURE.closed,
        "chain": [origin, Link(str(found), "", found.get_state_display(), is_here=True)],
    }  # fmt: skip
    return render(request, "evaluations/improvements/measure.html", context)


def ask_step(request: Request, found: Measure, step: str, form: Any, status: int = 200) -> HttpResponse:
    """The page of a step that asks for more than a comment; whoever may not take it reads why."""
    offered = offer(MEASURE, MEASURE[step], found, request.actor, request.moment)
    if not offered.is_possible:
        check(MEASURE, MEASURE[step], found, request.actor, request.moment)
    context = {"record": found, "step": MEASURE[step], "offer": offered, "form": form}
    return render(request, "evaluations/improvements/step.html", context, status=status)


@page()
def ask_adopt(request: Request, **where: Any) -> HttpResponse:
    """Who is to carry it out, and until when?"""
    found = find(request, **where)
    form = AdoptForm(measure=found, actor=request.actor, initial={"seen": found.version})
    return ask_step(request, found, "adopt", form)


@act(Can.DECIDE_MEASURE)
def take_adopt(request: Request, **where: Any) -> HttpResponse:
    """Adopt the measure."""
    found = find(request, **where)
    form = AdoptForm(request.POST, measure=found, actor=request.actor)
    return taken(request, found, "adopt", form, actions.adopt)


adopt = either(ask_adopt, take_adopt)


@page()
def ask_finish(request: Request, **where: Any) -> HttpResponse:
    """What shows that it was done?"""
    found = find(request, **where)
    return ask_step(request, found, "finish", FinishForm(initial={"seen": found.version}))


@act(Can.CARRY_OUT_MEASURE)
def take_finish(request: Request, **where: Any) -> HttpResponse:
    """Report the measure as done."""
    return taken(request, find(request, **where), "finish", FinishForm(request.POST), actions.finish)


finish = either(ask_finish, take_finish)


def taken(request: Request, found: Measure, step: str, form: Any, carry_out: Any) -> HttpResponse:
    """Take a step with what was typed; what is not ready stays on the page with its reason."""
    if form.is_valid():
        try:
            carry_out(found, by=request.user, at=request.moment, **form.cleaned_data)
        except NotReady as refusal:
            form.add_error(None, sentences([refusal.sentence, *refusal.missing]))
        else:
            messages.success(request, _("Done: %(step)s.") % {"step": MEASURE[step].label})
            return redirect(f"{found.get_absolute_url()}?done={step}")
    return ask_step(request, found, step, form, 422)


measure_step = step_view(
    MEASURE, {"decline": actions.decline, "verify": actions.verify, "reopen": actions.reopen}, find
)
