"""Pages are sent without the indentation of their files; nothing else of a template is touched."""

import re
from pathlib import Path

from django.conf import settings
from django.template.loader import get_template

TEMPLATES = Path(settings.BASE_DIR) / "templates"
# What stands in these is shown with every blank.
BLANKS_SEEN = re.compile(r"<pre\b|<textarea\b[^<]*>[^<]*\n[^<]*</textarea>")


def ours() -> dict[str, str]:
    """Our templates as they are written, by name."""
    return {str(path.relative_to(TEMPLATES)): path.read_text() for path in sorted(TEMPLATES.rglob("*.html"))}


def compiled(name: str) -> str:
    """A template as Django compiles it."""
    return str(get_template(name).template.source)  # type: ignore[attr-defined]


def test_a_page_keeps_every_line_of_its_file_but_not_its_indentation() -> None:
    unindented = {name: "\n".join(line.lstrip(" \t") for line in text.split("\n")) for name, text in ours().items()}
    assert len(unindented) > 100
    assert [name for name, text in unindented.items() if compiled(name) != text] == []


def test_what_a_library_brings_is_as_the_library_wrote_it() -> None:
    assert "\n  " in compiled("django/forms/widgets/select.html")


def test_no_page_holds_text_whose_indentation_would_be_seen() -> None:
    assert [name for name, text in ours().items() if BLANKS_SEEN.search(text)] == []
