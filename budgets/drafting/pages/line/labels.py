"""How a budget line is labelled: what its department says of it, and what it is for where another looks like it."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import prefetch_related_objects
from django.utils.translation import gettext as _

from budgets.drafting.models import BudgetLine, Confirmation
from budgets.drafting.workflow import CONFIRMATION
from budgets.drafting.workflow.budget import last_day_of
from planning.models import Cycle
from sop_portal.foundation.kit.formats import late


@dataclass(frozen=True)
class LineBadge:
    """A state in words, with its colour and icon."""

    tone: str
    label: str
    is_plain: bool = False
    icon: str = ""


def badge_of(
    line: BudgetLine, answer: Confirmation | None, cycle: Cycle, *, is_contested: bool, on: date
) -> LineBadge | None:
    """What a department says of one of its lines; nothing where it was not asked."""
    if line.is_refused:
        return LineBadge("shut", _("Not budgeted"), is_plain=True)
    if answer is None:
        return None
    if is_contested:
        return LineBadge("back", _("Contested"), icon="chat-left-text")
    if answer.state == Confirmation.State.AWAITING:
        days_late = _days_late(answer, cycle, on)
        return LineBadge("late", late(days_late)) if days_late > 0 else LineBadge("review", _("Awaiting"))
    if answer.state == Confirmation.State.OVERRULED:
        return LineBadge(CONFIRMATION.tones[Confirmation.State.OVERRULED], _("Overruled"), is_plain=True)
    return LineBadge("ok", _("Confirmed"), is_plain=True)


def _days_late(answer: Confirmation, cycle: Cycle, on: date) -> int:
    """By how many days an answer is late; more time that was given is asked for only once the first day has passed."""
    if on <= answer.due:
        return 0
    prefetch_related_objects([cycle], "extensions")
    return (on - last_day_of(answer, cycle)).days


def lines_alike(lines: Sequence[BudgetLine]) -> set[int]:
    """The lines that share project and category with another, so that only what they are for tells them apart."""
    found = Counter((line.project_id, line.category) for line in lines)
    return {line.pk for line in lines if found[line.project_id, line.category] > 1}
