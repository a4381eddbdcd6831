"""A department's request as a page shows it: lines by project, the forecast beside them, totals by resource."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.http import QueryDict
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from planning.projects.models import Project
from planning.requests.models import Pool, RequestLine, ResourceKind, ResourceRequest, quantity_text
from planning.requests.queries import amounts_by_pool, forecast_hours, planned_but_not_asked
from planning.requests.workflow import REQUEST
from sop_portal.foundation.kit.filters import key_asked
from sop_portal.foundation.kit.formats import NOTHING, day_short, money
from sop_portal.foundation.kit.paging import ListPage, paginate_list
from sop_portal.foundation.kit.sentences import interpolate
from sop_portal.foundation.kit.templatetags.icons import state
from sop_portal.foundation.organisation.actor import Actor
from sop_portal.foundation.organisation.roles import Can

PROJECTS = 10
TONES = {"open": "draft", "full": "ok", "part": "ok", "deferred": "shut", "refused": "no"}


@dataclass(frozen=True)
class RequestLineRow:
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
    paid_from: str
    forecast: str
    granted: str
    decision: SafeString
    reason: str
    url: str
    change: str


@dataclass
class ProjectLines:
    """The lines of one project and their sum beside what was forecast."""

    project: Project
    rows: list[RequestLineRow] = field(default_factory=list)
    asked: Decimal = Decimal(0)


@dataclass
class PoolTotal:
    """What is asked of one pool, and what was granted of it."""

    pool: Pool
    asked: Decimal = Decimal(0)
    granted: Decimal = Decimal(0)

    @property
    def asked_text(self) -> str:
        """The sum with its unit."""
        return self.pool.in_unit(self.asked)

    @property
    def granted_text(self) -> str:
        """The granted sum with its unit."""
        return self.pool.in_unit(self.granted)


@dataclass(frozen=True)
class RequestSheet:
    """The request: all of its sums, and the lines of its projects or of some of them."""

    groups: list[ProjectLines]
    totals: list[PoolTotal]
    cost: Decimal
    granted_cost: Decimal
    unasked: list[Project]
    shows_decisions: bool
    count: int
    turned: ListPage


def sheet_of(request: ResourceRequest, actor: Actor, query: QueryDict | None = None) -> RequestSheet:
    """Read a request for one person; six queries for any number of lines. With a query some projects at a time."""
    names = request.lines.order_by("project__name", "project_id").values_list("project_id", flat=True)
    projects = list(dict.fromkeys(names))
    turned = (
        ListPage(projects) if query is None else paginate_list(projects, _opened(request, projects, query), PROJECTS)
    )
    lines = request.lines.filter(project_id__in=turned.rows).select_related("project", "pool__paid_from", "decided_by")
    rows = list(lines.order_by("project__name", "pk"))
    hours = forecast_hours(rows)
    shows_decisions = request.state == ResourceRequest.State.ALLOCATED or actor.sees_everything
    groups: dict[int, ProjectLines] = {}
    for line in rows:
        line.request = request
        group = groups.setdefault(line.project_id, ProjectLines(line.project))
        group.rows.append(_row(line, actor, hours.get(line.forecast_line_id or 0), shows_decisions))
        group.asked += line.cost
    return RequestSheet(
        groups=list(groups.values()),
        totals=_totals(request),
        cost=request.cost,
        granted_cost=request.granted_cost,
        unasked=planned_but_not_asked(request, projects),
        shows_decisions=shows_decisions,
        count=request.line_count,
        turned=turned,
    )


def _opened(request: ResourceRequest, projects: Sequence[int], query: QueryDict) -> QueryDict:
    """A link to one line leads to the projects among which it stands."""
    key = key_asked(query, "line")
    if not key or "from" in query:
        return query
    project = request.lines.filter(pk=int(key)).values_list("project_id", flat=True).first()
    if project is None:
        return query
    there = query.copy()
    there["from"] = str(projects.index(project) // PROJECTS * PROJECTS)
    return there


def _totals(request: ResourceRequest) -> list[PoolTotal]:
    """What is asked of every pool; of money also what the people and materials cost that it pays for."""
    asked = amounts_by_pool(request.lines.all(), "quantity", "cost")
    granted = amounts_by_pool(request.lines.all(), "granted", "granted_cost")
    pools = Pool.objects.filter(pk__in=asked).order_by("kind", "name")
    return [PoolTotal(pool, asked[pool.pk], granted[pool.pk]) for pool in pools]


def _row(line: RequestLine, actor: Actor, hours: Decimal | None, shows_decision: bool) -> RequestLineRow:
    request = line.request
    may_change = request.state in REQUEST.editable and actor.may(Can.EDIT_DRAFTS, line)
    is_decided = shows_decision and line.decision != RequestLine.Decision.OPEN
    where = [request.cycle.year, request.department.slug, line.pk]
    decision = RequestLine.Decision(line.decision).label
    return RequestLineRow(
        line=line,
        pk=line.pk,
        what=line.called,
        why=line.why,
        why_not_forecast=line.why_not_forecast,
        needed=_("Needed on %(day)s") % {"day": day_short(line.needed_on, actor.on)} if line.needed_on else "",
        pool=line.pool.name,
        asked=line.pool.in_unit(line.quantity),
        cost=money(line.cost) if line.cost else NOTHING,
        paid_from=line.pool.paid_from.name if line.pool.paid_from else "",
        # Hours are forecast as hours; what materials and money come to stands with the project.
        forecast=quantity_text(hours) if line.pool.kind == ResourceKind.PEOPLE else "",
        granted=line.pool.in_unit(line.granted) if is_decided else NOTHING,
        decision=state(TONES[line.decision], decision, plain=True) if shows_decision else SafeString(""),
        reason=line.reason if shows_decision else "",
        url=reverse("request-line", args=where) if may_change else "",
        change=interpolate(_("Change %(what)s"), {"what": line.called}),
    )
