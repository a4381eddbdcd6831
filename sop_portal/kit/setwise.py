"""Many rows made or changed by one statement: what a hundred thousand lines need is not done line by line.

Both databases speak this: INSERT … SELECT, and UPDATE … FROM.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import connection
from django.db.models import Model, QuerySet


def insert_from(model: type[Model], columns: Sequence[str], rows: "QuerySet[Any, Any]") -> int:
    """Insert what `rows` selects, its values in the order of `columns`; how many rows that were."""
    names = ", ".join(_column(model, column) for column in columns)
    select, params = rows.query.sql_with_params()
    return _run(f"INSERT INTO {_quoted(model._meta.db_table)} ({names}) {select}", params)


def update_from(
    model: type[Model], rows: "QuerySet[Any, Any]", *, on: Mapping[str, str], give: Mapping[str, str]
) -> int:  # fmt: skip
    """Give fields of a model what `rows` calls so, where `on` matches both; how many rows were changed."""
    table = _quoted(model._meta.db_table)
    given = ", ".join(f"{_column(model, field)} = found.{_quoted(name)}" for field, name in give.items())
    matched = " AND ".join(f"{table}.{_column(model, field)} = found.{_quoted(name)}" for field, name in on.items())
    select, params = rows.query.sql_with_params()
    return _run(f"UPDATE {table} SET {given} FROM ({select}) AS found WHERE {matched}", params)


def _run(statement: str, params: Sequence[Any]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        return int(cursor.rowcount)


def _column(model: type[Model], field: str) -> str:
    return _quoted(str(model._meta.get_field(field).column))  # type: ignore[union-attr]


def _quoted(name: str) -> str:
    return connection.ops.quote_name(name)
