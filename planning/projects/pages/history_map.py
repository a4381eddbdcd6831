"""A history file on its way in: say which column is what, read every problem, confirm."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from planning.cycles.workflow import only_for
from planning.projects import actions, exports
from planning.projects.forms import LABELS, MappingForm
from planning.projects.imports import uploads
from planning.projects.imports.columns import suggest_mapping
from planning.projects.imports.preview import CHANGED, NEW, SAME, STATES, PreviewedValue, counted, values
from planning.projects.imports.reading import HistoryReading, open_history, read_history
from planning.projects.pages.history import ANSWERED, UPLOADED
from sop_portal.foundation.kit.filters import one_of
from sop_portal.foundation.kit.formats import number
from sop_portal.foundation.kit.sheets import SheetRefused, Table
from sop_portal.foundation.organisation.access import Request, act, page
from sop_portal.foundation.organisation.roles import Can

LISTED = 200
PREVIEWED = 5
# After these answers the columns may be others.
ANOTHER_TABLE = ("sheet", "encoding")
RESULTS = {NEW: gettext_lazy("New"), CHANGED: gettext_lazy("Changed"), SAME: gettext_lazy("Same as in the portal")}


@dataclass(frozen=True)
class UploadedHistory:
    """The file an address names: what it is called, the table in it, and what was answered about it."""

    token: UUID
    name: str
    sheet: Table
    answers: Mapping[str, str]


@page(Can.IMPORT_HISTORY)
def reading(request: Request, *, year: int, token: UUID) -> HttpResponse:
    """Which column is what, and once that is said, everything that is wrong or doubtful in the rows."""
    uploaded = _find_file(request, token)
    form = _mapping_form(request, uploaded.sheet)
    found = _read(request, uploaded, form) if form.is_bound and form.is_valid() else None
    return _show(request, year, uploaded, form, found)


@act(Can.IMPORT_HISTORY)
def answer(request: Request, *, year: int, token: UUID) -> HttpResponse:
    """Remember an answer with the file, or forget it, and read the file again."""
    only_for(request, Can.IMPORT_HISTORY)
    uploaded = _find_file(request, token)
    key, given = request.POST.get("question", ""), request.POST.get("answer", "")
    answers = {**uploaded.answers, key: given} if given else {k: v for k, v in uploaded.answers.items() if k != key}
    earlier = request.session.get(ANSWERED, {})
    request.session[ANSWERED] = {**earlier, str(token): answers}
    form = MappingForm(request.POST, header=uploaded.sheet.header)
    chosen = urlencode(form.chosen) if form.is_valid() and key not in ANOTHER_TABLE else ""
    return redirect(f"{reverse('history-map', args=[year, token])}?{chosen}")


@page(Can.IMPORT_HISTORY)
def problems_file(request: Request, *, year: int, token: UUID) -> StreamingHttpResponse:
    """Every problem and warning as a table to work through beside the file."""
    uploaded = _find_file(request, token)
    form = _mapping_form(request, uploaded.sheet)
    if not form.is_valid():
        raise Http404
    return exports.problems(_read(request, uploaded, form))


@act(Can.IMPORT_HISTORY)
def take(request: Request, *, year: int, token: UUID) -> HttpResponse:
    """Take the file in: every row, or none."""
    only_for(request, Can.IMPORT_HISTORY)
    uploaded = _find_file(request, token)
    form = MappingForm(request.POST, header=uploaded.sheet.header)
    found = _read(request, uploaded, form) if form.is_valid() else None
    if found is None or not found.is_ready:
        return _show(request, year, uploaded, form, found, status=422)
    taken = actions.import_history(
        found.rows, file_name=uploaded.name, by=request.user, at=request.moment, **form.rules
    )
    uploads.forget(token)
    messages.success(request, _taken_in(taken.rows))
    return redirect("history", year=year)


def _taken_in(rows: int) -> str:
    done = ngettext("%(n)s row was taken into the history.", "%(n)s rows were taken into the history.", rows)
    return done % {"n": number(rows)}


def _find_file(request: Request, token: UUID) -> UploadedHistory:
    """The stored file, for the session that brought it and nobody else."""
    name = request.session.get(UPLOADED, {}).get(str(token))
    if name is None or not uploads.path_of(token).exists():
        raise Http404
    answers = request.session.get(ANSWERED, {}).get(str(token), {})
    try:
        return UploadedHistory(token, name, open_history(uploads.path_of(token), name, answers), answers)
    except SheetRefused:
        raise Http404 from None


def _mapping_form(request: Request, sheet: Table) -> MappingForm:
    if "year" in request.GET:
        return MappingForm(request.GET, header=sheet.header)
    suggested = {column: str(place) for column, place in suggest_mapping(sheet.header).items()}
    return MappingForm(header=sheet.header, initial=suggested)


def _read(request: Request, uploaded: UploadedHistory, form: MappingForm) -> HistoryReading:
    """What the file would bring; the brought table itself keeps its rows, to be shown beside what was understood."""
    return read_history(
        replace(uploaded.sheet, rows=list(uploaded.sheet.rows)),
        form.mapping,
        on=localdate(request.moment),
        answers=uploaded.answers,
        **form.rules,
    )


def _show(
    request: Request,
    year: int,
    uploaded: UploadedHistory,
    form: MappingForm,
    found: HistoryReading | None,
    *,
    status: int = 200,
) -> HttpResponse:
    chosen = (request.POST or request.GET).urlencode()
    context = {
        "year": year,
        "token": uploaded.token,
        "file_name": uploaded.name,
        "header": uploaded.sheet.header,
        "preview": uploaded.sheet.rows[:PREVIEWED],
        "rows_in_file": len(uploaded.sheet.rows),
        "form": form,
        "found": found,
        "problems": found.problems[:LISTED] if found else [],
        "warnings": found.warnings[:LISTED] if found else [],
        "more_url": f"{reverse('history-problems', args=[year, uploaded.token])}?{chosen}",
        **(_understood(request, uploaded, form, found) if found else {}),
    }
    return render(request, "planning/projects/history_map.html", context, status=status)


def _understood(
    request: Request, uploaded: UploadedHistory, form: MappingForm, found: HistoryReading
) -> dict[str, Any]:
    """Every value as typed and as understood, the first of one state or of all."""
    wanted, counts = one_of(request.GET, "show", STATES), counted(found)
    listed = values(found, uploaded.sheet, form.mapping, state=wanted, most=LISTED)
    tabs = [{"state": "", "label": _("All"), "count": sum(counts.values())}]
    tabs += [{"state": key, "label": label, "count": counts[key]} for key, label in RESULTS.items()]
    return {
        "state": wanted,
        "tabs": tabs,
        "values": [_in_words(value) for value in listed],
        "more_values": len(listed) < (counts[wanted] if wanted else sum(counts.values())),
        "chosen": urlencode(form.chosen),
        "chosen_columns": form.chosen,
    }


def _in_words(value: PreviewedValue) -> dict[str, Any]:
    """A value with its measure and its result in words."""
    return asdict(value) | {"label": LABELS[value.metric], "result": RESULTS[value.state]}
