"""Inviting everybody: a test mail to oneself first, then one button for all who wait."""

from dataclasses import dataclass

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sop_portal.foundation.kit.sentences import StrOrPromise
from sop_portal.foundation.notices.models import Mail
from sop_portal.foundation.organisation.access import Request, act, page
from sop_portal.foundation.organisation.roles import Can
from sop_portal.people import actions
from sop_portal.set_up.steps import waiting_for_invitation

LISTED = 200


@dataclass(frozen=True)
class TriedMail:
    """How the last test mail fared."""

    mail: Mail
    tone: str
    sentence: StrOrPromise

    @property
    def has_left(self) -> bool:
        """Whether a mail server took it that delivers."""
        return self.mail.state == Mail.State.SENT and not settings.MAIL_REACHES_NOBODY


@page(Can.KEEP_PEOPLE)
def invitations(request: Request) -> HttpResponse:
    """The test mail, and who is not invited yet."""
    waiting = waiting_for_invitation()
    context = {
        "test": fate_of(actions.last_test_mail()),
        "people": waiting.prefetch_related("memberships__department").order_by("name")[:LISTED],
        "count": waiting.count(),
        "goes_nowhere": settings.MAIL_REACHES_NOBODY,
        "sender": settings.DEFAULT_FROM_EMAIL,
    }
    return render(request, "set_up/invitations.html", context)


def fate_of(mail: Mail | None) -> TriedMail | None:
    """How it fared, in a sentence."""
    if mail is None:
        return None
    if settings.MAIL_REACHES_NOBODY and mail.state == Mail.State.SENT:
        return TriedMail(mail, "back", _("The server printed, kept or dropped it: it reached nobody."))
    words = {
        Mail.State.SENT: ("ok", _("The mail server accepted it. Check whether it arrived.")),
        Mail.State.FAILED: ("no", _("It could not be sent.")),
        Mail.State.UNKNOWN: ("back", _("Nobody knows whether it was sent.")),
        Mail.State.WITHDRAWN: ("shut", _("It was no longer needed.")),
    }
    waits = ("sent", _("It waits for the worker. Open this page again in a minute."))
    tone, sentence = words.get(Mail.State(mail.state), waits)
    return TriedMail(mail, tone, sentence)


@act(Can.KEEP_PEOPLE)
def try_mail(request: Request) -> HttpResponse:
    """Send oneself a mail."""
    actions.send_test_mail(by=request.user, at=request.moment)
    messages.success(request, _("A test mail to you is on its way."))
    return redirect("invitations")


@act(Can.KEEP_PEOPLE)
def invite_all(request: Request) -> HttpResponse:
    """Invite everybody who waits for it."""
    waiting, knowing = list(waiting_for_invitation()), request.POST.get("knowing") == "yes"
    invited = actions.invite(waiting, by=request.user, at=request.moment, knowing=knowing)
    sentence = ngettext("%(count)s person is invited.", "%(count)s people are invited.", len(invited))
    messages.success(request, sentence % {"count": len(invited)})
    return redirect("set-up")
