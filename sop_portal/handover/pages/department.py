"""Letting a department become part of another one."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from sop_portal.foundation.kit.formats import listed
from sop_portal.foundation.kit.refusals import NotReady
from sop_portal.foundation.kit.sentences import interpolate, marked, typed
from sop_portal.foundation.organisation.access import Request, act, either, page
from sop_portal.foundation.organisation.models import Department
from sop_portal.foundation.organisation.roles import Can
from sop_portal.handover import actions
from sop_portal.handover.forms import MergeForm
from sop_portal.handover.queries import informed_of_merger, members_of


@page(Can.KEEP_PEOPLE)
def ask_merge(request: Request, slug: str) -> HttpResponse:
    """Which department this one becomes part of, and what follows."""
    department = get_object_or_404(Department, slug=slug)
    return _department_page(request, department, MergeForm(department=department))


@act(Can.KEEP_PEOPLE)
def take_merge(request: Request, slug: str) -> HttpResponse:
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
    people = informed_of_merger(department)
    sentence = _("Merged. Told: %(people)s.") if people else _("Merged.")
    messages.success(request, marked(interpolate(sentence, {"people": listed(map(typed, people))})))
    return redirect("departments")


def _department_page(request: Request, department: Department, form: MergeForm, status: int = 200) -> HttpResponse:
    people = members_of(department, request.today)
    context = {"department": department, "form": form, "people": people}
    return render(request, "handover/department.html", context, status=status)


merge = either(ask_merge, take_merge)
