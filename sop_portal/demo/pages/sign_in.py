"""Signing in as one of the demonstration's people with one button."""

from django.conf import settings
from django.contrib.auth import authenticate, login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from sop_portal.demo.cast import LOGINS, PASSWORD
from sop_portal.demo.sign_in_help import is_demonstration
from sop_portal.foundation.organisation.access import open_to_all


@open_to_all
@require_POST
def sign_in(request: HttpRequest) -> HttpResponse:
    """Sign in with the published password; where it was changed, or this is no demonstration, there is no such page."""
    email = request.POST.get("email", "")
    if not is_demonstration() or email not in {person.email for person in LOGINS}:
        raise Http404
    person = authenticate(request, email=email, password=PASSWORD)
    if person is None:
        raise Http404
    login(request, person)
    return redirect(settings.LOGIN_REDIRECT_URL)
