"""One expense: what for, from which line, posting it, and undoing it by a counter-entry."""

from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from budgets.drafting.models import Appropriation
from budgets.drafting.queries.budgets import address_of, answer_in_year
from budgets.spending import actions
from budgets.spending.figures import Verdict
from budgets.spending.forms import CorrectForm, ExpenseForm, PostForm
from budgets.spending.models import Expense, SpendingException
from budgets.spending.pages.choose import CHOSEN, chosen_line, show_choice
from budgets.spending.pages.lines import chain_of, line_pairs, line_rows
from budgets.spending.queries import find_expense, granted_exception, likely_duplicate, verdict_on
from budgets.spending.workflow import missing_receipt, why_not_corrected
from planning.cycles.queries import cycle_of, may_in
from sop_portal.foundation.kit.components import Button, Link, TrailLine
from sop_portal.foundation.kit.filters import refuse_unknown
from sop_portal.foundation.kit.refusals import NotReady
from sop_portal.foundation.organisation.access import Request, act, either, page
from sop_portal.foundation.organisation.actor import Actor
from sop_portal.foundation.organisation.models import User
from sop_portal.foundation.organisation.roles import Can
from sop_portal.foundation.papers.bringing import TOKENS, asked_beside_papers, brought_by
from sop_portal.foundation.papers.wording import paper_sentences
from sop_portal.foundation.trail.models import Entry


@page()
def expense(request: Request, year: int, pk: int) -> HttpResponse:
    """One expense: what for, from which line, and whether it was corrected."""
    found = find_expense(request, year, pk)
    line, correction = found.appropriation, Expense.objects.filter(corrects=found).first()
    is_open = correction is None and found.corrects_id is None and not why_not_corrected(found.project)
    may_correct = is_open and may_in(request, line.cycle, Can.POST_EXPENSE, line)
    context = {
        "expense": found,
        "line": line,
        "cycle": found.cycle,
        "correction": correction,
        "may_correct": may_correct,
        "pairs": line_pairs(line, found.cycle),
        "story": history_of(found, correction),
        "links": chain_of(line, found.cycle, Link(_("This expense"), is_here=True)),
    }
    return render(request, "budgets/spending/expense.html", context)


def history_of(expense: Expense, correction: Expense | None) -> list[TrailLine]:
    """What happened to an expense, newest first, with the reasons people gave."""
    entries = Entry.objects.of("expense", expense.pk)
    if correction is not None:
        entries = entries | Entry.objects.of("expense", correction.pk)
    sentences = paper_sentences() | {"post": _("posted the expense"), "correct": _("undid it by a counter-entry")}
    names = User.objects.in_bulk({entry.by_id for entry in entries if entry.by_id})
    return [
        TrailLine(entry.at, str(names.get(entry.by_id, "")), sentences.get(entry.verb, entry.verb), entry.comment)
        for entry in entries
    ]


@page(Can.POST_EXPENSE)
def ask_expense(request: Request, year: int) -> HttpResponse:
    """Choose the line, type the expense, read what the guard says of it."""
    cycle = cycle_of(request, year)
    refuse_unknown(asked_beside_papers(request), *CHOSEN, "exception", *ExpenseForm.base_fields)
    line, choosing = chosen_line(request, cycle, request.GET)
    if line is None:
        return show_choice(request, cycle, choosing)
    actions.may_post(line, request.user, request.moment)
    exception = granted_exception(request, line, request.GET.get("exception", ""))
    is_checked = "amount" in request.GET
    form = ExpenseForm(request.GET if is_checked else None, line=line, initial={"spent_on": request.today})
    verdict = _verdict_of(request, line, form, exception) if is_checked else None
    # A part of the page is taken over only with 200: what can no longer be posted disappears from it.
    is_wrong = is_checked and verdict is None and "HX-Request" not in request.headers
    return _show_expense(request, line, form, verdict, exception, 422 if is_wrong else 200)


@act(Can.POST_EXPENSE)
def take_expense(request: Request, year: int) -> HttpResponse:
    """Post the expense; the guard has the last word."""
    cycle = cycle_of(request, year)
    line, choosing = chosen_line(request, cycle, request.POST)
    if line is None:
        return show_choice(request, cycle, choosing, 422)
    exception = granted_exception(request, line, request.POST.get("exception", ""))
    form = PostForm(request.POST, line=line, actor=request.actor)
    if not form.is_valid() or lacks_paper(request, line, form):
        return _show_expense(request, line, form, _verdict_of(request, line, form, exception), exception, 422)
    papers = brought_by(request).waiting
    try:
        posted = actions.post(
            line, form.payment, by=request.user, at=request.moment, exception=exception, papers=papers
        )
    except NotReady as refusal:
        line.refresh_from_db(fields=["approved", "spent"])
        stopped = Verdict(str(refusal.sentence), way_out=str(refusal.way_out))
        return _show_expense(request, line, form, stopped, exception, 422)
    messages.success(request, _("The expense is posted."))
    return redirect(posted)


