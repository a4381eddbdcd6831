"""manage.py template [FILE]: an empty workbook to fill in, in the language one wants."""

from argparse import ArgumentParser
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import translation

from sop_portal.workbook.sheets import SHEETS
from sop_portal.workbook.writing.book import write_table, write_template

USUAL_NAME = "sop-portal.xlsx"


class Command(BaseCommand):
    """Nothing is overwritten."""

    help = "Write an empty workbook with a sheet for departments, people, pools, funds, projects and past figures."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """What may be typed behind the name."""
        parser.add_argument("file", type=Path, nargs="?", default=Path(USUAL_NAME))
        parser.add_argument("--language", choices=[code for code, _name in settings.LANGUAGES], default="en")
        parser.add_argument("--csv", action="store_true", help="a folder with a CSV file for each sheet instead")

    def handle(self, *args: object, file: Path, language: str, csv: bool, **options: object) -> None:
        """Write it."""
        if file.exists():
            raise CommandError(f"{file} is there already.")
        with translation.override(language):
            if csv:
                file.mkdir(parents=True)
                for sheet in SHEETS:
                    with (file / f"{sheet.key}.csv").open("xb") as stream:
                        write_table(stream, sheet)
            else:
                with file.open("xb") as stream:
                    write_template(stream)
        self.stdout.write(f"Written: {file}")
