"""How the process went in a year, read from the trail: how long steps took, what came back and why, who was late.

The trail alone is asked, as far as its reader may see it; the records it names are read where a figure is followed.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Model, QuerySet

from budgets.models import Contest
from evaluations.models import Evaluation, ProgressReport
from planning.models import Cycle, Forecast, ResourceRequest
from sop_portal.dashboards.figures import half_and_nine_in_ten
from sop_portal.foundation.kit.reasons import CHOSEN, SEND_BACK
from sop_portal.foundation.organisation.actor import Actor
from sop_portal.foundation.trail.models import Entries, Entry
from sop_portal.foundation.workflow.inbox import with_names
from sop_portal.stages import WORKFLOWS

DAY_SECONDS = 86400
LATE: dict[str, type[Model]] = {
    "forecast": Forecast,
    "request": ResourceRequest,
    "report": ProgressReport,
    "evaluation": Evaluation,
}
FIELDS = ("kind", "record_id", "verb", "state_from", "at", "department_id", "changes", "position")


@dataclass(frozen=True, slots=True)
class TakenStep:
    """One step of the trail: on which record, after how long a wait, and why it was sent back."""

    kind: str
    record_id: int
    verb: str
    at: datetime
    department_id: int | None
    position: int
    waited: float | None
    reason: str = ""

    @property
    def name(self) -> str:
        """The step as addresses call it."""
        return f"{self.kind}/{self.verb}"


@dataclass(frozen=True, slots=True)
class StepTimes:
    """How long a step took: so many times, half of them within so many days, nine in ten within so many."""

    name: str
    count: int
    half: float
    nine_in_ten: float


def steps_in(cycle: Cycle, actor: Actor) -> list[TakenStep]:
    """Every step of a year that this person may see, with how long the record had waited for it."""
    return list(_with_waits(_entries(cycle, actor).order_by("kind", "record_id", "position").values_list(*FIELDS)))


def _entries(cycle: Cycle, actor: Actor) -> Entries:
    return Entry.objects.filter(cycle_id=cycle.pk, kind__in=WORKFLOWS).exclude(state_to="").visible_to(actor)


def _with_waits(rows: Iterable[Any]) -> Iterator[TakenStep]:
    """A step waits since the record came into its state, by the entry before it."""
    before: tuple[str, int] | None = None
    since: datetime | None = None
    for kind, record, verb, state_from, at, department, changes, position in rows:
        if (kind, record) != before:
            before, since = (kind, record), None
        waited = (at - since).total_seconds() / DAY_SECONDS if since is not None else None
        since = at
        if state_from and verb in WORKFLOWS[kind].names:
            reason = next((change["new"] for change in changes if change["field"] == CHOSEN), "")
            yield TakenStep(kind, record, verb, at, department, position, waited, reason)


def times_of(steps: Iterable[TakenStep]) -> dict[str, StepTimes]:
    """How long each awaited step took that had to be waited for."""
    waits: dict[str, list[float]] = defaultdict(list)
    for step in steps:
        if step.waited is not None and WORKFLOWS[step.kind][step.verb].awaited:
            waits[step.name].append(step.waited)
    return {name: StepTimes(name, len(found), *half_and_nine_in_ten(found)) for name, found in waits.items()}


def sent_back(steps: Iterable[TakenStep]) -> list[TakenStep]:
    """The steps that sent something back."""
    return [step for step in steps if step.verb == SEND_BACK]


def late_records(cycle: Cycle, actor: Actor) -> list[tuple[str, Any]]:
    """Forecasts, requests, reports and evaluations that were handed in after their day, each with its kind."""
    found: list[tuple[str, Any]] = []
    for kind, model in LATE.items():
        rows = model._default_manager.filter(cycle=cycle, is_late=True).visible_to(actor)  # type: ignore[attr-defined]
        found += [(kind, row) for row in with_names(rows).order_by("pk")]
    return found


def overruled_in(cycle: Cycle, actor: Actor) -> QuerySet[Contest]:
    """Contested budget lines that management overruled."""
    return contested_in(cycle, actor).filter(settled=Contest.Settled.OVERRULED)


def contested_in(cycle: Cycle, actor: Actor) -> QuerySet[Contest]:
    """Budget lines that a department contested, whatever became of them."""
    rows = Contest.objects.filter(confirmation__budget__cycle=cycle)
    return rows if actor.sees_everything else rows.filter(confirmation__department__in=actor.department_ids)
