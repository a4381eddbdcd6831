"""A person's deadlines and meetings as a calendar that other programs read."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.utils import translation
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from icalendar import Alarm, Calendar, Event, vText

from evaluations.meetings.workflow import MEETING
from evaluations.models import Meeting, Trainee
from sop_portal.foundation.kit.invitations import event_of
from sop_portal.foundation.organisation.actor import Actor
from sop_portal.foundation.organisation.models import User
from sop_portal.foundation.organisation.working_days import moved_words
from sop_portal.foundation.workflow.owed import Owed
from sop_portal.reminders.audience import Directory, owners
from sop_portal.stages import everything_owed

AHEAD = 400
DAY = timedelta(days=1)
# Nine in the morning, a week and a day before: an all-day event begins at midnight.
ALARMS = (timedelta(days=-7, hours=9), timedelta(days=-1, hours=9))


def calendar_of(person: User, *, at: datetime) -> bytes:
    """The calendar as it stands now, in the person's language."""
    with translation.override(person.language):
        calendar = Calendar()
        calendar.add("prodid", "-//SOP Portal//Deadlines//EN")
        calendar.add("version", "2.0")
        calendar.add("method", "PUBLISH")
        calendar.add("x-wr-calname", _("SOP Portal: what I owe"))
        calendar.add("refresh-interval", timedelta(hours=1), parameters={"VALUE": "DURATION"})
        for event in (*_deadlines(person, at), *_meetings(person, at), *_trainings(person, at)):
            calendar.add_component(event)
        written: bytes = calendar.to_ical()
        return written


def owed_by(person: User, *, at: datetime) -> Iterator[Owed]:
    """Everything with a due day that this person, or somebody they stand in for, owes or is about to."""
    actor, directory = Actor.of(person, at), Directory.on(localdate(at))
    departments = None if actor.sees_everything else actor.department_ids
    for owed in everything_owed(at, ahead=AHEAD, departments=departments):
        # Meetings stand in everybody's calendar already, with their place.
        if owed.owner_ids is not None:
            if owed.due_on and person.pk in owed.owner_ids:
                yield owed
        elif owed.due_on and owed.kind != MEETING.kind and actor.may(owed.can, owed.record):
            owner_ids = owners(owed, directory)
            if person.pk in owner_ids or person.pk in directory.deputies_of(owner_ids, owed.can, away_only=False):
                yield owed


def _deadlines(person: User, at: datetime) -> Iterator[Event]:
    for owed in owed_by(person, at=at):
        if owed.due_on:
            uid = owed.key.replace("/", "-")
            event = _all_day(uid, owed.what, owed.due_on, owed.url, owed.sequence, at)
            if owed.moved_from:
                event["description"] = vText(f"{moved_words(owed.moved_from)} {settings.BASE_URL}{owed.url}")
            yield event


def _meetings(person: User, at: datetime) -> Iterator[Event]:
    if not Actor.of(person, at).grants:
        return
    found = Meeting.objects.exclude(state="draft").filter(held_on__gte=localdate(at) - timedelta(days=31))
    # One that was cancelled before anybody was invited stands in no calendar.
    found = found.exclude(state="cancelled", attendance=None)
    for meeting in found.select_related("cycle").order_by("held_on", "pk"):
        yield _with_alarm(event_of(meeting.appointment, at, is_cancelled=meeting.state == "cancelled"))


def _trainings(person: User, at: datetime) -> Iterator[Event]:
    """The sessions this person is invited to and has not declined; a cancelled one says that it is."""
    soon = Trainee.objects.filter(person=person, session__held_on__gte=localdate(at))
    soon = soon.filter(session__state__in=["planned", "cancelled"]).exclude(reply="away")
    for place in soon.select_related("session__cycle", "session__need").order_by("pk"):
        yield _with_alarm(event_of(place.session.appointment, at, is_cancelled=place.session.state == "cancelled"))


def _with_alarm(event: Event) -> Event:
    """An appointment rings the day before, at its own hour; one that is cancelled stays silent."""
    if event["status"] != "CANCELLED":
        event.add_component(_alarm(str(event["summary"]), -DAY))
    return event


def _all_day(uid: str, title: str, on: date, url: str, sequence: int, at: datetime) -> Event:
    host = urlsplit(settings.BASE_URL).hostname or "sop-portal"
    event = Event()
    event.add("uid", f"{uid}@{host}")
    event.add("dtstamp", at)
    event.add("dtstart", on)
    event.add("dtend", on + DAY)
    event.add("summary", title)
    event.add("url", settings.BASE_URL + url)
    event.add("description", settings.BASE_URL + url)
    event.add("sequence", sequence)
    event.add("transp", "TRANSPARENT")
    for before in ALARMS:
        event.add_component(_alarm(title, before))
    return event


def _alarm(title: str, before: timedelta) -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", title)
    alarm.add("trigger", before)
    return alarm
