"""Guides are written in Markdown; what reaches a page is a small, clean part of HTML."""

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt

TEXT_TAGS = {"p", "br", "hr", "h2", "h3", "h4", "ul", "ol", "li", "strong", "em", "code", "blockquote", "a"}
TABLE_TAGS = {"table", "thead", "tbody", "tr", "th", "td"}
PARSER = MarkdownIt("commonmark", {"html": False}).enable("table")


def rendered(text: str) -> SafeString:
    """The guide as HTML: markup typed into it stays text, and only harmless tags and links are left."""
    html = nh3.clean(
        PARSER.render(text),
        tags=TEXT_TAGS | TABLE_TAGS,
        attributes={"a": {"href"}},
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer",
    )
    # nh3 has cleaned it: see the tags.
    return mark_safe(html)
