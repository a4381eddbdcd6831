"""manage.py bring FILE: bring in departments, people, pools, funds, projects and past figures, all or nothing."""

import json
import sys
from argparse import ArgumentParser
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from sop_portal.foundation.kit import clock
from sop_portal.foundation.kit.refusals import Refusal
from sop_portal.foundation.kit.sheets import SheetRefused
from sop_portal.foundation.organisation.actor import Actor
from sop_portal.foundation.organisation.models import User, on_its_clock
from sop_portal.workbook.actions import NotTaken, bring
from sop_portal.workbook.file_reading import Asked, FileReading
from sop_portal.workbook.queries import headers_said, person_of
from sop_portal.workbook.sheet import SheetReading
from sop_portal.workbook.sheet_reading import read_file
from sop_portal.workbook.sheets import ALL_SHEETS

BROUGHT, PROBLEMS, UNREADABLE = 0, 1, 2
MOST_LISTED = 1_000


class Command(BaseCommand):
    """Exit codes: 0 brought in (or, with --check, nothing is doubtful), 1 problems or open questions, 2 unreadable."""

    # Nothing of the pages is looked at, so none of them is loaded.
    requires_system_checks = ()
    help = "Bring in a workbook (.xlsx) or a text table: every sheet the portal knows, every row of it, or none."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """What may be typed behind the name."""
        parser.add_argument("file", type=Path)
        keys = ", ".join(sheet.key for sheet in ALL_SHEETS)
        parser.add_argument("--sheet", action="append", default=[], help=f"only this one; may be repeated: {keys}")
        parser.add_argument("--check", action="store_true", help="only say what is wrong or doubtful; write nothing")
        parser.add_argument(
            "--answer", action="append", default=[], metavar="KEY=VALUE", help="answer a question; may be repeated"
        )
        parser.add_argument("--by", metavar="EMAIL", help="in whose name; where one person administers, that one")
        parser.add_argument("--json", action="store_true", help="print the result as JSON")
        clock.add_now_argument(parser)

    def handle(self, *args: object, **options: Any) -> None:
        """Read, compare, and where nothing is wrong or asked bring in."""
        with on_its_clock():
            self._bring(options)

    def _bring(self, options: Mapping[str, Any]) -> None:
        at, answers = options["now"] or clock.now(), _answers(options["answer"])
        person, path = _person(options["by"]), options["file"]
        asked = Asked(Actor.of(person, at), localdate(at), _sheets(options["sheet"]), answers, headers_said())
        try:
            found = read_file(path, path.name, asked)
        except (SheetRefused, OSError) as refused:
            raise self._unreadable(str(refused), options["json"]) from None
        problems = found.problems_as_json() + [_unasked(key) for key in found.unknown_answers(answers)]
        if not found.questions:
            try:
                bring(found, by=person, at=at, only_try=options["check"] or bool(problems))
            except NotTaken as refusal:
                problems += [sheet.problem_as_json(problem) for sheet, problem in refusal.refused]
            except Refusal as refusal:
                problems += [_told(str(refusal), "refused")]
        is_written = not (problems or found.questions or options["check"])
        report = self._as_json if options["json"] else self._as_text
        report(found, problems, is_written)
        if problems or found.questions:
            sys.exit(PROBLEMS)

    def _unreadable(self, sentence: str, as_json: bool) -> CommandError:
        if as_json:
            said = {"written": False, "sheets": [], "problems": [_told(sentence, "unreadable")]}
            said |= {"questions": [], "warnings": [], "counts": {"problems": 1, "questions": 0, "warnings": 0}}
            self.stdout.write(json.dumps(said, ensure_ascii=False))
        return CommandError(sentence, returncode=UNREADABLE)

    def _as_json(self, found: FileReading, problems: Sequence[Mapping[str, Any]], is_written: bool) -> None:
        questions = [{"sheet": sheet.called} | question.as_json for sheet, question in found.questions]
        warnings = found.warnings_as_json()
        said = {
            "written": is_written,
            "sheets": [_told_sheet(sheet) for sheet in found.sheets],
            "problems": problems[:MOST_LISTED],
            "questions": questions[:MOST_LISTED],
            "warnings": warnings[:MOST_LISTED],
            "counts": {"problems": len(problems), "questions": len(questions), "warnings": len(warnings)},
        }
        self.stdout.write(json.dumps(said, ensure_ascii=False))

    def _as_text(self, found: FileReading, problems: Sequence[Mapping[str, Any]], is_written: bool) -> None:
        for problem in problems[:MOST_LISTED]:
            self.stderr.write(f"Problem: {_placed(problem)}")
        for sheet, question in found.questions:
            self.stdout.write(f"Question ({sheet.called}): {question.sentence}")
            for answer in question.answers:
                self.stdout.write(f"  --answer {question.key}={answer.value}: {answer}")
        warnings = found.warnings_as_json()
        for warning in warnings[:MOST_LISTED]:
            self.stdout.write(f"Warning: {_placed(warning)}")
        for sheet in found.sheets:
            counts = sheet.counts()
            values = f"{counts['new']} values new, {counts['changed']} changed, {counts['same']} the same"
            self.stdout.write(f"{sheet.called}: {sheet.row_count} rows, {values}.")
        self.stdout.write(f"{len(problems)} problems, {len(found.questions)} questions, {len(warnings)} warnings.")
        self.stdout.write("Everything was brought in." if is_written else "Nothing was written.")


def _told_sheet(sheet: SheetReading) -> dict[str, Any]:
    """What a sheet would bring, with its first values as typed and as understood."""
    return {
        "sheet": sheet.called,
        "key": sheet.sheet.key,
        "rows": sheet.row_count,
        "values": sheet.counts(),
        "columns": {key: sheet.table.letters(place) for key, place in sheet.mapping.items()},
        "understood": [
            {name: str(said) for name, said in value._asdict().items()} for value in sheet.values(most=MOST_LISTED)
        ],
    }


def _placed(problem: Mapping[str, Any]) -> str:
    where = " ".join(filter(None, (problem["sheet"], problem["cell"])))
    return f"{where}: {problem['sentence']}" if where else str(problem["sentence"])


def _answers(typed: Sequence[str]) -> dict[str, str]:
    parted = [answer.rpartition("=") for answer in typed]
    return {key.strip(): value.strip() for key, _sign, value in parted}


def _sheets(typed: Sequence[str]) -> tuple[str, ...]:
    """The sheets somebody names, by key or by title in any language."""
    found = []
    for name in typed:
        sheet = next((one for one in ALL_SHEETS if name.casefold() in one.titles), None)
        if sheet is None:
            keys = ", ".join(one.key for one in ALL_SHEETS)
            raise CommandError(f"There is no sheet {name}; there are: {keys}.", returncode=PROBLEMS)
        found.append(sheet.key)
    return tuple(found)


def _unasked(key: str) -> dict[str, str]:
    """An answer to nothing that is asked is said, and not passed over."""
    return _told(_("Nothing is asked about “%(key)s” in this file.") % {"key": key}, "answer")


def _told(sentence: str, kind: str) -> dict[str, str]:
    return {"kind": kind, "sentence": sentence, "sheet": "", "cell": ""}


def _person(address: str | None) -> User:
    """In whose name it is done."""
    person = person_of(address)
    if person is None:
        sentence = f"Nobody has the address {address}." if address else "Say with --by in whose name it is done."
        raise CommandError(sentence, returncode=PROBLEMS)
    return person
