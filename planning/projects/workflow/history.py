"""What stands in the way of past figures: of a file, of a correction, and of taking an import back."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from planning.projects.figures import BOUNDS, HistoryRow, folded, latin
from planning.projects.models import Actual, Hindsight, HistoryImport, Metric, ProjectName, ReplacedActual
from planning.projects.queries import KnownHistory
from planning.projects.workflow.record import missing_to_say
from sop_portal.foundation.kit.bounds import misfit_of
from sop_portal.foundation.kit.dates import FIRST_YEAR, LAST_YEAR
from sop_portal.foundation.kit.fitting import why_unkeepable, why_unknown
from sop_portal.foundation.kit.formats import day_of_year, sentences
from sop_portal.foundation.kit.text import LONGEST_NAME, same_name
from sop_portal.foundation.workflow.seals import keep_rows

# Past figures with what they took the place of, the files they came in with, and what projects were called before.
PAST_FIGURE, HISTORY, PROJECT_NAME = "actual", "history", "project-name"
# What earlier years taught, as those who plan the next one read it.
HINDSIGHT = "hindsight"
keep_rows(PAST_FIGURE, Actual, beside={ReplacedActual._meta.db_table: "actual"})
keep_rows(HISTORY, HistoryImport)
keep_rows(PROJECT_NAME, ProjectName)
keep_rows(HINDSIGHT, Hindsight)
YEARS_ON_RECORD = range(FIRST_YEAR, LAST_YEAR + 1)


class Wording(NamedTuple):
    """A kind of problem, question or warning about a file of past figures, with its sentence."""

    kind: str
    text: str | Promise

    def said(self, params: Mapping[str, object]) -> str:
        """The whole sentence in the reader's language."""
        return str(self.text) % in_words(params)


def in_words(params: Mapping[str, object]) -> dict[str, str]:
    """The parameters of a sentence, each as text in the reader's language."""
    return {key: day_of_year(value) if isinstance(value, date) else str(value) for key, value in params.items()}


@dataclass(frozen=True, slots=True)
class HistoryProblem:
    """One thing wrong or doubtful in a history file, with its place in the file and the way out."""

    row_number: int
    column: str
    wording: Wording
    params: Mapping[str, object] = field(default_factory=dict)
    letters: str = ""

    @property
    def kind(self) -> str:
        """The kind of the problem, as programs read it."""
        return self.wording.kind

    @property
    def sentence(self) -> str:
        """The whole sentence in the reader's language."""
        return self.wording.said(self.params)


UNKNOWN_DEPARTMENT = Wording(
    "unknown-department",
    _(
        "Row %(row)s: the portal has no department “%(department)s”. "
        "Add the department first, correct the name, or let the import create it."
    ),
)
LOOKALIKE = Wording(
    "lookalike",
    _(
        "Row %(row)s: “%(department)s” looks like %(named)s and is written with letters of another alphabet. "
        "Type the name anew."
    ),
)
ALIKE = Wording(
    "alike",
    _(
        "Row %(row)s: “%(department)s” differs from %(named)s in blanks only. "
        "Write it the same way, or give it another name."
    ),
)
KNOWN_ALREADY = Wording(
    "known-already",
    _(
        "Row %(row)s: %(department)s, %(year)s is already in the history. "
        "Undo the import that brought it, delete the row, or let the import replace it."
    ),
)
SAME_PROJECT = Wording(
    "same-project",
    _(
        "Row %(row)s: in addresses, “%(project)s” of %(year)s reads the same as the project in row %(other)s. "
        "Give one of them another name."
    ),
)
SAME_DEPARTMENT = Wording(
    "same-department",
    _(
        "Row %(row)s: “%(department)s” and “%(named)s” in row %(other)s are one department under two names, "
        "and both rows are of %(year)s and the same project. Delete one of the two rows."
    ),
)
NOT_ENDED = Wording(
    "year-not-ended",
    _(
        "Row %(row)s: %(year)s has not ended; it runs from %(starts)s to %(ends)s. "
        "Only figures of years that have ended are past figures. Delete the row, or bring it when the year is over."
    ),
)
ODD_YEAR = Wording(
    "year", _("Row %(row)s: %(year)s is no year of the past. Write one from %(first)s to %(last)s, or delete the row.")
)
OFF_RECORD = Wording("off-record", _("Row %(row)s: %(why)s"))
ODD = Wording("odd", _("Row %(row)s: %(why)s"))
RENAMED = Wording("renamed", _("Row %(row)s: “%(department)s” is called %(now)s since %(day)s; the figures go there."))
MERGED = Wording(
    "merged",
    _(
        "Row %(row)s: %(department)s became part of %(heir)s. "
        "The figures are kept under the old name and counted with those of %(heir)s."
    ),
)
UNFINISHED = Wording(
    "year-unfinished",
    _(
        "Row %(row)s: the portal's year %(year)s runs from %(starts)s to %(ends)s and would not have ended. "
        "Check that the figures are those of a whole year."
    ),
)
BY_CODE = Wording("code", _("Row %(row)s: “%(department)s” is the short name of %(now)s; the figures go there."))

MEASURES = dict(Metric.choices)


