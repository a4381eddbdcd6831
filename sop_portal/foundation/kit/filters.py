"""What a list is narrowed to: read once from the address, for its page, its total, its spreadsheet and its print."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any, ClassVar

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from sop_portal.foundation.kit.refusals import Refusal
from sop_portal.foundation.kit.sentences import StrOrPromise, interpolate

# What stands in the address of every list beside its filter: the order, the place, how much of it.
BESIDE = ("sort", "after", "before", "from", "rows")
LONGEST_ECHO = 60


class NotUnderstood(Refusal):
    """An address narrows or orders a list by something that is not known; nothing is shown in its stead."""

    status = 422

    def __init__(self, name: StrOrPromise, typed: object) -> None:
        words = {"name": name, "typed": str(typed)[:LONGEST_ECHO]}
        super().__init__(
            interpolate(_("The list cannot be shown by %(name)s “%(typed)s”: this is not understood."), words),
            _("Choose again from what the list offers, or leave it out."),
        )


class ListFilter(forms.Form):
    """The one reading of a list's filter; what is not understood is refused, never left out in silence."""

    beside: ClassVar[tuple[str, ...]] = ()

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
        for name in self.data:
            if name not in (*self.fields, *self.beside, *BESIDE):
                raise NotUnderstood(name, self.data.get(name, ""))
            twice = self.data.getlist(name) if isinstance(self.data, QueryDict) else []
            if name in self.fields and len(set(twice)) > 1:
                raise NotUnderstood(self.fields[name].label or name, ", ".join(map(str, twice)))


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
