"""The process, readable in a minute: five stages in order, and what may happen to the records of each."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from budgets.audits.workflow import AUDIT, FINDING
from budgets.drafting.workflow import BUDGET, CONFIRMATION
from budgets.models import Audit, Budget, Confirmation, Finding, SpendingException
from budgets.spending.workflow import EXCEPTION
from evaluations.feedback.workflow import FEEDBACK
from evaluations.improvements.workflow import MEASURE
from evaluations.meetings.workflow import MEETING
from evaluations.models import Evaluation, Feedback, Issue, Measure, Meeting, ProgressReport
from evaluations.reports.workflow import ISSUE, REPORT
from evaluations.reviews.workflow import EVALUATION
from planning.cycles.workflow import CYCLE
from planning.extensions.workflow import EXTENSION_REQUEST
from planning.forecasts.workflow import DEMAND_REPORT, FORECAST
from planning.models import Cycle, DemandReport, ExtensionRequest, Forecast, Project, ResourceRequest
from planning.projects.workflow import PROJECT
from planning.requests.workflow import REQUEST
from sop_portal.foundation.workflow.table import Workflow


@dataclass(frozen=True)
class Records:
    """One kind of record of a stage: its table and its workflow."""

    model: Any
    workflow: Workflow


@dataclass(frozen=True)
class Stage:
    """One of the five stages: name in addresses, title, and its kinds of records, the main one first."""

    slug: str
    title: Any
    what: Any
    records: tuple[Records, ...]


STAGES = (
    Stage(
        "forecast",
        _("Demand forecast"),
        _("Every department forecasts what each of its projects will need next year."),
        (
            Records(Forecast, FORECAST),
            Records(DemandReport, DEMAND_REPORT),
            Records(ExtensionRequest, EXTENSION_REQUEST),
        ),
    ),
    Stage(
        "request",
        _("Resource planning"),
        _("Departments ask for people, materials and money; the resource team allocates what there is."),
        (Records(ResourceRequest, REQUEST),),
    ),
    Stage(
        "budget",
        _("Budget"),
        _("Finance compiles the budget from the allocations; departments confirm it, management approves it."),
        (
            Records(Budget, BUDGET),
            Records(Confirmation, CONFIRMATION),
            Records(Audit, AUDIT),
            Records(Finding, FINDING),
        ),
    ),
    Stage(
        "execution",
        _("Execution"),
        _("Projects run within the approved lines and report their progress every month."),
        (
            Records(Project, PROJECT),
            Records(SpendingException, EXCEPTION),
            Records(ProgressReport, REPORT),
            Records(Issue, ISSUE),
        ),
    ),
    Stage(
        "evaluation",
        _("Performance evaluation"),
        _("Departments look back, management decides what to improve, and the lessons reach the next forecast."),
        (
            Records(Evaluation, EVALUATION),
            Records(Measure, MEASURE),
            Records(Feedback, FEEDBACK),
            Records(Meeting, MEETING),
        ),
    ),
)

THE_YEAR = Records(Cycle, CYCLE)
ALL_RECORDS = (THE_YEAR, *(records for stage in STAGES for records in stage.records))
MODELS = {records.workflow.kind: records.model for records in ALL_RECORDS}
WORKFLOWS = {records.workflow.kind: records.workflow for records in ALL_RECORDS}
