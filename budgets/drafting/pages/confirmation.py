"""A department's own page of the budget: confirm, contest, and how finance and management answer."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from budgets.drafting import actions
from budgets.drafting.figures import decimals, quarter_names
from budgets.drafting.forms import ContestForm, SettleForm
from budgets.drafting.models import Budget, BudgetLine, Confirmation, Contest
from budgets.drafting.pages.line.labels import LineBadge, badge_of, lines_alike
from budgets.drafting.queries.budgets import budgets_of, find_confirmation, lines_of_confirmation
from budgets.drafting.queries.sums import sums_by_quarter
from budgets.drafting.workflow import CONFIRMATION
from budgets.drafting.workflow.budget import last_day_of
from budgets.drafting.workflow.limits import spent_on
from sop_portal.foundation.kit.components import NextBox
from sop_portal.foundation.kit.filters import BESIDE, refuse_unknown
from sop_portal.foundation.kit.formats import due_phrase
from sop_portal.foundation.kit.paging import ListPage, paginate
from sop_portal.foundation.organisation.access import Request, act, either, page
from sop_portal.foundation.organisation.roles import Can
from sop_portal.foundation.workflow.engine import check
from sop_portal.foundation.workflow.record_page import record_context, step_context
from sop_portal.foundation.workflow.views import step_view

ROWS = 100
confirmation_step = step_view(CONFIRMATION, find_confirmation)


@page()
def confirmation(request: Request, *, year: int, number: int, department: str) -> HttpResponse:
    """The lines of one department, and what it says of them."""
    record = find_confirmation(request, year=year, number=number, department=department)
    contests = {contest.line_id: contest for contest in record.contests.order_by("pk").select_related("line")}
    context = record_context(request, CONFIRMATION, record, text=_said_of(record, contests.values(), request.today))
    if record.state in CONFIRMATION.closed:
        title = _("Finished: %(state)s") % {"state": record.get_state_display()}
        context["next"] = NextBox(title, "", "done", "check-lg")
    context |= {"cycle": record.budget.cycle, "budget": record.budget, "before": _before(record, request)}
    context |= _table(request, record, contests)
    return render(request, "budgets/drafting/confirmation.html", context)


def _table(request: Request, record: Confirmation, contests: Mapping[int, Contest]) -> dict[str, Any]:
    """The lines of the department with what it contests, and their sums."""
    turned, sums = _turned(request, record), sums_by_quarter(lines_of_confirmation(record))
    spent = spent_on(turned.rows)
    quarters = (amount for line in turned.rows for amount in line.quarters)
    wanted = (contest.wanted for contest in contests.values())
    return {
        "rows": [
            (line, contests.get(line.pk), _badge(line, record, contests, request), spent.get(line.number))
            for line in turned.rows
        ],
        "turned": turned,
        "alike": lines_alike(turned.rows),
        "sums": sums,
        "decimals": decimals([*sums.values(), *quarters, *wanted]),
        "quarters": quarter_names(record.budget.cycle.starts_on),
    }


def _before(record: Confirmation, request: Request) -> Budget | None:
    """The version before, where there is one to compare with."""
    versions = budgets_of(request, record.budget.cycle.year)
    return versions.filter(number__lt=record.budget.number).first()


def _said_of(record: Confirmation, contests: Iterable[Contest], today: date) -> str:
    """Until when the department answers, or what becomes of the lines it contests."""
    if record.state == Confirmation.State.AWAITING:
        return due_phrase(last_day_of(record, record.budget.cycle), today)
    open_ones = sum(contest.settled == Contest.Settled.OPEN for contest in contests)
    if record.state != Confirmation.State.CONTESTED or not open_ones:
        return ""
    return ngettext(
        "%(n)s line is contested: finance changes it, or management overrules with a reason.",
        "%(n)s lines are contested: finance changes them, or management overrules with a reason.",
        open_ones,
    ) % {"n": open_ones}


def _turned(request: Request, record: Confirmation) -> ListPage:
    lines = lines_of_confirmation(record).select_related(
        "project", "fund", "allocation", "brought_row", "budget__cycle"
    )
    refuse_unknown(request.GET, *BESIDE)
    return paginate(lines, request.GET, {"line": "number"}, "line", ROWS)


def _badge(
    line: BudgetLine, record: Confirmation, contests: Mapping[int, Contest], request: Request
) -> LineBadge | None:
    contest = contests.get(line.pk)
    is_contested = contest is not None and contest.settled == Contest.Settled.OPEN
    return badge_of(line, record, record.budget.cycle, is_contested=is_contested, on=request.today)


@page()
def ask_contest(request: Request, *, year: int, number: int, department: str) -> HttpResponse:
    """Ask which lines the department contests, what it wants instead, and why."""
    record = find_confirmation(request, year=year, number=number, department=department)
    check(CONFIRMATION, CONFIRMATION["contest"], record, request.actor, request.moment)
    turned = _turned(request, record)
    form = ContestForm(confirmation=record, lines=turned.rows)
    return _show_contest(request, record, turned, form, 200)


@act(Can.CONFIRM_LINES)
def take_contest(request: Request, *, year: int, number: int, department: str) -> HttpResponse:
    """Contest lines."""
    record = find_confirmation(request, year=year, number=number, department=department)
    turned = _turned(request, record)
    form = ContestForm(request.POST, confirmation=record, lines=turned.rows)
    if not form.is_valid():
        return _show_contest(request, record, turned, form, 422)
    seen = form.cleaned_data["seen"]
    actions.contest(record, contested=form.contested, by=request.user, at=request.moment, seen=seen)
    messages.success(request, _("Finance reads what you want instead and answers; you get a mail either way."))
    return redirect(f"{record.get_absolute_url()}?done=contest")


def _show_contest(
    request: Request, record: Confirmation, turned: ListPage, form: ContestForm, status: int
) -> HttpResponse:
    context = step_context(request, CONFIRMATION, CONFIRMATION["contest"], record)
    context |= {"cycle": record.budget.cycle, "form": form, "turned": turned}
    return render(request, "budgets/drafting/contest.html", context, status=status)


@page()
def ask_settlement(request: Request, *, year: int, number: int, department: str) -> HttpResponse:
    """Ask for another amount for every contested line."""
    record = find_confirmation(request, year=year, number=number, department=department)
    check(CONFIRMATION, CONFIRMATION["settle"], record, request.actor, request.moment)
    return _show_settlement(request, record, _settle_form(record), 200)


@act(Can.COMPILE_BUDGET)
def take_settlement(request: Request, *, year: int, number: int, department: str) -> HttpResponse:
    """Change the contested lines."""
    record = find_confirmation(request, year=year, number=number, department=department)
    form = _settle_form(record, request.POST)
    if not form.is_valid():
        return _show_settlement(request, record, form, 422)
    seen, comment = form.cleaned_data["seen"], form.cleaned_data["comment"]
    actions.settle(record, amounts=form.amounts, by=request.user, at=request.moment, seen=seen, comment=comment)
    messages.success(request, _("The lines were changed; the department confirms again."))
    return redirect(f"{record.get_absolute_url()}?done=settle")


def _settle_form(record: Confirmation, data: QueryDict | None = None) -> SettleForm:
    found = record.contests.filter(settled=Contest.Settled.OPEN).select_related("line__project", "line__budget__cycle")
    return SettleForm(data, confirmation=record, contests=list(found.order_by("line__number")))


def _show_settlement(request: Request, record: Confirmation, form: SettleForm, status: int) -> HttpResponse:
    context = step_context(request, CONFIRMATION, CONFIRMATION["settle"], record)
    context |= {"cycle": record.budget.cycle, "form": form}
    return render(request, "budgets/drafting/settle.html", context, status=status)


contest = either(ask_contest, take_contest)
settle = either(ask_settlement, take_settlement)
