"""Two roles in PostgreSQL: the owner, who migrates, and the one that serves and cannot rewrite the past."""

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import ProgrammingError, connection, transaction

EVERYTHING = "SELECT, INSERT, UPDATE, DELETE"
# What a role that serves may do with a table, where that is not everything.
NARROWED = {
    "trail_entry": "SELECT, INSERT",
    "trail_head": "SELECT, UPDATE",
    "trail_verification": "SELECT, INSERT",
    "django_migrations": "SELECT",
}
TRAIL = ("trail_entry", "trail_head", "trail_verification")
IS_OWNER = """
    SELECT r.rolsuper OR pg_has_role(r.oid, c.relowner, 'MEMBER')
    FROM pg_class c CROSS JOIN pg_roles r WHERE c.oid = 'trail_entry'::regclass AND r.rolname = %s
"""


def serving_role() -> tuple[str, str]:
    """Name and password of the role that serves: those of DATABASE_URL, while OWNER_DATABASE_URL names the owner."""
    if connection.vendor != "postgresql":
        raise ImproperlyConfigured("Only PostgreSQL has roles; SQLite's file belongs to whoever may write it.")
    name, password = settings.SERVING_DATABASE.get("USER", ""), settings.SERVING_DATABASE.get("PASSWORD", "")
    if not name or name == connection.settings_dict["USER"]:
        raise ImproperlyConfigured(
            "Set OWNER_DATABASE_URL to the role that owns the database, and DATABASE_URL to another one that serves."
        )
    return name, password


def grant_roles() -> list[str]:
    """Let the serving role do what serving needs, and nothing else; the statements that were carried out."""
    name, password = serving_role()
    done: list[str] = []
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [name])
        if cursor.fetchone() is None:
            cursor.execute(f"CREATE ROLE {_quoted(name)} LOGIN PASSWORD %s", [password or None])
            done.append(f"CREATE ROLE {_quoted(name)} LOGIN PASSWORD '…'")
        if may_rewrite(name):
            raise ImproperlyConfigured(f"{name} is a superuser, or a member of the role that owns the tables.")
        for statement in _grants(name):
            cursor.execute(statement)
            done.append(statement)
    return done


def _grants(name: str) -> list[str]:
    role, database = _quoted(name), _quoted(str(connection.settings_dict["NAME"]))
    everybody = f"PUBLIC, {role}"
    tables = sorted(connection.introspection.table_names())
    return [
        # A temporary table would stand in for the real one wherever a trigger looks into it.
        f"REVOKE ALL ON DATABASE {database} FROM {everybody}",
        f"REVOKE ALL ON SCHEMA public FROM {everybody}",
        f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {everybody}",
        f"REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM {everybody}",
        f"GRANT CONNECT ON DATABASE {database} TO {role}",
        f"GRANT USAGE ON SCHEMA public TO {role}",
        f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role}",
        *(f"GRANT {NARROWED.get(table, EVERYTHING)} ON {_quoted(table)} TO {role}" for table in tables),
    ]


def may_rewrite(name: str) -> bool:
    """Whether a role could change the trail or switch its triggers off."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(IS_OWNER, [name])
            return bool((cursor.fetchone() or [False])[0])
    except ProgrammingError:
        # Nothing is migrated yet.
        return False


def _quoted(name: str) -> str:
    return connection.ops.quote_name(name)
