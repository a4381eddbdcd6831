"""Writing a new version of the handbook, and putting in force what somebody else has written."""

from datetime import datetime

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sop_portal.foundation.kit.formats import listed
from sop_portal.foundation.organisation.access import Request, act, either, page
from sop_portal.foundation.organisation.roles import Can
from sop_portal.handbook import actions, queries
from sop_portal.handbook.forms import EditionForm
from sop_portal.handbook.models import Guide, WrittenEdition


@page(Can.KEEP_HANDBOOK)
def ask_edition(request: Request) -> HttpResponse:
    """All guides in both languages, to be changed."""
    edition = queries.edition_in_force()
    initial: dict[str, str | int] = {"seen": edition.number if edition else 0}
    for guide in Guide.objects.filter(edition=edition):
        initial |= {f"{guide.page}-en": guide.text_en, f"{guide.page}-zh": guide.text_zh}
    waiting = queries.written_edition()
    for name, (en, zh) in (waiting.texts if waiting else {}).items():
        initial |= {f"{name}-en": en, f"{name}-zh": zh}
    initial |= {"note": waiting.note} if waiting else {}
    initial["seen_draft"] = actions.written_when(waiting)
    form = EditionForm(initial=initial, titles=queries.page_titles())
    return render(request, "handbook/edit.html", {"form": form})


@act(Can.KEEP_HANDBOOK)
def write_edition(request: Request) -> HttpResponse:
    """Write the next version; it waits for somebody else."""
    form = EditionForm(request.POST, titles=queries.page_titles())
    if not form.is_valid():
        return render(request, "handbook/edit.html", {"form": form}, status=422)
    said = {name: form.cleaned_data[name] for name in ("note", "seen", "seen_draft")}
    actions.write_edition(form.texts(), by=request.user, at=request.moment, **said)
    messages.success(request, _("The version is written. Somebody else reads it and puts it in force."))
    return redirect("handbook-written")


edition = either(ask_edition, write_edition)


@page(Can.SEE_RECORDS)
def written(request: Request) -> HttpResponse:
    """The version that is not in force yet: what it changes in both languages, and who can put it in force."""
    found = _find(request)
    context = {
        "written": found,
        "revised": queries.revisions_to_come(found),
        "half_pages": listed(pages_in_one_language(found)),
        "people": queries.who_puts_in_force(found, request.today),
        "may_put": request.user in queries.who_puts_in_force(found, request.today),
        "may_drop": request.actor.may(Can.KEEP_HANDBOOK),
    }
    return render(request, "handbook/written.html", context)


def pages_in_one_language(found: WrittenEdition) -> list[str]:
    """The guides that change in one language only, so that the other will be marked as behind."""
    before, titles = queries.texts_of(queries.edition_in_force()), queries.page_titles()
    same = queries.is_same_text
    changed = {page: (before.get(page, ("", "")), pair) for page, pair in found.texts.items() if page in titles}
    return [titles[page] for page, (old, new) in changed.items() if same(old[0], new[0]) != same(old[1], new[1])]


def _find(request: Request) -> WrittenEdition:
    found = queries.written_edition()
    actor = request.actor
    if found is None or not (actor.may(Can.KEEP_HANDBOOK) or actor.may(Can.DECIDE_CHANGE)):
        raise Http404
    return found


def _seen(request: Request) -> datetime:
    """When the version had been written that was on the page; a page that does not say so has shown none."""
    return parse_datetime(request.POST.get("seen", "")[:40]) or request.moment


@act(Can.SEE_RECORDS)
def publish_edition(request: Request) -> HttpResponse:
    """Put the version in force that was on the page."""
    put = actions.publish_edition(_find(request), by=request.user, at=request.moment, seen=_seen(request))
    informed = queries.number_informed(put)
    sentence = ngettext(
        "Version %(number)s is in force; %(count)s person was told.",
        "Version %(number)s is in force; %(count)s people were told.",
        informed,
    )
    messages.success(request, sentence % {"number": put.number, "count": informed})
    return redirect("handbook")


@act(Can.KEEP_HANDBOOK)
def drop_written(request: Request) -> HttpResponse:
    """Give the version up."""
    actions.drop_written(_find(request), by=request.user, at=request.moment, seen=_seen(request))
    messages.success(request, _("The version was given up; the one in force stays."))
    return redirect("handbook")
