"""What was handed over and waits for somebody else's decision, and since when."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django.db.models import Max, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from planning.models import Cycle
from sop_portal.foundation.kit import formats
from sop_portal.foundation.kit.components import TaskRow
from sop_portal.foundation.kit.sentences import interpolate
from sop_portal.foundation.organisation.actor import Actor, people_who_can
from sop_portal.foundation.organisation.models import Membership, User
from sop_portal.foundation.organisation.roles import ROLES, roles_that
from sop_portal.foundation.trail.models import Entry
from sop_portal.foundation.workflow import inbox
from sop_portal.foundation.workflow.models import Contributor, Record
from sop_portal.foundation.workflow.table import Workflow
from sop_portal.foundation.workflow.years import in_open_year
from sop_portal.stages import ALL_WORKFLOWS

MOST_WAITING = 8
Since = dict[tuple[str, int], date]
# The name of whoever asked for each of these tasks.
Asked = dict[tuple[str, int], str]


def waiting_for_others(actor: Actor, mine: set[tuple[str, int]], years: Sequence[Cycle] = ()) -> list[TaskRow]:
    """What this person handed over and somebody else has to decide, without what waits for the person as well."""
    touched = set(Contributor.objects.filter(person=actor.user).order_by().values_list("kind", flat=True).distinct())
    kinds = [(workflow, handed_over(workflow, actor)) for workflow in ALL_WORKFLOWS if workflow.kind in touched]
    found: list[TaskRow] = []
    for (workflow, rows), is_there in zip(kinds, inbox.any_of(actor, [rows for _workflow, rows in kinds]), strict=True):
        newest = list(inbox.with_names(rows).order_by("-pk")[:MOST_WAITING]) if is_there else []
        inbox.give_years(newest, years)
        others = [record for record in newest if (workflow.kind, record.pk) not in mine]
        found += [waiting_row(workflow, record, actor) for record in others]
    return found[:MOST_WAITING]


def handed_over(workflow: Workflow[Any], actor: Actor) -> QuerySet[Any]:
    """The records of one kind that this person contributed to and that somebody has to decide on."""
    awaited = Q(pk__in=[])
    for step in workflow.steps:
        if step.awaited:
            states = set(step.sources) - workflow.editable
            awaited |= Q(state__in=states) & in_open_year(workflow.kind, workflow.model, step.name)
    touched = Contributor.objects.filter(kind=workflow.kind, person=actor.user).values("record_id")
    rows: QuerySet[Any] = workflow.model.objects.filter(awaited, pk__in=touched).visible_to(actor)
    return rows


def waiting_row(workflow: Workflow[Any], record: Record, actor: Actor) -> TaskRow:
    """One record with whom it waits for, and since when."""
    step = next(step for step in workflow.steps_from(record.state) if step.awaited)
    roles = pgettext("roles", " or ").join(str(ROLES[role].called) for role in roles_that(step.by))
    names = formats.listed(people_who_can(step.by, record, actor.on)[:3]) or _("nobody")
    since = handed_over_on(record)
    text, note = since_when(since, actor.on) if since else ("", "")
    return TaskRow(
        what=str(record),
        why=interpolate(_("Waits for %(role)s: %(names)s"), {"role": roles, "names": names}),
        url=record.get_absolute_url(),
        due_text=text,
        due_note=note,
        is_waiting=True,
    )


def waiting_since(tasks: Iterable[inbox.Task]) -> Since:
    """Since when each of these decisions waits; where no stamp tells, the trail does."""
    found: Since = {}
    unstamped: dict[str, list[int]] = {}
    for task in tasks:
        day = handed_over_on(task.record)
        if day:
            found[task.workflow.kind, task.record.pk] = day
        else:
            unstamped.setdefault(task.workflow.kind, []).append(task.record.pk)
    return found | last_entries(unstamped)


def asked_by_whom(tasks: Sequence[inbox.Task], reader: User) -> Asked:
    """Who asked for each of these tasks by bringing its record into its state; nothing where nobody else did."""
    people = handed_over_by(tasks)
    names = dict(User.objects.filter(pk__in=people.values()).values_list("pk", "name"))
    able = roles_held(people.values())
    found: Asked = {}
    for task in tasks:
        person = people.get((task.workflow.kind, task.record.pk))
        # Who owes a step themselves, as its head who began the record, asked nobody for it.
        is_theirs = not task.step.four_eyes and bool(able.get(person or 0, set()) & set(roles_that(task.step.by)))
        if person in names and person != reader.pk and not is_theirs:
            found[task.workflow.kind, task.record.pk] = names[person]
    return found


def handed_over_by(tasks: Iterable[inbox.Task]) -> dict[tuple[str, int], int]:
    """Who brought each of these records into its state, themselves or by a deputy."""
    records = {(task.workflow.kind, task.record.pk): task.record.state for task in tasks}
    kinds, keys = {kind for kind, _pk in records}, {pk for _kind, pk in records}
    entries = Entry.objects.filter(kind__in=kinds, record_id__in=keys, by_id__isnull=False).exclude(state_to="")
    person = Coalesce("behalf_id", "by_id")
    rows = entries.order_by("position").values_list("kind", "record_id", "state_to", person)
    return {(kind, pk): who for kind, pk, state, who in rows if records.get((kind, pk)) == state}


def roles_held(people: Iterable[int]) -> dict[int, set[str]]:
    """The roles that these people hold or held."""
    held: dict[int, set[str]] = {}
    for person, role in Membership.objects.filter(person__in=set(people)).values_list("person_id", "role"):
        held.setdefault(person, set()).add(role)
    return held


def last_entries(records: dict[str, list[int]]) -> Since:
    """The day of the last entry in the trail about each of these records."""
    if not records:
        return {}
    keys = {pk for keys in records.values() for pk in keys}
    entries = Entry.objects.filter(kind__in=records, record_id__in=keys)
    newest = entries.values_list("kind", "record_id").annotate(Max("at")).order_by()
    return {(kind, pk): localdate(at) for kind, pk, at in newest if pk in records[kind]}


def handed_over_on(record: Record) -> date | None:
    """The day a record was last handed over."""
    stamps = [getattr(record, f"{stamp}_at", None) for stamp in inbox.STAMPS]
    known = [stamp for stamp in stamps if stamp]
    return localdate(max(known)) if known else None


def since_when(since: date, on: date) -> tuple[str, str]:
    """For how long something has been waiting, and since when."""
    return formats.waited((on - since).days), _("since %(day)s") % {"day": formats.day_short(since, on)}
