"""A year on its way through stage 1, reached through actions alone."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

from planning.cycles.actions import create_cycle
from planning.forecasts.actions import NewProject, Typed, accept, add_project, publish_year, set_figures, submit
from planning.models import Actual, Cycle, Forecast, ForecastFigure, ForecastLine, HistoryImport, Project
from planning.projects.workflow.history import HISTORY, PAST_FIGURE
from sop_portal.foundation.organisation.models import Department, User
from sop_portal.foundation.workflow.seals import seal_rows

BEFORE = datetime(2026, 12, 1, tzinfo=UTC)
CANARY = "CANARY-7f3a"
LINE = "/2027/forecasts/arts/project/story-hours/"

FILLED = {
    "activities": Typed(Decimal(24), "history", "As every year"),
    "participants": Typed(Decimal(3200), "feedback", "Two schools had 140 children on the waiting list"),
    "people": Typed(Decimal("605.5"), "history", "As every year"),
    "materials": Typed(Decimal(4290), "trend", "Paper costs more"),
    "money": Typed(Decimal(12970), "history", "As every year"),
}


def open_year(cast: SimpleNamespace, at: datetime, year: int = 2027) -> Cycle:
    """A published year with the usual windows."""
    cycle = create_cycle(year=year, by=cast.ada, at=at - timedelta(days=70))
    return publish_year(cycle, by=cast.ada, at=at - timedelta(days=70), seen=1)


def known(department: Department, slug: str, year: int, **figures: str) -> Actual:
    """What a project really did in one year, as a file says."""
    values = {metric: Decimal(value) for metric, value in figures.items()}
    file, _is_new = HistoryImport.objects.get_or_create(
        file_name="what-was-known.csv", defaults={"at": BEFORE, "rows": 1}
    )
    actual = Actual.objects.create(department=department, slug=slug, name=slug, year=year, taken_from=file, **values)
    seal_rows(HISTORY, [file.pk])
    seal_rows(PAST_FIGURE, [actual.pk])
    return actual


def forecast_of(department: Department, year: int = 2027) -> Forecast:
    """The forecast of a department as it is now."""
    return Forecast.objects.get(department=department, cycle__year=year)


def line_of(project: Project) -> ForecastLine:
    """The forecast line of a project as it is now."""
    return ForecastLine.objects.get(project=project)


def planned(department: Department, name: str, by: User, at: datetime, lead: User | None = None) -> Project:
    """A project in the forecast without figures."""
    return add_project(forecast_of(department), NewProject(name, lead=lead), by=by, at=at)


def filled(department: Department, name: str, by: User, at: datetime, lead: User | None = None) -> Project:
    """A project in the forecast with every figure, source and reason."""
    project = planned(department, name, by, at, lead)
    line = line_of(project)
    set_figures(line, FILLED, by=by, at=at, seen=line.forecast.version)
    return project


def submitted(department: Department, by: User, at: datetime) -> Forecast:
    """The department's forecast, submitted; one that was sent back with the word why nothing changed."""
    forecast = forecast_of(department)
    comment = "It stays as it is" if forecast.state == "returned" else ""
    return submit(forecast, by=by, at=at, seen=forecast.version, comment=comment)


def accepted(department: Department, head: User, by: User, at: datetime) -> Forecast:
    """The department's forecast, submitted by its head and accepted."""
    forecast = submitted(department, head, at)
    return accept(forecast, by=by, at=at, seen=forecast.version)


def posted(**fields: Any) -> dict[str, Any]:
    """A form as the page sends it: every figure of Story hours, and a fresh key."""
    data: dict[str, Any] = {"key": str(uuid4()), "seen": forecast_of(Department.objects.get(slug="arts")).version}
    for metric, said in FILLED.items():
        data |= {metric: said.override, f"{metric}-source": said.source, f"{metric}-reason": said.reason}
    return data | {name.replace("__", "-"): value for name, value in fields.items()}


def override(metric: str) -> Decimal | None:
    return ForecastFigure.objects.get(line__project__slug="story-hours", metric=metric).override


def text_of(response: Any) -> str:
    return str(response.content.decode())
