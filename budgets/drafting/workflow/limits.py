"""What a budget line may hold: the chain from its allocation and its fund to what is spent on it already.

The first change asks, and so does every later step: what is spent meanwhile, nobody could know before.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce, Round
from django.urls import reverse
from django.utils.translation import gettext

from budgets.drafting.figures import QUARTERS, ZERO, days_of_quarters, exact
from budgets.drafting.models import Appropriation, Budget, BudgetLine, Fund
from planning.models import Project
from sop_portal.foundation.kit.bounds import Bound
from sop_portal.foundation.kit.formats import day_of_year
from sop_portal.foundation.kit.money import STORED_PLACES, money_in
from sop_portal.foundation.kit.sentences import interpolate
from sop_portal.foundation.workflow.table import Missing

LISTED = 10
MOST_TIMES = 100
ENDED = (Project.State.ON_HOLD, Project.State.CANCELLED)


@dataclass(frozen=True)
class LineProblem:
    """What stands against a line as it would be: the field it is about, the rule, and the way out."""

    field: str
    sentence: str


def approved_lines(cycle_id: int, numbers: Sequence[int]) -> dict[int, Appropriation]:
    """The approved lines of these numbers, with what is spent on them."""
    found = Appropriation.objects.filter(cycle_id=cycle_id, number__in=numbers).select_related("fund")
    return {approved.number: approved for approved in found}


def spent_on(lines: Sequence[BudgetLine]) -> Mapping[int, Decimal]:
    """What is spent already, by the number of the line."""
    if not lines:
        return {}
    found = approved_lines(lines[0].budget.cycle_id, [line.number for line in lines])
    return {number: approved.spent for number, approved in found.items()}


def problems_of(line: BudgetLine, amount: Decimal | None = None) -> list[LineProblem]:
    """What stands against a line as it was changed and not saved yet; the amounts of its quarters count."""
    amount = sum(line.quarters, ZERO) if amount is None else amount
    approved = approved_lines(line.budget.cycle_id, [line.number]).get(line.number)
    found = [_ended(line), _evaluated(line, amount, approved), _below_spent(line, amount, approved)]
    found += _other_labels(line, approved)
    found += [_above_allocation(line, amount), _purpose(line), _period(line), _fund_full(line, amount)]
    return [problem for problem in found if problem is not None]


def problems_of_figure(line: BudgetLine, amount: Decimal) -> list[LineProblem]:
    """What stands against another figure for a line, whoever wants it: it is spent already, or its project stopped."""
    approved = approved_lines(line.budget.cycle_id, [line.number]).get(line.number)
    found = (_ended(line), _evaluated(line, amount, approved), _below_spent(line, amount, approved))
    return [problem for problem in found if problem is not None]


def most_wanted(line: BudgetLine) -> Bound:
    """How much a department may want for a line: many times what it asked for was mistyped, or is a line of its own."""
    asked = max(line.allocation.cost if line.allocation else ZERO, line.allocated, line.amount)
    return money_in(line.budget.cycle.currency).up_to(MOST_TIMES * asked)


def _ended(line: BudgetLine) -> LineProblem | None:
    if line.project.state not in ENDED:
        return None
    words = {"line": line.where, "state": line.project.get_state_display()}
    sentence = gettext(
        "Line %(line)s: the project is “%(state)s”, so its line holds what was spent and stays as it is."
    )
    return LineProblem("q1", interpolate(sentence, words))


def _evaluated(line: BudgetLine, amount: Decimal, approved: Appropriation | None) -> LineProblem | None:
    in_force = approved.approved if approved else ZERO
    if line.project.state != Project.State.EVALUATED or amount <= in_force:
        return None
    return LineProblem("q1", _more_for_evaluated(line.where, in_force))


def _more_for_evaluated(line: str, in_force: Decimal) -> str:
    words = {"line": line, "in_force": exact(in_force)}
    return interpolate(
        gettext("Line %(line)s: the project is evaluated, so its line holds at most the %(in_force)s in force."), words
    )


def _below_spent(line: BudgetLine, amount: Decimal, approved: Appropriation | None) -> LineProblem | None:
    if approved is None or amount >= approved.spent:
        return None
    words = {"line": line.where, "spent": exact(approved.spent), "amount": exact(amount)}
    return LineProblem(
        "q1", gettext("%(spent)s of line %(line)s is already spent; it cannot be cut to %(amount)s.") % words
    )


def _other_labels(line: BudgetLine, approved: Appropriation | None) -> list[LineProblem]:
    """What is spent keeps its fund and its category."""
    if approved is None or not approved.spent:
        return []
    words = {"line": line.where, "spent": exact(approved.spent)}
    found = []
    if line.fund_id != approved.fund_id:
        sentence = gettext(
            "%(spent)s of line %(line)s is already spent from “%(fund)s”, so its funding source stays. Close the line "
            "at what is spent and use another line for the rest, or undo the expenses by counter-entries first."
        )
        found.append(LineProblem("fund", interpolate(sentence, {**words, "fund": approved.fund.called})))
    if line.category != approved.category:
        sentence = gettext(
            "%(spent)s of line %(line)s is already spent as “%(category)s”, so its category stays. Close the line at "
            "what is spent and use another line for the rest, or undo the expenses by counter-entries first."
        )
        words["category"] = str(approved.get_category_display())
        found.append(LineProblem("category", interpolate(sentence, words)))
    return found


def _above_allocation(line: BudgetLine, amount: Decimal) -> LineProblem | None:
    if amount <= line.allocated or line.more_reason.strip():
        return None
    sentence = gettext(
        "Line %(line)s: %(amount)s is more than the %(allocated)s allocated. Say why, or enter %(allocated)s or less."
    )
    words = {"line": line.where, "amount": exact(amount), "allocated": exact(line.allocated)}
    return LineProblem("more_reason", sentence % words)


def _purpose(line: BudgetLine) -> LineProblem | None:
    if not line.fund.is_restricted or line.serves_purpose.strip():
        return None
    sentence = gettext(
        "“%(fund)s” may be used for one purpose only: %(purpose)s. Say in words how line %(line)s serves it, or choose "
        "another funding source."
    )
    words = {"fund": line.fund.called, "purpose": line.fund.purpose, "line": line.where}
    return LineProblem("serves_purpose", interpolate(sentence, words))


def _period(line: BudgetLine) -> LineProblem | None:
    for name, (first, last) in zip(QUARTERS, days_of_quarters(line.budget.cycle.starts_on), strict=True):
        last = min(last, line.budget.cycle.ends_on)
        if getattr(line, name) and not line.fund.covers(first, last):
            return LineProblem("fund", _outside_period(line, name))
    return None


def _outside_period(line: BudgetLine, quarter: str) -> str:
    number = QUARTERS.index(quarter)
    first, last = days_of_quarters(line.budget.cycle.starts_on)[number]
    sentence = gettext(
        "Line %(line)s holds money from %(first)s to %(last)s, outside the period of “%(fund)s”: %(period)s. Choose "
        "another funding source, or other quarters."
    )
    words = {"line": line.where, "first": day_of_year(first), "last": day_of_year(last)}
    return interpolate(sentence, {**words, "fund": line.fund.called, "period": period_of(line.fund)})


def period_of(fund: Fund) -> str:
    """The days of a fund in words: from the first, until the last, or both; nothing where it is open."""
    days = {"first": day_of_year(fund.starts_on), "last": day_of_year(fund.ends_on)}
    if fund.starts_on and fund.ends_on:
        return gettext("%(first)s to %(last)s") % days
    if fund.starts_on:
        return gettext("from %(first)s on") % days
    return gettext("until %(last)s") % days if fund.ends_on else ""


def _fund_full(line: BudgetLine, amount: Decimal) -> LineProblem | None:
    """A line takes no more from its fund than the other lines leave; what only grows smaller is let through."""
    if line.fund.amount is None:
        return None
    before = (
        BudgetLine.objects.filter(pk=line.pk, fund_id=line.fund_id).values_list("amount", flat=True).first() or ZERO
    )
    others = fund_total(line.budget, line.fund) - before
    if amount <= before or others + amount <= line.fund.amount:
        return None
    words = {"line": line.where, "fund": line.fund.called, "left": exact(max(line.fund.amount - others, ZERO))}
    sentence = gettext(
        "“%(fund)s” has %(left)s left for line %(line)s. Enter %(left)s or less, take it from another line of this "
        "source first, or choose another one."
    )
    return LineProblem("fund", interpolate(sentence, words))


def fund_total(budget: Budget, fund: Fund) -> Decimal:
    """What the lines of a fund come to once this version is in force, those of other years included.

    The lines of a project on hold hold what is spent on them, whatever the version says.
    """
    lines = BudgetLine.objects.filter(budget=budget, fund=fund)
    running = lines.exclude(project__state=Project.State.ON_HOLD).aggregate(sum=Sum("amount"))["sum"] or ZERO
    held = Q(cycle_id=budget.cycle_id, project__state=Project.State.ON_HOLD)
    kept = Appropriation.objects.filter(fund=fund).filter(held | ~Q(cycle_id=budget.cycle_id))
    return running + (kept.aggregate(sum=Sum("approved"))["sum"] or ZERO)


def broken_limits(budget: Budget) -> list[Missing]:
    """Everything in a version that could not be put in force as it stands."""
    return [
        *overspent(budget),
        *_relabelled(budget),
        *_over_funds(budget),
        *_outside_periods(budget),
        *_raised_for_evaluated(budget),
    ]


def overspent(budget: Budget) -> list[Missing]:
    """Lines that would hold less than was already spent on them."""
    line = BudgetLine.objects.filter(budget=budget, number=OuterRef("number"))
    spent = Appropriation.objects.filter(cycle_id=budget.cycle_id, spent__gt=0)
    # Rounded, because SQLite adds the quarters in binary fractions.
    amount = line.annotate(sum=Round(F("amount"), STORED_PLACES)).values("sum")
    less = spent.annotate(new=Subquery(amount)).filter(new__lt=F("spent")).order_by("number")
    found = less.values_list("number", "project__name", "spent", "new")[:LISTED]
    year = budget.cycle.year
    return [
        Missing(
            gettext("%(spent)s of line %(line)s is already spent; it cannot be cut to %(amount)s.")
            % {"line": f"{year}-{number} {project}", "spent": exact(had), "amount": exact(new)},
            reverse("budget-line", args=[year, budget.number, number]),
        )
        for number, project, had, new in found
    ]


def _raised_for_evaluated(budget: Budget) -> list[Missing]:
    in_force = Appropriation.objects.filter(cycle_id=budget.cycle_id, number=OuterRef("number")).values("approved")
    evaluated = budget.lines.filter(project__state=Project.State.EVALUATED, is_refused=False).select_related("project")
    # Rounded, because SQLite adds the quarters in binary fractions.
    sums = evaluated.annotate(sum=Round(F("amount"), STORED_PLACES), had=Coalesce(Subquery(in_force), ZERO))
    return [
        Missing(
            _more_for_evaluated(line.where, line.had),
            reverse("budget-line", args=[budget.cycle.year, budget.number, line.number]),
        )
        for line in sums.filter(sum__gt=F("had")).order_by("number")[:LISTED]
    ]


def _relabelled(budget: Budget) -> list[Missing]:
    labels = BudgetLine.objects.filter(budget=budget, number=OuterRef("number"))
    spent = Appropriation.objects.filter(cycle_id=budget.cycle_id).exclude(spent=0).order_by()
    other = spent.annotate(
        fund_now=Subquery(labels.values("fund_id")), category_now=Subquery(labels.values("category"))
    )
    differing = other.filter(~Q(fund_now=F("fund_id")) | ~Q(category_now=F("category")))
    lines = BudgetLine.objects.filter(budget=budget, number__in=differing.values("number"))
    return [
        Missing(problem.sentence, line.get_absolute_url())
        for line in _named(lines)
        for problem in _other_labels(line, approved_lines(budget.cycle_id, [line.number])[line.number])
    ]


def _named(lines: QuerySet[BudgetLine]) -> QuerySet[BudgetLine]:
    return lines.select_related("budget__cycle", "project", "fund").order_by("number")[:LISTED]


def _over_funds(budget: Budget) -> list[Missing]:
    used = BudgetLine.objects.filter(budget=budget).order_by().values("fund")
    over = []
    for fund in Fund.objects.filter(pk__in=used, amount__isnull=False).order_by("name"):
        total = fund_total(budget, fund)
        if fund.amount is not None and total > fund.amount:
            words = {"fund": fund.called, "total": exact(total), "amount": exact(fund.amount)}
            sentence = gettext(
                "The lines of “%(fund)s” come to %(total)s, and it holds %(amount)s. Cut them, or choose another "
                "funding source for some."
            )
            over.append(Missing(interpolate(sentence, words), reverse("funds", args=[budget.cycle.year])))
    return over


def _outside_periods(budget: Budget) -> list[Missing]:
    used = BudgetLine.objects.filter(budget=budget).order_by().values("fund")
    limited = Fund.objects.filter(pk__in=used).exclude(starts_on=None, ends_on=None)
    return [missing for fund in limited.order_by("name") for missing in outside_period_of(fund, budget)][:LISTED]


def outside_period_of(fund: Fund, budget: Budget) -> list[Missing]:
    missing = []
    for name, (first, last) in zip(QUARTERS, days_of_quarters(budget.cycle.starts_on), strict=True):
        if not fund.covers(first, min(last, budget.cycle.ends_on)):
            for line in _named(BudgetLine.objects.filter(budget=budget, fund_id=fund.pk, **{f"{name}__gt": 0})):
                line.fund = fund
                missing.append(Missing(_outside_period(line, name), line.get_absolute_url()))
    return missing
