"""What may happen to a training session, on one screen."""

from datetime import datetime

from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from evaluations.training.models import TrainingNeed, TrainingSession
from sop_portal.foundation.kit.formats import day
from sop_portal.foundation.organisation.roles import Can
from sop_portal.foundation.workflow.seals import keep_rows
from sop_portal.foundation.workflow.table import Missing, SealedRows, Step, Workflow

State = TrainingSession.State
NEED = "training-need"
keep_rows(NEED, TrainingNeed)


def missing_to_hold(session: TrainingSession, at: datetime) -> list[Missing]:
    """Attendance is noted once the session has begun and somebody was invited."""
    here, on = session.get_absolute_url(), session.cycle.day(at)
    found = []
    if at < session.starts_at:
        found.append(Missing(gettext("The session is on %(day)s.") % {"day": day(session.held_on, on)}))
    if not session.trainees.exists():
        found.append(Missing(gettext("Nobody is invited yet."), f"{here}#trainees"))
    return found


ROWS = (SealedRows("evaluations_trainee", "session"),)
TRAINING = Workflow(
    kind="training",
    model=TrainingSession,
    # A session that was planned and never held keeps no year open: it is cancelled, or forgotten with it.
    created=_("planned the session"),
    label=_("Training"),
    states=State,
    initial=State.PLANNED,
    closed=frozenset({State.HELD, State.CANCELLED}),
    sealed_with=ROWS,
    kept_with=ROWS,
    tones={State.PLANNED: "sent", State.HELD: "ok", State.CANCELLED: "shut"},
    editable=frozenset({State.PLANNED}),
    fields={
        "held_on": _("date"), "begins": _("begins"), "lasts": _("minutes long"), "place": _("place or link"),
        "trainer": _("trainer"), "material": _("material"), "places": _("places"), "trainee": _("invited"),
        "reply": _("reply"), "came": _("came"),
    },
    values={
        "came": {"True": _("yes"), "False": _("no")},
        "reply": {"open": _("No reply yet"), "comes": _("Comes"), "away": _("Cannot come")},
    },
    people=frozenset({"trainer", "trainee"}),
    # Who is invited is read by everybody who sees all people; others see those of their department on the page.
    withheld=lambda: Q(verb__in=("invite", "reply")),
    steps=(
        Step(
            "hold", _("Note attendance"), [State.PLANNED], State.HELD, by=Can.KEEP_TRAINING,
            done=_("%(person)s noted who came to the training"), stamps="held", awaited=False,
            missing=missing_to_hold,
            says=_("Whoever came knows it from this day on; the others need another session."),
            task=_("Note who came to the training “%(need)s” on %(day)s"),
        ),
        Step(
            "cancel", _("Cancel the session"), [State.PLANNED], State.CANCELLED, by=Can.KEEP_TRAINING,
            done=_("%(person)s cancelled the session"), stamps="cancelled", awaited=False, comment=True,
            says=_("Everybody invited is told, and it leaves their calendars."),
        ),
    ),
)  # fmt: skip
