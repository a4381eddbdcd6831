"""What waits for a person, computed from states and never kept by hand."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sop_portal.organisation.actor import Actor
from sop_portal.workflow.models import Hand
from sop_portal.workflow.table import Step, Workflow

MOST = 60


@dataclass(frozen=True)
class Task:
    """One thing a person can do now: verb and object, why them, until when, and where."""

    step: Step
    record: Any
    workflow: Workflow
    due_on: date | None
    url: str


def waiting_for(actor: Actor, kinds: Iterable[tuple[Any, Workflow]], at: datetime) -> list[Task]:
    """Every awaited step this person may take, the most urgent first; at most 60 per step."""
    tasks: list[Task] = []
    for model, workflow in kinds:
        for step in workflow.steps:
            if step.awaited and actor.may(step.by):
                tasks += _of_step(actor, model, workflow, step)
    return sorted(_first_of_each(tasks), key=lambda task: (task.due_on or date.max, str(task.record)))


def _of_step(actor: Actor, model: Any, workflow: Workflow, step: Step) -> list[Task]:
    rows = model.objects.filter(state__in=list(step.sources)).visible_to(actor)
    if hasattr(rows, "begun"):
        rows = rows.begun(actor.on)
    if step.four_eyes:
        touched = Hand.objects.filter(kind=workflow.kind, person_id=actor.user.pk).values("record_id")
        rows = rows.exclude(pk__in=touched)
    return [
        Task(step, record, workflow, record.due_on, record.get_absolute_url())
        for record in with_names(rows).order_by("pk")[:MOST]
        if actor.may(step.by, record) and not (step.four_eyes and record.department_id in actor.headed_ids)
    ]


def with_names(rows: Any) -> Any:
    """The rows with what their title, address and due day are made of, in a constant number of queries."""
    fields = {field.name for field in rows.model._meta.get_fields() if field.many_to_one or field.one_to_one}
    paths = (
        "cycle",
        "department",
        "project",
        "budget__cycle",
        "audit__cycle",
        "audit__project",
        "appropriation__project",
    )
    rows = rows.select_related(*(path for path in paths if path.split("__")[0] in fields))
    return rows.prefetch_related("cycle__windows", "cycle__extensions") if "cycle" in fields else rows


def _first_of_each(tasks: list[Task]) -> list[Task]:
    """One task per record: the first step of its table."""
    seen: dict[tuple[str, int], Task] = {}
    for task in tasks:
        seen.setdefault((task.workflow.kind, task.record.pk), task)
    return list(seen.values())
