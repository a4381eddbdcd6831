"""What is owed: the contract of every stage's `deadlines.py`, read by reminders, calendar feeds and their tables.

A stage's `owed(at, ahead=…, departments=…)` yields an `Owed` for every step that somebody owes at a moment (or that
becomes due within so many days), of all departments or of some. It reads open records only, with the same few
queries however many there are and however many are closed.
"""

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from operator import attrgetter
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from django.db.models import Max, Model, QuerySet

from sop_portal.foundation.kit.sentences import StrOrPromise
from sop_portal.foundation.organisation.roles import Can
from sop_portal.foundation.trail.models import Entry
from sop_portal.foundation.workflow.models import Contributor, Record, wanted
from sop_portal.foundation.workflow.table import Workflow


@dataclass(frozen=True, slots=True)
class Owed:
    """Somebody owes a step on a record: until the end of a civil day, or, for a decision, since a moment.

    Whoever may take the step owes it; where the record names a person (`lead_id`) that person alone does. Where it
    names its people (`owner_ids`), like a reply to an invitation, they do, and no deputy can for them.
    `barred` are those who worked on it, where `four_eyes` keep them from deciding. `first_due_on` is the day first
    set: lateness stays honest; `moved_from` the day off from which it was moved. `sequence` grows whenever the day may
    have moved.
    """

    kind: str
    step: str
    label: Any
    can: Can
    record: Any
    cycle: Any
    opens_on: date | None = None
    due_on: date | None = None
    first_due_on: date | None = None
    moved_from: date | None = None
    since: datetime | None = None
    four_eyes: bool = False
    barred: frozenset[int] = frozenset()
    sequence: int = 0
    link: str = ""
    owner_ids: frozenset[int] | None = None
    task: StrOrPromise = ""

    @property
    def key(self) -> str:
        """What makes it the same deadline on another day, whatever its date has become."""
        return f"{self.kind}/{self.record.pk}/{self.step}"

    @property
    def record_id(self) -> int:
        """The record the step is owed on."""
        return int(self.record.pk)

    @property
    def department_id(self) -> int | None:
        """The department that owes it; None where it is owed by the whole organisation."""
        found: int | None = self.record.department_id
        return found

    @property
    def lead_id(self) -> int | None:
        """The person the record names."""
        found: int | None = getattr(self.record, "lead_id", None)
        return found

    @property
    def zone(self) -> ZoneInfo:
        """The time zone in which its days begin and end."""
        zone: ZoneInfo = self.cycle.zone
        return zone

    @property
    def what(self) -> str:
        """ "Submit the 2027 evaluation of Story hours (Arts)", in the language of the moment."""
        return wanted(self.task, self.label, self.record)

    @property
    def url(self) -> str:
        """The one link that leads to the record."""
        return self.link or str(self.record.get_absolute_url())


@dataclass(frozen=True, slots=True)
class DueRows:
    """Records that keep a due day of their own until a step is taken: a stage's `DUE`, for when days off change."""

    workflow: Workflow[Any]
    step: str

    def ahead(self, cycle: Record, today: date) -> QuerySet[Any]:
        """What is still owed in a year, and not yet due."""
        owed = {self.workflow.year: cycle, "state__in": self.workflow[self.step].sources, "due__gte": today}
        rows: QuerySet[Any] = self.workflow.model._default_manager.filter(**owed)
        return rows.order_by("pk")


class Owing(Protocol):
    """The shape of every stage's `owed`."""

    def __call__(
        self, at: datetime, *, ahead: int = 0, departments: Collection[int] | None = None
    ) -> Iterable[Owed]: ...


def until(workflow: Workflow[Any], step: str, record: Record, cycle: Any, *, due_on: date, **more: Any) -> Owed:
    """A step of the table that is owed until the end of a day."""
    taken = workflow[step]
    more.setdefault("first_due_on", due_on)
    if getattr(record, "due", None) == due_on:
        more.setdefault("moved_from", getattr(record, "moved_from", None))
    more.setdefault("task", taken.task)
    return Owed(workflow.kind, step, taken.label, taken.by, record, cycle, due_on=due_on, **more)


def decisions(
    workflow: Workflow[Any],
    rows: Iterable[Any],
    *,
    begun: str = "",
    cycle_of: Callable[[Any], Any] = attrgetter("cycle"),
) -> Iterator[Owed]:
    """What each record waits for in its state, since when, and for whom it does not wait: those who shaped it.

    `begun` is the moment from which a new record waits, where it has one of its own.
    """
    steps = {state: workflow.awaited_in(state) for state in workflow.states.values}
    found = [record for record in rows if steps[record.state]]
    if not found:
        return
    shaped, since = contributors_by_record(workflow.kind, found), waiting_since(workflow, found, begun)
    for record in found:
        step, waits_since = steps[record.state], since.get(record.pk)
        if step is not None and waits_since is not None:
            barred = frozenset(shaped.get(record.pk, ())) if step.four_eyes else frozenset()
            yield Owed(
                workflow.kind,
                step.name,
                step.label,
                step.by,
                record,
                cycle_of(record),
                since=waits_since,
                four_eyes=step.four_eyes,
                barred=barred,
                task=step.task,
            )


def contributors_by_record(kind: str, records: Collection[Any]) -> dict[int, set[int]]:
    """Who wrote or submitted each of these records, in one query."""
    first, last = min(r.pk for r in records), max(r.pk for r in records)
    shaped: dict[int, set[int]] = {}
    rows = Contributor.objects.filter(kind=kind, record_id__range=(first, last))
    for record_id, person_id in rows.values_list("record_id", "person_id"):
        shaped.setdefault(record_id, set()).add(person_id)
    return shaped


def waiting_since(workflow: Workflow[Any], records: Collection[Any], begun: str = "") -> dict[int, datetime | None]:
    """Since when each of these records is in its state: by its stamp, else as the trail tells it."""
    stamps = {state: workflow.stamp_of(state) for state in workflow.states.values}
    if begun:
        stamps[workflow.initial] = begun
    since = {record.pk: getattr(record, stamps[record.state]) for record in records if stamps[record.state]}
    unstamped = {record.state for record in records if not stamps[record.state]}
    if unstamped:
        rows = workflow.model._default_manager.filter(state__in=unstamped).values("pk")
        passed = Entry.objects.filter(kind=workflow.kind, record_id__in=rows).exclude(state_to="")
        since |= passed.values_list("record_id").annotate(Max("at")).order_by()
    return since


def within(rows: Any, departments: Collection[int] | None, path: str = "department_id") -> Any:
    """The rows of these departments, or of all."""
    return rows if departments is None else rows.filter(**{f"{path}__in": departments})


def sharing(rows: QuerySet[Any], **models: type[Model]) -> list[Any]:
    """The rows with one common instance of each cycle and department, instead of one of their own for every row."""
    found = list(rows)
    for name, model in models.items():
        column = f"{name}_id"
        shared = model._default_manager.in_bulk({getattr(row, column) for row in found})
        for row in found:
            setattr(row, name, shared[getattr(row, column)])
    return found


def opened_by(at: datetime, ahead: int) -> date:
    """The latest day it can be anywhere on earth at this moment, so many days on: what opens later is not read."""
    return (at.astimezone(UTC) + timedelta(hours=14)).date() + timedelta(days=ahead)
