"""Many rows made or changed by one statement: what a hundred thousand lines need is not done line by line.

Both databases speak INSERT … SELECT, and UPDATE … FROM. Rows made in Python go to PostgreSQL as one array for each
column, without an object for each row.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC
from functools import lru_cache, partial
from itertools import islice
from typing import Any

from django.db import connection
from django.db.models import DateTimeField, Field, JSONField, Model, QuerySet

ROWS_AT_ONCE = 2000


def insert_rows(
    model: type[Model], columns: Sequence[str], rows: Iterable[Sequence[Any]], *, unless_there: bool = False
) -> list[int]:
    """Insert rows, their values in the order of `columns`; their new ids.

    Every field the database has no default for has to be named; the model's own defaults are not asked. With
    `unless_there`, rows that a unique constraint knows already are left out, and no ids are told. Several statements
    are one only inside the caller's transaction. IntegrityError and DataError as usual.
    """
    fields: list[Any] = [model._meta.get_field(column) for column in columns]
    write = _insert_arrays if connection.vendor == "postgresql" else _insert_objects
    made: list[int] = []
    rows = iter(rows)
    while some := list(islice(rows, ROWS_AT_ONCE)):
        made += write(model, fields, some, unless_there)
    return [] if unless_there else made


def _insert_arrays(
    model: type[Model], fields: Sequence["Field[Any, Any]"], rows: Sequence[Sequence[Any]], unless_there: bool
) -> list[int]:
    names = ", ".join(_quoted(str(field.column)) for field in fields)
    columns = [_prepared(field, column) for field, column in zip(fields, zip(*rows, strict=True), strict=True)]
    conflict = "ON CONFLICT DO NOTHING" if unless_there else ""
    # Without the length: an array of varchar(10) would cut a longer word instead of refusing it.
    types = [str(field.db_type(connection)).split("(")[0] for field in fields]
    # What is the same in every row is written once; one array at least says how many rows there are.
    same = [place > 0 and column.count(column[0]) == len(column) for place, column in enumerate(columns)]
    arrays = ", ".join(
        f"CAST(%s AS {kind})" if once else f"unnest(CAST(%s AS {kind}[]))"
        for kind, once in zip(types, same, strict=True)
    )
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {_quoted(model._meta.db_table)} ({names}) SELECT {arrays} {conflict} "
            f"RETURNING {_quoted(str(model._meta.pk and model._meta.pk.column))}",
            [column[0] if once else column for column, once in zip(columns, same, strict=True)],
        )
        return [pk for (pk,) in cursor.fetchall()]


def _prepared(field: "Field[Any, Any]", values: Iterable[Any]) -> list[Any]:
    """The values as they are written for the database; the same come again and again."""
    prepare = partial(field.get_db_prep_save, connection=connection)
    if isinstance(field, DateTimeField):
        # Two moments an hour apart are equal where clocks go back; in UTC they are not.
        values = (value and value.astimezone(UTC) for value in values)
    # Equal values of different types are not the same: True and 1.
    return list(map(prepare if isinstance(field, JSONField) else lru_cache(None, typed=True)(prepare), values))


def _insert_objects(
    model: type[Model], fields: Sequence["Field[Any, Any]"], rows: Sequence[Sequence[Any]], unless_there: bool
) -> list[int]:
    names = [field.attname for field in fields]
    objects = (model(**dict(zip(names, row, strict=True))) for row in rows)
    made = model._default_manager.bulk_create(objects, ignore_conflicts=unless_there)
    return [each.pk for each in made if each.pk is not None]


def insert_from(model: type[Model], columns: Sequence[str], rows: "QuerySet[Any, Any]") -> int:
    """Insert what `rows` selects, its values in the order of `columns`; how many rows that were."""
    names = ", ".join(_column(model, column) for column in columns)
    select, params = rows.query.sql_with_params()
    return _run(f"INSERT INTO {_quoted(model._meta.db_table)} ({names}) {select}", params)


def update_from(
    model: type[Model], rows: "QuerySet[Any, Any]", *, on: Mapping[str, str], give: Mapping[str, str]
) -> int:
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
