"""How the parts of a budget are called on its pages."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from budgets.drafting.figures import AmendmentClass, quarter_spans
from budgets.drafting.models import BudgetLine, Confirmation
from budgets.drafting.workflow import CONFIRMATION
from sop_portal.foundation.kit.formats import late, months

CLASSES = {
    AmendmentClass.CORRECTION: gettext_lazy("Correction without money"),
    AmendmentClass.SMALL_TRANSFER: gettext_lazy("Small transfer inside one department and fund"),
    AmendmentClass.TRANSFER: gettext_lazy("Transfer"),
    AmendmentClass.SUPPLEMENT: gettext_lazy("Supplement or cut"),
}
DECIDES = {
    AmendmentClass.CORRECTION: gettext_lazy("Finance puts it in force once the department has confirmed it."),
    AmendmentClass.SMALL_TRANSFER: gettext_lazy("Finance puts it in force once the department has confirmed it."),
    AmendmentClass.TRANSFER: gettext_lazy("The departments confirm it and management approves it."),
    AmendmentClass.SUPPLEMENT: gettext_lazy("The departments confirm it and management approves it, as a new budget."),
}
C = Confirmation.State


@dataclass(frozen=True)
class Badge:
    """A state in words, with its colour and icon."""

    tone: str
    label: Any
    is_plain: bool = False
    icon: str = ""


def quarter_names(starts_on: date) -> list[str]:
    """The quarters of the execution year: "Jul–Sep"."""
    return [months(first, last) for first, last in quarter_spans(starts_on)]


def badge_of(line: BudgetLine, answer: Confirmation | None, *, is_contested: bool, on: date) -> Badge | None:
    """What a department says of one of its lines; nothing where it was not asked."""
    if line.is_refused:
        return Badge("shut", _("Not budgeted"), is_plain=True)
    if answer is None:
        return None
    if is_contested:
        return Badge("back", _("Contested"), icon="chat-left-text")
    if answer.state == C.AWAITING:
        return Badge("late", late((on - answer.due).days)) if on > answer.due else Badge("review", _("Awaiting"))
    if answer.state == C.OVERRULED:
        return Badge(CONFIRMATION.tones[C.OVERRULED], _("Overruled"), is_plain=True)
    return Badge("ok", _("Confirmed"), is_plain=True)
