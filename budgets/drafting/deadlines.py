"""Who owes the budget of the year, the departments' word on it, and its approval, until when."""

from collections.abc import Collection, Iterator
from datetime import date, datetime
from operator import attrgetter
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from budgets.drafting.models import Budget, Confirmation
from budgets.drafting.workflow import BUDGET, CONFIRMATION
from planning.cycles.queries import OPEN, extensions_under_way, windows_under_way
from planning.models import Stage, StageWindow
from sop_portal.foundation.organisation.models import User
from sop_portal.foundation.organisation.roles import Can
from sop_portal.foundation.workflow.owed import DueRows, Owed, decisions, until, within

COMPILING = [*BUDGET["share"].sources, *BUDGET["propose"].sources]
UNCONFIRMED = CONFIRMATION["confirm"].sources
DUE = DueRows(CONFIRMATION, "confirm")


def owed(at: datetime, *, ahead: int = 0, departments: Collection[int] | None = None) -> Iterator[Owed]:
    """Every undecided budget of the years under way, and the confirmations departments still owe."""
    yield from _answers(departments)
    if departments is not None:
        return
    windows = windows_under_way(Stage.BUDGET)
    found = Budget.objects.filter(cycle_id__in=windows).exclude(state=Budget.State.SUPERSEDED)
    budgets = list(found.select_related("cycle"))
    for window in windows.values():
        yield from _compilation(window, [budget for budget in budgets if budget.cycle_id == window.cycle_id])
    yield from decisions(BUDGET, [budget for budget in budgets if budget.state not in COMPILING])


def _compilation(window: StageWindow, budgets: list[Budget]) -> Iterator[Owed]:
    """Finance compiles, shares and proposes until the window is due; an amendment later has no day of its own."""
    cycle = window.cycle
    dates: dict[str, Any] = {
        "opens_on": window.opens_on,
        "due_on": window.due_on,
        "first_due_on": window.first_due_on,
        "moved_from": window.moved_from,
        "sequence": cycle.version,
    }
    if not budgets:
        link, label = reverse("budget-latest", args=[cycle.year]), _("Compile budget")
        yield Owed("cycle", "compile-budget", label, Can.COMPILE_BUDGET, cycle, cycle, link=link, **dates)
    for budget in budgets:
        step = BUDGET.awaited_in(budget.state)
        if budget.kind == Budget.Kind.ORIGINAL and step and budget.state in COMPILING:
            yield until(BUDGET, step.name, budget, budget.cycle, **dates)


def owed_by_name(person: User, at: datetime) -> Iterator[Owed]:
    """The budget nobody has compiled yet: there is no record whose state could say that it is waited for."""
    windows = windows_under_way(Stage.BUDGET)
    begun = set(Budget.objects.filter(cycle_id__in=windows).values_list("cycle_id", flat=True))
    for window in windows.values():
        if window.cycle_id not in begun and window.opens_on <= window.cycle.day(at):
            yield from _compilation(window, [])


def _answers(departments: Collection[int] | None) -> Iterator[Owed]:
    asked = Confirmation.objects.filter(
        budget__cycle__state=OPEN, budget__state=Budget.State.SHARED, state__in=CONFIRMATION.awaiting
    )
    rows = within(asked, departments)
    found = list(rows.select_related("budget__cycle", "department").order_by("pk"))
    extensions = extensions_under_way(Stage.BUDGET) if found else {}
    for answer in found:
        if answer.state in UNCONFIRMED:
            due_on = extensions.get((answer.budget.cycle_id, answer.department_id), answer.due)
            yield _confirmation(answer, max(answer.due, due_on))
    answered = [answer for answer in found if answer.state not in UNCONFIRMED]
    yield from decisions(CONFIRMATION, answered, cycle_of=attrgetter("budget.cycle"))


def _confirmation(answer: Confirmation, due_on: date) -> Owed:
    cycle, shared_at = answer.budget.cycle, answer.budget.shared_at
    return until(
        CONFIRMATION,
        "confirm",
        answer,
        cycle,
        opens_on=cycle.day(shared_at) if shared_at else None,
        due_on=due_on,
        first_due_on=answer.due,
        sequence=cycle.version,
    )
