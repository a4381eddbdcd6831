"""A department's request as a page shows it: lines by project, the forecast beside them, totals by resource."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import Sum
from django.http import QueryDict
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from planning.forecasts.models import ForecastFigure, ForecastLine
from planning.projects.models import Metric, Project
from planning.requests.models import Pool, RequestLine, ResourceKind, ResourceRequest
from planning.requests.wording import in_unit, quantity_text
from planning.requests.workflow import REQUEST
from sop_portal.foundation.kit.formats import NOTHING, day_short, money
from sop_portal.foundation.kit.paging import ListPage, paginate_list
from sop_portal.foundation.kit.templatetags.icons import state
from sop_portal.foundation.organisation.actor import Actor
from sop_portal.foundation.organisation.roles import Can

PROJECTS, LONGEST_KEY = 10, 18
TONES = {"open": "draft", "full": "ok", "part": "ok", "deferred": "shut", "refused": "no"}


@dataclass(frozen=True)
class LineRow:
    """One line with everything written out; without an address it cannot be changed by this person."""

    line: RequestLine
    pk: int
    what: str
    why: str
    why_not_forecast: str
    needed: str
    pool: str
    asked: str
    cost: str
    forecast: str
    granted: str
    decision: SafeString
    reason: str
    url: str
    change: str


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
    """The request: all of its sums, and the lines of its projects or of some of them."""

    groups: list[Group]
    totals: list[Total]
    cost: Decimal
    granted_cost: Decimal
    unasked: list[Project]
    shows_decisions: bool
    count: int
    turned: ListPage


def sheet_of(request: ResourceRequest, actor: Actor, query: QueryDict | None = None) -> Sheet:
    """Read a request for one person; six queries for any number of lines. With a query some projects at a time."""
    names = request.lines.order_by("project__name", "project_id").values_list("project_id", flat=True)
    projects = list(dict.fromkeys(names))
    turned = (
        ListPage(projects) if query is None else paginate_list(projects, _opened(request, projects, query), PROJECTS)
    )
    lines = request.lines.filter(project_id__in=turned.rows).select_related("project", "pool", "decided_by")
    rows = list(lines.order_by("project__name", "pk"))
    figures = _figures(rows)
    shows = request.state == ResourceRequest.State.ALLOCATED or actor.sees_everything
    groups: dict[int, Group] = {}
    for line in rows:
        line.request = request
        group = groups.setdefault(line.project_id, Group(line.project))
        group.rows.append(_row(line, actor, figures, shows))
        group.asked += line.cost
    return Sheet(
        list(groups.values()), _totals(request), request.cost, request.granted_cost, _unasked(request, projects), shows,
        request.line_count, turned,
    )  # fmt: skip


def _opened(request: ResourceRequest, projects: Sequence[int], query: QueryDict) -> QueryDict:
    """A link to one line leads to the projects among which it stands."""
    key = query.get("line", "")
    if not (key.isascii() and key.isdigit() and len(key) < LONGEST_KEY) or "from" in query:
        return query
    project = request.lines.filter(pk=int(key)).values_list("project_id", flat=True).first()
    if project is None:
        return query
    there = query.copy()
    there["from"] = str(projects.index(project) // PROJECTS * PROJECTS)
    return there


def _totals(request: ResourceRequest) -> list[Total]:
    """What is asked of every pool."""
    sums = request.lines.order_by().values_list("pool_id").annotate(Sum("quantity"), Sum("granted"))
    found = {pool_id: (asked, granted) for pool_id, asked, granted in sums}
    pools = Pool.objects.filter(pk__in=found).order_by("kind", "name")
    return [Total(pool, *found[pool.pk]) for pool in pools]


def _row(line: RequestLine, actor: Actor, figures: dict[int, Decimal], shows: bool) -> LineRow:
    request = line.request
    may = request.state in REQUEST.editable and actor.may(Can.EDIT_DRAFTS, line)
    # Hours are forecast as hours; what materials and money come to stands with the project.
    figure = figures.get(line.forecast_line_id or 0) if line.pool.kind == ResourceKind.PEOPLE else None
    where = [request.cycle.year, request.department.slug, line.pk]
    decision = RequestLine.Decision(line.decision).label
    decided = in_unit(line.granted, line.pool.unit) if shows and line.decision != "open" else NOTHING
    needed = _("Needed on %(day)s") % {"day": day_short(line.needed_on, actor.on)} if line.needed_on else ""
    return LineRow(
        line, line.pk, line.called, line.why, line.why_not_forecast, needed, line.pool.name,
        in_unit(line.quantity, line.pool.unit), money(line.cost) if line.cost else NOTHING,
        quantity_text(figure) if line.pool.kind == ResourceKind.PEOPLE else "",
        decided, state(TONES[line.decision], decision, plain=True) if shows else SafeString(""),
        line.reason if shows else "", reverse("request-line", args=where) if may else "",
        _("Change %(what)s") % {"what": line.called},
    )  # fmt: skip


def _figures(lines: Sequence[RequestLine]) -> dict[int, Decimal]:
    """The hours each forecast line says."""
    wanted = {line.forecast_line_id for line in lines if line.forecast_line_id}
    rows = ForecastFigure.objects.filter(line_id__in=wanted, metric=Metric.PEOPLE, figure__isnull=False)
    return {line: figure for line, figure in rows.values_list("line_id", "figure") if figure is not None}


def _unasked(request: ResourceRequest, asked: Sequence[int]) -> list[Project]:
    """The planned projects of the forecast for which nothing is asked."""
    planned = ForecastLine.objects.filter(
        forecast__cycle_id=request.cycle_id, forecast__department_id=request.department_id, is_planned=True
    ).exclude(project_id__in=asked)
    return [line.project for line in planned.select_related("project").order_by("project__name")[:20]]
