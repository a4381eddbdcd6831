"""Who comes to a review meeting: each seat replies, by itself or with the name of a deputy."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from evaluations.meetings.models import Attendance, Meeting
from evaluations.meetings.queries import people_of_seat, seats_of
from evaluations.meetings.workflow import MEETING
from sop_portal.foundation.kit.fitting import refuse_unknown
from sop_portal.foundation.kit.refusals import NotNow, NotReady, NotYours
from sop_portal.foundation.kit.sentences import interpolate
from sop_portal.foundation.organisation.models import User
from sop_portal.foundation.organisation.roles import Can
from sop_portal.foundation.trail.actions import Change
from sop_portal.foundation.workflow.checks import authority
from sop_portal.foundation.workflow.engine import lock, note
from sop_portal.foundation.workflow.years import hold_open_year

Reply = Attendance.Reply


@transaction.atomic
def reply(
    meeting: Meeting, seat: Attendance, *, answer: str, by: User, at: datetime, deputy: User | None = None
) -> Attendance:
    """Say for a seat that one comes, sends a deputy, or cannot come; until the meeting starts it can be changed."""
    authority(Can.SEE_RECORDS, None, by, at)
    hold_open_year(MEETING.kind, meeting, "reply")
    locked = lock(meeting)
    mine = seats_of(locked, by, locked.cycle.day(at)).filter(pk=seat.pk).select_for_update(of=("self",)).first()
    if mine is None:
        way_out = _("The head of the department replies, or somebody of the team.")
        raise NotYours(_("This seat is not yours."), way_out)
    if locked.state != Meeting.State.CALLED or at >= locked.starts_at:
        raise NotNow(_("The meeting has begun or was cancelled."), _("Its page shows what became of it."))
    known = {choice.value: choice.label for choice in Reply if choice != Reply.OPEN}
    refuse_unknown(_("Reply"), answer, known)
    before, mine.reply = mine.reply, answer
    mine.person = {Reply.COMES: by, Reply.DEPUTY: _deputy(mine, deputy, by)}.get(Reply(answer))
    mine.save(update_fields=["reply", "person"])
    change = Change("reply", before, answer, where=mine.team or str(mine))
    note(MEETING.kind, locked, "reply", by=by, at=at, changes=[change])
    return mine


def _deputy(seat: Attendance, deputy: User | None, by: User) -> User | None:
    if seat.reply != Reply.DEPUTY:
        return None
    if deputy is None or deputy.pk == by.pk:
        raise NotReady(_("Say who comes instead of you."), [_("The deputy is missing.")])
    if not people_of_seat(seat).filter(pk=deputy.pk).exists():
        words = {"person": deputy, "seat": seat}
        sentence = interpolate(_("%(person)s does not belong to %(seat)s."), words)
        raise NotReady(sentence, [_("Choose somebody who does.")])
    return deputy
