"""Proposals follow the history: whoever changes it brings every forecast that can still be changed up to date."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime
from decimal import Decimal

from planning.cycles.models import Cycle
from planning.forecasts.actions.lines import create_lines, update_totals
from planning.forecasts.figures import METRICS, Derived, plain, project_needs
from planning.forecasts.models import Forecast, ForecastFigure
from planning.forecasts.queries.planners import all_planners_in
from planning.forecasts.queries.projects import carried_over, proposals_of
from planning.forecasts.workflow import FORECAST, LINE
from planning.projects.actions import history_locked
from planning.projects.models import Project
from sop_portal.foundation.organisation.lineage import lineage
from sop_portal.foundation.organisation.models import Department, User
from sop_portal.foundation.trail.actions import Change
from sop_portal.foundation.workflow.engine import note
from sop_portal.foundation.workflow.seals import seal_rows

DERIVED = ("proposal", "proposal_year", "low", "high", "proposal_now", "outdated_at")


def follow_changed_history(departments: Collection[int], *, by: User | None, at: datetime, because: str) -> None:
    """Derive the proposals of these departments anew, in every year under way; whoever changed their past calls it.

    Where the forecast can still be changed the proposal is what the history says now. Where it was handed in, it stays
    as it was decided on, and what it would be now is noted beside it.
    """
    for cycle in Cycle.objects.filter(state=Cycle.State.PUBLISHED).order_by("pk"):
        planners = all_planners_in(cycle.pk)
        concerned = {planners.of(department) for department in departments}
        forecasts = Forecast.objects.filter(cycle=cycle, department_id__in=concerned)
        found = list(forecasts.select_for_update(of=("self",)).order_by("department_id", "pk"))
        derive_anew(found, cycle, by=by, at=at, because=because)


def derive_anew(
    forecasts: Iterable[Forecast], cycle: Cycle, *, by: User | None, at: datetime, because: str = ""
) -> None:
    """Bring the proposals of locked forecasts up to date."""
    by_key = {forecast.pk: forecast for forecast in forecasts if forecast.state != Forecast.State.WAIVED}
    figures = ForecastFigure.objects.filter(line__forecast_id__in=by_key).select_related("line__project")
    found = list(figures.select_for_update(of=("self",)).order_by("pk"))
    proposals = proposals_of({figure.line.project for figure in found}, cycle)
    changes: dict[int, list[Change]] = defaultdict(list)
    moved = []
    for figure in found:
        project, forecast = figure.line.project, by_key[figure.line.forecast_id]
        now = proposals.get((project.department_id, project.slug), {}).get(figure.metric, Derived())
        before = figure.figure
        is_open = forecast.state in FORECAST.editable
        if _take(figure, now) if is_open else _note_beside(figure, now, at):
            moved.append(figure)
        if is_open and before != (after := _counts(figure)):
            changes[forecast.pk].append(Change(figure.metric, plain(before), plain(after), str(project)))
    ForecastFigure.objects.bulk_update(moved, DERIVED, batch_size=500)
    seal_rows(LINE, {figure.line_id for figure in moved})
    changed = [by_key[pk] for pk in changes]
    _update_needs(figure.line.project for figure in moved if figure.line.forecast_id in changes)
    update_totals(*changed)
    for forecast in changed:
        # Whoever saw the figures before is asked to look again.
        forecast.version += 1
    Forecast.objects.bulk_update(changed, [*METRICS, "version"], batch_size=200)
    for forecast in changed:
        note(FORECAST.kind, forecast, "follow-history", by=by, at=at, changes=changes[forecast.pk], comment=because)


def _counts(figure: ForecastFigure) -> Decimal | None:
    return figure.proposal if figure.override is None else figure.override


def _take(figure: ForecastFigure, now: Derived) -> bool:
    """Let the proposal and its band be those of the history; whether anything is another."""
    before = [getattr(figure, name) for name in DERIVED]
    figure.proposal, figure.proposal_year, figure.low, figure.high = now.proposal, now.year, now.low, now.high
    figure.proposal_now = figure.outdated_at = None
    return before != [getattr(figure, name) for name in DERIVED]


def _note_beside(figure: ForecastFigure, now: Derived, at: datetime) -> bool:
    """Note what the history would propose now; whether that is news."""
    before = (figure.proposal_now, figure.outdated_at)
    if now.proposal == figure.proposal:
        figure.proposal_now = figure.outdated_at = None
    elif figure.outdated_at is None or now.proposal != figure.proposal_now:
        figure.proposal_now, figure.outdated_at = now.proposal, at
    return before != (figure.proposal_now, figure.outdated_at)


def _update_needs(projects: Iterable[Project]) -> None:
    """Give projects what their planned lines come to now."""
    wanted = {project.pk: project for project in projects}
    needs: dict[int, dict[str, Decimal | None]] = {pk: {} for pk in wanted}
    planned = ForecastFigure.objects.filter(line__project_id__in=wanted, line__is_planned=True)
    for pk, metric, figure in planned.order_by().values_list("line__project_id", "metric", "figure"):
        needs[pk][metric] = figure
    for pk, project in wanted.items():
        for name, value in project_needs(needs[pk]).items():
            setattr(project, name, value)
    Project.objects.bulk_update(wanted.values(), ["needed", "activities_planned", "participants_planned"], 200)


def need_no_more(forecast: Forecast) -> None:
    """Count nothing of a forecast that is waived for its projects: its lines stay, nobody plans with them."""
    Project.objects.filter(forecast_line__forecast=forecast).update(**project_needs({}))


def bring_up_to_date(forecast: Forecast, *, by: User, at: datetime) -> None:
    """A locked forecast that can be changed again follows what became of the history meanwhile."""
    derive_anew([forecast], forecast.cycle, by=by, at=at)
    take_over(forecast, by=by, at=at)


def carry_over_to_heir(heir: Department, *, by: User, at: datetime) -> None:
    """Offer the running projects of merged departments to their heir, where it alone plans a year and still can.

    A department that had a forecast of its own in the year before it was merged finishes that one itself, unless it
    was waived.
    """
    with history_locked():
        found = Forecast.objects.filter(
            department=heir, cycle__state=Cycle.State.PUBLISHED, state__in=FORECAST.editable
        )
        for forecast in found.select_for_update(of=("self",)).select_related("cycle").order_by("cycle_id"):
            take_over(forecast, by=by, at=at)


def offer_to_heir(department: Department, *, by: User, at: datetime) -> None:
    """Let the heirs of a department that no longer plans a year itself plan its projects, with its past."""
    heirs = list(lineage().heirs_of(department.pk))
    for heir in Department.objects.filter(pk__in=heirs).order_by("pk"):
        carry_over_to_heir(heir, by=by, at=at)
    follow_changed_history([department.pk, *heirs], by=by, at=at, because=str(department))


def take_over(forecast: Forecast, *, by: User, at: datetime) -> None:
    """Take the projects of merged departments into a locked forecast that lacks them."""
    planners = all_planners_in(forecast.cycle_id)
    parts = planners.parts_of(forecast.department_id)
    if len(parts) < 2:
        return
    there = Project.objects.filter(cycle_id=forecast.cycle_id, department_id=forecast.department_id)
    planned = set(there.values_list("slug", flat=True))
    merged = carried_over(forecast.cycle, dict.fromkeys(parts[1:], forecast.department_id))
    new = [project for project in merged if project.slug not in planned]
    if not new:
        return
    create_lines({forecast.department_id: forecast}, new)
    update_totals(forecast)
    forecast.version += 1
    forecast.save(update_fields=[*METRICS, "version"])
    changes = [Change("project", "", project.name) for project in new]
    note(FORECAST.kind, forecast, "carry-over", by=by, at=at, changes=changes)
