"""The page of one evaluation: facts, questions, lessons and measures, and the form of those who write it."""

from datetime import datetime
from typing import Any, Unpack

from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from evaluations.improvements import actions as improvements
from evaluations.improvements.actions import MeasureProposal
from evaluations.improvements.models import Measure
from evaluations.improvements.pages.measure import linked_measures
from evaluations.improvements.queries import measures_proposed_on
from evaluations.reviews import actions
from evaluations.reviews.figures import EvaluationFacts
from evaluations.reviews.forms import EvaluationForms
from evaluations.reviews.models import Evaluation, Goal, Lesson
from evaluations.reviews.queries import EvaluationAddress, corrected_since, facts_of, find_evaluation
from evaluations.reviews.workflow import EVALUATION, WITHOUT_LESSONS, missing_to_submit, window_of
from planning.cycles.queries import may_in
from sop_portal.foundation.kit import formats
from sop_portal.foundation.kit.components import Button, Link, NextBox, Person
from sop_portal.foundation.kit.sentences import StrOrPromise
from sop_portal.foundation.organisation.access import Request, act, either, page
from sop_portal.foundation.organisation.actor import people_who_can
from sop_portal.foundation.organisation.models import User
from sop_portal.foundation.organisation.roles import Can, Role
from sop_portal.foundation.workflow import autosave
from sop_portal.foundation.workflow.autosave import SharedPage
from sop_portal.foundation.workflow.record_page import record_context
from sop_portal.foundation.workflow.views import step_view

# What a review does, and did: with lessons, and where none was written.
TEXTS: dict[str, tuple[StrOrPromise, StrOrPromise]] = {
    Evaluation.State.SUBMITTED: (EVALUATION["review"].says, WITHOUT_LESSONS),
    Evaluation.State.REVIEWED: (
        gettext_lazy("The lessons are published, and the figures are in the history."),
        gettext_lazy("The figures are in the history. No lesson was written."),
    ),
}


@page()
def show(request: Request, **address: Unpack[EvaluationAddress]) -> HttpResponse:
    """The evaluation: facts, questions, lessons, measures."""
    return evaluation_page(request, find_evaluation(request, **address))


@act(Can.WRITE_EVALUATION)
def save(request: Request, **address: Unpack[EvaluationAddress]) -> HttpResponse:
    """Save what was typed, by the button or a moment after typing; if a colleague was faster, show both."""
    return autosave.save(request, lambda: shared_page(request, find_evaluation(request, **address)))


evaluation = either(show, save, when_closed=True)


def shared_page(request: Request, found: Evaluation) -> SharedPage:
    """The answers are saved as they are typed; a lesson, a goal and a measure wait for a button."""
    written = EvaluationForms(found, facts_of(found).goals, request.POST)
    by, at = request.user, request.moment

    def write(values: dict[str, Any]) -> None:
        actions.write(found, by=by, at=at, seen=found.version, **written.answers.answers(values))

    return SharedPage(
        written.answers,
        write,
        show_errors=lambda: evaluation_page(request, found, written, 422),
        go_on=lambda: redirect(found.get_absolute_url()),
        write_all=lambda values: save_everything(request, found, written, values),
        is_valid=written.is_valid,
        waiting=written.waiting,
    )


def save_everything(request: Request, evaluation: Evaluation, written: EvaluationForms, values: dict[str, Any]) -> None:
    """Carry out everything the form asks for, in one transaction: the measure first, for it locks the year."""
    by, at = request.user, request.moment
    if written.measure.has_changed():
        what, origin_url = written.measure.cleaned_data["what"], evaluation.get_absolute_url()
        slug, is_another = evaluation.project.slug, written.measure.is_another
        proposal = MeasureProposal(what, Measure.Origin.EVALUATION, origin_url, slug, is_another)
        improvements.propose(evaluation.cycle, evaluation.department, proposal, by=by, at=at)
    actions.write(evaluation, by=by, at=at, seen=evaluation.version, **written.answers.answers(values))
    if written.lesson.has_changed():
        lesson = written.lesson.cleaned_data["lesson"]
        actions.write_lesson(evaluation, lesson, by=by, at=at, seen=evaluation.version)
    if written.goal.has_changed():
        indicator, figures = written.goal.cleaned_data["indicator"], written.goal.figures
        actions.add_goal(evaluation, indicator, figures, by=by, at=at, seen=evaluation.version)
    remove(evaluation, request.POST, by, at)


def remove(evaluation: Evaluation, posted: QueryDict, by: User, at: datetime) -> None:
    """Take away the lesson or goal whose button was pressed."""
    lesson, goal = posted.get("remove_lesson", ""), posted.get("remove_goal", "")
    if lesson.isascii() and lesson.isdigit():
        removed_lesson = get_object_or_404(Lesson, evaluation=evaluation, pk=int(lesson))
        actions.remove_lesson(evaluation, removed_lesson, by=by, at=at, seen=evaluation.version)
    if goal.isascii() and goal.isdigit():
        removed_goal = get_object_or_404(Goal, evaluation=evaluation, pk=int(goal))
        actions.remove_goal(evaluation, removed_goal, by=by, at=at, seen=evaluation.version)


