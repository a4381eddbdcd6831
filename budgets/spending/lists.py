"""The rows of the lists, written out once; and what stands beside an approved line."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Q, QuerySet, Sum
from django.urls import reverse
from django.utils.translation import gettext as _

from budgets.drafting.models import Appropriation, Budget, BudgetSum, Category
from budgets.spending.figures import ahead_of_plan, year_end
from budgets.spending.guarding import year_facts
from budgets.spending.models import Expense, SpendingException
from planning.models import Cycle, Project
from sop_portal.foundation.kit.addresses import address
from sop_portal.foundation.kit.components import Button, Link, NextBox, Pair, TrailLine
from sop_portal.foundation.kit.dates import add_months
from sop_portal.foundation.kit.formats import day_of_year, money, percent
from sop_portal.foundation.organisation.actor import Actor
from sop_portal.foundation.organisation.models import User
from sop_portal.foundation.organisation.roles import Can
from sop_portal.foundation.trail.models import Entry

LINE_NAMES = ("project", "department", "fund", "line")
LINE_COLUMNS = (
    "cycle_id", "number", "category", "approved", "spent", "line__q1", "line__q2", "line__q3", "line__q4",
    "department__name", "department__slug", "fund__name", "fund__is_restricted", "project__name", "project__slug",
    "project__state", "project__lead_id",
)  # fmt: skip
EXPENSE_NAMES = ("project", "department", "appropriation", "posted_by")
EXPENSE_COLUMNS = (
    "cycle_id", "amount", "spent_on", "what", "warnings", "corrects_id", "project__name", "project__slug",
    "department__name", "department__slug", "appropriation__number", "posted_by__name",
)  # fmt: skip
LINE_SORTS = {"line": "number", "approved": "approved", "spent": "spent", "project": "project__name"}
EXPENSE_SORTS = {"date": "spent_on", "amount": "amount", "what": "what"}
EXCEPTION_SORTS = {"date": "asked_at", "amount": "amount"}


@dataclass(frozen=True)
class LineRow:
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


def recent_of(lines: "Sequence[Appropriation]", until: date) -> dict[int, tuple[Decimal, Decimal]]:
    """Per line: what was spent until a day, and what of it in the three months before; one query."""
    since = add_months(until.replace(day=1), -2)
    found = (
        Expense.objects.filter(appropriation__in=[line.pk for line in lines], spent_on__lte=until)
        .values("appropriation_id")
        .annotate(total=Sum("amount"), recent=Sum("amount", filter=Q(spent_on__gte=since)))
    )
    return {row["appropriation_id"]: (row["total"], row["recent"] or Decimal(0)) for row in found}


def last_whole_month(cycle: Cycle, today: date) -> date:
    """The end of the last month that is over, within the execution year: paces are measured up to it."""
    return min(today.replace(day=1) - timedelta(days=1), cycle.ends_on)


def line_rows(lines: "Sequence[Appropriation]", cycle: Cycle, actor: Actor) -> list[LineRow]:
    """Approved lines with what is left and where the pace leads."""
    until = last_whole_month(cycle, actor.on)
    spent = recent_of(lines, until)
    nothing = (Decimal(0), Decimal(0))
    return [_line_row(line, cycle, actor, until, spent.get(line.pk, nothing)) for line in lines]


def _line_row(
    line: Appropriation, cycle: Cycle, actor: Actor, until: date, spent: tuple[Decimal, Decimal]
) -> LineRow:  # fmt: skip
    quarters = (line.line.q1, line.line.q2, line.line.q3, line.line.q4)
    year = year_facts(cycle, actor.on)
    end = max(year_end(spent[0], spent[1], quarters, year, until), line.spent)
    category = str(Category(line.category).label)
    may_post = line.project.state == Project.State.ACTIVE and actor.may(Can.POST_EXPENSE, line)
    return LineRow(
        name=f"{cycle.year}-{line.number}",
        url=f"{address('expenses', cycle.year)}?line={line.number}",
        project=line.project.name,
        project_url=f"{address('projects', cycle.year)}{line.department.slug}/{line.project.slug}/",
        department=line.department.name,
        category=category,
        fund=line.fund.name,
        is_restricted=line.fund.is_restricted,
        approved=money(line.approved, 2),
        spent=money(line.spent, 2),
        left=money(line.approved - line.spent, 2),
        share=percent(line.spent / line.approved * 100) if line.approved else "–",
        projection=money(end),
        is_over=end > line.approved,
        warning=ahead_of_plan(category, line.spent, quarters, actor.on, year) or "",
        post_url=f"{address('expense-new', cycle.year)}?line={line.number}" if may_post else "",
        post_label=_("Post an expense on line %(line)s") % {"line": f"{cycle.year}-{line.number}"},
    )


@dataclass(frozen=True)
class ExpenseRow:
    """An expense as it is printed."""

    url: str
    day: str
    what: str
    project: str
    project_url: str
    department: str
    line: str
    amount: str
    person: str
    is_counter_entry: bool
    is_corrected: bool
    has_warning: bool


def expense_rows(found: "Sequence[Expense]", cycle: Cycle) -> list[ExpenseRow]:
    """Expenses and counter-entries; one query says which are corrected."""
    corrected = set(Expense.objects.filter(corrects__in=[e.pk for e in found]).values_list("corrects_id", flat=True))
    return [
        ExpenseRow(
            url=f"{address('expenses', cycle.year)}{expense.pk}/",
            day=day_of_year(expense.spent_on),
            what=expense.what,
            project=expense.project.name,
            project_url=f"{address('projects', cycle.year)}{expense.department.slug}/{expense.project.slug}/",
            department=expense.department.name,
            line=f"{cycle.year}-{expense.appropriation.number}",
            amount=money(expense.amount, 2),
            person=expense.posted_by.name if expense.posted_by else "",
            is_counter_entry=expense.corrects_id is not None,
            is_corrected=expense.pk in corrected,
            has_warning=bool(expense.warnings),
        )
        for expense in found
    ]


def sum_of(rows: "QuerySet[Any]") -> Decimal:
    """What a narrowed list adds up to."""
    return rows.aggregate(total=Sum("amount"))["total"] or Decimal(0)


def kept_sum(narrowing: Any, cycle: Cycle, actor: Actor) -> Decimal:
    """What all expenses of the year, or of one department, add up to: read from what is kept per project."""
    projects = Project.objects.filter(cycle_id=cycle.pk).visible_to(actor)
    department = narrowing.cleaned_data.get("department")
    if department:
        projects = projects.filter(department_id=department.pk)
    return projects.aggregate(total=Sum("spent"))["total"] or Decimal(0)


def total_of_lines(lines: "QuerySet[Appropriation]") -> dict[str, Any]:
    """What a narrowed list of approved lines adds up to."""
    found = lines.order_by().aggregate(count=Count("pk"), approved=Sum("approved"), spent=Sum("spent"))
    return _total(found["count"], found["approved"], found["spent"])


def kept_total_of_lines(lines: "QuerySet[Appropriation]", narrowing: Any, cycle: Cycle, actor: Actor) -> dict[str, Any]:
    """The same for all lines of the year, or of one department, from what is kept of its budget and its projects."""
    sums = BudgetSum.objects.filter(budget__cycle_id=cycle.pk, budget__state=Budget.State.APPROVED).visible_to(actor)
    projects = Project.objects.filter(cycle_id=cycle.pk).visible_to(actor)
    department = narrowing.cleaned_data.get("department")
    if department:
        sums, projects = sums.filter(department=department), projects.filter(department=department)
    kept = sums.aggregate(lines=Sum("lines"), refused=Sum("refused"))
    found = projects.aggregate(approved=Sum("budgeted"), spent=Sum("spent"))
    # A line that is refused now may have been in force before; no kept figure says which were.
    count = lines.order_by().count() if kept["refused"] or not kept["lines"] else kept["lines"]
    return _total(count, found["approved"], found["spent"])


def _total(count: int, approved: Decimal | None, spent: Decimal | None) -> dict[str, Any]:
    approved, spent = approved or Decimal(0), spent or Decimal(0)
    share = percent(spent / approved * 100) if approved else "–"
    return {"count": count, "approved": approved, "spent": spent, "left": approved - spent, "share": share}


def line_pairs(line: Appropriation, cycle: Cycle) -> list[Pair]:
    """What stands beside an approved line: approved, spent, left, the plan by quarter."""
    quarters = " · ".join(money(q) for q in (line.line.q1, line.line.q2, line.line.q3, line.line.q4))
    return [
        Pair(_("Approved"), money(line.approved, 2)),
        Pair(_("Spent"), money(line.spent, 2), f"{reverse('expenses', args=[cycle.year])}?line={line.number}"),
        Pair(_("Left"), money(line.approved - line.spent, 2)),
        Pair(_("Plan by quarter"), quarters),
        Pair(_("Category"), line.get_category_display()),
        Pair(_("Funding source"), line.fund.name, is_typed=True),
    ]


def chain_of(line: Appropriation, cycle: Cycle, here: Link | None = None) -> list[Link]:
    """From the forecast to the money spent: every figure can be followed."""
    budget_line = line.line
    asked = budget_line.allocation
    forecast = reverse("forecast-line", args=[cycle.year, line.department.slug, line.project.slug])
    sheet = reverse("budget-line", args=[cycle.year, budget_line.budget.number, budget_line.number])
    request = f"{reverse('request', args=[cycle.year, line.department.slug])}#line-{asked.pk}"
    links = [
        Link(_("Forecast"), forecast if asked.forecast_line_id else "", _forecast_note(asked)),
        Link(
            _("Request"),
            request,
            _("asked %(amount)s") % {"amount": money(asked.cost)},
        ),
        Link(_("Allocation"), request, _("granted %(amount)s") % {"amount": money(asked.granted_cost)}),
        Link(_("Budget line %(line)s") % {"line": line.number}, sheet, money(line.approved)),
    ]
    return [*links, here] if here else links


def _forecast_note(asked: Any) -> Any:
    return "" if asked.forecast_line_id else _("was not forecast")


def story_of(expense: Expense, correction: Expense | None) -> list[TrailLine]:
    """What happened to an expense, newest first, with the reasons people gave."""
    entries = Entry.objects.of("expense", expense.pk)
    if correction is not None:
        entries = entries | Entry.objects.of("expense", correction.pk)
    sentences = {"post": _("posted the expense"), "correct": _("undid it by a counter-entry")}
    names = User.objects.in_bulk({entry.by_id for entry in entries if entry.by_id})
    return [
        TrailLine(e.at, str(names.get(e.by_id, "")), sentences.get(e.verb, e.verb), e.comment) for e in entries
    ]  # fmt: skip


def next_of_exception(exception: SpendingException, actor: Actor) -> NextBox | None:
    """The expense that may now be posted, while nobody has."""
    line = exception.appropriation
    if exception.state != SpendingException.State.GRANTED or getattr(exception, "expense", None):
        return None
    title = _("Post the expense")
    if not actor.may(Can.POST_EXPENSE, line):
        return NextBox(title, _("The exception is granted; project lead or finance can post it."), "wait")
    typed = {
        "line": line.number, "amount": exception.amount, "spent_on": exception.spent_on.isoformat(),
        "what": exception.what, "exception": exception.pk,
    }  # fmt: skip
    url = f"{reverse('expense-new', args=[line.cycle.year])}?{urlencode(typed)}"
    return NextBox(title, _("The exception is granted. It holds for one expense."), buttons=[Button(title, url, True)])
