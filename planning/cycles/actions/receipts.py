"""From which amount on an expense of a year needs its receipt as a paper."""

from datetime import datetime
from decimal import Decimal

from django.utils.translation import gettext as _

from planning.cycles.models import Cycle
from planning.cycles.workflow import CYCLE
from sop_portal.foundation.kit.bounds import refuse_beyond
from sop_portal.foundation.kit.money import money_in
from sop_portal.foundation.organisation.models import User
from sop_portal.foundation.organisation.roles import Can
from sop_portal.foundation.workflow.engine import edit


def need_receipts(cycle: Cycle, above: Decimal | None, *, by: User, at: datetime, seen: int) -> Cycle:
    """Say above which amount an expense is posted with its receipt; what is posted already stays as it is."""
    refuse_beyond(_("An expense needs a receipt above"), above, money_in(cycle.currency))
    with edit(CYCLE, cycle, by=by, at=at, can=Can.RUN_CYCLE, seen=seen) as editing:
        editing.set(editing.record, receipt_needed_above=above)
    return cycle
