"""`manage.py restore`: bring database and files back from a backup; mail is held until somebody releases it."""

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import IO, Any

from django.core.management.base import BaseCommand, CommandError

from sop_portal.foundation.kit import clock
from sop_portal.operations.actions import restoring
from sop_portal.operations.actions.restoring import NotFinished
from sop_portal.operations.anchor import UnwritableAnchor
from sop_portal.operations.backup.archive import BrokenBackup, Manifest
from sop_portal.operations.backup.databases import ProgramFailed, holds_people
from sop_portal.operations.backup.encryption import NoKey

FROM_STDIN = "-"
IDENTITY = "the private key of an encrypted backup, or - for standard input"
WITHOUT_FILES = "although files of papers are missing in it"


class Command(BaseCommand):
    """Exit code 0 when the backup is back, or with --check when it could be."""

    help = "Bring a backup back. It is held against its checksums first; where anything is wrong, nothing changes."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which backup, its key, and whether to look only or to replace."""
        clock.add_now_argument(parser)
        parser.add_argument("backup", help="the file, or - for standard input")
        parser.add_argument("--identity", type=Path, metavar="FILE", help=IDENTITY)
        parser.add_argument("--check", action="store_true", help="only look whether it could be brought back")
        parser.add_argument("--replace", action="store_true", help="although people have accounts here: they are lost")
        parser.add_argument("--without-files", action="store_true", help=WITHOUT_FILES)

    def handle(self, *args: object, **options: Any) -> None:
        """Check, and then bring back."""
        if options["backup"] == FROM_STDIN and str(options["identity"]) == FROM_STDIN:
            raise CommandError("Standard input is the backup or the key: name a file for one of them.")
        try:
            if options["backup"] == FROM_STDIN:
                self._open(sys.stdin.buffer, options)
            else:
                with Path(options["backup"]).open("rb") as source:
                    self._open(source, options)
        except NotFinished as problem:
            raise CommandError(f"It was brought back, but not to the end. {problem}") from problem
        except (BrokenBackup, NoKey, ProgramFailed, UnwritableAnchor, OSError) as problem:
            raise CommandError(f"Nothing was brought back. {problem}") from problem

    def _open(self, source: IO[bytes], options: dict[str, Any]) -> None:
        with restoring.opened_backup(source, options["identity"]) as (manifest, parts):
            restoring.refuse_unfit(manifest)
            missing = restoring.missing_papers(manifest, parts)
            self._ask_for_papers(missing, options)
            found = f"but for files, as it was written: {missing}" if missing else f"whole: {len(manifest.parts)} parts"
            self.stdout.write(f"The backup of {manifest.made_at} is {found}.")
            if not options["check"]:
                self._restore(manifest, parts, options)

    def _ask_for_papers(self, missing: str, options: dict[str, Any]) -> None:
        if missing and not options["without_files"]:
            raise BrokenBackup(f"{missing}. Take an older backup, or add --without-files to go on without them.")

    def _restore(self, manifest: Manifest, parts: Path, options: dict[str, Any]) -> None:
        if holds_people() and not options["replace"]:
            raise BrokenBackup("People have accounts in this database. Add --replace if all of it may be lost.")
        restored = restoring.restore_backup(manifest, parts, at=options["now"] or clock.now())
        for sentence in restored.wrong:
            self.stderr.write(sentence)
        if restored.wrong:
            raise CommandError("It was brought back, but its trail is not whole.")
        self.stdout.write(f"It is back. The trail is whole and ends at {restored.trail_end}.")
        self.stdout.write("Everybody signs in anew. No mail leaves until manage.py release_mail says so, or the page.")
