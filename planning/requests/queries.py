"""The records of resource planning: what an address names, as far as this person may see it, and what the board shows.

What is called "of all departments" is for the board, whose readers see every department (`must_see_board`).
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import F, QuerySet, Sum
from django.shortcuts import get_object_or_404

from planning.cycles.models import Cycle, Stage, StageWindow
from planning.cycles.queries import dates_of
from planning.forecasts.models import DemandReport, Forecast, ForecastFigure, ForecastLine
from planning.projects.models import Metric, Project
from planning.requests.figures import (
    EVIDENCE_COUNTS,
    IMPORTANCE_COUNTS,
    SERVED_BY,
    URGENCY_COUNTS,
    WhatIfLine,
    left_of,
    quantity_left,
)
from planning.requests.models import Pool, RequestLine, ResourceKind, ResourceRequest
from sop_portal.foundation.kit.refusals import NotYours
from sop_portal.foundation.organisation.access import Request
from sop_portal.foundation.organisation.roles import Can
from sop_portal.foundation.workflow.checks import who_instead

SUBMITTED = ResourceRequest.State.SUBMITTED
UNDECIDED = RequestLine.Decision.OPEN
# The total of `score_of`, for the database to order by.
POINTS = F("project__importance") * IMPORTANCE_COUNTS + F("urgency") * URGENCY_COUNTS + F("evidence") * EVIDENCE_COUNTS
COMPARED = (
    "pk",
    "request__department__name",
    "pool_id",
    "quantity",
    "unit_cost",
    "project__importance",
    "points",
    "decision",
    "granted",
    "pool__paid_from",
)
NOTHING = Decimal(0)


# What the lines in force take of each money pool of a year; a later stage, which knows them, says so.
TAKEN_BY_LINES: list[Callable[[int], dict[int, Decimal]]] = []


def taken_by_lines(cycle_id: int) -> dict[int, Decimal]:
    """How much money the lines in force of a year take of each money pool, where there is a budget."""
    return {pool: amount for taken in TAKEN_BY_LINES for pool, amount in taken(cycle_id).items()}


def find_report(request: Request, *, year: int, number: int, **_: object) -> DemandReport:
    """One version of the year's demand report."""
    found = DemandReport.objects.visible_to(request.actor).select_related("cycle")
    return get_object_or_404(found, cycle__year=year, number=number)


def visible_requests(request: Request) -> QuerySet[ResourceRequest]:
    """The requests this person may see, with what their pages need."""
    found = ResourceRequest.objects.visible_to(request.actor).select_related("cycle", "department")
    return found.prefetch_related("cycle__windows", "cycle__extensions")


def find_request(request: Request, *, year: int, department: str, **_: object) -> ResourceRequest:
    """One department's request."""
    return get_object_or_404(visible_requests(request), cycle__year=year, department__slug=department)


def find_line(request: Request, record: ResourceRequest, pk: int) -> RequestLine:
    """One line of a request."""
    lines = RequestLine.objects.visible_to(request.actor).select_related("project", "pool")
    line = get_object_or_404(lines, request=record, pk=pk)
    line.request = record
    return line


def find_board_line(request: Request, year: int, pk: int) -> RequestLine:
    """One line on the board."""
    must_see_board(request)
    lines = RequestLine.objects.visible_to(request.actor).select_related(
        "request__department", "request__cycle", "project", "pool__paid_from", "decided_by", "forecast_line"
    )
    return get_object_or_404(lines, request__cycle__year=year, pk=pk)


def find_pool(request: Request, year: int, pk: int) -> Pool:
    """One pool of the year."""
    return get_object_or_404(Pool.objects.visible_to(request.actor).select_related("cycle"), cycle__year=year, pk=pk)


def must_see_board(request: Request) -> None:
    """The board shows all departments side by side, so it is for those who see them all."""
    if not request.actor.sees_everything:
        raise NotYours(*who_instead(Can.ALLOCATE, None, request.moment))


def submitted_requests_of_all_departments(cycle: Cycle) -> QuerySet[ResourceRequest]:
    """The requests that wait for decisions, by department."""
    found = ResourceRequest.objects.filter(cycle_id=cycle.pk, state=SUBMITTED)
    return found.order_by("department__name").select_related("department")


def lines_of_all_departments(cycle: Cycle) -> QuerySet[RequestLine]:
    """The lines of the requests that wait for decisions."""
    return RequestLine.objects.filter(request__cycle_id=cycle.pk, request__state=SUBMITTED)


def board_lines_of_all_departments(cycle: Cycle, wanted: Mapping[str, Any]) -> QuerySet[RequestLine]:
    """The lines that fit the filter, the highest score first."""
    found = lines_of_all_departments(cycle)
    if wanted.get("pool"):
        found = found.filter(pool=wanted["pool"])
    if wanted.get("department"):
        found = found.filter(request__department=wanted["department"])
    if wanted.get("show"):
        found = found.filter(decision=UNDECIDED)
    found = found.annotate(points=POINTS).order_by("-points", "pk")
    return found.select_related("request__department", "request__cycle", "project", "pool__paid_from", "decided_by")


def undecided_quantities_of_all_departments(cycle: Cycle) -> dict[int, Decimal]:
    """What the undecided lines ask of each pool; of money also what the people and materials it pays for cost."""
    waiting = lines_of_all_departments(cycle).filter(decision=UNDECIDED)
    return amounts_by_pool(waiting, "quantity", "cost")


