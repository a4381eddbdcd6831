"""manage.py write_guides [FOLDER]: a guide for each role, drawn from the tables of steps as the handbook is."""

from argparse import ArgumentParser
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils import translation

from sop_portal.foundation.organisation.roles import Role
from sop_portal.handbook.role_guides import guide_of

GUIDES = Path(settings.BASE_DIR) / "docs" / "guides"


class Command(BaseCommand):
    """What is there already is written anew."""

    help = "Write a guide for each role as Markdown."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """What may be typed behind the name."""
        parser.add_argument("folder", type=Path, nargs="?", default=GUIDES)
        parser.add_argument("--language", choices=[code for code, _name in settings.LANGUAGES], default="en")

    def handle(self, *args: object, folder: Path, language: str, **options: object) -> None:
        """Write them."""
        folder.mkdir(parents=True, exist_ok=True)
        with translation.override(language):
            for role in Role:
                (folder / f"{role.value}.md").write_text(guide_of(role), encoding="utf-8")
        self.stdout.write(f"Written: {len(Role)} guides in {folder}")
