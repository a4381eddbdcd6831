"""Spreadsheets of stage 1: every figure of the forecasts, and the demand report."""

from collections.abc import Iterable, Iterator, Sequence
from io import BytesIO
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.utils.translation import gettext as _

from planning.cycles.models import Cycle
from planning.forecasts.figures import headings
from planning.forecasts.models import DemandReport, ForecastFigure
from planning.forecasts.queries.report_departments import compiled
from planning.forecasts.queries.report_projects import visible_projects
from planning.projects.models import Metric
from sop_portal.foundation.kit.sheets import csv_lines, write_xlsx
from sop_portal.foundation.organisation.actor import Actor
from sop_portal.foundation.organisation.models import Department

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def sheet(name: str, title: str, header: Sequence[Any], rows: Iterable[Sequence[Any]], kind: str) -> HttpResponse:
    """A table to save, as CSV where that was asked for, else as a workbook."""
    if kind == "csv":
        # Written out before it is sent: the rows are read while the rights of this request hold.
        response = HttpResponse(b"".join(csv_lines(header, rows)), content_type="text/csv; charset=utf-8")
    else:
        kind, stream = "xlsx", BytesIO()
        write_xlsx(stream, title, header, rows)
        response = HttpResponse(stream.getvalue(), content_type=XLSX)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.{kind}"'
    return response


def forecasts(cycle: Cycle, figures: QuerySet[ForecastFigure], kind: str) -> HttpResponse:
    """The figures of forecasts: proposal, override, source and reason kept apart."""
    header = [
        _("Department"),
        _("State"),
        _("Project"),
        _("Measure"),
        _("Proposal"),
        _("Override"),
        _("Figure"),
        _("Source"),
        _("Reason"),
    ]
    rows = map(_figure, figures.iterator(2000))
    return sheet(f"forecasts-{cycle.year}", _("Forecasts"), header, rows, kind)


def _figure(figure: ForecastFigure) -> list[Any]:
    line, forecast = figure.line, figure.line.forecast
    if not line.is_planned:
        values: list[Any] = [None, None, None, _("not this year"), line.why_not]
    else:
        source = figure.get_source_display() if figure.source else ""
        values = [figure.proposal, figure.override, figure.figure, source, figure.reason]
    metric = Metric(figure.metric).label
    return [forecast.department.name, forecast.get_state_display(), line.project.name, metric, *values]


def report(found: DemandReport, actor: Actor, kind: str, department: Department | None = None) -> HttpResponse:
    """The demand report line by line, or a department's lines of it, its gaps at the end and never as zeros."""
    header = [_("Department"), _("Project"), *headings(found.cycle.currency), _("Remark")]
    title = _("Demand report %(year)s") % {"year": found.cycle.year}
    name = f"demand-report-{found.cycle.year}-version-{found.number}"
    return sheet(name, title, header, _report_rows(found, actor, department), kind)


def _report_rows(found: DemandReport, actor: Actor, department: Department | None) -> Iterator[list[Any]]:
    for row in visible_projects(found, actor, department):
        yield [row.department.name, row.name, *row.figures, ""]
    for gap in (gap for gap in compiled(found, actor).gaps if department in (None, gap.department)):
        missing = _("Missing: no accepted forecast. Left out, not counted as zero.")
        yield [gap.department.name, "", None, None, None, None, None, missing]
