"""The evaluations of a year, and the lessons of all years."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.safestring import SafeString

from evaluations.reviews.forms import EvaluationFilter, LessonFilter
from evaluations.reviews.models import Evaluation, Lesson
from evaluations.reviews.workflow import EVALUATION
from planning.cycles.finding import cycle_of
from sop_portal.foundation.kit.formats import day_of_year, until
from sop_portal.foundation.kit.paging import paginate
from sop_portal.foundation.kit.templatetags.icons import state
from sop_portal.foundation.organisation.access import Request, page

EVALUATION_SORTS = {"due": "due", "project": "project__name", "department": "department__name", "state": "state"}
LESSON_SORTS = {"year": "year", "department": "department__name"}


@dataclass(frozen=True)
class EvaluationRow:
    """An evaluation in the list, written out."""

    url: str
    project: str
    department: str
    lead: str
    state: SafeString
    due: str
    late: str


def evaluation_row(evaluation: Evaluation, on: date) -> EvaluationRow:
    """One evaluation of the list; who is late is told."""
    shown = state(
        EVALUATION.tones[evaluation.state],
        EVALUATION.states(evaluation.state).label,
        evaluation.state in EVALUATION.closed,
    )
    project, is_late = evaluation.project, evaluation.state in EVALUATION.editable and evaluation.due < on
    return EvaluationRow(
        evaluation.get_absolute_url(), project.name, evaluation.department.name,
        project.lead.name if project.lead else "–", shown, day_of_year(evaluation.due),
        until(evaluation.due, on) if is_late else "",
    )  # fmt: skip


@page()
def evaluations(request: Request, *, year: int) -> HttpResponse:
    """Every evaluation of the year that one may see."""
    cycle = cycle_of(request, year)
    form = EvaluationFilter(request.GET, actor=request.actor)
    wanted = form.cleaned_data if form.is_valid() else {}
    rows = Evaluation.objects.filter(cycle=cycle).visible_to(request.actor)
    rows = rows.select_related("cycle", "department", "project__lead")
    if wanted.get("department"):
        rows = rows.filter(department=wanted["department"])
    if wanted.get("state"):
        rows = rows.filter(state=wanted["state"])
    shown = paginate(rows, request.GET, EVALUATION_SORTS, "due")
    lines = [evaluation_row(evaluation, request.today) for evaluation in shown.rows]
    context = {"cycle": cycle, "narrowing": form, "lines": lines, "shown": shown, "is_narrowed": any(wanted.values())}
    return render(request, "evaluations/reviews/evaluations.html", context)


@page()
def lessons(request: Request, *, year: int) -> HttpResponse:
    """The published lessons of all departments and years; unpublished ones stand on their evaluation only."""
    cycle = cycle_of(request, year)
    form = LessonFilter(request.GET)
    wanted = form.cleaned_data if form.is_valid() else {}
    rows = Lesson.objects.visible_to(request.actor).select_related(
        "department", "evaluation__project", "evaluation__cycle", "evaluation__department"
    )
    if wanted.get("department"):
        rows = rows.filter(department=wanted["department"])
    if wanted.get("q"):
        q = wanted["q"]
        named = Q(project_slug__iexact=q) | Q(evaluation__project__name__icontains=q)
        rows = rows.filter(named | Q(published__icontains=q))
    shown = paginate(rows, request.GET, LESSON_SORTS, "-year")
    own, sees_all = request.actor.department_ids, request.actor.sees_everything
    lines = [
        (lesson, lesson.evaluation.get_absolute_url() if sees_all or lesson.department_id in own else "")
        for lesson in shown.rows
    ]
    context = {"cycle": cycle, "narrowing": form, "shown": shown, "lines": lines, "is_narrowed": any(wanted.values())}
    return render(request, "evaluations/reviews/lessons.html", context)
