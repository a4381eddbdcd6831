"""Nothing is told by colour alone: a cell whose figure is coloured says in a word, or shows by a sign, why."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.template.loader import render_to_string

from sop_portal.foundation.kit.charts.row_bars import RowBar, RowPart

TEMPLATES = Path(settings.BASE_DIR) / "templates"
# The samples of a legend, and the branches of one that is drawn in several ways.
SAMPLE = re.compile(r'<svg viewBox="0 0 16 12"[^>]*>(.*?)</svg>', re.DOTALL)
BRANCH = re.compile(r"{% (?:if|elif|else|endif)\b[^%]*%}")
# What only colours; what draws it otherwise (an edge, dashes, a pattern) stays.
COLOUR = re.compile(r"\b(?:f\d|f-(?:card|sunk|text|line|no|today|soft|tint|off|past)|l\d|l-no|c\d|c-\w+)\b")
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


def without_colour(svg: str) -> str:
    """A drawing as somebody sees it who tells no colours apart."""
    return " ".join(COLOUR.sub("", svg).split())


def alike(html: str) -> list[str]:
    """The samples of a legend that differ in nothing but their colour."""
    branches = [branch for sample in SAMPLE.findall(html) for branch in BRANCH.split(sample)]
    drawn = [without_colour(branch) for branch in branches if branch.strip()]
    return sorted({sample for sample in drawn if drawn.count(sample) > 1})


LEGENDS = [path for path in sorted(TEMPLATES.rglob("*.html")) if '<svg viewBox="0 0 16 12"' in path.read_text()]


@pytest.mark.parametrize("path", LEGENDS, ids=lambda path: str(path.relative_to(TEMPLATES)))
def test_no_two_samples_of_a_legend_differ_in_their_colour_alone(path: Path) -> None:
    assert alike(path.read_text()) == []


def test_two_samples_of_other_colours_are_found() -> None:
    sample = '<li><svg viewBox="0 0 16 12"><rect class="{}" width="16" height="12" /></svg>word</li>'
    assert len(alike(sample.format("f1") + sample.format("f7"))) == 1
    assert alike(sample.format("f1") + sample.format("f7 f-edge")) == []


def drawn(look: str) -> str:
    """A part of a bar as it is drawn, its pattern among it, without its colour."""
    html = render_to_string("components/charts/row_bar.html", {"chart": RowBar((RowPart(0, 10, look),)), "id": "a"})
    part = html[html.rindex("<rect") :]
    filled = re.search(r"url\(#([\w-]+)\)", part)
    pattern = re.search(rf'id="{filled[1]}"(.*?)</pattern>', html, re.DOTALL) if filled else None
    return without_colour(re.sub(r"url\(.*?\)", "", part) + (pattern[1] if pattern else ""))


def test_no_two_parts_of_a_bar_differ_in_their_colour_alone() -> None:
    looks = ("solid", "hatched", "light", "bad")
    assert len({drawn(look) for look in looks}) == len(looks)
