"""A forecast to take steps on."""

from datetime import datetime
from decimal import Decimal
from types import SimpleNamespace

from planning.cycles.actions import create_cycle
from planning.forecasts.actions import NewProject, add_project, publish_year, set_figures
from planning.forecasts.figures import Typed
from planning.models import Forecast, Metric
from sop_portal.foundation.notices.models import Mail, Notice
from sop_portal.foundation.organisation.models import Department
from sop_portal.foundation.workflow.tests.stepping import submit
from sop_portal.tests.shared_fixtures import shared_fixture


@shared_fixture
def forecast(cast: SimpleNamespace, arts: Department, noon: datetime) -> Forecast:
    """A complete draft of Arts for 2027: one project, every figure typed with its source and reason."""
    cycle = create_cycle(year=2027, by=cast.ada, at=noon)
    publish_year(cycle, by=cast.ada, at=noon, seen=cycle.version)
    found = Forecast.objects.get(department=arts)
    project = add_project(found, NewProject("Story hours", lead=cast.ben), by=cast.amina, at=noon)
    typed = {measure: Typed(Decimal(10), "feedback", "Waiting list") for measure in Metric.values}
    found.refresh_from_db()
    set_figures(project.forecast_line, typed, by=cast.amina, at=noon, seen=found.version)
    found.refresh_from_db()
    Notice.objects.all().delete()
    Mail.objects.all().delete()
    return found


@shared_fixture
def submitted(forecast: Forecast, cast: SimpleNamespace, noon: datetime) -> Forecast:
    """The same, submitted by Amina."""
    submit(forecast, cast.amina, noon)
    return forecast
