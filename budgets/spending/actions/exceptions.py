"""What the guard stopped because of the day: a department asks to spend it once, and finance decides."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from budgets.drafting.models import Appropriation
from budgets.spending.actions.expenses import may_post, refuse_unreadable
from budgets.spending.figures import Payment
from budgets.spending.models import SpendingException
from budgets.spending.queries import LIKE_ANOTHER, exception_like, verdict_on
from budgets.spending.workflow import EXCEPTION
from sop_portal.foundation.kit.fitting import save_new
from sop_portal.foundation.kit.likely_duplicates import refuse_duplicate
from sop_portal.foundation.kit.refusals import NotReady
from sop_portal.foundation.organisation.models import User
from sop_portal.foundation.workflow.contributors import add_contributor
from sop_portal.foundation.workflow.engine import created, step
from sop_portal.foundation.workflow.years import hold_open_year


def ask_exception(
    appropriation: Appropriation, payment: Payment, *, why: str, by: User, at: datetime, is_another: bool = False
) -> SpendingException:
    """Ask to spend once where the guard stopped it because of the day; another one than the open one it looks like."""
    with transaction.atomic():
        grant = may_post(appropriation, by, at)
        hold_open_year(EXCEPTION.kind, appropriation, "create")
        refuse_unreadable(payment, appropriation.cycle.currency)
        today = appropriation.cycle.day(at)
        verdict = verdict_on(appropriation, payment.amount, payment.spent_on, today)
        if verdict.stop is None:
            raise NotReady(_("Nothing stops this expense."), way_out=_("Post it; no exception is needed."))
        if not verdict.may_ask:
            raise NotReady(verdict.stop, way_out=verdict.way_out)
        if not why.strip():
            raise NotReady(_("Say why an exception should be made."), [_("A reason is missing.")])
        refuse_duplicate(exception_like(appropriation, payment, today), LIKE_ANOTHER, is_another=is_another)
        asked = save_new(
            SpendingException(
                cycle_id=appropriation.cycle_id,
                department_id=appropriation.department_id,
                appropriation=appropriation,
                amount=payment.amount,
                spent_on=payment.spent_on,
                what=payment.what.strip(),
                why=why.strip(),
                asked_at=at,
                asked_by=by,
            )
        )
        add_contributor(EXCEPTION, asked, by, grant, at)
        created(EXCEPTION, asked, by=by, at=at, grant=grant, comment=why.strip())
    return asked


@EXCEPTION.act("grant")
def grant(exception: SpendingException, *, by: User, at: datetime, seen: int, comment: str = "") -> SpendingException:
    """Let one expense be posted although the guard stopped it."""
    with step(EXCEPTION, exception, "grant", by=by, at=at, seen=seen, comment=comment):
        pass
    return exception


@EXCEPTION.act("refuse")
def refuse(exception: SpendingException, *, by: User, at: datetime, seen: int, comment: str = "") -> SpendingException:
    """Let the guard's stop stand, with the reason."""
    with step(EXCEPTION, exception, "refuse", by=by, at=at, seen=seen, comment=comment):
        pass
    return exception
