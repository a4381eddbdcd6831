"""What is still missing before a budget may move on, in sentences; the same list explains the button and guards it."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from budgets.drafting.amounts import exact
from budgets.drafting.comparing import changed_lines, class_of, not_budgeted
from budgets.drafting.figures import AmendmentClass
from budgets.drafting.models import Appropriation, Budget, BudgetLine, Confirmation
from budgets.drafting.sums import sum_of
from planning.models import RequestLine, ResourceRequest
from sop_portal.foundation.kit.sentences import interpolate
from sop_portal.foundation.trail.models import Entry
from sop_portal.foundation.workflow.table import Missing

LISTED = 10
ANSWERED = ("confirm", "overrule")
SMALL = (AmendmentClass.CORRECTION, AmendmentClass.SMALL_TRANSFER)


def gaps(cycle_id: int) -> QuerySet[ResourceRequest]:
    """Requests nobody decided on yet: their departments are gaps in the budget, not zeros."""
    decided = [ResourceRequest.State.ALLOCATED, ResourceRequest.State.WAIVED]
    found = ResourceRequest.objects.filter(cycle_id=cycle_id).exclude(state__in=decided)
    return found.select_related("department", "cycle").order_by("department__name")


def allocated_money(cycle_id: int) -> QuerySet[RequestLine]:
    """Everything that was granted in money in a year, in a settled order."""
    granted = RequestLine.objects.filter(
        request__cycle_id=cycle_id, request__state=ResourceRequest.State.ALLOCATED, granted_cost__gt=0
    )
    return granted.order_by("request__department__name", "project__name", "pk")


def not_taken_in(budget: Budget) -> QuerySet[RequestLine]:
    """Allocations that are not lines of this budget yet."""
    taken = BudgetLine.objects.filter(budget=budget, allocation=OuterRef("pk"))
    return allocated_money(budget.cycle_id).exclude(Exists(taken))


def missing_to_share(budget: Budget, at: datetime) -> list[Missing]:
    """Every allocated amount is budgeted or refused with a reason, and an amendment changes something."""
    new = not_taken_in(budget)
    missing = [
        Missing(
            interpolate(
                _("%(amount)s for “%(what)s” (%(project)s) is allocated but not in the budget."),
                {"amount": exact(line.granted_cost), "what": line.called, "project": line.project},
            ),
            reverse("budget-take-in", args=[budget.cycle.year, budget.number]),
        )
        for line in new.select_related("project")[:LISTED]
    ]
    missing += [
        Missing(
            _("Line %(line)s holds no money: enter an amount, or say why it is not budgeted.")
            % {"line": f"{line} {line.project}"},
            line_url(line),
        )
        for line in named(BudgetLine.objects.filter(not_budgeted(budget)))
    ]
    if budget.based_on_id and not missing and not changed_lines(budget, budget.based_on).exists():
        missing.append(Missing(_("Nothing is changed yet against the version in force.")))
    return missing


def named(lines: QuerySet[BudgetLine]) -> Iterable[BudgetLine]:
    """The first few lines with what names them."""
    return lines.select_related("project", "budget__cycle").order_by("number")[:LISTED]


def line_url(line: BudgetLine) -> str:
    """The line's own page."""
    return reverse("budget-line", args=[line.budget.cycle.year, line.budget.number, line.number])


def missing_to_propose(budget: Budget, at: datetime) -> list[Missing]:
    """Every department with lines confirmed them, or management overruled it."""
    answered = [Confirmation.State.CONFIRMED, Confirmation.State.OVERRULED]
    found = Confirmation.objects.filter(budget=budget).exclude(state__in=answered)
    found = found.select_related("department", "budget__cycle").order_by("department__name")
    counted = found.annotate(contested=Count("contests", filter=Q(contests__settled="open")))
    return [Missing(_unanswered(c, c.contested), c.get_absolute_url()) for c in counted]


