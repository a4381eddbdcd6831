"""The demand report by department: totals, a chart of the cost, the table, and the gaps in words."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from planning.forecasts.figures import METRICS, Figure
from planning.forecasts.models import DemandReport
from planning.forecasts.pages.tiles import tiles
from planning.forecasts.queries.needs import together
from planning.forecasts.queries.report_departments import CompiledReport, DepartmentRow, compiled
from sop_portal.foundation.kit.charts.bars import StackChart, Whole, stack_chart
from sop_portal.foundation.kit.charts.scale import Caption
from sop_portal.foundation.kit.filters import sort_asked
from sop_portal.foundation.kit.formats import joined, number, percent
from sop_portal.foundation.kit.paging import paginate_list
from sop_portal.foundation.kit.sentences import interpolate
from sop_portal.foundation.organisation.access import Request

MOST_GAPS = 12
BARS = 12
AMBER_FROM = 10


class FigureCell(NamedTuple):
    """A figure of a department, how far it moved, and whether that is so far that somebody should look at it."""

    figure: Figure
    moved: Figure
    is_large: bool


@dataclass(frozen=True)
class DepartmentCells:
    """One department as a row of the table: its figures, or the gap it leaves."""

    url: str
    name: str
    slug: str
    gap: str
    cells: list[FigureCell]


def departments_context(request: Request, report: DemandReport) -> dict[str, Any]:
    """What the report shows of its departments."""
    cycle = report.cycle
    shown = in_order(compiled(report, request.actor), sort_asked(request.GET, ("department", *METRICS)))
    turned = paginate_list(shown.rows, request.GET)
    return {
        "last_year": shown.compared_with,
        "shown": shown,
        "turned": replace(turned, rows=table_rows(turned.rows)),
        "gaps": [(row, gap_text(row, shown.compared_with)) for row in shown.gaps[:MOST_GAPS]],
        "more_gaps": max(len(shown.gaps) - MOST_GAPS, 0),
        "tiles": tiles(shown.sums, shown.moved, shown.compared_with, cycle.currency),
        # Of a few departments nobody can say who needs most of the cost.
        "chart": None if is_partial(request, report) else cost_chart(shown, cycle.currency, cycle.year),
    }


def is_partial(request: Request, report: DemandReport) -> bool:
    """Whether this person reads only some departments of the version, so that it says nothing of all of them."""
    return not report.published_at and not request.actor.sees_everything


def in_order(found: CompiledReport, sort: str) -> CompiledReport:
    """The departments in the order of the address; gaps stand last when sorted by a figure."""
    name = sort.removeprefix("-")
    if name not in METRICS:
        return replace(found, rows=found.rows[::-1]) if sort == "-department" else found
    place = METRICS.index(name)
    known = [row for row in found.included if row.figures[place] is not None]
    rest = [row for row in found.rows if row not in known]
    known.sort(key=lambda row: row.figures[place] or 0, reverse=sort.startswith("-"))
    return replace(found, rows=[*known, *rest])


def table_rows(rows: Iterable[DepartmentRow]) -> list[DepartmentCells]:
    """The departments, ready to print."""
    return [DepartmentCells(row.url, row.name, row.department.slug, row.gap, _cells(row)) for row in rows]


def _cells(row: DepartmentRow) -> list[FigureCell]:
    return [
        FigureCell(figure, moved, moved is not None and abs(moved) > AMBER_FROM)
        for figure, moved in zip(row.figures, row.changes, strict=True)
    ]


def gap_text(row: DepartmentRow, year: int) -> str:
    """What a missing department did last year, so that nobody takes the gap for nothing."""
    named = zip(METRICS[:2], row.before[:2], strict=True)
    known = {metric: figure for metric, figure in named if figure is not None}
    if not known:
        return _("Its figures of %(year)s are not known either.") % {"year": year}
    parts = {
        "activities": _("%(figure)s activities"),
        "participants": _("%(figure)s participants"),
    }
    said = joined(parts[metric] % {"figure": number(figure)} for metric, figure in known.items())
    return _("In %(year)s: %(figures)s.") % {"year": year, "figures": said}


def cost_chart(found: CompiledReport, currency: str, year: int) -> StackChart | None:
    """What the departments need in money, the largest first; the title says who needs most of it."""
    costs = [(row.cost, row) for row in found.included if row.cost]
    if len(costs) < 2:
        return None
    costs.sort(key=lambda pair: -pair[0])
    top = costs[: 3 if len(costs) > 5 else 1]
    share = percent(sum(cost for cost, _row in top) * 100 / sum(cost for cost, _row in costs))
    names = together([row.department.name for _cost, row in top])
    title = interpolate(_("%(names)s: %(share)s of the cost"), {"names": names, "share": share})
    words = {"currency": currency, "year": year, "count": BARS}
    note = _("%(currency)s, forecast %(year)s") % words
    if len(costs) > BARS:
        note = _("%(currency)s, forecast %(year)s; the %(count)s largest") % words
    summary = _("Cost by department: materials and other money")
    wholes = [Whole(row.department.name, row.parts, row.url) for _cost, row in costs[:BARS]]
    return stack_chart(wholes, [_("materials"), _("other money")], Caption(title, summary, note))
