"""What the parts of a page are given: plain values, made by a view, drawn by templates/components."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sop_portal.foundation.kit.charts.bars import CapacityBar
from sop_portal.foundation.kit.charts.sparklines import Sparkline
from sop_portal.foundation.kit.sentences import StrOrPromise


@dataclass(frozen=True)
class Button:
    """One act or way on; a disabled one says why it is, and who can."""

    label: StrOrPromise
    url: str = ""
    is_primary: bool = False
    is_disabled: bool = False
    why: StrOrPromise = ""
    method: str = "get"
    icon: str = ""
    fields: Sequence[tuple[str, Any]] = ()


@dataclass(frozen=True)
class Missing:
    """One thing that has to be there before the next step, with a link to where it is put right."""

    sentence: StrOrPromise
    url: str = ""
    is_done: bool = False

    def __str__(self) -> str:
        return self.sentence if isinstance(self.sentence, str) else str(self.sentence)


@dataclass(frozen=True)
class NextBox:
    """The one thing to do on this page, or who it waits for. Tones: "", back, wait, late, done."""

    title: StrOrPromise
    text: StrOrPromise = ""
    tone: str = ""
    icon: str = ""
    quote: str = ""
    missing: Sequence[Missing] = ()
    buttons: Sequence[Button] = ()


@dataclass(frozen=True)
class TaskRow:
    """Something a person owes, or waits for."""

    what: StrOrPromise
    why: StrOrPromise
    url: str = ""
    due_text: StrOrPromise = ""
    due_note: StrOrPromise = ""
    late_days: int = 0
    button: StrOrPromise = ""
    is_waiting: bool = False
    verb: StrOrPromise = ""


@dataclass(frozen=True)
class TrailLine:
    """One line of a record's history."""

    at: datetime
    person_name: str
    sentence: StrOrPromise
    comment: str = ""
    note: StrOrPromise = ""
    changes: Sequence[Any] = ()


@dataclass(frozen=True)
class Remark:
    """One comment; text_html is already cleaned and its mentions marked."""

    person_name: str
    initials: str
    role: StrOrPromise
    at: datetime
    text_html: str


@dataclass(frozen=True)
class Person:
    """A person beside a record, and what they are to it."""

    name: str
    initials: str
    role: StrOrPromise = ""


@dataclass(frozen=True)
class Link:
    """A link of the chain up and down."""

    label: StrOrPromise
    url: str = ""
    note: StrOrPromise = ""
    is_here: bool = False
    is_open: bool = False


@dataclass(frozen=True)
class RailStage:
    """One of the five segments of a project; figures are pairs of a word and a value already written out."""

    stage: StrOrPromise
    url: str = ""
    figures: Sequence[tuple[StrOrPromise, StrOrPromise]] = ()
    state_tone: str = "shut"
    state_label: StrOrPromise = ""
    state_icon: str = ""
    is_past: bool = False
    is_now: bool = False


@dataclass(frozen=True)
class Tile:
    """One figure of the year and its trend; the whole tile leads to what adds up to it."""

    name: StrOrPromise
    figure: StrOrPromise
    unit: StrOrPromise = ""
    note: StrOrPromise = ""
    url: str = ""
    sparkline: Sparkline | None = None


@dataclass(frozen=True)
class PoolCapacity:
    """How full a pool is, with its size and what is left in words."""

    name: str
    total_text: StrOrPromise
    bar: CapacityBar
    note: StrOrPromise = ""


@dataclass(frozen=True)
class Cell:
    """Where a department stands in a stage. Without a tone it is finished or, without a label, not begun."""

    label: StrOrPromise = ""
    tone: str = ""
    note: StrOrPromise = ""
    url: str = ""
    icon: str = ""
    is_done: bool = False


@dataclass(frozen=True)
class MatrixRow:
    """A department and its cells, in the order of the stages."""

    department: str
    cells: Sequence[Cell] = ()
    url: str = ""


@dataclass(frozen=True)
class Answer:
    """One answer to check before submitting. Typed marks words of a person, which are not translated."""

    label: StrOrPromise
    value: StrOrPromise
    note: StrOrPromise = ""
    typed: str = ""
    url: str = ""


@dataclass(frozen=True)
class FollowUp:
    """What happens next, by whom and by when."""

    title: StrOrPromise
    text: StrOrPromise = ""


@dataclass(frozen=True)
class DiffRow:
    """One changed field."""

    label: StrOrPromise
    old: StrOrPromise = ""
    new: StrOrPromise = ""
    url: str = ""


@dataclass(frozen=True)
class ConflictRow:
    """One field both people changed; the name is that of the form's field."""

    label: StrOrPromise
    name: str
    mine: StrOrPromise
    theirs: StrOrPromise
    before: StrOrPromise = ""
    keeps_theirs: bool = False


@dataclass(frozen=True)
class Pair:
    """A word and its value."""

    label: StrOrPromise
    value: StrOrPromise
    url: str = ""
    is_typed: bool = False


@dataclass(frozen=True)
class Crumb:
    """One step of the way to this page."""

    label: StrOrPromise
    url: str
