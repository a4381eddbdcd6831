"""What people type: kept as typed, but for what a database, a page or a spreadsheet cannot hold."""

import re
import unicodedata
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

LONGEST_TEXT = 2000
LONGEST_NAME = 120

# Control characters but tab and newline, halves of a character pair, what Unicode calls no character at all, and the
# mark a decoder leaves where it could not read one.
UNKEEPABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffd-\uffff]")
# Turns the reading direction of all that follows: in a name it makes one department look like another.
TURNS_DIRECTION = re.compile("[\u202a-\u202e\u2066-\u2069]")
# Blanks, control characters and signs of no width.
UNSEEN = {"Zs", "Zl", "Zp", "Cc", "Cf"}
INVISIBLE = "\u00ad\u180e\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"


def clean_text(text: str) -> str:
    """The text as typed, without blanks around it and with plain line ends; what cannot be kept is refused."""
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    found = UNKEEPABLE.search(plain)
    if found:
        message = _("Character %(position)d of this text (%(code)s) cannot be kept. Delete it, or type the text anew.")
        params = {"position": found.start() + 1, "code": f"U+{ord(found[0]):04X}"}
        raise ValidationError(message, code="unkeepable", params=params)
    return plain.strip()


def clean_name(text: str) -> str:
    """A name on one line: single blanks, something to see, nothing that turns the reading direction."""
    name = " ".join(clean_text(text).split()).strip(INVISIBLE).strip()
    if TURNS_DIRECTION.search(name):
        raise ValidationError(_("This name holds a hidden sign that turns the reading direction. Type the name anew."))
    return name


def same_name(text: str) -> str:
    """The name as names are compared: whatever its capitals, the width of its signs, and its blanks."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    return "".join(sign for sign in folded if unicodedata.category(sign) not in UNSEEN)


def same_words(text: str) -> str:
    """The words as likely doubles are compared: as names are, and whatever their punctuation: “K-1” is “Ｋ 1”."""
    return "".join(sign for sign in same_name(text) if not unicodedata.category(sign).startswith("P"))


class TypedTextField(forms.CharField):
    """A text of some lines: comment, reason, minutes."""

    widget = forms.Textarea

    def __init__(self, *, max_length: int | None = LONGEST_TEXT, rows: int = 4, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.Textarea(attrs={"rows": rows}))
        super().__init__(max_length=max_length, strip=False, **kwargs)

    def to_python(self, value: object) -> str | None:
        """The text, cleaned."""
        text = super().to_python(value)
        return clean_text(text) if text else text


class AskedTextField(TypedTextField):
    """A text that a later step asks for: a draft may leave it empty, and yet it is not called optional."""

    is_asked = True

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, **kwargs)


class TypedNameField(forms.CharField):
    """A name or title on one line."""

    def __init__(self, *, max_length: int | None = LONGEST_NAME, **kwargs: Any) -> None:
        super().__init__(max_length=max_length, strip=False, **kwargs)

    def to_python(self, value: object) -> str | None:
        """The name, cleaned."""
        text = super().to_python(value)
        return clean_name(text) if text else text
