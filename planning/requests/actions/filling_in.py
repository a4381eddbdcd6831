"""Filling requests in from accepted forecasts: whenever something comes that was missing, in whatever order.

A draft that nobody worked in is filled in anew by the portal: when the report is published, when a forecast is
accepted after it, when a pool comes or becomes the usual one. Where somebody worked in it already, or where two pools
could serve a figure, the department fills in itself and says which.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from django.db.models import Q
from django.utils.translation import gettext as _

from planning.cycles.models import Cycle
from planning.forecasts.models import ForecastFigure
from planning.projects.models import Metric
from planning.requests.actions.totals import recount
from planning.requests.figures import SERVED_BY, cost_of, pool_for, quantity_from
from planning.requests.models import Pool, RequestLine, ResourceRequest
from planning.requests.queries import figures_to_ask, unasked_figures
from planning.requests.workflow import LINE, REQUEST
from sop_portal.foundation.kit.bounds import MONEY, refuse_beyond
from sop_portal.foundation.kit.fitting import refuse_unknown
from sop_portal.foundation.kit.refusals import NotReady
from sop_portal.foundation.kit.sentences import interpolate
from sop_portal.foundation.organisation.models import User
from sop_portal.foundation.organisation.roles import Can
from sop_portal.foundation.trail.actions import Change
from sop_portal.foundation.workflow.engine import edit, note
from sop_portal.foundation.workflow.models import Contributor
from sop_portal.foundation.workflow.seals import release_rows, seal_rows

LINES_AT_ONCE = 1000
VERB = "fill-in"
State = ResourceRequest.State


def lock_drafts_and_askers(cycle: Cycle, pool: Pool | None = None) -> list[ResourceRequest]:
    """The year's drafts, and the requests that ask for a pool, locked in the order of their keys."""
    wanted = Q(state=State.DRAFT)
    if pool is not None:
        wanted |= Q(pk__in=RequestLine.objects.filter(pool=pool).values("request"))
    found = ResourceRequest.objects.filter(wanted, cycle=cycle).select_for_update(of=("self",))
    return list(found.select_related("cycle", "department").order_by("pk"))


def fill_in_untouched(
    requests: Sequence[ResourceRequest], *, by: User, at: datetime, without: Pool | None = None
) -> list[ResourceRequest]:
    """Fill in those of these locked requests that nobody worked in, and leave word in their trail; those that changed.

    Whoever makes it happen is no author: the resource team that adds a pool still decides on the request. `without`
    is a pool that is about to be taken out.
    """
    changed = write_filled_in(_untouched(requests), without)
    for request, changes in changed:
        request.version += 1
        request.save(update_fields=["version"])
        note(REQUEST.kind, request, VERB, by=by, at=at, changes=changes)
    return [request for request, _changes in changed]


def wrongly_filled_in(cycle: Cycle) -> list[ResourceRequest]:
    """Drafts in which nobody has written anything, and which do not ask for what forecasts and pools come to now."""
    drafts = _untouched(ResourceRequest.objects.filter(cycle=cycle, state=State.DRAFT).order_by("pk"))
    wanted, there = _wanted_lines(drafts), _lines_there(drafts)
    return [request for request in drafts if wanted[request.pk].keys() != there[request.pk].keys()]


def write_filled_in(
    requests: Sequence[ResourceRequest], without: Pool | None = None
) -> list[tuple[ResourceRequest, list[Change]]]:
    """Make the lines of locked requests what forecasts and pools come to now; those that changed, and how."""
    wanted, there = _wanted_lines(requests, without), _lines_there(requests)
    changed, gone, new = [], [], []
    for request in requests:
        removed = [there[request.pk][key] for key in there[request.pk].keys() - wanted[request.pk].keys()]
        added = [line for key, line in wanted[request.pk].items() if key not in there[request.pk]]
        if removed or added:
            changes = [Change("line", asked_text(line), "", line.project.name) for line in removed]
            changes += [Change("line", "", asked_text(line), line.project.name) for line in added]
            changed.append((request, changes))
            gone += [line.pk for line in removed]
            new += added
    release_rows(LINE, gone)
    RequestLine.objects.filter(pk__in=gone).delete()
    seal_rows(LINE, [line.pk for line in RequestLine.objects.bulk_create(new, batch_size=LINES_AT_ONCE)])
    recount([request for request, _changes in changed])
    return changed


# What two lines that were filled in have to share to be the same one.
FilledLines = dict[tuple[object, ...], RequestLine]


def _key(line: RequestLine) -> tuple[object, ...]:
    return line.forecast_line_id, line.metric, line.pool_id, line.quantity, line.unit_cost


