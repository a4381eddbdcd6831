"""The page of one improvement measure, and the steps that begin there."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from budgets.models import Confirmation
from evaluations.improvements import actions
from evaluations.improvements.forms import AdoptForm, FinishForm, ReopenMeasureForm
from evaluations.improvements.models import Measure
from evaluations.improvements.queries import find_measure, who_adopts
from evaluations.improvements.workflow import MEASURE
from sop_portal.foundation.kit.components import Button, Link, Person
from sop_portal.foundation.kit.formats import sentences
from sop_portal.foundation.kit.refusals import NotReady
from sop_portal.foundation.kit.sentences import concatenate, interpolate
from sop_portal.foundation.organisation.access import Request, act, either, page
from sop_portal.foundation.organisation.roles import Can
from sop_portal.foundation.workflow.engine import check
from sop_portal.foundation.workflow.offers import offer
from sop_portal.foundation.workflow.record_page import record_context, step_context
from sop_portal.foundation.workflow.seen import SeenVersion
from sop_portal.foundation.workflow.views import step_view


@dataclass(frozen=True)
class LinkedMeasure:
    """A measure as the record on which it was proposed shows it."""

    measure: Measure
    tone: str
    is_finished: bool
    # Who still has to adopt it, in a sentence; nothing once that is decided.
    waits: str = ""


def linked_measures(measures: Iterable[Measure], on: date) -> list[LinkedMeasure]:
    """Measures for the page of the record on which they were proposed."""
    return [
        LinkedMeasure(measure, MEASURE.tones[measure.state], measure.state in MEASURE.closed, waits_for(measure, on))
        for measure in measures
    ]


def waits_for(measure: Measure, on: date) -> str:
    """Who still adopts a measure that is proposed: whoever proposed it, in a meeting too, does not decide."""
    if measure.state != Measure.State.PROPOSED:
        return ""
    people = who_adopts(measure, on)
    if not people:
        return _("It still has to be adopted, by somebody in management who did not propose it.")
    return interpolate(_("It still has to be adopted: %(people)s"), {"people": concatenate(people, _(" or "))})


@page()
def measure(request: Request, *, year: int, number: int) -> HttpResponse:
    """One measure: what, where from, whose, until when, and what shows that it was done."""
    found = find_measure(request, year=year, number=number)
    owner = [Person(found.owner.name, found.owner.initials, _("owner"))] if found.owner else []
    origin = Link(found.get_origin_display(), found.origin_url, _("where it was proposed"))
    context = record_context(request, MEASURE, found) | {
        "cycle": found.cycle,
        "people": owner,
        "is_finished": found.state in MEASURE.closed,
        "chain": [origin, Link(str(found), "", found.get_state_display(), is_here=True)],
        "carry_out": form_of(request, found),
    }
    return render(request, "evaluations/improvements/measure.html", context)


def form_of(request: Request, found: Measure) -> Button | None:
    """The form of the portal with which an adopted measure is carried out, for whoever may use it."""
    if found.state != Measure.State.ADOPTED or found.cycle.is_closed:
        return None
    if found.way == Measure.Way.EXTENSION:
        return form_for_time(request, found)
    return form_for_money(request, found) if found.way == Measure.Way.REALLOCATION else None


def form_for_time(request: Request, found: Measure) -> Button | None:
    """Give the department more time, or ask for it; the reason names the measure, which leads back to its origin."""
    words = {"measure": found, "what": found.what}
    asked = {
        "stage": found.stage,
        "department": found.department.slug,
        "reason": interpolate(_("%(measure)s: %(what)s"), words),
    }
    if request.actor.may(Can.EXTEND_WINDOW) and found.department_id not in request.actor.headed_ids:
        return Button(_("Give more time"), f"{reverse('extend', args=[found.cycle.year])}?{urlencode(asked)}")
    if request.actor.may(Can.ASK_EXTENSION, found.department):
        return Button(_("Ask for more time"), f"{reverse('extension-ask', args=[found.cycle.year])}?{urlencode(asked)}")
    return None


def form_for_money(request: Request, found: Measure) -> Button | None:
    """Ask those who amend the budget in force to move money between the department's lines."""
    answer = Confirmation.objects.filter(budget__cycle=found.cycle_id, budget__state="approved")
    answer = answer.filter(department=found.department_id).visible_to(request.actor)
    last = answer.select_related("budget__cycle", "department").order_by("-budget__number").first()
    if last is None:
        return None
    numbers = [found.cycle.year, last.budget.number, found.department.slug]
    asked = {"wanted": interpolate(_("%(measure)s: %(what)s"), {"measure": found, "what": found.what})}
    return Button(_("Ask for the change of lines"), f"{reverse('budget-ask-change', args=numbers)}?{urlencode(asked)}")


@page()
def ask_adopt(request: Request, *, year: int, number: int) -> HttpResponse:
    """Ask who is to carry it out, and until when."""
    found = find_measure(request, year=year, number=number)
    form = AdoptForm(measure=found, actor=request.actor)
    return step_page(request, found, "adopt", form)


@act(Can.DECIDE_MEASURE)
def take_adopt(request: Request, *, year: int, number: int) -> HttpResponse:
    """Adopt the measure."""
    found = find_measure(request, year=year, number=number)
    form = AdoptForm(request.POST, measure=found, actor=request.actor)
    return take_step(request, found, "adopt", form, actions.adopt)


adopt = either(ask_adopt, take_adopt)


@page()
def ask_finish(request: Request, *, year: int, number: int) -> HttpResponse:
    """Ask what shows that it was done."""
    found = find_measure(request, year=year, number=number)
    return step_page(request, found, "finish", FinishForm(initial={"seen": SeenVersion.on(MEASURE, found)}))


@act(Can.CARRY_OUT_MEASURE)
def take_finish(request: Request, *, year: int, number: int) -> HttpResponse:
    """Report the measure as done."""
    found = find_measure(request, year=year, number=number)
    return take_step(request, found, "finish", FinishForm(request.POST), actions.finish)


finish = either(ask_finish, take_finish)


def step_page(
    request: Request, found: Measure, step: str, form: AdoptForm | FinishForm, status: int = 200
) -> HttpResponse:
    """The page of a step that asks for more than a comment; whoever may not take it reads why."""
    offered = offer(MEASURE, MEASURE[step], found, request.actor, request.moment)
    if not offered.is_possible and not offered.missing:
        check(MEASURE, MEASURE[step], found, request.actor, request.moment)
    context = step_context(request, MEASURE, MEASURE[step], found) | {"offer": offered, "form": form}
    return render(request, "workflow/step.html", context, status=status)


def take_step(
    request: Request, found: Measure, step: str, form: AdoptForm | FinishForm, carry_out: Callable[..., Measure]
) -> HttpResponse:
    """Take a step with what was typed; what is not ready stays on the page with its reason."""
    if form.is_valid():
        try:
            carry_out(found, by=request.user, at=request.moment, **form.arguments)
        except NotReady as refusal:
            form.add_error(None, sentences([refusal.sentence, *refusal.missing]))
        else:
            messages.success(request, _("Done: %(step)s.") % {"step": MEASURE[step].label})
            return redirect(f"{found.get_absolute_url()}?done={step}")
    return step_page(request, found, step, form, 422)


measure_step = step_view(MEASURE, find_measure, {"reopen": ReopenMeasureForm})
