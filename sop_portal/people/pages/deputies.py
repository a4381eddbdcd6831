"""A deputy named by the administrator for somebody who alone writes and decides."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from sop_portal.foundation.kit.refusals import NotReady, say_beside_field
from sop_portal.foundation.organisation.access import Request, act, either, page
from sop_portal.foundation.organisation.models import User
from sop_portal.foundation.organisation.roles import Can
from sop_portal.people import actions
from sop_portal.people.forms import DelegationForm


@page(Can.KEEP_PEOPLE)
def ask(request: Request, pk: int) -> HttpResponse:
    """Who acts for this person, in which role and until when."""
    giver = get_object_or_404(User, pk=pk)
    return show(request, giver, DelegationForm(giver=giver, today=request.today), 200)


@act(Can.KEEP_PEOPLE)
def take(request: Request, pk: int) -> HttpResponse:
    """Name the deputy."""
    actions.require_administrator(request.user, request.moment)
    giver = get_object_or_404(User, pk=pk)
    form = DelegationForm(request.POST, giver=giver, today=request.today)
    if not form.is_valid():
        return show(request, giver, form, 422)
    try:
        actions.delegate(giver=giver, by=request.user, at=request.moment, **form.values())
    except NotReady as refusal:
        say_beside_field(form, refusal)
        return show(request, giver, form, 422)
    messages.success(request, _("The deputy was told. The trail will show both names."))
    return redirect("person", pk=giver.pk)


def show(request: Request, giver: User, form: DelegationForm, status: int) -> HttpResponse:
    """The page with its form."""
    return render(
        request,
        "people/deputy.html",
        {"giver": giver, "form": form, "who_gives_roles": actions.who_gives_roles(request.today)},
        status=status,
    )


deputy = either(ask, take)
