"""The lines of a plan that was approved elsewhere, written one by one; what cannot be is collected by row."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from budgets.drafting.figures import ZERO, quarter_names
from budgets.drafting.models import BroughtRow, Budget, BudgetLine, Fund
from budgets.drafting.workflow import BROUGHT_ROW
from budgets.drafting.workflow.limits import problems_of
from planning.models import Project
from sop_portal.foundation.kit.bounds import ROW, refuse_beyond
from sop_portal.foundation.kit.fitting import refuse_unfit, save_new
from sop_portal.foundation.kit.formats import sentences
from sop_portal.foundation.kit.money import money_in
from sop_portal.foundation.kit.refusals import NotReady
from sop_portal.foundation.trail.actions import Change
from sop_portal.foundation.workflow.seals import release_rows

LABELS = ("category", "serves_purpose", "computation", "more_reason")


@dataclass(frozen=True, slots=True)
class PlanRow:
    """One line of a plan as a file says it, and where; `line` is the one of an earlier file that it changes."""

    project: Project
    category: str
    quarters: tuple[Decimal, Decimal, Decimal, Decimal]
    row: int
    sheet: str = ""
    fund: Fund | None = None
    what: str = ""
    serves_purpose: str = ""
    computation: str = ""
    number: int | None = None
    line: BudgetLine | None = None
    more_reason: str = ""

    @property
    def amount(self) -> Decimal:
        """The four quarters together."""
        return sum(self.quarters, ZERO)


def write_lines(
    budget: Budget, file_name: str, rows: Sequence[PlanRow], general: Fund, changes: list[Change]
) -> list[BudgetLine]:
    """Write the lines of a plan, new ones and those of an earlier file; every row that is refused is named."""
    known = set(BudgetLine.objects.filter(budget=budget).values_list("number", flat=True))
    free = iter(_free_numbers(known | {row.number for row in rows if row.number}))
    lines, refused = [], []
    for row in rows:
        line = row.line or BudgetLine(budget=budget, number=row.number or next(free))
        before = line.amount if row.line else None
        replaced = line.brought_row
        try:
            with transaction.atomic():
                _write(line, row, file_name, general, is_taken=row.line is None and row.number in known)
        except NotReady as problem:
            refused.append(_("Row %(row)s: %(reason)s") % {"row": row.row, "reason": _whole(problem)})
            continue
        if replaced is not None:
            delete_row(replaced)
        changes.append(Change("line", "" if before is None else f"{before:f}", f"{row.amount:f}", line.where))
        known.add(line.number)
        lines.append(line)
    if refused:
        raise NotReady(_("The plan cannot be brought in like this."), refused)
    return lines


def delete_row(row: BroughtRow) -> None:
    """Take a row out that no line leads to any more."""
    release_rows(BROUGHT_ROW, [row.pk])
    row.delete()


def _whole(problem: NotReady) -> str:
    return sentences([problem.sentence, *problem.missing, problem.way_out])


def _free_numbers(known: set[int]) -> Iterator[int]:
    number = 0
    while True:
        number += 1
        if number not in known:
            yield number


def _write(line: BudgetLine, row: PlanRow, file_name: str, general: Fund, *, is_taken: bool) -> None:
    if is_taken:
        sentence = _("Another line has the number %(number)s already.") % {"number": row.number}
        raise NotReady(sentence, [], _("Give it another number, or none."))
    refuse_beyond(_("Row"), row.row, ROW)
    if row.number is not None:
        refuse_beyond(_("Number"), row.number, ROW)
    bound = money_in(line.budget.cycle.currency)
    for label, amount in zip(quarter_names(line.budget.cycle.starts_on), row.quarters, strict=True):
        refuse_beyond(label, amount, bound)
    refuse_beyond(_("Amount"), row.amount, bound.above_zero)
    line.department_id, line.project, line.fund = row.project.department_id, row.project, row.fund or general
    for name in LABELS:
        setattr(line, name, getattr(row, name))
    line.q1, line.q2, line.q3, line.q4 = row.quarters
    line.allocated = row.amount
    refuse_unfit(line, LABELS)
    problems = [problem.sentence for problem in problems_of(line)]
    if problems:
        raise NotReady(problems[0], problems[1:])
    line.brought_row = save_new(
        BroughtRow(
            cycle_id=line.budget.cycle_id,
            file_name=file_name[:200],
            sheet=row.sheet[:120],
            number=row.row,
            what=row.what,
            amount=row.amount,
        )
    )
    line.save()
    line.refresh_from_db(fields=["amount"])
