"""The organisation's logo: set and removed by the administrator, sent to whoever sees a page."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from sop_portal.foundation.kit.refusals import NotReady
from sop_portal.foundation.organisation.access import Request, act, open_to_all
from sop_portal.foundation.organisation.models import Organisation
from sop_portal.foundation.organisation.roles import Can
from sop_portal.foundation.papers.pages.files import POLICY
from sop_portal.people import actions

# Another picture has another address.
FOR_LONG = "public, max-age=31536000, immutable"


@act(Can.KEEP_PEOPLE)
def set_logo(request: Request) -> HttpResponseBase:
    """Take the picture that was chosen."""
    file = request.FILES.get("logo")
    if file is None:
        raise NotReady(_("Choose a picture first."), [], _("Nothing was changed."))
    actions.set_logo(file, by=request.user, at=request.moment, seen=request.POST.get("seen", ""))
    messages.success(request, _("The logo stands at the head of every page."))
    return redirect("organisation")


@act(Can.KEEP_PEOPLE)
def remove_logo(request: Request) -> HttpResponseBase:
    """Go back to the portal's own sign."""
    actions.remove_logo(by=request.user, at=request.moment, seen=request.POST.get("seen", ""))
    messages.success(request, _("The logo is removed."))
    return redirect("organisation")


@open_to_all
def logo(request: HttpRequest, mark: str) -> HttpResponse:
    """The picture; strangers see it at the door."""
    found = Organisation.objects.filter(logo_mark=mark).values_list("logo", flat=True).first() if mark else None
    if found is None:
        raise Http404
    response = HttpResponse(bytes(found), content_type="image/webp")
    response["Cache-Control"] = FOR_LONG
    response["Content-Security-Policy"] = POLICY
    response["X-Content-Type-Options"] = "nosniff"
    return response
