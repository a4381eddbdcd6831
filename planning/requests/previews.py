"""What is decided on a request and on the demand report: every line, who is left out, which window moves."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from planning.cycles.actions import not_ready
from planning.cycles.calendar import request_due
from planning.cycles.models import Stage
from planning.cycles.queries import dates_of, due_in
from planning.forecasts.figures import METRICS, heading
from planning.forecasts.models import DemandReport, Forecast
from planning.forecasts.previews import forecast
from planning.forecasts.queries.report_departments import CompiledReport, DepartmentRow, compiled
from planning.forecasts.workflow import DEMAND_REPORT, FORECAST
from planning.projects.models import Metric
from planning.requests.models import Pool, RequestLine, ResourceRequest, quantity_text
from planning.requests.queries import planned_opening
from planning.requests.workflow import REQUEST
from sop_portal.foundation.kit import formats
from sop_portal.foundation.kit.components import Tile
from sop_portal.foundation.kit.sentences import StrOrPromise, interpolate, typed
from sop_portal.foundation.organisation.models import Department
from sop_portal.foundation.workflow.preview import PreviewRow, PreviewTable, Reader, StepPreview, table

NOTHING = Decimal(0)


@REQUEST.preview("submit", "allocate", "send-back", "withdraw", "waive")
def request(record: ResourceRequest, reader: Reader) -> StepPreview:
    """What the department asks for line by line, and what was granted of it as far as the reader knows."""
    lines = list(record.lines.select_related("project", "pool").order_by("project__name", "pk"))
    is_decided = reader.actor.sees_everything or record.state == ResourceRequest.State.ALLOCATED
    currency = record.cycle.currency
    figures = [
        Tile(_("Lines"), formats.number(len(lines))),
        Tile(_("Asked for, %(currency)s") % {"currency": currency}, formats.money(record.cost, 2)),
    ]
    if is_decided:
        granted = sum((line.granted_cost for line in lines), NOTHING)
        open_lines = sum(line.decision == RequestLine.Decision.OPEN for line in lines)
        figures.append(Tile(_("Granted, %(currency)s") % {"currency": currency}, formats.money(granted, 2)))
        figures.append(Tile(_("Undecided lines"), formats.number(open_lines)))
    return StepPreview(figures, tables=[_lines(lines, is_decided)], effects=_of_request(record, lines, reader))


def _lines(lines: list[RequestLine], is_decided: bool) -> PreviewTable:
    heads = (_("Line"), _("Asked for"), _("Cost"), *((_("Decision"), _("Granted")) if is_decided else ()))
    return table(_("Lines"), heads, [_line(line, is_decided) for line in lines])


def _line(line: RequestLine, is_decided: bool) -> PreviewRow:
    called = formats.joined([typed(line.project), line.called])
    asked = (called, line.pool.in_unit(line.quantity), formats.money(line.cost, 2))
    if not is_decided:
        return PreviewRow(asked, typed(line.why) if line.why else "")
    decided = (line.get_decision_display(), quantity_text(line.granted))
    return PreviewRow((*asked, *decided), typed(line.reason) if line.reason else "")


def _of_request(record: ResourceRequest, lines: list[RequestLine], reader: Reader) -> list[StrOrPromise]:
    name, granted = reader.step, sum((line.granted_cost for line in lines), NOTHING)
    words = {"currency": record.cycle.currency, "amount": formats.money(granted, 2)}
    due = {"day": formats.day_of_year(record.due_on)}
    if name == "allocate":
        return [_("%(currency)s %(amount)s can be budgeted for the department.") % words, *_pools(lines)]
    if name == "send-back" and granted:
        return [_("%(currency)s %(amount)s granted on it so far is free for others.") % words]
    if name == "withdraw":
        return [_("Nobody decides on it until you submit it again, by %(day)s.") % due]
    if name == "waive":
        return [_("The department gets no resources this year, and nothing is asked of it any more.")]
    return []


def _pools(lines: list[RequestLine]) -> Iterator[StrOrPromise]:
    """What is left of every pool that the request takes from."""
    for pool in Pool.objects.filter(pk__in={line.pool_id for line in lines}).order_by("name"):
        yield interpolate(_("%(pool)s: %(left)s left."), {"pool": pool, "left": pool.in_unit(pool.free)})


@FORECAST.preview("waive")
def waived_forecast(record: Forecast, reader: Reader) -> StepPreview:
    """What is decided on the forecast, and what becomes of the department's resource request."""
    found = forecast(record, reader)
    asked = ResourceRequest.objects.filter(cycle=record.cycle_id, department=record.department_id).first()
    if asked is None:
        return replace(found, effects=[*found.effects, _("The department gets no resource request.")])
    if asked.state not in REQUEST.editable:
        return replace(found, effects=[*found.effects, _("Its resource request stays as it is.")])
    effect = _("The department still owes its resource request; waive that as well if nothing is to be asked.")
    heads, cells = (_("Request"), _("State"), _("Due")), (str(asked), asked.get_state_display())
    row = PreviewRow((*cells, formats.day_of_year(asked.due_on)), url=asked.get_absolute_url())
    return replace(
        found, tables=[*found.tables, table(_("Stays owed"), heads, [row])], effects=[*found.effects, effect]
    )


