"""The lines of a request while it is a draft: add one, change one, remove one."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db.models import F
from django.db.models.functions import Round
from django.utils.translation import gettext as _

from planning.forecasts.models import ForecastLine
from planning.projects.models import Project
from planning.requests.actions.pools import PLACES
from planning.requests.figures import cost_of
from planning.requests.models import Pool, RequestLine, ResourceKind, ResourceRequest, own_name
from planning.requests.workflow import REQUEST, window_of
from sop_portal.foundation.kit.refusals import NotNow, NotReady
from sop_portal.foundation.organisation.models import User
from sop_portal.foundation.organisation.roles import Can
from sop_portal.foundation.workflow.engine import edit


@dataclass(frozen=True)
class AskedLine:
    """What a line asks for: how much of which pool and why, and where the forecast says so or why it does not."""

    pool: Pool
    what: str
    quantity: Decimal
    unit_cost: Decimal
    why: str = ""
    needed_on: date | None = None
    forecast_line: ForecastLine | None = None
    why_not_forecast: str = ""

    @property
    def unit_cost_in_money(self) -> Decimal:
        """What one unit costs; one unit of money costs what it is."""
        return Decimal(1) if self.pool.kind == ResourceKind.MONEY else self.unit_cost

    @property
    def cost(self) -> Decimal:
        """What all of it costs."""
        return cost_of(self.quantity, self.unit_cost_in_money)


def add_line(
    request: ResourceRequest, project: Project, asked: AskedLine, *, by: User, at: datetime, seen: int
) -> RequestLine:
    """Ask for one resource for one project, leading back to its forecast or saying why it was not forecast."""
    with edit(
        REQUEST, request, by=by, at=at, can=Can.EDIT_DRAFTS, seen=seen, reach=project, window=window_of
    ) as editing:
        _refuse_misfit(editing.record, project, asked)
        line = RequestLine.objects.create(
            request=editing.record,
            project=project,
            pool=asked.pool,
            what=asked.what.strip(),
            quantity=asked.quantity,
            unit_cost=asked.unit_cost_in_money,
            cost=asked.cost,
            why=asked.why,
            needed_on=asked.needed_on,
            forecast_line=asked.forecast_line,
            why_not_forecast=asked.why_not_forecast,
        )
        editing.change("line", "", _asked_text(line), where=project.name)
        _add_to_totals(editing.record, project.pk, line.cost, lines=1)
    return line


def change_line(line: RequestLine, asked: AskedLine, *, by: User, at: datetime, seen: int) -> RequestLine:
    """Ask for something else, or for more or less of it."""
    with edit(
        REQUEST, line.request, by=by, at=at, can=Can.EDIT_DRAFTS, seen=seen, reach=line, window=window_of
    ) as editing:
        locked = _still_there(line)
        _refuse_misfit(editing.record, line.project, asked)
        cost_before, called_before, where = locked.cost, locked.called, f"{line.project.name}, {locked.called}"
        locked.metric = _metric_of(locked, asked)
        locked.what = own_name(asked.what, locked.metric)
        editing.change("what", called_before, locked.called, where=where)
        editing.set(
            locked,
            where=where,
            quantity=asked.quantity,
            unit_cost=asked.unit_cost_in_money,
            why=asked.why,
            needed_on=asked.needed_on,
            forecast_line=asked.forecast_line,
            why_not_forecast=asked.why_not_forecast,
        )
        editing.change("resource", locked.pool.name, asked.pool.name, where=where)
        locked.pool, locked.cost = asked.pool, asked.cost
        locked.save()
        _add_to_totals(editing.record, line.project_id, locked.cost - cost_before)
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
        _add_to_totals(editing.record, line.project_id, -locked.cost, lines=-1)
    return line.request


def _still_there(line: RequestLine) -> RequestLine:
    locked = RequestLine.objects.select_for_update(of=("self",)).filter(pk=line.pk).first()
    if locked is None:
        raise NotNow(_("Somebody removed this line a moment ago."), _("Open the request again."))
    return locked


def _refuse_misfit(request: ResourceRequest, project: Project, asked: AskedLine) -> None:
    """A line belongs to one department and one year, and leads back to the forecast of its own project."""
    if (project.cycle_id, project.department_id) != (request.cycle_id, request.department_id):
        raise NotReady(_("The project belongs to another department or year."))
    if project.state == Project.State.CANCELLED:
        raise NotNow(_("The project is cancelled, so nothing is asked for it."), _("Choose a project that goes on."))
    if asked.pool.cycle_id != request.cycle_id:
        raise NotReady(_("The resource belongs to another year."))
    if asked.forecast_line is not None and asked.forecast_line.project_id != project.pk:
        raise NotReady(_("The forecast line belongs to another project."))
    if asked.forecast_line is None and not asked.why_not_forecast.strip():
        raise NotReady(_("Name the forecast line, or say why it was not forecast."))
    if asked.quantity <= 0:
        raise NotReady(_("Ask for more than zero."))


def _metric_of(line: RequestLine, asked: AskedLine) -> str:
    """The figure of the forecast a changed line is still about; none once it leads elsewhere or asks another kind."""
    leads_there = asked.forecast_line is not None and asked.forecast_line.pk == line.forecast_line_id
    return line.metric if leads_there and asked.pool.kind == line.pool.kind else ""


def _asked_text(line: RequestLine) -> str:
    return f"{line.called}: {line.pool.in_unit(line.quantity)}, {line.pool.name}"


def _add_to_totals(request: ResourceRequest, project_id: int, cost: Decimal, lines: int = 0) -> None:
    """Keep what request and project ask for in step; while a request is written, none of its lines is decided."""
    request.line_count += lines
    request.undecided += lines
    request.cost += cost
    if cost:
        Project.objects.filter(pk=project_id).update(asked=Round(F("asked") + cost, PLACES))
