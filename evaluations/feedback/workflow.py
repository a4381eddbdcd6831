"""What may happen to feedback, on one screen."""

from django.utils.translation import gettext_lazy as _

from evaluations.feedback.models import Feedback
from sop_portal.foundation.organisation.roles import Can
from sop_portal.foundation.workflow.table import Step, Workflow

State = Feedback.State

FEEDBACK = Workflow(
    kind="feedback",
    model=Feedback,
    keeps_open=frozenset(),
    created=_("gave the feedback"),
    label=_("Feedback"),
    states=State,
    initial=State.OPEN,
    closed=frozenset({State.ANSWERED}),
    tones={State.OPEN: "sent", State.ANSWERED: "ok"},
    steps=(
        Step(
            "answer", _("Answer feedback"), [State.OPEN], State.ANSWERED, by=Can.ANSWER_FEEDBACK,
            done=_("%(person)s answered the feedback"), stamps="answered", four_eyes=True, comment=True,
            says=_("The department reads the answer; what follows from it can become a measure."),
        ),
    ),
)  # fmt: skip
