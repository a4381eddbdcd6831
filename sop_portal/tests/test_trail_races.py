"""Acts on different records in the same moment: the trail numbers them all, without a gap and without a fork."""

from datetime import datetime
from types import SimpleNamespace

import pytest

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
