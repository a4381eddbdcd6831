"""Set-up pages for departments."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from evaluations.meetings.actions import seat_newcomer
from planning.forecasts.actions import owe_newcomer
from sop_portal.foundation.organisation.access import Request, act, page
from sop_portal.foundation.organisation.models import Department, Membership
from sop_portal.foundation.organisation.roles import Can
from sop_portal.people import actions
from sop_portal.people.forms import DepartmentForm
from sop_portal.people.pages.form import form_page


@page(Can.KEEP_PEOPLE)
def departments(request: Request) -> HttpResponse:
    """All departments and who heads them."""
    heads: dict[int | None, list[str]] = {}
    for membership in Membership.objects.on(request.today).filter(role="head").select_related("person"):
        heads.setdefault(membership.department_id, []).append(membership.person.name)
    found = Department.objects.select_related("merged_into").prefetch_related("former_names")
    rows = [(department, heads.get(department.pk, [])) for department in found]
    return render(request, "people/departments.html", {"rows": rows})


@page(Can.KEEP_PEOPLE)
def department_new(request: Request) -> HttpResponse:
    """The form for a new department."""
    return new_department_page(request, DepartmentForm())


@act(Can.KEEP_PEOPLE)
def department_add(request: Request) -> HttpResponse:
    """Add a department; years already under way ask it for a forecast."""
    form = DepartmentForm(request.POST)
    if not form.is_valid():
        return new_department_page(request, form)
    said = {name: form.cleaned_data[name] for name in ("name", "division")}
    added = actions.add_department(**said, by=request.user, at=request.moment)
    owe_newcomer(added, by=request.user, at=request.moment)
    seat_newcomer(added, by=request.user, at=request.moment)
    messages.success(request, _("Added. Give it a department head next."))
    return redirect("departments")


def new_department_page(request: Request, form: DepartmentForm) -> HttpResponse:
    """The page on which a department is added."""
    return form_page(request, form, _("Add a department"), _("Add department"), "departments")


@page(Can.KEEP_PEOPLE)
def department(request: Request, slug: str) -> HttpResponse:
    """The form of a department."""
    found = get_object_or_404(Department, slug=slug)
    return department_page(request, DepartmentForm(department=found), slug)


@act(Can.KEEP_PEOPLE)
def department_change(request: Request, slug: str) -> HttpResponse:
    """Rename a department, or let it no longer take part."""
    found = get_object_or_404(Department, slug=slug)
    form = DepartmentForm(request.POST, department=found)
    if not form.is_valid():
        return department_page(request, form, slug)
    said = form.cleaned_data
    changed = actions.change_department(found, by=request.user, at=request.moment, seen=form.shown, **said)
    owe_newcomer(changed, by=request.user, at=request.moment)
    seat_newcomer(changed, by=request.user, at=request.moment)
    messages.success(request, _("Saved."))
    return redirect("departments")


def department_page(request: Request, form: DepartmentForm, slug: str) -> HttpResponse:
    """The page on which a department is changed."""
    where = {"act": "department-change", "where": slug}
    return form_page(request, form, _("Department"), _("Save"), "departments", **where)
