"""Spreadsheets about projects: the list, the template of the history, the problems of a history file."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from io import BytesIO

from django.db.models import QuerySet
from django.http import HttpResponse, StreamingHttpResponse
from django.utils.translation import gettext as _

from planning.projects.imports.reading import HistoryReading
from planning.projects.models import Project
from sop_portal.foundation.kit.sheets import csv_lines, write_xlsx

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

ExportCell = str | int | Decimal | date | None


def workbook(name: str, title: str, header: Sequence[str], rows: Iterable[Sequence[ExportCell]]) -> HttpResponse:
    """A table as a workbook to save."""
    stream = BytesIO()
    write_xlsx(stream, title, header, rows)
    response = HttpResponse(stream.getvalue(), content_type=XLSX)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.xlsx"'
    return response


def projects(year: int, found: QuerySet[Project]) -> HttpResponse:
    """The project list as it is filtered."""
    states = dict(Project.State.choices)
    header = [
        _("Project"),
        _("Department"),
        _("State"),
        _("Needed"),
        _("Asked"),
        _("Granted"),
        _("Budgeted"),
        _("Spent"),
    ]
    columns = ("name", "department__name", "state", "needed", "asked", "granted", "budgeted", "spent")
    rows = found.values_list(*columns).iterator(chunk_size=2000)
    written = ((name, department, states[state], *figures) for name, department, state, *figures in rows)
    return workbook(f"projects-{year}", _("Projects"), header, written)


def history_template() -> HttpResponse:
    """An empty workbook whose columns the portal recognises."""
    header = [
        _("Department"),
        _("Project"),
        _("Year"),
        _("Activities"),
        _("Participants"),
        _("People (hours)"),
        _("Materials"),
        _("Money (without materials)"),
    ]
    return workbook("history", _("History"), header, [])


def problems(found: HistoryReading) -> StreamingHttpResponse:
    """Everything wrong or doubtful in a history file."""

    def rows() -> Iterator[tuple[int, str, str, str]]:
        for kind, listed in (
            (_("Problem"), found.problems),
            (_("Warning"), [*found.warnings, *found.not_read]),
        ):
            for problem in listed:
                yield problem.row_number, kind, problem.column, problem.sentence

    lines = csv_lines([_("Row"), _("Kind"), _("Column"), _("What it is")], rows())
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="problems.csv"'
    return response
