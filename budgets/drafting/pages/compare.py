"""Two versions of a budget side by side: each line that differs, old, new and difference, and the totals."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.http import HttpResponse
from django.shortcuts import render

from budgets.drafting.figures import ZERO, decimals
from budgets.drafting.models import Budget, BudgetLine
from budgets.drafting.queries.budgets import find_budget, lines_of
from budgets.drafting.queries.sums import total_of
from budgets.drafting.queries.versions import changed_lines, dropped_lines, freed_lines
from sop_portal.foundation.kit.filters import BESIDE, refuse_unknown
from sop_portal.foundation.kit.paging import paginate
from sop_portal.foundation.organisation.access import Request, page

ROWS = 200
WITH_NAMES = ("project", "department", "fund", "budget__cycle")


@dataclass(frozen=True)
class ComparedLine:
    """One line in both versions; nothing where it did not stand in one of them."""

    old: BudgetLine | None
    new: BudgetLine | None
    is_freed: bool = False

    @property
    def line(self) -> BudgetLine:
        """The newer of the two where the line stands in both."""
        found = self.new or self.old
        if found is None:
            raise ValueError("A compared line stands in one version at least.")
        return found

    @property
    def difference(self) -> Decimal:
        """How much more (or less) the newer version holds."""
        new = self.new.amount if self.new else ZERO
        return new - (self.old.amount if self.old else ZERO)


@dataclass(frozen=True)
class VersionComparison:
    """One page of differing lines and the totals of both versions, as far as one may see them."""

    rows: list[ComparedLine]
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


@page()
def compare(request: Request, *, year: int, number: int, other: int) -> HttpResponse:
    """Two versions side by side: the lines that differ, and the totals."""
    new, old = find_budget(request, year=year, number=number), find_budget(request, year=year, number=other)
    context = {"record": new, "other": old, "cycle": new.cycle, "page": comparison_of(new, old, request)}
    return render(request, "budgets/drafting/compare.html", context)


def comparison_of(new: Budget, old: Budget, request: Request) -> VersionComparison:
    """What differs between two versions within what the person sees."""
    changed = changed_lines(new, old).visible_to(request.actor)
    dropped = dropped_lines(new, old).visible_to(request.actor)
    refuse_unknown(request.GET, *BESIDE)
    turned = paginate(changed.select_related(*WITH_NAMES), request.GET, {"line": "number"}, "line", ROWS)
    dropped_rows = list(dropped.select_related(*WITH_NAMES).order_by("number")[:ROWS]) if not turned.next_url else []
    return VersionComparison(
        rows=[*_pairs(turned.rows, new, old), *(ComparedLine(line, None) for line in dropped_rows)],
        count=changed.count() + dropped.count(),
        old_total=total_of(lines_of(old, request.actor)),
        new_total=total_of(lines_of(new, request.actor)),
        previous_url=turned.previous_url,
        next_url=turned.next_url,
    )


def _pairs(lines: Iterable[BudgetLine], new: Budget, old: Budget) -> list[ComparedLine]:
    rows = list(lines)
    numbers = [line.number for line in rows]
    later, earlier = (new, old) if new.number > old.number else (old, new)
    freed = set(freed_lines(later, earlier).filter(number__in=numbers).values_list("number", flat=True))
    found = BudgetLine.objects.filter(budget=old, number__in=numbers).select_related(*WITH_NAMES)
    before = {line.number: line for line in found}
    return [ComparedLine(before.get(line.number), line, line.number in freed) for line in rows]
