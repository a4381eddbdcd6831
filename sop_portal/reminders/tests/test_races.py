"""Several sweeps and senders in the same moment."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from types import SimpleNamespace
from typing import Any

import pytest
from django.core import mail as posted
from django.db import connection

from planning.cycles.actions import create_cycle
from planning.forecasts.actions import publish_year
from sop_portal.foundation.notices.models import Mail, Notice
from sop_portal.foundation.notices.outbox import claim, send_waiting
from sop_portal.reminders.actions import sweep
from sop_portal.reminders.models import Reminder
from sop_portal.reminders.tests.conftest import at_noon

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
MARCH = at_noon("2027-03-18")


def at_once(number: int, act: Callable[[int], Any]) -> list[Any]:
    """So many threads, each with a connection of its own, beginning together."""
    together = Barrier(number)

    def begin(place: int) -> Any:
        try:
            together.wait(60)
            return act(place)
        finally:
            connection.close()

    with ThreadPoolExecutor(number) as executor:
        return list(executor.map(begin, range(number)))


@pytest.fixture
def due(cast: SimpleNamespace) -> None:
    """Two forecasts are due in two weeks, and nobody was told yet."""
    cycle = create_cycle(year=2027, by=cast.ada, at=at_noon("2026-12-01"))
    publish_year(cycle, by=cast.ada, at=at_noon("2026-12-01"), seen=cycle.version)
    Mail.objects.all().delete()


@pytest.mark.usefixtures("due")
def test_five_sweeps_at_once_tell_everybody_once() -> None:
    done = at_once(5, lambda _place: sweep(at=MARCH))
    assert sum(result.told for result in done) == 2
    assert (Reminder.objects.count(), Notice.objects.open_deadlines().count(), Mail.objects.count()) == (4, 2, 2)


@pytest.mark.usefixtures("due")
def test_sweeps_at_different_moments_meet_without_doubles() -> None:
    at_once(5, lambda place: sweep(at=MARCH + timedelta(days=3 * place)))
    rows = list(Reminder.objects.values_list("deadline", "occurrence", "person"))
    assert len(rows) == len(set(rows)) == 2 * 5


@pytest.mark.usefixtures("due")
def test_five_senders_at_once_send_each_mail_once() -> None:
    sweep(at=MARCH)
    done = at_once(5, lambda _place: send_waiting(at=MARCH, most=1))
    assert sum(batch["sent"] for batch in done) == 2
    assert sorted(message.to[0] for message in posted.outbox) == ["amina@example.org", "bao@example.org"]


@pytest.mark.usefixtures("due")
def test_nobody_waits_for_a_mail_that_somebody_else_takes() -> None:
    sweep(at=MARCH)
    taken = at_once(4, lambda _place: [mail.pk for mail in claim(MARCH, most=1)])
    assert sorted(pk for pks in taken for pk in pks) == sorted(Mail.objects.values_list("pk", flat=True))
