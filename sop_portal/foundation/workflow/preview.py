"""What a step page shows before the act: what is decided, what changed since this side saw it, what else it touches."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sop_portal.foundation.kit import formats
from sop_portal.foundation.kit.components import Answer, DiffRow, Missing, Tile
from sop_portal.foundation.kit.sentences import StrOrPromise, typed
from sop_portal.foundation.organisation.actor import Actor

# More rows than these that did not change are folded away, and more than so many are only counted.
UNFOLDED, LISTED = 8, 60


@dataclass(frozen=True)
class PreviewRow:
    """One row of what is decided; `before` is what stood in its last column before, `note` belongs to the row."""

    cells: Sequence[StrOrPromise]
    note: StrOrPromise = ""
    url: str = ""
    before: StrOrPromise = ""

    @property
    def is_exceptional(self) -> bool:
        """Whether the row has to be looked at by itself."""
        return bool(self.note or self.before)


# A row, and each of its cells with what stands above it.
LabelledRow = tuple[PreviewRow, list[tuple[StrOrPromise, StrOrPromise]]]


@dataclass(frozen=True)
class PreviewTable:
    """Rows under one title: those to look at first, the rest behind them."""

    title: StrOrPromise
    heads: Sequence[StrOrPromise]
    rows: Sequence[PreviewRow]
    left_out: int = 0

    @property
    def first(self) -> list[LabelledRow]:
        """The exceptional rows; all of them where there are few."""
        return self._labelled(row for row in self.rows if row.is_exceptional or len(self.rows) <= UNFOLDED)

    @property
    def folded(self) -> list[LabelledRow]:
        """The rows in which nothing is out of the ordinary."""
        return self._labelled(row for row in self.rows if not row.is_exceptional and len(self.rows) > UNFOLDED)

    def _labelled(self, rows: Iterable[PreviewRow]) -> list[LabelledRow]:
        return [(row, list(zip(self.heads, row.cells, strict=True))) for row in rows]


@dataclass(frozen=True)
class StepPreview:
    """What is decided: figures, words, rows; what the step touches beyond the record, and what to know before it.

    `says` stands for the sentence of the step where that would not be true of this record.
    """

    figures: Sequence[Tile] = ()
    answers: Sequence[Answer] = ()
    tables: Sequence[PreviewTable] = ()
    effects: Sequence[StrOrPromise] = ()
    warnings: Sequence[Missing] = ()
    says: StrOrPromise = ""


@dataclass(frozen=True)
class Reader:
    """Who is about to take the step of this name, and when."""

    step: str
    actor: Actor
    at: datetime


Previewing = Callable[[Any, Reader], StepPreview]


@dataclass(frozen=True)
class SeenBefore:
    """What changed since somebody on this side decided last: a sentence, and the fields with old and new value."""

    sentence: str
    rows: list[DiffRow] = field(default_factory=list)


def table(title: StrOrPromise, heads: Sequence[StrOrPromise], rows: Iterable[PreviewRow]) -> PreviewTable:
    """A table of at most so many rows; of the others it says how many there are."""
    found = list(rows)
    return PreviewTable(title, heads, found[:LISTED], max(len(found) - LISTED, 0))


def written(labels: Mapping[str, StrOrPromise], record: object) -> list[Answer]:
    """What people wrote into these fields of a record; empty ones are left out."""
    texts = ((label, str(getattr(record, name)).strip()) for name, label in labels.items())
    return [Answer(label, "", typed=text) for label, text in texts if text]


def counted_changes(count: int, when: str) -> str:
    """ "3 changes since the last decision on 12 March": how much is new to this side."""
    if not count:
        return _("Nothing changed since the last decision on %(day)s") % {"day": when}
    sentence = ngettext(
        "%(count)s change since the last decision on %(day)s",
        "%(count)s changes since the last decision on %(day)s",
        count,
    )
    return sentence % {"count": formats.number(count), "day": when}


def person_and_day(name: object, on: datetime | None) -> str:
    """Who did it and when, for a row or under a figure."""
    return formats.joined([typed(name) if name else "", formats.day_of_year(on) if on else ""])