def _unanswered(confirmation: Confirmation, contested: int) -> str:
    if confirmation.state == Confirmation.State.AWAITING:
        return interpolate(
            _("%(department)s has not confirmed its lines yet."), {"department": confirmation.department}
        )
    sentence = ngettext(
        "%(department)s contests %(count)s line; finance changes it or management overrules with a reason.",
        "%(department)s contests %(count)s lines; finance changes them or management overrules with a reason.",
        contested,
    )
    return interpolate(sentence, {"department": confirmation.department, "count": contested})


def overspent(budget: Budget) -> list[Missing]:
    """Lines that would hold less than was already spent on them."""
    line = BudgetLine.objects.filter(budget=budget, number=OuterRef("number"))
    spent = Appropriation.objects.filter(cycle_id=budget.cycle_id, spent__gt=0)
    less = spent.annotate(new=Subquery(line.values("amount"))).filter(new__lt=F("spent")).order_by("number")
    found = less.values_list("number", "project__name", "spent", "new")[:LISTED]
    year = budget.cycle.year
    return [
        Missing(
            _("%(spent)s of line %(line)s is already spent; it cannot be cut to %(amount)s.")
            % {"line": f"{year}-{number} {project}", "spent": exact(had), "amount": exact(new)},
            reverse("budget-line", args=[year, budget.number, number]),
        )
        for number, project, had, new in found
    ]


def needs_two(budget: Budget) -> bool:
    """Whether the sum is above the limit of one manager."""
    limit = budget.cycle.second_approval_above
    return limit is not None and sum_of(budget) > limit


def missing_to_approve(budget: Budget, at: datetime) -> list[Missing]:
    """Above the limit a first manager has approved; nothing is cut below what was spent."""
    missing = overspent(budget)
    if budget.state == Budget.State.PROPOSED and needs_two(budget):
        names = {"sum": exact(sum_of(budget)), "limit": exact(budget.cycle.second_approval_above)}
        missing.append(
            Missing(_("The sum of %(sum)s is above %(limit)s, so a first manager approves before you.") % names)
        )
    return missing


def missing_to_endorse(budget: Budget, at: datetime) -> list[Missing]:
    """Two managers are needed only above the limit."""
    if needs_two(budget):
        return overspent(budget)
    return [Missing(_("The sum is within the limit of one manager: approve the budget itself."))]


def missing_to_put_in_force(budget: Budget, at: datetime) -> list[Missing]:
    """Finance puts corrections and small transfers in force itself, once the departments have confirmed them."""
    if budget.kind != Budget.Kind.AMENDMENT:
        return [Missing(_("The budget of the year is approved by management."))]
    if class_of(budget) not in SMALL:
        return [Missing(_("This amendment is more than a correction or a small transfer, so management approves it."))]
    return [*missing_to_propose(budget, at), *overspent(budget)]


def missing_to_supersede(budget: Budget, at: datetime) -> list[Missing]:
    """Nobody takes a budget out of force by hand."""
    return [Missing(_("A version is superseded by itself, when a newer one is approved."))]


def missing_to_ask(confirmation: Confirmation, at: datetime) -> list[Missing]:
    """A department is asked again only when its lines changed since it answered."""
    if changed_since_answered(confirmation):
        return []
    return [Missing(_("The lines have not changed since the department answered."))]


def changed_since_answered(confirmation: Confirmation) -> bool:
    """Whether the lines are another version than the one the last answer was given to."""
    entries = Entry.objects.of("confirmation", confirmation.pk).filter(verb__in=ANSWERED)
    last = entries.values_list("version", flat=True).first()
    return last is None or confirmation.version > last


def missing_to_answer(confirmation: Confirmation, at: datetime) -> list[Missing]:
    """Departments answer, and their contests are settled, while the budget is shared."""
    if confirmation.budget.state == Budget.State.SHARED:
        return []
    return [Missing(_("The budget is not shared with the departments now."))]
