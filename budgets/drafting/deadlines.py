"""Who owes the budget of the year, the departments' word on it, and its approval, until when."""

from collections.abc import Collection, Iterator
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from budgets.drafting.models import Budget, Confirmation
from budgets.drafting.workflow import BUDGET, CONFIRMATION
from planning.cycles.deadlines import OPEN, extended, windows_of
from planning.models import Stage, StageWindow
from sop_portal.foundation.organisation.roles import Can
from sop_portal.foundation.workflow.owed import Owed, decisions, entered, until, within

S = Budget.State
C = Confirmation.State
NEXT = {S.DRAFT: "share", S.SHARED: "propose"}


def owed(at: datetime, *, ahead: int = 0, departments: Collection[int] | None = None) -> Iterator[Owed]:
    """The budget in the making of every year under way, and what departments still have to say of it."""
    yield from _answers(departments)
    if departments is not None:
        return
    windows = windows_of(Stage.BUDGET)
    budgets = list(Budget.objects.filter(cycle_id__in=windows).exclude(state=S.SUPERSEDED).select_related("cycle"))
    for window in windows.values():
        yield from _compilation(window, [budget for budget in budgets if budget.cycle_id == window.cycle_id])
    yield from decisions(
        BUDGET, "approve", [b for b in budgets if b.state in (S.PROPOSED, S.ENDORSED)],
        lambda budget: budget.endorsed_at if budget.state == S.ENDORSED else budget.proposed_at,
    )  # fmt: skip


def _compilation(window: StageWindow, budgets: list[Budget]) -> Iterator[Owed]:
    """Finance compiles, shares and proposes until the window is due; an amendment later has no day of its own."""
    dates: dict[str, Any] = {
        "opens_on": window.opens_on, "due_on": window.due_on, "first_due_on": window.first_due_on,
        "sequence": window.cycle.version,
    }  # fmt: skip
    if not budgets:
        link = reverse("budget-latest", args=[window.cycle.year])
        yield Owed(
            "cycle", "compile-budget", _("Compile budget"), Can.COMPILE_BUDGET, window.cycle, window.cycle,
            link=link, **dates,
        )  # fmt: skip
    for budget in budgets:
        if budget.kind == Budget.Kind.ORIGINAL and budget.state in NEXT:
            yield until(BUDGET, NEXT[S(budget.state)], budget, budget.cycle, **dates)


def _answers(departments: Collection[int] | None) -> Iterator[Owed]:
    asked = Confirmation.objects.filter(
        budget__cycle__state=OPEN, budget__state=S.SHARED, state__in=[C.AWAITING, C.CONTESTED]
    )
    rows = within(asked, departments)
    found = list(rows.select_related("budget__cycle", "department").order_by("pk"))
    longer = extended(Stage.BUDGET) if found else {}
    for answer in found:
        if answer.state == C.AWAITING:
            cycle = answer.budget.cycle
            due_on = max(answer.due, longer.get((cycle.pk, answer.department_id), answer.due))
            opens_on = cycle.day(answer.budget.shared_at) if answer.budget.shared_at else None
            yield until(
                CONFIRMATION, "confirm", answer, cycle, opens_on=opens_on, due_on=due_on, first_due_on=answer.due,
                sequence=cycle.version,
            )  # fmt: skip
    contested = [answer for answer in found if answer.state == C.CONTESTED]
    since = entered(CONFIRMATION, rows.filter(state=C.CONTESTED)) if contested else {}
    yield from decisions(
        CONFIRMATION, "settle", contested, lambda answer: since.get(answer.pk), lambda answer: answer.budget.cycle
    )
