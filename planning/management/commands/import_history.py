"""manage.py import_history FILE: bring in the figures of earlier years, every row or none."""

import json
import sys
from argparse import ArgumentParser
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from planning.projects.actions import import_history
from planning.projects.imports.columns import suggest_mapping
from planning.projects.imports.preview import counted
from planning.projects.imports.reading import HistoryReading, open_history, read_history
from sop_portal.foundation.kit import clock
from sop_portal.foundation.kit.refusals import Refusal
from sop_portal.foundation.kit.sheets import SheetRefused
from sop_portal.foundation.organisation.models import User

IMPORTED, PROBLEMS, UNREADABLE = 0, 1, 2
MOST_LISTED = 1_000


class Command(BaseCommand):
    """Exit codes: 0 taken in (or, with --check, nothing is doubtful), 1 problems or open questions, 2 unreadable."""

    # Nothing of the pages is looked at, so none of them is loaded.
    requires_system_checks = ()
    help = "Bring in the figures of earlier years from a workbook (.xlsx) or a CSV file: every row, or none."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments of the command."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--as", dest="address", metavar="EMAIL", help="the person in whose name it is done")
        parser.add_argument("--check", action="store_true", help="only say what is wrong or doubtful; write nothing")
        parser.add_argument("--create-departments", action="store_true", help="add departments the portal lacks")
        parser.add_argument("--replace", action="store_true", help="let the file take the place of known figures")
        parser.add_argument(
            "--answer", action="append", default=[], metavar="KEY=VALUE", help="answer a question; may be repeated"
        )
        parser.add_argument("--json", action="store_true", help="print the result as JSON")
        clock.add_now_argument(parser)

    def handle(self, *args: object, **options: Any) -> None:
        """Read, check, and where nothing is wrong or asked take in."""
        person, at = _person(options["address"]), options["now"] or clock.now()
        rules = {"create_departments": options["create_departments"], "replace": options["replace"]}
        answers = _answers(options["answer"])
        found = self._checked(options["file"], answers, options["json"], on=localdate(at), **rules)
        problems = [found.as_json(problem) for problem in found.problems] + _unknown(found, answers)
        if not (problems or found.questions or found.rows):
            problems = [_row_less(_("The file holds no row."))]
        if not problems and not found.questions and not options["check"]:
            try:
                import_history(found.rows, file_name=options["file"].name, by=person, at=at, **rules)
            except Refusal as refusal:
                problems = [_row_less(str(refusal))]
        is_written = not (problems or found.questions or options["check"])
        report = self._as_json if options["json"] else self._as_text
        report(found, problems, len(found.rows) if is_written else 0)
        if problems or found.questions:
            sys.exit(PROBLEMS)

    def _checked(self, path: Path, answers: Mapping[str, str], as_json: bool, **rules: Any) -> HistoryReading:
        """The rows of a file, with what is wrong or doubtful in them; nothing holds its table any more."""
        try:
            sheet = open_history(path, path.name, answers)
        except (SheetRefused, OSError) as refused:
            if as_json:
                said = {"imported": 0, "rows": 0, "problems": [_row_less(str(refused), "unreadable")]}
                said |= {"questions": [], "warnings": [], "counts": {"problems": 1, "questions": 0, "warnings": 0}}
                self.stdout.write(json.dumps(said, ensure_ascii=False))
            raise CommandError(str(refused), returncode=UNREADABLE) from None
        return read_history(sheet, suggest_mapping(sheet.header), answers=answers, **rules)

    def _as_json(self, found: HistoryReading, problems: Sequence[Mapping[str, Any]], imported: int) -> None:
        warnings = [*found.warnings, *found.not_read]
        questions = [{"sheet": found.sheet} | question.as_json for question in found.questions]
        counts = {"problems": len(problems), "questions": len(questions), "warnings": len(warnings)}
        said = {
            "imported": imported,
            "rows": len(found.rows),
            "problems": problems[:MOST_LISTED],
            "questions": questions[:MOST_LISTED],
            "warnings": [found.as_json(warning) for warning in warnings[:MOST_LISTED]],
            "counts": counts,
            "values": counted(found),
        }
        self.stdout.write(json.dumps(said, ensure_ascii=False))

    def _as_text(self, found: HistoryReading, problems: Sequence[Mapping[str, Any]], imported: int) -> None:
        for problem in problems[:MOST_LISTED]:
            self.stderr.write(f"Problem: {problem['sentence']}")
        for question in found.questions:
            self.stdout.write(f"Question: {question.sentence}")
            for answer in question.answers:
                self.stdout.write(f"  --answer {question.key}={answer.value}: {answer}")
        warnings = [*found.warnings, *found.not_read]
        for warning in warnings[:MOST_LISTED]:
            self.stdout.write(f"Warning: {warning.sentence}")
        counted_here = f"{len(problems)} problems, {len(found.questions)} questions, {len(warnings)} warnings"
        self.stdout.write(f"{len(found.rows)} rows read, {counted_here}. {imported} rows were taken into the history.")


def _answers(typed: Sequence[str]) -> dict[str, str]:
    parted = [answer.partition("=") for answer in typed]
    return {key.strip(): value.strip() for key, _sign, value in parted}


def _unknown(found: HistoryReading, answers: Mapping[str, str]) -> list[dict[str, str]]:
    """An answer to nothing that is asked is said, and not passed over."""
    asked = {question.key for question in found.questions} | {question.key for question, _answer in found.answered}
    sentence = _("Nothing is asked about “%(key)s” in this file.")
    return [_row_less(sentence % {"key": key}, "answer") for key in answers if key not in asked]


def _row_less(sentence: str, kind: str = "file") -> dict[str, str]:
    return {"kind": kind, "sentence": sentence, "sheet": "", "cell": ""}


def _person(address: str | None) -> User | None:
    if not address:
        return None
    person = User.objects.filter(email__iexact=address, is_active=True).first()
    if person is None:
        raise CommandError(f"Nobody has the address {address}.", returncode=PROBLEMS)
    return person
