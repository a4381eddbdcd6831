"""The plans of the large year: forecasts, the demand report, requests, and what was granted."""

from collections.abc import Iterator
from decimal import Decimal

from django.db.models import Sum

from planning.forecasts.queries.projects import proposals_of
from planning.models import (
    Actual,
    DemandReport,
    Forecast,
    ForecastFigure,
    ForecastLine,
    Metric,
    Pool,
    ReportLine,
    ReportNeed,
    ReportSum,
    RequestLine,
    ResourceRequest,
)
from sop_portal.demo.large.rows import Load, rows

LINES, PROJECTS = 10, 100


def figures_of(number: int) -> dict[str, Decimal]:
    """What a project forecasts, by its place in the load."""
    base = Decimal(100 + number % 60)
    values = (base, base * 12, base * 2, base * 10, base * 40)
    return dict(zip(Metric.values, values, strict=True))


def make(load: Load) -> list[RequestLine]:
    """Load stages 1 and 2; the lines that were granted."""
    chidi, at = load.people["Chidi Okafor"], load.at
    forecasts = rows(
        Forecast,
        (
            Forecast(
                cycle=load.cycle,
                department=department,
                state="accepted",
                submitted_at=at,
                submitted_by=head,
                accepted_at=at,
                accepted_by=chidi,
            )
            for department, head in zip(load.departments, load.heads, strict=True)
        ),
    )
    by_department = {forecast.department_id: forecast for forecast in forecasts}
    projects = load.projects
    lines = rows(ForecastLine, (ForecastLine(forecast=by_department[p.department_id], project=p) for p in projects))
    rows(ForecastFigure, forecast_figures(load, lines))
    sums = sums_of(load, by_department)
    report = DemandReport.objects.create(cycle=load.cycle, number=1)
    rows(ReportLine, report_lines(load, report, lines))
    rows(ReportSum, report_sums(load, report, sums))
    everywhere = [department.pk for department in load.departments]
    rows(ReportNeed, (ReportNeed(report=report, name=p.name, departments=everywhere) for p in load.projects[:PROJECTS]))
    DemandReport.objects.filter(pk=report.pk).update(state="published", published_at=at, published_by=chidi)
    return granted_lines(load, lines)


def forecast_figures(load: Load, lines: list[ForecastLine]) -> Iterator[ForecastFigure]:
    """Five measures per project, and what the project keeps of them."""
    proposals = proposals_of(load.projects, load.cycle)
    for number, (project, line) in enumerate(zip(load.projects, lines, strict=True)):
        figures = figures_of(number)
        project.needed = figures["materials"] + figures["money"]
        project.activities_planned = int(figures["activities"])
        project.participants_planned = int(figures["participants"])
        for metric, figure in figures.items():
            found = proposals[project.department_id, project.slug][metric]
            yield ForecastFigure(
                line=line,
                metric=metric,
                proposal=found.proposal,
                proposal_year=found.year,
                low=found.low,
                high=found.high,
                override=figure,
                source="history",
                reason="Made to measure with.",
            )


def sums_of(load: Load, forecasts: dict[int, Forecast]) -> dict[int, dict[str, Decimal]]:
    """What the forecast of each department comes to, kept on it."""
    sums = {pk: dict.fromkeys(Metric.values, Decimal(0)) for pk in forecasts}
    for number, project in enumerate(load.projects):
        for metric, figure in figures_of(number).items():
            sums[project.department_id][metric] += figure
    for pk, forecast in forecasts.items():
        for metric, total in sums[pk].items():
            setattr(forecast, metric, total)
    Forecast.objects.bulk_update(forecasts.values(), Metric.values, batch_size=200)
    return sums


def report_sums(load: Load, report: DemandReport, sums: dict[int, dict[str, Decimal]]) -> Iterator[ReportSum]:
    """What the published report says of the year and of the one before."""
    year = load.cycle.year
    past = Actual.objects.filter(year=year - 1).order_by().values_list("department_id")
    before = {pk: figures for pk, *figures in past.annotate(*(Sum(metric) for metric in Metric.values))}
    for pk, figures in sums.items():
        yield ReportSum(report=report, year=year, department_id=pk, **figures)
        known = dict(zip(Metric.values, before[pk], strict=True))
        yield ReportSum(report=report, year=year - 1, department_id=pk, **known)


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
    Pool.objects.create(
        cycle=load.cycle, name="Staff hours", kind="people", unit="hours", capacity=whole, is_paid_for=True
    )
    requests = rows(
        ResourceRequest,
        (
            ResourceRequest(
                cycle=load.cycle,
                department=department,
                state="allocated",
                due=at.date(),
                submitted_at=at,
                submitted_by=head,
                allocated_at=at,
                allocated_by=chen,
            )
            for department, head in zip(load.departments, load.heads, strict=True)
        ),
    )
    by_department = {request.department_id: request for request in requests}
    made = rows(RequestLine, asked(load, lines, by_department, pool))
    Pool.objects.filter(pk=pool.pk).update(committed=sum(line.granted for line in made))
    set_request_totals(by_department, made)
    return made


def set_request_totals(requests: dict[int, ResourceRequest], lines: list[RequestLine]) -> None:
    """What each request asks for and was granted, kept on it."""
    for line in lines:
        line.request.line_count += 1
        line.request.cost += line.cost
        line.request.granted_cost += line.granted_cost
    ResourceRequest.objects.bulk_update(requests.values(), ["line_count", "cost", "granted_cost"], batch_size=200)


def asked(
    load: Load, lines: list[ForecastLine], requests: dict[int, ResourceRequest], pool: Pool
) -> Iterator[RequestLine]:
    """The lines of every project."""
    chen = load.people["Chen Jing"]
    for number, (project, line) in enumerate(zip(load.projects, lines, strict=True)):
        for place in range(LINES):
            cost = cost_of(number, place)
            project.asked += cost
            project.granted += cost
            yield RequestLine(
                request=requests[project.department_id],
                project=project,
                forecast_line=line,
                pool=pool,
                what=f"Line {place + 1}",
                quantity=cost,
                unit_cost=1,
                cost=cost,
                decision="full",
                granted=cost,
                granted_cost=cost,
                decided_at=load.at,
                decided_by=chen,
            )


def cost_of(project: int, line: int) -> Decimal:
    """What one line costs: from 400 to 840, and divisible by four."""
    return Decimal(400 + (project * 5 + line * 3) % 12 * 40)
