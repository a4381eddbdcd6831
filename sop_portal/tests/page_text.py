"""Pages as people read them."""

import re
from html import unescape
from typing import Any

# Marks inside a sentence part no words; everything else does.
INSIDE = re.compile(r"</?(?:a|abbr|b|bdi|em|q|span|strong|time)\b[^>]*>")
MARKUP = re.compile(r"<[^>]+>")


def tight(html: str) -> str:
    """HTML without the blanks beside its tags: how a template is set does not matter to a test."""
    return " ".join(re.sub(r"(?<=>)\s+|\s+(?=[<>])", "", html).split())


def html_of(response: Any) -> str:
    """The page's HTML without the blanks beside its tags."""
    return tight(response.content.decode())


def words_of(response: Any) -> str:
    """The page without its markup, blanks made single."""
    return " ".join(MARKUP.sub(" ", INSIDE.sub("", response.content.decode())).split())


def hidden(response: Any, name: str) -> str:
    """What a page carries unseen in a field of its form, to be sent back."""
    fields = re.findall(r"<input[^>]*>", response.content.decode())
    [field] = [field for field in fields if f'name="{name}"' in field and 'type="hidden"' in field]
    return unescape((re.search(r'value="([^"]*)"', field) or [""] * 2)[1])
