"""My work: computed from states, grouped by how soon, with who we wait for."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from sop_portal.kit import formats
from sop_portal.kit.pages import Button, Next, Task
from sop_portal.kit.told import told, typed
from sop_portal.organisation.actor import Actor, people_who_can
from sop_portal.organisation.models import Department
from sop_portal.organisation.roles import Role
from sop_portal.stages import ALL_RECORDS, Records
from sop_portal.trail.models import Entry
from sop_portal.workflow import inbox
from sop_portal.workflow.models import Hand

MOST_WAITING = 8
HANDED = ("submitted", "proposed", "resolved", "done", "remedied", "asked", "given")


def grouped(actor: Actor, at: Any) -> tuple[Next | None, list[tuple[Any, list[Task]]]]:
    """The one thing to do first, and everything as groups: overdue, this week, later, waiting for others."""
    found = inbox.waiting_for(actor, [(r.model, r.workflow) for r in ALL_RECORDS], at)
    names = dict(Department.objects.filter(pk__in=actor.department_ids).values_list("pk", "name"))
    groups: dict[Any, list[inbox.Task]] = {
        _("Sent back"): [], _("Overdue"): [], _("To decide"): [], _("This week"): [], _("Later"): []
    }  # fmt: skip
    for task in found:
        groups[group_of(task, actor.on)].append(task)
    shown = [(title, [as_row(task, actor, names) for task in tasks]) for title, tasks in groups.items()]
    ordered = [task for tasks in groups.values() for task in tasks]
    first = as_next(ordered[0], actor) if ordered else None
    return first, [*shown, (_("Waiting for others"), waiting(actor, {(t.workflow.kind, t.record.pk) for t in found}))]


def group_of(task: inbox.Task, on: date) -> Any:
    """Where a task stands: what came back first, then what is late, then what others wait for."""
    if is_back(task):
        return _("Sent back")
    if is_decision(task):
        return _("To decide")
    if task.due_on is None or task.due_on > on + timedelta(days=7):
        return _("Later")
    return _("This week") if task.due_on >= on else _("Overdue")


def is_back(task: inbox.Task) -> bool:
    """Whether the record was sent back to its authors."""
    returned = {step.target for step in task.workflow.steps if step.name == "send-back"}
    return task.record.state in returned and task.workflow.tones.get(task.record.state) == "back"


def is_decision(task: inbox.Task) -> bool:
    """Whether somebody else's work waits for a word; its due day was theirs, not that of whoever decides."""
    return task.step.four_eyes and task.workflow.kind != "audit"


def as_row(task: inbox.Task, actor: Actor, names: dict[int, str]) -> Task:
    """One task as a row: verb and object, why me, until when, one button."""
    row = Task(
        what=told(_("%(step)s: %(record)s"), {"step": task.step.label, "record": task.record}),
        why=why_me(task, actor, names),
        url=task.url,
        button=pgettext("button", "Open"),
    )
    if is_decision(task):
        since = handed_on(task.record, actor.on)
        text, note = since_when(since, actor.on) if since else ("", "")
        return replace(row, due_text=text, due_note=note)
    if task.due_on is None:
        return replace(row, due_note=_("no date"))
    late = max((actor.on - task.due_on).days, 0)
    text, note = formats.day(task.due_on, actor.on), formats.until(task.due_on, actor.on)
    return replace(row, due_text=text, due_note=note, late_days=late)


def since_when(since: date, on: date) -> tuple[str, str]:
    """For how long something has been waiting, and since when."""
    return formats.waited((on - since).days), _("since %(day)s") % {"day": formats.day_short(since, on)}


def why_me(task: inbox.Task, actor: Actor, names: dict[int, str]) -> str:
    """ "You are department head of Arts." """
    grant = actor.authorities(task.step.by, task.record)[0]
    role = Role(grant.role).label
    if grant.behalf:
        return _("You stand in as %(role)s.") % {"role": role}
    if grant.department_id:
        words = {"role": role, "department": typed(names[grant.department_id])}
        return told(_("Your role: %(role)s, %(department)s."), words)
    return _("Your role: %(role)s.") % {"role": role}


def as_next(task: inbox.Task, actor: Actor) -> Next:
    """The first task as the box under the title; of a record sent back, with what the other side said."""
    due_on = None if is_decision(task) else task.due_on
    tone = "back" if is_back(task) else "late" if due_on and due_on < actor.on else ""
    text = formats.due_phrase(due_on, actor.on) if due_on else ""
    title = told(_("%(step)s: %(record)s"), {"step": task.step.label, "record": task.record})
    quote = said_last(task) if is_back(task) else ""
    return Next(title, text, tone, "", quote, (), [Button(pgettext("button", "Open"), task.url, is_primary=True)])


def said_last(task: inbox.Task) -> str:
    """The comment with which the record came into its state."""
    entries = Entry.objects.of(task.workflow.kind, task.record.pk).filter(state_to=task.record.state)
    return entries.values_list("comment", flat=True).first() or ""


def waiting(actor: Actor, mine: set[tuple[str, int]]) -> list[Task]:
    """What this person handed over and somebody else has to decide."""
    rows: list[Task] = []
    for records in ALL_RECORDS:
        rows += [_waiting_row(records, record, actor) for record in _handed_over(records, actor, mine)]
    return rows[:MOST_WAITING]


def _handed_over(records: Records, actor: Actor, mine: set[tuple[str, int]]) -> list[Any]:
    workflow = records.workflow
    open_states = {s for step in workflow.steps if step.awaited for s in step.sources} - workflow.editable
    touched = Hand.objects.filter(kind=workflow.kind, person=actor.user).values("record_id")
    rows = records.model.objects.filter(pk__in=touched, state__in=open_states).visible_to(actor)
    found = inbox.with_names(rows).order_by("-pk")[:MOST_WAITING]
    return [row for row in found if (workflow.kind, row.pk) not in mine]


def _waiting_row(records: Records, record: Any, actor: Actor) -> Task:
    step = next(s for s in records.workflow.steps_from(record.state) if s.awaited)
    people = list(people_who_can(step.by, record, actor.on)[:3])
    since = handed_on(record, actor.on)
    return Task(
        what=str(record),
        why=told(_("Waits for: %(names)s"), {"names": formats.listed(people) or _("nobody")}),
        url=record.get_absolute_url(),
        due_text=since_when(since, actor.on)[0] if since else "",
        due_note=since_when(since, actor.on)[1] if since else "",
        is_waiting=True,
    )


def handed_on(record: Any, on: date) -> date | None:
    """The day a record was last handed over."""
    stamps = [getattr(record, f"{name}_at", None) for name in HANDED]
    known = [stamp for stamp in stamps if stamp]
    return localdate(max(known)) if known else None
