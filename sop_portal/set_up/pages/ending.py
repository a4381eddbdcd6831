"""Ending a role or somebody's access: first what nobody could then do, then when it ends and who follows."""

from collections.abc import Collection
from datetime import date

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import translation
from django.utils.translation import gettext as _

from sop_portal.dashboards.checks.readiness import gaps_without
from sop_portal.foundation.kit.refusals import NotReady
from sop_portal.foundation.notices.actions import LANGUAGES
from sop_portal.foundation.organisation.access import Request, act, either, page
from sop_portal.foundation.organisation.models import Membership, User
from sop_portal.foundation.organisation.roles import Can
from sop_portal.people import actions
from sop_portal.set_up.forms import EndingForm


@page(Can.KEEP_PEOPLE)
def ask_role(request: Request, pk: int) -> HttpResponse:
    """What follows if this role ends."""
    found = get_object_or_404(Membership.objects.select_related("person", "department"), pk=pk)
    return show(request, found.person, EndingForm(person=found.person), [found], 200)


@act(Can.KEEP_PEOPLE)
def end_role(request: Request, pk: int) -> HttpResponse:
    """End the role."""
    found = get_object_or_404(Membership.objects.select_related("person", "department"), pk=pk)
    return carry_out(request, found.person, [found], is_access=False)


@page(Can.KEEP_PEOPLE)
def ask_access(request: Request, pk: int) -> HttpResponse:
    """What follows if somebody may no longer log in."""
    person = get_object_or_404(User, pk=pk, is_active=True)
    form = EndingForm(person=person, is_access=True)
    return show(request, person, form, held_by(request, person), 200)


@act(Can.KEEP_PEOPLE)
def end_access(request: Request, pk: int) -> HttpResponse:
    """End the access, and the roles with it."""
    person = get_object_or_404(User, pk=pk, is_active=True)
    return carry_out(request, person, held_by(request, person), is_access=True)


def held_by(request: Request, person: User) -> list[Membership]:
    """The roles somebody holds or will hold."""
    found = Membership.objects.on_or_after(request.today).filter(person=person)
    return list(found.select_related("department", "person").order_by("pk"))


def carry_out(request: Request, person: User, roles: list[Membership], *, is_access: bool) -> HttpResponse:
    """End what is to end; what nobody can then decide is told to every administrator."""
    actions.require_administrator(request.user, request.moment)
    form = EndingForm(request.POST, person=person, is_access=is_access)
    if not form.is_valid():
        return show(request, person, form, roles, 422)
    gaps = {language: gaps_in(language, roles, request.today) for language in LANGUAGES}
    wanted = actions.Ending(roles, form.cleaned_data["successor"], gaps, is_access, form.is_at_once())
    try:
        actions.end_rights(person, wanted, by=request.user, at=request.moment)
    except NotReady as refusal:
        form.add_error(None, str(refusal))
        return show(request, person, form, roles, 422)
    messages.success(
        request, _("Ended. It acts with the next request.") if wanted.is_at_once else _("It ends with today.")
    )
    return redirect("person", person.pk)


def gaps_in(language: str, roles: Collection[Membership], on: date) -> list[str]:
    """What nobody could do or decide without these roles, in a language."""
    with translation.override(language):
        return gaps_without([role.pk for role in roles], on)


def show(request: Request, person: User, form: EndingForm, roles: Collection[Membership], status: int) -> HttpResponse:
    """The page: what nobody could then decide first."""
    gaps = gaps_without([role.pk for role in roles], request.today)
    context = {"form": form, "person": person, "roles": roles, "gaps": gaps, "is_access": form.is_access}
    return render(request, "set_up/ending.html", context, status=status)


role_ending, access_ending = either(ask_role, end_role), either(ask_access, end_access)
