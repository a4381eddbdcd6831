"""`manage.py release_mail`: what becomes of the mail that is held since a backup was brought back."""

from argparse import ArgumentParser
from datetime import datetime

from django.core.management.base import BaseCommand, CommandError

from sop_portal.foundation.kit import clock
from sop_portal.foundation.kit.refusals import Refusal
from sop_portal.operations.actions.held_mail import held_mail, held_since, may_have_left, release_mail


class Command(BaseCommand):
    """Without a choice it only says what waits."""

    help = "Let mail leave again after a restore: all of it, or all but what may have left before."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The two ways out."""
        clock.add_now_argument(parser)
        way = parser.add_mutually_exclusive_group()
        way.add_argument("--send", action="store_true", help="send all that waits")
        way.add_argument("--withdraw", action="store_true", help="withdraw what may have left before, send the rest")

    def handle(self, *args: object, send: bool, withdraw: bool, now: datetime | None, **options: object) -> None:
        """Say what waits, or carry out the choice."""
        since = held_since()
        if since is None:
            self.stdout.write("No mail is held.")
            return
        waits, old = held_mail().count(), may_have_left(since).count()
        self.stdout.write(f"Held since {since.restored_at:%Y-%m-%d %H:%M} UTC: {waits}; {old} may have left before.")
        if not (send or withdraw):
            self.stdout.write("Choose: --withdraw or --send.")
            return
        try:
            withdrawn = release_mail(by=None, at=now or clock.now(), withdraw=withdraw)
        except Refusal as refusal:
            raise CommandError(str(refusal)) from None
        self.stdout.write(f"{withdrawn} withdrawn; the rest leaves.")
