"""The year a record belongs to: nothing of a closed one changes, but what lives on (kit/closed_years.py)."""

from typing import Any, Protocol

from django.db import connection
from django.db.models import Model, Q
from django.utils.translation import gettext as _

from sop_portal.foundation.kit.closed_years import BELONGS_TO, CLOSED, DRAFT, LIVES_ON, YEARS, lives_on
from sop_portal.foundation.kit.formats import listed
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

    @property
    def is_draft(self) -> bool:
        """Whether it is only being set up."""

    @property
    def is_closed(self) -> bool:
        """Whether nothing of it changes any more."""


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


def shut_year(kind: str, record: Model, verb: str) -> str:
    """What an act on a record waits for where its year takes none now; empty where it does."""
    try:
        open_year(kind, record, verb)
    except NotNow:
        year = year_of(kind, record)
        words = _("The year %(year)s is closed") if year.is_closed else _("Waits until the year %(year)s is published")
        return words % {"year": year}
    return ""


def in_open_year(kind: str, model: type[Model], verb: str) -> Q:
    """The condition in the database that `open_year` does not refuse this act on a record because of its year."""
    path = _path_of_kind(kind, model)
    if path is None:
        return Q()
    shut = set() if _is_set_up_with(kind, verb) else {DRAFT}
    shut |= set() if lives_on(kind, verb) else {CLOSED}
    # Said the other way round, a record that belongs to no year would be left out.
    return ~Q(**{f"{path}state__in": shut})


def _path_of_kind(kind: str, model: type[Model]) -> str | None:
    """The path from a record of this kind to what its year holds, as `year_of` goes it; None without a year."""
    if hasattr(model, "is_closed"):
        return ""
    path: str = getattr(KINDS.get(kind), "year", "cycle")
    first = path.split("__")[0]
    return f"{path}__" if any(known.name == first for known in model._meta.get_fields()) else None


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
        _("Do it in a year that is open. In this one only these still move: %(what)s.") % {"what": what_lives_on()},
    )


def what_lives_on() -> str:
    """What of a closed year still moves, in words."""
    others = (_("comments"), _("corrections of past figures"))
    return listed([*(str(known.called) for known in LIVES_ON.values()), *others])


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
