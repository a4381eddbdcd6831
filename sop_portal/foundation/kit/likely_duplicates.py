"""What looks as if it were there already is pointed out, with the way to the first; whoever means it says so once."""

from typing import TypeVar

from django import forms
from django.db.models import Model, QuerySet
from django.utils.html import format_html
from django.utils.translation import gettext as _

from sop_portal.foundation.kit.components import Missing
from sop_portal.foundation.kit.refusals import NotReady
from sop_portal.foundation.kit.sentences import StrOrPromise
from sop_portal.foundation.kit.text import same_words

M = TypeVar("M", bound=Model)
CONFIRMATION_FIELD = "is_another"


class DuplicateRefused(NotReady):
    """What looks like a record there is already: refused with the way to it, until somebody says it is another one."""


def refuse_duplicate(first: Model | None, sentence: StrOrPromise, *, is_another: bool) -> None:
    """Refuse to enter the same a second time unseen."""
    if first is not None and not is_another:
        there = Missing(str(first), first.get_absolute_url())  # type: ignore[attr-defined]
        raise DuplicateRefused(
            sentence, [there], _("Look at the first one. If it is another one, say so and enter it.")
        )


class LikelyDuplicateForm(forms.Form):
    """A form that asks before the same is entered a second time; what was typed stays."""

    @property
    def is_another(self) -> bool:
        """Whether somebody said that it is another one than the first."""
        return bool(self.data.get(CONFIRMATION_FIELD))

    def asks_about_duplicate(self, first: Model | None, sentence: StrOrPromise) -> bool:
        """Whether this looks like a record there is already and nobody has said yet that it is another one."""
        if first is None or self.is_another:
            return False
        self.ask_about_duplicate(first, sentence)
        return True

    def ask_about_duplicate(self, first: Model, sentence: StrOrPromise) -> None:
        """Say what it looks like beside the box that says it is another one."""
        link = format_html('<a href="{}">{}</a>', first.get_absolute_url(), _("Open the first one"))  # type: ignore[attr-defined]
        label = _("It is another one: enter it as well.")
        self.fields[CONFIRMATION_FIELD] = forms.BooleanField(label=label, help_text=link, required=False)
        self.add_error(CONFIRMATION_FIELD, str(sentence))


def find_likely_duplicate(rows: QuerySet[M], **words: str) -> M | None:
    """The first of these rows, which are few, that says the same, whatever its capitals, blanks and punctuation."""
    wanted = tuple(map(comparable, words.values()))
    there = rows.order_by("pk").values_list("pk", *words)
    found = next((pk for pk, *said in there if tuple(map(comparable, said)) == wanted), None)
    return None if found is None else rows.get(pk=found)


def comparable(said: str) -> str:
    """The words by which two texts are the same; what is punctuation alone is compared as it stands."""
    return same_words(said) or said.strip()
