"""What may happen to a review meeting, on one screen."""

from datetime import datetime

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from evaluations.meetings.models import Meeting
from sop_portal.foundation.kit.formats import day
from sop_portal.foundation.organisation.roles import Can
from sop_portal.foundation.workflow.table import Missing, SealedRows, Step, Workflow

State = Meeting.State


def missing_to_hold(meeting: Meeting, at: datetime) -> list[Missing]:
    """The minutes are closed once the meeting took place and every point has its minutes or its decision."""
    here = meeting.get_absolute_url()
    on = meeting.cycle.day(at)
    missing = [Missing(gettext("The meeting is on %(day)s.") % {"day": day(meeting.held_on, on)})]
    unwritten = [
        Missing(
            gettext("“%(point)s” has neither minutes nor a decision.") % {"point": point}, f"{here}#point-{point.pk}"
        )
        for point in meeting.points.filter(minutes="", decision="")
    ]
    return [*(missing if on < meeting.held_on else []), *unwritten]


ROWS = (SealedRows("evaluations_agendapoint", "meeting"), SealedRows("evaluations_attendance", "meeting"))
MEETING = Workflow(
    kind="meeting",
    model=Meeting,
    created=_("called the meeting"),
    label=_("Review meeting"),
    states=State,
    initial=State.CALLED,
    closed=frozenset({State.HELD}),
    sealed_with=ROWS,
    kept_with=ROWS,
    tones={State.CALLED: "sent", State.HELD: "ok"},
    editable=frozenset({State.CALLED}),
    fields={
        "minutes": _("minutes"), "decision": _("decision"), "point": _("point"), "person": _("representative"),
        "was_present": _("was present"),
    },
    values={"was_present": {"True": _("yes"), "False": _("no")}},
    steps=(
        Step(
            "hold", _("Close the minutes"), [State.CALLED], State.HELD, by=Can.HOLD_MEETING,
            done=_("%(person)s closed the minutes"), stamps="held", awaited=False,
            missing=missing_to_hold,
            says=_("The minutes can be read by everybody and no longer change."),
        ),
    ),
)  # fmt: skip
