"""Kinds of records: what each is called, and where a record of it is found by its number."""

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from django.core.exceptions import ImproperlyConfigured
from django.db.models import Exists, Model, OuterRef, Q, QuerySet

from sop_portal.foundation.kit.formats import joined
from sop_portal.foundation.kit.sentences import StrOrPromise, typed, unpacked
from sop_portal.foundation.organisation.actor import Actor, wrote_for_its_department

# What people do with the papers of a record.
PAPER_ACTS = ("attach-paper", "replace-paper", "take-back-paper")
# The trail keeps a place as words with a comma or a colon between them; between Chinese ones it is a Chinese mark.
IN_CHINESE = {", ": "，", ": ": "："}
BETWEEN_CHINESE = re.compile(r"(?<=[\u3400-\u9fff）]), (?=[\u3400-\u9fff])|(?<=[\u3400-\u9fff）]): (?=[\u3400-\u9fff])")
RecordT = TypeVar("RecordT", bound=Model)


@dataclass(frozen=True, kw_only=True, eq=False)
class RecordKind(Generic[RecordT]):
    """One kind of record, found by its name wherever only kind and number are known: trail, comments, notices.

    `fields` says how what can change is called, `values` how the choices of such a field are called, and `places` how
    the portal calls where it changed: the trail keeps their keys. `people` are fields of which it keeps the person's
    number, never the name. `created` is the sentence of the first entry.
    `withheld` finds the entries of its trail that a department does not read yet, `withheld_while` the records on
    which it reads no papers of those who decide yet.
    """

    kind: str
    label: StrOrPromise
    model: type[RecordT]
    created: StrOrPromise = ""
    fields: Mapping[str, StrOrPromise] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, StrOrPromise]] = field(default_factory=dict)
    places: Mapping[str, StrOrPromise] = field(default_factory=dict)
    people: frozenset[str] = frozenset()
    withheld: Callable[[], Q] | None = None
    withheld_while: Callable[[], QuerySet[RecordT]] | None = None

    def __post_init__(self) -> None:
        known = KINDS.setdefault(self.kind, self)
        if known.model is not self.model:
            raise ImproperlyConfigured(f"Two kinds of records are called “{self.kind}”: {known.model}, {self.model}.")

    def withheld_papers(self) -> Q:
        """Papers that those who decide put beside a record while its department does not read what they do.

        Asked of papers and of their entries alike: both name kind, record, department, person and moment.
        """
        if self.withheld_while is None:
            return Q(pk__in=[])
        on_these = Q(kind=self.kind, record_id__in=self.withheld_while().order_by().values("pk"))
        return on_these & ~wrote_for_its_department()

    def place_called(self, where: str) -> str:
        """Where something changed: as people typed it, or as the portal calls it in the reader's language."""
        if (said := unpacked(where)) != where:
            return typed(said)
        parts = where.split(", ")
        if self.places.keys().isdisjoint(parts):
            return typed(BETWEEN_CHINESE.sub(lambda found: IN_CHINESE[found[0]], where))
        return joined(self.places.get(part) or typed(part) for part in parts)

    def value_called(self, field: str, text: str) -> str:
        """What a kept value of a field is called: a choice by its label, everything else as it is."""
        return str(self.values.get(field, {}).get(text, unpacked(text)))

    def verb_label(self, verb: str) -> StrOrPromise:
        """What an act on it is called; empty where its kind does not say."""
        return ""


KINDS: dict[str, RecordKind[Any]] = {}


def named_kinds(names: Collection[str] | None = None) -> list[RecordKind[Any]]:
    """The kinds of these names, or all of them; a name that no kind has finds nothing."""
    return [kind for kind in KINDS.values() if names is None or kind.kind in names]


def hidden_from(actor: Actor, kinds: Collection[str] | None = None) -> Q:
    """Which rows are about a record that this person may not see, where rows name kind and number of a record.

    Asked of the records themselves, so that trail, comments and notices have no rule of their own. Whoever knows which
    `kinds` the rows are about names them: every kind makes the question longer.
    """
    hidden, this = Q(pk__in=[]), OuterRef("record_id")
    for kind in named_kinds(kinds):
        records = kind.model._default_manager
        is_there, is_seen = Exists(records.filter(pk=this)), Exists(records.visible_to(actor).filter(pk=this))
        hidden |= Q(kind=kind.kind) & is_there & ~is_seen
    return hidden
