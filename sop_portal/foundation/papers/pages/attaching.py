"""Attaching papers to a record, replacing one, taking one back."""

from contextlib import suppress
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sop_portal.foundation.kit.refusals import NotReady, Refusal
from sop_portal.foundation.organisation.access import Request, act, either, page
from sop_portal.foundation.organisation.roles import Can
from sop_portal.foundation.papers import actions
from sop_portal.foundation.papers.actions import NewPaper
from sop_portal.foundation.papers.actions.attaching import may_attach, refuse_take_back
from sop_portal.foundation.papers.bringing import attach_brought, brought_by, shown_by
from sop_portal.foundation.papers.forms import PaperForm
from sop_portal.foundation.papers.places import WITHOUT_PAPERS
from sop_portal.foundation.papers.queries import find_paper, record_of
from sop_portal.foundation.papers.wording import size_in_words
from sop_portal.foundation.trail.kinds import KINDS
from sop_portal.foundation.workflow.models import Record


def find_record(request: Request, kind: str, pk: int) -> Any:
    """A record of any kind that this person sees."""
    if kind not in KINDS or kind in WITHOUT_PAPERS:
        raise Http404
    return get_object_or_404(KINDS[kind].model.objects.visible_to(request.actor), pk=pk)


@act(Can.COMMENT)
def take_papers(request: Request, kind: str, pk: int) -> HttpResponseBase:
    """Attach what was chosen to a record; what is not taken is said beside what waits."""
    record, form = find_record(request, kind, pk), PaperForm(request.POST)
    if not form.is_valid() or not is_complete(request):
        return _show_attach(request, kind, pk, 422)
    count = attach_brought(request, record, **form.cleaned_data)
    said = ngettext("%(count)s paper is attached.", "%(count)s papers are attached.", count)
    messages.success(request, said % {"count": count})
    return redirect(f"{way_back(request, record)}#papers")


def attach(request: Request, kind: str, pk: int) -> HttpResponseBase:
    """Attach what was chosen to a record; a refusal is said beside the files, once all of the act is undone."""
    try:
        return _as_part(request, take_papers(request, kind, pk))
    except Refusal as refusal:
        brought_by(request).problems.append(refusal)
        # Whoever does not find the record reads the refusal alone.
        with suppress(Http404):
            return _as_part(request, _show_attach(request, kind, pk, refusal.status))
        raise


def _as_part(request: Request, answer: HttpResponseBase) -> HttpResponseBase:
    """A part of the page is taken over only with 200; by then it is settled that a refused form was not carried out."""
    if "HX-Request" in request.headers and answer.status_code >= HTTPStatus.BAD_REQUEST:
        answer.status_code = HTTPStatus.OK
    return answer


attach.access = take_papers.access  # type: ignore[attr-defined]


def _show_attach(request: Request, kind: str, pk: int, status: int) -> HttpResponse:
    form = PaperForm(request.POST)
    context = {"paper_record": find_record(request, kind, pk), "form": form}
    return render(request, "papers/attach.html", context, status=status)


def is_complete(request: Request) -> bool:
    """Whether there are files, and all of them were taken."""
    brought = brought_by(request)
    if not brought.waiting and not brought.problems:
        brought.problems.append(NotReady(_("Choose a file first."), [], _("Nothing was attached.")))
    return not brought.problems


def way_back(request: Request, record: Record) -> str:
    """The page the form stood on, if it is one of the portal; else that of the record."""
    back = request.POST.get("back", "")
    is_ours = url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure())
    return back if is_ours and back.startswith("/") else str(record.get_absolute_url())


@act(Can.COMMENT)
def bring_paper(request: Request) -> HttpResponse:
    """Take files in for a form that is still typed; the script puts what is answered into it."""
    brought = shown_by(request)
    taken = [
        {"token": str(one.token), "name": one.name, "size": size_in_words(one.file.size)} for one in brought.waiting
    ]
    refused = [str(refusal) for refusal in brought.problems]
    return JsonResponse({"taken": taken, "refused": refused})


@page()
def ask_replace(request: Request, pk: int) -> HttpResponse:
    """Ask for the newer version."""
    found = find_paper(request.actor, pk)
    may_attach(found.kind, record_of(found), request.user, request.moment)
    form = PaperForm(initial={"description": found.description})
    return _show_replace(request, pk, form)


@act(Can.COMMENT)
def take_replace(request: Request, pk: int) -> HttpResponse:
    """Put the newer version in its place."""
    found, form, brought = find_paper(request.actor, pk), PaperForm(request.POST), brought_by(request)
    if not form.is_valid() or not is_complete(request):
        return _show_replace(request, pk, form, 422)
    if len(brought.waiting) > 1:
        brought.problems.append(NotReady(_("One paper is replaced by one file."), [], _("Leave the others out.")))
        return _show_replace(request, pk, form, 422)
    new = NewPaper(brought.waiting[0], form.cleaned_data["description"])
    newer = actions.replace(found, new, by=request.user, at=request.moment)
    messages.success(request, _("The newer version is attached; the old one stays behind it."))
    return redirect(newer)


def send_replace(request: Request, pk: int) -> HttpResponseBase:
    """Put the newer version in its place; a refusal is said beside what was chosen and typed."""
    try:
        return take_replace(request, pk)
    except Refusal as refusal:
        brought_by(request).problems.append(refusal)
        try:
            return _show_replace(request, pk, PaperForm(request.POST), refusal.status)
        except Http404:
            raise refusal from None


send_replace.access = take_replace.access  # type: ignore[attr-defined]


def _show_replace(request: Request, pk: int, form: PaperForm, status: int = 200) -> HttpResponse:
    found = find_paper(request.actor, pk)
    context = {"paper": found, "paper_record": record_of(found), "form": form}
    return render(request, "papers/replace.html", context, status=status)


@page()
def ask_take_back(request: Request, pk: int) -> HttpResponse:
    """Ask whether the paper is to be taken back."""
    found = find_paper(request.actor, pk)
    refuse_take_back(found, by=request.user, at=request.moment)
    return render(request, "papers/take_back.html", {"paper": found, "paper_record": record_of(found)})


@act(Can.COMMENT)
def take_take_back(request: Request, pk: int) -> HttpResponse:
    """Take it back."""
    found = find_paper(request.actor, pk)
    actions.take_back(found, by=request.user, at=request.moment)
    messages.success(request, _("The paper is taken back; its name stays in the history."))
    return redirect(record_of(found).get_absolute_url())  # type: ignore[attr-defined]


replace = either(ask_replace, send_replace)
take_back = either(ask_take_back, take_take_back)
