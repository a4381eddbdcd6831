"""Bringing a backup back: looked at before anything changes, and told truly where something fails on the way."""

import shutil
import tempfile
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from sop_portal.foundation.notices.models import Restoration
from sop_portal.foundation.trail.actions import end_of_trail, verify
from sop_portal.foundation.trail.chain import seal
from sop_portal.foundation.workflow.engine import note
from sop_portal.operations.actions.trail_watch import anchor_trail
from sop_portal.operations.anchor import refuse_unwritable
from sop_portal.operations.backup import databases, encryption
from sop_portal.operations.backup.archive import DATABASE, FILES, PIECE, BrokenBackup, Manifest, unpack_archive
from sop_portal.operations.backup.papers import in_words, missing_to_restore
from sop_portal.operations.backup.storages import folders_of_files


class NotFinished(Exception):
    """Says what failed after the database of the backup was in its place, and what is left to do."""


@dataclass(frozen=True)
class Restored:
    """What was brought back: from when, where its trail ends, and what is wrong with it."""

    made_at: datetime
    trail_end: str
    wrong: list[str]


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


def missing_papers(manifest: Manifest, parts: Path) -> str:
    """Which files of papers neither the backup nor the storage here holds, in words; empty where none is missing."""
    missing = missing_to_restore(databases.files_named_in(parts / DATABASE), manifest.parts)
    return in_words(missing) if missing else ""


def refuse_unready(parts: Path) -> None:
    """Refuse before anything changes where a folder cannot be written or has no room, or the trail's file outside."""
    if settings.TRAIL_ANCHOR_FILE:
        refuse_unwritable(Path(settings.TRAIL_ANCHOR_FILE))
    for storage, target in folders_of_files().items():
        brought = sum(path.stat().st_size for path in (parts / FILES / storage).rglob("*") if path.is_file())
        try:
            target.mkdir(parents=True, exist_ok=True, mode=0o700)
            with tempfile.TemporaryFile(dir=target):
                left = shutil.disk_usage(target).free
        except OSError as problem:
            raise BrokenBackup(f"Files cannot be put into {target}: {problem.strerror}.") from problem
        if left < brought:
            raise BrokenBackup(f"{target} has room for {left} bytes, and the files take {brought}.")


def restore_backup(manifest: Manifest, parts: Path, *, at: datetime) -> Restored:
    """Put database and files in their place. No mail leaves until somebody says what becomes of it."""
    refuse_unready(parts)
    _restore_files(parts / FILES)
    made_at = datetime.fromisoformat(manifest.made_at)
    databases.load_database(parts / DATABASE, _hold_mail(made_at, at))
    # From here on something is brought back, whatever fails.
    with _told_if_it_fails("migrating it to this version", "run manage.py migrate"):
        call_command("migrate", interactive=False, verbosity=0)
    with _told_if_it_fails("writing into the trail that it was brought back", "look at the trail"):
        restoration = Restoration.objects.get(restored_at=at)
        note("restoration", restoration, "restore", by=None, at=at, comment=f"{made_at:%Y-%m-%d %H:%M} UTC")
    with _told_if_it_fails(f"noting the trail's end in {settings.TRAIL_ANCHOR_FILE}", "add the present end to it"):
        anchor_trail(at=at, remark="brought back")
    with _told_if_it_fails("looking through its trail", "run manage.py verify_trail"):
        return Restored(made_at, end_of_trail(), verify())


@contextmanager
def _told_if_it_fails(step: str, cure: str) -> Iterator[None]:
    """Whatever fails once the database was replaced: never is it said that nothing happened."""
    try:
        yield
    except Exception as problem:
        raise NotFinished(
            f"Database and files are those of the backup, and mail is held, but {step} failed: {problem} "
            f"Then {cure}, before anybody is let in."
        ) from problem


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
