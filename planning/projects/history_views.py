"""Bringing the history in: upload, say which column is what, read every problem, confirm, undo."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from planning.cycles.finding import cycle_of
from planning.projects import actions, exports, uploads
from planning.projects.forms import LABELS, HistoryUpload, MappingForm
from planning.projects.history import suggest_mapping
from planning.projects.imports import Reading, read_history
from planning.projects.models import HistoryImport
from sop_portal.foundation.kit.formats import number
from sop_portal.foundation.kit.refusals import NotYours
from sop_portal.foundation.kit.sheets import SheetRefused, Table, read_table
from sop_portal.foundation.organisation.access import Request, act, page
from sop_portal.foundation.organisation.roles import Can
from sop_portal.foundation.workflow.checks import who_instead

KEPT = "history_files"
LISTED = 200
PREVIEWED = 5
MOST_FILES = 5


@page(Can.IMPORT_HISTORY)
def imports(request: Request, *, year: int) -> HttpResponse:
    """What was brought in so far, and the way to bring more."""
    return _show_imports(request, year, HistoryUpload(), 200)


@page(Can.IMPORT_HISTORY)
def template(request: Request, *, year: int) -> HttpResponse:
    """An empty workbook with the columns the portal knows by name."""
    return exports.history_template()


@act(Can.IMPORT_HISTORY)
def upload(request: Request, *, year: int) -> HttpResponse:
    """Keep a file for the next step; nothing is taken in yet."""
    _must_import(request)
    form = HistoryUpload(request.POST, request.FILES)
    if not form.is_valid():
        return _show_imports(request, year, form, 422)
    uploads.forget_old(request.moment)
    file = form.cleaned_data["file"]
    token = uploads.keep(file.chunks())
    kept = dict(list(request.session.get(KEPT, {}).items())[1 - MOST_FILES :])
    request.session[KEPT] = {**kept, str(token): file.name[:200]}
    return redirect("history-map", year=year, token=token)


@page(Can.IMPORT_HISTORY)
def reading(request: Request, *, year: int, token: UUID) -> HttpResponse:
    """Which column is what, and once that is said, everything that is wrong or doubtful in the rows."""
    sheet = _sheet(request, token)
    form = _mapping_form(request.GET, sheet)
    found = _read(sheet, form) if form.is_bound and form.is_valid() else None
    return _show_reading(request, year, token, sheet, form, found, 200)


@page(Can.IMPORT_HISTORY)
def problems_file(request: Request, *, year: int, token: UUID) -> Any:
    """Every problem and warning as a table to work through beside the file."""
    sheet = _sheet(request, token)
    form = _mapping_form(request.GET, sheet)
    if not form.is_valid():
        raise Http404
    return exports.problems(_read(sheet, form))


@act(Can.IMPORT_HISTORY)
def take(request: Request, *, year: int, token: UUID) -> HttpResponse:
    """Take the file in: every row, or none."""
    _must_import(request)
    sheet = _sheet(request, token)
    form = MappingForm(request.POST, header=sheet.header)
    found = _read(sheet, form) if form.is_valid() else None
    if found is None or found.problems or not found.rows:
        return _show_reading(request, year, token, sheet, form, found, 422)
    create = form.cleaned_data["create"]
    name = request.session[KEPT][str(token)]
    taken = actions.import_history(
        found.rows, file_name=name, by=request.user, at=request.moment, create_departments=create
    )
    uploads.forget(token)
    done = ngettext("%(n)s row was taken into the history.", "%(n)s rows were taken into the history.", taken.rows)
    messages.success(request, done % {"n": number(taken.rows)})
    return redirect("history", year=year)


@act(Can.IMPORT_HISTORY)
def undo(request: Request, *, year: int, pk: int) -> HttpResponse:
    """Take an import back."""
    taken = get_object_or_404(HistoryImport.objects.visible_to(request.actor), pk=pk)
    actions.undo_import(taken, by=request.user, at=request.moment)
    messages.success(request, _("The import was undone; its rows are gone."))
    return redirect("history", year=year)


def _must_import(request: Request) -> None:
    if not request.actor.may(Can.IMPORT_HISTORY):
        raise NotYours(*who_instead(Can.IMPORT_HISTORY, None, request.moment))


def _sheet(request: Request, token: UUID) -> Table:
    """The kept file, for the session that brought it and nobody else."""
    name = request.session.get(KEPT, {}).get(str(token))
    if name is None or not uploads.place_of(token).exists():
        raise Http404
    try:
        return read_table(uploads.place_of(token), name)
    except SheetRefused:
        raise Http404 from None


def _mapping_form(typed: Any, sheet: Table) -> MappingForm:
    if "year" in typed:
        return MappingForm(typed, header=sheet.header)
    suggested = {column: str(place) for column, place in suggest_mapping(sheet.header).items()}
    return MappingForm(header=sheet.header, initial=suggested)


def _read(sheet: Table, form: MappingForm) -> Reading:
    return read_history(sheet, form.mapping, create_departments=form.cleaned_data["create"])


def _show_imports(request: Request, year: int, form: HistoryUpload, status: int) -> HttpResponse:
    cycle = cycle_of(request, year)
    found = HistoryImport.objects.visible_to(request.actor).select_related("by", "undone_by")[:LISTED]
    context = {"cycle": cycle, "form": form, "imports": found, "columns": LABELS.values()}
    return render(request, "planning/projects/history.html", context, status=status)


def _show_reading(
    request: Request, year: int, token: UUID, sheet: Table, form: MappingForm, found: Reading | None, status: int
) -> HttpResponse:
    context = {
        "year": year,
        "token": token,
        "file_name": request.session[KEPT][str(token)],
        "header": sheet.header,
        "preview": sheet.rows[:PREVIEWED],
        "rows_in_file": len(sheet.rows),
        "form": form,
        "found": found,
        "problems": found.problems[:LISTED] if found else [],
        "warnings": found.warnings[:LISTED] if found else [],
        "more_url": f"{reverse('history-problems', args=[year, token])}?{(request.POST or request.GET).urlencode()}",
    }
    return render(request, "planning/projects/history_map.html", context, status=status)
