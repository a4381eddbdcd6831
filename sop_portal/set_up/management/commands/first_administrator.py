"""`manage.py first_administrator`: a new one-time code for the first page, as long as nobody administers the portal."""

import json
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email
from django.urls import reverse
from django.utils.http import urlencode

from sop_portal.foundation.kit import clock
from sop_portal.foundation.kit.formats import sentences
from sop_portal.foundation.kit.refusals import Refusal
from sop_portal.foundation.kit.text import clean_name
from sop_portal.people.actions import renew_code
from sop_portal.people.start_message import lines


class Command(BaseCommand):
    """Prints a new one-time code, without a terminal; exit code 1 where there is an administrator already."""

    help = (
        "Print a new one-time code. On the first page of the portal it makes the first administrator, who chooses a "
        "password there. The code before stops working. Refused where there is an administrator."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """For whom it is, and a report for programs."""
        parser.add_argument("--email", default="", help="the code is for this address alone")
        parser.add_argument("--name", default="", help="the name of that person")
        parser.add_argument("--json", action="store_true", help="print one JSON object")
        clock.add_now_argument(parser)

    def handle(self, *args: object, **options: Any) -> None:
        """Make the code, and say where to use it."""
        try:
            person = {"email": address(options["email"]), "name": clean_name(options["name"])}
            code = renew_code(at=options["now"] or clock.now(), email=person["email"])
        except (Refusal, ValidationError) as refusal:
            raise self.refused(refusal, is_json=options["json"]) from None
        # The page fills in what the address says of the person.
        named = urlencode({name: said for name, said in person.items() if said})
        url = settings.BASE_URL + reverse("first-administrator") + (f"?{named}" if named else "")
        if options["json"]:
            self.stdout.write(json.dumps({"code": code, "url": url, **person}))
            return
        self.stdout.write(f"Open {url} and make the first administrator with the code below; it works once.")
        self.stdout.write("\n".join(lines(code)))

    def refused(self, refusal: Refusal | ValidationError, *, is_json: bool) -> BaseException:
        """Why there is no code: a line of JSON for programs, else an error."""
        sentence = str(refusal) if isinstance(refusal, Refusal) else sentences(refusal.messages)
        if is_json:
            self.stdout.write(json.dumps({"refused": sentence}))
            return SystemExit(1)
        return CommandError(sentence)


def address(email: str) -> str:
    """The address as it will be signed in with; none where nobody was named."""
    if email:
        validate_email(email)
    return email.strip().lower()
