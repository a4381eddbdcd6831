"""`manage.py createsuperuser`: what those who know Django type first; here it is `manage.py first_administrator`."""

from argparse import ArgumentParser

from sop_portal.set_up.management.commands.first_administrator import Command as FirstAdministrator


class Command(FirstAdministrator):
    """There are no superusers, only people with roles; the first administrator comes in by a one-time code."""

    help = f"The same as first_administrator, for there are no superusers here. {FirstAdministrator.help}"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Whatever Django's own command takes in a script is taken; nothing is ever asked."""
        super().add_arguments(parser)
        parser.add_argument("--noinput", "--no-input", action="store_true", help="nothing is ever asked here")
