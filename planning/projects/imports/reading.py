"""A history file, read and checked against the portal, before anything is written."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from planning.projects.figures import HistoryRow
from planning.projects.imports import skipped
from planning.projects.imports.columns import names_known
from planning.projects.imports.periods.columns import columns_of_parts, with_parts_below
from planning.projects.imports.questions import FileQuestions, PossibleAnswer, Question
from planning.projects.imports.rows import check_rows
from planning.projects.queries import KnownHistory, SaidName, known_history_of_all_departments, plan_years
from planning.projects.workflow import HistoryProblem, missing_to_import, names_to_look_at, years_to_look_at
from sop_portal.foundation.kit.sheets import Table, read_table


@dataclass(frozen=True)
class HistoryReading:
    """What a file would bring: its good rows, what stops it, what is asked, and what somebody should look at."""

    rows: list[HistoryRow]
    problems: list[HistoryProblem]
    warnings: list[HistoryProblem]
    new_departments: list[str]
    questions: list[Question] = field(default_factory=list)
    answered: list[tuple[Question, PossibleAnswer]] = field(default_factory=list)
    not_read: list[HistoryProblem] = field(default_factory=list)
    known: KnownHistory = field(default_factory=lambda: KnownHistory({}, frozenset()))
    sheet: str = ""
    letters: str = "A"
    places: Mapping[str, Sequence[int]] = field(default_factory=dict)
    added: Mapping[int, Sequence[int]] = field(default_factory=dict)

    @property
    def years(self) -> tuple[int, int] | None:
        """The first and the last year of the rows."""
        years = {row.year for row in self.rows}
        return (min(years), max(years)) if years else None

    @property
    def is_ready(self) -> bool:
        """Whether nothing stands in the way of taking it in."""
        return bool(self.rows) and not self.problems and not self.questions

    def as_json(self, problem: HistoryProblem) -> dict[str, Any]:
        """A problem or warning as a program reads it."""
        cell = f"{problem.letters or self.letters}{problem.row_number}" if problem.row_number else ""
        return {"kind": problem.kind, "sentence": problem.sentence, "sheet": self.sheet, "cell": cell}


def open_history(path_or_bytes: Path | bytes, filename: str, answers: Mapping[str, str] | None = None) -> Table:
    """The table of a history file, whatever stands above its column names."""
    return with_parts_below(read_table(path_or_bytes, filename, answers=answers, recognise=names_known))


@dataclass(frozen=True)
class HistoryRules:
    """On which day a file is read, whether it adds departments and replaces figures, and what it calls departments."""

    on: date
    create_departments: bool = False
    replace: bool = False
    said: SaidName | None = None


def read_history(
    sheet: Table,
    mapping: Mapping[str, int],
    *,
    on: date,
    answers: Mapping[str, str] | None = None,
    create_departments: bool = False,
    replace: bool = False,
) -> HistoryReading:
    """Check every cell of a file, and every row against the departments and the history of the portal."""
    return read_by_rules(sheet, mapping, HistoryRules(on, create_departments, replace), answers)


def read_by_rules(
    sheet: Table, mapping: Mapping[str, int], rules: HistoryRules, answers: Mapping[str, str] | None = None
) -> HistoryReading:
    """Check a file that may be a part of a larger one, which says more of its departments."""
    questions, years = FileQuestions(answers), plan_years()
    skipped.ask_sheet_and_encoding(sheet, questions)
    parts = columns_of_parts(sheet, mapping, questions)
    mapping = skipped.columns_chosen(sheet, mapping, parts, questions)
    not_read = [*skipped.not_read(sheet, {**mapping, **parts})]
    speaking = [at for key, at in {**mapping, **parts}.items() if key not in ("department", "project")]
    noted = [
        *skipped.guessed_encoding(sheet),
        *skipped.financial_years(sheet, mapping, years),
        *skipped.names_alike(sheet, mapping, speaking),
    ]
    checked = check_rows(sheet, mapping, questions, years)
    known = known_history_of_all_departments(checked.rows, rules.said)
    may = {"create_departments": rules.create_departments, "replace": rules.replace}
    missing = missing_to_import(checked.rows, known, on=rules.on, **may)
    looked_at = [*names_to_look_at(checked.rows, known), *years_to_look_at(checked.rows, known, rules.on)]
    problems = sorted([*checked.problems, *missing], key=lambda problem: problem.row_number)
    return HistoryReading(
        checked.rows,
        problems,
        [*looked_at, *noted, *checked.warnings],
        known.unknown_departments(checked.rows) if rules.create_departments else [],
        questions.open,
        questions.answered,
        [*not_read, *checked.not_read],
        known,
        sheet.context.sheet,
        sheet.letters(mapping.get("department", 0)),
        checked.places,
        checked.added,
    )
