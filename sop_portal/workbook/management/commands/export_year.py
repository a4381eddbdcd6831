"""manage.py export_year YEAR [FILE]: everything of a year as one workbook."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import translation
from django.utils.timezone import localdate

from planning.models import Cycle
from sop_portal.foundation.kit import clock
from sop_portal.foundation.organisation.actor import Actor
from sop_portal.foundation.organisation.models import on_its_clock
from sop_portal.workbook.queries import person_of
from sop_portal.workbook.writing.exporting import write_year


class Command(BaseCommand):
    """Nothing is overwritten."""

    help = "Write everything of a year into one workbook: what can be brought in again, and what is there to be read."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """What may be typed behind the name."""
        parser.add_argument("year", type=int)
        parser.add_argument("file", type=Path, nargs="?")
        parser.add_argument("--language", choices=[code for code, _name in settings.LANGUAGES], default="en")
        parser.add_argument("--by", metavar="EMAIL", help="as whom; where one person administers, that one")
        clock.add_now_argument(parser)

    def handle(self, *args: object, **options: Any) -> None:
        """Write it."""
        path: Path = options["file"] or Path(f"year-{options['year']}.xlsx")
        cycle = Cycle.objects.filter(year=options["year"]).first()
        person = person_of(options["by"])
        if cycle is None:
            raise CommandError(f"The year {options['year']} is not set up.")
        if person is None:
            raise CommandError("Say with --by as whom: an address the portal knows.")
        if path.exists():
            raise CommandError(f"{path} is there already.")
        at = options["now"] or clock.now()
        with on_its_clock(), translation.override(options["language"]), path.open("xb") as stream:
            write_year(stream, cycle, Actor.of(person, at), localdate(at))
        self.stdout.write(f"Written: {path}")
