"""`manage.py demo`: fill an empty portal with a year that is done, one that runs, and one that is being planned."""

import json
from argparse import ArgumentParser
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from sop_portal.demo import build, emptying
from sop_portal.demo.cast import logins
from sop_portal.demo.large import build as large
from sop_portal.foundation.kit import clock
from sop_portal.foundation.organisation.models import User


class Command(BaseCommand):
    """A demonstration to look at, or, with --size, a large one to measure."""

    help = "Make the demonstration: twelve libraries with their real history, made-up people, three years."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments of the command."""
        parser.add_argument("--json", action="store_true", help="print one JSON object with the logins")
        parser.add_argument("--fresh", action="store_true", help="empty the whole database first: everything is lost")
        parser.add_argument("--language", choices=dict(settings.LANGUAGES), default="en", help="what is typed in it")
        parser.add_argument(
            "--size",
            type=int,
            metavar="DEPARTMENTS",
            help="so many departments instead, of 100 projects each, loaded straight into the tables to measure with",
        )
        clock.add_now_argument(parser)

    def handle(self, *args: object, **options: Any) -> None:
        """Make it all, or nothing."""
        if options["fresh"]:
            emptying.empty_database()
        if User.objects.exists():
            raise CommandError("There are people in this database. `manage.py demo --fresh` empties it first.")
        if options["size"] and options["language"] != "en":
            raise CommandError("A large demonstration is made in English alone.")
        now, language = options["now"] or clock.now(), options["language"]
        with pretending(options["now"]):
            made = large.make(options["size"], now) if options["size"] else build.make(now, language)
        self.report(made, now, logins(language), is_json=options["json"])

    def report(self, made: dict[str, int], now: datetime, known: list[dict[str, str]], *, is_json: bool) -> None:
        """Say what was made, and who can be tried."""
        if is_json:
            self.stdout.write(json.dumps({"logins": known, "made": made, "today": now.date().isoformat()}))
            return
        for name, count in made.items():
            self.stdout.write(f"{count:>9,} {name}")
        for login in known:
            self.stdout.write(f"{login['role']:<34} {login['email']:<22} {login['password']}")


def pretending(moment: datetime | None) -> AbstractContextManager[None]:
    """Take the moment given for now, everywhere."""
    return clock.at(moment) if moment else nullcontext()
