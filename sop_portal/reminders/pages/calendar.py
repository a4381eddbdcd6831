"""The calendar that other programs read."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404

from sop_portal.foundation.organisation.access import Request, open_to_all
from sop_portal.foundation.organisation.models import on_its_clock
from sop_portal.reminders.models import CalendarFeed


@open_to_all
def calendar_feed(request: Request, key: str) -> HttpResponse:
    """The calendar of whoever owns this secret address, with the rights they hold now."""
    from sop_portal.reminders.feed import calendar_of

    feed = get_object_or_404(CalendarFeed.objects.select_related("person"), key=key, person__is_active=True)
    with on_its_clock():
        calendar = calendar_of(feed.person, at=request.moment)
    response = HttpResponse(calendar, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="sop-portal.ics"'
    response["Cache-Control"] = "private, no-store"
    response["Referrer-Policy"] = "no-referrer"
    return response
