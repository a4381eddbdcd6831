"""Rows and files of papers belong together, whatever was killed in between; two uploads race for the last bytes."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core.management import call_command
from django.db import connection

from sop_portal.dashboards.checks.papers import papers as wrong
from sop_portal.foundation.kit.refusals import NotReady
from sop_portal.foundation.papers import actions, store
from sop_portal.foundation.papers.models import PaperSpace, StoredFile, WaitingPaper
from sop_portal.foundation.papers.tests.conftest import NOW
from sop_portal.foundation.papers.tests.files import brought, picture
from sop_portal.tests.concurrency import at_once
from sop_portal.tests.papers import waiting

LONG_AGO = 7200


def aged(folder: Path) -> None:
    """As if everything in the folder had been written long ago."""
    for path in folder.rglob("*"):
        os.utime(path, (time.time() - LONG_AGO,) * 2)


def test_what_belongs_together_is_not_mended(cast: SimpleNamespace, own_storage: Path) -> None:
    waiting(cast.ben, NOW)
    aged(own_storage)
    assert (list(wrong()), list(actions.mend())) == ([], [])


def test_a_file_without_a_row_is_found_and_removed(cast: SimpleNamespace, own_storage: Path) -> None:
    kept = waiting(cast.ben, NOW)
    stray = own_storage / "ab" / ("ab" + "0" * 62)
    stray.parent.mkdir(parents=True)
    stray.write_bytes(b"half of a file")
    # As long as an upload may be under way its file is no problem.
    assert list(wrong()) == []
    aged(own_storage)
    assert [sentence.split(" of ")[0] for sentence in wrong()] == [f"File ab/{stray.name}"]
    assert list(actions.mend()) == [f"Removed ab/{stray.name}: no row names it."]
    assert (stray.exists(), store.is_there(kept.file.sha256), list(wrong())) == (False, True, [])


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["portal.tar", "notes/readme.txt", "ab/notes.txt", f"ab/{'0' * 64}"])
def test_what_somebody_else_put_beside_papers_is_none_of_ours(name: str, own_storage: Path) -> None:
    theirs = own_storage / name
    theirs.parent.mkdir(parents=True)
    theirs.write_bytes(b"a backup")
    aged(own_storage)
    assert (list(wrong()), list(actions.mend()), theirs.read_bytes()) == ([], [], b"a backup")


@pytest.mark.django_db
@pytest.mark.parametrize("end", ["_x1Y2z3A", ".part"])
def test_what_was_written_beside_a_file_of_ours_is_ours(end: str, own_storage: Path) -> None:
    stray = own_storage / "ab" / ("ab" + "0" * 62 + end)
    stray.parent.mkdir(parents=True)
    stray.write_bytes(b"half of a file")
    assert (list(actions.mend()), stray.exists()) == ([f"Removed ab/{stray.name}: no row names it."], False)


def test_a_row_that_no_paper_holds_goes_with_its_file(
    cast: SimpleNamespace, own_storage: Path, django_capture_on_commit_callbacks: Any
) -> None:
    waiting(cast.ben, NOW)
    WaitingPaper.objects.all().delete()
    assert "no paper holds it" in next(iter(wrong()))
    with django_capture_on_commit_callbacks(execute=True):
        assert list(actions.mend()) == ["Removed 1 files of papers that no paper holds."]
    assert (list(wrong()), [path for path in own_storage.rglob("*") if path.is_file()]) == ([], [])


@pytest.mark.parametrize(("content", "said"), [(None, "is gone"), (b"another file", "is not what was attached")])
def test_a_paper_whose_file_is_gone_or_another_is_named(
    content: bytes | None, said: str, cast: SimpleNamespace, own_storage: Path
) -> None:
    path = own_storage / store.name_of(waiting(cast.ben, NOW).file.sha256)
    path.unlink() if content is None else path.write_bytes(content)
    assert said in next(iter(wrong()))
    assert list(actions.mend()) == []


def test_a_file_that_was_lost_is_back_once_somebody_brings_it_again(cast: SimpleNamespace, own_storage: Path) -> None:
    lost = waiting(cast.ben, NOW)
    (own_storage / store.name_of(lost.file.sha256)).unlink()
    assert [sentence.partition(" is gone")[1] for sentence in wrong()] == [" is gone"]
    assert waiting(cast.dora, NOW).file == lost.file
    assert (list(wrong()), PaperSpace.objects.get().used) == ([], lost.file.size)


def test_space_counted_wrongly_is_counted_anew(cast: SimpleNamespace, capsys: pytest.CaptureFixture[str]) -> None:
    waiting(cast.ben, NOW)
    size = PaperSpace.objects.get().used
    PaperSpace.objects.update(used=7)
    assert list(wrong()) == [f"Papers take {size} bytes, but 7 are counted: check_invariants --mend counts anew."]
    call_command("check_invariants", "--mend")
    assert f"The space of papers was 7 bytes; it is {size}." in capsys.readouterr().out


@pytest.mark.django_db(transaction=True)
def test_of_two_uploads_racing_for_the_last_of_the_space_one_is_refused(
    cast: SimpleNamespace, settings: Any, own_storage: Path
) -> None:
    contents = [picture("PNG", (200, 200), colour) for colour in ("red", "blue")]
    settings.PAPERS_SPACE = max(map(len, contents)) + 100

    def upload(number: int) -> str:
        try:
            actions.bring(brought(f"{number}.png", contents[number]), by=cast.ben, at=NOW)
        except NotReady as refusal:
            return str(refusal.sentence)[:5]
        return "taken"

    answers = at_once([lambda: upload(0), lambda: upload(1)])
    assert sorted(str(answer)[:1] for answer in answers) == ["t", "“"]
    assert (StoredFile.objects.count(), len([p for p in own_storage.rglob("*") if p.is_file()])) == (1, 1)
    assert PaperSpace.objects.get().used == StoredFile.objects.get().size


@pytest.mark.django_db(transaction=True)
def test_the_same_file_brought_twice_at_once_is_kept_once(cast: SimpleNamespace, own_storage: Path) -> None:
    content = picture("PNG")
    at_once([lambda: actions.bring(brought("a.png", content), by=cast.ben, at=NOW) for _each in range(2)])
    assert (StoredFile.objects.count(), WaitingPaper.objects.count(), list(wrong())) == (1, 2, [])


BRINGING = """
import sys
import django
django.setup()
from django.conf import settings
from django.db import connections
connections.databases["default"]["NAME"] = sys.argv[1]
settings.STORAGES["papers"]["OPTIONS"]["location"] = sys.argv[2]
from sop_portal.foundation.organisation.models import User
from sop_portal.foundation.kit import clock
from sop_portal.foundation.organisation.models import User
from sop_portal.foundation.papers import actions
from sop_portal.tests.papers import waiting
ben, number = User.objects.get(email="ben@example.org"), 0
print("ready", flush=True)
while True:
    number += 1
    one = waiting(ben, clock.now(), content=b"%PDF-" + str(number % 40).encode() * 40_000)
    if number % 3 == 0:
        actions.leave_waiting(one.token, by=ben, at=clock.now())
"""


@pytest.mark.slow
@pytest.mark.sqlite
@pytest.mark.django_db(transaction=True)
def test_killed_in_the_middle_every_row_has_its_file_and_every_file_its_row_once_mended(
    cast: SimpleNamespace, own_storage: Path
) -> None:
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "sop_portal.tests.settings"}
    command = [sys.executable, "-c", BRINGING, str(connection.settings_dict["NAME"]), str(own_storage)]
    for round_number in range(6):
        with subprocess.Popen(command, env=environment, cwd=django_settings.BASE_DIR, stdout=subprocess.PIPE) as child:
            assert child.stdout is not None
            assert child.stdout.readline() == b"ready\n"
            time.sleep(0.3 + 0.17 * round_number)
            child.send_signal(signal.SIGKILL)
        # Whatever was under way: no row is without its file.
        assert [sentence for sentence in wrong() if "gone" in sentence or "not what" in sentence] == []
        list(actions.mend())
        aged(own_storage)
        assert list(wrong()) == []
    assert WaitingPaper.objects.count() > 0
