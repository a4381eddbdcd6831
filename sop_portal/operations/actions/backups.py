"""Making a backup, and bringing one back."""

import os
import shutil
import tempfile
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, cast

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from sop_portal.foundation.notices.models import Restoration
from sop_portal.foundation.trail.actions import end_of_trail, verify
from sop_portal.foundation.trail.chain import seal
from sop_portal.foundation.trail.models import Head
from sop_portal.foundation.workflow.engine import note
from sop_portal.operations.actions.trail_watch import anchor_trail
from sop_portal.operations.backup import databases, encryption
from sop_portal.operations.backup.archive import (
    DATABASE,
    FILES,
    PIECE,
    BrokenBackup,
    ChecksummedStream,
    Manifest,
    unpack_archive,
    write_archive,
)
from sop_portal.operations.backup.storages import folders_of_files
from sop_portal.operations.models import Backup

NAME = "sop-portal-{at:%Y%m%dT%H%M%SZ}.tar"
PATTERN = "sop-portal-????????T??????Z.tar*"


@dataclass(frozen=True)
class Restored:
    """What was brought back: from when, where its trail ends, and what is wrong with it."""

    made_at: datetime
    trail_end: str
    wrong: list[str]


def write_backup(out: IO[bytes], *, at: datetime, work: Path | None = None) -> ChecksummedStream:
    """Write database and files, encrypted where BACKUP_KEY says for whom."""
    with tempfile.TemporaryDirectory(prefix=".backup-", dir=work) as folder:
        manifest, database = _manifest(at), Path(folder) / DATABASE
        databases.dump_database(database)
        summed = ChecksummedStream(out)

        def write(stream: IO[bytes]) -> None:
            write_archive(stream, manifest, database, folders_of_files())

        if settings.BACKUP_KEY:
            encryption.write_encrypted(write, cast(IO[bytes], summed), encryption.recipient_of(settings.BACKUP_KEY))
        else:
            write(cast(IO[bytes], summed))
        summed.flush()
    return summed


def backup_into(folder: Path, *, at: datetime) -> Path:
    """Write a backup into a folder, read it again from there, and only then call it one."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / (NAME.format(at=at.astimezone(UTC)) + (".age" if settings.BACKUP_KEY else ""))
    unfinished = path.with_name(path.name + ".part")
    try:
        with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
            written = write_backup(out, at=at, work=folder)
            os.fsync(out.fileno())
        _read_again(unfinished, written)
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
    note_backup(written.size, at=at)
    return path


def _read_again(path: Path, written: ChecksummedStream) -> None:
    with path.open("rb") as stream:
        summed = ChecksummedStream(stream)
        while summed.read(PIECE):
            pass
    if summed.said != written.said:
        raise BrokenBackup("What stands on the disk is not what was written to it.")


def note_backup(size: int, *, at: datetime) -> Backup:
    """Keep that a backup was made: `check --deploy` and the metrics ask when the last one was."""
    return Backup.objects.create(at=at, size=size, is_encrypted=bool(settings.BACKUP_KEY), trail_end=end_of_trail())


def drop_old_backups(folder: Path, keep: int) -> list[Path]:
    """Remove all but the newest backups of a folder."""
    old = sorted(folder.glob(PATTERN))[:-keep]
    for path in old:
        path.unlink()
    return old


def _manifest(at: datetime) -> Manifest:
    head = Head.objects.get(pk=1)
    trail = {"position": head.position, "hash": head.hash, "seal": head.seal}
    return Manifest(at.astimezone(UTC).isoformat(), connection.vendor, _applied(), trail)


def _applied() -> list[list[str]]:
    return [list(key) for key in sorted(MigrationRecorder(connection).applied_migrations())]


@contextmanager
def opened_backup(source: IO[bytes], key: Path | None) -> Iterator[tuple[Manifest, Path]]:
    """A backup, decrypted, unpacked and held against its checksums in a folder of its own for as long as it is used."""
    with tempfile.TemporaryDirectory(prefix="restore-") as name:
        folder, packed = Path(name), Path(name) / "packed"
        with packed.open("wb") as out:
            _copy_readable(source, out, key)
        parts = folder / "parts"
        parts.mkdir()
        with packed.open("rb") as stream:
            manifest = unpack_archive(stream, parts)
        packed.unlink()
        yield manifest, parts


def _copy_readable(source: IO[bytes], out: IO[bytes], key: Path | None) -> None:
    first = source.read(len(encryption.MARK))
    if not first.startswith(encryption.MARK):
        out.write(first)
        shutil.copyfileobj(source, out, PIECE)
        return
    with tempfile.TemporaryFile() as whole:
        whole.write(first)
        shutil.copyfileobj(source, whole, PIECE)
        whole.seek(0)
        encryption.decrypt_file(whole, out, encryption.identity_in(key) if key else None)


def refuse_unfit(manifest: Manifest) -> None:
    """Refuse what this portal cannot carry on with: another kind of database, a newer version, another trail's key."""
    if manifest.vendor != connection.vendor:
        raise BrokenBackup(
            f"It is a backup of {manifest.vendor}, and the portal's database is {connection.vendor}. Bring it back "
            f"where DATABASE_URL names {manifest.vendor}; `manage.py move_to` takes it from SQLite to PostgreSQL then."
        )
    known = MigrationLoader(None).disk_migrations
    newer = sorted({app for app, name in manifest.migrations if (app, name) not in known and _is_ours(app, known)})
    if newer:
        raise BrokenBackup(f"A newer version of the portal made it ({', '.join(newer)}): install that one first.")
    trail = manifest.trail
    if seal(settings.TRAIL_KEY, int(trail["position"]), str(trail["hash"])) != trail["seal"]:
        raise BrokenBackup("Its trail is sealed with another TRAIL_KEY: set the one it was made with.")


def _is_ours(app: str, known: Collection[tuple[str, str]]) -> bool:
    return any(label == app for label, _name in known)


def restore_backup(manifest: Manifest, parts: Path, *, at: datetime) -> Restored:
    """Put database and files in their place. No mail leaves until somebody says what becomes of it."""
    _restore_files(parts / FILES)
    made_at = datetime.fromisoformat(manifest.made_at)
    databases.load_database(parts / DATABASE, _hold_mail(made_at, at))
    # An older version made it: from here on the database is asked in the words of this one.
    call_command("migrate", interactive=False, verbosity=0)
    restoration = Restoration.objects.get(restored_at=at)
    note("restoration", restoration, "restore", by=None, at=at, comment=f"{made_at:%Y-%m-%d %H:%M} UTC")
    anchor_trail(at=at, remark="brought back")
    return Restored(made_at, end_of_trail(), verify())


def _hold_mail(made_at: datetime, at: datetime) -> list[str]:
    """The statement that holds all mail, in the transaction that brings it back: no worker comes in between."""
    as_kept = connection.ops.adapt_datetimefield_value
    moments = ", ".join(f"'{as_kept(moment.astimezone(UTC))}'" for moment in (made_at, at))
    return [f"INSERT INTO {Restoration._meta.db_table} (backup_at, restored_at) VALUES ({moments})"]


def _restore_files(folder: Path) -> None:
    """Put every file into its storage; names are never used twice, so what is there already is the same or nobody's."""
    for storage, target in folders_of_files().items():
        for path in sorted((folder / storage).rglob("*")):
            if path.is_file():
                place = target / path.relative_to(folder / storage)
                place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
                unfinished = place.with_name(place.name + ".part")
                shutil.copyfile(path, unfinished)
                # Nobody but the portal reads what people attached.
                unfinished.chmod(0o600)
                unfinished.replace(place)
