"""What a person may do with a record now, and for what they may not: who can, and what is missing."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from sop_portal.kit.pages import Button, Next
from sop_portal.kit.refusals import NotReady, Refusal
from sop_portal.organisation.actor import Actor
from sop_portal.workflow.engine import check
from sop_portal.workflow.table import Missing, Step, Workflow


@dataclass(frozen=True)
class Offer:
    """One step as it stands for one person: possible, or why not."""

    step: Step
    url: str
    is_possible: bool
    is_yours: bool
    why: str = ""
    missing: list[Missing] = field(default_factory=list)


def offers(workflow: Workflow, record: Any, actor: Actor, at: datetime) -> list[Offer]:
    """Every step a person presses in the record's state, tried against the same checks that guard the step."""
    return [offer(workflow, step, record, actor, at) for step in workflow.steps_from(record.state) if step.main]


def offer(workflow: Workflow, step: Step, record: Any, actor: Actor, at: datetime) -> Offer:
    """One step, tried."""
    url = f"{record.get_absolute_url()}{step.name}/"
    try:
        check(workflow, step, record, actor, at)
    except NotReady as refusal:
        return Offer(step, url, False, True, str(refusal), refusal.missing)
    except Refusal as refusal:
        return Offer(step, url, False, actor.may(step.by, record), str(refusal))
    return Offer(step, url, True, True)


def next_box(workflow: Workflow, record: Any, actor: Actor, at: datetime, *, text: str = "", quote: str = "") -> Next:
    """The box for a record page: yours to do, not ready yet, waiting for others, or finished."""
    found = offers(workflow, record, actor, at)
    mine = [o for o in found if o.is_possible or (o.is_yours and o.missing)]
    if mine:
        return _yours(workflow, record, mine, text, quote)
    waiting = [o for o in found if o.step.awaited]
    if not waiting:
        state = workflow.states(record.state).label
        return Next(_("Finished: %(state)s") % {"state": state}, text, "done", "check-lg", quote)
    first = waiting[0]
    return Next(_("Waits: %(step)s") % {"step": first.step.label}, text or first.why, "wait", "hourglass-split", quote)


def _yours(workflow: Workflow, record: Any, mine: list[Offer], text: str, quote: str) -> Next:
    first = next((o for o in mine if o.step.awaited), None)
    buttons = [Button(o.step.label, o.url, o is first and o.is_possible, not o.is_possible, o.why) for o in mine]
    if first is None:
        # Nothing has to be done; what could be done stands quietly beside the state.
        title = _("Now: %(state)s") % {"state": workflow.states(record.state).label}
        return Next(title, text, "wait", "info-circle", quote, [], buttons)
    tone = "back" if workflow.tones.get(record.state) == "back" else ""
    return Next(first.step.label, text, tone, "arrow-right", quote, first.missing, buttons)
