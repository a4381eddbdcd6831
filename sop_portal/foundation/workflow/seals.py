"""Seals: what acts left in a record's rows, so that a change by anything else is found whoever made it.

Every act through the engine keeps a keyed digest of the row it acted on; a step that finishes a record keeps one of
all its rows. `broken_seals` and `broken_rows` compute them again. What acts and triggers refuse is refused already:
this is the look from outside, after those were evaded.
"""

import hashlib
import hmac
import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db.models import GeneratedField, Model

from sop_portal.foundation.trail.kinds import KINDS
from sop_portal.foundation.workflow.models import Record, Seal
from sop_portal.foundation.workflow.table import SealedRows, Workflow

AT_ONCE, ROWS_AT_ONCE = 200, 1000
Digests = dict[int, tuple[int, str]]
# Kinds without steps whose rows every act seals: their own table first. Their stages name them with `keep_rows`.
KEPT_ROWS: dict[str, tuple[SealedRows, ...]] = {
    "department": (
        SealedRows("organisation_department", "pk"),
        SealedRows("organisation_departmentname", "department"),
    ),
    "membership": (SealedRows("organisation_membership", "pk"),),
    "delegation": (SealedRows("organisation_delegation", "pk"),),
}


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
    """Keep what stands in finished records that no step has sealed: loaded, or from before there were seals."""
    sealed = Seal.objects.filter(kind=workflow.kind).values("record_id")
    loaded = (
        workflow.model._default_manager.filter(state__in=workflow.sealed_states).exclude(pk__in=sealed).order_by("pk")
    )
    keys = list(loaded.values_list("pk", flat=True))
    seal_records(workflow, keys)
    return len(keys)


def follow_act(kind: str, record: Model) -> None:
    """Keep the rows that an act has written, for as long as nothing else is to write in them."""
    found = KINDS.get(kind)
    if isinstance(found, Workflow) and isinstance(record, found.model):
        if record.state not in found.sealed_states:
            _seal_all(kind, kept_rows(found), [record.pk])
    elif kind in KEPT_ROWS:
        _seal_all(kind, KEPT_ROWS[kind], [record.pk])


def kept_rows(workflow: Workflow[Any]) -> tuple[SealedRows, ...]:
    """What every act seals of a record that is open: its own row, and what its table names."""
    own = SealedRows(workflow.model._meta.db_table, "pk", workflow.still_moves | {"state", "version"})
    return (own, *workflow.kept_with)


def keep_rows(kind: str, model: type[Model], *moving: str) -> None:
    """Every row of this model is sealed by each act on it; `moving` columns are totals that others count in it."""
    KEPT_ROWS[kind] = (SealedRows(model._meta.db_table, "pk", frozenset({*moving, "version"})),)


def release_row(kind: str, key: int) -> None:
    """A row goes by an act: nothing is kept of it."""
    Seal.objects.filter(kind=kind, record_id=key).delete()


def seal_loaded_rows(kind: str) -> int:
    """Keep the rows of a kind that no act has sealed: loaded, or from before there were seals."""
    sealed = Seal.objects.filter(kind=kind).values("record_id")
    loaded = _model_of(kind)._default_manager.exclude(pk__in=sealed).order_by("pk")
    keys = list(loaded.values_list("pk", flat=True))
    _seal_all(kind, KEPT_ROWS[kind], keys)
    return len(keys)


def broken_rows(kind: str) -> Iterator[tuple[int, str]]:
    """The keys of rows in which something else stands than an act left, or that no act has written or taken out."""
    there, sealed = _model_of(kind)._default_manager.order_by("pk"), Seal.objects.filter(kind=kind)
    for key in there.exclude(pk__in=sealed.values("record_id")).values_list("pk", flat=True):
        yield key, "no act has written it."
    gone = sealed.exclude(record_id__in=there.order_by().values("pk")).order_by("record_id")
    for key in gone.values_list("record_id", flat=True).distinct():
        yield key, "it is gone."
    for keys in _pieces(list(there.values_list("pk", flat=True))):
        for rows in KEPT_ROWS[kind]:
            yield from _broken(kind, rows, keys, only_sealed=True)


