"""Acts on different records in the same moment: the trail numbers them all, without a gap and without a fork."""

from datetime import datetime
from threading import Event
from types import SimpleNamespace

import pytest
from django.db import connection

from sop_portal.foundation.kit.transactions import whole
from sop_portal.foundation.trail.actions import record, verify
from sop_portal.foundation.trail.models import Entry
from sop_portal.tests.concurrency import at_once

PEOPLE, ACTS = 8, 12


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_acts_at_once_stand_in_one_chain(cast: SimpleNamespace, noon: datetime) -> None:
    def act(number: int) -> None:
        for turn in range(ACTS):
            record("forecast", SimpleNamespace(pk=number), f"edit {turn}", by=cast.amina.pk, at=noon)

    at_once([lambda number=number: act(number) for number in range(PEOPLE)])  # type: ignore[misc]
    positions = list(Entry.objects.order_by("position").values_list("position", flat=True))
    assert (positions, verify()) == (list(range(1, PEOPLE * ACTS + 1)), [])


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_nobody_waits_for_the_end_of_the_trail_while_a_long_act_runs(cast: SimpleNamespace, noon: datetime) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("On SQLite one transaction writes at a time.")
    has_begun, others_are_done = Event(), Event()

    def long_act() -> None:
        with whole():
            record("budget", SimpleNamespace(pk=1), "compile", by=cast.amina.pk, at=noon)
            has_begun.set()
            assert others_are_done.wait(timeout=10)

    def comments() -> None:
        assert has_begun.wait(timeout=10)
        for turn in range(3):
            record("forecast", SimpleNamespace(pk=7), f"comment {turn}", by=cast.amina.pk, at=noon)
        others_are_done.set()

    at_once([long_act, comments])
    acts = list(Entry.objects.order_by("position").values_list("verb", flat=True))
    assert (acts, verify()) == (["comment 0", "comment 1", "comment 2", "compile"], [])
