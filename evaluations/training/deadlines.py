"""Who owes what about training: a reply to an invitation, a session for the untrained, the note of who came."""

from collections.abc import Collection, Iterator
from datetime import date, datetime, timedelta

from django.db.models import QuerySet
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from evaluations.training.models import Trainee, TrainingNeed, TrainingSession
from evaluations.training.queries import needs_asked, next_windows, untrained_of_everybody, years_under_way
from evaluations.training.workflow import TRAINING
from planning.models import Cycle
from sop_portal.foundation.organisation.models import Membership, User
from sop_portal.foundation.organisation.roles import Can, Role
from sop_portal.foundation.workflow.owed import Owed, opened_by, until

DAY = timedelta(days=1)
# So long before a window opens, and after it, the administrator hears that people are untrained for it.
HEARD_BEFORE, HEARD_AFTER = timedelta(days=21), timedelta(days=14)
REPLY, TRAIN = _("Reply to the invitation"), _("Train those who need it")
REPLY_TO, TRAIN_FOR = (
    _("Reply to the invitation to the training “%(need)s” on %(day)s"),
    _("Train people for “%(need)s”"),
)


def owed(at: datetime, *, ahead: int = 0, departments: Collection[int] | None = None) -> Iterator[Owed]:
    """Replies, attendance and needs without a session; they belong to no department."""
    if departments is not None:
        return
    for session in _planned().order_by("pk"):
        yield from _of_session(session, at, ahead)
    yield from _of_needs(at, ahead)


def owed_by_name(person: User, at: datetime) -> Iterator[Owed]:
    """What waits for this person alone, invitations without a reply, and for whoever notes who came to a session."""
    for session in _planned().filter(held_on__lte=opened_by(at, 0)).order_by("held_on", "pk"):
        yield from _attendance(session, at, 0)
    ahead = _planned().filter(held_on__gte=localdate(at))
    asked = Trainee.objects.unanswered().filter(person=person, session__in=ahead)
    for place in asked.select_related("session__cycle", "session__need").order_by("session__held_on", "pk"):
        # Once it has begun nobody can reply any more.
        if at < place.session.starts_at:
            yield _reply(place.session, frozenset({person.pk}))
    if Membership.objects.on(localdate(at)).filter(person=person, role=Role.ADMINISTRATOR).exists():
        yield from _of_needs(at, 0)


def _planned() -> QuerySet[TrainingSession]:
    """Sessions that are to be held; one that never was is forgotten with its year."""
    found = TrainingSession.objects.filter(state__in=TRAINING["hold"].sources).exclude(cycle__state="closed")
    return found.select_related("cycle", "need")


def _of_session(session: TrainingSession, at: datetime, ahead: int) -> Iterator[Owed]:
    yield from _attendance(session, at, ahead)
    if at < session.starts_at:
        unanswered = Trainee.objects.filter(session=session, reply=Trainee.Reply.OPEN)
        people = frozenset(unanswered.values_list("person_id", flat=True))
        if people:
            yield _reply(session, people)


def _attendance(session: TrainingSession, at: datetime, ahead: int) -> Iterator[Owed]:
    if session.held_on <= opened_by(at, ahead):
        day = session.held_on
        yield until(TRAINING, "hold", session, session.cycle, opens_on=day, due_on=day + DAY, sequence=session.version)


def _reply(session: TrainingSession, people: frozenset[int]) -> Owed:
    return Owed(
        TRAINING.kind,
        "reply",
        REPLY,
        Can.SEE_RECORDS,
        session,
        session.cycle,
        due_on=session.held_on - DAY,
        first_due_on=session.held_on - DAY,
        sequence=session.version,
        owner_ids=people,
        task=REPLY_TO,
    )


def _of_needs(at: datetime, ahead: int) -> Iterator[Owed]:
    """Needs whose window opens soon or is open, and that people do not meet who have no place in a session."""
    on = localdate(at)
    administrators = frozenset(
        Membership.objects.on(on).filter(role=Role.ADMINISTRATOR).values_list("person_id", flat=True)
    )
    cycles = list(years_under_way())
    windows = next_windows(cycles, on)
    for need in needs_asked():
        window = windows.get(need.stage)
        if window is None or not window[0] - HEARD_BEFORE <= opened_by(at, ahead) or on > window[0] + HEARD_AFTER:
            continue
        if untrained_of_everybody(need, on):
            yield _train(need, window[0], cycles[0], administrators)


def _train(need: TrainingNeed, opens_on: date, cycle: Cycle, people: frozenset[int]) -> Owed:
    return Owed(
        "training-need",
        "train",
        TRAIN,
        Can.KEEP_TRAINING,
        need,
        cycle,
        opens_on=opens_on - HEARD_BEFORE,
        due_on=opens_on,
        first_due_on=opens_on,
        owner_ids=people,
        task=TRAIN_FOR,
    )
