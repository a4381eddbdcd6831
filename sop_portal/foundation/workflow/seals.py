"""Seals: what acts left in a record's rows, so that a change by anything else is found whoever made it.

Every act through the engine keeps a keyed digest of the row it acted on; a step that finishes a record keeps one of
all its rows. `broken_seals` and `broken_rows` compute them again. What acts and triggers refuse is refused already:
this is the look from outside, after those were evaded.
"""

import hashlib
import hmac
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from functools import cache
from itertools import islice
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db.models import GeneratedField, Model, Q, QuerySet

from sop_portal.foundation.kit.transactions import at_the_end
from sop_portal.foundation.trail.kinds import KINDS
from sop_portal.foundation.workflow.models import Record, Seal
from sop_portal.foundation.workflow.table import SealedRows, Workflow

PAPER = "paper"
AT_ONCE, ROWS_AT_ONCE = 900, 1000
BY_NO_ACT = "no act has written it."
FORGED = "what says how it stood was changed."
UNSEALED = "it is finished, but nothing says what stood in {table} then."
Digests = dict[int, tuple[int, str]]
# Kinds without steps whose rows every act seals: their own table first. Their stages name them with `keep_rows`.
KEPT_ROWS: dict[str, tuple[SealedRows, ...]] = {
    "organisation": (SealedRows("organisation_organisation", "pk", frozenset({"days_ahead"})),),
    "day-off": (SealedRows("organisation_specialday", "pk"),),
    "person": (SealedRows("organisation_user", "pk", only=frozenset({"email", "name", "is_active"})),),
    "department": (
        SealedRows("organisation_department", "pk"),
        SealedRows("organisation_departmentname", "department"),
    ),
    "membership": (SealedRows("organisation_membership", "pk"),),
    "delegation": (SealedRows("organisation_delegation", "pk"),),
    "contributor": (SealedRows("workflow_contributor", "pk"),),
    "comment": (SealedRows("workflow_comment", "pk"),),
    PAPER: (SealedRows("papers_paper", "pk"),),
}


@dataclass(frozen=True)
class ToSeal:
    """What an act asked to keep of some rows when it ends; without tables nothing is kept of them any more."""

    kind: str
    parts: tuple[SealedRows, ...]
    keys: Sequence[int]


def sealed_rows(workflow: Workflow[Any]) -> tuple[SealedRows, ...]:
    """What is sealed of a record: its own row and what its table names."""
    return (SealedRows(workflow.model._meta.db_table, "pk", workflow.still_moves | {"state"}), *workflow.sealed_with)


def seal_record(workflow: Workflow[Any], record: Record) -> None:
    """Keep what stands in the rows of a record that is finished."""
    seal_records(workflow, [record.pk])


def seal_records(workflow: Workflow[Any], keys: Sequence[int]) -> None:
    """Keep what stands in the rows of these records, which no step has finished one by one."""
    _seal_all(workflow.kind, sealed_rows(workflow), keys)


def seal_loaded(workflow: Workflow[Any]) -> int:
    """Keep what stands in records of which no act has sealed a part: loaded, or from before that part was sealed."""
    finished = Q(state__in=workflow.sealed_states)
    there = workflow.model._default_manager.order_by("pk")
    sealed = _seal_missing(workflow.kind, sealed_rows(workflow), there.filter(finished))
    return sealed + _seal_missing(workflow.kind, kept_rows(workflow), there.exclude(finished))


def _seal_missing(kind: str, parts: Iterable[SealedRows], there: QuerySet[Any]) -> int:
    """Seal each part where no seal of it is; of how many records that was so."""
    found: set[int] = set()
    for rows in parts:
        sealed = Seal.objects.filter(kind=kind, table=rows.table).values("record_id")
        keys = list(there.exclude(pk__in=sealed).values_list("pk", flat=True))
        _keep(_seals(kind, rows, keys))
        found.update(keys)
    return len(found)


def follow_act(kind: str, record: Model) -> None:
    """Keep the rows that an act has written, for as long as nothing else is to write in them."""
    found = KINDS.get(kind)
    if isinstance(found, Workflow) and isinstance(record, found.model):
        if record.state not in found.sealed_states:
            _seal_all(kind, kept_rows(found), [record.pk])
    elif kind in KEPT_ROWS and not record._state.adding:
        # What is not written yet, as an organisation nobody has named, has nothing that could stay.
        _seal_all(kind, KEPT_ROWS[kind], [record.pk])


