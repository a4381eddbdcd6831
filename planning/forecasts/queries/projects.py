"""What a new year begins with: the projects of the year before, and what is proposed for them."""

from collections import defaultdict
from collections.abc import Iterable

from planning.cycles.models import Cycle
from planning.forecasts.figures import METRICS, Figure, proposed
from planning.forecasts.models import Forecast
from planning.projects.models import Actual, Project

# Department and short name: what a project is known by through the years.
Key = tuple[int, str]


def carried_over(cycle: Cycle) -> list[Project]:
    """The projects of the year before, as new ones of this year, without cancelled ones and closed departments."""
    before = Cycle.objects.filter(year__lt=cycle.year).exclude(state=Cycle.State.DRAFT).order_by("-year").first()
    if before is None:
        return []
    old = Project.objects.filter(cycle=before, department__is_active=True).exclude(state=Project.State.CANCELLED)
    return [
        Project(
            cycle=cycle,
            department_id=project.department_id,
            name=project.name,
            slug=project.slug,
            purpose=project.purpose,
            lead_id=project.lead_id,
            importance=project.importance,
            starts_on=cycle.starts_on,
            ends_on=cycle.ends_on,
        )
        for project in old.order_by("department_id", "name", "pk")
    ]


def proposals_of(projects: Iterable[Project], year: int) -> dict[Key, dict[str, Figure]]:
    """What is proposed for each project: per metric, the figure of the last year that is known."""
    wanted = {(project.department_id, project.slug) for project in projects}
    known: dict[Key, dict[str, dict[int, Figure]]] = defaultdict(lambda: defaultdict(dict))
    past = Actual.objects.filter(year__lt=year, department_id__in={department for department, _ in wanted})
    if len(wanted) == 1:
        past = past.filter(slug=next(iter(wanted))[1])
    for actual in past.order_by("pk").iterator():
        key = (actual.department_id, actual.slug)
        if key in wanted:
            for metric in METRICS:
                known[key][metric][actual.year] = getattr(actual, metric)
    return {key: {m: proposed(years, year) for m, years in metrics.items()} for key, metrics in known.items()}


def known_projects(forecast: Forecast, year: int) -> list[tuple[str, int]]:
    """Projects this department ran in earlier years and does not plan yet: name and last year, the latest first."""
    planned = Project.objects.filter(cycle_id=forecast.cycle_id, department_id=forecast.department_id).values("slug")
    past = Actual.objects.filter(department_id=forecast.department_id, year__lt=year)
    past = past.exclude(slug="").exclude(slug__in=planned)
    latest: dict[str, tuple[str, int]] = {}
    for slug, name, then in past.order_by("year", "pk").values_list("slug", "name", "year"):
        latest[slug] = (name, then)
    return sorted(latest.values(), key=lambda known: (-known[1], known[0]))
