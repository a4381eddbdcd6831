"""One task in words: the record, why it is this person's, until when, and the verb on the button."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from sop_portal.dashboards.pages.my_work.handovers import Asked, Since, since_when
from sop_portal.foundation.kit import formats
from sop_portal.foundation.kit.components import TaskRow
from sop_portal.foundation.kit.sentences import interpolate, typed
from sop_portal.foundation.organisation.actor import Actor
from sop_portal.foundation.organisation.roles import ONLY_WHEN_NAMED, ROLES
from sop_portal.foundation.workflow import inbox
from sop_portal.foundation.workflow.inbox import Task
from sop_portal.foundation.workflow.models import Record

SOON = timedelta(days=7)


def is_back(task: Task) -> bool:
    """Whether the record was sent back to its authors."""
    return task.record.state in inbox.states_sent_back(task.workflow)


def is_decision(task: Task) -> bool:
    """Whether it is a decision on somebody else's work, whose due day was that of its author."""
    return inbox.is_decision(task.workflow, task.step)


def task_row(task: Task, actor: Actor, departments: Mapping[int, str], since: Since, asked: Asked) -> TaskRow:
    """One task as a row of the list: what is wanted in one sentence, who asked for it, and why of this person."""
    row = TaskRow(
        what=wanted(task),
        why=formats.sentences([task.closed, asked_by(task, asked), why_me(task, actor, departments)]),
        url=task.url,
        button=verb_of(task),
        verb=task.step.label,
    )
    if is_decision(task):
        begun = since.get((task.workflow.kind, task.record.pk))
        text, note = since_when(begun, actor.on) if begun else ("", "")
        return replace(row, due_text=text, due_note=note)
    if task.due_on is None:
        return replace(row, due_note=_("no date"))
    late = max((actor.on - task.due_on).days, 0)
    note = formats.joined([formats.until(task.due_on, actor.on), moved_note(task, actor.on)])
    return replace(row, due_text=due_day(task.due_on, actor.on), due_note=note, late_days=late)


def moved_note(task: Task, on: date) -> str:
    """From which day off the due day of a task was moved; nothing where it stands as it was set."""
    moved_from = task.record.due_moved_from
    return _("moved from %(day)s") % {"day": formats.day_short(moved_from, on)} if moved_from else ""


def wanted(task: Task) -> str:
    """What is wanted in one sentence: whose record, and what it is about with its figure."""
    record, gist = task.record, task.record.gist
    if task.step.task and not is_back(task):
        return formats.joined([task.step.wanted(record), "" if "what" in record.task_words else gist])
    verb = _("Correct and submit again") if is_back(task) else task.step.label
    return formats.joined([formats.under(verb, title_with_department(record)), gist])


def asked_by(task: Task, asked: Asked) -> str:
    """Who asked this person for it; empty where nobody else did."""
    found = asked.get((task.workflow.kind, task.record.pk))
    return interpolate(_("Asked by %(person)s."), {"person": typed(found)}) if found else ""


def due_day(due_on: date, on: date) -> str:
    """The day a task is due, with its weekday where it is soon."""
    return formats.day(due_on, on) if due_on <= on + SOON else formats.day_short(due_on, on)


def verb_of(task: Task) -> str:
    """What the button says: the step, or, where one can decide this way or that, that it is read first."""
    if is_back(task):
        return pgettext("button", "Correct")
    choices = [step for step in task.workflow.steps_from(task.record.state) if step.four_eyes and step.main]
    return pgettext("button", "Review") if is_decision(task) and len(choices) > 1 else str(task.step.label)


def why_me(task: Task, actor: Actor, departments: Mapping[int, str]) -> str:
    """Why the task is this person's: "You are the department head of Arts"."""
    grant = actor.authorities(task.step.by, task.record)[0]
    words = {"role": ROLES[grant.role].called, "department": typed(departments.get(grant.department_id or 0, ""))}
    if grant.behalf:
        return _("You stand in for %(role)s.") % words
    if grant.department_id:
        return interpolate(_("You are %(role)s of %(department)s."), words)
    if task.step.by in ONLY_WHEN_NAMED:
        return _("You are responsible for it.")
    if task.record.department_id:
        owner = typed(department_name(task.record))
        return interpolate(_("%(owner)s: waits for %(role)s."), words | {"owner": owner})
    return _("It waits for %(role)s.") % words


def department_name(record: Record) -> str:
    """The department a record belongs to, by name; an audit's finding belongs to the department of the audit."""
    return str(getattr(getattr(record, "audit", None) or record, "department", ""))


def title_with_department(record: Record) -> str:
    """What it is about and whose it is: two departments may evaluate projects of the same name."""
    department = department_name(record)
    is_named = not department or department in str(record.subject)
    return record.subject if is_named else formats.joined([record.subject, typed(department)])
