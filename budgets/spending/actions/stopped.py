"""What a cancelled project did before it ended stays in the series of the years: counted, and spent."""

from datetime import datetime
from decimal import Decimal

from django.db.models import Sum

from budgets.drafting.figures import ZERO
from budgets.drafting.models import Appropriation, Category
from planning.models import Cycle, Metric, Project, ReplacedActual
from planning.projects.actions import FigureChange, correct_recorded, is_recorded, record_year
from planning.projects.queries import COUNTED_IN
from sop_portal.foundation.organisation.models import User


def record_stopped(project: Project, *, because: str, by: User, at: datetime) -> None:
    """Write down what a cancelled project did; a report of its time that is accepted later counts there too."""
    if is_recorded(project):
        for metric, name in COUNTED_IN.items():
            change = FigureChange(metric, Decimal(getattr(project, name)))
            correct_recorded(project, change, reason=because, by=by, at=at)
    elif project.activities_held or project.participants_reached or project.spent:
        record_year(project, _figures_of(project), by=by, at=at, why=ReplacedActual.Why.CANCELLED)


def _figures_of(project: Project) -> dict[str, Decimal | None]:
    """What was counted and spent; nobody has said how many hours it took."""
    lines = Appropriation.objects.filter(project=project, category=Category.MATERIALS)
    materials = lines.aggregate(spent=Sum("spent"))["spent"] or ZERO
    return {
        Metric.ACTIVITIES: Decimal(project.activities_held),
        Metric.PARTICIPANTS: Decimal(project.participants_reached),
        Metric.PEOPLE: None,
        Metric.MATERIALS: materials,
        Metric.MONEY: project.spent - materials,
    }


def record_all_stopped(cycle: Cycle, *, by: User, at: datetime) -> None:
    """Write down what cancelled projects of a year that is over did, where nobody has: as of before this was done."""
    for project in cycle.projects.filter(state=Project.State.CANCELLED).select_related("cycle").order_by("pk"):
        if not is_recorded(project):
            record_stopped(project, because=str(project), by=by, at=at)
