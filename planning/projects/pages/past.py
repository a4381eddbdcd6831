"""What a department did in earlier years, and correcting one year of one project."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from planning.cycles.models import Cycle
from planning.cycles.queries import cycle_of
from planning.cycles.workflow import only_for
from planning.projects import actions
from planning.projects.figures import METRICS
from planning.projects.forms import CorrectionForm, SeenForm
from planning.projects.models import Actual, Metric, Project, ReplacedActual
from planning.projects.queries import PastKey, key_of, past_figures, record_of, recorded_projects
from planning.projects.workflow import Held, contradictions, not_past, not_taken_back
from sop_portal.foundation.kit.filters import BESIDE, refuse_unknown
from sop_portal.foundation.kit.formats import number
from sop_portal.foundation.kit.paging import paginate_list
from sop_portal.foundation.kit.refusals import Changed, NotReady
from sop_portal.foundation.kit.sentences import interpolate, typed
from sop_portal.foundation.organisation.access import Request, act, either, page
from sop_portal.foundation.organisation.models import Department
from sop_portal.foundation.organisation.roles import Can


@dataclass(frozen=True)
class PastYear:
    """One project in one year: its figures, where they come from, and what stood there before."""

    actual: Actual
    figures: list[str]
    source: str
    is_corrected: bool
    contradicts: list[Held]


@page(Can.SEE_RECORDS)
def past(request: Request, *, year: int, department: str) -> HttpResponse:
    """Every year of every project, the latest first; of departments that became part of this one too."""
    cycle, own = cycle_of(request, year), _department(request, department)
    refuse_unknown(request.GET, *BESIDE)
    turned = paginate_list(list(past_figures(request.actor, own)), request.GET)
    records = recorded_projects(turned.rows)
    context = {
        "cycle": cycle,
        "department": own,
        "headings": [str(metric.label) for metric in Metric],
        "rows": [_past_year(actual, records) for actual in turned.rows],
        "turned": turned,
        "may_correct": request.actor.may(Can.CORRECT_HISTORY),
    }
    return render(request, "planning/projects/past.html", context)


def _department(request: Request, slug: str) -> Department:
    visible = Department.objects.all()
    if not request.actor.sees_everything:
        visible = visible.filter(pk__in=request.actor.department_ids)
    return get_object_or_404(visible, slug=slug)


CORRECTED = (ReplacedActual.Why.CORRECTION, ReplacedActual.Why.REPORT)


def _past_year(actual: Actual, records: Mapping[PastKey, Project]) -> PastYear:
    replaced = list(actual.replaced.all())
    is_corrected = bool(replaced) and replaced[0].why in CORRECTED
    figures, project = [number(figure) for figure in actual.figures.values()], records.get(key_of(actual))
    found = contradictions(actual.figures, project) if project else []
    return PastYear(actual, figures, source_of(actual, project), is_corrected, found)


def source_of(actual: Actual, project: Project | None) -> str:
    """Where the figures of a year came from."""
    if actual.taken_from is not None:
        return interpolate(_("file %(file)s"), {"file": typed(actual.taken_from.file_name)})
    if project and project.state == Project.State.CANCELLED:
        return _("the project, until it was cancelled")
    return _("the evaluation")


@page(Can.SEE_RECORDS)
def show(request: Request, *, year: int, department: str, pk: int) -> HttpResponse:
    """One year of one project: its figures, and what stood there before."""
    cycle, actual = cycle_of(request, year), _actual(request, department, pk)
    start = {"seen": actual.version, **actual.figures}
    return _show(request, cycle, actual, CorrectionForm(initial=start, currency=cycle.currency))


@act(Can.CORRECT_HISTORY)
def correct(request: Request, *, year: int, department: str, pk: int) -> HttpResponse:
    """Correct the figures, saying why."""
    cycle, actual = cycle_of(request, year), _actual(request, department, pk)
    only_for(request, Can.CORRECT_HISTORY, actual)
    form = CorrectionForm(request.POST, currency=cycle.currency)
    if not form.is_valid():
        return _show(request, cycle, actual, form, 422)
    said = dict(form.cleaned_data)
    reason, seen = said.pop("reason"), said.pop("seen")
    try:
        actions.correct_figures(actual, said, reason=reason, by=request.user, at=request.moment, seen=seen)
    except (NotReady, Changed) as refusal:
        form.add_error(None, [str(refusal), *(str(missing) for missing in getattr(refusal, "missing", []))])
        return _show(request, cycle, actual, form, 422)
    messages.success(request, _("Corrected. What was there before is kept below; open forecasts follow."))
    return redirect("past-figure", year, department, pk)


@act(Can.CORRECT_HISTORY)
def take_back(request: Request, *, year: int, department: str, pk: int) -> HttpResponse:
    """Let the figures before the last correction stand again."""
    actual = _actual(request, department, pk)
    only_for(request, Can.CORRECT_HISTORY, actual)
    form = SeenForm(request.POST)
    if not form.is_valid():
        raise Changed(_("The page does not say which figures you saw."), [], _("Look at them again."))
    seen = form.cleaned_data["seen"]
    actions.take_back_correction(actual, by=request.user, at=request.moment, seen=seen)
    messages.success(request, _("The figures from before the correction are back."))
    return redirect("past-figure", year, department, pk)


def _actual(request: Request, department: str, pk: int) -> Actual:
    visible: QuerySet[Actual] = Actual.objects.visible_to(request.actor).filter(department__slug=department)
    visible = visible.select_related("department", "taken_from").prefetch_related("replaced__by")
    return get_object_or_404(visible, pk=pk)


def _show(request: Request, cycle: Cycle, actual: Actual, form: CorrectionForm, status: int = 200) -> HttpResponse:
    replaced, project = list(actual.replaced.all()), record_of(actual)
    may_correct, waits = request.actor.may(Can.CORRECT_HISTORY, actual), not_past(actual, request.today)
    context: dict[str, Any] = {
        "cycle": cycle,
        "actual": actual,
        "department": actual.department,
        "source": source_of(actual, project),
        "now": [(Metric(metric).label, number(actual.figures[metric])) for metric in METRICS],
        "form": form if may_correct and not waits else None,
        "waits": str(waits) if may_correct and waits else "",
        "headings": [str(metric.label) for metric in Metric],
        "before": [(kept, [number(figure) for figure in kept.figures.values()]) for kept in replaced],
        "may_take_back": not_taken_back(actual) is None,
        "project": project,
        "contradicts": contradictions(actual.figures, project) if project else [],
    }
    return render(request, "planning/projects/past_figure.html", context, status=status)


past_figure = either(show, correct, when_closed=True)
