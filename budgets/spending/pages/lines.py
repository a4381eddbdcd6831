"""The approved lines: spent, left, and where the pace leads; and what stands beside one line on other pages."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from budgets.drafting.models import Appropriation, BudgetLine, Category
from budgets.spending import exports
from budgets.spending.figures import LinePace, YearFacts, last_whole_month, outlook_of, warnings_of
from budgets.spending.forms import LineFilter
from budgets.spending.models import Flag
from budgets.spending.queries import (
    POSTED_ON,
    lines_of,
    paces_of,
    stored_total_of_lines,
    total_of_lines,
    year_facts,
)
from planning.cycles.queries import cycle_of
from planning.models import Cycle
from sop_portal.foundation.kit.addresses import address
from sop_portal.foundation.kit.components import Link, Pair
from sop_portal.foundation.kit.filters import sort_asked
from sop_portal.foundation.kit.formats import money, percent, sentences
from sop_portal.foundation.kit.paging import Sort, paginate
from sop_portal.foundation.organisation.access import Request, page
from sop_portal.foundation.organisation.actor import Actor
from sop_portal.foundation.organisation.roles import Can

WITH_NAMES = ("project", "department", "fund", "line")
COLUMNS = (
    "cycle_id",
    "number",
    "category",
    "approved",
    "spent",
    "closed_at",
    "line__q1",
    "line__q2",
    "line__q3",
    "line__q4",
    "department__name",
    "department__slug",
    "fund__name",
    "fund__is_restricted",
    "project__name",
    "project__slug",
    "project__state",
    "project__lead_id",
)
SORTS: dict[str, str | Sort] = {"line": Sort(("number",), is_unique=True), "approved": "approved", "spent": "spent"}


@dataclass(frozen=True)
class AppropriationRow:
    """An approved line as it is printed."""

    name: str
    url: str
    project: str
    project_url: str
    department: str
    category: str
    fund: str
    is_restricted: bool
    approved: str
    spent: str
    left: str
    share: str
    projection: str
    is_over: bool
    warning: str
    post_url: str
    post_label: str


@page()
def appropriations(request: Request, year: int) -> HttpResponse:
    """The approved lines: spent, left, and where the pace leads."""
    cycle = cycle_of(request, year)
    narrowing = LineFilter(request.GET, actor=request.actor)
    lines = narrowing.narrow(lines_of(cycle, request.actor), cycle)
    turned = paginate(lines.select_related(*WITH_NAMES).only(*COLUMNS), request.GET, SORTS, "line")
    department, is_narrow = narrowing.wanted_department, narrowing.is_narrowed_by("project", "used", "flag")
    total = total_of_lines(lines) if is_narrow else stored_total_of_lines(lines, cycle, request.actor, department)
    context = {
        "cycle": cycle,
        "narrowing": narrowing,
        "turned": turned,
        "total": total,
        "rows": line_rows(turned.rows, cycle, request.actor),
        "asked": request.GET.urlencode(),
    }
    return render(request, "budgets/spending/lines.html", context)


@page()
def appropriations_export(request: Request, year: int, kind: str) -> HttpResponseBase:
    """The approved lines as a spreadsheet, narrowed like the list."""
    cycle = cycle_of(request, year)
    narrowing = LineFilter(request.GET, actor=request.actor)
    sort_asked(request.GET, SORTS)
    return exports.lines(kind, cycle, narrowing.narrow(lines_of(cycle, request.actor), cycle), request.today)


def line_rows(lines: Sequence[Appropriation], cycle: Cycle, actor: Actor) -> list[AppropriationRow]:
    """Approved lines with what is left and where the pace leads."""
    year = year_facts(cycle, actor.on)
    paces = paces_of(lines, last_whole_month(year))
    return [_line_row(line, cycle, actor, year, paces[line.pk]) for line in lines]


def _line_row(line: Appropriation, cycle: Cycle, actor: Actor, year: YearFacts, pace: LinePace) -> AppropriationRow:
    category, outlook = str(Category(line.category).label), outlook_of(pace, year)
    may_post = line.project.state in POSTED_ON and not cycle.is_closed and actor.may(Can.POST_EXPENSE, line)
    return AppropriationRow(
        name=f"{cycle.year}-{line.number}",
        url=f"{address('expenses', cycle.year)}?line={line.number}",
        project=line.project.name,
        project_url=f"{address('projects', cycle.year)}{line.department.slug}/{line.project.slug}/",
        department=line.department.name,
        category=category,
        fund=line.fund.called,
        is_restricted=line.fund.is_restricted,
        approved=money(line.approved, 2),
        spent=money(line.spent, 2),
        left=money(line.approved - line.spent, 2),
        share=percent(line.spent / line.approved * 100) if line.approved else "–",
        projection=money(outlook.end),
        is_over=Flag.OVER in outlook.flags,
        warning=sentences(warnings_of(category, pace, outlook, year)),
        post_url=f"{address('expense-new', cycle.year)}?line={line.number}" if may_post else "",
        post_label=_("Post an expense on line %(line)s") % {"line": f"{cycle.year}-{line.number}"},
    )


def line_pairs(line: Appropriation, cycle: Cycle) -> list[Pair]:
    """What stands beside an approved line: approved, spent, left, the plan by quarter."""
    quarters = " · ".join(money(amount) for amount in line.line.quarters)
    return [
        Pair(_("Approved"), money(line.approved, 2)),
        Pair(_("Spent"), money(line.spent, 2), f"{reverse('expenses', args=[cycle.year])}?line={line.number}"),
        Pair(_("Left"), money(line.approved - line.spent, 2)),
        Pair(_("Plan by quarter"), quarters),
        Pair(_("Category"), line.get_category_display()),
        Pair(_("Funding source"), line.fund.called, is_typed=True),
    ]


def chain_of(line: Appropriation, cycle: Cycle, here: Link | None = None) -> list[Link]:
    """From the forecast to the money spent: every figure can be followed."""
    budget_line = line.line
    sheet = reverse("budget-line", args=[cycle.year, budget_line.budget.number, budget_line.number])
    budgeted = Link(_("Budget line %(line)s") % {"line": line.number}, sheet, money(line.approved))
    links = [*_came_from(budget_line, line, cycle), budgeted]
    return [*links, here] if here else links


def _came_from(budget_line: BudgetLine, line: Appropriation, cycle: Cycle) -> list[Link]:
    """What led to the line: forecast, request and allocation, or a row of a file."""
    asked = budget_line.allocation
    if asked is None:
        row = budget_line.brought_row
        return [Link(_("Row of the file, brought in"), note=row.where if row else "")]
    forecast = reverse("forecast-line", args=[cycle.year, line.department.slug, line.project.slug])
    request = f"{reverse('request', args=[cycle.year, line.department.slug])}#line-{asked.pk}"
    return [
        Link(_("Forecast"), forecast) if asked.forecast_line_id else Link(_("Forecast"), note=_("was not forecast")),
        Link(_("Request"), request, _("asked %(amount)s") % {"amount": money(asked.cost)}),
        Link(_("Allocation"), request, _("granted %(amount)s") % {"amount": money(asked.granted_cost)}),
    ]
