"""What may happen to a review meeting, on one screen."""

from datetime import datetime

from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from evaluations.meetings.models import Attendance, Meeting, MeetingSeries
from sop_portal.foundation.kit.formats import day
from sop_portal.foundation.organisation.roles import Can
from sop_portal.foundation.workflow.seals import keep_rows
from sop_portal.foundation.workflow.table import Missing, SealedRows, Step, Workflow

State = Meeting.State
SERIES = "meeting-series"
keep_rows(SERIES, MeetingSeries)


def missing_to_call(meeting: Meeting, at: datetime) -> list[Missing]:
    """People are invited to a meeting that is still to come."""
    on = meeting.cycle.day(at)
    if meeting.starts_at > at:
        return []
    passed = gettext("%(day)s has passed: move the meeting first.") % {"day": day(meeting.held_on, on)}
    return [Missing(passed, f"{meeting.get_absolute_url()}change/")]


def missing_to_send(meeting: Meeting, at: datetime) -> list[Missing]:
    """Minutes are sent once the meeting took place; where it decided, enough departments were there."""
    on = meeting.cycle.day(at)
    if on < meeting.held_on:
        return [Missing(gettext("The meeting is on %(day)s.") % {"day": day(meeting.held_on, on)})]
    if at < meeting.starts_at:
        return [Missing(gettext("The meeting begins at %(hour)s.") % {"hour": f"{meeting.begins:%H:%M}"})]
    present = meeting.attendance.filter(department__isnull=False, was_present=True).count()
    if present >= meeting.quorum or not meeting.points.exclude(decision="").exists():
        return []
    sentence = ngettext(
        "%(present)s department was there, and decisions need %(quorum)s.",
        "%(present)s departments were there, and decisions need %(quorum)s.",
        present,
    )
    words = {"present": present, "quorum": meeting.quorum}
    return [Missing(sentence % words, f"{meeting.get_absolute_url()}#attendance")]


def missing_to_hold(meeting: Meeting, at: datetime) -> list[Missing]:
    """Minutes are frozen once everybody present confirmed them, or had a week to do so."""
    on = meeting.cycle.day(at)
    waiting = meeting.attendance.filter(was_present=True, person__isnull=False, confirmed_at__isnull=True).count()
    if not waiting or meeting.confirm_by is None or on > meeting.confirm_by:
        return []
    sentence = ngettext(
        "%(count)s person who was there has until %(day)s to confirm.",
        "%(count)s people who were there have until %(day)s to confirm.",
        waiting,
    )
    return [Missing(sentence % {"count": waiting, "day": day(meeting.confirm_by, on)})]


ROWS = (SealedRows("evaluations_agendapoint", "meeting"), SealedRows("evaluations_attendance", "meeting"))
# What the trail says of a point that only some may read.
PRIVATE = "private-point"
A_PRIVATE_POINT = _("A private point")
MEETING = Workflow(
    kind="meeting",
    model=Meeting,
    # A series plans a meeting; one that is not of a series is called at once.
    created=_("set the meeting up"),
    # A meeting that is only planned keeps no year open.
    keeps_open=frozenset({State.CALLED, State.MINUTED}),
    label=_("Review meeting"),
    states=State,
    initial=State.DRAFT,
    closed=frozenset({State.HELD, State.CANCELLED}),
    sealed_with=ROWS,
    kept_with=ROWS,
    tones={
        State.DRAFT: "draft", State.CALLED: "sent", State.MINUTED: "review", State.HELD: "ok",
        State.CANCELLED: "shut",
    },
    editable=frozenset({State.DRAFT, State.CALLED}),
    fields={
        "minutes": _("minutes"), "decision": _("decision"), "point": _("point"), "person": _("representative"),
        "was_present": _("was present"), "held_on": _("date"), "begins": _("begins"), "lasts": _("minutes long"),
        "place": _("place or link"), "quorum": _("quorum"), "reply": _("reply"), "position": _("place on the agenda"),
    },
    values={
        "was_present": {"True": _("yes"), "False": _("no")},
        "reply": {
            "open": _("No reply yet"), "comes": _("Comes"), "deputy": _("Sends a deputy"), "away": _("Cannot come"),
        },
        "minutes": {"written": _("written")},
        "point": {PRIVATE: A_PRIVATE_POINT},
    },
    places={PRIVATE: A_PRIVATE_POINT, **dict(Attendance.Team.choices)},
    steps=(
        Step(
            "call", _("Call the meeting"), [State.DRAFT], State.CALLED, by=Can.HOLD_MEETING,
            done=_("%(person)s called the meeting"), awaited=False,
            missing=missing_to_call,
            says=_("Everybody with a seat is invited by mail; the agenda is drawn from what is open."),
            task=_("Call the review meeting of %(day)s"),
        ),
        Step(
            "send", _("Send the minutes"), [State.CALLED], State.MINUTED, by=Can.HOLD_MEETING,
            done=_("%(person)s sent the minutes"), stamps="minuted", awaited=False,
            missing=missing_to_send,
            says=_("Those who were there confirm them; what was not dealt with moves on to the next meeting."),
            task=_("Send the minutes of %(day)s"),
        ),
        Step(
            "hold", _("Close the minutes"), [State.MINUTED], State.HELD, by=Can.HOLD_MEETING,
            done=_("%(person)s closed the minutes"), stamps="held", awaited=False,
            missing=missing_to_hold,
            says=_("The minutes can be read by everybody and no longer change."),
            task=_("Close the minutes of %(day)s"),
        ),
        Step(
            "correct", _("Correct the minutes"), [State.MINUTED], State.CALLED, by=Can.HOLD_MEETING,
            done=_("%(person)s opened the minutes again"), awaited=False, comment=True,
            says=_("The minutes can be changed again; once they are sent, everybody confirms them anew."),
        ),
        Step(
            "cancel", _("Cancel the meeting"), [State.DRAFT, State.CALLED], State.CANCELLED, by=Can.HOLD_MEETING,
            done=_("%(person)s cancelled the meeting"), stamps="cancelled", awaited=False, comment=True,
            says=_("Everybody invited is told, and it leaves their calendars; its points move on to the next meeting."),
        ),
    ),
)  # fmt: skip