def missing_to_import(
    rows: Sequence[HistoryRow], known: KnownHistory, *, on: date, create_departments: bool, replace: bool = False
) -> Iterator[HistoryProblem]:
    """Every row that cannot be taken into the history, with the way out."""
    first: dict[tuple[int | str, str, int], HistoryRow] = {}
    not_ended = known.years.not_ended({row.year for row in rows if row.year in YEARS_ON_RECORD}, on)
    for row in rows:
        department = known.department_of(row)
        slug = known.slug_of(row, department)
        said = {"row": row.row_number, "department": row.department, "year": row.year}
        other = first.setdefault((known.identity_of(row), slug, row.year), row)
        # The same name twice was found when the cells were checked.
        if folded(other.project) != folded(row.project):
            params = said | {"project": row.project, "other": other.row_number}
            yield HistoryProblem(row.row_number, "", SAME_PROJECT, params)
        elif folded(other.department) != folded(row.department):
            params = said | {"named": other.department, "other": other.row_number}
            yield HistoryProblem(row.row_number, "", SAME_DEPARTMENT, params)
        if not _is_usual(row):
            yield from _odd(row)
        if row.year in not_ended:
            starts, ends = known.years.span(row.year)
            yield HistoryProblem(row.row_number, "", NOT_ENDED, said | {"starts": starts, "ends": ends})
        if department is None:
            yield from _unknown(row, known, said, create_departments)
        elif (department, slug, row.year) in known.taken and not replace:
            yield HistoryProblem(row.row_number, "", KNOWN_ALREADY, said)
        elif project := known.records.get((department, slug, row.year)):
            for missing in missing_to_say(row.metrics, project):
                params = {"row": row.row_number, "why": missing.sentence}
                yield HistoryProblem(row.row_number, "", OFF_RECORD, params)


def _is_usual(row: HistoryRow) -> bool:
    """Whether nothing can be odd in a row, told without a word for each of a hundred thousand."""
    limits = _limits(row.named)
    if limits is None or row.year not in YEARS_ON_RECORD or not (_is_kept(row.department) and _is_kept(row.project)):
        return False
    for figure, (least, most, step) in zip(row.hundredths, limits, strict=True):
        if figure is not None and not (least <= figure <= most and figure % step == 0):
            return False
    return True


@lru_cache
def _limits(named: tuple[str, ...]) -> tuple[tuple[int, int, int], ...] | None:
    """Least, most and step of each measure, in hundredths; nothing where one is no measure."""
    if not MEASURES.keys() >= set(named):
        return None
    bounds = [BOUNDS[metric] for metric in named]
    return tuple((int(one.least * 100), int(one.most * 100), 1 if one.places else 100) for one in bounds)


@lru_cache(maxsize=5000)
def _is_kept(name: str) -> bool:
    return why_unkeepable("", name, LONGEST_NAME) is None


def _odd(row: HistoryRow) -> Iterator[HistoryProblem]:
    """A year or a figure that there cannot be; what is read from a file was checked cell by cell."""
    if row.year not in YEARS_ON_RECORD:
        words = {"row": row.row_number, "year": row.year, "first": YEARS_ON_RECORD[0], "last": YEARS_ON_RECORD[-1]}
        yield HistoryProblem(row.row_number, "", ODD_YEAR, words)
    named = ((_("Department"), row.department), (_("Project"), row.project))
    for metric in row.named:
        if misfit := why_unknown(_("Measure"), metric, MEASURES):
            yield HistoryProblem(row.row_number, "", ODD, {"row": row.row_number, "why": sentences(misfit)})
    for label, said in named:
        if misfit := why_unkeepable(label, said, LONGEST_NAME):
            yield HistoryProblem(row.row_number, "", ODD, {"row": row.row_number, "why": sentences(misfit)})
    for metric, figure in row.metrics.items():
        if metric in BOUNDS and (misfit := misfit_of(Metric(metric).label, figure, BOUNDS[metric])):
            yield HistoryProblem(row.row_number, metric, ODD, {"row": row.row_number, "why": sentences(misfit)})


def _unknown(
    row: HistoryRow, known: KnownHistory, said: Mapping[str, object], create_departments: bool
) -> Iterator[HistoryProblem]:
    """A department the portal does not know; one that only looks like one it knows is never made."""
    if named := known.lookalikes.get(latin(row.department)):
        yield HistoryProblem(row.row_number, "", LOOKALIKE, {**said, "named": named})
    elif named := known.alikes.get(same_name(row.department)):
        yield HistoryProblem(row.row_number, "", ALIKE, {**said, "named": named})
    elif not create_departments:
        yield HistoryProblem(row.row_number, "", UNKNOWN_DEPARTMENT, said)


def years_to_look_at(rows: Sequence[HistoryRow], known: KnownHistory, on: date) -> Iterator[HistoryProblem]:
    """Years that have ended by calendar only: the first row of each."""
    first: dict[int, int] = {}
    for row in rows:
        first.setdefault(row.year, row.row_number)
    for year in sorted(known.years.unfinished(first, on)):
        starts, ends = known.years.span(year)
        params = {"row": first[year], "year": year, "starts": starts, "ends": ends}
        yield HistoryProblem(first[year], "", UNFINISHED, params)


def names_to_look_at(rows: Sequence[HistoryRow], known: KnownHistory) -> Iterator[HistoryProblem]:
    """Where a department is called by a name it had before, or became part of another: where the figures go."""
    named: dict[str, HistoryRow] = {}
    for row in rows:
        named.setdefault(folded(row.department), row)
    for name, row in named.items():
        said: dict[str, object] = {"row": row.row_number, "department": row.department}
        if former := known.renamed.get(name):
            now, since = former.department.name, former.until_on
            yield HistoryProblem(row.row_number, "", RENAMED, said | {"now": now, "day": since})
        if now := known.codes.get(name, ""):
            yield HistoryProblem(row.row_number, "", BY_CODE, said | {"now": now})
        if heir := known.heirs.get(known.departments.get(name, 0)):
            yield HistoryProblem(row.row_number, "", MERGED, said | {"heir": heir.name})
