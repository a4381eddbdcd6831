"""The page of the organisation itself."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from sop_portal.foundation.organisation.access import Request, act, either, page
from sop_portal.foundation.organisation.models import Organisation
from sop_portal.foundation.organisation.roles import Can
from sop_portal.people import actions
from sop_portal.set_up.forms import OrganisationForm


@page(Can.KEEP_PEOPLE)
def ask(request: Request) -> HttpResponse:
    """What the organisation is called, and how it counts."""
    return show(request, OrganisationForm(organisation=Organisation.current()), 200)


@act(Can.KEEP_PEOPLE)
def take(request: Request) -> HttpResponse:
    """Save it and go back to the steps."""
    actions.require_administrator(request.user, request.moment)
    form = OrganisationForm(request.POST, organisation=Organisation.current())
    if not form.is_valid():
        return show(request, form, 422)
    actions.set_organisation(form.terms(), by=request.user, at=request.moment, seen=form.shown)
    messages.success(request, _("Saved."))
    return redirect("set-up")


def show(request: Request, form: OrganisationForm, status: int) -> HttpResponse:
    """The page with its form."""
    return render(request, "set_up/organisation.html", {"form": form}, status=status)


organisation = either(ask, take)
