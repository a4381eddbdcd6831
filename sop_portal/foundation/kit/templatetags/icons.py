"""Icons, and the states of records drawn with them."""

from functools import cache, lru_cache
from typing import TYPE_CHECKING, TypeAlias

from django.template import Library
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

Text: TypeAlias = "str | _StrPromise"

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
def state(tone: str, label: Text, plain: bool = False, icon_name: str = "") -> SafeString:
    """Show a state: icon, word and colour. Plain is for what is finished."""
    return state_html(tone, label if isinstance(label, SafeString) else str(label), plain, icon_name)


@lru_cache(maxsize=1000, typed=True)
def state_html(tone: str, label: str, plain: bool, icon_name: str) -> SafeString:
    """Write a state whose word is already in the language of the page."""
    return format_html(
        '<span class="state{} is-{}">{}{}</span>',
        " state--plain" if plain else "",
        tone,
        icon(icon_name or ICONS[tone]),
        label,
    )
