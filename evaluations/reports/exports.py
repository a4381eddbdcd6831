"""Progress reports as a spreadsheet to take away."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponseBase
from django.utils.translation import gettext as _

from budgets.spending.exports import spreadsheet
from evaluations.reports.models import ProgressReport
from evaluations.reports.queries import with_counts
from planning.models import Cycle

AT_ONCE = 2000
COLUMNS = (
    "department__name",
    "project__name",
    "period_first",
    "period_last",
    "due",
    "state",
    "is_late",
    "activities_counted",
    "participants_counted",
    "activities_held",
    "participants_reached",
    "spent",
    "spent_earlier",
    "spent_total",
)


def reports(kind: str, cycle: Cycle, found: QuerySet[ProgressReport]) -> HttpResponseBase:
    """Progress reports with their figures; counts as they count, and as they were accepted."""
    header = [
        _("Department"),
        _("Project"),
        _("Period from"),
        _("Period to"),
        _("Due"),
        _("State"),
        _("Late"),
        _("Activities held"),
        _("Participants reached"),
        _("Activities held, as accepted"),
        _("Participants reached, as accepted"),
        _("Spent in the period"),
        _("Booked since for months already reported"),
        _("Spent so far"),
        _("Currency"),
    ]
    # The words are read at once: the rows are written when the page's language is no longer active.
    states, yes = {value: str(label) for value, label in ProgressReport.State.choices}, _("yes")

    def rows() -> Iterator[Sequence[Any]]:
        read = with_counts(found).order_by("period_first", "pk").values_list(*COLUMNS)
        for department, project, first, last, due, state, is_late, *figures in read.iterator(chunk_size=AT_ONCE):
            late = yes if is_late else ""
            yield department, project, first, last, due, states[state], late, *figures, cycle.currency

    return spreadsheet(kind, f"progress-{cycle.year}", _("Progress reports"), header, rows())
