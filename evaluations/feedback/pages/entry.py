"""The page of one feedback: what was said, the answer, and the measures that follow from it."""

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from evaluations.feedback import actions
from evaluations.feedback.forms import AnswerForm, HelpedForm
from evaluations.feedback.models import Feedback
from evaluations.feedback.queries import find_feedback
from evaluations.feedback.workflow import FEEDBACK
from evaluations.improvements import actions as improvements
from evaluations.improvements.actions import MeasureProposal
from evaluations.improvements.forms import MeasureProposalForm
from evaluations.improvements.models import Measure
from evaluations.improvements.pages.measure import linked_measures
from evaluations.improvements.queries import LIKE_ANOTHER, measures_proposed_on, open_measure_like
from planning.cycles.queries import may_in
from sop_portal.foundation.kit.components import Person
from sop_portal.foundation.organisation.access import Request, act, either, page
from sop_portal.foundation.organisation.roles import Can
from sop_portal.foundation.trail.models import Entry
from sop_portal.foundation.workflow.engine import check
from sop_portal.foundation.workflow.record_page import record_context
from sop_portal.foundation.workflow.seen import SeenVersion


def entry_page(request: Request, found: Feedback, status: int = 200, **filled_in: forms.Form) -> HttpResponse:
    """One entry: what was said, the answer, and the measures that follow from it."""
    may_propose = may_in(request, found.cycle, Can.PROPOSE_MEASURE, found.department)
    answered = Entry.objects.of(FEEDBACK.kind, found.pk).filter(verb="answer").first()
    context = record_context(request, FEEDBACK, found) | {
        "cycle": found.cycle,
        "is_finished": found.state in FEEDBACK.closed,
        "is_late": found.is_late(request.today),
        "people": [Person(found.given_by.name, found.given_by.initials, _("gave it"))],
        "answer": answered.comment if answered else "",
        "helped_form": helped_form(request, found),
        "measures": linked_measures(measures_proposed_on(found.cycle, found.get_absolute_url()), request.today),
        "proposal": MeasureProposalForm() if may_propose else None,
    }
    return render(request, "evaluations/feedback/entry.html", context | filled_in, status=status)


def helped_form(request: Request, found: Feedback) -> HelpedForm | None:
    """For whoever gave it, once it is answered and its year is open: whether the answer helped."""
    if found.given_by_id != request.user.pk or found.state != Feedback.State.ANSWERED or found.cycle.is_closed:
        return None
    said = {True: "yes", False: "no"}.get(found.helped) if found.helped is not None else ""
    return HelpedForm(initial={"helped": said})


@act(Can.GIVE_FEEDBACK)
def helped(request: Request, *, year: int, pk: int) -> HttpResponse:
    """Say whether the answer helped."""
    found, form = find_feedback(request, year=year, pk=pk), HelpedForm(request.POST)
    if not form.is_valid():
        return entry_page(request, found, 422, form=form, helped_form=form)
    said = form.cleaned_data["helped"] == "yes"
    actions.say_if_it_helped(found, helped=said, by=request.user, at=request.moment)
    messages.success(request, _("Thank you. It is noted."))
    return redirect(found.get_absolute_url())


@page()
def entry(request: Request, *, year: int, pk: int) -> HttpResponse:
    """The page of one entry of feedback."""
    return entry_page(request, find_feedback(request, year=year, pk=pk))


@page()
def ask_answer(request: Request, *, year: int, pk: int) -> HttpResponse:
    """The form for the answer; whoever may not answer reads who can."""
    found = find_feedback(request, year=year, pk=pk)
    check(FEEDBACK, FEEDBACK["answer"], found, request.actor, request.moment)
    form = AnswerForm(initial={"seen": SeenVersion.on(FEEDBACK, found)})
    return render(request, "evaluations/feedback/answer.html", {"record": found, "form": form})


@act(Can.ANSWER_FEEDBACK)
def take_answer(request: Request, *, year: int, pk: int) -> HttpResponse:
    """Answer the entry of feedback."""
    found, form = find_feedback(request, year=year, pk=pk), AnswerForm(request.POST)
    if not form.is_valid():
        return render(request, "evaluations/feedback/answer.html", {"record": found, "form": form}, status=422)
    actions.answer(found, by=request.user, at=request.moment, **form.cleaned_data)
    messages.success(request, _("Done: %(step)s.") % {"step": FEEDBACK["answer"].label})
    return redirect(f"{found.get_absolute_url()}?done=answer")


answer = either(ask_answer, take_answer, when_closed=True)


@act(Can.PROPOSE_MEASURE)
def propose_measure(request: Request, *, year: int, pk: int) -> HttpResponse:
    """Propose a measure that follows from the feedback."""
    found, form = find_feedback(request, year=year, pk=pk), MeasureProposalForm(request.POST)
    if not form.is_valid() or form.asks_about_duplicate(
        open_measure_like(found.department, form.cleaned_data["what"]), LIKE_ANOTHER
    ):
        return entry_page(request, found, 422, form=form, proposal=form)
    what, url = form.cleaned_data["what"], found.get_absolute_url()
    proposal = MeasureProposal(what, Measure.Origin.FEEDBACK, url, is_another=form.is_another)
    measure = improvements.propose(found.cycle, found.department, proposal, by=request.user, at=request.moment)
    messages.success(request, _("%(measure)s is proposed.") % {"measure": measure})
    return redirect(found.get_absolute_url())
