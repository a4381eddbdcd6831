"""The sheet of a budget: every line one may see, the drawer of one of them, and what is to be done."""

from dataclasses import replace
from typing import Any

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from budgets.drafting import exports
from budgets.drafting.figures import AmendmentClass
from budgets.drafting.forms import SheetFilter
from budgets.drafting.models import Budget
from budgets.drafting.pages.line.drawer import LineDrawer, drawer_of
from budgets.drafting.pages.sheet.lines import SORTS, sheet_of, url_without_drawer
from budgets.drafting.pages.sheet.next_step import next_box_of
from budgets.drafting.queries.allocations import undecided_requests
from budgets.drafting.queries.budgets import budgets_of, find_budget, line_asked, lines_of
from budgets.drafting.queries.lines import narrowed
from budgets.drafting.queries.versions import class_of
from budgets.drafting.workflow import BUDGET
from budgets.drafting.workflow.budget import SMALL
from planning.cycles.queries import may_in
from sop_portal.foundation.kit.filters import key_asked, sort_asked
from sop_portal.foundation.kit.sentences import StrOrPromise
from sop_portal.foundation.organisation.access import Request, page
from sop_portal.foundation.organisation.roles import Can
from sop_portal.foundation.workflow.record_page import record_context
from sop_portal.foundation.workflow.views import step_view

FEW = 5
PROPOSED = (Budget.State.PROPOSED, Budget.State.ENDORSED)
AMENDMENT_CLASSES = {
    AmendmentClass.CORRECTION: _("Correction without money"),
    AmendmentClass.SMALL_TRANSFER: _("Small transfer inside one department and fund"),
    AmendmentClass.TRANSFER: _("Transfer"),
    AmendmentClass.SUPPLEMENT: _("Supplement or cut"),
}
WHO_DECIDES = {
    AmendmentClass.CORRECTION: _("Finance puts it in force once the department has confirmed it."),
    AmendmentClass.SMALL_TRANSFER: _("Finance puts it in force once the department has confirmed it."),
    AmendmentClass.TRANSFER: _("The departments confirm it and management approves it."),
    AmendmentClass.SUPPLEMENT: _("The departments confirm it and management approves it, as a new budget."),
}

budget_step = step_view(BUDGET, find_budget)


@page()
def budget(request: Request, *, year: int, number: int) -> HttpResponse:
    """The sheet: every line one may see, by category and quarter, with a drawer for one of them."""
    found = find_budget(request, year=year, number=number)
    narrowing = SheetFilter(request.GET, actor=request.actor)
    wanted = narrowing.narrowing
    lines, sums = lines_of(found, request.actor), list(found.sums.visible_to(request.actor))
    context = _context(request, found) | {
        "narrowing": narrowing,
        "is_narrow": any(wanted.values()),
        "sheet": sheet_of(found, lines, sums, wanted, request.GET, request.today),
        "departments": len(sums),
        "closed_url": url_without_drawer(request.GET),
        "asked": request.GET.urlencode(),
    }
    return render(request, "budgets/drafting/budget.html", _with_drawer(request, found, context))


def _context(request: Request, found: Budget) -> dict[str, Any]:
    """What stands beside the lines; departments do not see what concerns the whole organisation."""
    context = record_context(request, BUDGET, found, box=next_box_of(found, request))
    whole = request.actor.sees_everything
    if not whole:
        context |= {"trail": [replace(entry, changes=[]) for entry in context["trail"]], "talk": [], "comment_url": ""}
    versions = list(budgets_of(request, found.cycle.year))
    missing = list(undecided_requests(found.cycle_id)[: FEW + 1]) if whole else []
    is_amendment = found.kind == Budget.Kind.AMENDMENT
    kind = class_of(found) if is_amendment and (whole or found.state == Budget.State.DRAFT) else None
    return context | {
        "cycle": found.cycle,
        "versions": versions,
        "whole": whole,
        "before": next((version for version in versions if version.number < found.number), None),
        "gaps": [(record.get_absolute_url(), record.department.name) for record in missing[:FEW]],
        "more_gaps": len(missing) > FEW,
        "kind": AMENDMENT_CLASSES[kind] if kind else "",
        "decides": who_decides(found, kind) if kind else "",
        "may_compile": may_in(request, found.cycle, Can.COMPILE_BUDGET),
    }


def who_decides(found: Budget, kind: AmendmentClass) -> StrOrPromise:
    """Who decides on an amendment of this kind; once it is proposed that is management, and afterwards nobody."""
    if found.state in BUDGET.closed:
        return ""
    if found.state in PROPOSED and kind in SMALL:
        return _("It is proposed to management, which approves it.")
    return WHO_DECIDES[kind]


def _with_drawer(request: Request, found: Budget, context: dict[str, Any]) -> dict[str, Any]:
    """While a drawer offers what to do with its line, the box above is quiet: one filled button a page."""
    drawer = _drawer(request, found)
    if drawer is not None and any(button.is_primary for button in drawer.buttons):
        buttons = [replace(button, is_primary=False) for button in context["next"].buttons]
        context["next"] = replace(context["next"], buttons=buttons)
    return context | {"drawer": drawer}


def _drawer(request: Request, found: Budget) -> LineDrawer | None:
    number = request.GET.get("line", "")
    if not number:
        return None
    return drawer_of(line_asked(found, request.actor, number), request)


@page()
def export(request: Request, *, year: int, number: int) -> HttpResponseBase:
    """The lines of the sheet, narrowed in the same way."""
    found = find_budget(request, year=year, number=number)
    narrowing = SheetFilter(request.GET, actor=request.actor)
    lines = narrowed(lines_of(found, request.actor), found, narrowing.narrowing)
    sort_asked(request.GET, SORTS)
    key_asked(request.GET, "line")
    return exports.lines(request.GET.get("kind", "xlsx"), found, lines)
