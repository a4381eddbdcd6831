"""A file on its way in: what is asked, every value as typed and as understood, what is not read; then bring it in."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sop_portal.foundation.kit.components import Missing, NextBox, Tile
from sop_portal.foundation.kit.filters import one_of, refuse_unknown
from sop_portal.foundation.kit.formats import number
from sop_portal.foundation.kit.sheets import csv_lines
from sop_portal.foundation.organisation.access import Request, act, page
from sop_portal.workbook import actions
from sop_portal.workbook.file_reading import FileReading
from sop_portal.workbook.forms import ColumnsForm
from sop_portal.workbook.pages.files import BroughtBook, find_book, forget_book
from sop_portal.workbook.pages.understood import LABELS, part_of, sheet_asked
from sop_portal.workbook.sheet import CHANGED, NEW, STATES
from sop_portal.workbook.sheets import sheet_of


@page(None)
def reading(request: Request, *, token: UUID) -> HttpResponse:
    """What the portal understands of a file; nothing is written."""
    book = find_book(request, token)
    found = book.read(request)
    book.add_refused(found)
    return _show(request, book, found)


@act(None)
def answer(request: Request, *, token: UUID) -> HttpResponse:
    """Remember an answer with the file, or forget it."""
    book = find_book(request, token)
    key, given = request.POST.get("question", "")[:200], request.POST.get("answer", "")[:200]
    answers = {name: value for name, value in book.answers.items() if name != key}
    if given:
        answers[key] = given
    book.with_answers(request, answers).remember(request)
    return redirect("workbook-reading", token=token)


@act(None)
def columns(request: Request, *, token: UUID, sheet: str) -> HttpResponse:
    """Remember which column of one table is what."""
    book = find_book(request, token)
    found = next((one for one in book.read(request).sheets if one.prefix == sheet), None)
    if found is None:
        raise Http404
    form = ColumnsForm(request.POST, reading=found)
    if form.is_valid():
        book.with_answers(request, {**book.answers, **form.answers()}).remember(request)
    return redirect("workbook-reading", token=token)


@act(None)
def leave_sheet(request: Request, *, token: UUID, sheet: str) -> HttpResponse:
    """Leave a sheet out, or take it in after all."""
    book = find_book(request, token)
    left = tuple(key for key in book.left if key != sheet)
    replace(book, left=left if sheet in book.left else (*left, sheet)).tried(request).remember(request)
    return redirect("workbook-reading", token=token)


@act(None)
def discard(request: Request, *, token: UUID) -> HttpResponse:
    """Forget the file."""
    find_book(request, token)
    forget_book(request, token)
    messages.success(request, _("The file was discarded; nothing was brought in."))
    return redirect("workbook")


@page(None)
def problems_file(request: Request, *, token: UUID) -> StreamingHttpResponse:
    """Every problem, and everything that is not read, as a table to work through beside the file."""
    found = find_book(request, token).read(request)
    listed = [(_("Problem"), one) for one in found.problems_as_json()]
    listed += [(_("Warning"), one) for one in found.warnings_as_json()]
    rows = ((one["sheet"], one["cell"], kind, one["sentence"]) for kind, one in listed)
    lines = csv_lines([_("Sheet"), _("Cell"), _("Kind"), _("What it is")], rows)
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="problems.csv"'
    return response


@act(None)
def take(request: Request, *, token: UUID) -> HttpResponse:
    """Bring it in: all of it, or nothing."""
    book = find_book(request, token)
    found = book.read(request)
    if not found.is_ready:
        book.add_refused(found)
        return _show(request, book, found, status=422)
    try:
        brought = actions.bring(found, by=request.user, at=request.moment)
    except actions.NotTaken as refusal:
        for sheet, problem in refusal.refused:
            sheet.problems.append(problem)
        return _show(request, book, found, status=422)
    forget_book(request, token)
    done = ngettext("%(n)s sheet was brought in.", "%(n)s sheets were brought in.", len(brought))
    messages.success(request, done % {"n": len(brought)} if brought else _("Everything was there already."))
    return redirect("workbook")


def _show(request: Request, book: BroughtBook, found: FileReading, *, status: int = 200) -> HttpResponse:
    refuse_unknown(request.GET, "show", "sheet", "from", "rows")
    sheet_asked(request, found)
    counts = {state: sum(sheet.counts()[state] for sheet in found.sheets) for state in STATES}
    shown = one_of(request.GET, "show", STATES) or ""
    context: dict[str, Any] = {
        "token": book.token,
        "file_name": book.name,
        "found": found,
        "next": _next(found),
        "tiles": _tiles(found, counts),
        "tabs": [("", _("All"), sum(counts.values())), *((key, LABELS[key], counts[key]) for key in STATES)],
        "shown": shown,
        "parts": [part_of(request, sheet, shown) for sheet in found.sheets],
        "may_try_again": bool(book.refused),
        "left": [(key, sheet_of(key).title) for key in book.left],
        "changes": counts[NEW] + counts[CHANGED],
    }
    return render(request, "workbook/reading.html", context, status=status)


def _tiles(found: FileReading, counts: dict[str, int]) -> list[Tile]:
    """How much of what there is."""
    problems = len(found.problems_as_json())
    tiles = [Tile(LABELS[state], number(counts[state])) for state in STATES]
    return [*tiles, Tile(_("Problems"), number(problems))]


def _next(found: FileReading) -> NextBox:
    """The one thing to do about this file."""
    missing = [Missing(question.sentence, f"#question-{at}") for at, (_s, question) in enumerate(found.questions, 1)]
    for sheet in found.sheets:
        if sheet.problems:
            text = ngettext("%(sheet)s: %(n)s problem", "%(sheet)s: %(n)s problems", len(sheet.problems))
            words = {"sheet": sheet.called, "n": len(sheet.problems)}
            missing.append(Missing(text % words, f"#{sheet.prefix}"))
    missing += [Missing(problem.sentence) for problem in found.problems]
    if missing:
        title = _("Before this can be brought in")
        return NextBox(title, _("All of it comes in, or nothing."), "back", missing=missing)
    if not found.has_changes:
        return NextBox(_("Everything is there already"), _("Nothing of this file is new."), "done")
    return NextBox(_("Look through what was understood, then bring it in"), _("All of it comes in, or nothing."))