def lacks_paper(request: Request, line: Appropriation, form: PostForm) -> bool:
    """Whether a file was not taken, or the receipt is missing; what is wrong is said at the field for papers."""
    brought = brought_by(request)
    try:
        actions.refuse_without_receipt(line.cycle, form.payment.amount, has_paper=bool(brought.waiting))
    except NotReady as refusal:
        brought.problems.append(refusal)
    return bool(brought.problems)


def _verdict_of(
    request: Request, line: Appropriation, form: ExpenseForm, exception: SpendingException | None
) -> Verdict | None:
    """What the guard says of what was typed, as soon as amount and day can be read."""
    form.is_valid()
    amount, spent_on = (form.cleaned_data.get(name) for name in ("amount", "spent_on"))
    if amount is None or spent_on is None or not form.cleaned_data.get("what"):
        return None
    is_excepted = exception is not None and exception.state == SpendingException.State.GRANTED
    return verdict_on(line, amount, spent_on, line.cycle.day(request.moment), is_excepted=is_excepted)


def transfer_for(line: Appropriation, actor: Actor) -> Button | None:
    """The door to more money on a line: amending the budget, or asking those who may."""
    budget, cycle = line.line.budget, line.cycle
    if actor.may(Can.AMEND_BUDGET) and budget.state == budget.State.APPROVED:
        return Button(_("Amend the budget"), reverse("budget-amend", args=[cycle.year, budget.number]))
    answer = answer_in_year(line.cycle_id, line.department_id)
    return Button(_("Ask for a transfer"), reverse("budget-ask-change", args=address_of(answer))) if answer else None


def _show_expense(
    request: Request,
    line: Appropriation,
    form: ExpenseForm,
    verdict: Verdict | None,
    exception: SpendingException | None,
    status: int,
) -> HttpResponse:
    """The form, what is left on the line, and the guard's verdict."""
    asked = {"line": line.number} | {name: form[name].value() or "" for name in ("amount", "spent_on", "what")}
    papers = [(TOKENS, waiting.token) for waiting in brought_by(request).waiting]
    context = {
        "cycle": line.cycle,
        "line": line,
        "form": form,
        "verdict": verdict,
        "duplicate": likely_duplicate(line, form.payment, request.actor) if verdict and not verdict.stop else None,
        "missing_receipt": verdict and missing_receipt(line.cycle, form.cleaned_data["amount"]),
        "exception": exception,
        "transfer": transfer_for(line, request.actor),
        "exception_url": f"{reverse('exception-new', args=[line.cycle.year])}?{urlencode([*asked.items(), *papers])}",
        "pairs": line_pairs(line, line.cycle),
        "links": chain_of(line, line.cycle),
        "row": line_rows([line], line.cycle, request.actor)[0],
    }
    return render(request, "budgets/spending/expense_form.html", context, status=status)


expense_new = either(ask_expense, take_expense, when_closed=True)


@page(Can.POST_EXPENSE)
def ask_correction(request: Request, year: int, pk: int) -> HttpResponse:
    """Ask why an expense is undone."""
    found = find_expense(request, year, pk)
    actions.may_post(found.appropriation, request.user, request.moment)
    if refusal := why_not_corrected(found.project):
        raise refusal
    return render(request, "budgets/spending/correct.html", {"expense": found, "form": CorrectForm()})


@act(Can.POST_EXPENSE)
def take_correction(request: Request, year: int, pk: int) -> HttpResponse:
    """Undo an expense by a counter-entry."""
    found = find_expense(request, year, pk)
    form = CorrectForm(request.POST)
    if not form.is_valid():
        return render(request, "budgets/spending/correct.html", {"expense": found, "form": form}, status=422)
    entry = actions.correct(found, why=form.cleaned_data["why"], by=request.user, at=request.moment)
    said = _("The counter-entry is posted; the money is free on the line again.")
    if Appropriation.objects.filter(pk=entry.appropriation_id, closed_at__isnull=False).exists():
        said = _("The counter-entry is posted; the line is closed, so the money is free for others.")
    messages.success(request, said)
    return redirect(entry)


expense_correct = either(ask_correction, take_correction)
