"""The limits of a year: what finance puts in force alone, and from which deviation on a result is explained."""

from datetime import datetime
from decimal import Decimal

from django.utils.translation import gettext as _

from planning.cycles.models import Cycle, Stage
from planning.cycles.queries import dates_of
from planning.cycles.workflow import CYCLE
from sop_portal.foundation.kit.bounds import PERCENT, refuse_beyond
from sop_portal.foundation.kit.money import money_in
from sop_portal.foundation.kit.refusals import NotNow
from sop_portal.foundation.organisation.models import User
from sop_portal.foundation.organisation.roles import Can
from sop_portal.foundation.workflow.engine import edit


def transfer_up_to(cycle: Cycle, amount: Decimal, *, by: User, at: datetime, seen: int) -> Cycle:
    """Say up to which sum finance puts transfers in force alone; once the year is published, this stays."""
    refuse_beyond(_("Finance may put transfers in force up to"), amount, money_in(cycle.currency))
    with edit(CYCLE, cycle, by=by, at=at, can=Can.RUN_CYCLE, seen=seen) as editing:
        if editing.record.state != Cycle.State.DRAFT:
            raise NotNow(
                _("The year is published, so it stays what finance puts in force without management."),
                _("Set it for a year that is not published yet."),
            )
        editing.set(editing.record, small_transfer_limit=amount)
    return cycle


def explain_beyond(cycle: Cycle, percent: int, *, by: User, at: datetime, seen: int) -> Cycle:
    """Say from how many percent off the plan on a result is explained; once evaluations open, this stays."""
    refuse_beyond(_("Explain results that miss the plan by more than, in percent"), percent, PERCENT)
    with edit(CYCLE, cycle, by=by, at=at, can=Can.RUN_CYCLE, seen=seen) as editing:
        window = dates_of(editing.record, Stage.EVALUATION)
        if window is not None and window.opens_on <= editing.record.day(at):
            raise NotNow(
                _("The evaluations of the year are open, so it stays which results they explain."),
                _("Set it for the next year."),
            )
        editing.set(editing.record, deviation_to_explain=percent)
    return cycle
