"""Small marks on a page: icons, states, what people typed, keys of forms."""

from functools import cache, lru_cache
from itertools import count
from typing import Any
from uuid import uuid4

from django.template import Context, Library, Node, NodeList
from django.template.base import Parser, Token
from django.templatetags.static import static
from django.utils.html import format_html, linebreaks
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from sop_portal.foundation.kit.sentences import marked

register = Library()

ICONS = {
    "draft": "pencil",
    "sent": "send",
    "review": "eye",
    "back": "arrow-return-left",
    "ok": "check-lg",
    "no": "x-lg",
    "late": "clock",
    "shut": "lock",
}
_ids = count(1)


@cache
def sprite() -> str:
    """Return where the icons are; a process serves one set of files as long as it lives."""
    return static("build/icons.svg")


# Some dozens of icons and states stand on every page, a hundred in a list, and few of them differ.
@register.simple_tag
@lru_cache(maxsize=500, typed=True)
def icon(name: str, classes: str = "") -> SafeString:
    """Draw an icon of the sprite; the word beside it says what it means."""
    return format_html(
        '<svg class="icon{}" aria-hidden="true"><use href="{}#{}"/></svg>',
        f" {classes}" if classes else "",
        sprite(),
        name,
    )


@register.simple_tag
def state(tone: str, label: Any, plain: bool = False, icon_name: str = "") -> SafeString:
    """Show a state: icon, word and colour. Plain is for what is finished."""
    return written_state(tone, label if isinstance(label, SafeString) else str(label), plain, icon_name)


@lru_cache(maxsize=1000, typed=True)
def written_state(tone: str, label: str, plain: bool, icon_name: str) -> SafeString:
    """Write a state whose word is already in the language of the page."""
    return format_html(
        '<span class="state{} is-{}">{}{}</span>',
        " state--plain" if plain else "",
        tone,
        icon(icon_name or ICONS[tone]),
        label,
    )


@register.simple_tag
def here(entry: Any) -> SafeString:
    """Mark the entry of the navigation the page belongs to: itself, or only something under it."""
    if not entry.is_here:
        return SafeString("")
    below = any(child.is_here for child in entry.children or ())
    return SafeString(' class="is-here"' if below else ' aria-current="page"')


@register.simple_tag
def typed(text: Any, lines: bool = False) -> SafeString:
    """Show what a person typed, which no browser may translate; lines keeps its paragraphs."""
    if lines:
        return format_html('<div translate="no">{}</div>', mark_safe(linebreaks(text, autoescape=True)))
    return format_html('<span translate="no">{}</span>', text)


register.filter("marked", marked)


@register.simple_tag
def key_field() -> SafeString:
    """Give a form its key, so that sending it twice does it once."""
    return format_html('<input type="hidden" name="key" value="{}">', uuid4())


@register.simple_tag
def html_lang() -> str:
    """Return the page's language as HTML names it."""
    parts = (get_language() or "en").split("-")
    return "-".join([parts[0], *(part.title() if len(part) == 4 else part.upper() for part in parts[1:])])


@register.simple_tag
def fresh_id(prefix: str = "x") -> str:
    """Return an id no other element of the page has."""
    return f"{prefix}{next(_ids)}"


class GatherNode(Node):
    """Keeps what a part of the page renders, so that the frame around it can be left out when it is empty."""

    def __init__(self, nodelist: NodeList, name: str) -> None:
        self.nodelist = nodelist
        self.name = name

    def render(self, context: Context) -> SafeString:
        """Remember the part and show nothing yet."""
        context[self.name] = mark_safe(self.nodelist.render(context).strip())
        return SafeString("")


@register.tag
def gather(parser: Parser, token: Token) -> GatherNode:
    """Read {% gather as name %} … {% endgather %}."""
    name = token.split_contents()[-1]
    nodelist = parser.parse(("endgather",))
    parser.delete_first_token()
    return GatherNode(nodelist, name)
