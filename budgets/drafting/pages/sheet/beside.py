"""What a line of the sheet is measured against, ready to print."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from budgets.drafting.models import Budget, BudgetLine
from budgets.drafting.queries.beside import YearBefore, amounts_before
from budgets.drafting.queries.in_force import closed_among, why_closed
from budgets.drafting.workflow.limits import spent_on
from sop_portal.foundation.kit.formats import money


@dataclass(frozen=True)
class Printing:
    """How the lines of one page are printed: beside which year, with how many decimals, on which day."""

    before: YearBefore
    places: int
    today: date


@dataclass(frozen=True)
class Beside:
    """Beside one line: the year before and its budget, what the version before held, and what is spent already."""

    actual: str
    budgeted: str = ""
    earlier: str = ""
    held_before: str = ""
    is_new: bool = False
    spent: str = ""
    closed: str = ""

    @property
    def is_changed(self) -> bool:
        """Whether an amendment changes this line, or brings it."""
        return bool(self.held_before) or self.is_new


def beside_lines(budget: Budget, lines: Sequence[BudgetLine], printing: Printing) -> dict[int, Beside]:
    """What stands beside each of these lines."""
    spent, held = spent_on(lines), amounts_before(budget, lines)
    closed = closed_among(budget, [line.number for line in lines])
    beside = {line.pk: _beside(line, printing, spent, held) for line in lines}
    marks = {line.pk: why_closed(closed[line.number]) for line in lines if line.number in closed}
    return {pk: replace(one, closed=marks.get(pk, "")) for pk, one in beside.items()}


def _beside(
    line: BudgetLine, printing: Printing, spent: Mapping[int, Decimal], held: Mapping[int, Decimal] | None
) -> Beside:
    before, places = printing.before, printing.places
    budgeted, earlier = before.approved.get(line.pk), before.earlier.get(line.pk)
    held_before = None if held is None else held.get(line.number)
    return Beside(
        actual=money(before.spent.get(line.pk), places),
        budgeted="" if budgeted is None else _("of %(amount)s budgeted") % {"amount": money(budgeted, places)},
        earlier="" if earlier is None else _("%(year)s: %(amount)s") % _said(before.year - 1, earlier, places),
        held_before="" if held_before in (None, line.amount) else money(held_before, places),
        is_new=held is not None and held_before is None,
        spent=_("%(amount)s spent") % {"amount": money(spent[line.number], places)} if spent.get(line.number) else "",
    )


def _said(year: int, amount: Decimal, places: int) -> dict[str, object]:
    return {"year": year, "amount": money(amount, places)}
