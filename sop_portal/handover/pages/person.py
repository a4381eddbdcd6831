"""Handing over everything of a person who leaves."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from sop_portal.foundation.kit.refusals import NotReady
from sop_portal.foundation.organisation.access import Request, act, either, page
from sop_portal.foundation.organisation.models import User
from sop_portal.foundation.organisation.roles import Can
from sop_portal.handover import actions
from sop_portal.handover.forms import HandOverForm
from sop_portal.handover.queries import responsibilities_of


@page(Can.KEEP_PEOPLE)
def ask_hand_over(request: Request, pk: int) -> HttpResponse:
    """What a person is responsible for, and who takes it over."""
    person = get_object_or_404(User, pk=pk)
    form = HandOverForm(leaving=person, today=request.today)
    return _person_page(request, person, form)


@act(Can.KEEP_PEOPLE)
def take_hand_over(request: Request, pk: int) -> HttpResponse:
    """Hand everything over."""
    person = get_object_or_404(User, pk=pk)
    form = HandOverForm(request.POST, leaving=person, today=request.today)
    if not form.is_valid():
        return _person_page(request, person, form, 422)
    try:
        actions.hand_over(person, by=request.user, at=request.moment, **form.cleaned_data)
    except NotReady as refusal:
        form.add_error(None, str(refusal))
        return _person_page(request, person, form, 422)
    messages.success(request, _("Handed over. The successor was told."))
    return redirect("person", pk)


def _person_page(request: Request, person: User, form: HandOverForm, status: int = 200) -> HttpResponse:
    context = {"person": person, "form": form, "held": responsibilities_of(person, request.today)}
    return render(request, "handover/person.html", context, status=status)


hand_over = either(ask_hand_over, take_hand_over)
