"""The evaluations of a year."""

from dataclasses import dataclass
from datetime import date

from django.db.models import prefetch_related_objects
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.safestring import SafeString
from django.utils.translation import ngettext

from evaluations.reviews.forms import EvaluationFilter
from evaluations.reviews.models import Evaluation
from evaluations.reviews.workflow import EVALUATION
from planning.cycles.queries import cycle_of
from planning.models import Cycle, Project
from planning.projects.workflow import PROJECT
from sop_portal.foundation.kit.formats import day_of_year, number, until
from sop_portal.foundation.kit.paging import paginate
from sop_portal.foundation.kit.templatetags.icons import state
from sop_portal.foundation.organisation.access import Request, page

SORTS = {"due": "due"}


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
    """One evaluation of the list; one that is late says by how much."""
    where, project = evaluation.state, evaluation.project
    due = evaluation.due_on
    is_late = where in EVALUATION.editable and due < on
    return EvaluationRow(
        url=evaluation.get_absolute_url(),
        project=project.name,
        department=evaluation.department.name,
        lead=project.lead.name if project.lead else "–",
        state=state(EVALUATION.tones[where], EVALUATION.states(where).label, where in EVALUATION.closed),
        due=day_of_year(due),
        late=until(due, on) if is_late else "",
    )


def still_running(request: Request, cycle: Cycle) -> str:
    """How many projects are over and not completed, so that nobody evaluates them yet."""
    running = Project.objects.filter(cycle=cycle, state__in=PROJECT["complete"].sources).visible_to(request.actor)
    count = running.filter(ends_on__lt=request.today).count()
    sentence = ngettext(
        "%(n)s project is past its last day and not completed, so its evaluation has not begun.",
        "%(n)s projects are past their last day and not completed, so their evaluations have not begun.",
        count,
    )
    return sentence % {"n": number(count)} if count and not cycle.is_closed else ""


@page()
def evaluations(request: Request, *, year: int) -> HttpResponse:
    """Every evaluation of the year that one may see."""
    cycle, form = cycle_of(request, year), EvaluationFilter(request.GET, actor=request.actor)
    prefetch_related_objects([cycle], "windows", "extensions")
    rows = Evaluation.objects.filter(cycle=cycle, **form.wanted).visible_to(request.actor)
    rows = rows.select_related("department", "project__lead")
    shown = paginate(rows, request.GET, SORTS, "due")
    for evaluation in shown.rows:
        evaluation.cycle = cycle
    context = {
        "cycle": cycle,
        "narrowing": form,
        "lines": [evaluation_row(evaluation, request.today) for evaluation in shown.rows],
        "shown": shown,
        "is_narrowed": bool(form.wanted),
        "over": still_running(request, cycle),
    }
    return render(request, "evaluations/reviews/evaluations.html", context)
