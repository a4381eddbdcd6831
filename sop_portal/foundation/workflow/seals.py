"""Seals: what stood in a record's rows when it was finished, so that a later change is found whoever made it.

When a step finishes a record, a keyed digest of its rows is kept; `broken_seals` computes it again. What is finished
is refused by actions and by triggers already: this is the look from outside, after those were evaded.
"""

import hashlib
import hmac
import json
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db.models import GeneratedField, Model

from sop_portal.foundation.trail.kinds import RecordKind
from sop_portal.foundation.workflow.models import Record, Seal
from sop_portal.foundation.workflow.table import SealedRows, Workflow

AT_ONCE, ROWS_AT_ONCE = 200, 1000
Digests = dict[int, tuple[int, str]]


def sealed_rows(workflow: Workflow[Any]) -> tuple[SealedRows, ...]:
    """What is sealed of a record: its own row and what its table names."""
    return (SealedRows(workflow.model._meta.db_table, "pk", workflow.still_moves | {"state"}), *workflow.sealed_with)


def seal_record(workflow: Workflow[Any], record: Record) -> None:
    """Keep what stands in the rows of a record that is finished."""
    seal_records(workflow, [record.pk])


def seal_records(workflow: Workflow[Any], keys: Sequence[int]) -> None:
    """Keep what stands in the rows of these records, which no step has finished one by one."""
    for rows in sealed_rows(workflow):
        _seal(workflow.kind, rows, keys)


def seal_loaded(workflow: Workflow[Any]) -> int:
    """Keep what stands in finished records that no step has sealed: loaded, or from before there were seals."""
    sealed = Seal.objects.filter(kind=workflow.kind).values("record_id")
    loaded = (
        workflow.model._default_manager.filter(state__in=workflow.sealed_states).exclude(pk__in=sealed).order_by("pk")
    )
    keys = list(loaded.values_list("pk", flat=True))
    seal_records(workflow, keys)
    return len(keys)


def seal_row(kind: RecordKind[Any], row: Model) -> None:
    """Keep a row that is never edited, from the moment it is written."""
    _seal(kind.kind, SealedRows(row._meta.db_table, "pk"), [row.pk])


def seal_loaded_rows(kind: RecordKind[Any]) -> int:
    """Keep the rows that are never edited and that no act has sealed: loaded, or from before there were seals."""
    sealed = Seal.objects.filter(kind=kind.kind).values("record_id")
    loaded = kind.model._default_manager.exclude(pk__in=sealed).order_by("pk")
    keys = list(loaded.values_list("pk", flat=True))
    _seal(kind.kind, SealedRows(kind.model._meta.db_table, "pk"), keys)
    return len(keys)


def broken_rows(kind: RecordKind[Any]) -> Iterator[tuple[int, str]]:
    """The keys of rows that are never edited and were all the same, or written or taken out by no act."""
    rows, there = SealedRows(kind.model._meta.db_table, "pk"), kind.model._default_manager.all()
    sealed = Seal.objects.filter(kind=kind.kind)
    for key in there.exclude(pk__in=sealed.values("record_id")).order_by("pk").values_list("pk", flat=True):
        yield key, "no act has written it."
    for key in (
        sealed.exclude(record_id__in=there.values("pk")).order_by("record_id").values_list("record_id", flat=True)
    ):
        yield key, "it is gone."
    for keys in _pieces(list(there.order_by("pk").values_list("pk", flat=True))):
        for key, sentence in _broken(kind.kind, rows, keys, only_sealed=True):
            yield key, sentence


def _seal(kind: str, rows: SealedRows, keys: Sequence[int]) -> None:
    columns = _columns_of(rows)
    Seal.objects.bulk_create(
        (
            Seal(kind=kind, record_id=key, table=rows.table, columns=columns, rows=count, digest=digest)
            for key, (count, digest) in digests(kind, rows, columns, keys).items()
        ),
        batch_size=ROWS_AT_ONCE,
    )


def unseal_record(workflow: Workflow[Any], record: Record) -> None:
    """A finished record is taken up again: what stood in it is no longer kept."""
    Seal.objects.filter(kind=workflow.kind, record_id=record.pk).delete()


def follow_step(workflow: Workflow[Any], record: Record, before: str) -> None:
    """Seal a record that a step has finished, unseal one that a step takes up again."""
    was_sealed, is_sealed = before in workflow.sealed_states, record.state in workflow.sealed_states
    if is_sealed and not was_sealed:
        seal_record(workflow, record)
    if was_sealed and not is_sealed:
        unseal_record(workflow, record)


def broken_seals(workflow: Workflow[Any]) -> Iterator[tuple[Record, str]]:
    """Finished records in which something else stands than when they were finished, with what is wrong."""
    finished = workflow.model._default_manager.filter(state__in=workflow.sealed_states).order_by("pk")
    for keys in _pieces(list(finished.values_list("pk", flat=True))):
        by_key = workflow.model._default_manager.in_bulk(keys)
        for rows in sealed_rows(workflow):
            for key, sentence in _broken(workflow.kind, rows, keys):
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
                yield key, f"it was finished with {seal.rows} rows of {rows.table}, and has {count} now."
            elif digest != seal.digest:
                yield key, f"a row of {rows.table} was changed after it was finished."
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


def _plain(value: Any) -> Any:
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
