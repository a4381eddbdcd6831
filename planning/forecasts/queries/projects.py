"""What a new year begins with: the projects of the year before, and what is proposed for them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from django.db.models import QuerySet

from planning.cycles.models import Cycle
from planning.forecasts.figures import METRICS, Derived, Figure, derived
from planning.forecasts.models import Forecast
from planning.forecasts.queries.planners import Planners, all_planners_in, heirs_that_plan
from planning.projects.models import Actual, Project
from planning.projects.queries import years_under_way

# Department and short name: what a project is known by through the years.
Key = tuple[int, str]
# The figures of one department by metric and year.
Part = Mapping[str, Mapping[int, Figure]]


def carried_over(cycle: Cycle, heirs: Mapping[int, int] | None = None) -> list[Project]:
    """The projects of the year before, as new ones of this year, without cancelled ones and closed departments.

    Those of a department that became part of another are planned by its heir; where both had one of the same short
    name they are one project from now on, described as the heir does it. `heirs` names, for every department that is
    asked for, the one that plans for it; without it that is every one that takes part.
    """
    before = Cycle.objects.filter(year__lt=cycle.year).exclude(state=Cycle.State.DRAFT).order_by("-year").first()
    if before is None:
        return []
    heirs = heirs_that_plan() if heirs is None else heirs
    old = Project.objects.filter(cycle=before, department__in=heirs).exclude(state=Project.State.CANCELLED)
    found: dict[Key, Project] = {}
    # The heir's own come first.
    ordered = sorted(old, key=lambda p: (heirs[p.department_id], p.department_id != heirs[p.department_id], p.pk))
    for project in ordered:
        key = (heirs[project.department_id], project.slug)
        found.setdefault(key, _continued(project, cycle, heirs[project.department_id]))
    return sorted(found.values(), key=lambda project: (project.department_id, project.name))


def planned_ahead(cycle: Cycle) -> QuerySet[Project]:
    """The projects that were brought into a year before it was published, when no forecast could hold them yet."""
    return Project.objects.filter(cycle=cycle, state=Project.State.PLANNED, forecast_line__isnull=True)


def carried_over_to(department_id: int, cycle: Cycle) -> list[Project]:
    """What one department takes over in a year in which it has its forecast: its own, and what it is the heir of."""
    parts = all_planners_in(cycle.pk).parts_of(department_id)
    return carried_over(cycle, dict.fromkeys(parts, department_id))


def _continued(project: Project, cycle: Cycle, department_id: int) -> Project:
    return Project(
        cycle=cycle,
        department_id=department_id,
        name=project.name,
        slug=project.slug,
        purpose=project.purpose,
        lead_id=project.lead_id,
        importance=project.importance,
        starts_on=cycle.starts_on,
        ends_on=cycle.ends_on,
    )


def proposals_of(projects: Iterable[Project], cycle: Cycle) -> dict[Key, dict[str, Derived]]:
    """What is proposed for each project, per metric, and what that rests on; what is not there is not known."""
    wanted = {(project.department_id, project.slug) for project in projects}
    planners = all_planners_in(cycle.pk)
    under_way = years_under_way() if planners.heirs else set()
    found: dict[Key, dict[str, Derived]] = {}
    for key, parts in _known_parts(wanted, cycle.year, planners).items():
        found[key] = {metric: derived([part[metric] for part in parts], cycle.year, under_way) for metric in METRICS}
    return found


def _known_parts(wanted: set[Key], year: int, planners: Planners) -> dict[Key, list[Part]]:
    """The figures of the years before by project, apart for every department that is planned under the project's."""
    known: dict[tuple[Key, int], dict[str, dict[int, Figure]]] = defaultdict(lambda: defaultdict(dict))
    past = Actual.objects.filter(
        year__lt=year, department_id__in=planners.parts_of_all(department for department, _slug in wanted)
    )
    if len(wanted) == 1:
        past = past.filter(slug=next(iter(wanted))[1])
    for actual in past.order_by("pk").iterator():
        key = (planners.of(actual.department_id), actual.slug)
        if key in wanted:
            for metric in METRICS:
                known[key, actual.department_id][metric][actual.year] = getattr(actual, metric)
    found: dict[Key, list[Part]] = defaultdict(list)
    for (key, _department), part in known.items():
        found[key].append(part)
    return found


def known_projects(forecast: Forecast, year: int) -> list[tuple[str, int]]:
    """Projects this department ran in earlier years and does not plan yet: name and last year, the latest first."""
    planned = Project.objects.filter(cycle_id=forecast.cycle_id, department_id=forecast.department_id).values("slug")
    parts = all_planners_in(forecast.cycle_id).parts_of(forecast.department_id)
    past = Actual.objects.filter(department_id__in=parts, year__lt=year)
    past = past.exclude(slug="").exclude(slug__in=planned)
    latest: dict[str, tuple[str, int]] = {}
    for slug, name, then in past.order_by("year", "pk").values_list("slug", "name", "year"):
        latest[slug] = (name, then)
    return sorted(latest.values(), key=lambda known: (-known[1], known[0]))
