"""Whether the database is of the version the code is of.

PostgreSQL is upgraded under load: a new version waits until the database is migrated, the old one goes on meanwhile,
since migrations only add. SQLite stands still for it: the old version stops as soon as its tables have changed.
"""

from dataclasses import dataclass

from django.db import connection
from django.db.migrations.loader import MigrationLoader

from sop_portal.operations.health import migrations_missing


@dataclass
class Seen:
    """What this process knows of the database's version."""

    fits: bool = False
    tables: int = -1
    # Tests have a database of the code's own version, and count queries.
    is_asked: bool = True


seen = Seen()


def fits_database() -> bool:
    """Whether pages can be served; asked again only until they can, and on SQLite whenever tables have changed."""
    if not seen.is_asked:
        return True
    tables = _version_of_tables()
    if not seen.fits or tables != seen.tables:
        seen.fits = not migrations_missing() and not (connection.vendor == "sqlite" and _is_newer())
        seen.tables = tables
    return seen.fits


def _version_of_tables() -> int:
    """SQLite counts every change of its tables, in the file's first bytes."""
    if connection.vendor != "sqlite":
        return -1
    connection.ensure_connection()
    return int(connection.connection.execute("PRAGMA schema_version").fetchone()[0])


def _is_newer() -> bool:
    """Whether the database holds migrations that this code does not have."""
    loader = MigrationLoader(connection)
    known = {app for app, _name in loader.disk_migrations}
    return any(app in known and (app, name) not in loader.disk_migrations for app, name in loader.applied_migrations)
