"""From the demand report to the requests: every department gets a draft, filled in from its forecast."""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import Count, OuterRef, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from planning.cycles.actions import WindowMove, set_window
from planning.cycles.calendar import GRACE_DAYS, WindowDates, request_due
from planning.cycles.models import Cycle, Stage
from planning.forecasts import actions as forecasts
from planning.forecasts.models import DemandReport, Forecast, ForecastFigure
from planning.forecasts.workflow import DEMAND_REPORT
from planning.projects.models import Metric, Project
from planning.requests.figures import cost_of
from planning.requests.models import Pool, RequestLine, ResourceKind, ResourceRequest
from planning.requests.workflow import REQUEST
from sop_portal.foundation.kit.dates import add_civil_days
from sop_portal.foundation.kit.refusals import NotReady
from sop_portal.foundation.organisation.models import User
from sop_portal.foundation.organisation.roles import Can
from sop_portal.foundation.workflow.checks import authority
from sop_portal.foundation.workflow.engine import created, lock

LINES_AT_ONCE = 1000
ASKED_FROM = {
    Metric.PEOPLE: ResourceKind.PEOPLE,
    Metric.MATERIALS: ResourceKind.MONEY,
    Metric.MONEY: ResourceKind.MONEY,
}


@DEMAND_REPORT.act("publish")
@transaction.atomic
def publish_report(report: DemandReport, *, by: User, at: datetime, seen: int, comment: str = "") -> DemandReport:
    """Publish the demand report; its version is frozen and every department gets two weeks for its request."""
    # The cycle is locked before the report: opening the requests moves its window.
    cycle = lock(report.cycle)
    published = forecasts.publish_report(report, by=by, at=at, seen=seen, comment=comment)
    open_requests(cycle, by=by, at=at)
    return published


@transaction.atomic
def open_requests(cycle: Cycle, *, by: User, at: datetime) -> list[ResourceRequest]:
    """Create the draft request of every department that has none yet, due in two weeks."""
    role = authority(Can.PUBLISH_REPORT, None, by, at)
    published = DemandReport.objects.filter(cycle=cycle, state="published").order_by("-number").first()
    if published is None:
        raise NotReady(_("Requests open when the demand report is published."))
    opens_on = cycle.day(published.published_at or at)
    due_on = request_due(opens_on)
    if not ResourceRequest.objects.filter(cycle=cycle).exists():
        _move_window(cycle, opens_on, due_on, by, at)
    wanted = Forecast.objects.filter(cycle=cycle).exclude(state=Forecast.State.WAIVED).order_by("department_id")
    wanted = wanted.exclude(department_id__in=ResourceRequest.objects.filter(cycle=cycle).values("department_id"))
    opened = []
    for forecast in wanted.select_related("department"):
        request = ResourceRequest.objects.create(cycle=cycle, department=forecast.department, due=due_on)
        opened.append(request)
    _fill_in(opened, cycle)
    for request in opened:
        created(REQUEST, request, by=by, at=at, grant=role)
    return opened


def _move_window(cycle: Cycle, opens_on: date, due_on: date, by: User, at: datetime) -> None:
    set_window(
        cycle,
        WindowMove(
            Stage.REQUEST,
            WindowDates(opens_on, due_on, add_civil_days(due_on, GRACE_DAYS)),
            _("Two weeks from the demand report."),
        ),
        by=by,
        at=at,
        can=Can.PUBLISH_REPORT,
    )


def _fill_in(opened: list[ResourceRequest], cycle: Cycle) -> None:
    """A line for every figure of an accepted forecast that a pool of the year could serve."""
    pools: dict[str, Pool] = {}
    for pool in Pool.objects.filter(cycle=cycle).order_by("-pk"):
        pools[pool.kind] = pool
    by_department = {request.department_id: request for request in opened}
    figures = (
        ForecastFigure.objects.filter(
            line__forecast__cycle=cycle,
            line__forecast__state=Forecast.State.ACCEPTED,
            line__is_planned=True,
            line__forecast__department_id__in=by_department,
            metric__in=ASKED_FROM,
            figure__gt=0,
        )
        .exclude(line__project__state=Project.State.CANCELLED)
        .select_related("line__forecast")
        .order_by("line_id", "metric")
    )
    RequestLine.objects.bulk_create(_lines(figures, by_department, pools), batch_size=LINES_AT_ONCE)
    sums = RequestLine.objects.filter(project=OuterRef("pk")).order_by().values("project").annotate(sum=Sum("cost"))
    Project.objects.filter(cycle=cycle, department_id__in=by_department).update(
        asked=Coalesce(Subquery(sums.values("sum")), Decimal(0))
    )
    _write_totals(opened)


def _write_totals(opened: list[ResourceRequest]) -> None:
    """What the new requests ask for, every line undecided."""
    lines = RequestLine.objects.filter(request__in=[request.pk for request in opened]).order_by()
    sums = {pk: (count, cost) for pk, count, cost in lines.values_list("request").annotate(Count("pk"), Sum("cost"))}
    for request in opened:
        request.line_count, request.cost = sums.get(request.pk, (0, Decimal(0)))
        request.undecided = request.line_count
    ResourceRequest.objects.bulk_update(opened, ["line_count", "undecided", "cost"], batch_size=200)


def _lines(
    figures: Iterable[ForecastFigure], requests: dict[int, ResourceRequest], pools: dict[str, Pool]
) -> Iterable[RequestLine]:
    for figure in figures:
        kind = ASKED_FROM[Metric(figure.metric)]
        pool = pools.get(kind)
        if pool is None or figure.figure is None:
            continue
        unit_cost = Decimal(1) if kind == ResourceKind.MONEY else Decimal(0)
        yield RequestLine(
            request=requests[figure.line.forecast.department_id],
            project_id=figure.line.project_id,
            forecast_line=figure.line,
            pool=pool,
            metric=figure.metric,
            quantity=figure.figure,
            unit_cost=unit_cost,
            cost=cost_of(figure.figure, unit_cost),
        )
