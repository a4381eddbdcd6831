"""A sheet whose rows are things: departments, people, pools, funds, projects."""

from abc import abstractmethod
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from itertools import islice
from types import MappingProxyType
from typing import NamedTuple

from django.utils.translation import gettext_lazy as _

from planning.projects.imports.cells import shown
from planning.projects.imports.questions import FileQuestions
from planning.projects.workflow import HistoryProblem, Wording
from sop_portal.foundation.kit.sheets import CellValue, Table
from sop_portal.workbook.cells.columns import Column
from sop_portal.workbook.cells.known import Known, Row
from sop_portal.workbook.merging import Ask
from sop_portal.workbook.sheet import (
    CHANGED,
    NEW,
    SAME,
    STATES,
    Acting,
    Done,
    Kept,
    RowAct,
    Sheet,
    SheetReading,
    UnderstoodCell,
)

NO_YEAR_YET = Wording(
    "no-year", _("Row %(row)s: no year is set up that is not closed. Set up the year first, then bring this again.")
)
UNKNOWN_YEAR = Wording(
    "unknown-year",
    _("Row %(row)s, column %(column)s: the year %(value)s is not set up. Set it up first, or correct the year."),
)
CLOSED_YEAR = Wording(
    "closed-year", _("Row %(row)s, column %(column)s: the year %(value)s is closed, so nothing of it changes any more.")
)
UNKNOWN_DEPARTMENT = Wording(
    "unknown-department",
    _(
        "Row %(row)s, column %(column)s: the portal has no department “%(value)s”. "
        "Write it on the sheet of departments, or correct the name."
    ),
)
OTHER_YEAR = Wording(
    "line-year",
    _(
        "Row %(row)s, column %(column)s: “%(value)s” is a line of another year, and the row belongs to %(year)s. "
        "Correct the number or the year."
    ),
)


class Wrong(NamedTuple):
    """What is wrong with a row: in which column, or in none of them, and in which words."""

    column: str
    wording: Wording
    params: Mapping[str, object] = {}


@dataclass(slots=True)
class ReadRow:
    """A row as it was understood, beside what the portal has for it."""

    number: int
    values: Row
    there: Kept | None = None

    @property
    def changes(self) -> Row:
        """What is otherwise than in the portal; of a new row everything."""
        if self.there is None:
            return self.values
        return {key: value for key, value in self.values.items() if value != self.there.values.get(key)}

    @property
    def state(self) -> str:
        """Whether it is new, changes something, or says what is there."""
        return NEW if self.there is None else CHANGED if self.changes else SAME


class ListSheet(Sheet):
    """A sheet whose rows are things: found in the portal by what they are called."""

    @abstractmethod
    def there(self, year: int | None = None) -> list[Kept]:
        """Everything the portal has, in the order in which it is exported."""

    def current(self, on: date, year: int | None = None) -> Iterator[Row]:
        """What stands in the portal."""
        return (kept.values for kept in self.there(year))

    def settle(self, values: Row, known: Known) -> Iterator[Wrong]:
        """Put what a row speaks of into the portal's own words; what cannot be meant is wrong."""
        return iter(())

    # Columns whose value another column of the file may say: it is shown beside that one's cell.
    told_by: Mapping[str, str] = MappingProxyType({})

    # The columns by which a row is called; by the first one that every row needs where none are named.
    named: tuple[str, ...] = ()

    def called(self, values: Row) -> str:
        """What a row is called where it is shown or spoken of."""
        named = [column for column in self.columns if column.key in self.named] or [*self.required, self.columns[0]][:1]
        return " · ".join(str(one.holds.said(values[one.key])) for one in named if values.get(one.key) is not None)

    def doubts(self, table: Table, mapping: Mapping[str, int], questions: FileQuestions) -> Iterator[HistoryProblem]:
        """What is asked about a table as a whole, and why it is not taken as one of these."""
        return iter(())

    @abstractmethod
    def identity(self, values: Row, known: Known) -> Hashable:
        """What the row is about; two rows of one file are not about the same."""

    def index(self, known: Known) -> dict[Hashable, Kept]:
        """The rows of the portal by what they are about; departments are called as the file calls them from now on."""
        found: dict[Hashable, Kept] = {}
        for kept in self.there():
            if "department" in kept.values:
                kept.values["department"] = known.department(kept.values["department"])
            found[self.identity(kept.values, known)] = kept
        return found

    def find(self, values: Row, there: Mapping[Hashable, Kept], known: Known) -> Kept | None:
        """The row of the portal that is meant."""
        return there.get(self.identity(values, known))

    def missing(self, row: ReadRow, known: Known) -> Iterator[Wrong]:
        """Why a row cannot be taken as it is."""
        return iter(())

    def missing_at_end(self, row: ReadRow, known: Known) -> Iterator[Wrong]:
        """Why a row cannot be taken once all the others are known."""
        return iter(())

    def defaults(self, values: Row, known: Known) -> Row:
        """What a new row is where it does not say so."""
        return {}

    def merge(self, row: ReadRow, ask: Ask) -> bool:
        """Lay what a row says beside what others wrote meanwhile; false while something is to be asked."""
        return True

    def notify(self, values: Row, known: Known) -> None:
        """Let later rows and sheets speak of it."""

    @abstractmethod
    def add(self, values: Row, acting: Acting) -> list[Done]:
        """Add what a new row says."""

    @abstractmethod
    def change(self, kept: Kept, changes: Row, acting: Acting) -> list[Done]:
        """Change what a row says otherwise."""

    def order(self, row: ReadRow) -> int:
        """Rows with a lower number are carried out first."""
        return 0

    def acts(self, rows: Sequence[ReadRow], letters: str, acting: Acting) -> Iterator[RowAct]:
        """What carrying these rows out is: each on its own, where a sheet does not say that they come in together."""
        for row in rows:
            yield RowAct(row.number, letters, partial(_carry_out, self, row, replace(acting, row=row.number)))

    def last_acts(self, rows: Sequence[ReadRow], letters: str, acting: Acting) -> Iterator[RowAct]:
        """What of these rows is carried out only when every other sheet of the file is in."""
        return iter(())


