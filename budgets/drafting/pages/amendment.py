"""Beginning an amendment of the budget in force, and giving it up again."""

from dataclasses import replace

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from budgets.drafting import actions
from budgets.drafting.forms import AmendForm, SeenBudgetForm
from budgets.drafting.models import Budget
from budgets.drafting.queries.budgets import (
    address_of,
    answer_in_year,
    begun_by_whom,
    budgets_of,
    find_budget,
    made_now,
)
from sop_portal.foundation.kit.components import Button, NextBox
from sop_portal.foundation.kit.refusals import Changed
from sop_portal.foundation.organisation.access import Request, act, either, page
from sop_portal.foundation.organisation.roles import Can


@page(Can.AMEND_BUDGET)
def ask_amendment(request: Request, *, year: int, number: int) -> HttpResponse:
    """Ask why the budget is amended."""
    return _show_amending(request, find_budget(request, year=year, number=number), AmendForm(), 200)


@act(Can.AMEND_BUDGET)
def take_amendment(request: Request, *, year: int, number: int) -> HttpResponse:
    """Begin an amendment."""
    found = find_budget(request, year=year, number=number)
    form = AmendForm(request.POST)
    if not form.is_valid():
        return _show_amending(request, found, form, 422)
    made = actions.amend(found, reason=form.cleaned_data["reason"], by=request.user, at=request.moment)
    messages.success(request, _("The amendment was begun. The version in force stays until this one is approved."))
    return redirect(made)


def _show_amending(request: Request, found: Budget, form: AmendForm, status: int) -> HttpResponse:
    other = made_now(found.cycle_id)
    context = {"record": found, "cycle": found.cycle, "form": form, "under_way": _under_way(request, other)}
    return render(request, "budgets/drafting/amend.html", context, status=status)


def _under_way(request: Request, other: Budget | None) -> NextBox | None:
    """Who works on another version, and how a change gets into it: on its page, or by asking."""
    if other is None:
        return None
    text = _("Add your change there, or ask for it; otherwise wait until that version is decided.")
    links = [replace(link, is_primary=link.url == other.get_absolute_url()) for link in ways_into(request, other)]
    return NextBox(begun_by_whom(other), text, "wait", "hourglass-split", buttons=links)


def ways_into(request: Request, other: Budget) -> list[Button]:
    """How a change gets into the version that somebody works on: on its page, or by asking for it."""
    links = [Button(str(other), other.get_absolute_url())] if is_seen(request, other) else []
    answers = (answer_in_year(other.cycle_id, department) for department in sorted(request.actor.headed_ids))
    asking = [reverse("budget-ask-change", args=address_of(answer)) for answer in answers if answer]
    return [*links, *(Button(_("Ask for a transfer"), url) for url in asking)]


def is_seen(request: Request, other: Budget) -> bool:
    """Whether this person may read a version."""
    return budgets_of(request, other.cycle.year).filter(pk=other.pk).exists()


@page(Can.AMEND_BUDGET)
def ask_drop(request: Request, *, year: int, number: int) -> HttpResponse:
    """Ask whether the amendment is given up."""
    found = find_budget(request, year=year, number=number)
    form = SeenBudgetForm(initial={"seen": found.version})
    return render(request, "budgets/drafting/drop.html", {"record": found, "cycle": found.cycle, "form": form})


@act(Can.AMEND_BUDGET)
def take_drop(request: Request, *, year: int, number: int) -> HttpResponse:
    """Give an amendment up."""
    found = find_budget(request, year=year, number=number)
    form = SeenBudgetForm(request.POST)
    if not form.is_valid():
        raise Changed(_("The page does not say which lines you saw."), [], _("Look at them again."))
    base = actions.drop(found, by=request.user, at=request.moment, seen=form.cleaned_data["seen"])
    messages.success(request, _("The amendment was given up; the version in force stays as it is."))
    return redirect("budget", year=year, number=base.number)


amend = either(ask_amendment, take_amendment)
drop = either(ask_drop, take_drop)
