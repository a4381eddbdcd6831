"""What waits for a person, computed from states and never kept by hand."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Case, Exists, F, OuterRef, QuerySet, Subquery, Value, When, prefetch_related_objects
from django.db.models.functions import Coalesce

from sop_portal.foundation.kit.sentences import StrOrPromise
from sop_portal.foundation.organisation.actor import Actor
from sop_portal.foundation.organisation.models import User
from sop_portal.foundation.trail.models import Entry
from sop_portal.foundation.workflow.checks import touched_in_any_role
from sop_portal.foundation.workflow.models import Contributor, Record
from sop_portal.foundation.workflow.table import Step, Workflow
from sop_portal.foundation.workflow.years import in_open_year

MOST = 60
# Where a record keeps the day its next step is due, if it does.
KEPT_DAYS = ("due", "planned_on", "until_on", "held_on", "spent_on")
# And when it was handed over to whoever decides.
STAMPS = ("submitted", "proposed", "resolved", "done", "remedied", "asked", "given")

# Records of which the second pair of eyes has a day of its own: an audit begins on it, feedback is answered by it.
DUE_THEMSELVES = ("audit", "feedback")


@dataclass(frozen=True)
class Task:
    """One thing a person can do now: verb and object, why them, until when, and where."""

    step: Step[Any]
    record: Any
    workflow: Workflow[Any]
    due_on: date | None
    url: str
    # What is said of a step whose window is over.
    closed: StrOrPromise = ""


def waiting_for(
    actor: Actor, workflows: Iterable[Workflow[Any]], at: datetime, most: int = MOST, years: Iterable[Any] = ()
) -> list[Task]:
    """Every awaited step this person may take, the most urgent first; at most 60 per step.

    `years` are those that the page has read already.
    """
    steps = [
        (workflow, step, _of_step(actor, workflow, step))
        for workflow in workflows
        for step in workflow.steps
        if step.awaited and actor.may(step.by)
    ]
    there = any_of(actor, [rows for *_, rows in steps])
    found = [
        (workflow, step, list(most_urgent_first(workflow, step, with_names(rows))[:most]))
        for (workflow, step, rows), is_there in zip(steps, there, strict=True)
        if is_there
    ]
    give_years([record for *_, records in found for record in records], years)
    tasks = [task for workflow, step, records in found for task in _tasks(actor, workflow, step, records, at)]
    return sorted(_first_of_each(tasks), key=lambda task: (task.due_on or date.max, str(task.record)))


def any_of(actor: Actor, kinds: Sequence[Any]) -> Sequence[bool]:
    """For each of these kinds of rows whether there is one at all: most are empty, and one question asks for all."""
    if not kinds:
        return ()
    asked: Sequence[bool] = User.objects.filter(pk=actor.user.pk).values_list(*(Exists(rows) for rows in kinds)).get()
    return asked


def _of_step(actor: Actor, workflow: Workflow[Any], step: Step[Any]) -> Any:
    open_now = in_open_year(workflow.kind, workflow.model, step.name)
    rows = workflow.model._default_manager.filter(open_now, state__in=list(step.sources)).visible_to(actor)
    if hasattr(rows, "begun"):
        rows = rows.begun(actor.on)
    if step.four_eyes:
        touched = Contributor.objects.filter(touched_in_any_role(actor, step.by), kind=workflow.kind).values(
            "record_id"
        )
        rows = rows.exclude(pk__in=touched)
    return rows


def _tasks(actor: Actor, workflow: Workflow[Any], step: Step[Any], records: list[Any], at: datetime) -> list[Task]:
    wanted = [(_wanted_of(workflow, step, record, at), record) for record in records]
    return [
        Task(step, record, workflow, record.due_on, record.get_absolute_url(), closed=_closed(step, record, actor, at))
        for step, record in wanted
        if actor.may(step.by, record)
        and not (step.four_eyes and actor.counts_as_head(record.department_id, step.by))
        and not _is_own(actor, workflow, step, record)
    ]


def _wanted_of(workflow: Workflow[Any], step: Step[Any], record: Record, at: datetime) -> Step[Any]:
    """The step that is wanted of a record, where that is another than the table awaits."""
    name = workflow.really_wanted(record, step, at) if workflow.really_wanted else ""
    return workflow[name] if name else step


def _is_own(actor: Actor, workflow: Workflow[Any], step: Step[Any], record: Record) -> bool:
    """Whether this person worked on it, so that another decides; of what the table awaits the query leaves it out."""
    if step.awaited or not step.four_eyes:
        return False
    own = Contributor.objects.filter(touched_in_any_role(actor, step.by), kind=workflow.kind, record_id=record.pk)
    return own.exists()


def _closed(step: Step[Any], record: Record, actor: Actor, at: datetime) -> StrOrPromise:
    """What is said of a step whose window is over; nothing while it can be taken."""
    if step.window is None or record.due_on is None or record.due_on >= actor.on:
        return ""
    found = step.window(record, at)
    return "" if found.is_open else found.sentence


def with_names(rows: QuerySet[Any]) -> QuerySet[Any]:
    """The rows with what their title and address are made of; their year is given to all of them together."""
    fields = {field.name for field in rows.model._meta.get_fields() if field.many_to_one or field.one_to_one}
    paths = (
        "department",
        "project",
        "budget__cycle",
        "audit__cycle",
        "audit__project",
        "appropriation__project",
    )
    return rows.select_related(*(path for path in paths if path.split("__")[0] in fields))


def is_decision(workflow: Workflow[Any], step: Step[Any]) -> bool:
    """Whether it is a decision on somebody else's work, whose due day was that of its author."""
    return step.four_eyes and workflow.kind not in DUE_THEMSELVES


