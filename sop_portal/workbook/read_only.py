"""The sheets of an exported workbook that are there to be read: their names, so that nobody brings them in."""

from django.utils.translation import gettext_lazy as _

from planning.projects.imports.columns import plain_name
from sop_portal.foundation.kit.sentences import StrOrPromise
from sop_portal.workbook.cells.values import in_every_language

EXPLANATION = "explanation"
# By key, in the order in which they stand in the workbook, behind the sheets that can be brought in.
TITLES: dict[str, StrOrPromise] = {
    EXPLANATION: _("How this works"),
    "forecasts": _("Forecasts"),
    "requests": _("Requests"),
    "allocations": _("Allocations"),
    "budget": _("Budget"),
    "spending": _("Spending"),
    "papers": _("Papers"),
    "decisions": _("Decisions"),
}


def only_to_read(name: str) -> str:
    """Which of them a sheet of a file is, by its name; nothing where it is none."""
    called = plain_name(name)
    return next((key for key, title in TITLES.items() if called in map(plain_name, in_every_language(title))), "")
