"""What the frame of a page is put together with: the mark of the navigation, ids, parts kept until they are shown."""

from collections.abc import Sequence
from itertools import count
from typing import Protocol

from django.template import Context, Library, Node, NodeList
from django.template.base import Parser, Token
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

register = Library()

_ids = count(1)


class NavigationEntry(Protocol):
    """What the navigation says of an entry: whether the page is it, or one of those under it."""

    @property
    def is_here(self) -> bool:
        """Whether the page is this entry, or lies under it."""
        ...

    @property
    def children(self) -> Sequence["NavigationEntry"]:
        """The entries under it."""
        ...


@register.simple_tag
def here(entry: NavigationEntry) -> SafeString:
    """Mark the entry of the navigation the page belongs to: itself, or only something under it."""
    if not entry.is_here:
        return SafeString("")
    below = any(child.is_here for child in entry.children)
    return SafeString(' class="is-here"' if below else ' aria-current="page"')


@register.simple_tag
def html_lang() -> str:
    """Return the page's language as HTML names it."""
    parts = (get_language() or "en").split("-")
    return "-".join([parts[0], *(part.title() if len(part) == 4 else part.upper() for part in parts[1:])])


@register.simple_tag
def unique_id(prefix: str = "x") -> str:
    """Return an id no other element of the page has."""
    return f"{prefix}{next(_ids)}"


class CaptureNode(Node):
    """Keeps what a part of the page renders, so that the frame around it can be left out when it is empty."""

    def __init__(self, nodelist: NodeList, name: str) -> None:
        self.nodelist = nodelist
        self.name = name

    def render(self, context: Context) -> SafeString:
        """Remember the part and show nothing yet."""
        context[self.name] = mark_safe(self.nodelist.render(context).strip())
        return SafeString("")


@register.tag
def capture(parser: Parser, token: Token) -> CaptureNode:
    """Read {% capture as name %} … {% endcapture %}."""
    name = token.split_contents()[-1]
    nodelist = parser.parse(("endcapture",))
    parser.delete_first_token()
    return CaptureNode(nodelist, name)
