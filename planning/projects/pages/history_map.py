"""A history file on its way in: say which column is what, read every problem, confirm."""

from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import ngettext

from planning.cycles.workflow import only_for
from planning.projects import actions, exports
from planning.projects.forms import MappingForm
from planning.projects.imports import uploads
from planning.projects.imports.columns import suggest_mapping
from planning.projects.imports.reading import HistoryReading, read_history
from planning.projects.pages.history import BROUGHT
from sop_portal.foundation.kit.formats import number
from sop_portal.foundation.kit.sheets import SheetRefused, Table, read_table
from sop_portal.foundation.organisation.access import Request, act, page
from sop_portal.foundation.organisation.roles import Can

LISTED = 200
PREVIEWED = 5


@dataclass(frozen=True)
class BroughtFile:
    """The file an address names: what it is called, and the table in it."""

    token: UUID
    name: str
    sheet: Table


@page(Can.IMPORT_HISTORY)
def reading(request: Request, *, year: int, token: UUID) -> HttpResponse:
    """Which column is what, and once that is said, everything that is wrong or doubtful in the rows."""
    brought = _find_file(request, token)
    form = _mapping_form(request, brought.sheet)
    found = _read(brought.sheet, form) if form.is_bound and form.is_valid() else None
    return _show(request, year, brought, form, found)


@page(Can.IMPORT_HISTORY)
def problems_file(request: Request, *, year: int, token: UUID) -> StreamingHttpResponse:
    """Every problem and warning as a table to work through beside the file."""
    sheet = _find_file(request, token).sheet
    form = _mapping_form(request, sheet)
    if not form.is_valid():
        raise Http404
    return exports.problems(_read(sheet, form))


@act(Can.IMPORT_HISTORY)
def take(request: Request, *, year: int, token: UUID) -> HttpResponse:
    """Take the file in: every row, or none."""
    only_for(request, Can.IMPORT_HISTORY)
    brought = _find_file(request, token)
    form = MappingForm(request.POST, header=brought.sheet.header)
    found = _read(brought.sheet, form) if form.is_valid() else None
    if found is None or found.problems or not found.rows:
        return _show(request, year, brought, form, found, status=422)
    create, replace = form.cleaned_data["create"], form.cleaned_data["replace"]
    taken = actions.import_history(
        found.rows,
        file_name=brought.name,
        by=request.user,
        at=request.moment,
        create_departments=create,
        replace=replace,
    )
    uploads.forget(token)
    messages.success(request, _taken_in(taken.rows))
    return redirect("history", year=year)


def _taken_in(rows: int) -> str:
    done = ngettext("%(n)s row was taken into the history.", "%(n)s rows were taken into the history.", rows)
    return done % {"n": number(rows)}


def _find_file(request: Request, token: UUID) -> BroughtFile:
    """The stored file, for the session that brought it and nobody else."""
    name = request.session.get(BROUGHT, {}).get(str(token))
    if name is None or not uploads.path_of(token).exists():
        raise Http404
    try:
        return BroughtFile(token, name, read_table(uploads.path_of(token), name))
    except SheetRefused:
        raise Http404 from None


def _mapping_form(request: Request, sheet: Table) -> MappingForm:
    if "year" in request.GET:
        return MappingForm(request.GET, header=sheet.header)
    suggested = {column: str(place) for column, place in suggest_mapping(sheet.header).items()}
    return MappingForm(header=sheet.header, initial=suggested)


def _read(sheet: Table, form: MappingForm) -> HistoryReading:
    create, replace = form.cleaned_data["create"], form.cleaned_data["replace"]
    return read_history(sheet, form.mapping, create_departments=create, replace=replace)


def _show(
    request: Request,
    year: int,
    brought: BroughtFile,
    form: MappingForm,
    found: HistoryReading | None,
    *,
    status: int = 200,
) -> HttpResponse:
    chosen = (request.POST or request.GET).urlencode()
    context = {
        "year": year,
        "token": brought.token,
        "file_name": brought.name,
        "header": brought.sheet.header,
        "preview": brought.sheet.rows[:PREVIEWED],
        "rows_in_file": len(brought.sheet.rows),
        "form": form,
        "found": found,
        "problems": found.problems[:LISTED] if found else [],
        "warnings": found.warnings[:LISTED] if found else [],
        "more_url": f"{reverse('history-problems', args=[year, brought.token])}?{chosen}",
    }
    return render(request, "planning/projects/history_map.html", context, status=status)
