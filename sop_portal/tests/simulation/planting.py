"""How a cure is taken out of the portal, and out of the database where that keeps it by itself."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any
from unittest.mock import patch

from django.db import connection

from sop_portal.foundation.kit.closed_years import BELONGS_TO, name_of


@dataclass(frozen=True)
class Fault:
    """A cure that is taken out, the kind of faults it cures, and the names that are replaced."""

    kind: int
    what: str
    replaced: dict[str, Any]
    closed_years_move: bool = False
    # What the database keeps by itself: its triggers, and the checks of a table.
    triggers: tuple[tuple[str, str], ...] = ()
    unchecked: str = ""
    # What shows on pages only is looked for there, what shows in later years only in those.
    pages_every: int = 0
    years: int = 1

    @contextmanager
    def planted(self) -> Iterator[None]:
        """The portal without this cure."""
        with ExitStack() as stack:
            for name, other in self.replaced.items():
                stack.enter_context(patch(name, other))
            if self.unchecked and connection.vendor == "sqlite":
                stack.callback(_ask_checks, True)
                _ask_checks(False)
            yield

    def prepare(self) -> None:
        """What has to go from the database too, inside the transaction that is taken back."""
        drop_triggers([*self.triggers, *(triggers_of_closed_years(*BELONGS_TO) if self.closed_years_move else ())])
        if self.unchecked and connection.vendor == "postgresql":
            _drop_checks(self.unchecked)


def triggers_of_closed_years(*tables: str) -> tuple[tuple[str, str], ...]:
    """What keeps the rows of closed years in these tables as they are."""
    return tuple((name_of(table, event), table) for table in tables for event in ("insert", "update", "delete"))


def drop_triggers(named: Sequence[tuple[str, str]]) -> None:
    """Let rows move, as they did before the database kept them."""
    with connection.cursor() as cursor:
        for name, table in named:
            on = f" ON {table}" if connection.vendor == "postgresql" else ""
            cursor.execute(f"DROP TRIGGER {name}{on}")


def _ask_checks(asked: bool) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA ignore_check_constraints = {int(not asked)}")


def _drop_checks(table: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT conname FROM pg_constraint WHERE contype = 'c' AND conrelid = %s::regclass", [table])
        dropped = ", ".join(f"DROP CONSTRAINT {name}" for (name,) in cursor.fetchall())
        cursor.execute(f"ALTER TABLE {table} {dropped}")


def nothing(*_: Any, **__: Any) -> None:
    """Does nothing, refuses nothing."""


def none_at_all(*_: Any, **__: Any) -> list[Any]:
    """Finds nothing."""
    return []
