"""Why something is sent back: the words somebody writes, and beside them one reason of a short list, to be counted."""

from typing import Self

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

SEND_BACK = "send-back"
# What the trail calls the chosen reason among the changes of an entry.
CHOSEN = "sent_back_for"


class Reason(TextChoices):
    """The reasons one can choose."""

    MISSING = "missing", _("Reason or source missing")
    FIGURE = "figure", _("Figure does not fit last year")
    CATEGORY = "category", _("Line in the wrong category")
    EVIDENCE = "evidence", _("Evidence missing")
    OTHER = "other", _("Something else")


class Explained(str):
    """A comment that knows which reason was chosen; everywhere else it is the comment alone."""

    __slots__ = ("reason",)
    reason: str

    def __new__(cls, text: str, reason: str) -> Self:
        """Keep the words and the reason."""
        made = super().__new__(cls, text)
        made.reason = reason if reason in Reason.values else ""
        return made


def reason_of(comment: str) -> str:
    """The reason that was chosen with a comment; empty where none was."""
    return comment.reason if isinstance(comment, Explained) else ""