def amounts_by_pool(lines: QuerySet[RequestLine], quantity: str, cost: str) -> dict[int, Decimal]:
    """What lines come to in each pool: in its own unit, and in the money that pays for them."""
    columns = ("pool", "pool__kind", "pool__paid_from")
    sums: dict[int, Decimal] = {}
    for pool, kind, payer, amount, money in lines.order_by().values_list(*columns).annotate(Sum(quantity), Sum(cost)):
        sums[pool] = sums.get(pool, NOTHING) + (money if kind == ResourceKind.MONEY else amount)
        if payer is not None:
            sums[payer] = sums.get(payer, NOTHING) + money
    return sums


def compared_lines_of_all_departments(cycle: Cycle, limit: int) -> list[WhatIfLine]:
    """Every line for the comparison of ways to decide, up to a limit."""
    found = lines_of_all_departments(cycle).annotate(points=POINTS).order_by("pk").values_list(*COMPARED)
    return [WhatIfLine(*row) for row in found[:limit]]


def forecast_hours(lines: Sequence[RequestLine]) -> dict[int, Decimal]:
    """The hours each forecast line of these request lines says."""
    wanted: Collection[int] = {line.forecast_line_id for line in lines if line.forecast_line_id}
    rows = ForecastFigure.objects.filter(line_id__in=wanted, metric=Metric.PEOPLE, figure__isnull=False)
    return {line: figure for line, figure in rows.values_list("line_id", "figure") if figure is not None}


def planned_but_not_asked(request: ResourceRequest, asked: Sequence[int]) -> list[Project]:
    """The planned projects of the forecast for which nothing is asked."""
    planned = ForecastLine.objects.filter(
        forecast__cycle_id=request.cycle_id, forecast__department_id=request.department_id, is_planned=True
    ).exclude(project_id__in=asked)
    return [line.project for line in planned.select_related("project").order_by("project__name")[:20]]


def figures_to_ask(cycle_id: int, departments: Iterable[int]) -> QuerySet[ForecastFigure]:
    """What the accepted forecasts of departments say that their projects need, for whoever fills in their requests."""
    found = ForecastFigure.objects.filter(
        line__forecast__cycle=cycle_id,
        line__forecast__department__in=list(departments),
        line__forecast__state=Forecast.State.ACCEPTED,
        line__is_planned=True,
        metric__in=SERVED_BY,
        figure__gt=0,
    ).exclude(line__project__state=Project.State.CANCELLED)
    return found.select_related("line__forecast", "line__project").order_by("line_id", "metric")


def unasked_figures(request: ResourceRequest) -> list[tuple[ForecastFigure, Decimal]]:
    """The figures of the accepted forecast that no line was filled in from, and how much of each is left to ask for."""
    figures = list(figures_to_ask(request.cycle_id, [request.department_id]))
    lines = list(request.lines.select_related("pool")) if figures else []
    filled_in = {(line.forecast_line_id, line.metric) for line in lines}
    known: dict[int, dict[str, Decimal]] = defaultdict(dict)
    for figure in figures:
        known[figure.line_id][figure.metric] = figure.figure or NOTHING
    found = []
    for figure in figures:
        others = [line for line in lines if line.forecast_line_id == figure.line_id]
        left = left_of(known[figure.line_id], figure.metric, _asked(others))
        if left and (figure.line_id, figure.metric) not in filled_in:
            found.append((figure, left))
            # What the next figure is left with, if this one is filled in.
            lines.append(RequestLine(forecast_line=figure.line, metric=figure.metric, cost=left, quantity=left))
    return found


def left_of_forecast(
    forecast_line: ForecastLine | None, pool: Pool, metric: str, but: int | None = None
) -> Decimal | None:
    """How much a line may ask of a pool without asking for more than the forecast says; unknown where it does not.

    Hours are held against hours, everything else in money; what other lines of the project ask for is not left.
    """
    if forecast_line is None:
        return None
    rows = ForecastFigure.objects.filter(line=forecast_line, metric__in=SERVED_BY, figure__isnull=False)
    others = RequestLine.objects.filter(forecast_line=forecast_line).exclude(pk=but or 0).select_related("pool")
    about = metric or (Metric.PEOPLE if pool.kind == ResourceKind.PEOPLE else "")
    left = left_of(dict(rows.values_list("metric", "figure")), about, _asked(others))
    return None if left is None else quantity_left(left, pool)


def _asked(lines: Iterable[RequestLine]) -> list[tuple[bool, Decimal]]:
    """Whether each line asks for people, and how much: hours of people, of everything else what it costs."""
    asked = [(line, (line.pool.kind if line.pool_id else line.metric) == ResourceKind.PEOPLE) for line in lines]
    return [(is_people, line.quantity if is_people else line.cost) for line, is_people in asked]


def line_like(record: ResourceRequest, project: Project, pool: Pool, quantity: Decimal) -> RequestLine | None:
    """A line of the request that asks for as much of the same resource for the same project."""
    same = record.lines.filter(project=project, pool=pool, quantity=quantity)
    return same.select_related("request__cycle", "request__department").order_by("pk").first()


def planned_opening(cycle: Cycle, on: date) -> StageWindow | None:
    """The window of the requests, as long as it is still to come and no request is there yet."""
    window = dates_of(cycle, Stage.REQUEST)
    if window is None or window.opens_on <= on or ResourceRequest.objects.filter(cycle=cycle).exists():
        return None
    return window
