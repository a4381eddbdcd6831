"""Feedback of departments: the list, one entry with its answer, and what follows from it."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from evaluations.feedback import actions
from evaluations.feedback.forms import AnswerForm, FeedbackFilter, FeedbackForm, ProposalForm
from evaluations.feedback.models import Feedback
from evaluations.feedback.workflow import FEEDBACK
from evaluations.improvements import actions as improvements
from evaluations.improvements.models import Measure
from evaluations.improvements.workflow import MEASURE
from planning.cycles.finding import cycle_of
from sop_portal.foundation.kit.components import Person
from sop_portal.foundation.kit.formats import moment
from sop_portal.foundation.kit.paging import paginate
from sop_portal.foundation.kit.templatetags.icons import state
from sop_portal.foundation.organisation.access import Request, act, either, page
from sop_portal.foundation.organisation.roles import Can
from sop_portal.foundation.trail.models import Entry
from sop_portal.foundation.workflow.engine import check
from sop_portal.foundation.workflow.record_page import record_context

SORTS = {"given": "given_at", "title": "title", "state": "state"}


@dataclass(frozen=True)
class FeedbackRow:
    """Feedback in the list, written out."""

    url: str
    title: str
    department: str
    person: str
    given: str
    state: SafeString


def feedback_row(entry: Feedback, on: date) -> FeedbackRow:
    """One feedback of the list."""
    shown = state(FEEDBACK.tones[entry.state], FEEDBACK.states(entry.state).label, entry.state in FEEDBACK.closed)
    person = entry.given_by.name if entry.given_by else "–"
    url = entry.get_absolute_url()
    return FeedbackRow(url, entry.title, entry.department.name, person, moment(entry.given_at, on), shown)


def find(request: Request, *, year: int, pk: int) -> Feedback:
    """The feedback, if the person may see it."""
    visible = Feedback.objects.visible_to(request.actor).select_related("cycle", "department", "given_by")
    return get_object_or_404(visible, cycle__year=year, pk=pk)


@page()
def feedback(request: Request, *, year: int) -> HttpResponse:
    """All feedback of the year that one may see."""
    cycle = cycle_of(request, year)
    form = FeedbackFilter(request.GET, actor=request.actor)
    wanted = {name: value for name, value in (form.cleaned_data if form.is_valid() else {}).items() if value}
    rows = Feedback.objects.filter(cycle=cycle, **wanted).visible_to(request.actor)
    shown = paginate(rows.select_related("cycle", "department", "given_by"), request.GET, SORTS, "-given")
    lines = [feedback_row(entry, request.today) for entry in shown.rows]
    context = {
        "cycle": cycle, "narrowing": form, "lines": lines, "shown": shown, "is_narrowed": bool(wanted),
        "may_give": request.actor.may(Can.GIVE_FEEDBACK),
    }  # fmt: skip
    return render(request, "evaluations/feedback/feedback.html", context)


@page(Can.GIVE_FEEDBACK)
def ask(request: Request, *, year: int) -> HttpResponse:
    """The form for new feedback."""
    context = {"cycle": cycle_of(request, year), "form": FeedbackForm(actor=request.actor)}
    return render(request, "evaluations/feedback/give.html", context)


@act(Can.GIVE_FEEDBACK)
def take(request: Request, *, year: int) -> HttpResponse:
    """Give the feedback."""
    cycle, form = cycle_of(request, year), FeedbackForm(request.POST, actor=request.actor)
    if not form.is_valid():
        return render(request, "evaluations/feedback/give.html", {"cycle": cycle, "form": form}, status=422)
    department = form.cleaned_data.pop("department")
    given = actions.give(cycle, department, **form.cleaned_data, by=request.user, at=request.moment)
    messages.success(request, _("Thank you. Management reads and answers it."))
    return redirect(given.get_absolute_url())


give = either(ask, take)


def entry_page(request: Request, found: Feedback, status: int = 200, **forms: Any) -> HttpResponse:
    """One entry: what was said, the answer, and the measures that follow from it."""
    measures = Measure.objects.filter(origin_url=found.get_absolute_url()).select_related("cycle", "owner")
    answered = Entry.objects.of(FEEDBACK.kind, found.pk).filter(verb="answer").first()
    context = record_context(request, FEEDBACK, found) | {
        "cycle": found.cycle, "is_finished": found.state in FEEDBACK.closed,
        "people": [Person(found.given_by.name, found.given_by.initials, _("gave it"))],
        "answer": answered.comment if answered else "",
        "measures": [
            {"measure": m, "tone": MEASURE.tones[m.state], "is_finished": m.state in MEASURE.closed}
            for m in measures.order_by("number")
        ],
        "proposal": ProposalForm() if request.actor.may(Can.PROPOSE_MEASURE, found.department) else None,
    }  # fmt: skip
    return render(request, "evaluations/feedback/entry.html", context | forms, status=status)


@page()
def entry(request: Request, **where: Any) -> HttpResponse:
    """One entry."""
    return entry_page(request, find(request, **where))


@page()
def ask_answer(request: Request, **where: Any) -> HttpResponse:
    """The form for the answer; whoever may not answer reads who can."""
    found = find(request, **where)
    check(FEEDBACK, FEEDBACK["answer"], found, request.actor, request.moment)
    form = AnswerForm(initial={"seen": found.version})
    return render(request, "evaluations/feedback/answer.html", {"record": found, "form": form})


@act(Can.ANSWER_FEEDBACK)
def take_answer(request: Request, **where: Any) -> HttpResponse:
    """Answer it."""
    found, form = find(request, **where), AnswerForm(request.POST)
    if not form.is_valid():
        return render(request, "evaluations/feedback/answer.html", {"record": found, "form": form}, status=422)
    actions.answer(found, by=request.user, at=request.moment, **form.cleaned_data)
    messages.success(request, _("Done: %(step)s.") % {"step": FEEDBACK["answer"].label})
    return redirect(f"{found.get_absolute_url()}?done=answer")


answer = either(ask_answer, take_answer)


@act(Can.PROPOSE_MEASURE)
def propose_measure(request: Request, **where: Any) -> HttpResponse:
    """Propose a measure that follows from the feedback."""
    found, form = find(request, **where), ProposalForm(request.POST)
    if not form.is_valid():
        return entry_page(request, found, 422, form=form, proposal=form)
    measure = improvements.propose(
        found.cycle, found.department, what=form.cleaned_data["what"], origin=Measure.Origin.FEEDBACK,
        origin_url=found.get_absolute_url(), by=request.user, at=request.moment,
    )  # fmt: skip
    messages.success(request, _("%(measure)s is proposed.") % {"measure": measure})
    return redirect(found.get_absolute_url())