@DEMAND_REPORT.preview("publish")
def report(record: DemandReport, reader: Reader) -> StepPreview:
    """The sums of the year, who is left out, how the window of the requests moves, and who is not ready for it."""
    found = compiled(record, reader.actor)
    figures = [
        Tile(
            heading(metric, record.cycle.currency),
            formats.number(figure),
            note=_("%(change)s from %(year)s") % {"change": formats.signed_percent(moved), "year": found.compared_with},
        )
        for metric, (figure, moved) in zip(METRICS, found.totals, strict=True)
    ]
    changes = _since(record, found, reader)
    tables = [part for part in (changes, _left_out(found), _windows(record, reader)) if part and part.rows]
    same = [_("No figure differs from the version before.")] if changes and not changes.rows else []
    warnings = not_ready(record.cycle, Stage.REQUEST, record.cycle.day(reader.at))
    effects = [*same, *_of_report(record, found)]
    return StepPreview(figures, tables=tables, effects=effects, warnings=warnings)


def _since(record: DemandReport, found: CompiledReport, reader: Reader) -> PreviewTable | None:
    """The departments whose figures differ from the version that was published before; None for the first version."""
    published = DemandReport.objects.filter(cycle=record.cycle_id, state=DemandReport.State.PUBLISHED)
    last = published.select_related("cycle").first()
    if last is None:
        return None
    before, now = ({row.department: row for row in part.included} for part in (compiled(last, reader.actor), found))
    departments = sorted(before | now, key=lambda department: department.name)
    pairs = [(department, before.get(department), now.get(department)) for department in departments]
    rows = [_changed(department, old, new) for department, old, new in pairs if _differs(old, new)]
    title = _("What changes since version %(number)s") % {"number": last.number}
    return table(title, (_("Department"), _("What changed")), rows)


def _differs(old: DepartmentRow | None, new: DepartmentRow | None) -> bool:
    return old is None or new is None or old.figures != new.figures


def _changed(department: Department, old: DepartmentRow | None, new: DepartmentRow | None) -> PreviewRow:
    """A department that came in, is left out now, or plans other figures, each with what it was."""
    if old is None or new is None:
        how = _("Added: it was missing") if old is None else _("Left out: its forecast is not accepted now")
        return PreviewRow((typed(department), how), url="" if new is None else new.url)
    figures = zip(METRICS, old.figures, new.figures, strict=True)
    moved = [
        _("%(measure)s %(old)s → %(new)s")
        % {"measure": Metric(metric).label, "old": formats.number(before), "new": formats.number(now)}
        for metric, before, now in figures
        if before != now
    ]
    return PreviewRow((typed(department), formats.listed(moved)), url=new.url)


def _left_out(found: CompiledReport) -> PreviewTable:
    title = ngettext("%(count)s department is left out", "%(count)s departments are left out", len(found.gaps))
    rows = [PreviewRow((typed(row.name), row.gap), url=row.url) for row in found.gaps]
    return table(title % {"count": len(found.gaps)}, (_("Department"), _("Forecast")), rows)


def _windows(record: DemandReport, reader: Reader) -> PreviewTable:
    """When the first report opens the requests: today, or as planned where that day is still to come."""
    cycle, today = record.cycle, record.cycle.day(reader.at)
    window = dates_of(cycle, Stage.REQUEST)
    if window is None or ResourceRequest.objects.filter(cycle=cycle).exists():
        return table("", (), [])
    due = due_in(cycle, request_due(today)).on
    if planned_opening(cycle, today):
        heads = (_("Window"), _("If they open as planned"), _("If they open today"))
        cells = (_("Resource requests"), _span(window.opens_on, window.due_on), _span(today, due))
        note = _("The report comes %(days)s before that.") % {"days": formats.days((window.opens_on - today).days)}
        return table(_("When requests open"), heads, [PreviewRow(cells, note)])
    heads, due_before = (_("Window"), _("Opens"), _("Due")), formats.day_of_year(window.due_on)
    moves = window.opens_on != today or window.due_on != due
    note = _("Planned to open on %(day)s.") % {"day": formats.day_of_year(window.opens_on)} if moves else ""
    cells = (_("Resource requests"), formats.day_of_year(today), formats.day_of_year(due))
    row = PreviewRow(cells, note, before=due_before if moves else "")
    return table(_("Windows that move"), heads, [row])


def _span(first: date, last: date) -> str:
    return _("%(first)s to %(last)s") % {"first": formats.day_of_year(first), "last": formats.day_of_year(last)}


def _of_report(record: DemandReport, found: CompiledReport) -> list[StrOrPromise]:
    """Who gets a request, and what becomes of those that are there: a later version moves none of their days."""
    has_request = ResourceRequest.objects.filter(cycle=record.cycle).values("department_id")
    wanted = Forecast.objects.filter(cycle=record.cycle).exclude(state=Forecast.State.WAIVED)
    count = wanted.exclude(department_id__in=has_request).count()
    sentence = ngettext(
        "%(count)s department gets a draft of its resource request.",
        "%(count)s departments get a draft of their resource request.",
        count,
    )
    effects: list[StrOrPromise] = [sentence % {"count": formats.number(count)}] if count else []
    if count and not has_request.exists():
        effects.append(_("They have two weeks for it, or until the planned day."))
    elif has_request.exists():
        effects.append(_("Requests that are there keep their day; drafts that nobody worked in are filled in again."))
    left_out = wanted.exclude(state=Forecast.State.ACCEPTED).exclude(department_id__in=has_request)
    if found.gaps and left_out.exists():
        effects.append(_("Who is left out gets an empty draft; it is filled in when the forecast is accepted."))
    if found.gaps:
        effects.append(_("Who is left out is not counted as zero, and can be added in a new version."))
    return [*effects, _("Everybody who has a role can read it.")]
