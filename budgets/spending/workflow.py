"""What may happen to a spending exception, on one screen."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from budgets.spending.models import Expense, SpendingException
from budgets.spending.queries import verdict_on
from sop_portal.foundation.organisation.roles import Can
from sop_portal.foundation.trail.kinds import RecordKind
from sop_portal.foundation.workflow.seals import keep_rows
from sop_portal.foundation.workflow.table import Missing, Step, Workflow

State = SpendingException.State

# An expense is posted once and never moves: a kind of record without steps.
EXPENSE = RecordKind(kind="expense", label=_("Expense"), model=Expense)
keep_rows(EXPENSE.kind, Expense)


def missing_to_grant(exception: SpendingException, at: datetime) -> list[Missing]:
    """What the guard would stop although the exception is granted: the line holds too little, the project ended."""
    line, today = exception.appropriation, exception.cycle.day(at)
    verdict = verdict_on(line, exception.amount, exception.spent_on, today, is_excepted=True)
    return [Missing(f"{verdict.stop} {verdict.way_out}")] if verdict.stop else []


EXCEPTION = Workflow(
    kind="exception",
    model=SpendingException,
    open_text=_("Spending exception “%(record)s” is open: %(state)s."),
    created=_("asked for the exception"),
    label=_("Spending exception"),
    states=State,
    initial=State.ASKED,
    closed=frozenset({State.GRANTED, State.REFUSED}),
    tones={State.ASKED: "sent", State.GRANTED: "ok", State.REFUSED: "no"},
    steps=(
        Step(
            "grant", _("Grant exception"), [State.ASKED], State.GRANTED, by=Can.DECIDE_EXCEPTION,
            done=_("%(person)s granted the exception"), stamps="decided", four_eyes=True,
            missing=missing_to_grant,
            says=_("The expense can be posted once, within what the line still holds."),
        ),
        Step(
            "refuse", _("Refuse exception"), [State.ASKED], State.REFUSED, by=Can.DECIDE_EXCEPTION,
            done=_("%(person)s refused the exception"), stamps="decided", four_eyes=True, comment=True,
            awaited=False,
        ),
    ),
)  # fmt: skip
