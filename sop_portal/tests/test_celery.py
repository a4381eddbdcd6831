"""How workers and beats are set up: what a ring may lose, repeat, or hold up."""

import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings as portal

from sop_portal.celery import EVERY_MINUTE, app, transport
from sop_portal.foundation.notices import bell, lease, outbox
from sop_portal.foundation.notices.tasks import send_mail
from sop_portal.operations.tasks import anchor_trail, check_trail
from sop_portal.people.tasks import purge_daily
from sop_portal.reminders.tasks import sweep
from sop_portal.tests.test_house_layout import outside_tests

ROOT = Path(portal.BASE_DIR)


def test_a_ring_is_kept_until_it_is_done_and_leaves_no_result() -> None:
    names = (
        "task_acks_late",
        "task_reject_on_worker_lost",
        "worker_prefetch_multiplier",
        "task_ignore_result",
        "accept_content",
        "task_serializer",
    )
    assert [getattr(app.conf, name) for name in names] == [True, True, 1, True, ["json"], "json"]


def test_beat_rings_every_minute_for_what_workers_know_and_forgets_what_nobody_heard() -> None:
    rung = {
        name: (entry["task"], entry["schedule"], entry.get("options")) for name, entry in app.conf.beat_schedule.items()
    }
    assert rung == {
        "remind": (sweep.name, 60.0, {"expires": 55}),
        "send": (send_mail.name, 60.0, {"expires": 55}),
        "check the trail": (check_trail.name, 86_400.0, None),
        "anchor the trail": (anchor_trail.name, 3_600.0, None),
        "purge": (purge_daily.name, 86_400.0, None),
    }
    assert {sweep.name, send_mail.name} == set(EVERY_MINUTE.values())
    assert send_mail.name == bell.TASK


def test_a_worker_knows_the_tasks_of_every_package_that_has_some() -> None:
    """A worker imports what celery.py names, and nothing else tells it what a ring means."""
    asked = "from sop_portal.celery import app; app.loader.import_default_modules(); print(*app.tasks)"
    known = subprocess.run([sys.executable, "-c", asked], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    modules = {name.rpartition(".")[0] for name in known.split() if name.startswith("sop_portal.")}
    written = [path for path in outside_tests() if "@shared_task" in path.read_text()]
    assert modules == {".".join(path.relative_to(ROOT).with_suffix("").parts) for path in written}, (
        "Name the package in autodiscover_tasks of sop_portal/celery.py."
    )


def test_a_frozen_redis_holds_up_nobody_for_longer_than_two_seconds(settings: Any) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    options = transport()["broker_transport_options"]
    assert (options["socket_timeout"], options["socket_connect_timeout"], options["max_retries"]) == (2.0, 0.5, 0)


def test_sending_ends_before_a_worker_is_stopped_and_that_before_redis_rings_again(settings: Any) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    # Clearing, connecting anew, its first word, greeting, and the four answers to one mail.
    one_mail = 8 * timedelta(seconds=settings.EMAIL_TIMEOUT)
    ends = [
        outbox.LONGEST_RUN + outbox.LONGEST_BATCH + one_mail,
        timedelta(seconds=app.conf.task_soft_time_limit),
        timedelta(seconds=app.conf.task_time_limit),
        timedelta(seconds=transport()["broker_transport_options"]["visibility_timeout"]),
    ]
    assert ends == sorted(set(ends))
    assert outbox.LONGEST_BATCH + one_mail < lease.LEASE


ONCE = {"sop-portal-migrate.service", "sop-portal-backup.service"}


def test_units_and_compose_file_run_what_the_portal_has_and_start_it_again() -> None:
    units = {path.name: path.read_text() for path in (ROOT / "deploy" / "systemd").glob("*.service")}
    assert {name: "Restart=always" in text for name, text in units.items()} == {
        name: name not in ONCE for name in units
    }
    assert {name for name, text in units.items() if "Type=oneshot" in text} == ONCE
    commands = {name: "celery -A sop_portal" in text for name, text in units.items() if name not in ONCE}
    assert commands == {
        "sop-portal-web.service": False,
        "sop-portal-worker@.service": True,
        "sop-portal-beat.service": True,
    }
    # The portal's own processes share one line; a migration is run once.
    compose = (ROOT / "deploy" / "compose.yaml").read_text()
    assert (compose.count("restart: always"), compose.count('restart: "no"')) == (3, 1)


def test_whoever_notes_the_trail_or_brings_papers_back_has_the_folders_for_it() -> None:
    units = {path.name: path.read_text() for path in (ROOT / "deploy" / "systemd").glob("*.service")}
    assert [name for name, text in units.items() if "StateDirectory=sop-portal" not in text] == []
    assert [name for name, text in units.items() if "StateDirectoryMode=0700" not in text] == []
    parts = (ROOT / "deploy" / "compose.yaml").read_text().split("\n\n")
    mounted = [part.split(":")[0].strip() for part in parts if '"files:/opt/sop-portal/var/media"' in part]
    assert mounted == ["migrate", "web", "worker"]
    assert "mkdir -p var/media" in (ROOT / "deploy" / "Dockerfile").read_text()


def test_only_who_migrates_knows_the_owner_of_the_database() -> None:
    units = {path.name: path.read_text() for path in (ROOT / "deploy" / "systemd").glob("*.service")}
    assert [name for name, text in units.items() if "sop-portal-owner.env" in text] == ["sop-portal-migrate.service"]
    assert "manage.py database_roles" in units["sop-portal-migrate.service"]
    parts = (ROOT / "deploy" / "compose.yaml").read_text().split("\n\n")
    assert [part.split(":")[0].strip() for part in parts if "OWNER_DATABASE_URL" in part] == ["migrate"]
    assert "database_roles" in next(part for part in parts if part.strip().startswith("migrate:"))
