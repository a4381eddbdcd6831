"""What a person may do with a record now, and for what they may not: who can, and what is missing."""

from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from sop_portal.foundation.kit import formats
from sop_portal.foundation.kit.components import Button, NextBox
from sop_portal.foundation.kit.refusals import NotReady, NotYours, Refusal
from sop_portal.foundation.kit.sentences import concatenate, interpolate, typed
from sop_portal.foundation.organisation.actor import Actor, Grant, people_who_can
from sop_portal.foundation.organisation.roles import ONLY_WHEN_NAMED, ROLES, Can, roles_that
from sop_portal.foundation.trail.models import Entry
from sop_portal.foundation.workflow import checks
from sop_portal.foundation.workflow.checks import check_step
from sop_portal.foundation.workflow.models import Record
from sop_portal.foundation.workflow.table import Missing, Step, Workflow
from sop_portal.foundation.workflow.years import shut_year


@dataclass(frozen=True)
class Offer:
    """One step as it stands for one person: possible, or why not."""

    step: Step[Any]
    url: str
    is_possible: bool
    is_yours: bool
    refusal: Refusal | None = None
    missing: list[Missing] = field(default_factory=list)

    @property
    def why(self) -> str:
        """Why it is not possible, and who can instead; looked up where it is shown."""
        return str(self.refusal) if self.refusal else ""


def offers(workflow: Workflow[Any], record: Record, actor: Actor, at: datetime) -> list[Offer]:
    """Every step a person presses in the record's state, tried against the same checks that guard the step."""
    whose = asked_once()
    steps = [step for step in workflow.steps_from(record.state) if step.main]
    return [offer(workflow, step, record, actor, at, whose) for step in steps]


def offer(
    workflow: Workflow[Any],
    step: Step[Any],
    record: Record,
    actor: Actor,
    at: datetime,
    whose: checks.Whose = checks.whose,
) -> Offer:
    """The offer of one step: its button, or the reason why this person cannot take it."""
    url = f"{record.get_absolute_url()}{step.name}/"
    try:
        check_step(workflow, step, record, actor, at, whose)
    except NotReady as refusal:
        return Offer(step, url, False, True, refusal, refusal.missing)
    except Refusal as refusal:
        return Offer(step, url, False, actor.may(step.by, record), refusal)
    return Offer(step, url, True, True)


def asked_once() -> checks.Whose:
    """Whose a step is, asked once for all steps of one record that need the same capability."""
    known: dict[tuple[Can, bool], Grant | NotYours] = {}

    def whose(workflow: Workflow[Any], step: Step[Any], record: Record, actor: Actor) -> Grant:
        key = (step.by, step.four_eyes)
        if key not in known:
            try:
                known[key] = checks.whose(workflow, step, record, actor)
            except NotYours as refusal:
                known[key] = refusal
        found = known[key]
        if isinstance(found, NotYours):
            raise found
        return found

    return whose


def next_box(
    workflow: Workflow[Any], record: Record, actor: Actor, at: datetime, *, text: str = "", quote: str = ""
) -> NextBox:
    """The box for a record page: yours to do, not ready yet, waiting for others, or finished."""
    found = offers(workflow, record, actor, at)
    mine = [o for o in found if o.is_possible or (o.is_yours and o.missing)]
    waiting = [o for o in found if o.step.awaited]
    if any(o.step.awaited for o in mine):
        return _yours(workflow, record, mine, text, quote)
    if waiting:
        return replace(_waits(workflow, record, waiting, mine, actor), text=text, quote=quote)
    state = workflow.states(record.state).label
    if record.state in workflow.closed and not mine:
        return NextBox(_("Finished: %(state)s") % {"state": state}, text, "done", "check-lg", quote)
    # Nothing has to be done; what could be done, by this person or by others, stands quietly beside the state.
    title = _("Now: %(state)s") % {"state": state}
    missing = [missing for o in mine for missing in o.missing]
    said = text or _who_may(found, mine, record, actor)
    return NextBox(title, said, "wait", "info-circle", quote, missing, [_button(o) for o in mine])


def _who_may(found: list[Offer], mine: list[Offer], record: Record, actor: Actor) -> str:
    """Who can do what comes next with an open record on which this person can do nothing."""
    if mine or not found:
        return ""
    step = found[0].step
    words = {"roles": whom(step.by, record, actor.on), "step": step.label}
    return interpolate(_("Next: “%(step)s”, by %(roles)s."), words)


def without_filled_button(box: NextBox) -> NextBox:
    """The box with its button not filled, for a page whose one filled button stands elsewhere."""
    return replace(box, buttons=[replace(button, is_primary=False) for button in box.buttons])


def _yours(workflow: Workflow[Any], record: Record, mine: list[Offer], text: str, quote: str) -> NextBox:
    first = next(o for o in mine if o.step.awaited)
    buttons = [_button(o, is_primary=o is first and o.is_possible) for o in mine]
    if workflow.tones.get(record.state) == "back":
        title = _("Sent back: correct it and submit it again") if quote else first.step.label
        return NextBox(title, text, "back", "arrow-return-left", quote, first.missing, buttons)
    return NextBox(first.step.label, text or first.step.says, "", "arrow-right", quote, first.missing, buttons)


def _waits(workflow: Workflow[Any], record: Record, waiting: list[Offer], mine: list[Offer], actor: Actor) -> NextBox:
    """Who has to act and for how long that has been so; what is not yours stands there, closed, with the reason."""
    first = waiting[0]
    shut = shut_year(workflow.kind, record, first.step.name)
    title = first.step.label if first.is_yours and not shut else waits_for(workflow, record, first.step, actor.on)
    buttons = [*(_button(o) for o in mine), *(_button(o) for o in waiting if o not in mine)]
    return NextBox(title, "", "wait", "hourglass-split", buttons=buttons)


def _button(offer: Offer, *, is_primary: bool = False) -> Button:
    return Button(offer.step.label, offer.url, is_primary, not offer.is_possible, offer.why)


def waits_for(workflow: Workflow[Any], record: Record, step: Step[Any], on: date) -> str:
    """ "Waits for the resource team, 2 days", or for its year, in which nobody can do it yet."""
    if shut := shut_year(workflow.kind, record, step.name):
        return shut
    roles = whom(step.by, record, on)
    since = (
        Entry.objects.of(workflow.kind, record.pk).filter(state_to=record.state).values_list("at", flat=True).first()
    )
    days = (on - localdate(since)).days if since else 0
    if days < 1:
        return interpolate(_("Waits for %(roles)s"), {"roles": roles})
    return interpolate(_("Waits for %(roles)s, %(days)s"), {"roles": roles, "days": formats.days(days)})


def whom(can: Can, record: Record, on: date) -> str:
    """The roles that may, or, where only who is named on the record may, that person."""
    named = list(people_who_can(can, record, on)) if can in ONLY_WHEN_NAMED else []
    if named:
        return concatenate(map(typed, named), _(" or "))
    return pgettext("roles", " or ").join(str(ROLES[role].called) for role in roles_that(can))
