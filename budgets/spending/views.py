"""Pages of spending: approved lines and expenses."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from budgets.spending import actions, exports
from budgets.spending.figures import Verdict
from budgets.spending.finding import (
    chosen,
    expenses_of,
    granted_exception,
    lines_of,
)
from budgets.spending.forms import (
    CorrectForm,
    ExpenseFilter,
    ExpenseForm,
    LineFilter,
    PostForm,
)
from budgets.spending.guarding import verdict_on
from budgets.spending.lists import (
    EXPENSE_COLUMNS,
    EXPENSE_NAMES,
    EXPENSE_SORTS,
    LINE_COLUMNS,
    LINE_NAMES,
    LINE_SORTS,
    chain_of,
    expense_rows,
    kept_sum,
    kept_total_of_lines,
    line_pairs,
    line_rows,
    story_of,
    sum_of,
    total_of_lines,
)
from budgets.spending.models import Expense, SpendingException
from planning.cycles.queries import cycle_of
from sop_portal.foundation.kit.components import Link
from sop_portal.foundation.kit.paging import paginate
from sop_portal.foundation.kit.refusals import NotReady
from sop_portal.foundation.organisation.access import Request, act, either, page
from sop_portal.foundation.organisation.roles import Can


@page()
def appropriations(request: Request, year: int) -> HttpResponse:
    """The approved lines: spent, left, and where the pace leads."""
    cycle = cycle_of(request, year)
    narrowing = LineFilter(request.GET, actor=request.actor)
    lines = narrowing.narrow(lines_of(cycle, request.actor), cycle)
    turned = paginate(lines.select_related(*LINE_NAMES).only(*LINE_COLUMNS), request.GET, LINE_SORTS, "line")
    is_narrow = any(narrowing.cleaned_data.get(name) for name in ("project", "used"))
    total = total_of_lines(lines) if is_narrow else kept_total_of_lines(lines, narrowing, cycle, request.actor)
    context = {
        "cycle": cycle, "narrowing": narrowing, "turned": turned, "total": total,
        "rows": line_rows(turned.rows, cycle, request.actor), "asked": request.GET.urlencode(),
    }  # fmt: skip
    return render(request, "budgets/spending/lines.html", context)


@page()
def appropriations_export(request: Request, year: int, kind: str) -> HttpResponseBase:
    """The same lines as a spreadsheet."""
    cycle = cycle_of(request, year)
    narrowing = LineFilter(request.GET, actor=request.actor)
    return exports.lines(kind, cycle, narrowing.narrow(lines_of(cycle, request.actor), cycle))


@page()
def expenses(request: Request, year: int) -> HttpResponse:
    """What was spent, newest first."""
    cycle = cycle_of(request, year)
    narrowing = ExpenseFilter(request.GET, actor=request.actor)
    found = narrowing.narrow(expenses_of(cycle, request.actor), cycle)
    turned = paginate(
        found.select_related(*EXPENSE_NAMES).only(*EXPENSE_COLUMNS), request.GET, EXPENSE_SORTS, "-date"
    )  # fmt: skip
    is_narrow = any(narrowing.cleaned_data.get(name) for name in ("project", "line", "month"))
    context = {
        "cycle": cycle, "narrowing": narrowing, "turned": turned, "asked": request.GET.urlencode(),
        "rows": expense_rows(turned.rows, cycle),
        "total": sum_of(found) if is_narrow else kept_sum(narrowing, cycle, request.actor),
        "may_post": request.actor.may(Can.POST_EXPENSE),
    }  # fmt: skip
    return render(request, "budgets/spending/expenses.html", context)


@page()
def expenses_export(request: Request, year: int, kind: str) -> HttpResponseBase:
    """The same expenses as a spreadsheet."""
    cycle = cycle_of(request, year)
    narrowing = ExpenseFilter(request.GET, actor=request.actor)
    return exports.expenses(kind, cycle, narrowing.narrow(expenses_of(cycle, request.actor), cycle))


def find_expense(request: Request, year: int, pk: int) -> Expense:
    """One expense with its line and what the line comes from."""
    names = ("cycle", "department", "project", "posted_by", "corrects", "exception__cycle")
    line = [f"appropriation__{name}" for name in ("cycle", "department", "project", "fund", "line__budget")]
    found = expenses_of(cycle_of(request, year), request.actor)
    return get_object_or_404(found.select_related(*names, *line, "appropriation__line__allocation"), pk=pk)


@page()
def expense(request: Request, year: int, pk: int) -> HttpResponse:
    """One expense: what for, from which line, and whether it was corrected."""
    found = find_expense(request, year, pk)
    line, correction = found.appropriation, Expense.objects.filter(corrects=found).first()
    may_correct = correction is None and found.corrects_id is None and request.actor.may(Can.POST_EXPENSE, line)
    context = {
        "expense": found, "line": line, "cycle": found.cycle, "correction": correction, "may_correct": may_correct,
        "pairs": line_pairs(line, found.cycle), "story": story_of(found, correction),
        "links": chain_of(line, found.cycle, Link(_("This expense"), is_here=True)),
    }  # fmt: skip
    return render(request, "budgets/spending/expense.html", context)


@page(Can.POST_EXPENSE)
def ask_expense(request: Request, year: int) -> HttpResponse:
    """Choose the line, type the expense, read what the guard says of it."""
    cycle = cycle_of(request, year)
    line, choosing = chosen(request, cycle, request.GET)
    if line is None:
        return render(request, "budgets/spending/choose.html", {"cycle": cycle, "form": choosing})
    actions.may_post(line, request.user, request.moment)
    exception = granted_exception(request, line, request.GET.get("exception", ""))
    is_checked = "amount" in request.GET
    form = ExpenseForm(request.GET if is_checked else None, line=line, initial={"spent_on": request.today})
    verdict = judged(request, line, form, exception) if is_checked else None
    # A part of the page is taken over only with 200: what can no longer be posted disappears from it.
    is_wrong = is_checked and verdict is None and "HX-Request" not in request.headers
    return show_expense(request, line, form, verdict, exception, 422 if is_wrong else 200)


@act(Can.POST_EXPENSE)
def take_expense(request: Request, year: int) -> HttpResponse:
    """Post the expense; the guard has the last word."""
    cycle = cycle_of(request, year)
    line, choosing = chosen(request, cycle, request.POST)
    if line is None:
        return render(request, "budgets/spending/choose.html", {"cycle": cycle, "form": choosing}, status=422)
    exception = granted_exception(request, line, request.POST.get("exception", ""))
    form = PostForm(request.POST, line=line)
    if not form.is_valid():
        return show_expense(request, line, form, judged(request, line, form, exception), exception, 422)
    typed = {name: form.cleaned_data[name] for name in ("amount", "spent_on", "what", "receipt")}
    try:
        posted = actions.post(line, **typed, exception=exception, by=request.user, at=request.moment)
    except NotReady as refusal:
        line.refresh_from_db(fields=["approved", "spent"])
        stopped = Verdict(str(refusal.sentence), way_out=str(refusal.way_out))
        return show_expense(request, line, form, stopped, exception, 422)
    messages.success(request, _("The expense is posted."))
    return redirect(posted)


def judged(
    request: Request, line: Any, form: ExpenseForm, exception: SpendingException | None
) -> Verdict | None:  # fmt: skip
    """What the guard says of what was typed, as soon as amount and day can be read."""
    form.is_valid()
    amount, spent_on = (form.cleaned_data.get(name) for name in ("amount", "spent_on"))
    if amount is None or spent_on is None or not form.cleaned_data.get("what"):
        return None
    is_excepted = exception is not None and exception.state == SpendingException.State.GRANTED
    return verdict_on(line, amount, spent_on, line.cycle.day(request.moment), is_excepted=is_excepted)


def show_expense(
    request: Request, line: Any, form: ExpenseForm, verdict: Verdict | None, exception: Any, status: int
) -> HttpResponse:  # fmt: skip
    """The form, what is left on the line, and the guard's verdict."""
    context = {
        "cycle": line.cycle, "line": line, "form": form, "verdict": verdict, "exception": exception,
        "pairs": line_pairs(line, line.cycle), "links": chain_of(line, line.cycle),
        "row": line_rows([line], line.cycle, request.actor)[0],
    }  # fmt: skip
    return render(request, "budgets/spending/expense_form.html", context, status=status)


expense_new = either(ask_expense, take_expense)


@page(Can.POST_EXPENSE)
def ask_correction(request: Request, year: int, pk: int) -> HttpResponse:
    """Ask why an expense is undone."""
    found = find_expense(request, year, pk)
    actions.may_post(found.appropriation, request.user, request.moment)
    return render(request, "budgets/spending/correct.html", {"expense": found, "form": CorrectForm()})


@act(Can.POST_EXPENSE)
def take_correction(request: Request, year: int, pk: int) -> HttpResponse:
    """Undo an expense by a counter-entry."""
    found = find_expense(request, year, pk)
    form = CorrectForm(request.POST)
    if not form.is_valid():
        return render(request, "budgets/spending/correct.html", {"expense": found, "form": form}, status=422)
    entry = actions.correct(found, why=form.cleaned_data["why"], by=request.user, at=request.moment)
    messages.success(request, _("The counter-entry is posted; the money is free on the line again."))
    return redirect(entry)


expense_correct = either(ask_correction, take_correction)
