"""The past figures: what projects and departments did in years that have ended, read as the history is."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property, partial
from typing import Any

from django.utils.translation import gettext_lazy as _

from planning.models import Actual, HistoryImport, Metric
from planning.projects import actions
from planning.projects.figures import BOUNDS, METRICS, folded
from planning.projects.imports import preview
from planning.projects.imports.columns import COLUMNS, plain_name, suggest_mapping
from planning.projects.imports.periods.columns import parts_in_header
from planning.projects.imports.questions import FileQuestions, PossibleAnswer, Question
from planning.projects.imports.reading import HistoryReading, HistoryRules, read_by_rules
from planning.projects.imports.years import places_of_years
from planning.projects.queries import plan_years
from planning.projects.workflow import HistoryProblem, Wording
from planning.projects.workflow.history import UNKNOWN_DEPARTMENT
from sop_portal.foundation.kit.formats import listed
from sop_portal.foundation.kit.sheets import Table
from sop_portal.foundation.kit.text import same_name
from sop_portal.foundation.organisation.models import Department
from sop_portal.foundation.organisation.roles import Can
from sop_portal.workbook.cells.columns import Column
from sop_portal.workbook.cells.known import Known, Row
from sop_portal.workbook.cells.values import Name, Number, PlanYear
from sop_portal.workbook.sheet import ADDED, STATES, Acting, Done, RowAct, Sheet, SheetReading, UnderstoodCell
from sop_portal.workbook.taking_back import gone

KIND = "history"
MADE, NOT_MADE = "add", "none"
MOST_NAMED = 5
MOST_TRIED = 2_000

NEW_DEPARTMENTS = Wording(
    "new-departments", _("The portal does not know these departments: %(names)s. Are they added?")
)
ADD_THEM = _("Yes, add them.")
ADD_NONE = _("No: their names are to be corrected in the file.")
NOT_YOURS = Wording(
    "not-yours", _("Row %(row)s: “%(department)s” is not your department. You bring the figures of your own one only.")
)


class FiguresSheet(Sheet):
    """One row a department, project and year."""

    key = "figures"
    title = _("Past figures")
    says = _("What departments and their projects did in years that have ended. Blank is not known, and not zero.")
    also = ("history", "actuals", "results", "past", "历史数据", "历年数据", "往年数据", "历史")
    can = (Can.IMPORT_HISTORY, Can.CORRECT_HISTORY)
    columns = (
        Column(
            "department",
            _("Department"),
            _("Whose figures they are."),
            _("Arts"),
            Name(),
            COLUMNS["department"],
            is_required=True,
            offers="departments",
        ),
        Column(
            "project",
            _("Project"),
            _("The project; left blank, the figures are those of the whole department."),
            _("Story hours"),
            Name(),
            COLUMNS["project"],
        ),
        Column("year", _("Year"), _("A year that has ended."), "2025", PlanYear(), COLUMNS["year"], is_required=True),
        *(
            Column(metric.value, metric.label, _("Blank where it is not known."), example, Number(BOUNDS[metric]))
            for metric, example in zip(Metric, ("48", "1200", "640", "900", "3200"), strict=True)
        ),
    )

    def suggest(self, header: Sequence[str], known: Mapping[str, str] | None = None) -> dict[str, int]:
        """As the history suggests it; names that were said once come first."""
        said: dict[str, int] = {}
        for place, name in enumerate(header):
            key = (known or {}).get(plain_name(name), "")
            if key in COLUMNS:
                said.setdefault(key, place)
        rest = {key: place for key, place in suggest_mapping(header).items() if place not in said.values()}
        return rest | said

    def fits(self, header: Sequence[str], known: Mapping[str, str] | None = None) -> int:
        """A table of past figures has at least one of the measures."""
        found = self.suggest(header, known)
        measures = {*found, *parts_in_header(Table(list(header), []))}
        has_figures = bool((set(METRICS) | {""}) & measures)
        across = places_of_years(header) if "year" not in found else []
        if "department" in found and len(across) > 1:
            return len(found) + len(across)
        return len(measures) if {"department", "year"} <= measures and has_figures else 0

    def current(self, on: date, year: int | None = None) -> Iterator[Row]:
        """The figures of all years that have ended."""
        years = plan_years()
        rows = Actual.objects.select_related("department").order_by("department__name", "name", "slug", "year")
        under_way = years.not_ended(rows.order_by().values_list("year", flat=True).distinct(), on)
        for actual in rows.exclude(year__in=under_way).iterator(chunk_size=2000):
            said = {
                "department": actual.department.name,
                "project": actual.name if actual.slug else None,
                "year": actual.year,
                **actual.figures,
            }
            yield {key: value for key, value in said.items() if value is not None}

    def take_back(self, done: Mapping[str, Any], acting: Acting) -> None:
        """Undo the import."""
        taken = HistoryImport.objects.filter(pk=done["pk"]).first()
        if taken is None:
            raise gone(done)
        actions.undo_import(taken, by=acting.by, at=acting.at)


@dataclass
class FiguresReading(SheetReading):
    """What a table of past figures would bring; the reading asks all that the import of the history asks."""

    found: HistoryReading | None = None
    makes_departments: bool = False
    file_name: str = ""

    @cached_property
    def history(self) -> HistoryReading:
        """What the history read."""
        return self.found or HistoryReading([], [], [], [])

    @property
    def row_count(self) -> int:
        """How many rows would be taken."""
        return len(self.history.rows)

    @property
    def needs_trial(self) -> bool:
        """So many are tried as take no time; what the import refuses was compared when they were read."""
        return self.row_count <= MOST_TRIED

    def counts(self) -> dict[str, int]:
        """How many values are new, changed and the same."""
        return dict(self._counts)

    @cached_property
    def _counts(self) -> dict[str, int]:
        return preview.counted(self.history) if self.history.rows else dict.fromkeys(STATES, 0)

    def values(self, *, state: str = "", start: int = 0, most: int) -> list[UnderstoodCell]:
        """So many values of one state, or of all, from a place on."""
        shown = preview.values(self.history, self.table, self.mapping, state=state, start=start, most=most)
        said = Number()
        return [
            UnderstoodCell(
                value.cell,
                " · ".join(filter(None, (value.department, value.project, str(value.year)))),
                Metric(value.metric).label,
                value.typed,
                said.said(value.figure),
                said.said(value.there),
                value.state,
            )
            for value in shown
        ]

    def acts(self, acting: Acting) -> Iterator[RowAct]:
        """The rows come in together, as one import of the history."""
        if self.has_changes:
            yield RowAct(0, "", partial(_import, self, acting), self.row_count)


def _import(reading: FiguresReading, acting: Acting) -> list[Done]:
    taken = actions.import_history(
        reading.history.rows,
        file_name=reading.file_name,
        by=acting.by,
        at=acting.at,
        create_departments=reading.makes_departments,
        replace=True,
    )
    return [Done(KIND, taken.pk, ADDED, called=taken.file_name)]


def read_figures(
    sheet: FiguresSheet, table: Table, mapping: dict[str, int], known: Known, answers: Mapping[str, str]
) -> FiguresReading:
    """Check every cell and row, against what is known already and whose figures somebody may bring."""
    # Rows are forgotten while they are read; what was typed is shown beside what was understood.
    rules = HistoryRules(known.on, create_departments=True, replace=True, said=known.goes_by)
    found = read_by_rules(replace(table, rows=list(table.rows)), mapping, rules, answers)
    questions = FileQuestions(answers)
    if known.actor.may(Can.IMPORT_HISTORY):
        found = _unknown_departments(found, known, questions)
    else:
        found = _only_own(found, known)
    return FiguresReading(
        sheet,
        table.context.sheet,
        table,
        mapping,
        found.problems,
        found.warnings,
        found.not_read,
        [*found.questions, *questions.open],
        [*found.answered, *questions.answered],
        found=found,
        makes_departments=known.actor.may(Can.IMPORT_HISTORY),
    )


def _unknown_departments(found: HistoryReading, known: Known, questions: FileQuestions) -> HistoryReading:
    """Departments that neither the portal nor the file knows are added once somebody says so."""
    unknown = [name for name in found.new_departments if not known.department(name)]
    if not unknown:
        return found
    names = listed(unknown[:MOST_NAMED]) + (f" … ({len(unknown)})" if len(unknown) > MOST_NAMED else "")
    answers = (PossibleAnswer(MADE, ADD_THEM), PossibleAnswer(NOT_MADE, ADD_NONE))
    if questions.ask(Question("new-departments", NEW_DEPARTMENTS, answers, {"names": names})) != NOT_MADE:
        # Another sheet of the same file speaks of them without asking again.
        known.departments |= {same_name(name): name for name in unknown}
        return found
    first = {folded(row.department): row for row in reversed(found.rows)}
    more = [_about(UNKNOWN_DEPARTMENT, first[folded(name)].row_number, name) for name in unknown]
    return replace(found, problems=sorted([*found.problems, *more], key=lambda problem: problem.row_number))


def _only_own(found: HistoryReading, known: Known) -> HistoryReading:
    """Whoever keeps the figures of some departments brings those only; of the others nothing is shown."""
    departments = list(Department.objects.all())
    may = {row.pk for row in departments if known.actor.may(Can.CORRECT_HISTORY, row)}
    wording = NOT_YOURS if len(may) < len(departments) else UNKNOWN_DEPARTMENT
    own = [row for row in found.rows if found.known.department_of(row) in may]
    strange = {folded(row.department): row for row in reversed(found.rows) if found.known.department_of(row) not in may}
    numbers = {row.row_number for row in own} | {0}
    problems = [problem for problem in found.problems if problem.kind not in ("alike", "lookalike")]
    problems += [_about(wording, row.row_number, row.department) for row in strange.values()]
    return replace(
        found,
        rows=own,
        problems=sorted(problems, key=lambda problem: problem.row_number),
        warnings=[warning for warning in found.warnings if warning.row_number in numbers or not strange],
    )


def _about(wording: Wording, number: int, department: str) -> HistoryProblem:
    return HistoryProblem(number, "", wording, {"row": number, "department": department})
