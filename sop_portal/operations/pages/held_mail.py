"""Mail held since the portal was brought back from a backup: what waits, and what is to become of it."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sop_portal.foundation.kit import formats
from sop_portal.foundation.organisation.access import Request, act, page
from sop_portal.foundation.organisation.roles import Can
from sop_portal.operations.actions import held_mail as actions

MOST_SHOWN = 100


@page(Can.KEEP_MAIL)
def held_mail(request: Request) -> HttpResponse:
    """Since when mail is held, which may have left before, and the two ways out."""
    since = actions.held_since()
    old = actions.may_have_left(since) if since else None
    context = {
        "since": since,
        "held": actions.held_mail().count() if since else 0,
        "old": old.count() if old is not None else 0,
        "mails": old.select_related("person").order_by("-pk")[:MOST_SHOWN] if old is not None else [],
    }
    return render(request, "operations/held_mail.html", context)


@act(Can.KEEP_MAIL)
def send_held(request: Request) -> HttpResponse:
    """Let everything leave that waits."""
    actions.release_mail(by=request.user, at=request.moment, withdraw=False)
    messages.success(request, _("All mail leaves now."))
    return redirect("mails")


@act(Can.KEEP_MAIL)
def withdraw_held(request: Request) -> HttpResponse:
    """Withdraw what may have left before, and let the rest leave."""
    count = actions.release_mail(by=request.user, at=request.moment, withdraw=True)
    sentence = ngettext("%(n)s mail does not leave.", "%(n)s mails do not leave.", count)
    messages.success(request, sentence % {"n": formats.number(count)})
    return redirect("mails")
