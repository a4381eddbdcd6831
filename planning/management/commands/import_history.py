"""manage.py import_history FILE: bring in the figures of earlier years, every row or none."""

import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from planning.projects.actions import import_history
from planning.projects.imports.columns import suggest_mapping
from planning.projects.imports.reading import HistoryReading, read_history
from sop_portal.foundation.kit import clock
from sop_portal.foundation.kit.refusals import Refusal
from sop_portal.foundation.kit.sheets import SheetRefused, Table, read_table
from sop_portal.foundation.organisation.models import User

IMPORTED, PROBLEMS, UNREADABLE = 0, 1, 2


class Command(BaseCommand):
    """Exit codes: 0 taken in (or, with --check, nothing stands in the way), 1 problems, 2 the file cannot be read."""

    help = "Bring in the figures of earlier years from a workbook (.xlsx) or a CSV file: every row, or none."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """What may be typed behind the name."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--as", dest="address", metavar="EMAIL", help="the person in whose name it is done")
        parser.add_argument("--check", action="store_true", help="only say what is wrong or doubtful; write nothing")
        parser.add_argument("--create-departments", action="store_true", help="add departments the portal lacks")
        parser.add_argument("--replace", action="store_true", help="let the file take the place of known figures")
        parser.add_argument("--json", action="store_true", help="print the result as JSON")
        clock.add_now_argument(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        """Read, check, and where nothing is wrong take in."""
        person = _person(options["address"])
        create, replace = options["create_departments"], options["replace"]
        # Once its rows are checked, nothing holds the table itself any more.
        found = checked(self._sheet(options["file"], options["json"]), create, replace)
        problems = [problem.sentence for problem in found.problems]
        if not problems and not found.rows:
            problems = ["The file holds no row."]
        if not problems and not options["check"]:
            try:
                import_history(
                    found.rows,
                    file_name=options["file"].name,
                    by=person,
                    at=options["now"] or clock.now(),
                    create_departments=create,
                    replace=replace,
                )
            except Refusal as refusal:
                problems = [str(refusal)]
        self._report(found, problems, is_written=not problems and not options["check"], as_json=options["json"])
        if problems:
            sys.exit(PROBLEMS)

    def _sheet(self, path: Path, as_json: bool) -> Table:
        try:
            return read_table(path, path.name)
        except (SheetRefused, OSError) as refused:
            if as_json:
                self.stdout.write(json.dumps({"imported": 0, "problems": [str(refused)], "warnings": []}))
            raise CommandError(str(refused), returncode=UNREADABLE) from None

    def _report(self, found: HistoryReading, problems: list[str], *, is_written: bool, as_json: bool) -> None:
        warnings = [warning.sentence for warning in found.warnings]
        rows = len(found.rows) if is_written else 0
        if as_json:
            said = {"imported": rows, "rows": len(found.rows), "problems": problems, "warnings": warnings}
            self.stdout.write(json.dumps(said, ensure_ascii=False))
            return
        for sentence in problems:
            self.stderr.write(f"Problem: {sentence}")
        for sentence in warnings:
            self.stdout.write(f"Warning: {sentence}")
        counted = f"{len(found.rows)} rows read, {len(problems)} problems, {len(warnings)} warnings"
        self.stdout.write(f"{counted}. {rows} rows were taken into the history.")


def checked(sheet: Table, create_departments: bool, replace: bool) -> HistoryReading:
    """The rows of a table, with what is wrong or doubtful in them."""
    mapping = suggest_mapping(sheet.header)
    return read_history(sheet, mapping, create_departments=create_departments, replace=replace)


def _person(address: str | None) -> User | None:
    if not address:
        return None
    person = User.objects.filter(email__iexact=address, is_active=True).first()
    if person is None:
        raise CommandError(f"Nobody has the address {address}.", returncode=PROBLEMS)
    return person
