"""The inbox of notices: what I was told, and reading it."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from sop_portal.foundation.kit.filters import BESIDE, refuse_unknown
from sop_portal.foundation.kit.paging import paginate
from sop_portal.foundation.notices import actions
from sop_portal.foundation.notices.models import Notice
from sop_portal.foundation.organisation.access import Request, act, page

MOST_SHOWN, MOST_ARCHIVED = 100, 50


@page(None)
def notices(request: Request) -> HttpResponse:
    """What I was told, newest first; what was answered meanwhile has archived itself."""
    mine = Notice.objects.visible_to(request.actor).order_by("-at", "-pk")
    refuse_unknown(request.GET, *BESIDE)
    still_open, archived = mine.filter(settled_at=None), mine.exclude(settled_at=None)
    turned = paginate(still_open, request.GET, {"at": "at"}, "-at", MOST_SHOWN)
    context = {"notices": turned.rows, "turned": turned, "archived": archived[:MOST_ARCHIVED]}
    return render(request, "notices/notices.html", context)


@act(None)
def read_all(request: Request) -> HttpResponse:
    """Mark everything as read."""
    actions.mark_read(request.user, at=request.moment)
    return redirect("notices")


@act(None)
def follow(request: Request, pk: int) -> HttpResponse:
    """Open what a notice is about; it counts as read."""
    notice = get_object_or_404(Notice.objects.visible_to(request.actor), pk=pk)
    actions.mark_read(request.user, at=request.moment, ids=[notice.pk])
    return redirect(notice.link)
