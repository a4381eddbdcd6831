"""An appointment as a mail carries it: an iCalendar request, its update, and its cancellation (RFC 5546).

The library is loaded when one is written.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Literal
from urllib.parse import urlsplit

from django.conf import settings

if TYPE_CHECKING:
    from icalendar import Event, vCalAddress

Method = Literal["REQUEST", "CANCEL"]


@dataclass(frozen=True)
class Appointment:
    """What stands in a calendar: an identity that never changes, and a sequence that grows with every change."""

    key: str
    title: str
    starts_at: datetime
    minutes: int
    place: str
    url: str
    sequence: int


def calendar_text(appointment: Appointment, method: Method, *, name: str, email: str, at: datetime) -> str:
    """The appointment for one person, as other calendar programs read it.

    Nobody reads the answers of calendar programs, so none is asked for: people reply on the page it leads to.
    """
    from icalendar import Calendar, vCalAddress

    calendar = Calendar()
    calendar.add("prodid", "-//SOP Portal//Invitations//EN")
    calendar.add("version", "2.0")
    calendar.add("method", method)
    event = event_of(appointment, at)
    event.add("status", "CANCELLED" if method == "CANCEL" else "CONFIRMED")
    event.add("organizer", vCalAddress(f"mailto:{settings.DEFAULT_FROM_EMAIL}"))
    event.add("attendee", _attendee(name, email))
    calendar.add_component(event)
    written: bytes = calendar.to_ical()
    return written.decode()


def event_of(appointment: Appointment, at: datetime) -> Event:
    """The appointment as a calendar holds it, for an invitation and for the feed alike."""
    from icalendar import Event

    host = urlsplit(settings.BASE_URL).hostname or "sop-portal"
    begins = appointment.starts_at.astimezone(UTC)
    event = Event()
    event.add("uid", f"{appointment.key}@{host}")
    event.add("dtstamp", at.astimezone(UTC))
    event.add("dtstart", begins)
    event.add("dtend", begins + timedelta(minutes=appointment.minutes))
    event.add("summary", appointment.title)
    event.add("location", appointment.place)
    event.add("url", settings.BASE_URL + appointment.url)
    event.add("description", settings.BASE_URL + appointment.url)
    event.add("sequence", appointment.sequence)
    return event


def _attendee(name: str, email: str) -> vCalAddress:
    from icalendar import vCalAddress, vText

    attendee = vCalAddress(f"mailto:{email}")
    attendee.params["cn"] = vText(name)
    attendee.params["partstat"] = vText("NEEDS-ACTION")
    attendee.params["rsvp"] = vText("FALSE")
    return attendee
