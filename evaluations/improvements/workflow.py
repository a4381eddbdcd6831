"""What may happen to an improvement measure, on one screen."""

from django.utils.translation import gettext_lazy as _

from evaluations.improvements.models import Measure
from sop_portal.organisation.roles import Can
from sop_portal.workflow.table import Step, Workflow

S = Measure.State

MEASURE = Workflow(
    kind="measure",
    label=_("Improvement measure"),
    states=S,
    initial=S.PROPOSED,
    closed=frozenset({S.DECLINED, S.VERIFIED}),
    tones={S.PROPOSED: "sent", S.ADOPTED: "review", S.DECLINED: "no", S.DONE: "sent", S.VERIFIED: "ok"},
    editable=frozenset({S.PROPOSED}),
    steps=(
        Step(
            "adopt", _("Adopt measure"), [S.PROPOSED], S.ADOPTED, by=Can.DECIDE_MEASURE,
            done=_("%(person)s adopted the measure"), stamps="adopted", four_eyes=True,
        ),
        Step(
            "decline", _("Decline measure"), [S.PROPOSED], S.DECLINED, by=Can.DECIDE_MEASURE,
            done=_("%(person)s declined the measure"), stamps="declined", four_eyes=True, comment=True,
            awaited=False,
        ),
        Step(
            "finish", _("Report as done"), [S.ADOPTED], S.DONE, by=Can.CARRY_OUT_MEASURE,
            done=_("%(person)s reported the measure as done"), stamps="done", authors=True,
        ),
        Step(
            "verify", _("Verify measure"), [S.DONE], S.VERIFIED, by=Can.VERIFY_MEASURE,
            done=_("%(person)s verified the measure"), stamps="verified", four_eyes=True,
        ),
        Step(
            "reopen", _("Open again"), [S.DONE], S.ADOPTED, by=Can.VERIFY_MEASURE,
            done=_("%(person)s opened the measure again"), four_eyes=True, comment=True, awaited=False,
        ),
    ),
)  # fmt: skip
