"""Outgoing mail, for the administrator: how many wait, since when, what failed, and sending one again."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from sop_portal.foundation.notices import actions
from sop_portal.foundation.notices.lease import is_held
from sop_portal.foundation.notices.models import Mail
from sop_portal.foundation.organisation.access import Request, act, page
from sop_portal.foundation.organisation.roles import Can

MOST_SHOWN = 100


@page(Can.KEEP_MAIL)
def mails(request: Request) -> HttpResponse:
    """The queue: how many wait, since when, what failed."""
    waiting = Mail.objects.filter(state=Mail.State.PENDING).select_related("person")
    failed = Mail.objects.filter(state__in=[Mail.State.FAILED, Mail.State.UNKNOWN]).select_related("person")
    context = {
        "counts": [(state.label, Mail.objects.filter(state=state).count()) for state in Mail.State],
        "is_held": is_held(),
        # A daily mail or one that came at night waits for its hour: that is no delay.
        "oldest": waiting.filter(next_try_at__lte=request.moment).order_by("next_try_at").first(),
        "tried": waiting.exclude(problem="").order_by("next_try_at")[:MOST_SHOWN],
        "failed": failed.order_by("-pk")[:MOST_SHOWN],
    }
    return render(request, "notices/mails.html", context)


@act(Can.KEEP_MAIL)
def send_again(request: Request, pk: int) -> HttpResponse:
    """Put a failed mail back in the queue."""
    if actions.send_again(get_object_or_404(Mail, pk=pk), by=request.user, at=request.moment):
        messages.success(request, _("The mail waits to be sent again."))
    else:
        messages.info(request, _("Nothing to do: that mail waits already, or has been sent."))
    return redirect("mails")