@dataclass
class ListReading(SheetReading):
    """What a table of things would bring."""

    sheet: ListSheet
    rows: list[ReadRow] = field(default_factory=list)

    @property
    def row_count(self) -> int:
        """How many rows would be taken."""
        return len(self.rows)

    def counts(self) -> dict[str, int]:
        """How many values are new, changed and the same."""
        found = dict.fromkeys(STATES, 0)
        for row in self.rows:
            for key in row.values:
                found[_state_of(row, key)] += 1
        return found

    def acts(self, acting: Acting) -> Iterator[RowAct]:
        """The rows that say something new, in the order in which they can be carried out."""
        yield from self.sheet.acts(self._wanted(), self.table.letters(0), self._place(acting))

    def last_acts(self, acting: Acting) -> Iterator[RowAct]:
        """What of them comes when all the sheets are in."""
        yield from self.sheet.last_acts(self._wanted(), self.table.letters(0), self._place(acting))

    def _wanted(self) -> list[ReadRow]:
        return sorted((row for row in self.rows if row.state != SAME), key=self.sheet.order)

    def _place(self, acting: Acting) -> Acting:
        return replace(acting, sheet=self.table.context.sheet)

    def values(self, *, state: str = "", start: int = 0, most: int) -> list[UnderstoodCell]:
        """So many values of one state, or of all, from a place on."""
        wanted = (
            (row, column)
            for row in self.rows
            for column in self.sheet.columns
            if column.key in row.values and state in ("", _state_of(row, column.key))
        )
        return [self._cell(row, column) for row, column in islice(wanted, start, start + most)]

    def _cell(self, row: ReadRow, column: Column) -> UnderstoodCell:
        cells: Sequence[CellValue] = self.table.rows[row.number - self.table.first_row]
        place, teller = self.mapping.get(column.key), self.sheet.told_by.get(column.key, "")
        told_at = None if teller in row.values else self.mapping.get(teller)
        if told_at is not None and shown(cells[told_at]):
            place = told_at
        there = row.there.values.get(column.key) if row.there else None
        return UnderstoodCell(
            "" if place is None else self.table.address(row.number, place),
            self.sheet.called(row.values),
            column.name,
            "" if place is None else shown(cells[place]),
            column.holds.said(row.values[column.key]),
            "" if there is None else column.holds.said(there),
            _state_of(row, column.key),
        )


def _carry_out(sheet: ListSheet, row: ReadRow, acting: Acting) -> list[Done]:
    if row.there is None:
        return sheet.add(row.values, acting)
    return sheet.change(row.there, row.changes, acting)


def _state_of(row: ReadRow, key: str) -> str:
    if row.there is None:
        return NEW
    return CHANGED if key in row.changes else SAME


def settle_year(values: Row, known: Known) -> Iterator[Wrong]:
    """The year a row belongs to: the one it names, or the newest that is not closed."""
    year = values.setdefault("year", known.year_to_open)
    if year is None:
        yield Wrong("", NO_YEAR_YET)
    elif year not in known.years:
        yield Wrong("year", UNKNOWN_YEAR, {"value": year})


def settle_line(values: Row) -> Iterator[Wrong]:
    """The number of a line; the year in front of it is that of its row."""
    if typed := values.get("line"):
        values["line"] = typed.number
        if typed.year not in (None, values["year"]):
            yield Wrong("line", OTHER_YEAR, {"year": values["year"]})


def settle_department(values: Row, known: Known) -> Iterator[Wrong]:
    """The department a row belongs to, by the name it has now."""
    if "department" in values:
        called = known.department(values["department"])
        if called:
            values["department"] = called
        else:
            yield Wrong("department", UNKNOWN_DEPARTMENT, {"value": values["department"]})
