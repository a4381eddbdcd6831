"""Guides are written in Markdown; what reaches a page is a small, clean part of HTML.

The libraries are loaded by the first page that shows one.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from django.utils.safestring import SafeString, mark_safe

if TYPE_CHECKING:
    from markdown_it import MarkdownIt

TEXT_TAGS = {"p", "br", "hr", "h2", "h3", "h4", "ul", "ol", "li", "strong", "em", "code", "blockquote", "a"}
TABLE_TAGS = {"table", "thead", "tbody", "tr", "th", "td"}


@cache
def parser() -> MarkdownIt:
    """What reads Markdown, with tables and without markup."""
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark", {"html": False}).enable("table")


def rendered(text: str) -> SafeString:
    """The guide as HTML: markup typed into it stays text, and only harmless tags and links are left."""
    import nh3

    html = nh3.clean(
        parser().render(text),
        tags=TEXT_TAGS | TABLE_TAGS,
        attributes={"a": {"href"}},
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer",
    )
    # nh3 has cleaned it: see the tags.
    return mark_safe(html)
