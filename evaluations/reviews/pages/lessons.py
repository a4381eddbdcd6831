"""The published lessons of all departments and years."""

from django.http import HttpResponse
from django.shortcuts import render

from evaluations.reviews.forms import LessonFilter
from evaluations.reviews.models import Lesson
from planning.cycles.queries import cycle_of
from sop_portal.foundation.kit.paging import paginate
from sop_portal.foundation.organisation.access import Request, page
from sop_portal.foundation.organisation.actor import Actor

SORTS = {"year": "year"}


@page()
def lessons(request: Request, *, year: int) -> HttpResponse:
    """The published lessons of all departments and years; unpublished ones stand on their evaluation only."""
    cycle, form = cycle_of(request, year), LessonFilter(request.GET)
    rows = Lesson.objects.visible_to(request.actor).select_related(
        "department", "evaluation__project", "evaluation__cycle", "evaluation__department"
    )
    shown = paginate(form.narrow(rows), request.GET, SORTS, "-year")
    context = {
        "cycle": cycle,
        "narrowing": form,
        "shown": shown,
        "lines": [(lesson, evaluation_url(lesson, request.actor)) for lesson in shown.rows],
        "is_narrowed": bool(form.wanted),
    }
    return render(request, "evaluations/reviews/lessons.html", context)


def evaluation_url(lesson: Lesson, actor: Actor) -> str:
    """Where the lesson was written, for those who may see that; else nothing."""
    may_see = actor.sees_everything or lesson.department_id in actor.department_ids
    return lesson.evaluation.get_absolute_url() if may_see else ""
