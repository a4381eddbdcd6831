"""Under which department each one is planned in a year: a merged one under its heir, once it plans no more itself."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from planning.forecasts.models import Forecast
from planning.projects.models import Project
from sop_portal.foundation.organisation.lineage import lineage
from sop_portal.foundation.organisation.models import Department


@dataclass(frozen=True)
class Planners:
    """Who plans for whom in one year: the departments that have become part of another, each with its planner.

    A department that had a forecast of its own in the year before it was merged stands for itself there, unless that
    forecast is waived.
    """

    heirs: Mapping[int, int] = field(default_factory=dict)

    def of(self, department_id: int) -> int:
        """The department under which this one is planned: itself, or the heir that plans for it."""
        return self.heirs.get(department_id, department_id)

    def parts_of(self, department_id: int) -> list[int]:
        """The department and every one that is planned under it; nobody where it is planned under another."""
        parts = sorted(part for part, heir in self.heirs.items() if heir == department_id)
        return parts if department_id in self.heirs else [department_id, *parts]

    def parts_of_all(self, department_ids: Iterable[int]) -> set[int]:
        """These departments, and every one that is planned under one of them."""
        wanted = set(department_ids)
        return wanted | {part for part, heir in self.heirs.items() if heir in wanted}


def all_planners_in(cycle_id: int) -> Planners:
    """Who plans for whom in a year: one query, and three more where departments were merged."""
    mergers = lineage()
    if not mergers:
        return Planners()
    concerned = {*mergers.into, *mergers.into.values()}
    in_year = [
        model._default_manager.filter(cycle_id=cycle_id, department_id__in=concerned) for model in (Forecast, Project)
    ]
    own = {department for rows in in_year for department in rows.order_by().values_list("department_id", flat=True)}
    waived = Forecast.objects.filter(cycle_id=cycle_id, department_id__in=mergers.into, state=Forecast.State.WAIVED)
    # Whoever was excused and became part of another plans for nobody: neither for itself, nor for its own parts.
    planning = own - set(waived.order_by().values_list("department_id", flat=True))
    heirs: dict[int, int] = {}
    for part in mergers.into.keys() - planning:
        line = list(mergers.heirs_of(part))
        heirs[part] = next((heir for heir in line if heir in planning), line[-1])
    return Planners(heirs)


def heirs_that_plan() -> dict[int, int]:
    """For every department the one that plans a new year for it: itself, or the first heir that takes part."""
    active = set(Department.objects.filter(is_active=True).order_by().values_list("pk", flat=True))
    mergers = lineage()
    found = {department: department for department in active}
    for part in mergers.into.keys() - active:
        heir = next((heir for heir in mergers.heirs_of(part) if heir in active), None)
        if heir is not None:
            found[part] = heir
    return found
