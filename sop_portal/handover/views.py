"""Pages on which the administrator hands over what a person or a department leaves behind."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from sop_portal.foundation.kit.refusals import NotReady
from sop_portal.foundation.organisation.access import Request, act, either, page
from sop_portal.foundation.organisation.models import Department, User
from sop_portal.foundation.organisation.roles import Can
from sop_portal.handover import actions
from sop_portal.handover.belongings import belongings_of
from sop_portal.handover.forms import HandOverForm, MergeForm


@page(Can.KEEP_PEOPLE)
def ask_hand_over(request: Request, pk: int) -> HttpResponse:
    """What a person carries, and who takes it over."""
    person = get_object_or_404(User, pk=pk)
    form = HandOverForm(leaving=person, today=request.today, initial={"last_on": request.today})
    return _person_page(request, person, form)


@act(Can.KEEP_PEOPLE)
def carry_over(request: Request, pk: int) -> HttpResponse:
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
    context = {"person": person, "form": form, "held": belongings_of(person, request.today)}
    return render(request, "handover/person.html", context, status=status)


@page(Can.KEEP_PEOPLE)
def ask_merge(request: Request, slug: str) -> HttpResponse:
    """Which department this one becomes part of, and what follows."""
    department = get_object_or_404(Department, slug=slug)
    return _department_page(request, department, MergeForm(department=department))


@act(Can.KEEP_PEOPLE)
def merge_now(request: Request, slug: str) -> HttpResponse:
    """Let the department become part of another."""
    department = get_object_or_404(Department, slug=slug)
    form = MergeForm(request.POST, department=department)
    if not form.is_valid():
        return _department_page(request, department, form, 422)
    try:
        actions.merge(department, by=request.user, at=request.moment, **form.cleaned_data)
    except NotReady as refusal:
        form.add_error(None, str(refusal))
        return _department_page(request, department, form, 422)
    messages.success(request, _("Merged. Both heads were told."))
    return redirect("departments")


def _department_page(request: Request, department: Department, form: MergeForm, status: int = 200) -> HttpResponse:
    people = actions.belonging_to(department, request.today)
    context = {"department": department, "form": form, "people": people}
    return render(request, "handover/department.html", context, status=status)


hand_over = either(ask_hand_over, carry_over)
merge = either(ask_merge, merge_now)
