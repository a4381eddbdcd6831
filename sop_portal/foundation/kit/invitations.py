"""An appointment as a mail carries it: an iCalendar request, its update, and its cancellation (RFC 5546).

The library is loaded when one is written.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from email.utils import parseaddr
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
    # A meeting of an earlier version of the portal has a day and no hour.
    is_all_day: bool = False


def calendar_text(appointment: Appointment, method: Method, *, name: str, email: str, at: datetime) -> str:
    """The appointment for one person, as other calendar programs read it.

    Nobody reads the answers of calendar programs, so none is asked for: people reply on the page it leads to.
    """
    from icalendar import Calendar

    calendar = Calendar()
    calendar.add("prodid", "-//SOP Portal//Invitations//EN")
    calendar.add("version", "2.0")
    calendar.add("method", method)
    event = event_of(appointment, at, is_cancelled=method == "CANCEL")
    event.add("organizer", _organizer())
    event.add("attendee", _attendee(name, email))
    calendar.add_component(event)
    written: bytes = calendar.to_ical()
    return written.decode()


def event_of(appointment: Appointment, at: datetime, *, is_cancelled: bool = False) -> Event:
    """The appointment as a calendar holds it, for an invitation and for the feed alike."""
    from icalendar import Event

    host = urlsplit(settings.BASE_URL).hostname or "sop-portal"
    begins, ends = _span(appointment)
    event = Event()
    event.add("uid", f"{appointment.key}@{host}")
    event.add("dtstamp", at.astimezone(UTC))
    event.add("dtstart", begins)
    event.add("dtend", ends)
    event.add("summary", appointment.title)
    event.add("location", appointment.place)
    event.add("url", settings.BASE_URL + appointment.url)
    event.add("description", settings.BASE_URL + appointment.url)
    event.add("sequence", appointment.sequence)
    event.add("status", "CANCELLED" if is_cancelled else "CONFIRMED")
    return event


def _span(appointment: Appointment) -> tuple[date, date]:
    """From when until when it takes: its hours, or the whole day where it has none."""
    if appointment.is_all_day:
        day = appointment.starts_at.date()
        return day, day + timedelta(days=1)
    begins = appointment.starts_at.astimezone(UTC)
    return begins, begins + timedelta(minutes=appointment.minutes)


def _organizer() -> vCalAddress:
    """Who invites: the address the portal sends from, and beside it the name it goes by."""
    from icalendar import vCalAddress, vText

    name, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    organizer = vCalAddress(f"mailto:{address}")
    if name:
        organizer.params["cn"] = vText(name)
    return organizer


def _attendee(name: str, email: str) -> vCalAddress:
    from icalendar import vCalAddress, vText

    attendee = vCalAddress(f"mailto:{email}")
    attendee.params["cn"] = vText(name)
    attendee.params["partstat"] = vText("NEEDS-ACTION")
    attendee.params["rsvp"] = vText("FALSE")
    return attendee
