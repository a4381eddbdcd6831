"""Kinds of records: what each is called, and where a record of it is found by its number."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from django.core.exceptions import ImproperlyConfigured
from django.db.models import Model, Q

from sop_portal.foundation.kit.sentences import StrOrPromise

RecordT = TypeVar("RecordT", bound=Model)


@dataclass(frozen=True, kw_only=True, eq=False)
class RecordKind(Generic[RecordT]):
    """One kind of record, found by its name wherever only kind and number are known: trail, comments, notices.

    `fields` says how what can change is called, `values` how the choices of such a field are called; `people` are
    fields of which the trail keeps the person's number, never the name. `created` is the sentence of the first entry.
    `withheld` finds the entries of its trail that a department does not read yet.
    """

    kind: str
    label: StrOrPromise
    model: type[RecordT]
    created: StrOrPromise = ""
    fields: Mapping[str, StrOrPromise] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, StrOrPromise]] = field(default_factory=dict)
    people: frozenset[str] = frozenset()
    withheld: Callable[[], Q] | None = None

    def __post_init__(self) -> None:
        known = KINDS.setdefault(self.kind, self)
        if known.model is not self.model:
            raise ImproperlyConfigured(f"Two kinds of records are called “{self.kind}”: {known.model}, {self.model}.")

    def verb_label(self, verb: str) -> StrOrPromise:
        """What an act on it is called; empty where its kind does not say."""
        return ""


KINDS: dict[str, RecordKind[Any]] = {}
