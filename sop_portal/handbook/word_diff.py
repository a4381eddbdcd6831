"""What changed between two versions of a guide, paragraph by paragraph and word by word."""

import re
from dataclasses import dataclass
from difflib import SequenceMatcher

# A Chinese sign, a word with the blank after it, or any other single sign.
WORD = re.compile(r"[\u3400-\u9fff]|\w+\s*|\s+|.")
# Below this likeness a paragraph counts as rewritten.
REWRITTEN = 0.4


@dataclass(frozen=True)
class Piece:
    """A run of words that stayed the same, went or came."""

    kind: str
    text: str

    @property
    def tag(self) -> str:
        """The element that marks it on a page."""
        return {"went": "del", "came": "ins"}.get(self.kind, "span")


def changes(old: str, new: str) -> list[list[Piece]]:
    """Every paragraph that changed between two versions of a guide, word by word."""
    before, after = paragraphs(old), paragraphs(new)
    changed: list[list[Piece]] = []
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    for kind, old_start, old_end, new_start, new_end in matcher.get_opcodes():
        if kind != "equal":
            went, came = before[old_start:old_end], after[new_start:new_end]
            pairs = max(len(went), len(came))
            went, came = went + [""] * (pairs - len(went)), came + [""] * (pairs - len(came))
            changed += [changed_words(*pair) for pair in zip(went, came, strict=True)]
    return changed


def paragraphs(text: str) -> list[str]:
    """The lines of a guide that hold words."""
    return [line.strip() for line in text.splitlines() if line.strip()]


def changed_words(old: str, new: str) -> list[Piece]:
    """One paragraph, with the words that went and came."""
    before, after = WORD.findall(old), WORD.findall(new)
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    if matcher.ratio() < REWRITTEN:
        return with_text([Piece("went", old), Piece("came", new)])
    pieces = []
    for kind, old_start, old_end, new_start, new_end in matcher.get_opcodes():
        went, came = "".join(before[old_start:old_end]), "".join(after[new_start:new_end])
        pieces += [Piece("same", went)] if kind == "equal" else [Piece("went", went), Piece("came", came)]
    return with_text(pieces)


def with_text(pieces: list[Piece]) -> list[Piece]:
    """The pieces that are not empty."""
    return [piece for piece in pieces if piece.text]
