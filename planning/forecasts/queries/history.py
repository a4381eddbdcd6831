"""What earlier years know: the actual figures, how the forecasts did against them, and what was learned."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import BooleanField, Count, ExpressionWrapper, Q, Sum

from planning.forecasts.figures import METRICS, YEARS_SHOWN, Figure, MetricScore, joined_series, score, total, whole
from planning.forecasts.models import ForecastLine
from planning.forecasts.queries.planners import Planners, all_planners_in
from planning.projects.models import Actual, Hindsight, Project
from planning.projects.queries import years_under_way

MOST_LESSONS = 5
KnownFigures = dict[str, dict[int, Figure]]


def parts_of(line: ForecastLine) -> list[int]:
    """The departments whose past belongs to a line: its own, and those that have become part of it since."""
    return all_planners_in(line.forecast.cycle_id).parts_of(line.forecast.department_id)


def actuals_of(line: ForecastLine, parts: Sequence[int]) -> KnownFigures:
    """The figures of the last years of one project, per metric and year; blanks stay unknown."""
    past = Actual.objects.filter(department_id__in=parts, slug=line.project.slug)
    past = past.filter(year__lt=line.forecast.cycle.year).order_by("-year")
    by_department: dict[int, list[Actual]] = defaultdict(list)
    for row in past[: YEARS_SHOWN * max(len(parts), 1)]:
        by_department[row.department_id].append(row)
    under_way = years_under_way() if len(by_department) > 1 else set()
    return {metric: _last_years(metric, by_department.values(), under_way) for metric in METRICS}


def _last_years(metric: str, parts: Iterable[list[Actual]], under_way: set[int]) -> dict[int, Figure]:
    joined = joined_series([{row.year: getattr(row, metric) for row in part} for part in parts], under_way)
    return {year: joined[year] for year in sorted(joined, reverse=True)[:YEARS_SHOWN]}


def past_of_project(project: Project, parts: Sequence[int], year: int) -> dict[str, Figure]:
    """What a project did in one year, with what it did in departments that are part of its own now."""
    rows = list(Actual.objects.filter(department_id__in=parts, slug=project.slug, year=year).order_by("pk"))
    figures = {metric: [getattr(row, metric) for row in rows] for metric in METRICS}
    return {metric: whole(found) for metric, found in figures.items()}


def actuals_in(year: int, department_ids: Iterable[int], planners: Planners) -> dict[int, dict[str, Figure]]:
    """The actual figures of one year by department; what has become part of one is added to it."""
    return actuals_by_year([year], department_ids, planners)[year]


def actuals_by_year(
    years: Iterable[int], department_ids: Iterable[int], planners: Planners
) -> dict[int, dict[int, dict[str, Figure]]]:
    """The actual figures of some years by department: each one's own sums, else those of its projects.

    Where a project of a department, or a part of it, is not known, neither is the sum.
    """
    wanted, of_whole = set(department_ids), ExpressionWrapper(Q(slug=""), output_field=BooleanField())
    rows = Actual.objects.filter(year__in=years, department_id__in=planners.parts_of_all(wanted))
    grouped = rows.annotate(is_whole=of_whole).order_by().values_list("is_whole", "year", "department_id")
    found: dict[tuple[int, int], dict[str, Figure]] = defaultdict(dict)
    known_of = (measured(metric) for measured in (Sum, Count) for metric in METRICS)
    sums: list[tuple[Any, ...]] = list(grouped.annotate(Count("pk"), *known_of))
    # The row of the whole department comes last and wins: its projects are part of it.
    for _is_whole, year, department_id, count, *figures in sorted(sums, key=lambda row: row[0]):
        named = zip(METRICS, figures[: len(METRICS)], figures[len(METRICS) :], strict=True)
        found[year, department_id] |= {metric: figure for metric, figure, known in named if known == count}
    together: dict[int, dict[int, dict[str, Figure]]] = defaultdict(dict)
    for (year, department_id), own in found.items():
        if (planner := planners.of(department_id)) in wanted:
            before = together[year].get(planner)
            together[year][planner] = own if before is None else _joined(before, own)
    return together


def _joined(one: dict[str, Figure], other: dict[str, Figure]) -> dict[str, Figure]:
    """What two parts of a department come to, as far as both are known."""
    return {metric: total([figure, other[metric]]) for metric, figure in one.items() if metric in other}


def last_known_year(year: int, department_ids: Iterable[int], planners: Planners) -> int:
    """The last year that is over and of which these departments have actual figures.

    Of a year under way only the projects that ended are known, and a part is no measure of a whole.
    """
    known = Actual.objects.filter(year__lt=year, department_id__in=planners.parts_of_all(department_ids))
    known = known.exclude(year__in=years_under_way())
    return known.order_by("-year").values_list("year", flat=True).first() or year - 1


def scores_of(line: ForecastLine, parts: Sequence[int], year: int, metric: str) -> dict[int, MetricScore]:
    """How the forecasts of earlier cycles did on one metric of this project, by year."""
    earlier = ForecastLine.objects.filter(
        forecast__department_id__in=parts,
        project__slug=line.project.slug,
        forecast__cycle__year__lt=year,
        is_planned=True,
        figures__metric=metric,
    ).exclude(project__state=Project.State.CANCELLED)
    rows = earlier.values_list("forecast__cycle__year", "figures__proposal", "figures__override", "figures__figure")
    forecasts: dict[int, list[tuple[Figure, Figure, Figure]]] = defaultdict(list)
    for then, *found in rows:
        forecasts[then].append((found[0], found[1], found[2]))
    happened: dict[int, list[Figure]] = defaultdict(list)
    past = Actual.objects.filter(department_id__in=parts, slug=line.project.slug, year__in=list(forecasts))
    for actual in past:
        happened[actual.year].append(getattr(actual, metric))
    scores = {then: _score(happened[then], forecasts[then]) for then in sorted(happened)}
    return {then: found for then, found in scores.items() if found}


def _score(actuals: list[Figure], forecasts: list[tuple[Figure, Figure, Figure]]) -> MetricScore | None:
    """What several forecasts said together; they were overridden where one of them was."""
    is_overridden = any(override is not None for _proposal, override, _figure in forecasts)
    said = total(figure for _proposal, _override, figure in forecasts) if is_overridden else None
    return score(whole(actuals), total(proposal for proposal, _override, _figure in forecasts), said)


def lessons_of(line: ForecastLine, parts: Sequence[int], year: int) -> list[Hindsight]:
    """Published lessons of this project, the own department's first, then those of other departments; at most five."""
    found = Hindsight.objects.filter(kind=Hindsight.Kind.LESSON, is_open=True, year__lte=year)
    found = found.filter(Q(slug=line.project.slug) | Q(slug="", department_id__in=parts)).select_related("department")
    is_other = ExpressionWrapper(~Q(department_id__in=parts), output_field=BooleanField())
    return list(found.annotate(is_other=is_other).order_by("is_other", "-year", "pk")[:MOST_LESSONS])


def open_measures_of(line: ForecastLine, parts: Sequence[int]) -> list[Hindsight]:
    """Improvement measures of this project, or of the whole department, that are still open."""
    found = Hindsight.objects.filter(kind=Hindsight.Kind.MEASURE, is_open=True)
    found = found.filter(department_id__in=parts, slug__in=["", line.project.slug])
    return list(found.order_by("due_on", "pk")[:MOST_LESSONS])
