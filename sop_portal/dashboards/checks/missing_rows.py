"""What should be there and is not: records that steps make for others, and records that the trail knows."""

from collections.abc import Iterator
from datetime import date

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery

from budgets.models import Budget, BudgetLine, BudgetSum, Confirmation
from evaluations.models import Evaluation, ProgressReport
from evaluations.reviews.models import COUNTED
from planning.cycles.calendar import report_periods
from planning.models import Cycle, Forecast, Project
from sop_portal.foundation.organisation.models import Department
from sop_portal.foundation.trail.models import Entry
from sop_portal.foundation.workflow.models import Record, Seal
from sop_portal.stages import ALL_WORKFLOWS

# From here on a budget was answered by every department.
ANSWERED = [Budget.State.PROPOSED, Budget.State.ENDORSED, Budget.State.APPROVED, Budget.State.SUPERSEDED]
RUNNING = [Project.State.ACTIVE, Project.State.ON_HOLD]
ENDED = [Project.State.COMPLETED, Project.State.EVALUATED]


def rows_without() -> Iterator[tuple[QuerySet[Record], str]]:
    """Records without what their last step made, and what each of them lacks."""
    ended = Project.objects.filter(state__in=ENDED)
    evaluation = Evaluation.objects.filter(project=OuterRef("pk"))
    yield ended.exclude(Exists(evaluation)), "it is completed, but has no evaluation."
    counted = Count("goals", filter=Q(goals__indicator__in=COUNTED))
    lacking = Evaluation.objects.annotate(counted=counted).filter(counted__lt=len(COUNTED))
    yield lacking, "the portal counts no result for one of its goals."
    answered = Confirmation.objects.filter(
        budget=OuterRef("budget"),
        department=OuterRef("department"),
        state__in=[Confirmation.State.CONFIRMED, Confirmation.State.OVERRULED],
    )
    # Lines that were closed with a cancelled project before the budget was shared are asked of nobody.
    closed = Q(project__state=Project.State.CANCELLED, amount=0)
    unanswered = BudgetLine.objects.filter(~Exists(answered), ~closed, budget=OuterRef("pk"))
    # A plan that was approved elsewhere was answered for there.
    decided = Budget.objects.filter(state__in=ANSWERED, based_on=None).exclude(kind="brought")
    yield decided.filter(Exists(unanswered)), "a department with lines in it did not confirm them."
    in_force = BudgetLine.objects.filter(project=OuterRef("pk"), budget__state="approved", is_refused=False)
    forgotten = Project.objects.filter(Exists(in_force), budget_approved_at=None)
    yield forgotten, "its budget is approved, but it does not say since when."
    of_project = BudgetLine.objects.filter(project=OuterRef("pk"), budget__approved_at__isnull=False)
    last = of_project.order_by("-budget__approved_at").values("budget__approved_at")[:1]
    since = Project.objects.exclude(budget_approved_at=None).annotate(last=Subquery(last))
    otherwise = ~Q(budget_approved_at=F("last")) | Q(last=None)
    yield since.filter(otherwise), "its budget was not approved when it says."
    summed = BudgetSum.objects.filter(budget=OuterRef("budget"), department=OuterRef("department"))
    unsummed = BudgetLine.objects.filter(~Exists(summed), budget=OuterRef("pk"))
    yield Budget.objects.filter(Exists(unsummed)), "nothing says what the lines of a department in it come to."


def missing_rows() -> Iterator[str]:
    """Records that the trail or the calendar knows, and no table."""
    yield from _lost()
    yield from _forecasts()
    yield from _reports()


def _lost() -> Iterator[str]:
    """Records that were worked on and are gone: no act deletes one, but for an amendment that is given up."""
    for workflow in ALL_WORKFLOWS:
        there = workflow.model._default_manager.filter(pk=OuterRef("record_id"))
        given_up = Entry.objects.filter(kind=workflow.kind, record_id=OuterRef("record_id"), verb="drop")
        gone = Entry.objects.filter(~Exists(there), ~Exists(given_up), kind=workflow.kind).order_by("record_id")
        for key in gone.values_list("record_id", flat=True).distinct():
            yield f"{workflow.kind} {key}: the trail tells of it, but it is gone."
        entries = Entry.objects.filter(kind=workflow.kind, record_id=OuterRef("record_id"))
        made = Seal.objects.filter(~Exists(there), ~Exists(entries), kind=workflow.kind).order_by("record_id")
        for key in made.values_list("record_id", flat=True).distinct():
            yield f"{workflow.kind} {key}: an act has made it, but it is gone."


def _forecasts() -> Iterator[str]:
    """Departments that took part when a year was published, and are not asked for a forecast."""
    for cycle in Cycle.objects.filter(is_plan_outside=False).exclude(published_at=None).order_by("pk"):
        came = Entry.objects.filter(kind="department", record_id=OuterRef("pk"))
        later = came.filter(at__gt=cycle.published_at)
        asked = Forecast.objects.filter(cycle=cycle, department=OuterRef("pk"))
        departments = Department.objects.filter(~Exists(later), ~Exists(asked), Exists(came), is_active=True)
        for department in departments.order_by("pk"):
            yield f"Department {department.pk} “{department}”: nobody asks it for a forecast of {cycle.year}."


def _reports() -> Iterator[str]:
    """Months of started projects for which no report is owed."""
    known: dict[int, set[date]] = {}
    for project_id, first_on in ProgressReport.objects.values_list("project_id", "period_first").iterator():
        known.setdefault(project_id, set()).add(first_on)
    act = Entry.objects.filter(kind="project", verb="activate", record_id=OuterRef("pk"))
    started = Project.objects.filter(Exists(act), state__in=[*RUNNING, *ENDED]).select_related("cycle")
    for project in started.order_by("pk").iterator():
        until = project.ends_on
        if project.completed_at is not None:
            until = min(until, project.cycle.day(project.completed_at))
        owed = {period.first_on for period in report_periods(project.starts_on, project.ends_on)}
        for first_on in sorted(owed - known.get(project.pk, set())):
            if first_on <= until:
                yield f"Project {project.pk} “{project}”: no report is owed for the month from {first_on} on."
