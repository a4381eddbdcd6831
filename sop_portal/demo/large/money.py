"""The money of the large year: an approved budget, what may be spent, and what was."""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal

from budgets.drafting.actions.appropriation import change_funds, sums_of_funds
from budgets.drafting.actions.sums import update_sums
from budgets.models import Appropriation, Budget, BudgetLine, Category, Confirmation, Expense, Fund
from planning.models import RequestLine
from sop_portal.demo.large.rows import Load, batches, rows

EXPENSES = 2
DAYS = 100


def make(load: Load, granted: list[RequestLine]) -> dict[str, int]:
    """Load stage 3 and the expenses of stage 4."""
    budget = Budget.objects.create(cycle=load.cycle, number=1)
    fund = Fund.objects.get_or_create(name="General fund")[0]
    lines = rows(BudgetLine, budget_lines(load, budget, fund, granted))
    update_sums(budget)
    approve(load, budget)
    approved = rows(Appropriation, appropriations(load, lines))
    change_funds({}, sums_of_funds(load.cycle.pk))
    expenses = 0
    for batch in batches(spent(load, approved)):
        # Not kept: there are hundreds of thousands of them.
        expenses += len(Expense.objects.bulk_create(batch))
    return {"budget lines": len(lines), "expenses": expenses}


def approve(load: Load, budget: Budget) -> None:
    """Put the budget in force, confirmed by every department; from here on the database lets no line change."""
    dora, management, at = load.people["Dora Weiss"], load.people["Elif Aydin"], load.at
    Budget.objects.filter(pk=budget.pk).update(
        state="approved",
        shared_at=at,
        shared_by=dora,
        proposed_at=at,
        proposed_by=dora,
        approved_at=at,
        approved_by=management,
    )
    confirmed = (
        Confirmation(
            budget=budget, department=department, state="confirmed", due=at.date(), confirmed_at=at, confirmed_by=head
        )
        for department, head in zip(load.departments, load.heads, strict=True)
    )
    rows(Confirmation, confirmed)


def budget_lines(load: Load, budget: Budget, fund: Fund, granted: list[RequestLine]) -> Iterator[BudgetLine]:
    """One line per allocation, spread evenly over the quarters."""
    categories = Category.values
    for number, allocation in enumerate(granted, start=1):
        quarter = allocation.granted_cost / 4
        project = allocation.project
        project.budgeted += allocation.granted_cost
        yield BudgetLine(
            budget=budget,
            number=number,
            department_id=project.department_id,
            project=project,
            category=categories[number % len(categories)],
            fund=fund,
            allocation=allocation,
            allocated=allocation.granted_cost,
            q1=quarter,
            q2=quarter,
            q3=quarter,
            q4=quarter,
        )


def appropriations(load: Load, lines: list[BudgetLine]) -> Iterator[Appropriation]:
    """What may be spent on every line, and the sum of what was."""
    for line in lines:
        amount = sum(line.quarters, Decimal(0))
        spent_on_line = amount_of(line.number, amount) * EXPENSES
        line.project.spent += spent_on_line
        yield Appropriation(
            cycle=load.cycle,
            number=line.number,
            line=line,
            department_id=line.department_id,
            project=line.project,
            category=line.category,
            fund_id=line.fund_id,
            approved=amount,
            spent=spent_on_line,
        )


def amount_of(number: int, approved: Decimal) -> Decimal:
    """One expense: some 10 to 35 percent of its line, in cents."""
    return (approved * (10 + number % 26) / 100).quantize(Decimal("0.01"))


def spent(load: Load, lines: list[Appropriation]) -> Iterator[Expense]:
    """Two expenses on every line."""
    dora = load.people["Dora Weiss"]
    for line in lines:
        for place in range(EXPENSES):
            yield Expense(
                cycle=load.cycle,
                department_id=line.department_id,
                project_id=line.project_id,
                appropriation=line,
                fund_id=line.fund_id,
                category=line.category,
                amount=amount_of(line.number, line.approved),
                what=f"Bill {line.number}-{place + 1}",
                spent_on=load.cycle.starts_on + timedelta(days=(line.number * 7 + place * 31) % DAYS),
                posted_at=load.at,
                posted_by=dora,
            )
