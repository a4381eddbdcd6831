"""What waits for a person, computed from states and grouped by how soon."""

from collections.abc import Sequence
from datetime import date, datetime

from django.utils.translation import gettext as _

from planning.models import Cycle
from sop_portal.dashboards.pages.my_work.handovers import Since, asked_by_whom, waiting_for_others, waiting_since
from sop_portal.dashboards.pages.my_work.named_tasks import Named, box_of, named_tasks
from sop_portal.dashboards.pages.my_work.task_rows import (
    SOON,
    is_back,
    is_decision,
    task_row,
    verb_of,
    wanted,
)
from sop_portal.foundation.kit import formats
from sop_portal.foundation.kit.components import Button, NextBox, TaskRow
from sop_portal.foundation.kit.sentences import interpolate
from sop_portal.foundation.organisation.actor import Actor
from sop_portal.foundation.organisation.models import Department
from sop_portal.foundation.organisation.working_days import moved_words
from sop_portal.foundation.trail.models import Entry
from sop_portal.foundation.workflow import inbox
from sop_portal.foundation.workflow.inbox import Task
from sop_portal.stages import ALL_WORKFLOWS

Groups = list[tuple[str, list[TaskRow]]]


def grouped(actor: Actor, at: datetime, years: Sequence[Cycle] = ()) -> tuple[NextBox | None, Groups]:
    """The one thing to do first, and everything as groups: overdue, this week, later, waiting for others."""
    found = inbox.waiting_for(actor, ALL_WORKFLOWS, at, years=years)
    first, groups = with_named(*sorted_out(found, actor), named_tasks(actor, at))
    mine = {(task.workflow.kind, task.record.pk) for task in found}
    return first, [*groups, (_("Waiting for others"), waiting_for_others(actor, mine, years))]


def with_named(first: NextBox | None, groups: Groups, named: Named) -> tuple[NextBox | None, Groups]:
    """The groups with what waits by name at the end of each; one of these comes first where nothing is as urgent."""
    merged = [(name, [*tasks, *(row for group, row in named if group == name)]) for name, tasks in groups]
    top, was = (next((tasks[0] for _name, tasks in found if tasks), None) for found in (merged, groups))
    return (box_of(top) if top is not None and top is not was else first), merged


def decisions(actor: Actor, at: datetime, most: int, years: Sequence[Cycle] = ()) -> list[TaskRow]:
    """The decisions that wait for this person, the oldest first."""
    found = inbox.waiting_for(actor, ALL_WORKFLOWS, at, most, years)
    to_decide = [task for task in found if group_of(task, actor.on) == _("To decide")]
    since = waiting_since(to_decide)
    shown = oldest_first(to_decide, actor, since)[:most]
    return rows_of(shown, actor, since)


def sorted_out(found: list[Task], actor: Actor) -> tuple[NextBox | None, Groups]:
    """Tasks by how soon, and the first of them."""
    names = (_("Sent back"), _("Overdue"), _("To decide"), _("This week"), _("Later"))
    groups: dict[str, list[Task]] = {name: [] for name in names}
    for task in found:
        groups[group_of(task, actor.on)].append(task)
    since = waiting_since(task for task in found if is_decision(task))
    groups[_("To decide")] = oldest_first(groups[_("To decide")], actor, since)
    ordered = [task for tasks in groups.values() for task in tasks]
    rows = iter(rows_of(ordered, actor, since))
    shown = [(name, [next(rows) for _task in tasks]) for name, tasks in groups.items()]
    return first_box(ordered[0], actor, since) if ordered else None, shown


def oldest_first(tasks: list[Task], actor: Actor, since: Since) -> list[Task]:
    """Decisions by how long they have waited."""
    return sorted(tasks, key=lambda task: since.get((task.workflow.kind, task.record.pk), actor.on))


def rows_of(tasks: list[Task], actor: Actor, since: Since) -> list[TaskRow]:
    """Tasks as a page shows them; what is said of all of them is read once."""
    departments = dict(Department.objects.filter(pk__in=actor.department_ids).values_list("pk", "name"))
    asked = asked_by_whom(tasks, actor.user) if tasks else {}
    return [task_row(task, actor, departments, since, asked) for task in tasks]


def group_of(task: Task, on: date) -> str:
    """Where a task stands: what came back first, then what is late, then what others wait for."""
    if is_back(task):
        return _("Sent back")
    if is_decision(task):
        return _("To decide")
    if task.due_on is None or task.due_on > on + SOON:
        return _("Later")
    return _("This week") if task.due_on >= on else _("Overdue")


def without_first(groups: Groups) -> Groups:
    """The groups without the one thing that already stands in the box under the title."""
    first = next((name for name, tasks in groups if tasks and not tasks[0].is_waiting), None)
    return [(name, tasks[1:] if name == first else tasks) for name, tasks in groups]


def first_box(task: Task, actor: Actor, since: Since) -> NextBox:
    """The first task as the box under the title; of a record sent back, with what the other side said."""
    button = Button(verb_of(task), task.url, is_primary=True)
    if is_back(task):
        title = interpolate(_("Sent back: %(record)s"), {"record": task.record})
        return NextBox(title, due_text(task, actor.on), "back", "", last_comment(task), buttons=[button])
    if is_decision(task):
        begun = since.get((task.workflow.kind, task.record.pk))
        text = waits_since(begun, actor.on) if begun else ""
        return NextBox(wanted(task), text, buttons=[button])
    tone = "late" if task.due_on and task.due_on < actor.on else ""
    return NextBox(wanted(task), due_text(task, actor.on), tone, buttons=[button])


def due_text(task: Task, on: date) -> str:
    """Until when the task is due, and from which day off that was moved; nothing where it has no day."""
    if task.due_on is None:
        return ""
    moved = moved_words(task.record.due_moved_from)
    return formats.sentences([formats.due_phrase(task.due_on, on), moved, task.closed])


def waits_since(since: date, on: date) -> str:
    """For how long a decision has been waited for, as a sentence."""
    days = (on - since).days
    if days < 1:
        return _("Has waited for your decision since today.")
    names = {"days": formats.days(days), "day": formats.day_short(since, on)}
    return _("Has waited for your decision for %(days)s, since %(day)s.") % names


def last_comment(task: Task) -> str:
    """The comment with which the record came into its state."""
    entries = Entry.objects.of(task.workflow.kind, task.record.pk).filter(state_to=task.record.state)
    return entries.values_list("comment", flat=True).first() or ""
