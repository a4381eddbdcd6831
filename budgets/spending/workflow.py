"""What may happen to a spending exception, on one screen."""

from datetime import datetime
from decimal import Decimal

from django.db.models import QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from budgets.spending.models import Expense, ReleasedGrant, SpendingException
from budgets.spending.queries import verdict_on
from planning.models import Cycle, Project
from sop_portal.foundation.kit.formats import money
from sop_portal.foundation.kit.refusals import NotNow
from sop_portal.foundation.organisation.roles import Can
from sop_portal.foundation.papers.queries import with_paper
from sop_portal.foundation.trail.kinds import RecordKind
from sop_portal.foundation.workflow.seals import keep_rows
from sop_portal.foundation.workflow.table import Missing, Step, Workflow

State = SpendingException.State

# An expense is posted once and never moves: a kind of record without steps.
EXPENSE = RecordKind(kind="expense", label=_("Expense"), model=Expense)
keep_rows(EXPENSE.kind, Expense)
# What a project on hold gave back, and gets again when it goes on.
RELEASE = "released-grant"
keep_rows(RELEASE, ReleasedGrant)
# A counter-entry is made until the figures of its project are written down.
CORRECTED_IN = (Project.State.ACTIVE, Project.State.ON_HOLD, Project.State.COMPLETED)


def missing_receipt(cycle: Cycle, amount: Decimal) -> Missing | None:
    """What an expense above the year's limit lacks as long as no paper is attached; nothing where it needs none."""
    limit = cycle.receipt_needed_above
    if limit is None or amount <= limit:
        return None
    sentence = gettext("An expense of more than %(limit)s %(currency)s is posted with its receipt: attach it.")
    return Missing(sentence % {"limit": money(limit, 2), "currency": cycle.currency})


def why_not_corrected(project: Project) -> NotNow | None:
    """The refusal of a counter-entry once the figures of its project are final; its history says what they are."""
    if project.state in CORRECTED_IN:
        return None
    sentence = gettext("The project is closed (%(state)s), so its expenses stay as they are.")
    way_out = gettext("Write a comment on the project; its figures are corrected in the history.")
    return NotNow(sentence % {"state": project.get_state_display()}, way_out)


def missing_to_grant(exception: SpendingException, at: datetime) -> list[Missing]:
    """What the guard would stop although the exception is granted: the line holds too little, the project ended."""
    line, today = exception.appropriation, exception.cycle.day(at)
    verdict = verdict_on(line, exception.amount, exception.spent_on, today, is_excepted=True)
    return [Missing(f"{verdict.stop} {verdict.way_out}")] if verdict.stop else []


def without_receipt(expenses: QuerySet[Expense], only_needed: Cycle | None = None) -> QuerySet[Expense]:
    """The expenses in force that have no paper; counter-entries, and what they undid, need none.

    Of a year only those that its rule asks one for: nothing where it asks for none.
    """
    found = expenses.filter(~with_paper("expense"), corrects=None, correction=None)
    if only_needed is None:
        return found
    limit = only_needed.receipt_needed_above
    return found.none() if limit is None else found.filter(amount__gt=limit)


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
