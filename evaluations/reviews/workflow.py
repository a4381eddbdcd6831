"""Stage 5: what may happen to an evaluation, on one screen."""

from django.utils.translation import gettext_lazy as _

from evaluations.reviews.models import Evaluation
from sop_portal.organisation.roles import Can
from sop_portal.workflow.table import Step, Workflow

S = Evaluation.State

EVALUATION = Workflow(
    kind="evaluation",
    label=_("Performance evaluation"),
    states=S,
    initial=S.DRAFT,
    closed=frozenset({S.REVIEWED}),
    tones={S.DRAFT: "draft", S.SUBMITTED: "sent", S.RETURNED: "back", S.REVIEWED: "ok"},
    editable=frozenset({S.DRAFT, S.RETURNED}),
    steps=(
        Step(
            "submit", _("Submit evaluation"), [S.DRAFT, S.RETURNED], S.SUBMITTED, by=Can.SUBMIT_EVALUATION,
            done=_("%(person)s submitted the evaluation"), stamps="submitted", authors=True,
            says=_("Management reviews it and decides on the proposed measures."),
        ),
        Step(
            "review", _("Conclude review"), [S.SUBMITTED], S.REVIEWED, by=Can.REVIEW_EVALUATION,
            done=_("%(person)s reviewed the evaluation"), stamps="reviewed", four_eyes=True,
            says=_("The lessons are published and stand on next year’s forecast; the project is concluded."),
        ),
        Step(
            "send-back", _("Send back with a comment"), [S.SUBMITTED], S.RETURNED, by=Can.REVIEW_EVALUATION,
            done=_("%(person)s sent the evaluation back"), four_eyes=True, comment=True, awaited=False,
        ),
    ),
)  # fmt: skip
