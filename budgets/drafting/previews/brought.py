"""What is decided on a plan that was approved elsewhere: by whom it was, how much it is, for whom, and its lines."""

from decimal import Decimal

from django.db.models import Sum
from django.utils.translation import gettext as _

from budgets.drafting.figures import QUARTERS, ZERO, exact
from budgets.drafting.models import Budget, BudgetSum
from budgets.drafting.queries.sums import sum_of
from budgets.drafting.workflow.budget import BUDGET
from sop_portal.foundation.kit.components import Answer, Tile
from sop_portal.foundation.kit.formats import day_of_year, joined, listed, number
from sop_portal.foundation.kit.sentences import typed
from sop_portal.foundation.workflow.preview import LISTED, PreviewRow, PreviewTable, Reader, StepPreview, table


@BUDGET.preview("confirm-plan", "return-plan", "bring-again")
def brought_plan(record: Budget, reader: Reader) -> StepPreview:
    """The sum and who approved it; every department with what it holds, and the lines with their rows."""
    follows = {
        "confirm-plan": _("Its lines come into force, and where the year has begun, its projects run."),
        "return-plan": _("Whoever brought it corrects it with another file and hands it to management again."),
        "bring-again": _("A manager who did not bring it confirms it or sends it back."),
    }
    tables = [_departments(record), _lines(record)]
    return StepPreview(_figures(record), _origin(record), tables, [follows[reader.step]])


def _figures(record: Budget) -> list[Tile]:
    count = BudgetSum.objects.filter(budget=record).aggregate(lines=Sum("lines"))["lines"]
    return [
        Tile(_("Sum, %(currency)s") % {"currency": record.cycle.currency}, exact(sum_of(record))),
        Tile(_("Lines"), number(count)),
    ]


def _origin(record: Budget) -> list[Answer]:
    files = record.lines.exclude(brought_row=None).values_list("brought_row__file_name", flat=True)
    return [
        Answer(_("Approved outside"), day_of_year(record.outside_on), typed=record.outside_by),
        Answer(_("Brought in from"), listed(typed(name) for name in sorted(set(files)))),
        Answer(_("Brought in by"), typed(record.proposed_by)),
    ]


def _departments(record: Budget) -> PreviewTable:
    sums = BudgetSum.objects.filter(budget=record).select_related("department").order_by("department__name")
    rows = [PreviewRow((typed(row.department), number(row.lines), exact(_amount(row)))) for row in sums]
    return table(_("Departments"), (_("Department"), _("Lines"), _("Amount")), rows)


def _amount(row: BudgetSum) -> Decimal:
    return sum((getattr(row, quarter) for quarter in QUARTERS), ZERO)


def _lines(record: Budget) -> PreviewTable:
    found = record.lines.select_related("department", "project", "fund", "brought_row", "budget__cycle")
    rows = [
        PreviewRow(
            (
                joined([typed(line.department), typed(line.project), line.get_category_display()]),
                line.brought_row.where if line.brought_row else "",
                exact(line.amount),
            ),
            url=line.get_absolute_url(),
        )
        for line in found.order_by("number")[: LISTED * 2]
    ]
    return table(_("Lines"), (_("Line"), _("Row of the file"), _("Amount")), rows)
