"""The approved lines, expenses and exceptions a person may see, what they come to, and what the guard reads of them."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from django.db.models import Count, Q, QuerySet, Sum
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _

from budgets.drafting.models import Appropriation, Budget, BudgetSum
from budgets.spending.figures import (
    ZERO,
    LineFacts,
    LinePace,
    LinesTotal,
    Payment,
    Verdict,
    YearFacts,
    flags_of,
    guard,
    last_whole_month,
)
from budgets.spending.models import Expense, Flag, LineWarning, MeasuredYear, SpendingException, receipt_key_of
from planning.cycles.queries import cycle_of
from planning.models import Cycle, Project
from sop_portal.foundation.kit.dates import add_months
from sop_portal.foundation.kit.filters import NotUnderstood, is_key
from sop_portal.foundation.kit.money import exact_sum
from sop_portal.foundation.kit.sentences import StrOrPromise
from sop_portal.foundation.organisation.access import Request
from sop_portal.foundation.organisation.actor import Actor
from sop_portal.foundation.organisation.models import Department
from sop_portal.foundation.organisation.roles import Can, Role

LIKE_ANOTHER = _("An exception for this day and amount is asked for already.")
MOST_OFFERED = 200
AT_ONCE = 2000
# A project that was completed takes late invoices; the guard says until when.
POSTED_ON = (Project.State.ACTIVE, Project.State.COMPLETED)
COMPLETED = (Project.State.COMPLETED, Project.State.EVALUATED)
Flags = frozenset[Flag]
WITH_CHAIN = ("cycle", "department", "project", "fund", "line__budget", "line__allocation", "line__brought_row")


class LikelyDuplicate(NamedTuple):
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
    lines = lines_of(cycle, actor).filter(project__state__in=POSTED_ON).select_related("project", "department")
    if not actor.sees_everything:
        leads = {grant.behalf or actor.user.pk for grant in actor.grants if grant.role == Role.LEAD}
        lines = lines.filter(project__lead_id__in=leads)
    if project:
        lines = lines.filter(project_id=project)
    return [line for line in lines.order_by("number")[:MOST_OFFERED] if actor.may(Can.POST_EXPENSE, line)]


def find_expense(request: Request, year: int, pk: int) -> Expense:
    """One expense with its line and what the line comes from."""
    names = ("cycle", "department", "project", "posted_by", "corrects", "exception__cycle", "brought_row")
    line = [f"appropriation__{name}" for name in ("cycle", "department", "project", "fund", "line__budget")]
    found = expenses_of(cycle_of(request, year), request.actor)
    origin = ("appropriation__line__allocation", "appropriation__line__brought_row")
    return get_object_or_404(found.select_related(*names, *line, *origin), pk=pk)


def find_exception(request: Request, year: int, pk: int) -> SpendingException:
    """One exception with the line it is asked for."""
    line = [f"appropriation__{name}" for name in ("cycle", "department", "project", "fund", "line__budget")]
    origin = ("appropriation__line__allocation", "appropriation__line__brought_row")
    names = ("cycle", "department", "asked_by", "expense", *origin, *line)
    return get_object_or_404(exceptions_of(cycle_of(request, year), request.actor).select_related(*names), pk=pk)


def granted_exception(request: Request, line: Appropriation, typed: str) -> SpendingException | None:
    """The exception the expense rests on, if the form names one."""
    if not typed:
        return None
    found = line.exceptions.visible_to(request.actor).filter(pk=typed).first() if is_key(typed) else None
    if found is None:
        raise NotUnderstood(_("Exception"), typed)
    return found


def total_of_expenses(expenses: QuerySet[Expense]) -> Decimal:
    """The sum of the amounts of a narrowed list of expenses."""
    return expenses.aggregate(total=exact_sum("amount"))["total"] or ZERO


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


def corrected_among(expenses: Sequence[Expense]) -> set[int]:
    """Which of these expenses were undone by a counter-entry."""
    corrections = Expense.objects.filter(corrects__in=[expense.pk for expense in expenses])
    return set(corrections.values_list("corrects_id", flat=True))


def likely_duplicate(line: Appropriation, payment: Payment, actor: Actor) -> LikelyDuplicate | None:
    """An expense somebody may see that this looks like, and in what: its receipt, or its line, day and amount."""
    uncorrected = Expense.objects.visible_to(actor).filter(corrects=None, correction=None).select_related("cycle")
    if key := receipt_key_of(payment.receipt):
        known = uncorrected.filter(receipt_key=key).exclude(receipt_key="")
        if first := Expense.objects.filter(pk__in=known.values("pk")).select_related("cycle").order_by("pk").first():
            return LikelyDuplicate(first, _("An expense with this receipt is posted already."))
    same = uncorrected.filter(appropriation_id=line.pk, spent_on=payment.spent_on, amount=payment.amount)
    first = same.order_by("pk").first()
    said = _("An expense of this amount is posted already on this line for this day.")
    return LikelyDuplicate(first, said) if first else None


def exception_like(line: Appropriation, payment: Payment, on: date) -> SpendingException | None:
    """An exception for the same expense that was asked for and is still to be decided, or can still be used."""
    waiting = line.exceptions.exclude(state=SpendingException.State.REFUSED).filter(expense=None)
    same = waiting.filter(spent_on=payment.spent_on, amount=payment.amount)
    return next((e for e in same.select_related("cycle").order_by("pk") if not e.has_lapsed(on)), None)


def verdict_on(
    appropriation: Appropriation, amount: Decimal, spent_on: date, today: date, *, is_excepted: bool = False
) -> Verdict:
    """What the guard says of an expense on an approved line, before it is posted."""
    return guard(
        line_facts(appropriation), amount, spent_on, year_facts(appropriation.cycle, today), is_excepted=is_excepted
    )


def year_facts(cycle: Cycle, today: date) -> YearFacts:
    """The execution year of a cycle as the guard sees it."""
    return YearFacts(cycle.starts_on, cycle.ends_on, today, cycle.deviation_to_explain, cycle.is_closed)


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
        completed_on=_completed_on(appropriation),
        is_waiting=project.state in (Project.State.PLANNED, Project.State.ON_HOLD),
        purpose=fund.purpose if fund.is_restricted else "",
        fund=fund.called,
        fund_starts_on=fund.starts_on,
        fund_ends_on=fund.ends_on,
    )


def _completed_on(appropriation: Appropriation) -> date | None:
    """The day on which the project ended, as long as its evaluation is not concluded."""
    project = appropriation.project
    if project.state != Project.State.COMPLETED or project.completed_at is None:
        return None
    return appropriation.cycle.day(project.completed_at)


def paces_of(lines: Sequence[Appropriation], until: date) -> dict[int, LinePace]:
    """What the projection of each line is made of; an expense of before the year counts with its first month."""
    since = add_months(until.replace(day=1), -2)
    is_recent = Q(spent_on__gte=since) | Q(cycle__starts_on__gte=since)
    found = (
        Expense.objects.filter(appropriation__in=[line.pk for line in lines], spent_on__lte=until)
        .order_by()
        .values_list("appropriation_id")
        .annotate(reached=exact_sum("amount"), recent=exact_sum("amount", filter=is_recent))
    )
    spent = {pk: (reached, recent or ZERO) for pk, reached, recent in found}
    return {line.pk: _pace_of(line, *spent.get(line.pk, (ZERO, ZERO))) for line in lines}


def _pace_of(line: Appropriation, reached: Decimal, recent: Decimal) -> LinePace:
    return LinePace(
        line.approved,
        line.spent,
        line.line.quarters,
        reached,
        recent,
        is_closed=line.closed_at is not None,
        is_completed=line.project.state in COMPLETED,
    )


def flags_of_lines(lines: Sequence[Appropriation], year: YearFacts) -> dict[int, Flags]:
    """What each of these lines is warned of, worked out now."""
    paces = paces_of(lines, last_whole_month(year))
    return {pk: flags_of(pace, year) for pk, pace in paces.items()}


def in_pieces(lines: QuerySet[Appropriation], key: str = "pk") -> Iterator[list[Appropriation]]:
    """Approved lines in the order of a key, some thousand at a time."""
    last = 0
    while piece := list(lines.filter(**{f"{key}__gt": last}).order_by(key)[:AT_ONCE]):
        yield piece
        last = getattr(piece[-1], key)


def lines_to_measure(cycle: Cycle) -> QuerySet[Appropriation]:
    """The approved lines of a year with what their projection is made of."""
    return Appropriation.objects.filter(cycle_id=cycle.pk).select_related("line", "project")


def basis_of(cycle: Cycle, on: date) -> str:
    """What the warnings of a year rest on beside its lines and expenses: month, plan, and what is tolerated."""
    budget = Budget.objects.filter(cycle_id=cycle.pk, state=Budget.State.APPROVED).values_list("pk", flat=True).first()
    until = last_whole_month(year_facts(cycle, on))
    return f"{until} {budget} {cycle.starts_on} {cycle.ends_on} {cycle.deviation_to_explain}"


def is_measured(cycle: Cycle, on: date) -> bool:
    """Whether the warnings kept with the lines of a year are those of today."""
    return MeasuredYear.objects.filter(cycle_id=cycle.pk, basis=basis_of(cycle, on)).exists()


def warned(cycle: Cycle, on: date, *flags: Flag) -> Q:
    """The condition that an approved line of a year is warned of one of these."""
    if cycle.is_closed or on < cycle.starts_on:
        return Q(pk__in=[])
    if is_measured(cycle, on):
        current = LineWarning.objects.current().filter(cycle_id=cycle.pk, flag__in=flags)
        return Q(pk__in=current.values("appropriation_id"))
    return Q(pk__in=[line.pk for line, found in _measured_now(cycle, on) if found & {*flags}])


def warned_by_department(cycle: Cycle, actor: Actor, on: date) -> Counter[tuple[Flag, int]]:
    """How many approved lines are warned of what, by department, within what the person sees."""
    if cycle.is_closed or on < cycle.starts_on:
        return Counter()
    if is_measured(cycle, on):
        current = LineWarning.objects.current().filter(cycle_id=cycle.pk).visible_to(actor).order_by()
        rows = current.values_list("flag", "department_id").annotate(Count("pk"))
        return Counter({(Flag(flag), department): count for flag, department, count in rows})
    seen = None if actor.sees_everything else actor.department_ids
    return Counter(
        (flag, line.department_id)
        for line, found in _measured_now(cycle, on)
        for flag in found
        if seen is None or line.department_id in seen
    )


def _measured_now(cycle: Cycle, on: date) -> Iterator[tuple[Appropriation, Flags]]:
    year = year_facts(cycle, on)
    for piece in in_pieces(lines_to_measure(cycle)):
        found = flags_of_lines(piece, year)
        yield from ((line, found[line.pk]) for line in piece)
