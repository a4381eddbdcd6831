"""What is decided on a spending exception: the amount, the rule it breaks, and what the line holds."""

from django.utils.translation import gettext as _

from budgets.spending.models import SpendingException
from budgets.spending.queries import verdict_on
from budgets.spending.workflow import EXCEPTION
from planning.cycles.calendar import invoices_until
from sop_portal.foundation.kit.components import Answer, Tile
from sop_portal.foundation.kit.formats import day_of_year, money, sentences
from sop_portal.foundation.kit.sentences import StrOrPromise, typed
from sop_portal.foundation.workflow.preview import Reader, StepPreview, person_and_day


@EXCEPTION.preview("grant", "refuse")
def exception(record: SpendingException, reader: Reader) -> StepPreview:
    """How much, for what, when, out of which line; why the guard stopped it, and why it should not hold once."""
    line, currency = record.appropriation, record.cycle.currency
    left = line.approved - line.spent
    figures = [
        Tile(_("Asked for, %(currency)s") % {"currency": currency}, money(record.amount, 2)),
        Tile(_("The line holds"), money(left, 2), note=_("of %(amount)s") % {"amount": money(line.approved, 2)}),
        Tile(_("Left after it"), money(left - record.amount, 2)),
        Tile(_("Spent on"), day_of_year(record.spent_on)),
    ]
    verdict = verdict_on(line, record.amount, record.spent_on, record.cycle.day(reader.at))
    answers = [
        Answer(_("What for"), "", typed=record.what),
        Answer(_("Line"), str(line), note=typed(line.project)),
        Answer(_("Why it was stopped"), sentences([verdict.stop])) if verdict.stop else None,
        Answer(_("Why an exception should be made"), "", person_and_day(record.asked_by, record.asked_at), record.why),
    ]
    return StepPreview(figures, [answer for answer in answers if answer], effects=_effects(record, reader))


def _effects(record: SpendingException, reader: Reader) -> list[StrOrPromise]:
    if reader.step != "grant":
        return [_("Nothing can be posted; whoever asked reads why.")]
    last = invoices_until(max(record.cycle.ends_on, record.cycle.day(reader.at)))
    words = {"amount": money(record.amount, 2), "day": day_of_year(last)}
    return [_("Up to %(amount)s can be posted on this line, by %(day)s.") % words]
