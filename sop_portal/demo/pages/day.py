"""The day of the demonstration, moved forward by weeks so that deadlines come."""

from django.contrib import messages
from django.http import Http404, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from sop_portal.demo.actions import move_day
from sop_portal.demo.sign_in_help import WEEKS, is_demonstration
from sop_portal.foundation.kit.formats import day_of_year
from sop_portal.foundation.organisation.access import Request, is_anonymous, open_to_all, redirect_to_sign_in


@open_to_all
@require_POST
def move(request: Request) -> HttpResponseBase:
    """Let one of the offered spans pass, for everybody who is signed in; a real portal has no such page."""
    if not is_demonstration():
        raise Http404
    if is_anonymous(request):
        return redirect_to_sign_in(request, request.path)
    weeks = request.POST.get("weeks", "")
    if weeks not in {str(offered) for offered in WEEKS}:
        raise Http404
    day = move_day(int(weeks), by=request.user, at=request.moment)
    messages.success(
        request,
        _("It is now %(day)s in the demonstration. Everybody who was due a reminder got one.")
        % {"day": day_of_year(day)},
    )
    return redirect("my-work")
