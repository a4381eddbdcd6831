"""`manage.py backup`: database and files, with checksums, to a folder or to standard output."""

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from sop_portal.foundation.kit import clock
from sop_portal.operations.actions import backups
from sop_portal.operations.backup.archive import BrokenBackup
from sop_portal.operations.backup.databases import ProgramFailed
from sop_portal.operations.backup.encryption import made_key, new_key
from sop_portal.operations.backup.papers import in_words
from sop_portal.operations.backup.storages import not_in_folders

TO_STDOUT = "-"
NEW_KEY = "make a key instead: the private one into FILE, or with - to standard output; kept elsewhere"


class Command(BaseCommand):
    """Exit code 0 once the backup stands there whole; nothing that looks like one is left where it failed."""

    help = "Back up database and files: to a folder, or with - to standard output. BACKUP_KEY encrypts it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Where to, how many to keep, or a new key instead."""
        clock.add_now_argument(parser)
        parser.add_argument("folder", nargs="?", help="the folder it is written into, or - for standard output")
        parser.add_argument("--keep", type=int, metavar="N", help="remove all but the newest N backups of the folder")
        parser.add_argument(
            "--new-key",
            type=Path,
            metavar="FILE",
            help=NEW_KEY,
        )

    def handle(self, *args: object, **options: Any) -> None:
        """Make a key, or a backup."""
        try:
            if options["new_key"]:
                self._make_key(options["new_key"])
            elif not options["folder"]:
                raise CommandError("Say where to: a folder, or - for standard output.")
            else:
                self._back_up(options)
        except (BrokenBackup, ProgramFailed, OSError) as problem:
            raise CommandError(f"No backup was made. {problem}") from problem

    def _make_key(self, path: Path) -> None:
        if str(path) == TO_STDOUT:
            private, public = made_key()
            self.stdout.write(private)
            self.stderr.write(f"BACKUP_KEY={public}")
            return
        public = new_key(path)
        self.stdout.write(f"The private key is in {path}: keep it away from this machine; only it opens the backups.")
        self.stdout.write(f"BACKUP_KEY={public}")

    def _back_up(self, options: dict[str, Any]) -> None:
        at = options["now"] or clock.now()
        for name in not_in_folders():
            self.stderr.write(f"The storage “{name}” is no folder and not in the backup: keep it by its own means.")
        if options["folder"] == TO_STDOUT:
            written = backups.write_backup(sys.stdout.buffer, at=at)
            backups.note_backup(written, at=at)
            self._refuse_missing(written.missing, "What was written")
            return
        folder = Path(options["folder"])
        kept = backups.backup_into(folder, at=at)
        if options["keep"]:
            for old in backups.drop_old_backups(folder, options["keep"]):
                self.stdout.write(f"{old}: removed.")
        self._refuse_missing(kept.missing, str(kept.path))
        self.stdout.write(f"{kept.path}: {kept.path.stat().st_size} bytes, read again and whole.")

    def _refuse_missing(self, missing: list[str], written: str) -> None:
        """What lacks files is kept, for it may be all there is, but nobody is told that all is well."""
        if missing:
            raise CommandError(
                f"No whole backup was made. {in_words(missing)}. {written} holds the rest. "
                "manage.py check_invariants names the papers: take their files from an older backup."
            )