def _model_of(kind: str) -> type[Model]:
    return model_of(KEPT_ROWS[kind][0].table)


def _seal_all(kind: str, parts: Iterable[SealedRows], keys: Sequence[int]) -> None:
    for rows in parts:
        _seal(kind, rows, keys)


def _seal(kind: str, rows: SealedRows, keys: Sequence[int]) -> None:
    """Keep what stands in these rows now."""
    columns = _columns_of(rows)
    Seal.objects.bulk_create(
        (
            Seal(kind=kind, record_id=key, table=rows.table, columns=columns, rows=count, digest=digest)
            for key, (count, digest) in digests(kind, rows, columns, keys).items()
        ),
        batch_size=ROWS_AT_ONCE,
        update_conflicts=True,
        unique_fields=["kind", "record_id", "table"],
        update_fields=["columns", "rows", "digest"],
    )


def unseal_record(workflow: Workflow[Any], record: Record) -> None:
    """A finished record is taken up again: what stood in it is no longer kept."""
    Seal.objects.filter(kind=workflow.kind, record_id=record.pk).delete()


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
            for key, sentence in _broken(workflow.kind, rows, keys):
                yield by_key[key], sentence
    for keys in _pieces(list(records.exclude(state__in=workflow.sealed_states).values_list("pk", flat=True))):
        by_key = records.in_bulk(keys)
        for rows in kept_rows(workflow):
            for key, sentence in _broken(workflow.kind, rows, keys, only_sealed=True):
                yield by_key[key], sentence


def _pieces(keys: Sequence[int]) -> Iterator[Sequence[int]]:
    return (keys[start : start + AT_ONCE] for start in range(0, len(keys), AT_ONCE))


def _broken(
    kind: str, rows: SealedRows, keys: Sequence[int], *, only_sealed: bool = False
) -> Iterator[tuple[int, str]]:
    kept = {seal.record_id: seal for seal in Seal.objects.filter(kind=kind, table=rows.table, record_id__in=keys)}
    for columns in sorted({tuple(seal.columns) for seal in kept.values()}):
        sealed = [key for key in keys if key in kept and tuple(kept[key].columns) == columns]
        for key, (count, digest) in digests(kind, rows, list(columns), sealed).items():
            seal = kept[key]
            if count != seal.rows:
                yield key, f"acts left {seal.rows} rows of {rows.table}, and there are {count} now."
            elif digest != seal.digest:
                yield key, f"a row of {rows.table} was changed by no act."
    for key in keys:
        if key not in kept and not only_sealed:
            yield key, f"it is finished, but nothing says what stood in {rows.table} then."


def digests(kind: str, rows: SealedRows, columns: list[str], keys: Sequence[int]) -> Digests:
    """How many rows each record has in a table, and the HMAC-SHA256 (RFC 2104) over them, the oldest row first.

    It covers what it stands for as well: a seal of another record, or one over no rows, fits nowhere else.
    """
    found = {key: (0, _hmac(kind, rows.table, columns, key)) for key in keys}
    model = model_of(rows.table)
    for some in _pieces(keys):
        selected = model._default_manager.filter(**{f"{rows.path}__in": some}).order_by("pk")
        for key, *values in selected.values_list(rows.path, *columns).iterator():
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
    return value.isoformat() if isinstance(value, date) else value


def _columns_of(rows: SealedRows) -> list[str]:
    fields = model_of(rows.table)._meta.concrete_fields
    own = [field.attname for field in fields if not isinstance(field, GeneratedField)]
    return sorted((rows.only or {*own} - rows.without) | rows.beside)


@cache
def model_of(table: str) -> type[Model]:
    """The model whose rows stand in a table."""
    return next(model for model in apps.get_models() if model._meta.db_table == table)
