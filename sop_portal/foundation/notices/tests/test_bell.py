"""The bell: rung after the commit, from a thread of its own, and never in anybody's way."""

import threading
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import transaction

from sop_portal.celery import app
from sop_portal.foundation.notices import bell


@pytest.fixture
def rung(monkeypatch: pytest.MonkeyPatch, settings: Any) -> list[float]:
    """When the bell was rung."""
    settings.BELL_RINGS = True
    moments: list[float] = []
    monkeypatch.setattr(bell.bell, "ring", lambda: moments.append(time.monotonic()))
    return moments


def ring_and_fail() -> None:
    with transaction.atomic():
        bell.ring_on_commit()
        raise ZeroDivisionError


@pytest.mark.django_db(transaction=True)
def test_it_rings_after_the_commit_and_not_for_what_was_undone(rung: list[float]) -> None:
    with transaction.atomic():
        bell.ring_on_commit()
        assert rung == []
    assert len(rung) == 1
    with pytest.raises(ZeroDivisionError):
        ring_and_fail()
    assert len(rung) == 1


def test_a_slow_broker_holds_nobody_up_and_many_rings_become_few(monkeypatch: pytest.MonkeyPatch) -> None:
    slow, done = threading.Event(), []

    def publish() -> bool:
        slow.wait(5)
        done.append(1)
        return True

    monkeypatch.setattr(bell, "publish", publish)
    ringing, began = bell.Bell(), time.monotonic()
    for _commit in range(500):
        ringing.ring()
    assert time.monotonic() - began < 0.5
    slow.set()
    time.sleep(0.3)
    assert 1 <= len(done) <= 2


def test_a_broken_broker_is_logged_and_forgotten(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse(*_args: Any, **_options: Any) -> None:
        raise AttributeError("'NoneType' object has no attribute 'hostname'")

    monkeypatch.setattr(bell, "nobody_listens", lambda: False)
    monkeypatch.setattr(app, "send_task", refuse)
    assert bell.publish() is False
    assert "The bell did not ring" in caplog.text


def test_rings_do_not_pile_up_where_nobody_listens(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    conf, rung = SimpleNamespace(broker_transport_options={"data_folder_in": str(tmp_path)}), []
    broker = SimpleNamespace(conf=conf, send_task=lambda name, **_options: rung.append(name))
    monkeypatch.setattr("sop_portal.celery.app", broker)
    assert (bell.publish(), rung) == (True, [bell.TASK])
    for number in range(bell.MOST_UNHEARD):
        assert bell.nobody_listens() is False
        (tmp_path / f"{number}.msg").touch()
    assert (bell.nobody_listens(), bell.publish(), rung) == (True, False, [bell.TASK])
