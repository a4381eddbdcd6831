"""A broken trail is said aloud, and an older one brought back whole is found by what was noted outside."""

import logging
from datetime import datetime, timedelta
from io import StringIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import settings as portal
from django.core import mail
from django.core.management import call_command
from django.test import Client
from django.utils import translation

from sop_portal.foundation.notices.models import Mail, Notice
from sop_portal.foundation.trail.actions import end_of_trail, record
from sop_portal.foundation.trail.chain import seal
from sop_portal.foundation.trail.models import Entry, Head, Verification
from sop_portal.operations.actions.trail_watch import anchor_trail, check_trail
from sop_portal.operations.deploy_checks import trail_file_writable
from sop_portal.operations.tasks import anchor_trail as hourly
from sop_portal.operations.tasks import check_trail as daily
from sop_portal.tests.shared_fixtures import shared_fixture
from sop_portal.tests.test_trail import put_guards_out_of_action

HOUR = timedelta(hours=1)
BROKEN = "The trail is broken: somebody changed, removed or brought back entries behind the portal’s back."


@shared_fixture
def chain(cast: SimpleNamespace, noon: datetime) -> list[Entry]:
    """Six entries."""
    for turn in range(6):
        record("forecast", SimpleNamespace(pk=7), f"edit {turn}", by=cast.amina.pk, at=noon)
    return list(Entry.objects.order_by("position"))


@pytest.fixture
def noted(settings: Any, tmp_path: Path) -> Path:
    """A file outside of the database."""
    settings.TRAIL_ANCHOR_FILE = str(tmp_path / "outside" / "trail")
    return Path(settings.TRAIL_ANCHOR_FILE)


def break_seal() -> None:
    """The trail's end is no longer genuine: whoever owns the database can do that."""
    put_guards_out_of_action()
    Head.objects.update(seal="0" * 64)


def bring_back_older(entries: list[Entry], position: int) -> None:
    """Whoever owns the database brings an older one back whole: what came later is not there."""
    put_guards_out_of_action()
    Entry.objects.filter(position__gt=position).delete()
    last = entries[position - 1].hash
    Head.objects.update(position=position, hash=last, seal=seal(portal.TRAIL_KEY, position, last))


def told() -> list[tuple[str, str]]:
    with translation.override("en"):
        return [(notice.person.name, notice.plain) for notice in Notice.objects.order_by("person__name")]


def test_administrator_and_auditor_are_told_once_that_the_trail_is_broken(
    chain: list[Entry], cast: SimpleNamespace, noon: datetime, caplog: pytest.LogCaptureFixture
) -> None:
    assert (check_trail(at=noon), told()) == ([], [])
    break_seal()
    with caplog.at_level(logging.CRITICAL):
        for hours in range(2):
            assert check_trail(at=noon + hours * HOUR) == ["The seal of the trail's end is not genuine."]
    assert told() == [(person.name, BROKEN) for person in sorted((cast.ada, cast.omar), key=lambda one: one.name)]
    assert Mail.objects.count() == 2
    words = "The trail is broken in 1 places: manage.py verify_trail names them"
    assert [line.getMessage() for line in caplog.records] == [words] * 2


def test_a_broken_trail_is_red_for_the_load_balancer(chain: list[Entry], noon: datetime) -> None:
    check_trail(at=noon)
    assert Client().get("/readyz").status_code == 200
    break_seal()
    check_trail(at=noon + HOUR)
    answer = Client().get("/readyz")
    assert (answer.status_code, answer.content) == (503, b"The trail was found broken: run manage.py verify_trail.")


def test_the_end_is_noted_outside_when_it_moved(
    chain: list[Entry], cast: SimpleNamespace, noon: datetime, noted: Path
) -> None:
    assert [anchor_trail(at=noon), anchor_trail(at=noon + HOUR)] == [True, True]
    assert noted.read_text() == f"2027-03-12T17:00:00Z {end_of_trail()}\n"
    record("forecast", SimpleNamespace(pk=7), "edit", by=cast.amina.pk, at=noon)
    hourly()
    assert [line.split()[1] for line in noted.read_text().splitlines()][-1] == end_of_trail()


def test_an_older_database_brought_back_whole_is_found_within_the_hour(
    chain: list[Entry], noon: datetime, noted: Path
) -> None:
    anchor_trail(at=noon)
    before = noted.read_text()
    bring_back_older(chain, 4)
    hourly()
    assert Verification.objects.order_by("-pk").values_list("problems", flat=True)[0] == 1
    assert noted.read_text() == before, "What was noted is not overwritten by what came back."


def test_without_a_file_outside_it_is_not_found(chain: list[Entry], noon: datetime) -> None:
    bring_back_older(chain, 4)
    assert check_trail(at=noon) == []


def test_the_end_is_mailed_to_where_the_setting_says(chain: list[Entry], settings: Any) -> None:
    daily()
    settings.TRAIL_ANCHOR_MAIL = ["board@example.org"]
    daily()
    [sent] = mail.outbox
    assert (sent.to, end_of_trail() in sent.body) == (["board@example.org"], True)
    break_seal()
    daily()
    assert len(mail.outbox) == 1


def test_a_mail_server_that_is_away_stops_no_check(chain: list[Entry], settings: Any) -> None:
    settings.TRAIL_ANCHOR_MAIL = ["board@example.org"]
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    daily()
    assert Verification.objects.get().problems == 0


def test_the_command_tells_them_too(chain: list[Entry], cast: SimpleNamespace) -> None:
    break_seal()
    with pytest.raises(SystemExit):
        call_command("verify_trail", stdout=StringIO())
    assert len(told()) == 2


def test_a_file_outside_that_cannot_be_written_stops_no_check_and_is_asked_for(
    chain: list[Entry], settings: Any, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "blocked").write_text("")
    settings.TRAIL_ANCHOR_FILE = str(tmp_path / "blocked" / "trail")
    with caplog.at_level(logging.ERROR):
        hourly()
        daily()
    assert Verification.objects.get().problems == 0
    assert {"was not noted in TRAIL_ANCHOR_FILE" in line.getMessage() for line in caplog.records} == {True}
    assert [found.id for found in trail_file_writable()] == ["sop_portal.W003"]
    settings.TRAIL_ANCHOR_FILE = str(tmp_path / "free" / "trail")
    assert trail_file_writable() == []
