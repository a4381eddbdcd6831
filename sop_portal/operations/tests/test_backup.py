"""Backups: whole or none, brought back to the last row and file, and no mail leaves twice by it."""

import io
import tarfile
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import settings as portal_settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection
from django.test import Client

from sop_portal.foundation.notices import outbox
from sop_portal.foundation.notices.models import Mail, Restoration
from sop_portal.foundation.organisation.models import Department, User
from sop_portal.foundation.papers.models import StoredFile, WaitingPaper
from sop_portal.foundation.papers.store import name_of, store
from sop_portal.foundation.trail.actions import verify
from sop_portal.foundation.trail.chain import START, seal
from sop_portal.foundation.trail.models import Entry
from sop_portal.operations.actions import backups, restoring
from sop_portal.operations.backup.archive import BrokenBackup, Manifest
from sop_portal.operations.deploy_checks import last_backup
from sop_portal.operations.models import Backup
from sop_portal.operations.tests.conftest import every_row
from sop_portal.tests.papers import waiting

# A backup sees what is committed.
pytestmark = pytest.mark.django_db(transaction=True)
DAY = timedelta(days=1)


def backed_up(portal: SimpleNamespace) -> Path:
    return backups.backup_into(portal.folder, at=portal.at).path


def content_of(name: str) -> bytes:
    return Path(default_storage.path(name)).read_bytes()


def restore(*arguments: str, at: Any) -> str:
    out = io.StringIO()
    call_command("restore", *arguments, now=at, stdout=out, stderr=io.StringIO())
    return out.getvalue()


def loss_of_everything(portal: SimpleNamespace) -> None:
    """What a day brought, and then a file is gone."""
    Department.objects.create(name="Later", slug="later")
    User.objects.filter(pk=portal.cast.amina.pk).update(name="Somebody")
    default_storage.delete(portal.file)


def test_a_backup_is_brought_back_to_the_last_row_and_file(portal: SimpleNamespace, client: Client) -> None:
    client.force_login(portal.cast.ada, backend="allauth.account.auth_backends.AuthenticationBackend")
    before, path = every_row(), backed_up(portal)
    assert client.get("/").status_code == 200
    loss_of_everything(portal)
    later = default_storage.save("papers/later.pdf", ContentFile(b"later"))
    said = restore(str(path), "--replace", at=portal.at + DAY)
    assert every_row() == before
    assert (content_of(portal.file), verify()) == (b"%PDF-1.4 a receipt", [])
    assert "No mail leaves" in said
    assert content_of(later) == b"later", "A file that was attached since stays."
    assert Path(default_storage.path(portal.file)).stat().st_mode & 0o777 == 0o600
    last = Entry.objects.order_by("-position")[0]
    assert (last.kind, last.verb, last.comment) == ("restoration", "restore", "2027-03-12 17:00 UTC")
    # Numbers go on where they were, what guards the trail is back, and nobody who was signed in then is so again.
    highest = max(Department.objects.values_list("pk", flat=True))
    assert Department.objects.create(name="New", slug="new").pk == highest + 1
    with pytest.raises(DatabaseError, match="never changes"):
        Entry.objects.all().delete()
    assert client.get("/").status_code == 302


def test_no_mail_leaves_twice_after_an_older_state_was_brought_back(portal: SimpleNamespace) -> None:
    path = backed_up(portal)
    assert outbox.send_batches(at=portal.at)["sent"] == 2
    restore(str(path), "--replace", at=portal.at + DAY)
    assert sum(outbox.send_batches(at=portal.at + DAY).values()) == 0
    call_command("release_mail", "--withdraw", now=portal.at + DAY, stdout=io.StringIO())
    assert sum(outbox.send_batches(at=portal.at + DAY).values()) == 0
    assert set(Mail.objects.values_list("state", flat=True)) == {"withdrawn"}


def test_held_mail_leaves_once_somebody_says_so(portal: SimpleNamespace) -> None:
    restore(str(backed_up(portal)), "--replace", at=portal.at + DAY)
    call_command("release_mail", "--send", now=portal.at + DAY, stdout=io.StringIO())
    assert outbox.send_batches(at=portal.at + DAY)["sent"] == 2
    assert Restoration.objects.get().released_at == portal.at + DAY


