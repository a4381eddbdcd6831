"""The pages of a budget: the sheet, compiling, comparing, amending, funding sources and the spreadsheet."""

from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from budgets.drafting import actions, exports
from budgets.drafting.comparing import class_of
from budgets.drafting.comparison import comparison_of
from budgets.drafting.drawer import drawer_of
from budgets.drafting.finding import budgets_of, find_budget, lines_of
from budgets.drafting.forms import AmendForm, FundForm, SeenForm, SheetFilter
from budgets.drafting.models import Budget, Fund
from budgets.drafting.nextstep import next_of
from budgets.drafting.readiness import allocated_money, gaps, not_taken_in
from budgets.drafting.sheet import closed, narrowed, sheet_of
from budgets.drafting.wording import CLASSES, DECIDES
from budgets.drafting.workflow import BUDGET
from planning.cycles.queries import cycle_of
from sop_portal.foundation.kit.components import Button
from sop_portal.foundation.organisation.access import Request, act, either, page
from sop_portal.foundation.organisation.roles import Can
from sop_portal.foundation.workflow.record_page import record_context
from sop_portal.foundation.workflow.views import step_view

LISTED = 200
FEW = 5

take = step_view(
    BUDGET,
    {
        "share": actions.share,
        "propose": actions.propose,
        "endorse": actions.endorse,
        "approve": actions.approve,
        "put-in-force": actions.put_in_force,
        "send-back": actions.send_back,
    },
    find_budget,
)


@page()
def latest(request: Request, *, year: int) -> HttpResponse:
    """The newest version one may see, or how the first one comes about."""
    cycle = cycle_of(request, year)
    newest = budgets_of(request, year).first()
    if newest is not None:
        query = f"?{request.GET.urlencode()}" if request.GET else ""
        return redirect(f"{newest.get_absolute_url()}{query}")
    may = request.actor.may(Can.COMPILE_BUDGET)
    buttons = [Button(_("Compile the budget"), reverse("budget-compile", args=[year]), is_primary=True)] if may else []
    return render(request, "budgets/drafting/none.html", {"cycle": cycle, "buttons": buttons})


@page()
def budget(request: Request, *, year: int, number: int) -> HttpResponse:
    """The sheet: every line one may see, by category and quarter, with a drawer for one of them."""
    found = find_budget(request, year=year, number=number)
    narrowing = SheetFilter(request.GET, actor=request.actor)
    wanted = narrowing.cleaned_data if narrowing.is_valid() else {}
    lines, kept = lines_of(found, request.actor), list(found.sums.visible_to(request.actor))
    context = _around(request, found) | {
        "narrowing": narrowing,
        "is_narrow": any(wanted.values()),
        "sheet": sheet_of(found, lines, kept, wanted, request.GET, request.today),
        "departments": len(kept),
        "closed_url": closed(request.GET),
        "asked": request.GET.urlencode(),
    }
    return render(request, "budgets/drafting/budget.html", _with_drawer(request, found, context))


def _around(request: Request, found: Budget) -> dict[str, Any]:
    """What stands beside the lines; what only concerns the whole is kept from single departments."""
    context = record_context(request, BUDGET, found, box=next_of(found, request))
    whole = request.actor.sees_everything
    if not whole:
        context |= {"trail": [replace(entry, changes=[]) for entry in context["trail"]], "talk": [], "comment_url": ""}
    versions = list(budgets_of(request, found.cycle.year))
    missing = list(gaps(found.cycle_id)[: FEW + 1]) if whole else []
    is_amendment = found.kind == Budget.Kind.AMENDMENT
    kind = class_of(found) if is_amendment and (whole or found.state == Budget.State.DRAFT) else None
    return context | {
        "cycle": found.cycle, "versions": versions, "whole": whole,
        "before": next((version for version in versions if version.number < found.number), None),
        "gaps": missing[:FEW], "more_gaps": len(missing) > FEW,
        "kind": CLASSES[kind] if kind else "", "decides": DECIDES[kind] if kind else "",
        "may_compile": request.actor.may(Can.COMPILE_BUDGET),
    }  # fmt: skip


def _with_drawer(request: Request, found: Budget, context: dict[str, Any]) -> dict[str, Any]:
    """While a drawer offers what to do with its line, the box above is quiet: one filled button a page."""
    drawer = _drawer(request, found)
    if drawer is not None and any(button.is_primary for button in drawer.buttons):
        buttons = [replace(button, is_primary=False) for button in context["next"].buttons]
        context["next"] = replace(context["next"], buttons=buttons)
    return context | {"drawer": drawer}


def _drawer(request: Request, found: Budget) -> Any:
    number = request.GET.get("line", "")
    if not number:
        return None
    if not (number.isascii() and number.isdigit() and len(number) < 10):
        raise Http404
    related = lines_of(found, request.actor).select_related("budget__cycle", "project", "department", "fund")
    return drawer_of(get_object_or_404(related, number=int(number)), request)