def kept_rows(workflow: Workflow[Any]) -> tuple[SealedRows, ...]:
    """What every act seals of a record that is open: its own row, and what its table names."""
    own = SealedRows(workflow.model._meta.db_table, "pk", workflow.still_moves | {"state", "version"})
    return (own, *workflow.kept_with)


def keep_rows(kind: str, model: type[Model], *moving: str, beside: Mapping[str, str] | None = None) -> None:
    """Every row of this model is sealed by each act on it; `moving` columns are totals that others count in it.

    `beside` are tables whose rows belong to it, each with the path that leads from them to it.
    """
    own = SealedRows(model._meta.db_table, "pk", frozenset({*moving, "version"}))
    KEPT_ROWS[kind] = (own, *(SealedRows(table, path) for table, path in (beside or {}).items()))


def seal_rows(kind: str, keys: Iterable[int]) -> None:
    """Keep rows that an act wrote whose entry stands on another record, or records that it made many of at once."""
    found = KINDS.get(kind)
    _seal_all(kind, kept_rows(found) if isinstance(found, Workflow) else KEPT_ROWS[kind], sorted(keys))


def release_rows(kind: str, keys: Iterable[int]) -> None:
    """Rows go by an act: nothing is kept of them."""
    going = sorted(keys)
    for some in _pieces(going):
        Seal.objects.filter(kind=kind, record_id__in=some).delete()
    at_the_end(ToSeal(kind, (), going), _write)


def seal_loaded_rows(kind: str) -> int:
    """Keep the rows of a kind that no act has sealed: loaded, or from before there were seals."""
    return _seal_missing(kind, KEPT_ROWS[kind], _model_of(kind)._default_manager.order_by("pk"))


def broken_rows(kind: str) -> Iterator[tuple[int, str]]:
    """The keys of rows in which something else stands than an act left, or that no act has written or taken out."""
    there, sealed = _model_of(kind)._default_manager.order_by("pk"), Seal.objects.filter(kind=kind)
    gone = sealed.exclude(record_id__in=there.order_by().values("pk")).order_by("record_id")
    for key in gone.values_list("record_id", flat=True).distinct():
        yield key, "it is gone."
    for keys in _pieces(list(there.values_list("pk", flat=True))):
        found = [one for rows in KEPT_ROWS[kind] for one in _broken(kind, rows, keys, BY_NO_ACT)]
        yield from dict.fromkeys(found)


def _model_of(kind: str) -> type[Model]:
    return model_of(KEPT_ROWS[kind][0].table)


def _seal_all(kind: str, parts: Iterable[SealedRows], keys: Sequence[int]) -> None:
    if keys:
        at_the_end(ToSeal(kind, tuple(parts), keys), _write)


def _write(asked: Iterable[ToSeal]) -> None:
    """Keep what stands in all these rows when the act ends; what was asked for last of a row holds."""
    wanted: dict[str, dict[str, dict[int, SealedRows]]] = {}
    for one in asked:
        tables = wanted.setdefault(one.kind, {})
        for rows in one.parts:
            tables.setdefault(rows.table, {}).update(dict.fromkeys(one.keys, rows))
        for keys in tables.values() if not one.parts else ():
            for key in one.keys:
                keys.pop(key, None)
    _keep(
        seal
        for kind, tables in wanted.items()
        for keys in tables.values()
        for rows in dict.fromkeys(keys.values())
        for seal in _seals(kind, rows, [key for key in sorted(keys) if keys[key] == rows])
    )


def _seals(kind: str, rows: SealedRows, keys: Sequence[int]) -> Iterator[Seal]:
    columns = columns_of_seal(rows)
    for some in _pieces(keys):
        for key, (count, digest) in digests(kind, rows, columns, some).items():
            yield Seal(kind=kind, record_id=key, table=rows.table, columns=columns, rows=count, digest=digest)


def _keep(seals: Iterator[Seal]) -> None:
    while some := list(islice(seals, ROWS_AT_ONCE)):
        Seal.objects.bulk_create(
            some,
            update_conflicts=True,
            unique_fields=["kind", "record_id", "table"],
            update_fields=["columns", "rows", "digest"],
        )


def unseal_record(workflow: Workflow[Any], record: Record) -> None:
    """A finished record is taken up again: what stood in it is no longer kept."""
    release_rows(workflow.kind, [record.pk])


