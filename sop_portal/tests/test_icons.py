"""An icon that the sprite does not have would be a blank on the page, and nobody would be told."""

import re
from pathlib import Path

from django.conf import settings

from sop_portal.foundation.kit.templatetags import components, icons

ROOT = Path(settings.BASE_DIR)
NAMED = re.compile(r"""\bicon(?:_name)?(?:=|\s+|\(|"\s*:\s*)["']([a-z0-9-]+)["']""")


def named_in_the_house() -> set[str]:
    """Every icon that a template or a module asks for by name."""
    folders = [ROOT / name for name in ("templates", "sop_portal", "planning", "budgets", "evaluations")]
    texts = [path.read_text() for folder in folders for path in folder.rglob("*") if path.suffix in {".html", ".py"}]
    return {name for text in texts for name in NAMED.findall(text)}


def test_every_icon_on_the_pages_is_in_the_sprite() -> None:
    in_sprite = set((ROOT / "tools" / "icons.txt").read_text().split())
    of_states = {*icons.ICONS.values(), *components.TONE_ICONS.values()}
    assert sorted((named_in_the_house() | of_states) - in_sprite) == []


def test_sprite_is_listed_in_order_and_nothing_twice() -> None:
    names = (ROOT / "tools" / "icons.txt").read_text().split()
    assert names == sorted(set(names))