def _wanted_lines(requests: Sequence[ResourceRequest], without: Pool | None = None) -> dict[int, FilledLines]:
    wanted: dict[int, FilledLines] = defaultdict(dict)
    if not requests:
        return wanted
    by_department = {request.department_id: request for request in requests}
    there = Pool.objects.filter(cycle=requests[0].cycle_id).order_by("pk")
    pools = list(there.exclude(pk=without.pk) if without else there)
    for figure in figures_to_ask(requests[0].cycle_id, by_department):
        request = by_department[figure.line.forecast.department_id]
        line = _line(request, figure, pool_for(figure.metric, pools), figure.figure or Decimal(0))
        if line is not None:
            wanted[request.pk][_key(line)] = line
    return wanted


def _lines_there(requests: Sequence[ResourceRequest]) -> dict[int, FilledLines]:
    there: dict[int, FilledLines] = defaultdict(dict)
    found = RequestLine.objects.filter(request__in=[request.pk for request in requests])
    for line in found.select_related("pool", "project").order_by("pk"):
        there[line.request_id][_key(line)] = line
    return there


def fill_in(
    request: ResourceRequest, chosen: Mapping[str, Pool], *, by: User, at: datetime, seen: int
) -> ResourceRequest:
    """Ask for what the forecast says and no line asks for yet; `chosen` says the pool of a figure that is not clear."""
    with edit(REQUEST, request, by=by, at=at, can=Can.EDIT_DRAFTS, seen=seen, verb=VERB) as editing:
        _refuse_misfit(editing.record, chosen)
        lines = list(_lines_to_add(editing.record, chosen))
        if not lines:
            raise NotReady(
                _("Nothing of the forecast is left to be filled in from these pools."),
                [],
                _("Say which pool each figure goes to, or add a line yourself."),
            )
        seal_rows(LINE, [line.pk for line in RequestLine.objects.bulk_create(lines)])
        recount([editing.record])
        refuse_beyond(_("Cost"), editing.record.cost, MONEY)
        for line in lines:
            editing.change("line", "", asked_text(line), where=line.project.name)
    return request


def _refuse_misfit(request: ResourceRequest, chosen: Mapping[str, Pool]) -> None:
    """Refuse a choice for a figure that there is not, and a pool that cannot serve it."""
    for metric, pool in chosen.items():
        refuse_unknown(_("Measure"), metric, {metric.value: metric.label for metric in SERVED_BY})
        if pool.cycle_id != request.cycle_id or pool.kind not in SERVED_BY[Metric(metric)]:
            words = {"pool": pool.name, "measure": Metric(metric).label}
            sentence = interpolate(_("%(pool)s serves no “%(measure)s” of this year."), words)
            raise NotReady(sentence, [], _("Choose a pool of this year that does, or add a line yourself."))


def _lines_to_add(request: ResourceRequest, chosen: Mapping[str, Pool]) -> Iterator[RequestLine]:
    pools = {pool.pk: pool for pool in Pool.objects.filter(cycle=request.cycle_id).select_for_update().order_by("pk")}
    for figure, left in unasked_figures(request):
        picked = chosen.get(figure.metric)
        pool = pools.get(picked.pk) if picked else pool_for(figure.metric, pools.values())
        line = _line(request, figure, pool, left)
        if line is not None:
            yield line


def _line(request: ResourceRequest, figure: ForecastFigure, pool: Pool | None, left: Decimal) -> RequestLine | None:
    """The line that asks for what a figure of the forecast says; none where it goes to no pool."""
    quantity = quantity_from(left, pool) if pool else Decimal(0)
    if pool is None or quantity <= 0 or cost_of(quantity, pool.unit_cost) > MONEY.most:
        return None
    return RequestLine(
        request=request,
        project=figure.line.project,
        forecast_line=figure.line,
        pool=pool,
        metric=figure.metric,
        quantity=quantity,
        forecast_left=quantity,
        unit_cost=pool.unit_cost,
        cost=cost_of(quantity, pool.unit_cost),
    )


def asked_text(line: RequestLine) -> str:
    """What a line asks for, as the trail keeps it."""
    return f"{line.called}: {line.pool.in_unit(line.quantity)}, {line.pool.name}"


def _untouched(requests: Iterable[ResourceRequest]) -> list[ResourceRequest]:
    """Drafts in which nobody has written anything."""
    drafts = [request for request in requests if request.state == State.DRAFT]
    worked_in = Contributor.objects.filter(kind=REQUEST.kind, record_id__in=[request.pk for request in drafts])
    touched = set(worked_in.values_list("record_id", flat=True))
    return [request for request in drafts if request.pk not in touched]
