"""The dates of the years under way, for every stage's deadlines: two queries, however many departments there are."""

from datetime import date

from planning.cycles.models import Cycle, Extension, StageWindow

OPEN = Cycle.State.PUBLISHED


def windows_of(stage: str) -> dict[int, StageWindow]:
    """The window of a stage in every year under way, by year."""
    found = StageWindow.objects.filter(stage=stage, cycle__state=OPEN).select_related("cycle")
    return {window.cycle_id: window for window in found}


def extended(stage: str) -> dict[tuple[int, int], date]:
    """Until when a department has more time in a stage, by year and department."""
    given = Extension.objects.filter(stage=stage, cycle__state=OPEN).order_by("until_on")
    rows = given.values_list("cycle_id", "department_id", "until_on")
    return {(year, department): until_on for year, department, until_on in rows}
