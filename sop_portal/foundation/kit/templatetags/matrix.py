"""Department by stage. Two hundred departments have a thousand cells, so a cell is written in Python."""

from collections.abc import Iterable
from functools import lru_cache
from typing import Any, TypeAlias

from django.template import Library
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from sop_portal.foundation.kit.components import Cell, MatrixRow
from sop_portal.foundation.kit.templatetags.icons import ICONS, Text, icon

register = Library()

Heading: TypeAlias = "Text | tuple[Text, Text]"


@register.inclusion_tag("components/matrix.html")
def matrix(rows: Iterable[MatrixRow], stages: Iterable[Heading], caption: Text = "") -> dict[str, Any]:
    """Department by stage. A stage is a word, or a pair of a word and a note."""
    heads = [stage if isinstance(stage, tuple) else (stage, "") for stage in stages]
    return {"rows": rows, "heads": heads, "caption": caption}


@register.simple_tag
def matrix_cell(cell: Cell) -> SafeString:
    """Where a department stands in a stage: what is finished is plain, what needs somebody is coloured."""
    if not cell.label:
        return not_started(gettext("not started"))
    css = "cell--done" if cell.is_done else f"is-{cell.tone}" if cell.tone else "cell--none"
    icon_name = "check-lg" if cell.is_done else cell.icon or ICONS.get(cell.tone, "")
    label, note = (text if isinstance(text, SafeString) else str(text) for text in (cell.label, cell.note))
    inside = cell_content(icon_name, label, note)
    # What is inside is escaped already.
    if cell.url:
        return mark_safe(f'<a href="{escape(cell.url)}" class="cell {css}">{inside}</a>')
    return mark_safe(f'<span class="cell {css}">{inside}</span>')


# A thousand cells say the same few things.
@lru_cache(maxsize=1000, typed=True)
def cell_content(icon_name: str, label: str, note: str) -> SafeString:
    """Icon, word and note of a cell, escaped."""
    small = format_html("<small>{}</small>", note) if note else ""
    return format_html("{}{}{}", icon(icon_name) if icon_name else "", label, small)


@lru_cache(maxsize=10)
def not_started(words: str) -> SafeString:
    """The cell of a stage that has not begun: a dot to look at, words to listen to."""
    dot = '<span aria-hidden="true">·</span>'
    return format_html(
        '<span class="cell cell--none"><span class="visually-hidden">{}</span>{}</span>', words, mark_safe(dot)
    )
