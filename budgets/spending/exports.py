"""Approved lines and expenses as spreadsheets to take away."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from io import BytesIO
from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.timezone import localtime
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from budgets.drafting.models import Appropriation, Category
from budgets.spending.figures import last_whole_month, outlook_of
from budgets.spending.models import Expense, Flag
from budgets.spending.queries import in_pieces, paces_of, year_facts
from planning.models import Cycle
from sop_portal.foundation.kit.formats import parted
from sop_portal.foundation.kit.sheets import csv_lines, write_xlsx

AT_ONCE = 2000
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
Rows = Iterable[Sequence[Any]]
LINE_HEADER = (
    _("Line"),
    _("Department"),
    _("Project"),
    _("Category"),
    _("Funding source"),
    _("Approved"),
    _("Spent"),
    _("Left"),
    _("Currency"),
    _("Projection"),
    _("Early warning"),
)
EXPENSE_HEADER = (
    _("Number"),
    _("Date"),
    _("Department"),
    _("Project"),
    _("Line"),
    _("What for"),
    _("Amount"),
    _("Currency"),
    _("Receipt"),
    _("Posted by"),
    _("Posted"),
    _("Corrects number"),
)
EXPENSE_COLUMNS = (
    "pk",
    "spent_on",
    "department__name",
    "project__name",
    "appropriation__number",
    "what",
    "amount",
    "receipt",
    "posted_by__name",
    "posted_at",
    "corrects_id",
)


def spreadsheet(kind: str, name: str, title: str, header: Sequence[Any], rows: Rows) -> HttpResponseBase:
    """A table as CSV or workbook to save; any other kind is an unknown address."""
    writers: dict[str, Callable[..., HttpResponseBase]] = {"csv": _csv, "xlsx": _xlsx}
    if kind not in writers:
        raise Http404
    response = writers[kind](title, [str(column) for column in header], rows)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.{kind}"'
    return response


def _csv(title: str, header: Sequence[Any], rows: Rows) -> HttpResponseBase:
    return StreamingHttpResponse(csv_lines(header, rows), content_type="text/csv; charset=utf-8")


def _xlsx(title: str, header: Sequence[Any], rows: Rows) -> HttpResponseBase:
    stream = BytesIO()
    write_xlsx(stream, title, header, rows)
    return HttpResponse(stream.getvalue(), content_type=XLSX)


def lines(kind: str, cycle: Cycle, found: QuerySet[Appropriation], on: date) -> HttpResponseBase:
    """Approved lines with what was spent, what is left, where the pace leads, and what they are warned of."""
    names = {value: str(label) for value, label in Category.choices}
    flags = {flag: str(flag.label) for flag in Flag}
    year = year_facts(cycle, on)

    def rows() -> Iterator[Sequence[Any]]:
        for piece in in_pieces(found.select_related("line", "project", "department", "fund"), "number"):
            paces = paces_of(piece, last_whole_month(year))
            for line in piece:
                outlook = outlook_of(paces[line.pk], year)
                yield (
                    f"{cycle.year}-{line.number}",
                    line.department.name,
                    line.project.name,
                    names[line.category],
                    line.fund.called,
                    line.approved,
                    line.spent,
                    line.approved - line.spent,
                    cycle.currency,
                    outlook.end,
                    parted(flags[flag] for flag in Flag if flag in outlook.flags),
                )

    return spreadsheet(kind, f"approved-lines-{cycle.year}", gettext("Approved lines"), LINE_HEADER, rows())


def expenses(kind: str, cycle: Cycle, found: QuerySet[Expense]) -> HttpResponseBase:
    """Expenses and counter-entries, each with its line."""
    columns = _read(found.order_by("spent_on", "pk"), EXPENSE_COLUMNS)

    def rows() -> Iterator[Sequence[Any]]:
        for pk, on, department, project, line, what, amount, *rest in columns:
            receipt, person, at, corrects = rest
            number = f"{cycle.year}-{line}"
            paid = (pk, on, department, project, number, what, amount, cycle.currency)
            yield *paid, receipt, person, localtime(at), corrects

    return spreadsheet(kind, f"expenses-{cycle.year}", gettext("Expenses"), EXPENSE_HEADER, rows())


def _read(found: QuerySet[Any], columns: Sequence[str]) -> Iterator[tuple[Any, ...]]:
    return found.values_list(*columns).iterator(chunk_size=AT_ONCE)
