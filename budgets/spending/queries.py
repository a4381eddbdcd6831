"""The approved lines, expenses and exceptions a person may see, what they come to, and what the guard reads of them."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from django.db.models import Count, Q, QuerySet, Sum, Value
from django.db.models.functions import Upper
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _

from budgets.drafting.models import Appropriation, Budget, BudgetSum
from budgets.spending.figures import ZERO, LineFacts, LinesTotal, Payment, Verdict, YearFacts, guard
from budgets.spending.models import Expense, SpendingException
from planning.cycles.queries import cycle_of
from planning.models import Cycle, Project
from sop_portal.foundation.kit.dates import add_months
from sop_portal.foundation.kit.filters import is_key
from sop_portal.foundation.kit.sentences import StrOrPromise
from sop_portal.foundation.organisation.access import Request
from sop_portal.foundation.organisation.actor import Actor
from sop_portal.foundation.organisation.models import Department
from sop_portal.foundation.organisation.roles import Can, Role

MOST_OFFERED = 200
WITH_CHAIN = ("cycle", "department", "project", "fund", "line__budget", "line__allocation")


class Double(NamedTuple):
    """An expense that another one looks like, and the sentence that says in what."""

    first: Expense
    said: StrOrPromise


def lines_of(cycle: Cycle, actor: Actor) -> QuerySet[Appropriation]:
    """The approved lines of a year that a person may see."""
    return Appropriation.objects.filter(cycle_id=cycle.pk).visible_to(actor)


def expenses_of(cycle: Cycle, actor: Actor) -> QuerySet[Expense]:
    """The expenses of a year that a person may see."""
    return Expense.objects.filter(cycle_id=cycle.pk).visible_to(actor)


def exceptions_of(cycle: Cycle, actor: Actor) -> QuerySet[SpendingException]:
    """The exceptions of a year that a person may see."""
    return SpendingException.objects.filter(cycle_id=cycle.pk).visible_to(actor)


def lines_to_post_on(cycle: Cycle, actor: Actor, project: str = "") -> list[Appropriation]:
    """The lines a person may post on (of one project, if a link names it), for choosing one; at most 200."""
    lines = lines_of(cycle, actor).filter(project__state=Project.State.ACTIVE).select_related("project", "department")
    if not actor.sees_everything:
        leads = {grant.behalf or actor.user.pk for grant in actor.grants if grant.role == Role.LEAD}
        lines = lines.filter(project__lead_id__in=leads)
    if project:
        lines = lines.filter(project_id=project)
    return [line for line in lines.order_by("number")[:MOST_OFFERED] if actor.may(Can.POST_EXPENSE, line)]


def find_expense(request: Request, year: int, pk: int) -> Expense:
    """One expense with its line and what the line comes from."""
    names = ("cycle", "department", "project", "posted_by", "corrects", "exception__cycle")
    line = [f"appropriation__{name}" for name in ("cycle", "department", "project", "fund", "line__budget")]
    found = expenses_of(cycle_of(request, year), request.actor)
    return get_object_or_404(found.select_related(*names, *line, "appropriation__line__allocation"), pk=pk)


def find_exception(request: Request, year: int, pk: int) -> SpendingException:
    """One exception with the line it is asked for."""
    line = [f"appropriation__{name}" for name in ("cycle", "department", "project", "fund", "line__budget")]
    names = ("cycle", "department", "asked_by", "expense", "appropriation__line__allocation", *line)
    return get_object_or_404(exceptions_of(cycle_of(request, year), request.actor).select_related(*names), pk=pk)


def granted_exception(request: Request, line: Appropriation, typed: str) -> SpendingException | None:
    """The exception the expense rests on, if the form names one."""
    if not typed:
        return None
    if not is_key(typed):
        raise Http404
    return get_object_or_404(line.exceptions.visible_to(request.actor), pk=typed)


def total_of_expenses(expenses: QuerySet[Expense]) -> Decimal:
    """What a narrowed list adds up to."""
    return expenses.aggregate(total=Sum("amount"))["total"] or ZERO


def stored_total_of_expenses(cycle: Cycle, actor: Actor, department: Department | None) -> Decimal:
    """What all expenses of the year, or of one department, add up to: read from what is stored with each project."""
    projects = Project.objects.filter(cycle_id=cycle.pk).visible_to(actor)
    if department:
        projects = projects.filter(department_id=department.pk)
    return projects.aggregate(total=Sum("spent"))["total"] or ZERO


def total_of_lines(lines: QuerySet[Appropriation]) -> LinesTotal:
    """What a narrowed list of approved lines adds up to."""
    found = lines.order_by().aggregate(count=Count("pk"), approved=Sum("approved"), spent=Sum("spent"))
    return LinesTotal(found["count"], found["approved"] or ZERO, found["spent"] or ZERO)


def stored_total_of_lines(
    lines: QuerySet[Appropriation], cycle: Cycle, actor: Actor, department: Department | None
) -> LinesTotal:
    """What all lines of the year, or of one department, add up to: read from what its budget and projects store."""
    sums = BudgetSum.objects.filter(budget__cycle_id=cycle.pk, budget__state=Budget.State.APPROVED).visible_to(actor)
    projects = Project.objects.filter(cycle_id=cycle.pk).visible_to(actor)
    if department:
        sums, projects = sums.filter(department=department), projects.filter(department=department)
    stored = sums.aggregate(lines=Sum("lines"), refused=Sum("refused"))
    found = projects.aggregate(approved=Sum("budgeted"), spent=Sum("spent"))
    # A line that is refused now may have been in force before; no stored figure says which were.
    count = lines.order_by().count() if stored["refused"] or not stored["lines"] else stored["lines"]
    return LinesTotal(count, found["approved"] or ZERO, found["spent"] or ZERO)


def recent_spending_of(lines: Sequence[Appropriation], until: date) -> dict[int, tuple[Decimal, Decimal]]:
    """Per line: what was spent until a day, and what of it in the three months before; one query."""
    since = add_months(until.replace(day=1), -2)
    found = (
        Expense.objects.filter(appropriation__in=[line.pk for line in lines], spent_on__lte=until)
        .values("appropriation_id")
        .annotate(total=Sum("amount"), recent=Sum("amount", filter=Q(spent_on__gte=since)))
    )
    return {row["appropriation_id"]: (row["total"], row["recent"] or ZERO) for row in found}


def corrected_among(expenses: Sequence[Expense]) -> set[int]:
    """Which of these expenses were undone by a counter-entry."""
    corrections = Expense.objects.filter(corrects__in=[expense.pk for expense in expenses])
    return set(corrections.values_list("corrects_id", flat=True))


def likely_double(line: Appropriation, payment: Payment, actor: Actor) -> Double | None:
    """An expense somebody may see that this looks like, and in what: its receipt, or its line, day and amount."""
    standing = Expense.objects.visible_to(actor).filter(corrects=None, correction=None).select_related("cycle")
    receipt = payment.receipt.strip()
    if receipt:
        known = standing.annotate(known=Upper("receipt")).filter(known=Upper(Value(receipt))).exclude(receipt="")
        if first := Expense.objects.filter(pk__in=known.values("pk")).select_related("cycle").order_by("pk").first():
            return Double(first, _("An expense with this receipt is posted already."))
    same = standing.filter(appropriation_id=line.pk, spent_on=payment.spent_on, amount=payment.amount)
    first = same.order_by("pk").first()
    said = _("An expense of this amount is posted already on this line for this day.")
    return Double(first, said) if first else None


def exception_like(line: Appropriation, payment: Payment) -> SpendingException | None:
    """An exception for the same expense that was asked for and is still to be decided or used."""
    waiting = line.exceptions.exclude(state=SpendingException.State.REFUSED).filter(expense=None)
    same = waiting.filter(spent_on=payment.spent_on, amount=payment.amount)
    return same.select_related("cycle").order_by("pk").first()


def verdict_on(
    appropriation: Appropriation, amount: Decimal, spent_on: date, today: date, *, is_excepted: bool = False
) -> Verdict:
    """What the guard says of an expense on an approved line, before it is posted."""
    return guard(
        line_facts(appropriation), amount, spent_on, year_facts(appropriation.cycle, today), is_excepted=is_excepted
    )


def year_facts(cycle: Cycle, today: date) -> YearFacts:
    """The execution year of a cycle as the guard sees it."""
    return YearFacts(cycle.starts_on, cycle.ends_on, today, cycle.deviation_to_explain)


def line_facts(appropriation: Appropriation) -> LineFacts:
    """An approved line as the guard sees it."""
    project, line, fund = appropriation.project, appropriation.line, appropriation.fund
    return LineFacts(
        name=str(appropriation),
        category=str(appropriation.get_category_display()),
        approved=appropriation.approved,
        spent=appropriation.spent,
        quarters=(line.q1, line.q2, line.q3, line.q4),
        starts_on=project.starts_on,
        ends_on=project.ends_on,
        is_active=project.state == Project.State.ACTIVE,
        state=str(project.get_state_display()),
        purpose=fund.purpose if fund.is_restricted else "",
        fund=fund.name,
        fund_starts_on=fund.starts_on,
        fund_ends_on=fund.ends_on,
    )
