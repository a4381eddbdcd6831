"""The plans of the large year: forecasts, the demand report, requests, and what was granted."""

from collections.abc import Iterator
from decimal import Decimal

from planning.models import (
    DemandReport,
    Forecast,
    ForecastFigure,
    ForecastLine,
    Measure,
    Pool,
    ReportLine,
    RequestLine,
    ResourceRequest,
)
from sop_portal.demo.bulk_rows import Load, rows

LINES = 10


def figures_of(number: int) -> dict[str, Decimal]:
    """What a project forecasts, by its place in the load."""
    base = Decimal(100 + number % 60)
    values = (base, base * 12, base * 2, base * 10, base * 40)
    return dict(zip(Measure.values, values, strict=True))


def make(load: Load) -> list[RequestLine]:
    """Load stages 1 and 2; the lines that were granted."""
    chidi, at = load.people["Chidi Okafor"], load.at
    forecasts = rows(
        Forecast,
        (
            Forecast(
                cycle=load.cycle, department=department, state="accepted", submitted_at=at, submitted_by=head,
                accepted_at=at, accepted_by=chidi,
            )
            for department, head in zip(load.departments, load.heads, strict=True)
        ),
    )  # fmt: skip
    by_department = {forecast.department_id: forecast for forecast in forecasts}
    projects = load.projects
    lines = rows(ForecastLine, (ForecastLine(forecast=by_department[p.department_id], project=p) for p in projects))
    rows(ForecastFigure, forecast_figures(load, lines))
    report = DemandReport.objects.create(
        cycle=load.cycle, number=1, state="published", published_at=at, published_by=chidi
    )
    rows(ReportLine, report_lines(load, report, lines))
    return granted_lines(load, lines)


def forecast_figures(load: Load, lines: list[ForecastLine]) -> Iterator[ForecastFigure]:
    """Five measures per project, and what the project keeps of them."""
    for number, (project, line) in enumerate(zip(load.projects, lines, strict=True)):
        figures = figures_of(number)
        project.needed = figures["materials"] + figures["money"]
        project.activities_planned = int(figures["activities"])
        project.participants_planned = int(figures["participants"])
        for measure, figure in figures.items():
            yield ForecastFigure(line=line, measure=measure, proposal=figure)


def report_lines(load: Load, report: DemandReport, lines: list[ForecastLine]) -> Iterator[ReportLine]:
    """Every project as it stands in the published report."""
    for number, (project, line) in enumerate(zip(load.projects, lines, strict=True)):
        yield ReportLine(
            report=report, department_id=project.department_id, line=line, name=project.name, **figures_of(number)
        )


def granted_lines(load: Load, lines: list[ForecastLine]) -> list[RequestLine]:
    """Ten lines per project, all granted in full."""
    chen, at = load.people["Chen Jing"], load.at
    whole = Decimal(len(load.projects) * LINES * 1_000)
    pool = Pool.objects.create(cycle=load.cycle, name="Programme money", kind="money", unit="USD", capacity=whole)
    Pool.objects.create(cycle=load.cycle, name="Staff hours", kind="people", unit="hours", capacity=whole)
    requests = rows(
        ResourceRequest,
        (
            ResourceRequest(
                cycle=load.cycle, department=department, state="allocated", due=at.date(), submitted_at=at,
                submitted_by=head, allocated_at=at, allocated_by=chen,
            )
            for department, head in zip(load.departments, load.heads, strict=True)
        ),
    )  # fmt: skip
    by_department = {request.department_id: request for request in requests}
    made = rows(RequestLine, asked(load, lines, by_department, pool))
    Pool.objects.filter(pk=pool.pk).update(committed=sum(line.granted for line in made))
    return made


def asked(
    load: Load, lines: list[ForecastLine], requests: dict[int, ResourceRequest], pool: Pool
) -> Iterator[RequestLine]:  # fmt: skip
    """The lines of every project."""
    chen = load.people["Chen Jing"]
    for number, (project, line) in enumerate(zip(load.projects, lines, strict=True)):
        for n in range(LINES):
            cost = cost_of(number, n)
            project.asked += cost
            project.granted += cost
            yield RequestLine(
                request=requests[project.department_id], project=project, forecast_line=line, pool=pool,
                what=f"Line {n + 1}", quantity=cost, unit_cost=1, cost=cost, decision="full", granted=cost,
                granted_cost=cost, decided_at=load.at, decided_by=chen,
            )  # fmt: skip


def cost_of(project: int, line: int) -> Decimal:
    """What one line costs: from 400 to 840, and divisible by four."""
    return Decimal(400 + (project * 5 + line * 3) % 12 * 40)
