"""One paper, looked at in place: pictures and painted pages, nothing that runs."""

from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse

from sop_portal.foundation.kit.filters import key_asked
from sop_portal.foundation.kit.paging import paginate_list
from sop_portal.foundation.organisation.access import Request, page
from sop_portal.foundation.papers.models import Paper, PaperType
from sop_portal.foundation.papers.queries import all_versions, decision_told, find_paper, record_of
from sop_portal.foundation.papers.shown import PICTURES
from sop_portal.foundation.trail.kinds import KINDS

# Each is painted when it is looked at, so a page of the portal shows a few of them.
PAGES_AT_ONCE = 5
VERSIONS_AT_ONCE = 20


@page()
def paper(request: Request, pk: int) -> HttpResponse:
    """The paper, who brought it, what was decided with it, and its other versions."""
    found = find_paper(request.actor, pk)
    record = record_of(found)
    newer = Paper.objects.there().filter(replaces=found).told_to(request.actor, [found.kind]).first()
    shown, before, after = shown_pages(found.file.pages if found.file else 0, request.GET)
    context = {
        "paper": found,
        "paper_record": record,
        "kind_label": KINDS[found.kind].label,
        "is_picture": found.file is not None and found.file.type in PICTURES,
        "is_pdf": found.file is not None and found.file.type == PaperType.PDF,
        "pages": [(number, reverse("paper-page", args=[pk, number])) for number in shown],
        "pages_before": before,
        "pages_after": after,
        "has_versions": found.file is not None and (found.replaces_id is not None or newer is not None),
        "decided": decision_told(found, request.actor),
        "newer": newer,
    }
    return render(request, "papers/paper.html", context)


@page()
def versions(request: Request, pk: int) -> HttpResponse:
    """Every version of a paper, the newest first, for whoever sees its record."""
    found = find_paper(request.actor, pk)
    keys = all_versions(found, request.actor)
    if not keys:
        raise Http404
    turned = paginate_list(keys, request.GET, VERSIONS_AT_ONCE)
    rows = Paper.objects.select_related("file", "by").defer("file__small").in_bulk(turned.rows)
    context = {
        "paper": found,
        "paper_record": record_of(found),
        "current": keys[0],
        "rows": [rows[key] for key in turned.rows],
        "turned": turned,
    }
    return render(request, "papers/versions.html", context)


def shown_pages(count: int, query: QueryDict) -> tuple[range, int, int]:
    """The pages of a PDF that ?from begins with, and where those before and after begin; 0 where there are none."""
    first = max(min(int(key_asked(query, "from") or 1), count), 1)
    behind = first + PAGES_AT_ONCE
    before = max(first - PAGES_AT_ONCE, 1) if first > 1 else 0
    return range(first, min(behind, count + 1)), before, behind if behind <= count else 0
