"""Every value of a file as typed and as understood: a page of each sheet at a time, and all of them to take away."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import overload
from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from planning.projects.workflow import HistoryProblem
from sop_portal.foundation.kit.filters import one_of
from sop_portal.foundation.kit.paging import ListPage, paginate_list
from sop_portal.foundation.kit.sentences import StrOrPromise
from sop_portal.foundation.kit.sheets import write_xlsx
from sop_portal.foundation.organisation.access import Request, page
from sop_portal.workbook.file_reading import FileReading
from sop_portal.workbook.forms import ColumnsForm
from sop_portal.workbook.pages.files import find_book
from sop_portal.workbook.pages.workbook import as_file
from sop_portal.workbook.sheet import CHANGED, NEW, SAME, SheetReading, UnderstoodCell

PROBLEMS_LISTED = 100
# What somebody has to look at stands first: what would be overwritten.
ORDER = (CHANGED, NEW, SAME)
LABELS: dict[str, StrOrPromise] = {
    NEW: gettext_lazy("New"),
    CHANGED: gettext_lazy("Changed"),
    SAME: gettext_lazy("Same as in the portal"),
}


class SheetValues(Sequence[UnderstoodCell]):
    """The values of a sheet, of one state or of all with the changed ones first; only those asked for are made."""

    def __init__(self, reading: SheetReading, shown: str = "") -> None:
        counts = reading.counts()
        self.reading = reading
        self.parts = [(state, counts[state]) for state in ORDER if shown in ("", state)]

    def __len__(self) -> int:
        return sum(count for _state, count in self.parts)

    @overload
    def __getitem__(self, at: int) -> UnderstoodCell: ...
    @overload
    def __getitem__(self, at: slice) -> list[UnderstoodCell]: ...
    def __getitem__(self, at: int | slice) -> UnderstoodCell | list[UnderstoodCell]:
        if isinstance(at, int):
            return next(self._between(at, at + 1))
        begin, end, _step = at.indices(len(self))
        return list(self._between(begin, end))

    def _between(self, begin: int, end: int) -> Iterator[UnderstoodCell]:
        for state, count in self.parts:
            first, last = max(begin, 0), min(end, count)
            if first < last:
                yield from self.reading.values(state=state, start=first, most=last - first)
            begin, end = begin - count, end - count


@dataclass(frozen=True)
class SheetPart:
    """One sheet of the page: what is wrong with it, a page of its values, and which column is what."""

    reading: SheetReading
    problems: Sequence[HistoryProblem]
    turned: ListPage
    total: int
    all_url: str
    form: ColumnsForm

    @property
    def values_id(self) -> str:
        """Where its values stand on the page."""
        return f"{self.reading.prefix}-values"


def part_of(request: Request, sheet: SheetReading, shown: str) -> SheetPart:
    """One sheet, with that page of its values that the address asks for; the links lead back to the sheet."""
    query = request.GET.copy()
    if query.get("sheet") != sheet.prefix:
        for name in ("from", "rows"):
            query.pop(name, None)
    query["sheet"] = sheet.prefix
    values = SheetValues(sheet, shown)
    turned = paginate_list(values, query)
    query["rows"] = "all"
    query.pop("from", None)
    place = f"#{sheet.prefix}-values"
    back, on = (f"{url}{place}" if url else "" for url in (turned.previous_url, turned.next_url))
    all_url = f"?{query.urlencode()}{place}"
    problems = sheet.problems[:PROBLEMS_LISTED]
    return SheetPart(sheet, problems, ListPage(turned.rows, back, on), len(values), all_url, ColumnsForm(reading=sheet))


def sheet_asked(request: Request, found: FileReading) -> str:
    """The sheet whose values are paged through."""
    return one_of(request.GET, "sheet", [sheet.prefix for sheet in found.sheets])


@page(None)
def values_file(request: Request, *, token: UUID) -> HttpResponse:
    """Every value of every sheet, as a table to go through beside the file."""
    book = find_book(request, token)
    found = book.read(request)
    header = [_("Sheet"), _("Cell"), _("What it is"), _("Column"), _("As typed"), _("Understood as")]
    header += [_("In the portal"), _("Result")]
    stream = BytesIO()
    write_xlsx(stream, _("Values"), header, _rows(found))
    return as_file(stream, "values")


def _rows(found: FileReading) -> Iterator[Sequence[str | None]]:
    for sheet in found.sheets:
        for value in sheet.values(most=sum(sheet.counts().values())):
            said = (value.cell, value.of, value.column, value.typed, value.understood, value.there)
            yield [sheet.called, *(str(one) or None for one in said), str(LABELS[value.state])]
