"""Lines of a budget as a decision shows them: what a line held in the version before, and why it holds another sum."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from django.utils.translation import gettext as _

from budgets.drafting.figures import exact
from budgets.drafting.models import Appropriation, Budget, BudgetLine, Contest
from budgets.drafting.queries.in_force import closed_among, why_closed
from sop_portal.foundation.kit import formats
from sop_portal.foundation.kit.sentences import interpolate, typed
from sop_portal.foundation.workflow.preview import PreviewRow, PreviewTable, table


def lines_table(
    title: str,
    lines: Sequence[BudgetLine],
    before: Mapping[int, Decimal],
    contests: Mapping[int, Contest],
    budget: Budget,
) -> PreviewTable:
    """These lines, with the amount in force where it was another one and what was said of each."""
    closed = closed_among(budget, [line.number for line in lines])
    rows = [_row(line, before, contests.get(line.pk), closed.get(line.number)) for line in lines]
    return table(title, (_("Line"), _("Category"), _("Allocated"), _("Amount")), rows)


def _row(
    line: BudgetLine, before: Mapping[int, Decimal], contest: Contest | None, closed: Appropriation | None
) -> PreviewRow:
    old = before.get(line.number, line.amount)
    called = formats.joined([str(line), typed(line.project)])
    cells = (called, line.get_category_display(), exact(line.allocated), exact(line.amount))
    said = [_contested(contest) if contest else "", _reasons(line), _in_force(closed) if closed else ""]
    return PreviewRow(cells, formats.sentences(said), line.get_absolute_url(), exact(old) if old != line.amount else "")


def _reasons(line: BudgetLine) -> str:
    """Why the line is not budgeted, or holds more than was allocated."""
    if line.is_refused:
        return interpolate(_("Not budgeted: “%(reason)s”"), {"reason": typed(line.refusal)})
    if line.more_reason:
        return interpolate(_("More than was allocated: “%(reason)s”"), {"reason": typed(line.more_reason)})
    return ""


def _in_force(closed: Appropriation) -> str:
    """What a line of a stopped project holds now, and what was approved for it."""
    words = {"why": why_closed(closed), "amount": exact(closed.line.amount)}
    return _("In force it is %(why)s; approved were %(amount)s.") % words


def _contested(contest: Contest) -> str:
    words = {
        "wanted": exact(contest.wanted),
        "reason": typed(contest.reason),
        "state": contest.get_settled_display(),
        "answer": typed(contest.answer),
    }
    if contest.answer:
        sentence = _("Contested, %(wanted)s wanted: “%(reason)s” %(state)s: “%(answer)s”")
        return interpolate(sentence, words)
    return interpolate(_("Contested, %(wanted)s wanted: “%(reason)s” %(state)s."), words)
