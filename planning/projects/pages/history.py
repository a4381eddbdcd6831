"""The history of earlier years: what was brought in so far, bringing a file, taking an import back."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from planning.cycles.queries import cycle_of
from planning.cycles.workflow import only_for
from planning.projects import actions, exports
from planning.projects.forms import LABELS, HistoryUpload
from planning.projects.imports import uploads
from planning.projects.models import HistoryImport
from sop_portal.foundation.organisation.access import Request, act, page
from sop_portal.foundation.organisation.roles import Can

# In the session: the names of the files somebody brought, by token.
UPLOADED = "history_files"
# And what was answered about each of them.
ANSWERED = "history_answers"
MOST_FILES = 5
LISTED = 200


@page(Can.IMPORT_HISTORY)
def imports(request: Request, *, year: int) -> HttpResponse:
    """What was brought in so far, and the way to bring more."""
    return _show(request, year, HistoryUpload())


@page(Can.IMPORT_HISTORY)
def template(request: Request, *, year: int) -> HttpResponse:
    """An empty workbook with the columns the portal knows by name."""
    return exports.history_template()


@act(Can.IMPORT_HISTORY)
def upload(request: Request, *, year: int) -> HttpResponse:
    """Store a file for the next step; nothing is taken in yet."""
    only_for(request, Can.IMPORT_HISTORY)
    form = HistoryUpload(request.POST, request.FILES)
    if not form.is_valid():
        return _show(request, year, form, status=422)
    uploads.forget_old(request.moment)
    file = form.cleaned_data["file"]
    token = uploads.store(file.chunks())
    earlier = dict(list(request.session.get(UPLOADED, {}).items())[1 - MOST_FILES :])
    request.session[UPLOADED] = {**earlier, str(token): file.name[:200]}
    answered = request.session.get(ANSWERED, {})
    request.session[ANSWERED] = {key: answers for key, answers in answered.items() if key in earlier}
    return redirect("history-map", year=year, token=token)


@act(Can.IMPORT_HISTORY)
def undo(request: Request, *, year: int, pk: int) -> HttpResponse:
    """Take an import back."""
    taken = get_object_or_404(HistoryImport.objects.visible_to(request.actor), pk=pk)
    actions.undo_import(taken, by=request.user, at=request.moment)
    messages.success(request, _("The import was undone; its rows are gone."))
    return redirect("history", year=year)


def _show(request: Request, year: int, form: HistoryUpload, *, status: int = 200) -> HttpResponse:
    cycle = cycle_of(request, year)
    found = HistoryImport.objects.visible_to(request.actor).select_related("by", "undone_by")[:LISTED]
    context = {"cycle": cycle, "form": form, "imports": found, "columns": LABELS.values()}
    return render(request, "planning/projects/history.html", context, status=status)
