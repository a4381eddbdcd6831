"""For the administrator: how much space papers take, of what, and what waits."""

from typing import Any

from django.conf import settings
from django.db.models import Count, Sum
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from sop_portal.foundation.kit.components import Tile
from sop_portal.foundation.kit.formats import number, percent
from sop_portal.foundation.organisation.access import Request, page
from sop_portal.foundation.organisation.models import Department
from sop_portal.foundation.organisation.roles import Can
from sop_portal.foundation.papers.models import Paper, Papers, PaperSpace, PaperType, StoredFile, WaitingPaper
from sop_portal.foundation.papers.wording import size_in_words
from sop_portal.foundation.trail.wording import kind_called

MOST_SHOWN = 20


@page(Can.RUN_CYCLE)
def papers(request: Request) -> HttpResponse:
    """The space papers take, by kind of record, kind of file and department, and the largest of them."""
    used = PaperSpace.objects.values_list("used", flat=True).first() or 0
    there = Paper.objects.there()
    names = dict(Department.objects.values_list("pk", "name"))
    context = {
        "tiles": tiles(used),
        "used": size_in_words(used),
        "by_record": [(kind_called(kind), *rest) for kind, *rest in sums(there, "kind")],
        "by_type": [(PaperType(kind).label, *rest) for kind, *rest in sums(there, "file__type")],
        "by_department": [(names.get(key, ""), *rest) for key, *rest in sums(there, "department_id")],
        "largest": there.select_related("file", "by").defer("file__small").order_by("-file__size", "pk")[:MOST_SHOWN],
    }
    return render(request, "papers/overview.html", context)


def tiles(used: int) -> list[Tile]:
    """How much of the space is used, by how many files, and how many wait for a form."""
    space, share = settings.PAPERS_SPACE, _("%(share)s of %(size)s")
    whole = size_in_words(space)
    return [
        Tile(_("Used"), size_in_words(used), note=share % {"share": percent(100 * used / space), "size": whole}),
        Tile(_("Papers"), number(Paper.objects.there().count())),
        Tile(_("Files, each kept once"), number(StoredFile.objects.count())),
        Tile(_("Waiting for a form"), number(WaitingPaper.objects.count())),
    ]


def sums(there: Papers, by: str) -> list[tuple[Any, int, int]]:
    """Papers and bytes by something, the largest first; what is attached twice counts twice."""
    rows = there.values(by).annotate(count=Count("pk"), size=Sum("file__size")).order_by("-size", by)
    return [(row[by], row["count"], row["size"]) for row in rows]
