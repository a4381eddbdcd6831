"""What a list is narrowed to: read once from the address, for its page, its total, its spreadsheet and its print."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from sop_portal.foundation.kit.formats import listed
from sop_portal.foundation.kit.refusals import Refusal
from sop_portal.foundation.kit.sentences import StrOrPromise, interpolate

# What stands in the address of every list beside its filter: the order, the place, how much of it.
BESIDE = ("sort", "after", "before", "from", "rows")
# What stands in the address of any page: the step that was just taken, and what is looked for in the whole portal.
ANYWHERE = ("done",)
LONGEST_ECHO = 60


class NotUnderstood(Refusal):
    """An address narrows or orders a list by something that is not known; nothing is shown in its stead."""

    status = 422
    title = _("This is not understood")

    def __init__(self, name: StrOrPromise, typed: object) -> None:
        words = {"name": name, "typed": str(typed)[:LONGEST_ECHO]}
        super().__init__(
            interpolate(_("The list cannot be shown by %(name)s “%(typed)s”: this is not understood."), words),
            _("Choose again from what the list offers, or leave it out."),
        )


class ListFilter(forms.Form):
    """The one reading of a list's filter; what is not understood is refused, never left out in silence."""

    # What else stands in the address of this list, with what it may say; nothing where its page reads it by itself.
    beside: ClassVar[Mapping[str, Collection[str]]] = {}

    @property
    def chosen(self) -> dict[str, Any]:
        """What was chosen, by field; raises where the address says something else."""
        self._refuse_unknown()
        if not self.is_valid():
            name = next(iter(self.errors))
            raise NotUnderstood(self.fields[name].label or name, self.data.get(name, ""))
        return dict(self.cleaned_data)

    @property
    def wanted(self) -> dict[str, Any]:
        """Only what narrows the list."""
        return {name: value for name, value in self.chosen.items() if value not in (None, "")}

    def _refuse_unknown(self) -> None:
        labels = {name: field.label or name for name, field in self.fields.items()}
        refuse_unknown(self.data, *self.fields, *self.beside, *BESIDE, labels=labels)
        for name, known in self.beside.items():
            one_of(self.data, name, known or [str(self.data.get(name))])


def refuse_unknown(query: Mapping[str, Any], *names: str, labels: Mapping[str, StrOrPromise] | None = None) -> None:
    """Refuse what an address asks for beside these names, and the same name with two values."""
    for name in query:
        if name not in (*names, *ANYWHERE):
            raise NotUnderstood(name, query.get(name, ""))
        asked = query.getlist(name) if isinstance(query, QueryDict) else []
        if len(set(asked)) > 1:
            raise NotUnderstood((labels or {}).get(name, name), listed(asked))
    if "rows" in names:
        one_of(query, "rows", ("all",))
    for name in set(names) & {"after", "before", "from"}:
        key_asked(query, name)


def prefill(form: forms.Form, query: Mapping[str, Any], *names: str) -> None:
    """Let the address fill in these fields of a form before somebody types."""
    refuse_unknown(query, *names)
    for name in names:
        asked, field = query.get(name), form.fields[name]
        try:
            form.initial = {**form.initial, name: asked} if asked and field.clean(asked) else form.initial
        except ValidationError:
            raise NotUnderstood(field.label or name, asked) from None


def key_asked(query: Mapping[str, Any], name: str) -> str:
    """The key of a row that the address names; nothing where it names none."""
    asked = str(query.get(name) or "")
    if asked and not is_key(asked):
        raise NotUnderstood(name, asked)
    return asked


def is_key(text: str) -> bool:
    """Whether the words of an address can be a key of a row."""
    return text.isascii() and text.isdigit() and len(text) < 19


def one_of(query: Mapping[str, Any], name: str, choices: Collection[str], default: str = "") -> str:
    """What the address asks for, which has to be one of these; the default where it asks for nothing."""
    asked = str(query.get(name) or default)
    if asked != default and asked not in choices:
        raise NotUnderstood(name, asked)
    return asked


def sort_asked(query: Mapping[str, Any], names: Iterable[str], default: str = "") -> str:
    """The name a list is sorted by, with a minus where it goes down."""
    known = list(names)
    return one_of(query, "sort", [*known, *(f"-{name}" for name in known)], default)
