"""What people do in resource planning: ask, submit, decide, allocate.

The acts of the resource team stand in `granting` and `pooling`, those of the day the report is published in
`opening`; whoever calls an act finds it here.
"""

from datetime import date, datetime
from decimal import Decimal

from django.db.models import F
from django.db.models.functions import Round
from django.utils.translation import gettext as _

from planning.forecasts.models import ForecastLine
from planning.projects.models import Project
from planning.requests.figures import cost_of
from planning.requests.granting import grant, keep_granted, mark_of, release, score_line
from planning.requests.models import Pool, RequestLine, ResourceKind, ResourceRequest
from planning.requests.opening import open_requests, publish_report
from planning.requests.pooling import PLACES, change_pool, keep_pool
from planning.requests.wording import in_unit, own_name
from planning.requests.workflow import REQUEST, window_of
from sop_portal.foundation.kit.refusals import NotNow, NotReady
from sop_portal.foundation.organisation.models import User
from sop_portal.foundation.organisation.roles import Can
from sop_portal.foundation.workflow.engine import edit, step

__all__ = [
    "add_line", "allocate", "change_line", "change_pool", "grant", "keep_pool", "mark_of", "open_requests",
    "publish_report", "remove_line", "score_line", "send_back", "submit", "waive", "withdraw",
]  # fmt: skip


def submit(request: ResourceRequest, *, by: User, at: datetime, seen: int, comment: str = "") -> ResourceRequest:
    """Hand the request to the resource team."""
    with step(REQUEST, request, "submit", by=by, at=at, seen=seen, comment=comment):
        pass
    return request


def withdraw(request: ResourceRequest, *, by: User, at: datetime, seen: int, comment: str = "") -> ResourceRequest:
    """Take the request back while no line is decided."""
    with step(REQUEST, request, "withdraw", by=by, at=at, seen=seen, comment=comment):
        pass
    return request


def send_back(request: ResourceRequest, *, by: User, at: datetime, seen: int, comment: str = "") -> ResourceRequest:
    """Return the request to its department; what was granted on it so far is released."""
    with step(REQUEST, request, "send-back", by=by, at=at, seen=seen, comment=comment) as locked:
        release(locked)
    return request


def waive(request: ResourceRequest, *, by: User, at: datetime, seen: int, comment: str = "") -> ResourceRequest:
    """Excuse the department from asking this year."""
    with step(REQUEST, request, "waive", by=by, at=at, seen=seen, comment=comment):
        pass
    return request


def allocate(request: ResourceRequest, *, by: User, at: datetime, seen: int, comment: str = "") -> ResourceRequest:
    """Close the decisions on a request; from now on the department reads them."""
    with step(REQUEST, request, "allocate", by=by, at=at, seen=seen, comment=comment) as locked:
        keep_granted(locked)
    return request


def add_line(
    request: ResourceRequest, *, project: Project, pool: Pool, what: str, quantity: Decimal, unit_cost: Decimal,
    why: str = "", needed_on: date | None = None, forecast_line: ForecastLine | None = None,
    why_not_forecast: str = "", by: User, at: datetime, seen: int,
) -> RequestLine:  # fmt: skip
    """Ask for one resource for one project, leading back to its forecast or saying why it was not forecast."""
    with edit(
        REQUEST, request, by=by, at=at, can=Can.EDIT_DRAFTS, seen=seen, reach=project, window=window_of
    ) as editing:
        _refuse_misfit(editing.record, project, pool, forecast_line, why_not_forecast, quantity)
        unit_cost = _unit_cost(pool, unit_cost)
        line = RequestLine.objects.create(
            request=editing.record, project=project, pool=pool, what=what.strip(), quantity=quantity,
            unit_cost=unit_cost, cost=cost_of(quantity, unit_cost), why=why, needed_on=needed_on,
            forecast_line=forecast_line, why_not_forecast=why_not_forecast,
        )  # fmt: skip
        editing.change("line", "", _asked_text(line), where=project.name)
        _add_asked(editing.record, project.pk, line.cost, lines=1)
    return line