@page()
def export(request: Request, *, year: int, number: int) -> HttpResponseBase:
    """The lines of the sheet, narrowed in the same way."""
    found = find_budget(request, year=year, number=number)
    narrowing = SheetFilter(request.GET, actor=request.actor)
    lines = lines_of(found, request.actor)
    if narrowing.is_valid():
        lines = narrowed(lines, found, narrowing.cleaned_data)
    return exports.lines(request.GET.get("kind", "xlsx"), found, lines)


@page()
def compare(request: Request, *, year: int, number: int, other: int) -> HttpResponse:
    """Two versions side by side: the lines that differ, and the totals."""
    new, old = find_budget(request, year=year, number=number), find_budget(request, year=year, number=other)
    context = {"record": new, "other": old, "cycle": new.cycle, "page": comparison_of(new, old, request)}
    return render(request, "budgets/drafting/compare.html", context)


@page(Can.COMPILE_BUDGET)
def _before_compiling(request: Request, *, year: int) -> HttpResponse:
    cycle = cycle_of(request, year)
    if Budget.objects.filter(cycle=cycle).exists():
        return redirect("budget-latest", year=year)
    context = {"cycle": cycle, "gaps": gaps(cycle.pk)[:LISTED], "count": allocated_money(cycle.pk).count()}
    return render(request, "budgets/drafting/compile.html", context)


@act(Can.COMPILE_BUDGET)
def _compile(request: Request, *, year: int) -> HttpResponse:
    made = actions.compile_budget(cycle_of(request, year), by=request.user, at=request.moment)
    messages.success(request, _("The budget was compiled. Look at its lines, then share it with the departments."))
    return redirect(made)


@page(Can.COMPILE_BUDGET)
def _before_taking_in(request: Request, *, year: int, number: int) -> HttpResponse:
    found = find_budget(request, year=year, number=number)
    new = not_taken_in(found).select_related("project", "request__department")
    context = {"record": found, "cycle": found.cycle, "lines": new[:LISTED], "count": new.count()}
    return render(request, "budgets/drafting/take_in.html", context)


@act(Can.COMPILE_BUDGET)
def _take_in(request: Request, *, year: int, number: int) -> HttpResponse:
    found = find_budget(request, year=year, number=number)
    form = SeenForm(request.POST)
    seen = form.cleaned_data["seen"] if form.is_valid() else 0
    actions.take_in_new(found, by=request.user, at=request.moment, seen=seen)
    messages.success(request, _("The new allocations are lines of the budget now."))
    return redirect(found)


@page(Can.AMEND_BUDGET)
def _before_amending(request: Request, *, year: int, number: int) -> HttpResponse:
    return _show_amending(request, find_budget(request, year=year, number=number), AmendForm(), 200)


@act(Can.AMEND_BUDGET)
def _amend(request: Request, *, year: int, number: int) -> HttpResponse:
    found = find_budget(request, year=year, number=number)
    form = AmendForm(request.POST)
    if not form.is_valid():
        return _show_amending(request, found, form, 422)
    made = actions.amend(found, reason=form.cleaned_data["reason"], by=request.user, at=request.moment)
    messages.success(request, _("The amendment was begun. The version in force stays until this one is approved."))
    return redirect(made)


def _show_amending(request: Request, found: Budget, form: AmendForm, status: int) -> HttpResponse:
    context = {"record": found, "cycle": found.cycle, "form": form}
    return render(request, "budgets/drafting/amend.html", context, status=status)


@page(Can.AMEND_BUDGET)
def _before_dropping(request: Request, *, year: int, number: int) -> HttpResponse:
    found = find_budget(request, year=year, number=number)
    return render(request, "budgets/drafting/drop.html", {"record": found, "cycle": found.cycle})


@act(Can.AMEND_BUDGET)
def _drop(request: Request, *, year: int, number: int) -> HttpResponse:
    found = find_budget(request, year=year, number=number)
    base = actions.drop(found, by=request.user, at=request.moment)
    messages.success(request, _("The amendment was given up; the version in force stays as it is."))
    return redirect("budget", year=year, number=base.number)


@page()
def _funds(request: Request, *, year: int) -> HttpResponse:
    return _show_funds(request, year, FundForm(), 200)


@act(Can.COMPILE_BUDGET)
def _add_fund(request: Request, *, year: int) -> HttpResponse:
    form = FundForm(request.POST)
    if not form.is_valid():
        return _show_funds(request, year, form, 422)
    actions.keep_fund(**form.cleaned_data, by=request.user, at=request.moment)
    messages.success(request, _("The funding source was added."))
    return redirect("funds", year=year)


def _show_funds(request: Request, year: int, form: FundForm, status: int) -> HttpResponse:
    found = Fund.objects.visible_to(request.actor)[:LISTED]
    may_add = request.actor.may(Can.COMPILE_BUDGET)
    context = {"cycle": cycle_of(request, year), "funds": found, "form": form if may_add else None}
    return render(request, "budgets/drafting/funds.html", context, status=status)


compile_ = either(_before_compiling, _compile)
take_in = either(_before_taking_in, _take_in)
amend = either(_before_amending, _amend)
drop = either(_before_dropping, _drop)
funds = either(_funds, _add_fund)
