"""What earlier years know: the actual figures, how the forecasts did against them, and what was learned."""

from collections import defaultdict
from collections.abc import Iterable

from django.db.models import BooleanField, ExpressionWrapper, Q, Sum

from planning.cycles.models import Cycle
from planning.forecasts.figures import METRICS, YEARS_SHOWN, Figure, MetricScore, score
from planning.forecasts.models import ForecastLine
from planning.projects.models import Actual, Hindsight

MOST_LESSONS = 5
KnownFigures = dict[str, dict[int, Figure]]


def actuals_of(department_id: int, slug: str, year: int) -> KnownFigures:
    """The figures of the past years of one project, per metric and year; blanks stay unknown."""
    past = Actual.objects.filter(department_id=department_id, slug=slug, year__lt=year).order_by("-year")
    rows = list(past[:YEARS_SHOWN])
    return {metric: {row.year: getattr(row, metric) for row in rows} for metric in METRICS}


def actuals_in(year: int, department_ids: Iterable[int]) -> dict[int, dict[str, Figure]]:
    """The actual figures of one year by department: the department's own sums, else those of its projects."""
    whole = ExpressionWrapper(Q(slug=""), output_field=BooleanField())
    rows = Actual.objects.filter(year=year, department_id__in=department_ids).annotate(is_whole=whole).order_by()
    sums = rows.values_list("is_whole", "department_id").annotate(*(Sum(metric) for metric in METRICS))
    found: dict[int, dict[str, Figure]] = defaultdict(dict)
    # The row of the whole department comes last and wins: its projects are part of it.
    for _is_whole, department_id, *figures in sorted(sums, key=lambda row: row[0]):
        named = zip(METRICS, figures, strict=True)
        found[department_id] |= {metric: figure for metric, figure in named if figure is not None}
    return found


def last_known_year(year: int, department_ids: Iterable[int]) -> int:
    """The last year that is over and of which these departments have actual figures.

    Of a year under way only the projects that ended are known, and a part is no measure of a whole.
    """
    under_way = Cycle.objects.exclude(state=Cycle.State.CLOSED).values("year")
    known = Actual.objects.filter(year__lt=year, department_id__in=department_ids).exclude(year__in=under_way)
    return known.order_by("-year").values_list("year", flat=True).first() or year - 1


def scores_of(line: ForecastLine, year: int, metric: str) -> dict[int, MetricScore]:
    """How the forecasts of earlier cycles did on one metric of this project, by year."""
    earlier = ForecastLine.objects.filter(
        forecast__department_id=line.forecast.department_id,
        project__slug=line.project.slug,
        forecast__cycle__year__lt=year,
        is_planned=True,
        figures__metric=metric,
    )
    forecast = {
        then: (proposal, override)
        for then, proposal, override in earlier.values_list(
            "forecast__cycle__year", "figures__proposal", "figures__override"
        )
    }
    happened = Actual.objects.filter(
        department_id=line.forecast.department_id, slug=line.project.slug, year__in=list(forecast)
    )
    scores = {actual.year: score(getattr(actual, metric), *forecast[actual.year]) for actual in happened}
    return {then: found for then, found in sorted(scores.items()) if found}


def lessons_of(line: ForecastLine, year: int) -> list[Hindsight]:
    """Published lessons of this project, the own department's first, then those of other departments; at most five."""
    own = line.forecast.department_id
    found = Hindsight.objects.filter(kind=Hindsight.Kind.LESSON, is_open=True, year__lte=year)
    found = found.filter(Q(slug=line.project.slug) | Q(slug="", department_id=own)).select_related("department")
    is_other = ExpressionWrapper(~Q(department_id=own), output_field=BooleanField())
    return list(found.annotate(is_other=is_other).order_by("is_other", "-year", "pk")[:MOST_LESSONS])


def open_measures_of(line: ForecastLine) -> list[Hindsight]:
    """Improvement measures of this project, or of the whole department, that are still open."""
    found = Hindsight.objects.filter(kind=Hindsight.Kind.MEASURE, is_open=True)
    found = found.filter(department_id=line.forecast.department_id, slug__in=["", line.project.slug])
    return list(found.order_by("due_on", "pk")[:MOST_LESSONS])
