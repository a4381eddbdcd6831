"""What a department confirms or contests: its lines, those that changed first, and who has answered."""

from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from budgets.drafting.figures import ZERO, exact
from budgets.drafting.models import BudgetLine, Confirmation, Contest
from budgets.drafting.previews.budget import of_pools
from budgets.drafting.previews.lines import lines_table
from budgets.drafting.queries.budgets import lines_of_confirmation
from budgets.drafting.queries.in_force import amounts_in_force
from budgets.drafting.workflow import CONFIRMATION
from budgets.drafting.workflow.budget import last_day_of
from sop_portal.foundation.kit.components import Tile
from sop_portal.foundation.kit.formats import day_of_year, listed, number
from sop_portal.foundation.kit.sentences import StrOrPromise, interpolate, typed
from sop_portal.foundation.workflow.preview import Reader, StepPreview

NAMED = 3
# On the pages of the other steps each line has its own fields.
WITHOUT_FORM = ("confirm", "overrule", "pass-over")


@CONFIRMATION.preview("confirm", "contest", "settle", "overrule", "pass-over")
def confirmation(record: Confirmation, reader: Reader) -> StepPreview:
    """Every line of the department beside the version before, with what it contested and how that was settled."""
    lines = list(lines_of_confirmation(record).select_related("project", "budget__cycle").order_by("number"))
    before, contests = amounts_in_force(record.budget, lines), _contests(record)
    figures = _figures(record, lines, sum(before.values(), ZERO) if before else None)
    tables = [lines_table(_("Lines"), lines, before, contests, record.budget)] if reader.step in WITHOUT_FORM else []
    # What lines of other departments come to is for those who see them.
    pools = of_pools(record.budget) if reader.actor.sees_everything else []
    return StepPreview(figures, tables=tables, effects=[*pools, *_effects(record, reader)])


def _contests(record: Confirmation) -> dict[int, Contest]:
    return {contest.line_id: contest for contest in record.contests.order_by("pk")}


def _figures(record: Confirmation, lines: list[BudgetLine], before: Decimal | None) -> list[Tile]:
    amount = sum((line.amount for line in lines), ZERO)
    allocated = sum((line.allocated for line in lines), ZERO)
    note = "" if before in (None, amount) else _("before: %(amount)s") % {"amount": exact(before)}
    refused = sum(line.is_refused for line in lines)
    currency = {"currency": record.budget.cycle.currency}
    return [
        Tile(_("Lines"), number(len(lines)), note=_("%(count)s not budgeted") % {"count": refused} if refused else ""),
        Tile(_("Budgeted, %(currency)s") % currency, exact(amount), note=note),
        Tile(_("Allocated, %(currency)s") % currency, exact(allocated)),
        Tile(_("Answer due"), day_of_year(last_day_of(record, record.budget.cycle))),
    ]


def _effects(record: Confirmation, reader: Reader) -> list[StrOrPromise]:
    if reader.step in ("overrule", "pass-over"):
        sentence = _("%(department)s does not confirm these lines any more; the budget can be proposed without it.")
        return [interpolate(sentence, {"department": record.department})]
    if reader.step != "confirm":
        return [_("The lines that are not contested count as confirmed.")]
    waiting = Confirmation.objects.filter(budget=record.budget).exclude(pk=record.pk)
    open_ones = waiting.filter(state__in=[Confirmation.State.AWAITING, Confirmation.State.CONTESTED])
    names = [typed(row.department) for row in open_ones.select_related("department").order_by("department__name")]
    if not names:
        return [_("Every department has answered then: finance can propose the budget.")]
    if not reader.actor.sees_everything or len(names) > NAMED:
        sentence = ngettext(
            "%(count)s other department has not answered yet.",
            "%(count)s other departments have not answered yet.",
            len(names),
        )
        return [sentence % {"count": number(len(names))}]
    return [interpolate(_("Still missing: %(names)s."), {"names": listed(names)})]
