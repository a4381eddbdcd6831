"""Above which sum a second manager approves the budget of a year."""

from datetime import datetime
from decimal import Decimal

from django.utils.translation import gettext as _

from planning.cycles.models import Cycle
from planning.cycles.workflow import CYCLE
from sop_portal.foundation.kit.bounds import refuse_beyond
from sop_portal.foundation.kit.money import money_in
from sop_portal.foundation.kit.refusals import NotNow
from sop_portal.foundation.organisation.models import User
from sop_portal.foundation.organisation.roles import Can
from sop_portal.foundation.workflow.engine import edit


def approve_by_two(cycle: Cycle, above: Decimal | None, *, by: User, at: datetime, seen: int) -> Cycle:
    """Say above which sum two managers approve, or that one is enough; once the year is published, this stays."""
    refuse_beyond(_("A second manager approves above"), above, money_in(cycle.currency))
    with edit(CYCLE, cycle, by=by, at=at, can=Can.RUN_CYCLE, seen=seen) as editing:
        if editing.record.state != Cycle.State.DRAFT:
            raise NotNow(
                _("The year is published, so it stays how many managers approve."),
                _("Let one more person be a manager for this year; the role ends by itself on its last day."),
            )
        editing.set(editing.record, second_approval_above=above)
    return cycle