def evaluation_page(
    request: Request, evaluation: Evaluation, written: EvaluationForms | None = None, status: int = 200
) -> HttpResponse:
    """The page with its forms, for those who may write; for the others what was written."""
    facts = facts_of(evaluation)
    context = evaluation_context(request, evaluation, facts)
    if evaluation.state in EVALUATION.editable and may_in(request, evaluation.cycle, Can.WRITE_EVALUATION, evaluation):
        written = written or EvaluationForms(evaluation, facts.goals)
        context |= {"written": written, "form": written.answers}
    return render(request, "evaluations/reviews/evaluation.html", context, status=status)


def evaluation_context(request: Request, evaluation: Evaluation, facts: EvaluationFacts) -> dict[str, Any]:
    """Everything on the page but the forms."""
    context = record_context(request, EVALUATION, evaluation, text=text_of(evaluation))
    is_open = evaluation.state in EVALUATION.editable
    if is_open and may_in(request, evaluation.cycle, Can.WRITE_EVALUATION, evaluation):
        context["next"] = next_box_of_writer(request, evaluation, context["next"].quote)
    return context | {
        "facts": facts,
        "cycle": evaluation.cycle,
        "lessons": list(evaluation.lessons.select_related("written_by").order_by("pk")),
        "measures": linked_measures(
            measures_proposed_on(evaluation.cycle, evaluation.get_absolute_url()), request.today
        ),
        "people": people_of(request, evaluation),
        "chain": chain_of(evaluation),
        "is_finished": evaluation.state in EVALUATION.closed,
        "is_owed": is_open,
        "corrections": corrected_since(evaluation),
    }


def text_of(evaluation: Evaluation) -> str:
    """What follows from the review, or followed from it; nothing before it is submitted."""
    with_lessons, without = TEXTS.get(evaluation.state, ("", ""))
    return str(with_lessons if evaluation.lessons.exists() else without)


def next_box_of_writer(request: Request, evaluation: Evaluation, quote: str) -> NextBox:
    """The next step of those who write: answer, check, submit."""
    missing = missing_to_submit(evaluation, request.moment)
    title = _("Look back on the project, then submit") if missing else _("Check the answers, then submit")
    is_back, is_late = evaluation.state == Evaluation.State.RETURNED, evaluation.due_on < request.today
    tone = "back" if is_back else "late" if is_late else ""
    buttons = [Button(_("Check answers"), f"{evaluation.get_absolute_url()}check/", is_primary=True)]
    due = formats.due_phrase(evaluation.due_on, request.today)
    window = window_of(evaluation, request.moment)
    if not window.is_open:
        due = formats.sentences([due, window.sentence, window.way_out])
    return NextBox(title, due, tone, "", quote, missing, buttons)


def people_of(request: Request, evaluation: Evaluation) -> list[Person]:
    """Who leads the project and who submits."""
    lead = evaluation.project.lead
    heads = people_who_can(Can.SUBMIT_EVALUATION, evaluation, request.today)[:3]
    named = [Person(lead.name, lead.initials, Role.LEAD.label)] if lead else []
    return named + [Person(head.name, head.initials, Role.HEAD.label) for head in heads]


def chain_of(evaluation: Evaluation) -> list[Link]:
    """From the forecast to the lesson, and on to the next year."""
    project, year = evaluation.project, evaluation.cycle.year
    is_reviewed = evaluation.state == Evaluation.State.REVIEWED
    needed = _("needed %(amount)s") % {"amount": formats.money(project.needed)}
    budgeted = _("budgeted %(amount)s") % {"amount": formats.money(project.budgeted)}
    spent = _("spent %(amount)s") % {"amount": formats.money(project.spent)}
    lessons = f"{reverse('lessons', args=[year])}?q={project.slug}"
    has_none = is_reviewed and not evaluation.lessons.exists()
    narrowed = f"?department={project.department.slug}&project={project.slug}"
    return [
        Link(_("Project"), project.get_absolute_url(), needed),
        Link(_("Budget lines"), f"{reverse('appropriations', args=[year])}{narrowed}", budgeted),
        Link(_("Expenses"), f"{reverse('expenses', args=[year])}{narrowed}", spent),
        Link(_("Evaluation"), "", evaluation.get_state_display(), is_here=True),
        Link(
            _("Lessons"),
            lessons if is_reviewed and not has_none else "",
            _("none was written") if has_none else _("published with the review"),
            is_open=not is_reviewed,
        ),
        Link(_("Forecast %(year)s") % {"year": year + 1}, "", _("shows lessons and open measures"), is_open=True),
    ]


evaluation_step = step_view(EVALUATION, find_evaluation)
