"""Asking for a change of a department's lines in the budget in force, for whoever may not amend it, or not now."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from budgets.drafting import actions
from budgets.drafting.forms import AskForChangeForm
from budgets.drafting.models import Confirmation
from budgets.drafting.queries.budgets import begun_by_whom, find_confirmation, made_now
from sop_portal.foundation.kit.filters import prefill
from sop_portal.foundation.organisation.access import Request, act, either, page
from sop_portal.foundation.organisation.roles import Can


@page(Can.COMMENT)
def ask(request: Request, *, year: int, number: int, department: str) -> HttpResponse:
    """Ask what is to change, from where to where, and why."""
    answer = find_confirmation(request, year=year, number=number, department=department)
    form = AskForChangeForm()
    prefill(form, request.GET, "wanted")
    return show(request, answer, form, 200)


@act(Can.COMMENT)
def take(request: Request, *, year: int, number: int, department: str) -> HttpResponse:
    """Tell those who amend the budget."""
    answer = find_confirmation(request, year=year, number=number, department=department)
    form = AskForChangeForm(request.POST)
    if not form.is_valid():
        return show(request, answer, form, 422)
    actions.ask_for_change(answer, wanted=form.cleaned_data["wanted"], by=request.user, at=request.moment)
    messages.success(request, _("Finance and the department head were told; your request is among the comments here."))
    return redirect(f"{answer.get_absolute_url()}#talk")


def show(request: Request, answer: Confirmation, form: AskForChangeForm, status: int) -> HttpResponse:
    """The form, and the version in the making, if there is one."""
    other = made_now(answer.cycle_id)
    said = begun_by_whom(other) if other else ""
    context = {"record": answer, "cycle": answer.budget.cycle, "form": form, "said": said}
    return render(request, "budgets/drafting/ask_change.html", context, status=status)


ask_change = either(ask, take)
