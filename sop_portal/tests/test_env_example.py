"""`.env.example` is the list of what can be set, so it must be the whole list and nothing else."""

import re
from pathlib import Path

from django.conf import settings

ROOT = Path(settings.BASE_DIR)


def test_example_names_every_variable_that_the_settings_read() -> None:
    read = re.findall(r"""\benv(?:\.\w+)?\(\s*["'](\w+)["']""", (ROOT / "sop_portal" / "settings.py").read_text())
    named = re.findall(r"^#? ?([A-Z][A-Z_]*)=", (ROOT / ".env.example").read_text(), re.MULTILINE)
    assert sorted(named) == sorted(set(read))


def test_example_holds_no_key_that_would_be_accepted() -> None:
    assert re.findall(r"^SECRET_KEY=(.*)$", (ROOT / ".env.example").read_text(), re.MULTILINE) == [""]