def test_a_backup_says_nothing_without_its_private_key(portal: SimpleNamespace, settings: Any, tmp_path: Path) -> None:
    out, key = io.StringIO(), tmp_path / "key"
    call_command("backup", "--new-key", str(key), stdout=out)
    settings.BACKUP_KEY = out.getvalue().strip().splitlines()[-1].removeprefix("BACKUP_KEY=")
    path = backed_up(portal)
    assert (path.name, key.stat().st_mode & 0o777, path.stat().st_mode & 0o777) == (
        "sop-portal-20270312T170000Z.tar.age",
        0o600,
        0o600,
    )
    assert b"amina" not in path.read_bytes()
    with pytest.raises(CommandError, match="name the file with its private key"):
        restore(str(path), "--check", at=portal.at)
    other = tmp_path / "other"
    call_command("backup", "--new-key", str(other), stdout=io.StringIO())
    with pytest.raises(CommandError, match="does not open with this key"):
        restore(str(path), "--check", "--identity", str(other), at=portal.at)
    before = every_row()
    loss_of_everything(portal)
    restore(str(path), "--replace", "--identity", str(key), at=portal.at + DAY)
    assert every_row() == before


def test_a_backup_goes_through_a_pipe(portal: SimpleNamespace, capsysbinary: Any, tmp_path: Path) -> None:
    call_command("backup", "-", now=portal.at)
    path = tmp_path / "piped"
    path.write_bytes(capsysbinary.readouterr().out)
    assert "is whole" in restore(str(path), "--check", at=portal.at)
    assert Backup.objects.get().size == path.stat().st_size


def strange(path: Path) -> bytes:
    """An archive whose part would land outside of where it is unpacked."""
    with tarfile.open(path, "w") as archive:
        entry = tarfile.TarInfo("files/../../outside")
        entry.size = 3
        archive.addfile(entry, io.BytesIO(b"bad"))
    return path.read_bytes()


