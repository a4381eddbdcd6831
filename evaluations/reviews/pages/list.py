"""The evaluations of a year."""

from dataclasses import dataclass
from datetime import date

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.safestring import SafeString

from evaluations.reviews.forms import EvaluationFilter
from evaluations.reviews.models import Evaluation
from evaluations.reviews.workflow import EVALUATION
from planning.cycles.queries import cycle_of
from sop_portal.foundation.kit.formats import day_of_year, until
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
    is_late = where in EVALUATION.editable and evaluation.due < on
    return EvaluationRow(
        url=evaluation.get_absolute_url(),
        project=project.name,
        department=evaluation.department.name,
        lead=project.lead.name if project.lead else "–",
        state=state(EVALUATION.tones[where], EVALUATION.states(where).label, where in EVALUATION.closed),
        due=day_of_year(evaluation.due),
        late=until(evaluation.due, on) if is_late else "",
    )


@page()
def evaluations(request: Request, *, year: int) -> HttpResponse:
    """Every evaluation of the year that one may see."""
    cycle, form = cycle_of(request, year), EvaluationFilter(request.GET, actor=request.actor)
    rows = Evaluation.objects.filter(cycle=cycle, **form.wanted).visible_to(request.actor)
    rows = rows.select_related("cycle", "department", "project__lead")
    shown = paginate(rows, request.GET, SORTS, "due")
    context = {
        "cycle": cycle,
        "narrowing": form,
        "lines": [evaluation_row(evaluation, request.today) for evaluation in shown.rows],
        "shown": shown,
        "is_narrowed": bool(form.wanted),
    }
    return render(request, "evaluations/reviews/evaluations.html", context)
