"""Set-up pages for people, departments and roles, and everybody's own account page."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from sop_portal.foundation.kit.refusals import NotReady
from sop_portal.foundation.organisation.access import Request, act, page
from sop_portal.foundation.organisation.models import Delegation, Department, Membership, User
from sop_portal.foundation.organisation.roles import Can
from sop_portal.people import actions
from sop_portal.people.forms import (
    ChangePersonForm,
    DelegationForm,
    DepartmentForm,
    PersonForm,
    PreferencesForm,
    RoleForm,
)

# What a department that joins in the middle of a year owes; the stages know, this page only tells them.
Owes = Callable[..., Any]


def form_page(request: Request, form: Form, title: str, button: str, back: str, **more: Any) -> HttpResponse:
    """A page with one form; 422 when something is to be corrected."""
    context = {"form": form, "title": title, "button": button, "back": back, **more}
    return render(request, "people/form.html", context, status=422 if form.is_bound else 200)


@page(Can.KEEP_PEOPLE)
def people(request: Request) -> HttpResponse:
    """Everybody with their roles; those without one are marked."""
    rows = User.objects.prefetch_related("memberships__department").order_by("name")
    if request.GET.get("show") == "without":
        rows = rows.filter(memberships__isnull=True)
    return render(request, "people/people.html", {"people": rows[:500], "today": request.today})


@page(Can.KEEP_PEOPLE)
def person_new(request: Request) -> HttpResponse:
    """The form for a new person."""
    return form_page(request, PersonForm(), _("Add a person"), _("Add person"), "people")


@act(Can.KEEP_PEOPLE)
def person_add(request: Request) -> HttpResponse:
    """Add a person."""
    form = PersonForm(request.POST)
    if not form.is_valid():
        return form_page(request, form, _("Add a person"), _("Add person"), "people")
    person = actions.add_person(by=request.user, at=request.moment, **form.cleaned_data)
    messages.success(request, _("Added. A mail tells them how to set their password."))
    return redirect("person", person.pk)


@page(Can.KEEP_PEOPLE)
def person(request: Request, pk: int) -> HttpResponse:
    """One person: name, access, roles, deputies."""
    return person_page(request, get_object_or_404(User, pk=pk), 200)


def person_page(request: Request, found: User, status: int, **forms: Form) -> HttpResponse:
    """The page of one person with its two forms."""
    values = {"name": found.name, "language": found.language, "is_active": found.is_active}
    context = {
        "person": found,
        "today": request.today,
        "memberships": found.memberships.select_related("department").order_by("-from_on"),
        "change_form": forms.get("change_form") or ChangePersonForm(initial=values, prefix="person"),
        "role_form": forms.get("role_form") or RoleForm(initial={"from_on": request.today}, prefix="role"),
    }
    return render(request, "people/person.html", context, status=status)


@act(Can.KEEP_PEOPLE)
def person_change(request: Request, pk: int) -> HttpResponse:
    """Change a name, a language or access."""
    found = get_object_or_404(User, pk=pk)
    form = ChangePersonForm(request.POST, prefix="person")
    if not form.is_valid():
        return person_page(request, found, 422, change_form=form)
    actions.change_person(found, by=request.user, at=request.moment, **form.cleaned_data)
    messages.success(request, _("Saved."))
    return redirect("person", pk)


@act(Can.KEEP_PEOPLE)
def role_give(request: Request, pk: int) -> HttpResponse:
    """Give a role."""
    found = get_object_or_404(User, pk=pk)
    form = RoleForm(request.POST, prefix="role")
    if not form.is_valid():
        return person_page(request, found, 422, role_form=form)
    actions.give_role(found, by=request.user, at=request.moment, **form.cleaned_data)
    messages.success(request, _("The role is given and acts at once."))
    return redirect("person", pk)


@act(Can.KEEP_PEOPLE)
def role_end(request: Request, pk: int) -> HttpResponse:
    """End a role today."""
    membership = get_object_or_404(Membership, pk=pk)
    actions.end_role(membership, until_on=request.today, by=request.user, at=request.moment)
    messages.success(request, _("The role ends today."))
    return redirect("person", membership.person_id)


@page(Can.KEEP_PEOPLE)
def departments(request: Request, owes: Owes) -> HttpResponse:
    """All departments and who heads them."""
    heads = Membership.objects.on(request.today).filter(role="head").select_related("person")
    by_department: dict[int | None, list[str]] = {}
    for membership in heads:
        by_department.setdefault(membership.department_id, []).append(membership.person.name)
    rows = [(d, by_department.get(d.pk, [])) for d in Department.objects.select_related("merged_into")]
    return render(request, "people/departments.html", {"rows": rows})


@page(Can.KEEP_PEOPLE)
def department_new(request: Request, owes: Owes) -> HttpResponse:
    """The form for a new department."""
    return form_page(request, DepartmentForm(), _("Add a department"), _("Add department"), "departments")


@act(Can.KEEP_PEOPLE)
def department_add(request: Request, owes: Owes) -> HttpResponse:
    """Add a department."""
    form = DepartmentForm(request.POST)
    if not form.is_valid():
        return form_page(request, form, _("Add a department"), _("Add department"), "departments")
    added = actions.add_department(name=form.cleaned_data["name"], by=request.user, at=request.moment)
    owes(added, by=request.user, at=request.moment)
    messages.success(request, _("Added. Give it a department head next."))
    return redirect("departments")


@page(Can.KEEP_PEOPLE)
def department(request: Request, slug: str, owes: Owes) -> HttpResponse:
    """The form of a department."""
    found = get_object_or_404(Department, slug=slug)
    form = DepartmentForm(initial={"name": found.name, "is_active": found.is_active}, department=found)
    return form_page(
        request, form, _("Department"), _("Save"), "departments", act="department-change", where=found.slug
    )


@act(Can.KEEP_PEOPLE)
def department_change(request: Request, slug: str, owes: Owes) -> HttpResponse:
    """Rename a department, or let it no longer take part."""
    found = get_object_or_404(Department, slug=slug)
    form = DepartmentForm(request.POST, department=found)
    if not form.is_valid():
        where = {"act": "department-change", "where": slug}
        return form_page(request, form, _("Department"), _("Save"), "departments", **where)
    changed = actions.change_department(found, by=request.user, at=request.moment, **form.cleaned_data)
    owes(changed, by=request.user, at=request.moment)
    messages.success(request, _("Saved."))
    return redirect("departments")


@page(None)
def account(request: Request) -> HttpResponse:
    """My account: language, colours, password, deputies."""
    return account_page(request, 200)


def account_page(request: Request, status: int, **forms: Form) -> HttpResponse:
    """The account page with its two forms."""
    me = request.user
    mine = {"language": me.language, "theme": me.theme}
    context = {
        "preferences": forms.get("preferences") or PreferencesForm(initial=mine, prefix="mine"),
        "delegation": forms.get("delegation") or DelegationForm(giver=me, today=request.today, prefix="deputy"),
        "given": Delegation.objects.filter(giver=me, until_on__gte=request.today).select_related("deputy"),
        "held": Delegation.objects.filter(deputy=me, until_on__gte=request.today).select_related("giver"),
        "today": request.today,
        "memberships": Membership.objects.on(request.today).filter(person=me).select_related("department"),
    }
    return render(request, "people/account.html", context, status=status)


@act(None)
def preferences(request: Request) -> HttpResponse:
    """Save language and colours."""
    form = PreferencesForm(request.POST, prefix="mine")
    if not form.is_valid():
        return account_page(request, 422, preferences=form)
    actions.set_preferences(request.user, at=request.moment, **form.cleaned_data)
    response = redirect("account")
    response.set_cookie(settings.LANGUAGE_COOKIE_NAME, form.cleaned_data["language"], samesite="Lax")
    return response


@act(None)
def delegate(request: Request) -> HttpResponse:
    """Name a deputy for a time."""
    form = DelegationForm(request.POST, giver=request.user, today=request.today, prefix="deputy")
    if not form.is_valid():
        return account_page(request, 422, delegation=form)
    try:
        actions.delegate(giver=request.user, by=request.user, at=request.moment, **form.cleaned_data)
    except NotReady as refusal:
        form.add_error("from_on", str(refusal))
        return account_page(request, 422, delegation=form)
    messages.success(request, _("Your deputy was told. The trail will show both names."))
    return redirect("account")


@act(None)
def end_delegation(request: Request, pk: int) -> HttpResponse:
    """End a deputyship today, or cancel one that has not begun."""
    found = get_object_or_404(Delegation, pk=pk, giver=request.user)
    actions.end_delegation(found, on=request.today, by=request.user, at=request.moment)
    has_begun = found.from_on <= request.today
    messages.success(request, _("The deputyship ends today.") if has_begun else _("The deputyship is cancelled."))
    return redirect("account")