def test_what_is_not_whole_or_does_not_belong_here_is_refused_and_nothing_changes(
    portal: SimpleNamespace, settings: Any, tmp_path: Path
) -> None:
    path, before = backed_up(portal), every_row()
    packed, spoilt = path.read_bytes(), tmp_path / "spoilt.tar"
    place = packed.index(b"a receipt")
    ways = {
        "It is cut off": packed[: len(packed) // 2],
        "cut off or no backup": b"",
        "“files/default/papers/receipt.pdf” is not what was backed up": packed[:place] + b"X" + packed[place + 1 :],
        "does not belong into a backup": strange(tmp_path / "strange.tar"),
    }
    for reason, content in ways.items():
        spoilt.write_bytes(content)
        with pytest.raises(CommandError, match=f"Nothing was brought back. .*{reason}"):
            restore(str(spoilt), "--replace", at=portal.at)
    with pytest.raises(CommandError, match="Add --replace if all of it may be lost"):
        restore(str(path), at=portal.at)
    settings.TRAIL_KEY = "another-0123456789-0123456789-0123456789"
    with pytest.raises(CommandError, match="sealed with another TRAIL_KEY"):
        restore(str(path), "--replace", at=portal.at)
    assert (every_row(), Restoration.objects.count()) == (before, 0)
    assert not (tmp_path.parent / "outside").exists()


@pytest.mark.parametrize(
    ("other", "reason"),
    [
        ({"vendor": "oracle"}, "It is a backup of oracle"),
        ({"migrations": [["planning", "9999_future"]]}, r"A newer version of the portal made it \(planning\)"),
    ],
)
def test_another_kind_of_database_and_a_newer_version_are_told_apart(other: dict[str, Any], reason: str) -> None:
    own: dict[str, Any] = {"made_at": "", "vendor": connection.vendor, "migrations": [["planning", "0001_initial"]]}
    trail = {"position": 0, "hash": START, "seal": seal(portal_settings.TRAIL_KEY, 0, START)}
    restoring.refuse_unfit(Manifest(**own, trail=trail))
    with pytest.raises(BrokenBackup, match=reason):
        restoring.refuse_unfit(Manifest(**own | other, trail=trail))


def test_a_backup_that_fails_leaves_nothing_that_looks_like_one(
    portal: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_any: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(backups, "write_archive", full)
    with pytest.raises(CommandError, match="No backup was made"):
        call_command("backup", str(portal.folder), now=portal.at)
    assert (list(portal.folder.iterdir()), Backup.objects.count()) == ([], 0)


def test_a_storage_that_is_no_folder_is_named(portal: SimpleNamespace, settings: Any) -> None:
    settings.STORAGES = settings.STORAGES | {"papers": {"BACKEND": "django.core.files.storage.InMemoryStorage"}}
    err = io.StringIO()
    call_command("backup", str(portal.folder), now=portal.at, stdout=io.StringIO(), stderr=err)
    assert err.getvalue() == "The storage “papers” is no folder and not in the backup: keep it by its own means.\n"


def test_only_the_newest_backups_are_kept(portal: SimpleNamespace) -> None:
    for days in range(3):
        call_command("backup", str(portal.folder), "--keep", "2", now=portal.at + days * DAY, stdout=io.StringIO())
    names = sorted(path.name for path in portal.folder.iterdir())
    assert names == ["sop-portal-20270313T170000Z.tar", "sop-portal-20270314T170000Z.tar"]


def test_the_check_before_deploying_asks_when_the_last_good_backup_was(
    portal: SimpleNamespace, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def asked(at: Any) -> list[str]:
        monkeypatch.setattr("sop_portal.operations.deploy_checks.clock.now", lambda: at)
        return [str(found.msg) for found in last_backup()]

    assert asked(portal.at) == ["Nobody ever made a backup of this portal."]
    backed_up(portal)
    assert (asked(portal.at + DAY), asked(portal.at + 2 * DAY)) == ([], [])
    assert asked(portal.at + 3 * DAY) == ["The last good backup was made on 2027-03-12 at 17:00 UTC, 3 days ago."]
    settings.BACKUP_MAX_AGE_DAYS = 4
    assert asked(portal.at + 3 * DAY) == []


PHOTO = b"%PDF-1.4 a photo of the receipt"


@pytest.fixture
def paper(portal: SimpleNamespace, settings: Any, tmp_path: Path) -> Path:
    """A paper that waits for a form, in a folder of papers apart; where its file lies."""
    papers = settings.STORAGES["papers"]
    options = {**papers["OPTIONS"], "location": str(tmp_path / "papers")}
    settings.STORAGES = {**settings.STORAGES, "papers": {**papers, "OPTIONS": options}}
    stored = waiting(portal.cast.dora, portal.at, content=PHOTO).file
    return Path(store().path(name_of(stored.sha256)))


def backup_command(portal: SimpleNamespace, *more: str, days: int = 0) -> str:
    out = io.StringIO()
    call_command("backup", str(portal.folder), *more, now=portal.at + days * DAY, stdout=out, stderr=io.StringIO())
    return out.getvalue()


def test_a_backup_with_its_papers_brings_them_back(portal: SimpleNamespace, paper: Path) -> None:
    assert "read again and whole" in backup_command(portal)
    paper.unlink()
    [path] = portal.folder.iterdir()
    restore(str(path), "--replace", at=portal.at + DAY)
    assert paper.read_bytes() == PHOTO


@pytest.mark.parametrize("spoil", [Path.unlink, lambda path: path.write_bytes(PHOTO[::-1])], ids=["gone", "another"])
def test_a_backup_without_the_file_of_a_paper_names_it_and_counts_as_none(
    portal: SimpleNamespace, paper: Path, spoil: Any
) -> None:
    backup_command(portal)
    spoil(paper)
    for days in (1, 2):
        with pytest.raises(CommandError, match=f"No whole backup was made. .*missing .1.: {paper.name}"):
            backup_command(portal, "--keep", "1", days=days)
    whole, lacking = sorted((path.name for path in portal.folder.iterdir()), reverse=True)
    assert (whole, lacking) == ("sop-portal-20270312T170000Z.tar", "incomplete-sop-portal-20270314T170000Z.tar")
    assert [found.at for found in Backup.objects.all()] == [portal.at], "The check before deploying asks on."
    with pytest.raises(CommandError, match="No whole backup"):
        call_command("backup", "-", now=portal.at + 3 * DAY)
    assert Backup.objects.count() == 1


def test_a_backup_without_the_file_of_a_paper_is_brought_back_only_by_who_says_so(
    portal: SimpleNamespace, paper: Path
) -> None:
    paper.unlink()
    with pytest.raises(CommandError, match="No whole backup"):
        backup_command(portal)
    [path] = portal.folder.iterdir()
    before = every_row()
    for more in (["--check"], ["--replace"]):
        with pytest.raises(CommandError, match=f"Nothing was brought back. .*{paper.name}.*--without-files"):
            restore(str(path), *more, at=portal.at + DAY)
    assert (every_row(), Restoration.objects.count()) == (before, 0)
    assert "as it was written: Files of papers" in restore(
        str(path), "--replace", "--without-files", at=portal.at + DAY
    )
    # Where the storage here still has it, nothing is missing.
    paper.parent.mkdir(exist_ok=True)
    paper.write_bytes(PHOTO)
    assert "is whole" in restore(str(path), "--check", at=portal.at + DAY)


def test_a_storage_that_is_no_folder_is_asked_itself_for_what_a_backup_names(
    portal: SimpleNamespace, paper: Path, settings: Any
) -> None:
    backup_command(portal)
    [path] = portal.folder.iterdir()
    settings.STORAGES = settings.STORAGES | {"papers": {"BACKEND": "django.core.files.storage.InMemoryStorage"}}
    # That the backup holds the file helps nobody: it is put into folders alone.
    with pytest.raises(CommandError, match=f"Nothing was brought back. .*{paper.name}.*--without-files"):
        restore(str(path), "--check", at=portal.at + DAY)
    store().save(name_of(paper.name), ContentFile(PHOTO))
    assert "is whole" in restore(str(path), "--check", at=portal.at + DAY)


def test_a_paper_taken_back_while_the_files_were_copied_is_no_loss(
    portal: SimpleNamespace, paper: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def take_back(folders: Any = backups.folders_of_files) -> Any:
        WaitingPaper.objects.all().delete()
        StoredFile.objects.all().delete()
        paper.unlink()
        return folders()

    monkeypatch.setattr(backups, "folders_of_files", take_back)
    assert "read again and whole" in backup_command(portal)


def test_what_cannot_be_written_is_said_before_anything_changes(
    portal: SimpleNamespace, settings: Any, tmp_path: Path
) -> None:
    path, before = backed_up(portal), every_row()
    loss_of_everything(portal)
    lost = every_row()
    # A file in the place of a folder stops even the user who may do everything.
    blocked = tmp_path / "blocked"
    blocked.write_text("")
    for setting, value in (("TRAIL_ANCHOR_FILE", str(blocked / "trail")), ("MEDIA_ROOT", str(blocked / "media"))):
        usual = getattr(settings, setting)
        setattr(settings, setting, value)
        with pytest.raises(CommandError, match=r"Nothing was brought back. .*blocked"):
            restore(str(path), "--replace", at=portal.at + DAY)
        assert (every_row(), Restoration.objects.count()) == (lost, 0)
        setattr(settings, setting, usual)
    restore(str(path), "--replace", at=portal.at + DAY)
    assert every_row() == before


def test_a_restore_that_fails_at_the_end_says_that_the_database_is_replaced(
    portal: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(**_any: object) -> None:
        raise OSError(28, "No space left on device")

    path, before = backed_up(portal), every_row()
    loss_of_everything(portal)
    monkeypatch.setattr(restoring, "anchor_trail", full)
    with pytest.raises(CommandError, match=r"It was brought back, but not to the end. .*No space left"):
        restore(str(path), "--replace", at=portal.at + DAY)
    assert (every_row(), Restoration.objects.count()) == (before, 1)


def test_the_private_key_goes_through_a_pipe(
    portal: SimpleNamespace, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    out, err = io.StringIO(), io.StringIO()
    call_command("backup", "--new-key", "-", stdout=out, stderr=err)
    settings.BACKUP_KEY = err.getvalue().strip().removeprefix("BACKUP_KEY=")
    path = backed_up(portal)
    monkeypatch.setattr("sys.stdin", io.StringIO(out.getvalue()))
    assert "is whole" in restore(str(path), "--check", "--identity", "-", at=portal.at)
    with pytest.raises(CommandError, match="name a file for one of them"):
        restore("-", "--check", "--identity", "-", at=portal.at)
