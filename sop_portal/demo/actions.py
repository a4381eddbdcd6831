"""What one may do with a demonstration that no real portal offers: let its time pass."""

from datetime import date, datetime, timedelta

from django.core.management import call_command
from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from sop_portal.demo.sign_in_help import is_demonstration
from sop_portal.foundation.kit.refusals import NotNow
from sop_portal.foundation.organisation.models import Organisation, User
from sop_portal.foundation.trail.actions import Change
from sop_portal.foundation.workflow.engine import note

MOST_WEEKS_AHEAD = 104


def move_day(weeks: int, *, by: User, at: datetime) -> date:
    """Let so many weeks pass in the demonstration, and remind everybody of what is due by then.

    Refused with NotNow where this is no demonstration, for a day in the past, and more than two years ahead.
    """
    with transaction.atomic():
        if not is_demonstration():
            raise NotNow(_("Only the day of a demonstration can be moved."), _("A portal in use follows the calendar."))
        organisation = Organisation.objects.select_for_update().get()
        ahead = organisation.days_ahead + 7 * weeks
        if weeks < 1 or ahead > 7 * MOST_WEEKS_AHEAD:
            raise NotNow(
                _("The day moves forward only, and two years at most."),
                _("Make the demonstration anew to begin again: its sign-in page has the button."),
            )
        organisation.days_ahead = ahead
        organisation.save(update_fields=["days_ahead"])
        today, day = localdate(at), localdate(at) + timedelta(weeks=weeks)
        change = Change("day", today.isoformat(), day.isoformat())
        note("organisation", organisation, "move-day", by=by, at=at, changes=[change])
    call_command("sweep", verbosity=0)
    return day