def follow_step(workflow: Workflow[Any], record: Record, before: str) -> None:
    """Seal a record that a step has finished, unseal one that a step takes up again."""
    was_sealed, is_sealed = before in workflow.sealed_states, record.state in workflow.sealed_states
    if is_sealed and not was_sealed:
        unseal_record(workflow, record)
        seal_record(workflow, record)
    if was_sealed and not is_sealed:
        unseal_record(workflow, record)
    if not is_sealed:
        follow_act(workflow.kind, record)


def broken_seals(workflow: Workflow[Any]) -> Iterator[tuple[Record, str]]:
    """Records in which something else stands than acts left in them, with what is wrong."""
    records = workflow.model._default_manager.order_by("pk")
    for keys in _pieces(list(records.filter(state__in=workflow.sealed_states).values_list("pk", flat=True))):
        by_key = records.in_bulk(keys)
        for rows in sealed_rows(workflow):
            for key, sentence in _broken(workflow.kind, rows, keys, UNSEALED):
                yield by_key[key], sentence
    for keys in _pieces(list(records.exclude(state__in=workflow.sealed_states).values_list("pk", flat=True))):
        by_key = records.in_bulk(keys)
        for rows in kept_rows(workflow):
            for key, sentence in _broken(workflow.kind, rows, keys, BY_NO_ACT):
                yield by_key[key], sentence


def _pieces(keys: Sequence[int]) -> Iterator[Sequence[int]]:
    return (keys[start : start + AT_ONCE] for start in range(0, len(keys), AT_ONCE))


def _broken(kind: str, rows: SealedRows, keys: Sequence[int], unsealed: str) -> Iterator[tuple[int, str]]:
    kept = {seal.record_id: seal for seal in Seal.objects.filter(kind=kind, table=rows.table, record_id__in=keys)}
    known = {field.attname for field in model_of(rows.table)._meta.concrete_fields} | rows.beside
    for columns in sorted({tuple(map(str, seal.columns)) for seal in kept.values()}):
        if not known.issuperset(columns):
            yield from ((key, FORGED) for key in keys if key in kept and tuple(map(str, kept[key].columns)) == columns)
            continue
        sealed = [key for key in keys if key in kept and tuple(map(str, kept[key].columns)) == columns]
        for key, (count, digest) in digests(kind, rows, list(columns), sealed).items():
            seal = kept[key]
            if count != seal.rows:
                yield key, f"acts left {seal.rows} rows of {rows.table}, and there are {count} now."
            elif digest != seal.digest:
                yield key, f"a row of {rows.table} was changed by no act."
    for key in keys:
        if key not in kept:
            yield key, unsealed.format(table=rows.table)


def digests(kind: str, rows: SealedRows, columns: list[str], keys: Sequence[int]) -> Digests:
    """How many rows each record has in a table, and the HMAC-SHA256 (RFC 2104) over them, the oldest row first.

    It covers what it stands for as well: a seal of another record, or one over no rows, fits nowhere else.
    """
    found = {key: (0, _hmac(kind, rows.table, columns, key)) for key in keys}
    model = model_of(rows.table)
    for some in _pieces(keys):
        selected = model._default_manager.filter(**{f"{rows.path}__in": some}).order_by("pk")
        found_rows = selected.values_list(rows.path, *columns)
        # A record may have many rows in a table, but it has one in its own.
        for key, *values in found_rows if rows.path == "pk" else found_rows.iterator():
            count, sums = found[key]
            sums.update(json.dumps([_plain(value) for value in values], sort_keys=True, separators=(",", ":")).encode())
            found[key] = count + 1, sums
    return {key: (count, sums.hexdigest()) for key, (count, sums) in found.items()}


def _hmac(kind: str, table: str, columns: list[str], key: int) -> hmac.HMAC:
    stands_for = json.dumps([kind, key, table, columns], separators=(",", ":"))
    return hmac.new(settings.TRAIL_KEY.encode(), stands_for.encode(), hashlib.sha256)


def _plain(value: object) -> Any:
    """A value as both databases give it."""
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(value, bytes | memoryview):
        return hashlib.sha256(value).hexdigest()
    return value.isoformat() if isinstance(value, date | time) else value


def columns_of_seal(rows: SealedRows) -> list[str]:
    """The columns that a seal of these rows covers."""
    fields = model_of(rows.table)._meta.concrete_fields
    own = [field.attname for field in fields if not isinstance(field, GeneratedField)]
    return sorted((rows.only or {*own} - rows.without) | rows.beside)


@cache
def model_of(table: str) -> type[Model]:
    """The model whose rows stand in a table."""
    return next(model for model in apps.get_models() if model._meta.db_table == table)
