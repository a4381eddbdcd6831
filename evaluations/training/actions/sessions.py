"""Training sessions: planned, moved, held, cancelled; everybody invited is told, and so are their calendars."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from evaluations.training.actions.places import tell_of_session
from evaluations.training.models import Trainee, TrainingNeed, TrainingSession
from evaluations.training.queries import who_can_train
from evaluations.training.workflow import TRAINING
from planning.cycles.calendar import days_to_meet
from planning.models import Cycle
from sop_portal.foundation.kit.bounds import Bound, refuse_beyond
from sop_portal.foundation.kit.dates import refuse_outside
from sop_portal.foundation.kit.fitting import refuse_strangers, save_new
from sop_portal.foundation.kit.refusals import NotReady
from sop_portal.foundation.kit.sentences import interpolate
from sop_portal.foundation.organisation.models import User
from sop_portal.foundation.organisation.roles import Can
from sop_portal.foundation.workflow.checks import authority
from sop_portal.foundation.workflow.editing import Editing
from sop_portal.foundation.workflow.engine import created, edit, step
from sop_portal.foundation.workflow.years import hold_open_year

PLACES = Bound(Decimal(1000), least=Decimal(1))
MINUTES = Bound(Decimal(960), least=Decimal(5))
CHANGED = gettext_lazy("Changed: %(title)s")
CANCELLED = gettext_lazy("Cancelled: %(title)s")


@dataclass(frozen=True)
class SessionTerms:
    """When, where, by whom and with what a session is held, and for how many."""

    held_on: date
    begins: time
    place: str
    trainer: User
    places: int
    lasts: int = 60
    material: str = ""


@transaction.atomic
def plan(cycle: Cycle, need: TrainingNeed, terms: SessionTerms, *, by: User, at: datetime) -> TrainingSession:
    """Plan a session that teaches what a need asks."""
    role = authority(Can.KEEP_TRAINING, None, by, at)
    hold_open_year(TRAINING.kind, cycle, "create")
    _refuse(cycle, terms, at)
    session = save_new(TrainingSession(cycle=cycle, need=need, **_given(terms)))
    created(TRAINING, session, by=by, at=at, grant=role)
    return session


def move(session: TrainingSession, terms: SessionTerms, *, by: User, at: datetime, seen: int) -> TrainingSession:
    """Move a session, or change where, by whom or for how many it is held; everybody invited gets the update."""
    with edit(TRAINING, session, by=by, at=at, can=Can.KEEP_TRAINING, seen=seen) as editing:
        _refuse(editing.record.cycle, terms, at)
        if terms.places < editing.record.taken:
            sentence = _("%(taken)s places are taken already.") % {"taken": editing.record.taken}
            raise NotReady(sentence, [_("Offer at least as many.")])
        _change(editing, terms)
    if editing.changes:
        tell_of_session(session, "REQUEST", CHANGED, at=at)
    return session


def _change(editing: Editing[TrainingSession], terms: SessionTerms) -> None:
    given = {name: value for name, value in _given(terms).items() if name != "trainer"}
    editing.set(editing.record, **given)
    if editing.change("trainer", editing.record.trainer_id, terms.trainer.pk):
        editing.record.trainer = terms.trainer


def _given(terms: SessionTerms) -> dict[str, Any]:
    return vars(terms) | {"place": terms.place.strip(), "material": terms.material.strip()}


def _refuse(cycle: Cycle, terms: SessionTerms, at: datetime) -> None:
    on = cycle.day(at)
    refuse_outside(_("Date"), terms.held_on, days_to_meet(cycle, on))
    refuse_beyond(_("Places"), terms.places, PLACES)
    refuse_beyond(_("Length in minutes"), terms.lasts, MINUTES)
    if not terms.place.strip():
        raise NotReady(_("Say where the session is held."), [_("The place is missing.")])
    if not who_can_train(on).filter(pk=terms.trainer.pk).exists():
        sentence = interpolate(_("%(person)s holds no role."), {"person": terms.trainer})
        raise NotReady(sentence, [_("Choose a trainer who does.")])


@TRAINING.act("hold")
def hold(
    session: TrainingSession, *, came: Collection[int], by: User, at: datetime, seen: int, comment: str = ""
) -> TrainingSession:
    """Note who came, by the numbers of the people; from this day on they know it."""
    with step(TRAINING, session, "hold", by=by, at=at, seen=seen, comment=comment) as locked:
        invited = locked.trainees.values_list("person_id", flat=True)
        refuse_strangers(came, set(invited), _("These people were not invited to the session."))
        Trainee.objects.filter(session=locked, person_id__in=list(came)).update(came=True)
    return session


@TRAINING.act("cancel")
def cancel(session: TrainingSession, *, by: User, at: datetime, seen: int, comment: str = "") -> TrainingSession:
    """Cancel a session; it leaves the calendars of everybody invited."""
    with step(TRAINING, session, "cancel", by=by, at=at, seen=seen, comment=comment) as locked:
        # A cancellation comes after every update, so that no calendar takes it for an older one.
        locked.version += 1
    tell_of_session(session, "CANCEL", CANCELLED, at=at, quote=comment.strip())
    return session
