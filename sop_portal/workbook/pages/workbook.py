"""The workbook: its template, bringing one, and what was brought in so far."""

from io import BytesIO

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from planning.projects.exports import XLSX
from planning.projects.imports import uploads
from sop_portal.foundation.organisation.access import Request, act, page
from sop_portal.workbook import actions
from sop_portal.workbook.forms import WorkbookUpload
from sop_portal.workbook.pages.files import BroughtBook, only_bringers, waiting_books
from sop_portal.workbook.queries import brought_by, sheets_for
from sop_portal.workbook.sheets import sheet_of
from sop_portal.workbook.writing.book import write_template

LISTED = 200


@page(None)
def workbook(request: Request) -> HttpResponse:
    """The way to the template, to bringing a file, and what was brought in so far."""
    only_bringers(request)
    return _show(request, WorkbookUpload())


@page(None)
def template(request: Request) -> HttpResponse:
    """An empty workbook with the sheets this person may bring."""
    only_bringers(request)
    stream = BytesIO()
    write_template(stream, sheets_for(request.actor))
    return as_file(stream, "sop-portal")


def as_file(stream: BytesIO, name: str) -> HttpResponse:
    """A workbook to save."""
    response = HttpResponse(stream.getvalue(), content_type=XLSX)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.xlsx"'
    return response


@act(None)
def upload(request: Request) -> HttpResponse:
    """Store a file for the next step; nothing is brought in yet."""
    only_bringers(request)
    form = WorkbookUpload(request.POST, request.FILES)
    if not form.is_valid():
        return _show(request, form, status=422)
    uploads.forget_old(request.moment)
    file = form.cleaned_data["file"]
    book = BroughtBook(uploads.store(file.chunks()), file.name[:200])
    book.tried(request).remember(request)
    return redirect("workbook-reading", token=book.token)


@act(None)
def undo(request: Request, *, pk: int) -> HttpResponse:
    """Take a sheet back."""
    only_bringers(request)
    brought = get_object_or_404(brought_by(request.actor), pk=pk)
    actions.take_back(brought, by=request.user, at=request.moment)
    messages.success(request, _("The sheet was taken back: what it brought is gone, what it changed is as it was."))
    return redirect("workbook")


def _show(request: Request, form: WorkbookUpload, *, status: int = 200) -> HttpResponse:
    brought = [(one, sheet_of(one.sheet).title) for one in brought_by(request.actor)[:LISTED]]
    context = {
        "form": form,
        "waiting": waiting_books(request),
        "brought": brought,
        "sheets": sheets_for(request.actor),
    }
    return render(request, "workbook/workbook.html", context, status=status)
