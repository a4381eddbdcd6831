"""The year a record belongs to: nothing of a closed one changes, but what lives on (kit/closed_years.py)."""

from typing import Any, Protocol

from django.db import connection
from django.db.models import Model
from django.utils.translation import gettext as _

from sop_portal.foundation.kit.closed_years import BELONGS_TO, LIVES_ON, YEARS, lives_on
from sop_portal.foundation.kit.refusals import NotNow
from sop_portal.foundation.trail.kinds import KINDS
from sop_portal.foundation.workflow.table import SealedRows

# What a year is set up with before it is published: its dates, its pools, its reminders.
SET_UP = frozenset({"cycle", "pool", "schedule"})
# And the projects that its forecasts will begin with, or the plan that was approved elsewhere.
PLANNED_AHEAD = frozenset(
    {
        ("project", "create"),
        ("project", "change-plan"),
        ("project", "drop"),
        ("budget", "bring"),
        ("budget", "take-out"),
        ("budget", "drop"),
    }
)


class Year(Protocol):
    """A planning year, as the engine sees it."""

    pk: Any
    is_draft: bool
    is_closed: bool


def year_of(kind: str, record: Model) -> Any:
    """The year of a record, by the path its table of steps names; a year is its own; None for what belongs to none."""
    found: Any = record
    if not hasattr(record, "is_closed"):
        for name in getattr(KINDS.get(kind), "year", "cycle").split("__"):
            found = getattr(found, name, None)
    return found


def open_year(kind: str, record: Model, verb: str) -> None:
    """Refuse an act in a closed year, unless it is one of those that live on, and in one that is only being set up."""
    year = year_of(kind, record)
    if year is not None and year.is_draft and not _is_set_up_with(kind, verb) and not lives_on("", verb):
        raise not_published(year)
    if year is not None and year.is_closed and not lives_on(kind, verb):
        raise year_closed(year)


def _is_set_up_with(kind: str, verb: str) -> bool:
    return kind in SET_UP or (kind, verb) in PLANNED_AHEAD


def not_published(year: Year) -> NotNow:
    """The refusal of everything that is done in a year once it is published."""
    return NotNow(
        _("The year %(year)s is not published, so nobody works in it yet.") % {"year": year},
        _("The administrator publishes it first. Until then only windows and pools can be set."),
    )


def year_closed(year: Year) -> NotNow:
    """The refusal of everything a closed year no longer takes."""
    return NotNow(
        _("The year %(year)s is closed, so nothing of it changes any more.") % {"year": year},
        _("Do it in a year that is open. Of this one only measures, comments and answers to feedback live on."),
    )


def hold_year(kind: str, record: Model) -> None:
    """Keep the year of a record from being closed until this transaction ends; the first lock of every act.

    Acts share it. Whoever closes the year waits for them, and whoever comes later waits for the closing. On SQLite
    one transaction writes at a time anyway.
    """
    year = year_of(kind, record)
    if year is None or connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT 1 FROM {type(year)._meta.db_table} WHERE id = %s FOR KEY SHARE", [year.pk])


def hold_open_year(kind: str, record: Model, verb: str) -> None:
    """Hold the year of an act outside of the tables of steps, or refuse it, by what the database says now."""
    year = year_of(kind, record)
    if year is not None:
        open_year(kind, _held(year), verb)


def _held(year: Model) -> Model:
    """The year as it is now, held like every act holds it."""
    rows = type(year)._default_manager
    if connection.vendor != "postgresql":
        return rows.get(pk=year.pk)
    return rows.raw(f"SELECT * FROM {year._meta.db_table} WHERE id = %s FOR KEY SHARE", [year.pk])[0]


def rows_of_a_year() -> tuple[SealedRows, ...]:
    """What is sealed when a year is closed: every table that belongs to it; of what lives on, what stays."""
    living = {known.table: frozenset(known.stays) for known in LIVES_ON.values()}
    return tuple(SealedRows(table, _path_to_year(table), only=living.get(table, frozenset())) for table in BELONGS_TO)


def _path_to_year(table: str) -> str:
    column, parent = BELONGS_TO[table]
    name = column.removesuffix("_id")
    return name if parent == YEARS else f"{name}__{_path_to_year(parent)}"
