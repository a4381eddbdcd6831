"""One's own security log, and saying that something in it was somebody else."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from sop_portal.foundation.organisation.access import Request, act, page
from sop_portal.sign_in import actions
from sop_portal.sign_in.account import joined, log_of

MOST_SHOWN = 300


@page(None)
def security_log(request: Request) -> HttpResponse:
    """What happened around one's signing in."""
    rows = joined(log_of(request.user)[:MOST_SHOWN])
    return render(request, "sign_in/security_log.html", {"rows": rows})


@act(None)
def not_me(request: Request) -> HttpResponse:
    """It was somebody else: they are signed out, the administrators are told, and a new password is next."""
    actions.report_stranger(
        request.user, request.session.session_key or "", at=request.moment, origin=actions.origin_of(request)
    )
    messages.warning(
        request, _("All other sessions have ended, and the administrators were told. Change your password.")
    )
    return redirect("account_change_password")
