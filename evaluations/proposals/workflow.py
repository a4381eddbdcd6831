"""What may happen to a change proposal, on one screen."""

from django.utils.translation import gettext_lazy as _

from evaluations.proposals.models import ChangeProposal
from sop_portal.foundation.organisation.roles import Can
from sop_portal.foundation.workflow.table import Step, Workflow

State = ChangeProposal.State

PROPOSAL = Workflow(
    kind="proposal",
    model=ChangeProposal,
    # A proposal lives on after its year: it changes the next one.
    keeps_open=frozenset(),
    created=_("proposed the change"),
    label=_("Change proposal"),
    states=State,
    initial=State.PROPOSED,
    closed=frozenset({State.DECLINED, State.IN_FORCE}),
    # Which version of the handbook tells of it is written down when there is one.
    still_moves=frozenset({"edition"}),
    tones={State.PROPOSED: "sent", State.ADOPTED: "review", State.DECLINED: "no", State.IN_FORCE: "ok"},
    steps=(
        Step(
            "adopt", _("Adopt the change"), [State.PROPOSED], State.ADOPTED, by=Can.DECIDE_CHANGE,
            done=_("%(person)s adopted the change"), stamps="adopted", four_eyes=True,
            says=_("The administrator carries it out, and the next version of the handbook tells everybody."),
            task=_("Decide on change proposal %(number)s: %(title)s"),
        ),
        Step(
            "decline", _("Decline the change"), [State.PROPOSED], State.DECLINED, by=Can.DECIDE_CHANGE,
            done=_("%(person)s declined the change"), stamps="declined", four_eyes=True, comment=True, awaited=False,
        ),
        Step(
            "carry-out", _("Report as carried out"), [State.ADOPTED], State.IN_FORCE, by=Can.CARRY_OUT_CHANGE,
            done=_("%(person)s carried the change out"), stamps="in_force",
            says=_("The change is in force from now on; the next version of the handbook tells of it."),
            task=_("Carry out change proposal %(number)s: %(title)s"),
        ),
        Step(
            "give-up", _("Give the change up"), [State.ADOPTED], State.DECLINED, by=Can.DECIDE_CHANGE,
            done=_("%(person)s gave the adopted change up"), stamps="declined", four_eyes=True, comment=True,
            awaited=False, says=_("Nothing changes. What is carried out already is changed back by another proposal."),
        ),
    ),
)  # fmt: skip
