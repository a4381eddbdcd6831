"""A department's request as a page shows it: lines by project, the forecast beside them, totals by resource."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.urls import reverse

from planning.forecasts.models import ForecastFigure, ForecastLine
from planning.projects.models import Measure, Project
from planning.requests.models import Kind, Pool, RequestLine, ResourceRequest
from planning.requests.wording import in_unit, quantity_text
from planning.requests.workflow import REQUEST
from sop_portal.kit.formats import NOTHING, money
from sop_portal.organisation.actor import Actor
from sop_portal.organisation.roles import Can

TONES = {"open": "draft", "full": "ok", "part": "ok", "deferred": "shut", "refused": "no"}


@dataclass(frozen=True)
class LineRow:
    """One line with everything written out; without an address it cannot be changed by this person."""

    line: RequestLine
    asked: str
    cost: str
    forecast: str
    granted: str
    tone: str
    url: str


@dataclass
class Group:
    """The lines of one project and their sum beside what was forecast."""

    project: Project
    rows: list[LineRow] = field(default_factory=list)
    asked: Decimal = Decimal(0)


@dataclass
class Total:
    """What is asked of one pool, and what was granted of it."""

    pool: Pool
    asked: Decimal = Decimal(0)
    granted: Decimal = Decimal(0)

    @property
    def asked_text(self) -> str:
        """The sum with its unit."""
        return in_unit(self.asked, self.pool.unit)

    @property
    def granted_text(self) -> str:
        """The granted sum with its unit."""
        return in_unit(self.granted, self.pool.unit)


@dataclass(frozen=True)
class Sheet:
    """The whole request."""

    groups: list[Group]
    totals: list[Total]
    cost: Decimal
    granted_cost: Decimal
    unasked: list[Project]
    shows_decisions: bool

    @property
    def count(self) -> int:
        """How many lines there are."""
        return sum(len(group.rows) for group in self.groups)


def sheet_of(request: ResourceRequest, actor: Actor) -> Sheet:
    """Read a request for one person; four queries for any number of lines."""
    lines = list(request.lines.select_related("project", "pool", "decided_by").order_by("project__name", "pk"))
    figures = _figures(lines)
    shows = request.state == ResourceRequest.State.ALLOCATED or actor.sees_everything
    groups: dict[int, Group] = {}
    totals: dict[int, Total] = {}
    for line in lines:
        line.request = request
        group = groups.setdefault(line.project_id, Group(line.project))
        group.rows.append(_row(line, actor, figures, shows))
        group.asked += line.cost
        total = totals.setdefault(line.pool_id, Total(line.pool))
        total.asked += line.quantity
        total.granted += line.granted
    return Sheet(
        list(groups.values()),
        sorted(totals.values(), key=lambda total: (total.pool.kind, total.pool.name)),
        sum((line.cost for line in lines), Decimal(0)),
        sum((line.granted_cost for line in lines), Decimal(0)),
        _unasked(request, list(groups)),
        shows,
    )


def _row(line: RequestLine, actor: Actor, figures: dict[int, Decimal], shows: bool) -> LineRow:
    request = line.request
    may = request.state in REQUEST.editable and actor.may(Can.EDIT_DRAFTS, line)
    # Hours are forecast as hours; what materials and money come to stands with the project.
    figure = figures.get(line.forecast_line_id or 0) if line.pool.kind == Kind.PEOPLE else None
    where = [request.cycle.year, request.department.slug, line.pk]
    return LineRow(
        line,
        in_unit(line.quantity, line.pool.unit),
        money(line.cost) if line.cost else NOTHING,
        quantity_text(figure) if line.pool.kind == Kind.PEOPLE else "",
        in_unit(line.granted, line.pool.unit) if shows and line.decision != "open" else "",
        TONES[line.decision] if shows else "",
        reverse("request-line", args=where) if may else "",
    )


def _figures(lines: Sequence[RequestLine]) -> dict[int, Decimal]:
    """The hours each forecast line says."""
    wanted = {line.forecast_line_id for line in lines if line.forecast_line_id}
    rows = ForecastFigure.objects.filter(line_id__in=wanted, measure=Measure.PEOPLE, figure__isnull=False)
    return {line: figure for line, figure in rows.values_list("line_id", "figure") if figure is not None}


def _unasked(request: ResourceRequest, asked: Sequence[int]) -> list[Project]:
    """The planned projects of the forecast for which nothing is asked."""
    planned = ForecastLine.objects.filter(
        forecast__cycle_id=request.cycle_id, forecast__department_id=request.department_id, is_planned=True
    ).exclude(project_id__in=asked)
    return [line.project for line in planned.select_related("project").order_by("project__name")[:20]]
