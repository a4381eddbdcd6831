"""Nothing is told by colour alone: a cell whose figure is coloured says in a word, or shows by a sign, why."""

import re
from pathlib import Path

import pytest
from django.conf import settings

TEMPLATES = Path(settings.BASE_DIR) / "templates"
CELL = re.compile(r"<(td|th|dd)\b.*?</\1>", re.DOTALL)
COLOURED = re.compile(r"""class="[^"]*\b(?:bad|warn)\b""")
# A word of the portal, a sign, or a sentence that was put together for the cell.
SAID = re.compile(r"{% (?:translate|blocktranslate|icon|state) |{{ [\w.]*(?:late|warning)\b")


def coloured_without_words(html: str) -> list[str]:
    """The cells of a template that colour what they hold and say nothing beside it."""
    cells = [found.group() for found in CELL.finditer(html)]
    return [cell for cell in cells if COLOURED.search(cell) and not SAID.search(cell)]


@pytest.mark.parametrize("path", sorted(TEMPLATES.rglob("*.html")), ids=lambda path: str(path.relative_to(TEMPLATES)))
def test_a_coloured_figure_has_a_word_beside_it(path: Path) -> None:
    assert coloured_without_words(path.read_text()) == []


def test_a_cell_that_is_only_red_is_found() -> None:
    red = '<td class="r{% if row.is_over %} bad{% endif %}">{{ row.share }}</td>'
    assert coloured_without_words(f"<tr>{red}</tr>") == [red]
    assert coloured_without_words('<td class="r bad">9 % {% translate "over the plan" %}</td>') == []
