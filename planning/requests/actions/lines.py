"""The lines of a request while it is a draft: add one, change one, remove one."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db.models import F
from django.db.models.functions import Round
from django.utils.translation import gettext as _

from planning.cycles.calendar import days_of_need
from planning.cycles.models import Cycle
from planning.forecasts.models import ForecastLine
from planning.projects.models import Project
from planning.projects.workflow import refuse_unplanned
from planning.requests.actions.commitments import PLACES
from planning.requests.actions.filling_in import asked_text
from planning.requests.figures import cost_of
from planning.requests.models import Pool, RequestLine, ResourceRequest, own_name
from planning.requests.queries import left_of_forecast
from planning.requests.workflow import LINE, REQUEST
from sop_portal.foundation.kit.bounds import MONEY, refuse_beyond
from sop_portal.foundation.kit.dates import refuse_outside
from sop_portal.foundation.kit.fitting import give, save_new
from sop_portal.foundation.kit.formats import day_of_year
from sop_portal.foundation.kit.refusals import NotNow, NotReady
from sop_portal.foundation.kit.sentences import Sentence, interpolate
from sop_portal.foundation.organisation.models import User
from sop_portal.foundation.organisation.roles import Can
from sop_portal.foundation.workflow.checks import takes_part
from sop_portal.foundation.workflow.engine import edit, lock
from sop_portal.foundation.workflow.seals import release_rows, seal_rows
from sop_portal.foundation.workflow.table import Missing

LISTED = 10


@dataclass(frozen=True)
class AskedLine:
    """What a line asks for: how much of which pool and why, and where the forecast says so or why it does not.

    What it costs is the pool's: its rate, or nothing where it is already paid for; money costs what it is.
    """

    pool: Pool
    what: str
    quantity: Decimal
    why: str = ""
    needed_on: date | None = None
    forecast_line: ForecastLine | None = None
    why_not_forecast: str = ""


def add_line(
    request: ResourceRequest, project: Project, asked: AskedLine, *, by: User, at: datetime, seen: int
) -> RequestLine:
    """Ask for one resource for one project, leading back to its forecast or saying why it was not forecast."""
    with edit(REQUEST, request, by=by, at=at, can=Can.EDIT_DRAFTS, seen=seen, reach=project) as editing:
        takes_part(request.department)
        refuse_unplanned(lock(project))
        _refuse_misfit(editing.record, project, asked)
        pool = _as_it_is_now(asked.pool)
        _refuse_nameless(asked.what)
        left = _left_of_forecast(asked, pool, project)
        line = save_new(
            RequestLine(
                request=editing.record,
                project=project,
                pool=pool,
                what=asked.what.strip(),
                quantity=asked.quantity,
                forecast_left=left,
                unit_cost=pool.unit_cost,
                cost=cost_of(asked.quantity, pool.unit_cost),
                why=asked.why,
                needed_on=asked.needed_on,
                forecast_line=asked.forecast_line,
                why_not_forecast=asked.why_not_forecast,
            )
        )
        seal_rows(LINE, [line.pk])
        editing.change("line", "", asked_text(line), where=project.name)
        _add_to_totals(editing.record, project.pk, line.cost, lines=1)
    return line


def change_line(line: RequestLine, asked: AskedLine, *, by: User, at: datetime, seen: int) -> RequestLine:
    """Ask for something else, or for more or less of it."""
    with edit(REQUEST, line.request, by=by, at=at, can=Can.EDIT_DRAFTS, seen=seen, reach=line) as editing:
        locked = _still_there(line)
        refuse_unplanned(line.project)
        _refuse_misfit(editing.record, line.project, asked)
        cost_before, called_before, where = locked.cost, locked.called, f"{line.project.name}, {locked.called}"
        pool = _as_it_is_now(asked.pool)
        locked.metric = metric_of(locked, asked.forecast_line, pool)
        locked.forecast_left = _left_of_forecast(asked, pool, line.project, locked)
        give(locked, what=own_name(asked.what, locked.metric))
        _refuse_nameless(locked.what or locked.metric)
        editing.change("what", called_before, locked.called, where=where)
        editing.set(
            locked,
            where=where,
            quantity=asked.quantity,
            unit_cost=pool.unit_cost,
            why=asked.why,
            needed_on=asked.needed_on,
            forecast_line=asked.forecast_line,
            why_not_forecast=asked.why_not_forecast,
        )
        editing.change("resource", locked.pool.name, asked.pool.name, where=where)
        locked.pool, locked.cost = pool, cost_of(asked.quantity, pool.unit_cost)
        locked.save()
        seal_rows(LINE, [locked.pk])
        _add_to_totals(editing.record, line.project_id, locked.cost - cost_before)
    locked.request = line.request
    return locked


def _refuse_nameless(what: str) -> None:
    """A line is called as its figure of the forecast is, or has a name of its own."""
    if not what.strip():
        raise NotReady(_("Say what is asked for."), [_("The name is missing.")])


def remove_line(line: RequestLine, *, by: User, at: datetime, seen: int) -> ResourceRequest:
    """Ask for this no longer."""
    with edit(REQUEST, line.request, by=by, at=at, can=Can.EDIT_DRAFTS, seen=seen, reach=line) as editing:
        locked = _still_there(line)
        editing.change("line", asked_text(locked), "", where=line.project.name)
        release_rows(LINE, [line.pk])
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
        way_out = _("Choose a project of the department in this year.")
        raise NotReady(_("The project belongs to another department or year."), [], way_out)
    if project.state == Project.State.CANCELLED:
        raise NotNow(_("The project is cancelled, so nothing is asked for it."), _("Choose a project that goes on."))
    if asked.pool.cycle_id != request.cycle_id:
        raise NotReady(_("The resource belongs to another year."), [], _("Choose a resource of this year."))
    if asked.forecast_line is not None and asked.forecast_line.project_id != project.pk:
        way_out = _("Choose the one of this project, or say why it was not forecast.")
        raise NotReady(_("The forecast line belongs to another project."), [], way_out)
    if asked.forecast_line is None and not asked.why_not_forecast.strip():
        sentence = _("Name the forecast line, or say why it was not forecast.")
        raise NotReady(sentence, [_("A reason is missing.")])
    refuse_beyond(_("Quantity"), asked.quantity, asked.pool.bound.above_zero)
    refuse_beyond(_("Cost"), cost_of(asked.quantity, asked.pool.unit_cost), MONEY)
    refuse_outside(_("Needed on"), asked.needed_on, days_of_need(request.cycle))


def refuse_needs_outside(cycle: Cycle) -> None:
    """Refuse that a year moves away from days on which something is needed."""
    span = days_of_need(cycle)
    asked = RequestLine.objects.filter(request__cycle_id=cycle.pk).exclude(needed_on=None)
    outside = asked.exclude(needed_on__range=(span.first, span.last)).order_by("needed_on", "pk")
    missing = [
        Missing(interpolate(_("%(line)s is needed on %(day)s."), {"line": line, "day": day_of_year(line.needed_on)}))
        for line in outside[:LISTED]
    ]
    if missing:
        sentence = _("The year does not hold every day on which something is needed.")
        raise NotReady(sentence, missing, _("Have these lines changed first, or let the year hold those days."))


def metric_of(line: RequestLine, forecast_line: ForecastLine | None, pool: Pool) -> str:
    """The figure of the forecast a changed line is still about; none once it leads elsewhere or asks another kind."""
    leads_there = forecast_line is not None and forecast_line.pk == line.forecast_line_id
    return line.metric if leads_there and pool.kind == line.pool.kind else ""


def _as_it_is_now(pool: Pool) -> Pool:
    """The pool with its rate of this moment, locked so that the rate stays until the line is written."""
    return Pool.objects.select_for_update().get(pk=pool.pk)


def _left_of_forecast(
    asked: AskedLine, pool: Pool, project: Project, line: RequestLine | None = None
) -> Decimal | None:
    """What the forecast has left for a line; more than that is asked with a reason only."""
    metric, but = (line.metric, line.pk) if line else ("", None)
    left = left_of_forecast(asked.forecast_line, pool, metric, but)
    if left is not None and asked.quantity > left and not asked.why.strip():
        raise NotReady(*more_than_forecast(project, pool, asked.quantity, left))
    return left


def more_than_forecast(
    project: Project, pool: Pool, quantity: Decimal, left: Decimal
) -> tuple[Sentence, list[str], Sentence]:
    """That more is asked for than the forecast says, and what to do about it."""
    words = {"project": project, "asked": pool.in_unit(quantity), "left": pool.in_unit(left)}
    if left <= 0:
        sentence = _("What the forecast of %(project)s says is asked for already.")
        return interpolate(sentence, words), [], interpolate(_("Say why you ask for more."), words)
    sentence = _("%(asked)s is more than the forecast of %(project)s has left: %(left)s.")
    return interpolate(sentence, words), [], interpolate(_("Say why you ask for more, or ask for %(left)s."), words)


def _add_to_totals(request: ResourceRequest, project_id: int, cost: Decimal, lines: int = 0) -> None:
    """Keep what request and project ask for in step; while a request is written, none of its lines is decided."""
    request.line_count += lines
    request.undecided += lines
    request.cost += cost
    if cost > 0:
        # What a request asks for stays an amount that can be, however many lines it comes from.
        refuse_beyond(_("Cost"), request.cost, MONEY)
    if cost:
        Project.objects.filter(pk=project_id).update(asked=Round(F("asked") + cost, PLACES))