def states_sent_back(workflow: Workflow[Any]) -> set[str]:
    """The states of records that came back to their authors."""
    returned = {step.target for step in workflow.steps if step.name == "send-back"}
    return {state for state in returned if workflow.tones.get(state) == "back"}


def most_urgent_first(workflow: Workflow[Any], step: Step[Any], rows: QuerySet[Any]) -> QuerySet[Any]:
    """The rows so that the first of very many are those a page begins with.

    Decisions by how long they have waited; of one's own work what came back, then what is due first.
    """
    names = {field.name for field in rows.model._meta.concrete_fields}
    if is_decision(workflow, step):
        stamps = [f"{stamp}_at" for stamp in STAMPS if f"{stamp}_at" in names]
        entries = Entry.objects.filter(kind=workflow.kind, record_id=OuterRef("pk")).order_by("-position")
        last = Subquery(entries.values("at")[:1])
        return rows.order_by(Coalesce(*stamps, last).asc() if stamps else last.asc(), "pk")
    back = Case(When(state__in=states_sent_back(workflow), then=Value(0)), default=Value(1))
    kept = [name for name in KEPT_DAYS if name in names]
    return rows.order_by(back, *(F(name).asc(nulls_last=True) for name in kept[:1]), "pk")


def give_years(records: Sequence[Any], years: Iterable[Any] = ()) -> None:
    """Give the records their year, on which their due day depends: one for all of a year, and of these if known."""
    of_a_year = [record for record in records if any(field.name == "cycle" for field in record._meta.fields)]
    known = {year.pk: year for year in years}
    unknown = {record.cycle_id for record in of_a_year} - set(known)
    if unknown:
        known |= of_a_year[0]._meta.get_field("cycle").related_model.objects.in_bulk(unknown)
    for record in of_a_year:
        record.cycle = known[record.cycle_id]
    prefetch_related_objects(list({record.cycle for record in of_a_year}), "windows", "extensions")


def _first_of_each(tasks: list[Task]) -> list[Task]:
    """One task per record: the first step of its table."""
    seen: dict[tuple[str, int], Task] = {}
    for task in tasks:
        seen.setdefault((task.workflow.kind, task.record.pk), task)
    return list(seen.values())
