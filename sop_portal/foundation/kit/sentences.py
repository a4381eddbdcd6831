"""Sentences that know which of their words somebody typed: plain text everywhere, marked on a page."""

import json
import re
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Self

from django.utils.html import conditional_escape, escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as Promise
else:
    from django.utils.functional import Promise

# Two Chinese signs or marks, and the place of a word with the blanks around it.
CHINESE = re.compile(r"[\u3000-\u303f\u3400-\u9fff\uff00-\uffef“”]{2}")
PLACE = re.compile(r"(?P<before> ?)(?P<put>%\((?P<name>\w+)\)s)(?P<after> ?)")
# How what is kept in every language begins.
PACKED = '{"en": '
# What a page says, perhaps translated only when it is shown.
StrOrPromise = str | Promise


class Sentence(str):
    """A sentence with typed words in it. Only `marked` shows which; titles, mails and sheets get the plain text."""

    __slots__ = ("_render", "names")
    _render: Callable[[], SafeString]
    names: tuple[str, ...]

    def __new__(cls, text: str, render: Callable[[], SafeString], names: Iterable[str]) -> Self:
        """Keep the plain text, how a page shows it, and the words that were typed."""
        made = super().__new__(cls, text)
        made._render, made.names = render, tuple(names)
        return made

    @property
    def html(self) -> SafeString:
        """The sentence as HTML, with what was typed in it marked."""
        return self._render()


def in_this_language(texts: Mapping[str, str]) -> str:
    """The text kept in every language, in that of the page; nothing where nothing was kept."""
    return texts.get(get_language() or "en", texts.get("en", ""))


def packed(texts: Mapping[str, str]) -> str:
    """A sentence of the portal in every language as one text, for where no more than one is kept: the trail."""
    return json.dumps(dict(sorted(texts.items())), ensure_ascii=False)


def unpacked(text: str) -> str:
    """What was kept in every language, in that of the page; everything else as it is."""
    if not text.startswith(PACKED):
        return text
    try:
        return in_this_language(json.loads(text))
    except ValueError:
        # Somebody typed what begins so.
        return text


def typed(words: object) -> Sentence:
    """What somebody typed: a name, a title."""
    text = str(words)
    return Sentence(text, partial(format_html, '<span translate="no">{}</span>', text), [text])


def interpolate(sentence: StrOrPromise, words: Mapping[str, object]) -> Sentence:
    """A sentence of the portal with words put into it, of which some may have been typed."""
    # str() of a sentence would forget what was typed in it.
    known = {name: word if isinstance(word, Sentence) else str(word) for name, word in words.items()}
    text = close_up(str(sentence), known)
    return Sentence(text % known, partial(_filled, text, known), names_in(known.values()))


def close_up(text: str, words: Mapping[str, str]) -> str:
    """The sentence without the blanks that set off a word in Latin letters, where the word put in is Chinese itself."""
    # A sentence may be made of places alone: "%(person)s %(happened)s".
    if text.isascii() and not (get_language() or "en").startswith("zh"):
        return text
    return PLACE.sub(lambda place: _closed(place, words), text)


def _closed(place: re.Match[str], words: Mapping[str, str]) -> str:
    word = words[place["name"]]
    before, after = (place.string[: place.start()] % words)[-1:], (place.string[place.end() :] % words)[:1]
    is_close_before, is_close_after = CHINESE.match(before + word[:1]), CHINESE.match(word[-1:] + after)
    return ("" if is_close_before else place["before"]) + place["put"] + ("" if is_close_after else place["after"])


def _filled(text: str, known: dict[str, str]) -> SafeString:
    html = str(escape(text)) % {name: marked(word) for name, word in known.items()}
    # The sentence is escaped, and so is everything put into it.
    return mark_safe(html)


def concatenate(parts: Iterable[object], between: str) -> str:
    """StrOrPromise or sentences one after the other; what was typed in them stays known."""
    known = [part if isinstance(part, Sentence) else str(part) for part in parts]
    if not between.isascii() and all(CHINESE.match(part[-1:] + part[:1]) for part in known):
        between = between.strip()
    text, names = between.join(known), names_in(known)
    return Sentence(text, lambda: mark_safe(between.join(marked(part) for part in known)), names) if names else text


def names_in(parts: Iterable[object]) -> list[str]:
    """Every typed word of these, once."""
    return list(dict.fromkeys(name for part in parts if isinstance(part, Sentence) for name in part.names))


def restore_typed(text: str, names: Iterable[str]) -> str:
    """A sentence that was kept as plain text, with the typed words it was kept with known again."""
    wanted = [re.escape(name) for name in sorted(names, key=len, reverse=True) if name]
    if not wanted:
        return text
    pieces = re.split(f"({'|'.join(wanted)})", text)
    return concatenate([typed(piece) if place % 2 else piece for place, piece in enumerate(pieces)], "")


def marked(words: object) -> SafeString:
    """The words for a page: escaped, and what was typed in an element no browser translates."""
    text = words if isinstance(words, str) else str(words)
    return text.html if isinstance(text, Sentence) else conditional_escape(text)
