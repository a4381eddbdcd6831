"""The pages of an evaluation, and the steps of the project it looks back on."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from evaluations.improvements import actions as improvements
from evaluations.improvements.models import Measure
from evaluations.reports import actions as reports
from evaluations.reviews import actions
from evaluations.reviews.conflicts import chosen, kept, rows_of
from evaluations.reviews.facts import facts_of
from evaluations.reviews.forms import ReviewForm, Written
from evaluations.reviews.layout import answers_of, around, page_of
from evaluations.reviews.models import Evaluation, Goal, Lesson
from evaluations.reviews.workflow import EVALUATION
from planning.models import Project
from planning.projects import actions as projects
from planning.projects.workflow import PROJECT
from sop_portal.foundation.kit.formats import clock
from sop_portal.foundation.kit.refusals import Changed
from sop_portal.foundation.organisation.access import Request, act, either, page
from sop_portal.foundation.organisation.models import User
from sop_portal.foundation.organisation.roles import Can
from sop_portal.foundation.trail.models import Entry
from sop_portal.foundation.workflow.engine import check as check_step
from sop_portal.foundation.workflow.offers import offer
from sop_portal.foundation.workflow.views import step_view


def find_project(request: Request, *, year: int, department: str, project: str) -> Project:
    """The project, if the person may see it."""
    visible = Project.objects.visible_to(request.actor).select_related("cycle", "department", "lead")
    return get_object_or_404(visible, cycle__year=year, department__slug=department, slug=project)


def find(request: Request, *, year: int, department: str, project: str) -> Evaluation:
    """The evaluation, if the person may see it."""
    visible = Evaluation.objects.visible_to(request.actor).select_related(
        "cycle", "department", "project__cycle", "project__department", "project__lead"
    )
    return get_object_or_404(visible, cycle__year=year, department__slug=department, project__slug=project)


@page()
def show(request: Request, **where: Any) -> HttpResponse:
    """The evaluation: facts, questions, lessons, measures."""
    return render(request, "evaluations/reviews/evaluation.html", page_of(request, find(request, **where)))


@act(Can.WRITE_EVALUATION)
def save(request: Request, **where: Any) -> HttpResponse:
    """Keep what was typed: by the button, or a moment after typing."""
    evaluation = find(request, **where)
    goals = facts_of(evaluation).goals
    written = Written(evaluation, goals, request.POST)
    typed = chosen(request.POST, evaluation, written.answers)
    written = Written(evaluation, goals, typed)
    if "autosave" in request.POST:
        return save_as_typed(request, evaluation, written)
    if not written.is_valid():
        return render(request, "evaluations/reviews/evaluation.html", page_of(request, evaluation, written), status=422)
    try:
        keep(evaluation, written, request)
    except Changed as changed:
        return differing(request, evaluation, written, changed)
    messages.success(request, _("Saved %(time)s.") % {"time": clock(request.moment)})
    return redirect(evaluation.get_absolute_url())


evaluation = either(show, save)


def save_as_typed(request: Request, evaluation: Evaluation, written: Written) -> JsonResponse:
    """Keep the answers alone, and say so in a sentence; a conflict is shown when the form itself is sent."""
    form = written.answers
    if not form.is_valid():
        return JsonResponse({"refused": next(iter(form.errors.values()))[0]}, status=422)
    try:
        actions.write(evaluation, by=request.user, at=request.moment, **form.answers)
    except Changed as changed:
        return JsonResponse({"refused": str(changed)}, status=409)
    saved = _("Saved %(time)s. You can leave and come back.") % {"time": clock(request.moment)}
    return JsonResponse({"saved": saved, "seen": evaluation.version})


def keep(evaluation: Evaluation, written: Written, request: Request) -> None:
    """Carry out everything the form asks for, in one transaction: the measure first, for it locks the year."""
    who: dict[str, Any] = {"by": request.user, "at": request.moment}
    if written.measure.has_changed():
        improvements.propose(
            evaluation.cycle, evaluation.department, origin=Measure.Origin.EVALUATION,
            origin_url=evaluation.get_absolute_url(), project_slug=evaluation.project.slug,
            **written.measure.cleaned_data, **who,
        )  # fmt: skip
    actions.write(evaluation, **written.answers.answers, **who)
    if written.lesson.has_changed():
        actions.write_lesson(evaluation, written.lesson.cleaned_data["lesson"], seen=evaluation.version, **who)
    if written.goal.has_changed():
        actions.add_goal(evaluation, **written.goal.cleaned_data, seen=evaluation.version, **who)
    remove(evaluation, request.POST, request.user, request.moment)


def remove(evaluation: Evaluation, asked: Any, by: User, at: datetime) -> None:
    """Take away the lesson or goal whose button was pressed."""
    lesson, goal = asked.get("remove_lesson", ""), asked.get("remove_goal", "")
    if lesson.isascii() and lesson.isdigit():
        gone = get_object_or_404(Lesson, evaluation=evaluation, pk=int(lesson))
        actions.remove_lesson(evaluation, gone, by=by, at=at, seen=evaluation.version)
    if goal.isascii() and goal.isdigit():
        left = get_object_or_404(Goal, evaluation=evaluation, pk=int(goal))
        actions.remove_goal(evaluation, left, by=by, at=at, seen=evaluation.version)


def differing(request: Request, evaluation: Evaluation, written: Written, changed: Changed) -> HttpResponse:
    """Show both wordings of what two people wrote at once."""
    evaluation.refresh_from_db(fields=["version", "reached", "problems", "better", "explanation", "people_used"])
    form = Written(evaluation, facts_of(evaluation).goals, request.POST).answers
    form.is_valid()
    context = {
        "record": evaluation,
        "rows": rows_of(changed, evaluation, form),
        "kept": kept(request.POST),
        "changed": changed,
        "who": who_saved(evaluation),
    }
    return render(request, "evaluations/reviews/conflict.html", context, status=409)


def who_saved(evaluation: Evaluation) -> str:
    """The name of whoever wrote last."""
    last = Entry.objects.of(EVALUATION.kind, evaluation.pk).filter(verb="edit").first()
    person = User.objects.filter(pk=last.by_id).first() if last and last.by_id else None
    return person.name if person else _("Somebody")


@page()
def check(request: Request, **where: Any) -> HttpResponse:
    """All answers once more before they are submitted."""
    evaluation = find(request, **where)
    offered = offer(EVALUATION, EVALUATION["submit"], evaluation, request.actor, request.moment)
    answers = answers_of(evaluation, facts_of(evaluation))
    context = {"record": evaluation, "offer": offered, "answers": answers}
    return render(request, "evaluations/reviews/check.html", context)


@page()
def ask_review(request: Request, **where: Any) -> HttpResponse:
    """The wording of each lesson, before the review is concluded."""
    evaluation = find(request, **where)
    lessons = list(evaluation.lessons.order_by("pk"))
    return review_page(request, evaluation, ReviewForm(lessons=lessons, initial={"seen": evaluation.version}))


@act(Can.REVIEW_EVALUATION)
def take_review(request: Request, **where: Any) -> HttpResponse:
    """Conclude the review: the lessons are published as edited."""
    evaluation = find(request, **where)
    form = ReviewForm(request.POST, lessons=list(evaluation.lessons.order_by("pk")))
    if not form.is_valid():
        return review_page(request, evaluation, form, 422)
    seen, comment = form.cleaned_data["seen"], form.cleaned_data["comment"]
    actions.review(
        evaluation, by=request.user, at=request.moment, seen=seen, comment=comment, lessons=form.wordings
    )  # fmt: skip
    messages.success(request, _("Done: %(step)s.") % {"step": EVALUATION["review"].label})
    return redirect(f"{evaluation.get_absolute_url()}?done=review")


review = either(ask_review, take_review)


def review_page(request: Request, evaluation: Evaluation, form: ReviewForm, status: int = 200) -> HttpResponse:
    """The page of the review; whoever may not review reads why."""
    step = EVALUATION["review"]
    offered = offer(EVALUATION, step, evaluation, request.actor, request.moment)
    if not offered.is_possible and not offered.missing:
        check_step(EVALUATION, step, evaluation, request.actor, request.moment)
    context = around(request, evaluation, facts_of(evaluation)) | {"form": form, "offer": offered, "step": step}
    return render(request, "evaluations/reviews/review.html", context, status=status)


evaluation_step = step_view(EVALUATION, {"submit": actions.submit, "send-back": actions.send_back}, find)
PROJECT_STEPS = {
    "activate": reports.activate,
    "hold": projects.hold,
    "resume": projects.resume,
    "complete": actions.complete,
    "cancel": projects.cancel,
}
project_step = step_view(PROJECT, PROJECT_STEPS, find_project)
