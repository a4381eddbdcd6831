"""My work: computed from states, grouped by how soon, with who we wait for."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from django.db.models import Max
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from planning.models import Cycle
from sop_portal.foundation.kit import formats
from sop_portal.foundation.kit.components import Button, NextBox, TaskRow
from sop_portal.foundation.kit.sentences import interpolate, typed
from sop_portal.foundation.organisation.actor import Actor, people_who_can
from sop_portal.foundation.organisation.models import Department
from sop_portal.foundation.organisation.roles import ONLY_WHEN_NAMED, ROLES, roles_that
from sop_portal.foundation.trail.models import Entry
from sop_portal.foundation.workflow import inbox
from sop_portal.foundation.workflow.models import Contributor
from sop_portal.stages import ALL_RECORDS, Records

MOST_WAITING = 8
SOON = timedelta(days=7)
TO_DECIDE = gettext_lazy("To decide")
Since = dict[tuple[str, int], date]
HANDED = ("submitted", "proposed", "resolved", "done", "remedied", "asked", "given")


def grouped(
    actor: Actor, at: Any, years: Sequence[Cycle] = ()
) -> tuple[NextBox | None, list[tuple[Any, list[TaskRow]]]]:  # fmt: skip
    """The one thing to do first, and everything as groups: overdue, this week, later, waiting for others."""
    found = inbox.waiting_for(actor, [(r.model, r.workflow) for r in ALL_RECORDS], at, years=years)
    first, shown = sorted_out(found, actor)
    mine = {(task.workflow.kind, task.record.pk) for task in found}
    return first, [*shown, (_("Waiting for others"), waiting(actor, mine, years))]


def decisions(actor: Actor, at: Any, most: int, years: Sequence[Cycle] = ()) -> list[tuple[Any, list[TaskRow]]]:
    """The first things this person can do, by group."""
    found = inbox.waiting_for(actor, [(r.model, r.workflow) for r in ALL_RECORDS], at, most, years)
    return [(title, tasks[:most]) for title, tasks in sorted_out(found, actor)[1]]


def sorted_out(found: list[inbox.Task], actor: Actor) -> tuple[NextBox | None, list[tuple[Any, list[TaskRow]]]]:
    """Tasks by how soon, and the first of them."""
    names = dict(Department.objects.filter(pk__in=actor.department_ids).values_list("pk", "name"))
    groups: dict[Any, list[inbox.Task]] = {
        _("Sent back"): [], _("Overdue"): [], TO_DECIDE: [], _("This week"): [], _("Later"): []
    }  # fmt: skip
    for task in found:
        groups[group_of(task, actor.on)].append(task)
    since = waiting_since([task for task in found if is_decision(task)])
    groups[TO_DECIDE].sort(key=lambda task: since.get((task.workflow.kind, task.record.pk), actor.on))
    shown = [(title, [as_row(task, actor, names, since) for task in tasks]) for title, tasks in groups.items()]
    ordered = [task for tasks in groups.values() for task in tasks]
    return as_next(ordered[0], actor, since) if ordered else None, shown


def group_of(task: inbox.Task, on: date) -> Any:
    """Where a task stands: what came back first, then what is late, then what others wait for."""
    if is_back(task):
        return _("Sent back")
    if is_decision(task):
        return TO_DECIDE
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


def as_row(task: inbox.Task, actor: Actor, names: dict[int, str], since: Since) -> TaskRow:
    """One task as a row: the record, why me, until when, and the verb on the button."""
    what, why = task.record.subject, why_me(task, actor, names)
    row = TaskRow(what=what, why=why, url=task.url, button=verb_of(task), verb=task.step.label)
    if is_decision(task):
        begun = since.get((task.workflow.kind, task.record.pk))
        text, note = since_when(begun, actor.on) if begun else ("", "")
        return replace(row, due_text=text, due_note=note)
    if task.due_on is None:
        return replace(row, due_note=_("no date"))
    late = max((actor.on - task.due_on).days, 0)
    is_soon = task.due_on <= actor.on + SOON
    text = formats.day(task.due_on, actor.on) if is_soon else formats.day_short(task.due_on, actor.on)
    return replace(row, due_text=text, due_note=formats.until(task.due_on, actor.on), late_days=late)


def verb_of(task: inbox.Task) -> Any:
    """What the button says: the step, or, where one can decide this way or that, that it is read first."""
    if is_back(task):
        return pgettext("button", "Correct")
    choices = [step for step in task.workflow.steps_from(task.record.state) if step.four_eyes and step.main]
    return pgettext("button", "Review") if is_decision(task) and len(choices) > 1 else task.step.label


def since_when(since: date, on: date) -> tuple[str, str]:
    """For how long something has been waiting, and since when."""
    return formats.waited((on - since).days), _("since %(day)s") % {"day": formats.day_short(since, on)}


def waits_since(since: date, on: date) -> str:
    """For how long a decision has been waited for, as a sentence."""
    days = (on - since).days
    if days < 1:
        return _("Waits for your decision since today.")
    names = {"days": formats.days(days), "day": formats.day_short(since, on)}
    return _("Waits for your decision for %(days)s, since %(day)s.") % names


def why_me(task: inbox.Task, actor: Actor, names: dict[int, str]) -> str:
    """ "You are the department head of Arts." """
    grant = actor.authorities(task.step.by, task.record)[0]
    called = {"role": ROLES[grant.role].called, "department": typed(names.get(grant.department_id or 0, ""))}
    if grant.behalf:
        return _("You stand in for %(role)s.") % called
    if grant.department_id:
        return interpolate(_("You are %(role)s of %(department)s."), called)
    if task.step.by in ONLY_WHEN_NAMED:
        return _("You are responsible for it.")
    if task.record.department_id:
        return interpolate(_("%(owner)s: waits for %(role)s."), called | {"owner": typed(names_of(task.record))})
    return _("It waits for %(role)s.") % called


def names_of(record: Any) -> str:
    """The department a record belongs to, by name."""
    audit = getattr(record, "audit", None)
    return str(getattr(audit or record, "department", ""))


def as_next(task: inbox.Task, actor: Actor, since: Since) -> NextBox:
    """The first task as the box under the title; of a record sent back, with what the other side said."""
    due_on = None if is_decision(task) else task.due_on
    tone = "back" if is_back(task) else "late" if due_on and due_on < actor.on else ""
    text, quote, title = formats.due_phrase(due_on, actor.on) if due_on else "", "", task.record.subject
    if is_decision(task):
        title = full_title(task.record)
        begun = since.get((task.workflow.kind, task.record.pk))
        text = waits_since(begun, actor.on) if begun else text
    if is_back(task):
        title, quote = interpolate(_("Sent back: %(record)s"), {"record": task.record}), said_last(task)
    return NextBox(title, text, tone, "", quote, (), [Button(verb_of(task), task.url, is_primary=True)])


def full_title(record: Any) -> Any:
    """What it is about and whose it is: two departments may evaluate projects of the same name."""
    owner = names_of(record)
    said = not owner or owner in str(record.subject)
    return record.subject if said else formats.joined([record.subject, typed(owner)])


def planned_now(cycles: list[Cycle], on: date) -> Cycle | None:
    """The newest year whose planning has begun, else the newest one; they come newest first."""
    begun = (c for c in cycles if any(w.opens_on <= on for w in c.windows.all()))
    return next(begun, cycles[0] if cycles else None)


def without_first(groups: list[tuple[Any, list[TaskRow]]]) -> list[tuple[Any, list[TaskRow]]]:
    """The groups without the one thing that already stands in the box under the title."""
    first = next((title for title, tasks in groups if tasks and not tasks[0].is_waiting), None)
    return [(title, tasks[1:] if title == first else tasks) for title, tasks in groups]


def roles_of(actor: Actor) -> list[str]:
    """ "Department head, Arts", for every role held."""
    names = dict(Department.objects.filter(pk__in=actor.department_ids).values_list("pk", "name"))
    found = []
    for grant in actor.grants:
        words = _("deputy, %(role)s") if grant.behalf else "%(role)s"
        said = words % {"role": grant.role.label}
        found.append(formats.joined([typed(names[grant.department_id]), said]) if grant.department_id else str(said))
    return list(dict.fromkeys(found))


def said_last(task: inbox.Task) -> str:
    """The comment with which the record came into its state."""
    entries = Entry.objects.of(task.workflow.kind, task.record.pk).filter(state_to=task.record.state)
    return entries.values_list("comment", flat=True).first() or ""


def waiting(actor: Actor, mine: set[tuple[str, int]], years: Sequence[Cycle] = ()) -> list[TaskRow]:
    """What this person handed over and somebody else has to decide."""
    touched = set(Contributor.objects.filter(person=actor.user).order_by().values_list("kind", flat=True).distinct())
    handed = [(r, _handed_over(r, actor)) for r in ALL_RECORDS if r.workflow.kind in touched]
    rows: list[TaskRow] = []
    for (records, found), is_there in zip(
        handed, inbox.any_of(actor, [rows for _records, rows in handed]), strict=True
    ):
        newest = list(inbox.with_names(found).order_by("-pk")[:MOST_WAITING]) if is_there else []
        inbox.give_years(newest, years)
        others = (record for record in newest if (records.workflow.kind, record.pk) not in mine)
        rows += [_waiting_row(records, record, actor) for record in others]
    return rows[:MOST_WAITING]


def _handed_over(records: Records, actor: Actor) -> Any:
    workflow = records.workflow
    open_states = {s for step in workflow.steps if step.awaited for s in step.sources} - workflow.editable
    touched = Contributor.objects.filter(kind=workflow.kind, person=actor.user).values("record_id")
    return records.model.objects.filter(pk__in=touched, state__in=open_states).visible_to(actor)


def _waiting_row(records: Records, record: Any, actor: Actor) -> TaskRow:
    step = next(s for s in records.workflow.steps_from(record.state) if s.awaited)
    people = list(people_who_can(step.by, record, actor.on)[:3])
    since = handed_on(record)
    return TaskRow(
        what=str(record),
        why=interpolate(
            _("Waits for %(role)s: %(names)s"),
            {
                "role": pgettext("roles", " or ").join(str(ROLES[role].called) for role in roles_that(step.by)),
                "names": formats.listed(people) or _("nobody"),
            },
        ),
        url=record.get_absolute_url(),
        due_text=since_when(since, actor.on)[0] if since else "",
        due_note=since_when(since, actor.on)[1] if since else "",
        is_waiting=True,
    )


def waiting_since(tasks: list[inbox.Task]) -> Since:
    """Since when each of these decisions waits; where no stamp tells, the trail does."""
    found: Since = {}
    silent: dict[str, list[int]] = {}
    for task in tasks:
        day = handed_on(task.record)
        if day:
            found[task.workflow.kind, task.record.pk] = day
        else:
            silent.setdefault(task.workflow.kind, []).append(task.record.pk)
    entries = Entry.objects.filter(kind__in=silent, record_id__in={pk for pks in silent.values() for pk in pks})
    for kind, pk, at in entries.values_list("kind", "record_id").annotate(Max("at")).order_by() if silent else ():
        if pk in silent[kind]:
            found[kind, pk] = localdate(at)
    return found


def handed_on(record: Any) -> date | None:
    """The day a record was last handed over."""
    stamps = [getattr(record, f"{name}_at", None) for name in HANDED]
    known = [stamp for stamp in stamps if stamp]
    return localdate(max(known)) if known else None
