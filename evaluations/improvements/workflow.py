"""What may happen to an improvement measure, on one screen."""

from django.utils.translation import gettext_lazy as _

from evaluations.improvements.models import Measure
from sop_portal.foundation.organisation.roles import Can
from sop_portal.foundation.workflow.table import Step, Workflow

State = Measure.State

MEASURE = Workflow(
    kind="measure",
    model=Measure,
    # An adopted measure lives on after its year.
    keeps_open=frozenset({State.PROPOSED}),
    created=_("proposed the measure"),
    label=_("Improvement measure"),
    states=State,
    initial=State.PROPOSED,
    closed=frozenset({State.DECLINED, State.VERIFIED}),
    tones={
        State.PROPOSED: "sent", State.ADOPTED: "review", State.DECLINED: "no", State.DONE: "sent",
        State.VERIFIED: "ok",
    },
    editable=frozenset({State.PROPOSED}),
    fields={"what": _("what is to be done")},
    steps=(
        Step(
            "adopt", _("Adopt measure"), [State.PROPOSED], State.ADOPTED, by=Can.DECIDE_MEASURE,
            done=_("%(person)s adopted the measure"), stamps="adopted", four_eyes=True,
            says=_("It gets an owner and a due date, and stands on next year’s forecast until it is verified."),
        ),
        Step(
            "decline", _("Decline measure"), [State.PROPOSED], State.DECLINED, by=Can.DECIDE_MEASURE,
            done=_("%(person)s declined the measure"), stamps="declined", four_eyes=True, comment=True,
            awaited=False,
        ),
        Step(
            "finish", _("Report as done"), [State.ADOPTED], State.DONE, by=Can.CARRY_OUT_MEASURE,
            done=_("%(person)s reported the measure as done"), stamps="done", authors=True,
            says=_("Management verifies it; neither the owner nor you can do that."),
        ),
        Step(
            "verify", _("Verify measure"), [State.DONE], State.VERIFIED, by=Can.VERIFY_MEASURE,
            done=_("%(person)s verified the measure"), stamps="verified", four_eyes=True,
            says=_("Look at the evidence; the measure is closed with it."),
        ),
        Step(
            "reopen", _("Open again"), [State.DONE], State.ADOPTED, by=Can.VERIFY_MEASURE,
            done=_("%(person)s opened the measure again"), four_eyes=True, comment=True, awaited=False,
        ),
    ),
)  # fmt: skip
