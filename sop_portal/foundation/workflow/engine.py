"""The engine: every act takes its lock, is checked, leaves its trail and tells people, in one transaction."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any, TypeVar

from django.db.models import Model
from django.utils.translation import gettext as _

from sop_portal.foundation.kit.fitting import refuse_unkeepable
from sop_portal.foundation.kit.reasons import CHOSEN, reason_of
from sop_portal.foundation.kit.refusals import NotReady, NotYours, Refusal
from sop_portal.foundation.kit.transactions import whole
from sop_portal.foundation.organisation.actor import Actor, Grant
from sop_portal.foundation.organisation.models import User
from sop_portal.foundation.organisation.roles import Can
from sop_portal.foundation.trail.actions import Change
from sop_portal.foundation.trail.actions import record as leave_trail
from sop_portal.foundation.workflow import checks, notify, seals, years
from sop_portal.foundation.workflow.contributors import add_contributor
from sop_portal.foundation.workflow.editing import Editing
from sop_portal.foundation.workflow.models import Record, with_year_and_department
from sop_portal.foundation.workflow.seen import refuse_changed_papers
from sop_portal.foundation.workflow.table import Step, WindowCheck, Workflow

R = TypeVar("R", bound=Record)
check = checks.check_step


# An act is always these: on which record, by whom, when, what was seen, and why. So it is written out.
@contextmanager
def step(  # noqa: PLR0913
    workflow: Workflow[R], record: R, name: str, *, by: User, at: datetime, seen: int, comment: str = ""
) -> Iterator[R]:
    """Take one step on a record; the body adds the act's own effects to the locked row.

    Raises NotNow, NotYours, NotReady or Changed; then nothing is written. After the body the row is saved,
    the trail entry written and the people told, all in the same transaction.
    """
    taken = workflow[name]
    try:
        with whole():
            years.hold_year(workflow.kind, record)
            locked = lock(record)
            actor = Actor.of(by, at)
            grant, window = _checked(workflow, taken, locked, actor, at, seen)
            refuse_changed_papers(workflow, locked, seen, actor)
            refuse_unkeepable(_("Comment"), comment)
            if taken.comment and not comment.strip():
                raise NotReady(_("Say why: the other side will read it."), [_("A comment is missing.")])
            checks.answered(workflow, taken, locked, comment)
            before, content = locked.state, _content(locked)
            locked.state = taken.target
            _stamp(locked, taken, by, at, window)
            yield locked
            # What a step writes into the record is content too: nobody verifies an answer that was replaced meanwhile.
            locked.version += _content(locked) != content
            locked.save()
            seals.follow_step(workflow, locked, before)
            if taken.authors:
                add_contributor(workflow, locked, by, grant, at)
            leave_trail(
                workflow.kind,
                locked,
                taken.name,
                by=by.pk,
                at=_taken_at(locked, taken) or at,
                behalf=grant.behalf,
                states=(before, locked.state),
                changes=_chosen(comment),
                comment=comment,
            )
            notify.notify_after_step(workflow, taken, locked, by, at, comment)
    except Refusal as refusal:
        refusal.attempt = (workflow.kind, record, name, by, at)
        raise
    _bring_up_to_date(record, locked)


def _checked(
    workflow: Workflow[R], taken: Step[R], locked: R, actor: Actor, at: datetime, seen: int
) -> tuple[Grant, WindowCheck]:
    """Every question before a step; whoever has not seen a change learns of it before of what it lets be missing."""
    try:
        found = checks.check_step(workflow, taken, locked, actor, at)
    except NotReady:
        checks.version(workflow, locked, seen)
        raise
    checks.version(workflow, locked, seen)
    return found


def _chosen(comment: str) -> list[Change]:
    """The reason of the short list that was chosen beside the words."""
    reason = reason_of(comment)
    return [Change(CHOSEN, "", reason)] if reason else []


def follow(
    workflow: Workflow[R], record: R, name: str, *, by: User, at: datetime, changes: Iterable[Change] = ()
) -> None:
    """A step without a button: it follows from an act on another record, which was checked, in its transaction."""
    taken, before = workflow[name], record.state
    years.open_year(workflow.kind, record, name)
    checks.state(workflow, taken, record)
    record.state = taken.target
    record.save(update_fields=["state"])
    seals.follow_step(workflow, record, before)
    leave_trail(workflow.kind, record, name, by=by.pk, at=at, states=(before, record.state), changes=changes)


def _bring_up_to_date(record: Record, locked: Record) -> None:
    """What the caller holds becomes what was saved."""
    for attribute in vars(locked):
        if not attribute.startswith("_"):
            setattr(record, attribute, getattr(locked, attribute))


def _content(record: Record) -> dict[str, Any]:
    """The values of a record, without its state and the stamps of its steps."""
    names = [field.attname for field in record._meta.concrete_fields]
    kept = [n for n in names if n not in ("state", "version", "is_late") and not n.endswith(("_at", "_by_id"))]
    return {name: getattr(record, name) for name in kept}


def lock(record: R) -> R:
    """The row as it is now with its year and department, locked until the transaction ends."""
    rows = type(record)._default_manager.select_for_update(of=("self",))
    return with_year_and_department(rows).get(pk=record.pk)


def _stamp(record: Record, taken: Step[Any], by: User, at: datetime, window: WindowCheck) -> None:
    if taken.stamps:
        setattr(record, f"{taken.stamps}_at", at)
        setattr(record, f"{taken.stamps}_by", by)
    if taken.window and hasattr(record, "is_late"):
        record.is_late = window.is_late


def _taken_at(record: Record, taken: Step[Any]) -> datetime | None:
    """The moment of a step that leaves one; its body moves it behind what came before, by the order of the locks."""
    moment: datetime | None = getattr(record, f"{taken.stamps}_at") if taken.stamps else None
    return moment


@contextmanager
def edit(  # noqa: PLR0913
    workflow: Workflow[R],
    record: R,
    *,
    by: User,
    at: datetime,
    can: Can,
    seen: int | None = None,
    reach: Any = None,
    verb: str = "edit",
    comment: str = "",
) -> Iterator[Editing[R]]:
    """Change the content of a record while it is in an editable state; a new version, a contributor and a trail entry.

    `reach` is the line whose scope decides who may (a project lead edits the own project's lines);
    `seen` refuses the edit if somebody saved in between, with what they changed.
    """
    try:
        with whole():
            years.hold_year(workflow.kind, record)
            locked = lock(record)
            years.open_year(workflow.kind, locked, verb)
            checks.editable(workflow, locked)
            if workflow.editable_in is not None:
                checks.open_window(workflow.editable_in(locked, at))
            grants = Actor.of(by, at).authorities(can, reach if reach is not None else locked)
            if not grants:
                raise NotYours(*checks.who_instead(can, reach if reach is not None else locked, at))
            if seen is not None:
                checks.version(workflow, locked, seen)
            editing = Editing(locked, grants[0])
            yield editing
            if editing.changes:
                locked.version += 1
                locked.save()
                seals.follow_act(workflow.kind, locked)
                add_contributor(workflow, locked, by, grants[0], at)
                leave_trail(
                    workflow.kind,
                    locked,
                    verb,
                    by=by.pk,
                    at=at,
                    behalf=grants[0].behalf,
                    changes=editing.changes,
                    comment=comment,
                )
    except Refusal as refusal:
        refusal.attempt = (workflow.kind, record, verb, by, at)
        raise
    _bring_up_to_date(record, locked)


@contextmanager
def decide(workflow: Workflow[R], record: R, name: str, *, by: User, at: datetime, verb: str) -> Iterator[Editing[R]]:
    """Decide on a part of a record while one of its steps is pending; who may take the step may decide, nobody else.

    The content stays the author's: whoever decides is no contributor, and the body says what becomes of the version.
    """
    pending = workflow[name]
    try:
        with whole():
            years.hold_year(workflow.kind, record)
            locked = lock(record)
            years.open_year(workflow.kind, locked, verb)
            checks.state(workflow, pending, locked)
            grant = checks.whose(workflow, pending, locked, Actor.of(by, at))
            editing = Editing(locked, grant)
            yield editing
            if editing.changes:
                note(workflow.kind, locked, verb, by=by, at=at, behalf=grant.behalf, changes=editing.changes)
    except Refusal as refusal:
        refusal.attempt = (workflow.kind, record, verb, by, at)
        raise


def note(  # noqa: PLR0913
    kind: str,
    on: Model,
    verb: str,
    *,
    by: User | None,
    at: datetime,
    behalf: int | None = None,
    changes: Iterable[Change] = (),
    comment: str = "",
) -> None:
    """Leave the entry of an act that no table of steps knows: on people, departments, pools, expenses, past figures."""
    years.open_year(kind, on, verb)
    seals.follow_act(kind, on)
    leave_trail(kind, on, verb, by=by.pk if by else None, at=at, behalf=behalf, changes=changes, comment=comment)


def remark(kind: str, on: Model, verb: str, *, by: User, at: datetime, comment: str) -> None:
    """Leave the entry of an act that writes nothing into the record itself, so that nothing of it is sealed anew."""
    years.open_year(kind, on, verb)
    leave_trail(kind, on, verb, by=by.pk, at=at, comment=comment)


def created(workflow: Workflow[R], record: R, *, by: User, at: datetime, grant: Grant, comment: str = "") -> None:
    """Leave the first trail entry of a new record and tell those who can act on it."""
    created_together(workflow, [record], by=by, at=at, grant=grant, comment=comment)


def created_together(
    workflow: Workflow[R], records: Sequence[R], *, by: User, at: datetime, grant: Grant, comment: str = ""
) -> None:
    """Leave the first trail entries of records that one act makes; who can act on them is asked and told once."""
    for record in records:
        years.open_year(workflow.kind, record, "create")
        seals.follow_step(workflow, record, "")
        states = ("", record.state)
        leave_trail(
            workflow.kind, record, "create", by=by.pk, at=at, behalf=grant.behalf, states=states, comment=comment
        )
    notify.notify_of_new_records(workflow, records, by, at, comment)