def change_line(
    line: RequestLine, *, pool: Pool, what: str, quantity: Decimal, unit_cost: Decimal, why: str = "",
    needed_on: date | None = None, forecast_line: ForecastLine | None = None, why_not_forecast: str = "",
    by: User, at: datetime, seen: int,
) -> RequestLine:  # fmt: skip
    """Ask for something else, or for more or less of it."""
    with edit(
        REQUEST, line.request, by=by, at=at, can=Can.EDIT_DRAFTS, seen=seen, reach=line, window=window_of
    ) as editing:
        locked = _still_there(line)
        _refuse_misfit(editing.record, line.project, pool, forecast_line, why_not_forecast, quantity)
        unit_cost, before = _unit_cost(pool, unit_cost), locked.cost
        before_called, where = locked.called, f"{line.project.name}, {locked.called}"
        locked.metric = _metric_of(locked, pool, forecast_line)
        locked.what = own_name(what, locked.metric)
        editing.change("what", before_called, locked.called, where=where)
        editing.set(
            locked, where=where, quantity=quantity, unit_cost=unit_cost, why=why,
            needed_on=needed_on, forecast_line=forecast_line, why_not_forecast=why_not_forecast,
        )  # fmt: skip
        editing.change("resource", locked.pool.name, pool.name, where=where)
        locked.pool, locked.cost = pool, cost_of(quantity, unit_cost)
        locked.save()
        _add_asked(editing.record, line.project_id, locked.cost - before)
    locked.request = line.request
    return locked


def remove_line(line: RequestLine, *, by: User, at: datetime, seen: int) -> ResourceRequest:
    """Ask for this no longer."""
    with edit(
        REQUEST, line.request, by=by, at=at, can=Can.EDIT_DRAFTS, seen=seen, reach=line, window=window_of
    ) as editing:
        locked = _still_there(line)
        editing.change("line", _asked_text(locked), "", where=line.project.name)
        locked.delete()
        _add_asked(editing.record, line.project_id, -locked.cost, lines=-1)
    return line.request


def _still_there(line: RequestLine) -> RequestLine:
    locked = RequestLine.objects.select_for_update(of=("self",)).filter(pk=line.pk).first()
    if locked is None:
        raise NotNow(_("Somebody removed this line a moment ago."), _("Open the request again."))
    return locked


def _refuse_misfit(
    request: ResourceRequest, project: Project, pool: Pool, forecast_line: ForecastLine | None, why_not: str,
    quantity: Decimal,
) -> None:  # fmt: skip
    """A line belongs to one department and one year, and leads back to the forecast of its own project."""
    if (project.cycle_id, project.department_id) != (request.cycle_id, request.department_id):
        raise NotReady(_("The project belongs to another department or year."))
    if pool.cycle_id != request.cycle_id:
        raise NotReady(_("The resource belongs to another year."))
    if forecast_line is not None and forecast_line.project_id != project.pk:
        raise NotReady(_("The forecast line belongs to another project."))
    if forecast_line is None and not why_not.strip():
        raise NotReady(_("Name the forecast line, or say why it was not forecast."))
    if quantity <= 0:
        raise NotReady(_("Ask for more than zero."))


def _metric_of(line: RequestLine, pool: Pool, forecast_line: ForecastLine | None) -> str:
    """The figure of the forecast a changed line is still about; none once it leads elsewhere or asks another kind."""
    stays = forecast_line is not None and forecast_line.pk == line.forecast_line_id and pool.kind == line.pool.kind
    return line.metric if stays else ""


def _unit_cost(pool: Pool, unit_cost: Decimal) -> Decimal:
    """One unit of money costs what it is."""
    return Decimal(1) if pool.kind == ResourceKind.MONEY else unit_cost


def _asked_text(line: RequestLine) -> str:
    return f"{line.called}: {in_unit(line.quantity, line.pool.unit)}, {line.pool.name}"


def _add_asked(request: ResourceRequest, project_id: int, cost: Decimal, lines: int = 0) -> None:
    """Keep what request and project ask for in step; while a request is written, none of its lines is decided."""
    request.line_count += lines
    request.undecided += lines
    request.cost += cost
    if cost:
        Project.objects.filter(pk=project_id).update(asked=Round(F("asked") + cost, PLACES))
