"""Guides are written in Markdown; what reaches a page is a small, clean part of HTML."""

import difflib
import re
from dataclasses import dataclass

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt

TAGS = {
    "p", "br", "hr", "h2", "h3", "h4", "ul", "ol", "li", "strong", "em", "code", "blockquote", "a",
    "table", "thead", "tbody", "tr", "th", "td",
}  # fmt: skip
WRITTEN = MarkdownIt("commonmark", {"html": False}).enable("table")
# A Chinese sign, a word with the blank after it, or any other single sign.
WORD = re.compile(r"[\u3400-\u9fff]|\w+\s*|\s+|.")

# Below this likeness a paragraph counts as written anew.
WRITTEN_ANEW = 0.4


@dataclass(frozen=True)
class Piece:
    """A run of words that stayed, went or came."""

    kind: str
    text: str


def rendered(text: str) -> SafeString:
    """The guide as HTML: markup typed into it stays text, and only harmless tags and links are left."""
    html = nh3.clean(
        WRITTEN.render(text), tags=TAGS, attributes={"a": {"href"}}, url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer",
    )  # fmt: skip
    # nh3 has cleaned it: see TAGS.
    return mark_safe(html)


def changes(old: str, new: str) -> list[list[Piece]]:
    """Every paragraph that changed between two versions of a guide, word by word."""
    before, after = paragraphs(old), paragraphs(new)
    changed: list[list[Piece]] = []
    matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
    for kind, i, j, k, m in matcher.get_opcodes():
        if kind != "equal":
            went, came = before[i:j], after[k:m]
            pairs = max(len(went), len(came))
            went, came = went + [""] * (pairs - len(went)), came + [""] * (pairs - len(came))
            changed += [words(a, b) for a, b in zip(went, came, strict=True)]
    return changed


def paragraphs(text: str) -> list[str]:
    """The lines of a guide that hold words."""
    return [line.strip() for line in text.splitlines() if line.strip()]


def words(old: str, new: str) -> list[Piece]:
    """One paragraph, with the words that went and came."""
    before, after = WORD.findall(old), WORD.findall(new)
    matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
    if matcher.ratio() < WRITTEN_ANEW:
        return [piece for piece in (Piece("went", old), Piece("came", new)) if piece.text]
    pieces = []
    for kind, i, j, k, m in matcher.get_opcodes():
        if kind == "equal":
            pieces.append(Piece("same", "".join(before[i:j])))
        else:
            pieces += [Piece("went", "".join(before[i:j])), Piece("came", "".join(after[k:m]))]
    return [piece for piece in pieces if piece.text]
