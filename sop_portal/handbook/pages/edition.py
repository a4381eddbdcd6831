"""Writing a new version of the handbook."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import ngettext

from sop_portal.foundation.organisation.access import Request, act, either, page
from sop_portal.foundation.organisation.roles import Can
from sop_portal.handbook import actions, queries
from sop_portal.handbook.forms import EditionForm
from sop_portal.handbook.models import Guide


@page(Can.KEEP_HANDBOOK)
def ask_edition(request: Request) -> HttpResponse:
    """All guides in both languages, to be changed."""
    edition = queries.edition_in_force()
    initial: dict[str, str | int] = {"seen": edition.number if edition else 0}
    for guide in Guide.objects.filter(edition=edition):
        initial |= {f"{guide.page}-en": guide.text_en, f"{guide.page}-zh": guide.text_zh}
    form = EditionForm(initial=initial, titles=queries.page_titles())
    return render(request, "handbook/edit.html", {"form": form})


@act(Can.KEEP_HANDBOOK)
def publish_edition(request: Request) -> HttpResponse:
    """Publish a new version."""
    form = EditionForm(request.POST, titles=queries.page_titles())
    if not form.is_valid():
        return render(request, "handbook/edit.html", {"form": form}, status=422)
    note, seen = form.cleaned_data["note"], form.cleaned_data["seen"]
    edition = actions.publish_edition(form.texts(), note=note, seen=seen, by=request.user, at=request.moment)
    informed = queries.number_informed(edition)
    sentence = ngettext(
        "Version %(number)s is in force; %(count)s person was told.",
        "Version %(number)s is in force; %(count)s people were told.",
        informed,
    )
    messages.success(request, sentence % {"number": edition.number, "count": informed})
    return redirect("handbook")


edition = either(ask_edition, publish_edition)
