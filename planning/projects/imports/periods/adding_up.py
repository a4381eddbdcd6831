"""Months and quarters of a year are added up; a year of which a part is missing is asked about, never taken as low."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from django.utils.translation import gettext_lazy as _

from planning.projects.figures import BOUNDS, HistoryRow, folded, from_hundredths
from planning.projects.imports.cells import TOO_LARGE
from planning.projects.imports.periods.words import WHOLE, PartOfYear, all_parts
from planning.projects.imports.questions import CELLS_SHOWN, AskedCell, FileQuestions, PossibleAnswer, Question
from planning.projects.imports.totals import SUM_LEFT_OUT
from planning.projects.workflow import HistoryProblem, Wording
from sop_portal.foundation.kit.formats import listed, parted
from sop_portal.foundation.kit.sheets import Table

NOTHING, LEAVE = "nothing", "leave"
MOST_NAMED = 5

NOT_A_PERIOD = Wording(
    "period",
    _("Row %(row)s, column %(column)s: “%(value)s” is no part of a year. Write Q1 to Q4, or the name of a month."),
)
MIXED = Wording(
    "period-mixed",
    _("Row %(row)s: %(named)s is given in parts of several kinds, such as quarters and months. Keep one kind."),
)
TWICE = Wording(
    "repeated",
    _("Row %(row)s repeats row %(other)s: %(named)s, %(part)s is there already. Delete one of the two rows."),
)
NOT_THE_SUM = Wording(
    "period-total",
    _("Row %(row)s: %(named)s is given as %(whole)s for the whole year, and its parts add up to %(sum)s. Correct one."),
)
INCOMPLETE = Wording(
    "incomplete",
    _("Parts of some years are missing or blank: %(named)s. Did nothing happen in them?"),
)
COUNTS_AS_NOTHING = _("Yes: what is missing counts as nothing.")
NOT_KNOWN = _("No: these figures of the year are not known. Leave them out.")
ANSWERS = (PossibleAnswer(NOTHING, COUNTS_AS_NOTHING), PossibleAnswer(LEAVE, NOT_KNOWN))

Key = tuple[str, str, int]


@dataclass
class YearParts:
    """What rows and columns say of parts of years, and what of it is wrong or missing."""

    sheet: Table
    # By row: which part of its year it is, and which measures lack a part among its columns.
    periods: dict[int, PartOfYear] = field(default_factory=dict)
    lacking: dict[int, dict[int, str]] = field(default_factory=dict)
    added: dict[int, tuple[int, ...]] = field(default_factory=dict)
    problems: list[HistoryProblem] = field(default_factory=list)
    not_read: list[HistoryProblem] = field(default_factory=list)

    def settled(self, rows: Sequence[HistoryRow], questions: FileQuestions, at: int) -> list[HistoryRow]:
        """One row for each year: its parts added up, and what lacks a part as somebody says."""
        if self.periods:
            groups: dict[Key, list[HistoryRow]] = defaultdict(list)
            for row in rows:
                groups[folded(row.department), folded(row.project), row.year].append(row)
            rows = [one for group in groups.values() for one in self._of_year(group)]
        self.problems += [problem for row in rows for problem in self._too_large(row)]
        return self._complete(list(rows), questions, at)

    def _of_year(self, rows: list[HistoryRow]) -> Iterator[HistoryRow]:
        whole = [row for row in rows if self.periods.get(row.row_number, WHOLE) == WHOLE]
        parts = [row for row in rows if row not in whole]
        if not parts:
            yield from whole
            return
        found: dict[PartOfYear, HistoryRow] = {}
        for row in parts:
            period = self.periods[row.row_number]
            if other := found.get(period):
                self._wrong(row, TWICE, other=other.row_number, part=str(period))
            found.setdefault(period, row)
        if len({period.of for period in found}) > 1:
            self._wrong(parts[0], MIXED)
            return
        total = self._sum(found)
        for row in whole:
            self._compare(row, total)
        yield total

    def _sum(self, found: Mapping[PartOfYear, HistoryRow]) -> HistoryRow:
        """The sum of the parts; what lacks one is noted."""
        rows = list(found.values())
        first, of = rows[0], next(iter(found)).of
        sums: list[int | None] = []
        for place in range(len(first.named)):
            filled = [row.hundredths[place] for row in rows if row.hundredths[place] is not None]
            sums.append(sum(figure or 0 for figure in filled) if filled else None)
            missing = [p for p in all_parts(of) if p not in found or found[p].hundredths[place] is None]
            if filled and missing:
                self.lacking.setdefault(first.row_number, {})[place] = listed(map(str, missing))
        self.added[first.row_number] = tuple(row.row_number for row in rows)
        return replace(first, hundredths=tuple(sums))

    def _compare(self, whole: HistoryRow, total: HistoryRow) -> None:
        """A row of the whole year is the sum of its parts, or one of both is wrong."""
        for figure, added in zip(whole.hundredths, total.hundredths, strict=True):
            if figure is not None and figure != (added or 0):
                said = {"whole": f"{from_hundredths(figure):,}", "sum": f"{from_hundredths(added or 0):,}"}
                self._wrong(whole, NOT_THE_SUM, **said)
                return
        params = {"row": whole.row_number, "text": _named(whole)}
        self.not_read.append(HistoryProblem(whole.row_number, "", SUM_LEFT_OUT, params))

    def _wrong(self, row: HistoryRow, wording: Wording, **more: object) -> None:
        params = {"row": row.row_number, "named": _named(row), **more}
        self.problems.append(HistoryProblem(row.row_number, "", wording, params))

    def _too_large(self, row: HistoryRow) -> Iterator[HistoryProblem]:
        for metric, figure in row.metrics.items():
            if figure is not None and figure > BOUNDS[metric].most:
                params = {
                    "row": row.row_number,
                    "column": metric,
                    "value": f"{figure:,}",
                    "most": BOUNDS[metric].largest,
                }
                yield HistoryProblem(row.row_number, "", TOO_LARGE, params)

    def _complete(self, rows: list[HistoryRow], questions: FileQuestions, at: int) -> list[HistoryRow]:
        lacking = [row for row in rows if row.row_number in self.lacking]
        if not lacking:
            return rows
        named = [f"{_named(row)} ({listed(dict.fromkeys(self.lacking[row.row_number].values()))})" for row in lacking]
        more = f" … ({len(lacking)})" if len(lacking) > MOST_NAMED else ""
        cells = tuple(AskedCell(self.sheet.address(row.row_number, at), _named(row)) for row in lacking[:CELLS_SHOWN])
        answer = questions.ask(
            Question("incomplete", INCOMPLETE, ANSWERS, {"named": parted(named[:MOST_NAMED]) + more}, cells)
        )
        if answer == NOTHING:
            return rows
        known = (self._without(row) for row in rows)
        return [
            row for row in known if row.row_number not in self.lacking or any(f is not None for f in row.hundredths)
        ]

    def _without(self, row: HistoryRow) -> HistoryRow:
        lacking = self.lacking.get(row.row_number)
        if not lacking:
            return row
        return replace(row, hundredths=tuple(None if at in lacking else f for at, f in enumerate(row.hundredths)))


def _named(row: HistoryRow) -> str:
    return " ".join(filter(None, (row.department, row.project, str(row.year))))
