"""What differs between two versions of a budget, for a rule; a page narrows the lines to what its reader may see."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Sum

from budgets.drafting.figures import ZERO, AmendmentClass, Shift, classify, moved
from budgets.drafting.models import Appropriation, Budget, BudgetLine, BudgetLines
from planning.models import Project
from sop_portal.foundation.trail.models import Entry

COMPARED = (
    "q1",
    "q2",
    "q3",
    "q4",
    "category",
    "fund_id",
    "more_reason",
    "serves_purpose",
    "computation",
    "is_refused",
    "refusal",
)
AT_ONCE = 500
FREED = ("number", "department_id", "amount")
# What finance moved by putting an amendment in force is noted under this name.
MOVED = "moved"


def version_in_force(cycle_id: int, at: datetime) -> Budget | None:
    """The version that was in force at a moment, if there was one."""
    return Budget.objects.filter(cycle_id=cycle_id, approved_at__lte=at).order_by("number").last()


def changed_lines(budget: Budget, base: Budget | None) -> BudgetLines:
    """The lines of a version that are not, word for word and cent for cent, in the version it is compared with."""
    lines: BudgetLines = BudgetLine.objects.filter(budget=budget)
    if base is None:
        return lines
    same = {field: OuterRef(field) for field in COMPARED}
    return lines.exclude(Exists(BudgetLine.objects.filter(budget=base, number=OuterRef("number"), **same)))


def changed_by_people(budget: Budget) -> BudgetLines:
    """The changed lines of a version that somebody decides on; those of cancelled projects were closed by that."""
    changed: BudgetLines = changed_lines(budget, budget.based_on).exclude(project__in=_cancelled(budget))
    return changed


def freed_lines(budget: Budget, base: Budget | None) -> BudgetLines:
    """The lines that hold less than another version because their project was stopped: nobody decides on them here."""
    changed: BudgetLines = changed_lines(budget, base)
    if base is None:
        return changed.none()
    freed: BudgetLines = changed.filter(Q(project__in=_cancelled(budget)) | Q(number__in=_not_given_back(budget)))
    return freed


def freed_amounts(budget: Budget) -> dict[int, Decimal]:
    """What stopped projects freed since the version that a budget is based on, by department."""
    lines = {number: rest for number, *rest in freed_lines(budget, budget.based_on).values_list(*FREED)}
    before = BudgetLine.objects.filter(budget=budget.based_on, number__in=lines).values_list("number", "amount")
    freed: dict[int, Decimal] = defaultdict(Decimal)
    for number, amount in before:
        department, left = lines[number]
        freed[department] += amount - left
    return {department: amount for department, amount in freed.items() if amount}


def _not_given_back(budget: Budget) -> list[int]:
    """The lines of projects that run again and did not get their money back: they hold what was spent and no more."""
    if budget.approved_at is not None:
        return []
    closed = Appropriation.objects.filter(cycle_id=budget.cycle_id, closed_at__isnull=False)
    held = dict(closed.exclude(project__state=Project.State.ON_HOLD).values_list("number", "approved"))
    lines = BudgetLine.objects.filter(budget=budget, number__in=held).values_list("number", "amount")
    return [number for number, amount in lines if amount == held[number]]


def _cancelled(budget: Budget) -> QuerySet[Project]:
    """The projects that were cancelled while the version was made; once it is decided, a later end changes nothing."""
    cancelled = Project.objects.filter(cycle_id=budget.cycle_id, state=Project.State.CANCELLED)
    if budget.approved_at is None:
        return cancelled
    entries = Entry.objects.filter(cycle_id=budget.cycle_id)
    decided = entries.filter(kind="budget", record_id=budget.pk, state_to=Budget.State.APPROVED)
    last = decided.order_by("position").values_list("position", flat=True).last() or 0
    before = entries.filter(kind="project", verb="cancel", position__lt=last)
    return cancelled.filter(pk__in=list(before.values_list("record_id", flat=True)))


def dropped_lines(budget: Budget, base: Budget) -> BudgetLines:
    """The lines of the base that this version no longer has."""
    remaining = BudgetLine.objects.filter(budget=budget, number=OuterRef("number"))
    dropped: BudgetLines = BudgetLine.objects.filter(budget=base)
    return dropped.exclude(Exists(remaining))


def changed_departments(budget: Budget) -> set[int]:
    """The departments whose lines differ from the version the budget is based on; all of them without one."""
    return set(changed_by_people(budget).values_list("department_id", flat=True).distinct())


def total_of(lines: QuerySet[BudgetLine]) -> Decimal:
    """The sum of these lines."""
    return lines.aggregate(total=Sum("amount"))["total"] or ZERO


def shifts_of(budget: Budget) -> list[Shift]:
    """How the money moves between the version in force and an amendment of it."""
    # What is closed now says nothing of the lines that an earlier version changed.
    closed_in = budget.based_on if budget.approved_at is None else None
    return list(_shifts(changed_by_people(budget), budget.based_on, closed_in))


def _shifts(changed: QuerySet[BudgetLine], base: Budget | None, closed_in: Budget | None) -> Iterator[Shift]:
    wanted = ("number", "department_id", "fund_id", "amount")
    for chunk in _chunks(changed.order_by("number").values_list(*wanted).iterator(AT_ONCE)):
        numbers = [number for number, *__ in chunk]
        old = {n: rest for n, *rest in BudgetLine.objects.filter(budget=base, number__in=numbers).values_list(*wanted)}
        old |= _closed(closed_in, numbers)
        for number, department, fund, amount in chunk:
            old_department, old_fund, old_amount = old.get(number, (department, fund, ZERO))
            if (old_department, old_fund) == (department, fund):
                yield Shift(department, fund, old_amount, amount)
            else:
                yield Shift(old_department, old_fund, old_amount, ZERO)
                yield Shift(department, fund, ZERO, amount)


def _closed(base: Budget | None, numbers: list[int]) -> dict[int, list[Any]]:
    """The lines that hold less than the version in force says, because their project was on hold for a time."""
    if base is None:
        return {}
    found = Appropriation.objects.filter(cycle_id=base.cycle_id, number__in=numbers, closed_at__isnull=False)
    running = found.exclude(project__state=Project.State.ON_HOLD)
    return {n: rest for n, *rest in running.values_list("number", "department_id", "fund_id", "approved")}


def _chunks(rows: Iterable[Any]) -> Iterator[list[Any]]:
    chunk: list[Any] = []
    for row in rows:
        chunk.append(row)
        if len(chunk) == AT_ONCE:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def class_of(budget: Budget) -> AmendmentClass:
    """What kind of amendment a version is."""
    return classify(
        shifts_of(budget), limit=budget.cycle.small_transfer_limit, moved_before=moved_without_management(budget)
    )


def moved_without_management(budget: Budget) -> Decimal:
    """What finance moved this year by putting amendments before this one in force itself."""
    put = Entry.objects.filter(kind="budget", verb="put-in-force", cycle_id=budget.cycle_id)
    found = Budget.objects.filter(pk__in=list(put.values_list("record_id", flat=True)), number__lt=budget.number)
    earlier = list(found.select_related("based_on"))
    noted = _noted_as_moved([version.pk for version in earlier])
    return sum((noted[v.pk] if v.pk in noted else moved(shifts_of(v)) for v in earlier), ZERO)


def _noted_as_moved(versions: list[int]) -> dict[int, Decimal]:
    """What versions moved by what was noted when they were put in force: their lines may be closed or open by now."""
    entries = Entry.objects.filter(kind="budget", record_id__in=versions, verb="edit", changes__0__field=MOVED)
    return {pk: Decimal(changes[0]["new"]) for pk, changes in entries.values_list("record_id", "changes")}
