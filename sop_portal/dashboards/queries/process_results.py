"""What the process of a year led to: exceptions, forecasts beside results, money given back, feedback.

Everything is read as far as its reader may see it; the figures are those of the stage each of them belongs to.
"""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from budgets.spending.queries import exceptions_of
from evaluations.feedback.queries import with_days
from evaluations.models import Feedback
from evaluations.reviews.figures import Fact
from evaluations.reviews.queries import ForecastResult
from planning.forecasts.figures import percent_off
from planning.models import Cycle, Metric
from planning.projects.workflow import PROJECT
from sop_portal.dashboards.figures import ZERO, weighted_miss
from sop_portal.foundation.organisation.actor import Actor
from sop_portal.foundation.trail.models import Entry

STOPS = ("hold", "cancel", "resume")
# What can be asked of feedback: whether the answer came in time, and whether it helped.
ABOUT_FEEDBACK = ("answered", "in-time", "late", "helped", "not-helped")


def exceptions_counted(cycle: Cycle | None, actor: Actor) -> Counter[tuple[int, str]]:
    """How many exceptions each department asked for, by what became of them."""
    if cycle is None:
        return Counter()
    return Counter(exceptions_of(cycle, actor).order_by().values_list("department_id", "state"))


@dataclass(frozen=True)
class Missed:
    """How far forecasts lay from what happened: so many figures, their sums, and both errors in percent."""

    count: int
    forecast: Decimal
    actual: Decimal
    off: Decimal | None
    error: Decimal | None


def missed(results: Collection[ForecastResult]) -> Missed:
    """The error of some forecasts together: of their sums to one side, and of each by itself."""
    forecast = sum((found.forecast for found in results), ZERO)
    actual = sum((found.actual for found in results), ZERO)
    error = weighted_miss((found.forecast, found.actual) for found in results)
    return Missed(len(results), forecast, actual, percent_off(forecast, actual), error)


def of_metric(results: Iterable[ForecastResult], metric: Metric) -> list[ForecastResult]:
    """The results of one metric."""
    return [found for found in results if found.metric == metric]


def beyond(results: Iterable[ForecastResult], limit: int) -> list[ForecastResult]:
    """The results further off than the year lets stand without a word."""
    return [found for found in results if Fact(found.metric.label, found.forecast, found.actual).is_beyond(limit)]


@dataclass(frozen=True, slots=True)
class MoneyBack:
    """What one entry of the trail says that a stopped project gave back; below nothing where it was taken up again."""

    position: int
    department_id: int | None
    amount: Decimal


def money_back(cycle: Cycle | None, actor: Actor) -> list[MoneyBack]:
    """What the projects of a year gave back of their lines when they were stopped, and took back when they went on."""
    if cycle is None:
        return []
    of_projects = Entry.objects.filter(kind=PROJECT.kind, cycle_id=cycle.pk)
    stopped = of_projects.filter(verb__in=STOPS).values("record_id")
    rows = of_projects.filter(verb="edit", record_id__in=stopped).visible_to(actor).order_by("position")
    found = [
        MoneyBack(position, department, given_back(changes))
        for position, department, changes in rows.values_list("position", "department_id", "changes")
    ]
    return [back for back in found if back.amount]


def given_back(changes: Iterable[dict[str, str]]) -> Decimal:
    """How much less approved lines hold by these changes of the trail."""
    lines = (change for change in changes if change["field"] == "approved")
    return sum((Decimal(change["old"]) - Decimal(change["new"]) for change in lines), ZERO)


def feedback_in(cycle: Cycle | None, actor: Actor) -> list[Feedback]:
    """The feedback of a year that a person may see."""
    if cycle is None:
        return []
    rows = Feedback.objects.filter(cycle=cycle).visible_to(actor).select_related("department").order_by("pk")
    found = list(rows)
    for entry in found:
        entry.cycle = cycle
    return with_days(found)


def is_about(entry: Feedback, about: str, on: date) -> bool:
    """Whether this can be said of a piece of feedback; of every one where nothing is asked."""
    said = {
        "answered": entry.answered_at is not None,
        "in-time": entry.is_in_time,
        "late": entry.is_late(on),
        "helped": entry.helped is True,
        "not-helped": entry.helped is False,
    }
    return said.get(about, True)
