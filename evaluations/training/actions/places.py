"""The places in a training session: people are invited and reply; nobody is told twice, no place is given twice."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from evaluations.training.models import Trainee, Trainees, TrainingSession
from evaluations.training.queries import who_can_be_invited
from evaluations.training.workflow import TRAINING
from sop_portal.foundation.kit.invitations import Method, calendar_text
from sop_portal.foundation.kit.refusals import NotNow, NotReady, NotYours
from sop_portal.foundation.kit.sentences import StrOrPromise, interpolate
from sop_portal.foundation.notices.actions import About, new_notices, write_notices
from sop_portal.foundation.notices.wording import NewNotice
from sop_portal.foundation.organisation.models import User
from sop_portal.foundation.organisation.roles import Can
from sop_portal.foundation.trail.actions import Change
from sop_portal.foundation.workflow.checks import authority
from sop_portal.foundation.workflow.engine import edit, lock, note
from sop_portal.foundation.workflow.years import hold_open_year

AWAY = Trainee.Reply.STAYS_AWAY
INVITED = gettext_lazy("You are invited: %(title)s")


def invite(session: TrainingSession, people: Collection[User], *, by: User, at: datetime, seen: int) -> TrainingSession:
    """Give people a place in a session and send them the invitation with its calendar entry."""
    with transaction.atomic():
        with edit(TRAINING, session, by=by, at=at, can=Can.KEEP_TRAINING, seen=seen, verb="invite") as editing:
            locked = editing.record
            _refuse_uninvitable(locked, people, at)
            if len(people) > locked.free:
                way_out = _("Offer more places, or plan another session.")
                raise NotReady(_("%(free)s places are free.") % {"free": locked.free}, [way_out])
            Trainee.objects.bulk_create(Trainee(session=locked, person=person, invited_at=at) for person in people)
            locked.taken += len(people)
            for person in people:
                editing.change("trainee", "", person.pk)
        asked = locked.trainees.filter(person__in=list(people))
        tell_of_session(session, "REQUEST", INVITED, at=at, among=asked)
    return session


def _refuse_uninvitable(session: TrainingSession, people: Collection[User], at: datetime) -> None:
    if not people:
        raise NotReady(_("Choose whom to invite."), [_("Nobody is chosen.")])
    if at >= session.starts_at:
        raise NotNow(_("The session has begun."), _("Plan another one."))
    can = set(who_can_be_invited(session, session.cycle.day(at)).values_list("pk", flat=True))
    for person in people:
        if person.pk not in can:
            sentence = interpolate(_("%(person)s is invited already, or holds no role."), {"person": person})
            raise NotReady(sentence, [_("Leave the name out.")])


@transaction.atomic
def reply(session: TrainingSession, *, comes: bool, by: User, at: datetime) -> Trainee:
    """Say whether one comes; a place that nobody takes is free for somebody else."""
    authority(Can.SEE_RECORDS, None, by, at)
    hold_open_year(TRAINING.kind, session, "reply")
    locked = lock(session)
    place = Trainee.objects.filter(session=locked, person=by).select_for_update().first()
    if place is None:
        raise NotYours(_("You are not invited to this session."), _("Ask whoever plans the training."))
    if locked.state != TrainingSession.State.PLANNED or at >= locked.starts_at:
        raise NotNow(_("The session is over, or it was cancelled."), _("Its page shows what became of it."))
    before, place.reply = place.reply, Trainee.Reply.COMES if comes else AWAY
    if before == place.reply:
        return place
    _keep_taken(locked, (place.reply != AWAY) - (before != AWAY))
    place.save(update_fields=["reply"])
    note(TRAINING.kind, locked, "reply", by=by, at=at, changes=[Change("reply", before, place.reply)])
    return place


def _keep_taken(session: TrainingSession, more: int) -> None:
    """Count a place that is freed, or taken again if there still is one."""
    rows = TrainingSession.objects.filter(pk=session.pk, taken__lte=F("places") - more)
    if not rows.update(taken=F("taken") + more):
        raise NotReady(_("Somebody else has your place now."), [_("Ask whoever plans the training for another one.")])


def tell_of_session(
    session: TrainingSession,
    method: Method,
    pattern: StrOrPromise,
    *,
    at: datetime,
    quote: str = "",
    among: Trainees | None = None,
) -> None:
    """Tell everybody who has a place, and their calendars; `pattern` is a sentence with the session's %(title)s."""
    rows = session.trainees.exclude(reply=AWAY) if among is None else among
    people = [row.person for row in rows.select_related("person").order_by("pk")]

    def sentence() -> str:
        return interpolate(pattern, {"title": session})

    about: About = {
        "kind": TRAINING.kind,
        "record_id": session.pk,
        "verb": "edit",
        "link": session.get_absolute_url(),
        "quote": quote,
    }
    notices = new_notices(people, sentence, **about)
    write_notices([_with_calendar(new, session, method, at) for new in notices], at=at)


def _with_calendar(new: NewNotice, session: TrainingSession, method: Method, at: datetime) -> NewNotice:
    person = new.person
    with translation.override(person.language):
        text = calendar_text(session.appointment, method, name=person.name, email=person.email, at=at)
    return replace(new, calendar=text)
