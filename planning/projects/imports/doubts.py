"""What somebody should look at before it is taken: figures that leap for one year, measures that nobody filled in."""

from collections import defaultdict
from collections.abc import Iterator, Mapping

from django.utils.translation import gettext_lazy as _

from planning.projects.figures import METRICS, HistoryRow, folded, from_hundredths, is_outlier
from planning.projects.workflow import HistoryProblem, Wording
from sop_portal.foundation.kit.sheets import Table

DOUBTFUL = Wording(
    "doubtful",
    _(
        "Row %(row)s, column %(column)s: %(figure)s in %(year)s looks mistyped; the year before it is %(before)s, "
        "the year after %(after)s (%(department)s). Correct it in the file, or keep it if it is right."
    ),
)
BLANK_YEAR = Wording(
    "blank",
    _(
        "Column %(column)s is blank for every department in %(year)s. Blank is read as unknown, not as zero. "
        "Write 0 where it really was nothing."
    ),
)
BLANK_COLUMN = Wording(
    "blank",
    _(
        "Column %(column)s is blank in every row. Blank is read as unknown, not as zero. "
        "Choose another column or leave it out."
    ),
)


def blanks(sheet: Table, mapping: Mapping[str, int], rows: list[HistoryRow]) -> Iterator[HistoryProblem]:
    """One warning for each metric that nobody filled in for a year, or one for all years."""
    years: dict[int, list[HistoryRow]] = defaultdict(list)
    for row in rows:
        years[row.year].append(row)
    for metric in (metric for metric in METRICS if metric in mapping):
        column = sheet.header[mapping[metric]]
        place = rows[0].named.index(metric) if rows else 0
        blank = [year for year in sorted(years) if all(row.hundredths[place] is None for row in years[year])]
        if rows and len(blank) == len(years):
            yield HistoryProblem(rows[0].row_number, column, BLANK_COLUMN, {"column": column})
            continue
        for year in blank:
            if len(years[year]) > 1:
                yield HistoryProblem(years[year][0].row_number, column, BLANK_YEAR, {"column": column, "year": year})


def outliers(sheet: Table, mapping: Mapping[str, int], rows: list[HistoryRow]) -> Iterator[HistoryProblem]:
    """Figures that leap for a single year and come back: mistyped, more often than not."""
    known = {(folded(row.department), folded(row.project), row.year): row for row in rows}
    for (department, project, year), row in known.items():
        before, after = known.get((department, project, year - 1)), known.get((department, project, year + 1))
        if before is None or after is None:
            continue
        for metric, *found in zip(row.named, row.hundredths, before.hundredths, after.hundredths, strict=True):
            if is_outlier(*found):
                column = sheet.header[mapping[metric]]
                figure, before_it, after_it = (f"{from_hundredths(hundredths):,}" for hundredths in found)
                figures = {"figure": figure, "before": before_it, "after": after_it}
                params = {"row": row.row_number, "column": column, "year": year, "department": row.department}
                yield HistoryProblem(row.row_number, column, DOUBTFUL, params | figures)
