"""Who owes an answer to the budget lines, and who owes the budget itself, until when."""

from collections.abc import Iterator

from budgets.drafting.answers import Confirmation
from budgets.drafting.models import Budget
from budgets.drafting.workflow import BUDGET, CONFIRMATION
from planning.cycles.deadlines import Deadline
from planning.cycles.windows import dates_of
from planning.models import Cycle
from sop_portal.organisation.roles import Can

S = Budget.State
NEXT = {
    S.DRAFT: ("share", Can.COMPILE_BUDGET),
    S.SHARED: ("propose", Can.COMPILE_BUDGET),
    S.PROPOSED: ("approve", Can.APPROVE_BUDGET),
    S.ENDORSED: ("approve", Can.APPROVE_BUDGET),
}


def owed(cycle: Cycle) -> Iterator[Deadline]:
    """The answers departments owe to a shared budget, and the next step of the year's budget itself."""
    yield from _answers(cycle)
    yield from _budget(cycle)


def _answers(cycle: Cycle) -> Iterator[Deadline]:
    waiting = Confirmation.objects.filter(budget__cycle=cycle, budget__state=S.SHARED, state="awaiting").order_by("pk")
    for confirmation in waiting.select_related("department", "budget__cycle"):
        shared = confirmation.budget.shared_at
        opens_on = cycle.day(shared) if shared else confirmation.due
        yield Deadline(CONFIRMATION.kind, confirmation, "confirm", Can.CONFIRM_LINES, opens_on, confirmation.due)


def _budget(cycle: Cycle) -> Iterator[Deadline]:
    window = dates_of(cycle, "budget")
    if window is None:
        return
    for budget in Budget.objects.filter(cycle=cycle, kind=Budget.Kind.ORIGINAL, state__in=NEXT).order_by("pk"):
        budget.cycle = cycle
        step, can = NEXT[S(budget.state)]
        yield Deadline(BUDGET.kind, budget, step, can, window.opens_on, window.due_on)
