"""Making a backup: database and files in one archive, read again, and held against each other."""

import os
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, cast

from django.conf import settings
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from sop_portal.foundation.trail.actions import end_of_trail
from sop_portal.foundation.trail.models import Head
from sop_portal.operations.backup import databases, encryption
from sop_portal.operations.backup.archive import (
    DATABASE,
    PIECE,
    BrokenBackup,
    ChecksummedStream,
    Manifest,
    write_archive,
)
from sop_portal.operations.backup.papers import missing_files, taken_back_since
from sop_portal.operations.backup.storages import folders_of_files
from sop_portal.operations.models import Backup

NAME = "sop-portal-{at:%Y%m%dT%H%M%SZ}.tar"
PATTERN = "sop-portal-????????T??????Z.tar*"
# Named apart, so that none of them counts among those that are kept and pushes out a whole one.
INCOMPLETE = "incomplete-"


@dataclass(frozen=True)
class Written:
    """What was written: its size and checksum, and the files of papers that it lacks."""

    summed: ChecksummedStream
    missing: list[str]


@dataclass(frozen=True)
class KeptBackup:
    """A backup in a folder, and the files of papers that it lacks."""

    path: Path
    missing: list[str]


def write_backup(out: IO[bytes], *, at: datetime, work: Path | None = None) -> Written:
    """Write database and files, encrypted where BACKUP_KEY says for whom, and say which files it lacks."""
    with tempfile.TemporaryDirectory(prefix=".backup-", dir=work) as folder:
        manifest, database = _manifest(at), Path(folder) / DATABASE
        databases.dump_database(database)
        named = databases.files_named_in(database)
        summed = ChecksummedStream(out)

        def write(stream: IO[bytes]) -> None:
            write_archive(stream, manifest, database, folders_of_files())

        if settings.BACKUP_KEY:
            encryption.write_encrypted(write, cast(IO[bytes], summed), encryption.recipient_of(settings.BACKUP_KEY))
        else:
            write(cast(IO[bytes], summed))
        summed.flush()
    missing = missing_files(named, manifest.parts)
    gone = taken_back_since(missing)
    return Written(summed, [sha256 for sha256 in missing if sha256 not in gone])


def backup_into(folder: Path, *, at: datetime) -> KeptBackup:
    """Write a backup into a folder, read it again from there, and only then call it one.

    Where files of papers are missing it is kept by another name, and counts as none.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / (NAME.format(at=at.astimezone(UTC)) + (".age" if settings.BACKUP_KEY else ""))
    unfinished = path.with_name(path.name + ".part")
    try:
        with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
            written = write_backup(out, at=at, work=folder)
            os.fsync(out.fileno())
        _read_again(unfinished, written.summed)
        if written.missing:
            path = path.with_name(INCOMPLETE + path.name)
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
    note_backup(written, at=at)
    return KeptBackup(path, written.missing)


def _read_again(path: Path, written: ChecksummedStream) -> None:
    with path.open("rb") as stream:
        summed = ChecksummedStream(stream)
        while summed.read(PIECE):
            pass
    if summed.said != written.said:
        raise BrokenBackup("What stands on the disk is not what was written to it.")


def note_backup(written: Written, *, at: datetime) -> None:
    """Keep that a whole backup was made: `check --deploy` and the metrics ask when the last one was."""
    if not written.missing:
        Backup.objects.create(
            at=at, size=written.summed.size, is_encrypted=bool(settings.BACKUP_KEY), trail_end=end_of_trail()
        )


def drop_old_backups(folder: Path, keep: int) -> list[Path]:
    """Remove all but the newest backups of a folder; of those that lack files as many are kept."""
    old = [path for pattern in (PATTERN, INCOMPLETE + PATTERN) for path in sorted(folder.glob(pattern))[:-keep]]
    for path in old:
        path.unlink()
    return old


def _manifest(at: datetime) -> Manifest:
    head = Head.objects.get(pk=1)
    trail = {"position": head.position, "hash": head.hash, "seal": head.seal}
    return Manifest(at.astimezone(UTC).isoformat(), connection.vendor, _applied(), trail)


def _applied() -> list[list[str]]:
    return [list(key) for key in sorted(MigrationRecorder(connection).applied_migrations())]
