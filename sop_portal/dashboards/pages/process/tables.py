"""What the review of the process is made of: tables of figures, for its page and for its spreadsheet alike."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import compress
from typing import ClassVar, Literal
from urllib.parse import urlencode

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from planning.models import Cycle
from sop_portal.foundation.kit import formats
from sop_portal.foundation.kit.addresses import address
from sop_portal.foundation.kit.charts import RowBar, longest, row_bar
from sop_portal.foundation.kit.sentences import StrOrPromise, typed
from sop_portal.foundation.organisation.models import Department

WHOLE_ORGANISATION = "all"


@dataclass(frozen=True)
class ReviewFigure:
    """One cell: the figure as it is written, as a spreadsheet keeps it, and where its records are."""

    text: StrOrPromise = ""
    value: Decimal | int | None = None
    url: str = ""
    bar: RowBar | None = None


@dataclass(frozen=True)
class ReviewColumn:
    """The head of a column, and what stands in it: words, a bar, a figure, or that of the year before."""

    label: StrOrPromise
    kind: Literal["figure", "words", "bar", "before"] = "figure"

    @property
    def classes(self) -> str:
        """How the head of the column is set."""
        return {"bar": "barcol full", "words": ""}.get(self.kind, "r")

    @property
    def said(self) -> StrOrPromise:
        """What stands before the figure on a phone; a bar stands alone."""
        return "" if self.kind == "bar" else self.label

    def of(self, before: Cycle) -> "ReviewColumn":
        """The column with the year it is about in its head."""
        words = {"figure": self.label, "year": before.year}
        return replace(self, label=_("%(figure)s, %(year)s") % words) if self.kind == "before" else self


@dataclass(frozen=True)
class ReviewRow:
    """One row; a marked one says in its note why."""

    name: StrOrPromise
    figures: Sequence[ReviewFigure]
    note: StrOrPromise = ""

    @property
    def counted(self) -> ReviewFigure:
        """The figure that leads to the row's records."""
        return next((figure for figure in self.figures if figure.url), ReviewFigure())


@dataclass(frozen=True)
class ReviewTable:
    """One part of the review."""

    key: str
    title: StrOrPromise
    note: StrOrPromise
    columns: Sequence[ReviewColumn]
    rows: Sequence[ReviewRow]
    empty: StrOrPromise = ""
    legend: Sequence[tuple[str, StrOrPromise]] = ()
    # A few short columns stay a table on a phone; more of them become a card for each row.
    is_narrow: bool = False
    # As many rows a phone shows first.
    SHORT: ClassVar[int] = 8

    @property
    def is_long(self) -> bool:
        """Whether a phone shows the first rows and the marked ones, and the rest when it is asked to."""
        return not self.is_narrow and len(self.rows) > self.SHORT + 2

    @property
    def heads(self) -> Sequence[ReviewColumn]:
        """The columns behind that of the names."""
        return self.columns[1:]

    @property
    def lines(self) -> list[tuple[ReviewRow, list[tuple[ReviewColumn, ReviewFigure]]]]:
        """Every row with its figures, each beside its column."""
        return [(row, list(zip(self.heads, row.figures, strict=True))) for row in self.rows]

    def beside(self, before: Cycle | None) -> "ReviewTable":
        """The table with the year before; where there is none, without its columns."""
        if before:
            return replace(self, columns=[column.of(before) for column in self.columns])
        stays = [column.kind != "before" for column in self.heads]
        rows = [replace(row, figures=list(compress(row.figures, stays))) for row in self.rows]
        legend = [pair for pair in self.legend if pair[0] != "mark"]
        return replace(self, columns=[self.columns[0], *compress(self.heads, stays)], rows=rows, legend=legend)

    @property
    def cells(self) -> list[tuple[StrOrPromise, StrOrPromise, StrOrPromise, Decimal | int | StrOrPromise]]:
        """The table for a spreadsheet: part, row, column and what stands there, bars left out."""
        return [
            (self.title, row.name, column.label, figure.text if figure.value is None else figure.value)
            for row, figures in self.lines
            for column, figure in figures
            if column.kind != "bar" and figure.text
        ]


def counted(value: int | None, url: str = "") -> ReviewFigure:
    """How often; nothing leads nowhere, and what is not known is a dash."""
    return ReviewFigure(formats.number(value), value, url if value else "")


def amount(value: Decimal | None, url: str = "") -> ReviewFigure:
    """An amount of money in whole units of its currency."""
    return ReviewFigure(formats.money(value), value, url if value else "")


def off(value: Decimal | None, places: int = 1) -> ReviewFigure:
    """By how many percent something missed, with its sign."""
    rounded = None if value is None else round(value, places)
    return ReviewFigure(formats.signed_percent(value, places), rounded)


def shared(value: Decimal | None, places: int = 0) -> ReviewFigure:
    """A share in percent."""
    return ReviewFigure(formats.percent(value, places), None if value is None else round(value, places))


def records_url(cycle: Cycle, **asked: str) -> str:
    """Where the records of a figure are."""
    return f"{address('process-records', cycle.year)}?{urlencode(asked)}"


def counts_table(
    key: str, title: StrOrPromise, first: StrOrPromise, rows: Sequence[tuple[StrOrPromise, int, str]]
) -> ReviewTable:
    """How often by reason or department, the most often first, each with a bar."""
    count = sum(times for _name, times, _url in rows)
    most = longest([times for _name, times, _url in rows])
    said = ngettext("%(count)s time", "%(count)s times", count) % {"count": formats.number(count)}
    return ReviewTable(
        key,
        title,
        said if count else "",
        (ReviewColumn(first, "words"), ReviewColumn(_("Share"), "bar"), ReviewColumn(_("Times"))),
        [
            ReviewRow(name, (ReviewFigure(bar=row_bar(most, (times, "solid"))), counted(times, url)))
            for name, times, url in rows
        ],
        _("Not once."),
        is_narrow=True,
    )


def by_department(
    cycle: Cycle, times: Mapping[int | None, int], names: "DepartmentNames", **asked: str
) -> list[tuple[StrOrPromise, int, str]]:
    """How often in each department, the most often first, with the records of each."""
    ordered = sorted(times.items(), key=lambda pair: (-pair[1], str(names.called(pair[0]))))
    return [(names.called(pk), count, records_url(cycle, **asked, department=names.slug(pk))) for pk, count in ordered]


class DepartmentNames:
    """How departments are called, and how addresses name them."""

    def __init__(self) -> None:
        self.known = {pk: (name, slug) for pk, name, slug in Department.objects.values_list("pk", "name", "slug")}

    def called(self, pk: int | None) -> StrOrPromise:
        """The name of a department, or that it is about all of them."""
        return typed(self.known[pk][0]) if pk in self.known else _("The whole organisation")

    def slug(self, pk: int | None) -> str:
        """What an address says for it."""
        return self.known[pk][1] if pk in self.known else WHOLE_ORGANISATION

    def ordered(self, pks: Iterable[int]) -> list[int]:
        """These departments by name."""
        return sorted(pks, key=lambda pk: str(self.called(pk)))
