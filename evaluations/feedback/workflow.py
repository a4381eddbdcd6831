"""What may happen to feedback, on one screen."""

from django.utils.translation import gettext_lazy as _

from evaluations.feedback.models import AnswerMark, Feedback, StageAnswers
from sop_portal.foundation.organisation.roles import Can
from sop_portal.foundation.workflow.seals import keep_rows
from sop_portal.foundation.workflow.table import Step, Workflow

State = Feedback.State
STAGE_ANSWERS = "stage-answers"
keep_rows(STAGE_ANSWERS, StageAnswers, beside={AnswerMark._meta.db_table: "answers"})

FEEDBACK = Workflow(
    kind="feedback",
    model=Feedback,
    keeps_open=frozenset(),
    created=_("gave the feedback"),
    label=_("Feedback"),
    states=State,
    initial=State.OPEN,
    closed=frozenset({State.ANSWERED}),
    # Whether the answer helped is said afterwards.
    still_moves=frozenset({"helped"}),
    tones={State.OPEN: "sent", State.ANSWERED: "ok"},
    fields={"helped": _("the answer helped")},
    values={"helped": {"True": _("yes"), "False": _("no")}},
    steps=(
        Step(
            "answer", _("Answer feedback"), [State.OPEN], State.ANSWERED, by=Can.ANSWER_FEEDBACK,
            done=_("%(person)s answered the feedback"), stamps="answered", four_eyes=True, comment=True,
            says=_("The department reads the answer; what follows from it can become a measure."),
        ),
    ),
)  # fmt: skip
