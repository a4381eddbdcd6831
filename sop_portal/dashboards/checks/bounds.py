"""What lies where it may not: in a closed year, outside of the record it belongs to, or not where it was due."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.db.models import DateTimeField, Exists, F, Model, OuterRef, Q, QuerySet

from budgets.audits.workflow import too_much_concerned
from budgets.models import Expense, Finding
from evaluations.models import Measure, Meeting
from planning.cycles.calendar import days_of_need, days_of_windows
from planning.models import Cycle, DemandReport, Forecast, Project, RequestLine, ResourceRequest, StageWindow
from planning.requests.actions.filling_in import wrongly_filled_in
from sop_portal.foundation.workflow.table import Workflow
from sop_portal.stages import ALL_WORKFLOWS

# What lives on after its year.
LIVING = ("measure", "feedback", "cycle")
YEAR = timedelta(days=366)


def out_of_bounds() -> Iterator[tuple[QuerySet[Any] | list[Any], str]]:
    """Rows that lie where they may not, with what is wrong with each."""
    for cycle in Cycle.objects.filter(state=Cycle.State.CLOSED).order_by("pk"):
        yield from _changed_since(cycle)
    for cycle in Cycle.objects.exclude(state=Cycle.State.DRAFT).order_by("pk"):
        yield from _late_comers(cycle)
    for cycle in Cycle.objects.order_by("pk"):
        yield from _outside(cycle)
    yield _too_much(), "it concerns more money than the audited project or department has."


def _changed_since(cycle: Cycle) -> Iterator[tuple[QuerySet[Any], str]]:
    """What a closed year holds that is still open, or was decided on or posted after it was closed."""
    for workflow in ALL_WORKFLOWS:
        if workflow.kind in LIVING:
            continue
        yield workflow.open_in(cycle), "its year is closed, but it is open."
        late = Q(pk__in=[])
        for stamp in _stamps(workflow):
            late |= Q(**{f"{stamp}__gt": cycle.closed_at})
        rows = workflow.model._default_manager.filter(late, **{workflow.year: cycle})
        yield rows, "something was decided on it after its year was closed."
    posted = Expense.objects.filter(cycle=cycle, posted_at__gt=cycle.closed_at)
    yield posted, "it was posted after its year was closed."


def _stamps(workflow: Workflow[Any]) -> list[str]:
    """The moments that the steps of a record leave on it."""
    model: type[Model] = workflow.model
    there = {field.name for field in model._meta.concrete_fields if isinstance(field, DateTimeField)}
    return sorted({f"{step.stamps}_at" for step in workflow.steps if step.stamps} & there)


def _late_comers(cycle: Cycle) -> Iterator[tuple[QuerySet[Any] | list[Any], str]]:
    """Departments that were accepted, while nobody asks them what they need, or asks for something else."""
    if not DemandReport.objects.filter(cycle=cycle, state=DemandReport.State.PUBLISHED).exists():
        return
    asked = ResourceRequest.objects.filter(cycle=cycle, department=OuterRef("department"))
    accepted = Forecast.objects.filter(cycle=cycle, state=Forecast.State.ACCEPTED)
    yield accepted.exclude(Exists(asked)), "it is accepted and the report published, but there is no request for it."
    yield wrongly_filled_in(cycle), "nobody worked in it, and it does not ask for what its forecast and the pools say."


def _outside(cycle: Cycle) -> Iterator[tuple[QuerySet[Any], str]]:
    """Days that do not lie near the year they belong to."""
    needed, windows = days_of_need(cycle), days_of_windows(cycle.year)
    lines = RequestLine.objects.filter(request__cycle=cycle)
    outside = Q(needed_on__lt=needed.first) | Q(needed_on__gt=needed.last)
    yield lines.filter(outside), "it is needed outside of its year."
    outside = Q(opens_on__lt=windows.first) | Q(grace_until__gt=windows.last)
    yield StageWindow.objects.filter(outside, cycle=cycle), "it lies outside of its year."
    first, last = cycle.starts_on - YEAR, cycle.ends_on + YEAR
    outside = Q(spent_on__lt=first) | Q(spent_on__gt=last)
    yield Expense.objects.filter(outside, cycle=cycle), "it was spent far outside of its year."
    outside = Q(starts_on__lt=cycle.starts_on) | Q(ends_on__gt=cycle.ends_on) | Q(ends_on__lt=F("starts_on"))
    yield Project.objects.filter(outside, cycle=cycle), "it lies outside of its year."
    outside = Q(held_on__lt=first - YEAR) | Q(held_on__gt=last + YEAR)
    yield Meeting.objects.filter(outside, cycle=cycle), "it lies far outside of its year."
    outside = Q(due__lt=first - YEAR) | Q(due__gt=last + 5 * YEAR)
    yield Measure.objects.filter(outside, cycle=cycle), "it is due far outside of its year."
    outside = Q(due__lt=first - YEAR) | Q(due__gt=last + 3 * YEAR)
    yield Finding.objects.filter(outside, audit__cycle=cycle), "its answer is due far outside of its year."


def _too_much() -> list[Finding]:
    with_amount = Finding.objects.filter(amount__isnull=False).select_related("audit__cycle").order_by("pk")
    return [finding for finding in with_amount if too_much_concerned(finding.audit, finding.amount)]
