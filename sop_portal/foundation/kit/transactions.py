"""One transaction with an end: rows that everybody queues for are written with its last statements.

Everybody who acts writes to the end of one chain. Taken where an act begins, that row would keep all others waiting as
long as the act lasts; so it is taken when everything else is written and all deferred checks are done.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction

Write = Callable[[Sequence[Any]], None]
# By how they are written.
Rows = dict[Write, list[Any]]


@dataclass(frozen=True, eq=False)
class Waiting:
    """A row that is written at the end.

    Django forgets what was to be done after a commit when a savepoint is taken back; by that it tells which rows are
    still meant. After the commit itself nothing is left to do.
    """

    row: Any
    write: Write
    is_last: bool

    def __call__(self) -> None:
        """Nothing is left to do after the commit."""


_waiting: ContextVar[list[Waiting] | None] = ContextVar("rows that wait for the end", default=None)


@contextmanager
def whole() -> Iterator[None]:
    """One transaction with an end; within another one a savepoint, whose rows wait for the end of that one."""
    if _waiting.get() is not None:
        with transaction.atomic():
            yield
        return
    is_outermost, token = not connection.in_atomic_block, _waiting.set([])
    try:
        with transaction.atomic():
            yield
            if not transaction.get_rollback():
                _end(is_outermost)
    finally:
        _waiting.reset(token)


def at_the_end(row: object, write: Write, *, is_last: bool = False) -> None:
    """Write a row with the last statements of its transaction, all rows of one kind at once; outside of one, now.

    Those for which everybody queues are the very last.
    """
    rows = _waiting.get()
    if rows is None:
        write([row])
        return
    waiting = Waiting(row, write, is_last)
    rows.append(waiting)
    transaction.on_commit(waiting)


def write_now() -> None:
    """Write what waits already: for a short act that has to read it."""
    for rows in _take():
        _write(rows)


def _take() -> tuple[Rows, Rows]:
    """The rows that wait and were not taken back, and the last of them; none of them waits any longer."""
    meant = {after[1] for after in connection.run_on_commit if isinstance(after[1], Waiting)}
    waiting, rows = _waiting.get() or [], (Rows(), Rows())
    for one in waiting:
        if one in meant:
            rows[one.is_last].setdefault(one.write, []).append(one.row)
    waiting.clear()
    return rows


def _write(rows: Rows) -> None:
    for write, written in rows.items():
        write(written)


def _end(is_outermost: bool) -> None:
    first, rows = _take()
    _write(first)
    if rows and is_outermost and connection.vendor == "postgresql":
        # What is checked at the end of a transaction is checked before others have to wait for it.
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    _write(rows)
