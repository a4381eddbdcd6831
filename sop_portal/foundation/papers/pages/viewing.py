"""One paper, looked at in place: pictures and painted pages, nothing that runs."""

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from sop_portal.foundation.organisation.access import Request, page
from sop_portal.foundation.papers.models import Paper, PaperType
from sop_portal.foundation.papers.queries import decided_with, find_paper, is_current, record_of
from sop_portal.foundation.papers.shown import PICTURES
from sop_portal.foundation.trail.kinds import KINDS

MOST_PAGES = 40


@page()
def paper(request: Request, pk: int) -> HttpResponse:
    """The paper, who brought it, what was decided with it, and its other versions."""
    found = find_paper(request.actor, pk)
    record, pages = record_of(found), found.file.pages if found.file else 0
    context = {
        "paper": found,
        "paper_record": record,
        "kind_label": KINDS[found.kind].label,
        "is_picture": found.file is not None and found.file.type in PICTURES,
        "is_pdf": found.file is not None and found.file.type == PaperType.PDF,
        "page_urls": [reverse("paper-page", args=[pk, number]) for number in range(1, min(pages, MOST_PAGES) + 1)],
        "more_pages": max(pages - MOST_PAGES, 0),
        "is_current": is_current(found),
        "decided": decided_with(found),
        "newer": Paper.objects.there().filter(replaces=found).first(),
    }
    return render(request, "papers/paper.html", context)
