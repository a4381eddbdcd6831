"""Two versions of a budget as a page: each line that differs, old, new and difference, and the totals."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from budgets.drafting.amounts import decimals
from budgets.drafting.comparing import changed_lines, dropped_lines, total_of
from budgets.drafting.figures import NOTHING
from budgets.drafting.finding import lines_of
from budgets.drafting.models import Budget, BudgetLine
from sop_portal.foundation.kit.paging import paginate
from sop_portal.foundation.organisation.access import Request

ROWS = 200
WITH_NAMES = ("project", "department", "fund", "budget__cycle")


@dataclass(frozen=True)
class Compared:
    """One line in both versions; nothing where it did not stand in one of them."""

    old: BudgetLine | None
    new: BudgetLine | None

    @property
    def line(self) -> BudgetLine:
        """Whichever there is."""
        found = self.new or self.old
        if found is None:
            raise ValueError("A compared line stands in one version at least.")
        return found

    @property
    def difference(self) -> Decimal:
        """How much more (or less) the newer version holds."""
        new = self.new.amount if self.new else NOTHING
        return new - (self.old.amount if self.old else NOTHING)


@dataclass(frozen=True)
class Comparison:
    """One page of differing lines and the totals of both versions, as far as one may see them."""

    rows: list[Compared]
    count: int
    old_total: Decimal
    new_total: Decimal
    previous_url: str = ""
    next_url: str = ""

    @property
    def difference(self) -> Decimal:
        """The change of the whole."""
        return self.new_total - self.old_total

    @property
    def decimals(self) -> int:
        """The places its amounts are shown with."""
        lines = [line for row in self.rows for line in (row.old, row.new) if line]
        return decimals([self.old_total, self.new_total, *(amount for line in lines for amount in line.quarters)])


def comparison_of(new: Budget, old: Budget, request: Request) -> Comparison:
    """What differs between two versions within what the person sees."""
    changed = changed_lines(new, old).visible_to(request.actor)
    dropped = dropped_lines(new, old).visible_to(request.actor)
    turned = paginate(changed.select_related(*WITH_NAMES), request.GET, {"line": "number"}, "line", ROWS)
    gone = list(dropped.select_related(*WITH_NAMES).order_by("number")[:ROWS]) if not turned.next_url else []
    return Comparison(
        [*_pairs(turned.rows, old), *(Compared(line, None) for line in gone)],
        changed.count() + dropped.count(),
        total_of(lines_of(old, request.actor)), total_of(lines_of(new, request.actor)),
        turned.previous_url, turned.next_url,
    )  # fmt: skip


def _pairs(lines: Iterable[BudgetLine], old: Budget) -> list[Compared]:
    rows = list(lines)
    numbers = [line.number for line in rows]
    found = BudgetLine.objects.filter(budget=old, number__in=numbers).select_related(*WITH_NAMES)
    before = {line.number: line for line in found}
    return [Compared(before.get(line.number), line) for line in rows]
