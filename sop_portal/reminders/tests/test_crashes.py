"""Processes are killed while reminders go out, and Redis is frozen and gone: in small, see benchmarks/crashes.py."""

import shutil
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from celery import Celery
from django.db import connection
from django.test import Client
from django.urls import reverse

from planning.models import Forecast
from sop_portal.celery import transport
from sop_portal.foundation.notices import bell
from sop_portal.foundation.notices.models import Mail
from sop_portal.foundation.organisation.models import User
from sop_portal.reminders.tests.fault_injection import (
    CeleryProcesses,
    Redis,
    fill_in_forecasts,
    forecasts_due_tomorrow,
    own_redis,
    run_with_kills,
    unreliable_mail_server,
)

pytestmark = [
    pytest.mark.race,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(shutil.which("redis-server") is None, reason="needs redis-server"),
]
HEADS, KILLS, PATIENCE = 100, 4, 300
FAULT_RATES = {"slow": 0.02, "refuses": 0.02, "drops": 0.01}


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[Redis]:
    """A Redis of our own, which may be frozen and killed."""
    with own_redis(tmp_path) as redis:
        yield redis


@pytest.mark.skipif(connection.vendor != "postgresql", reason="workers and tests share a database server")
def test_workers_and_beats_killed_at_random_lose_nothing_and_send_nothing_twice(
    cast: SimpleNamespace, redis: Redis, tmp_path: Path
) -> None:
    forecasts_due_tomorrow(cast.ada, HEADS)
    with unreliable_mail_server(FAULT_RATES) as (mail_server, port):
        processes = CeleryProcesses(redis, port, tmp_path)
        try:
            outcome = run_with_kills(processes, mail_server, heads=HEADS, kills=KILLS, pause=0.4, patience=PATIENCE)
        finally:
            processes.stop()
    assert outcome.problems(HEADS) == [], (outcome, (tmp_path / "worker0.log").read_text()[-2000:])


@pytest.fixture
def rings(redis: Redis, monkeypatch: pytest.MonkeyPatch, settings: Any) -> bell.Bell:
    """The bell rings for workers through a Redis of our own."""
    settings.REDIS_URL, settings.BELL_RINGS = redis.url, True
    app = Celery("own")
    app.conf.update(**transport())
    ringing = bell.Bell()
    monkeypatch.setattr("sop_portal.celery.app", app)
    monkeypatch.setattr(bell, "bell", ringing)
    return ringing


@pytest.mark.parametrize("sign", [signal.SIGSTOP, signal.SIGKILL])
def test_heads_submit_as_fast_as_ever_while_redis_is_frozen_or_gone(
    sign: signal.Signals, rings: bell.Bell, redis: Redis, cast: SimpleNamespace, as_person: Callable[[User], Client]
) -> None:
    cycle = forecasts_due_tomorrow(cast.ada, 4)
    fill_in_forecasts(cycle)
    forecasts = list(Forecast.objects.filter(cycle=cycle).select_related("cycle", "department").order_by("pk"))
    browsers = [as_person(User.objects.get(name=f"Head {place}")) for place in range(len(forecasts))]

    def submit(place: int) -> float:
        address = reverse("forecast-submit", args=[cycle.year, forecasts[place].department.slug])
        began = time.monotonic()
        assert browsers[place].post(address, {"key": str(uuid4()), "seen": "1"}).status_code == 302
        return time.monotonic() - began

    usually = max(submit(place) for place in range(2))
    redis.send(sign)
    assert max(submit(place) for place in range(2, 4)) < usually + 2
    assert Mail.objects.filter(state="pending", person=cast.chidi).count() == 4
    assert {browser.get("/").status_code for browser in browsers} == {200}


@pytest.mark.usefixtures("rings")
def test_ringing_a_frozen_redis_ends_in_seconds(redis: Redis) -> None:
    assert bell.publish() is True
    redis.send(signal.SIGSTOP)
    began = time.monotonic()
    assert bell.publish() is False
    assert time.monotonic() - began < 10
