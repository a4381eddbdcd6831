"""The inbox of notices, and the outbox for the administrator."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from sop_portal.foundation.notices import actions, outbox
from sop_portal.foundation.notices.models import Mail, Notice
from sop_portal.foundation.organisation.access import Request, act, page
from sop_portal.foundation.organisation.roles import Can

MOST, MOST_ARCHIVED = 100, 50


@page(None)
def notices(request: Request) -> HttpResponse:
    """What I was told, newest first; what was answered meanwhile has archived itself."""
    mine = Notice.objects.visible_to(request.actor).order_by("-at", "-pk")
    still_open, archived = mine.filter(settled_at=None), mine.exclude(settled_at=None)
    context = {"notices": still_open[:MOST], "archived": archived[:MOST_ARCHIVED]}
    return render(request, "notices/notices.html", context)


@act(None)
def read_all(request: Request) -> HttpResponse:
    """Mark everything as read."""
    actions.read(request.user, at=request.moment)
    return redirect("notices")


@act(None)
def follow(request: Request, pk: int) -> HttpResponse:
    """Open what a notice is about; it counts as read."""
    notice = get_object_or_404(Notice.objects.visible_to(request.actor), pk=pk)
    actions.read(request.user, at=request.moment, ids=[notice.pk])
    return redirect(notice.link)


@page(Can.KEEP_MAIL)
def mails(request: Request) -> HttpResponse:
    """The queue: how many wait, since when, what failed."""
    waiting = Mail.objects.filter(state=Mail.State.PENDING).select_related("person")
    context = {
        "counts": [(state.label, Mail.objects.filter(state=state).count()) for state in Mail.State],
        # A daily mail or one that came at night waits for its hour: that is no delay.
        "oldest": waiting.filter(next_try_at__lte=request.moment).order_by("next_try_at").first(),
        "tried": waiting.exclude(problem="").order_by("next_try_at")[:MOST],
        "failed": Mail.objects.filter(state__in=["failed", "unknown"]).select_related("person").order_by("-pk")[:MOST],
    }
    return render(request, "notices/mails.html", context)


@act(Can.KEEP_MAIL)
def send_again(request: Request, pk: int) -> HttpResponse:
    """Put a failed mail back in the queue."""
    if outbox.send_again(get_object_or_404(Mail, pk=pk), by=request.user, at=request.moment):
        messages.success(request, _("The mail waits to be sent again."))
    else:
        messages.info(request, _("Nothing to do: that mail waits already, or has been sent."))
    return redirect("mails")
