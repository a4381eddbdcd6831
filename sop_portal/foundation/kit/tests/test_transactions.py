"""Rows that are written at the end of their transaction: those that are still meant, all at once, and once."""

from contextlib import suppress

import pytest
from django.db import transaction

from sop_portal.foundation.kit.transactions import at_the_end, whole, write_now

pytestmark = pytest.mark.django_db


class TakenBackError(Exception):
    """Something went wrong inside."""


@pytest.fixture
def written() -> list[list[str]]:
    return []


def test_outside_of_a_transaction_with_an_end_a_row_is_written_at_once(written: list[list[str]]) -> None:
    at_the_end("first", written.append)
    assert written == [["first"]]


def test_rows_are_written_together_when_the_outermost_transaction_ends(written: list[list[str]]) -> None:
    write = written.append
    with whole():
        at_the_end("first", write)
        with whole():
            at_the_end("second", write)
        assert written == []
    assert written == [["first", "second"]]


@pytest.mark.parametrize("inner", [whole, transaction.atomic])
def test_what_a_savepoint_takes_back_is_forgotten(inner: type, written: list[list[str]]) -> None:
    write = written.append
    with whole():
        at_the_end("first", write)
        with suppress(TakenBackError), inner():
            at_the_end("second", write)
            with whole():
                at_the_end("third", write)
            raise TakenBackError
        at_the_end("fourth", write)
    assert written == [["first", "fourth"]]


def test_a_transaction_that_is_taken_back_writes_nothing(written: list[list[str]]) -> None:
    write = written.append
    with suppress(TakenBackError), whole():
        at_the_end("first", write)
        raise TakenBackError
    with transaction.atomic(), whole():
        at_the_end("second", write)
        transaction.set_rollback(True)
    with whole():
        at_the_end("third", write)
    assert written == [["third"]]


def test_what_waits_can_be_written_before_the_end_once(written: list[list[str]]) -> None:
    write = written.append
    with whole():
        at_the_end("first", write)
        write_now()
        assert written == [["first"]]
        at_the_end("second", write)
    assert written == [["first"], ["second"]]


def test_what_everybody_queues_for_is_written_after_everything_else() -> None:
    order: list[str] = []
    with whole():
        at_the_end("head", lambda rows: order.extend(rows), is_last=True)
        at_the_end("seal", lambda rows: order.extend(rows))
    assert order == ["seal", "head"]
