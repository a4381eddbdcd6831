"""What a sheet of the workbook is: its columns, what stands there already, and how a row of it is carried out.

One declaration serves the template, the reading of a file and the export alike.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NamedTuple

from planning.projects.imports.columns import plain_name
from planning.projects.imports.questions import PossibleAnswer, Question
from planning.projects.workflow import HistoryProblem
from sop_portal.foundation.kit.sentences import StrOrPromise
from sop_portal.foundation.kit.sheets import Table
from sop_portal.foundation.organisation.actor import Actor
from sop_portal.foundation.organisation.models import User
from sop_portal.foundation.organisation.roles import Can
from sop_portal.workbook.cells.columns import Column, suggest
from sop_portal.workbook.cells.known import Row
from sop_portal.workbook.cells.values import in_every_language
from sop_portal.workbook.taking_back import as_kept

NEW, CHANGED, SAME = "new", "changed", "same"
STATES = (NEW, CHANGED, SAME)
ADDED, WAS_CHANGED = "added", "changed"


@dataclass(frozen=True, slots=True)
class Acting:
    """Who brings something in, and when; and in which file, on which sheet and in which row it stands."""

    by: User
    at: datetime
    on: date
    file_name: str = ""
    sheet: str = ""
    row: int = 0

    def right_of(self, usual: Can, other: Can) -> Can:
        """The right in which somebody acts: the usual one where they have it, else the other."""
        return usual if Actor.of(self.by, self.on).may(usual) else other


@dataclass(frozen=True, slots=True)
class Kept:
    """A row as the portal has it: its record, a second one where the row is made of two, and its values."""

    pk: int
    values: Row
    second: int | None = None


@dataclass(frozen=True, slots=True)
class Done:
    """What was carried out on one record, so that exactly this can be taken back: what it was, and what it became."""

    kind: str
    pk: int
    did: str
    before: Mapping[str, Any] = field(default_factory=dict)
    after: Mapping[str, Any] = field(default_factory=dict)
    called: str = ""

    @property
    def kept(self) -> dict[str, Any]:
        """As it is kept beside the file."""
        return {
            "kind": self.kind,
            "pk": self.pk,
            "did": self.did,
            "before": {key: as_kept(value) for key, value in self.before.items()},
            "after": {key: as_kept(value) for key, value in self.after.items()},
            "called": self.called,
        }


class RowAct(NamedTuple):
    """What carrying a row out is, or many that come in together: called once, in its own savepoint."""

    number: int
    letters: str
    carry_out: Callable[[], list[Done]]
    rows: int = 1


class UnderstoodCell(NamedTuple):
    """One value of a file: where it stands, whose it is, as typed, as understood, and what the portal has for it."""

    cell: str
    of: str
    column: StrOrPromise
    typed: str
    understood: StrOrPromise
    there: StrOrPromise
    state: str


@dataclass
class SheetReading(ABC):
    """What one sheet of a file would bring: what is taken, what stops it, what is asked, and what is not read."""

    sheet: "Sheet"
    called: str
    table: Table
    mapping: dict[str, int]
    problems: list[HistoryProblem] = field(default_factory=list)
    warnings: list[HistoryProblem] = field(default_factory=list)
    not_read: list[HistoryProblem] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    answered: list[tuple[Question, PossibleAnswer]] = field(default_factory=list)
    prefix: str = ""
    # What was answered about this sheet alone.
    said: Mapping[str, str] = field(default_factory=dict)

    @property
    def needs_trial(self) -> bool:
        """Whether its acts may refuse what the reading lets pass."""
        return True

    @property
    @abstractmethod
    def row_count(self) -> int:
        """How many rows would be taken."""

    @abstractmethod
    def counts(self) -> dict[str, int]:
        """How many values are new, changed and the same."""

    @abstractmethod
    def values(self, *, state: str = "", start: int = 0, most: int) -> list[UnderstoodCell]:
        """So many values of one state, or of all, from a place on."""

    @abstractmethod
    def acts(self, acting: Acting) -> Iterator[RowAct]:
        """What carrying the sheet out is, row by row."""

    def last_acts(self, acting: Acting) -> Iterator[RowAct]:
        """What of it is carried out only when every other sheet of the file is in."""
        return iter(())

    @property
    def has_changes(self) -> bool:
        """Whether something of it is not in the portal yet."""
        counts = self.counts()
        return bool(counts[NEW] or counts[CHANGED])

    @property
    def is_ready(self) -> bool:
        """Whether nothing stands in the way of it."""
        return not self.problems and not self.questions

    def problem_as_json(self, problem: HistoryProblem) -> dict[str, Any]:
        """A problem or warning as a program reads it."""
        letters = problem.letters or self.table.letters(0)
        cell = f"{letters}{problem.row_number}" if problem.row_number else ""
        return {"kind": problem.kind, "sentence": problem.sentence, "sheet": self.called, "cell": cell}


class Sheet(ABC):
    """A sheet of the workbook: what it is called in every language, who may bring it, and its columns."""

    key: str
    title: StrOrPromise
    says: StrOrPromise
    also: tuple[str, ...] = ()
    columns: tuple[Column, ...]
    can: tuple[Can, ...]

    def is_for(self, actor: Actor) -> bool:
        """Whether this person may bring it, or some of its rows."""
        return any(actor.may(can) for can in self.can)

    @property
    def titles(self) -> set[str]:
        """Every name it is known by, as names are compared."""
        return {plain_name(name) for name in (*in_every_language(self.title), self.key, *self.also)}

    @property
    def required(self) -> list[Column]:
        """The columns without which nothing can be read."""
        return [column for column in self.columns if column.is_required]

    def suggest(self, header: Sequence[str], known: Mapping[str, str] | None = None) -> dict[str, int]:
        """Which column of a table is probably which of its own."""
        return suggest(self.columns, header, known)

    def knows(self, header: Sequence[str]) -> int:
        """How many of its columns a row of names holds."""
        return len(self.suggest(header))

    def fits(self, header: Sequence[str], known: Mapping[str, str] | None = None) -> int:
        """How many of its columns a row of names holds; nothing where one is missing without which nothing is read."""
        found = self.suggest(header, known)
        return len(found) if all(column.key in found for column in self.required) else 0

    @abstractmethod
    def current(self, on: date, year: int | None = None) -> Iterator[Row]:
        """What stands in the portal, row by row as the sheet has them; of one year where rows belong to years."""

    @abstractmethod
    def take_back(self, done: Mapping[str, Any], acting: Acting) -> None:
        """Take one thing back that was carried out."""
