"""What somebody asks of a file, and everything that was read of it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from planning.projects.imports.questions import PossibleAnswer, Question
from planning.projects.workflow import HistoryProblem
from sop_portal.foundation.organisation.actor import Actor
from sop_portal.workbook.sheet import SheetReading

# The answer that says which column is what, and the one that leaves it out.
COLUMN, LEAVE = "column:", "leave"
# The answer that says which sheet of the template a sheet of the file is.
IS_SHEET = "is:"


@dataclass(frozen=True)
class Asked:
    """What somebody wants of a file: who, on which day, which sheets, and the answers given so far."""

    actor: Actor
    on: date
    only: tuple[str, ...] = ()
    answers: Mapping[str, str] = field(default_factory=dict)
    # Names of columns that people said once: by sheet, by the name as names are compared.
    headers: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


@dataclass
class FileReading:
    """Everything a file would bring, sheet by sheet, and what of it is not read."""

    file_name: str
    sheets: list[SheetReading] = field(default_factory=list)
    not_read: list[HistoryProblem] = field(default_factory=list)
    problems: list[HistoryProblem] = field(default_factory=list)
    # Sheets that the portal does not recognise: somebody may say which they are, and those of which somebody did.
    offers: list[Question] = field(default_factory=list)
    said: list[tuple[Question, PossibleAnswer]] = field(default_factory=list)

    @property
    def questions(self) -> list[tuple[SheetReading, Question]]:
        """What is open, each thing once, with the sheet it was asked about first."""
        found: dict[str, tuple[SheetReading, Question]] = {}
        for sheet in self.sheets:
            for question in sheet.questions:
                found.setdefault(question.key, (sheet, question))
        return list(found.values())

    @property
    def answered(self) -> list[tuple[Question, PossibleAnswer]]:
        """What was answered, each thing once."""
        answered = [*self.said, *(one for sheet in self.sheets for one in sheet.answered)]
        found = {question.key: (question, answer) for question, answer in answered}
        return list(found.values())

    @property
    def is_ready(self) -> bool:
        """Whether nothing stands in the way of taking it."""
        return bool(self.sheets) and not self.problems and all(sheet.is_ready for sheet in self.sheets)

    @property
    def has_changes(self) -> bool:
        """Whether something of it is not in the portal yet."""
        return any(sheet.has_changes for sheet in self.sheets)

    def problems_as_json(self) -> list[dict[str, Any]]:
        """Every problem as a program reads it."""
        own = [{"kind": one.kind, "sentence": one.sentence, "sheet": "", "cell": ""} for one in self.problems]
        return own + [sheet.problem_as_json(problem) for sheet in self.sheets for problem in sheet.problems]

    def warnings_as_json(self) -> list[dict[str, Any]]:
        """Every warning, and everything that is not read, as a program reads it."""
        own = [{"kind": one.kind, "sentence": one.sentence, "sheet": "", "cell": ""} for one in self.not_read]
        of_sheets = (sheet.problem_as_json(one) for sheet in self.sheets for one in (*sheet.warnings, *sheet.not_read))
        return [*of_sheets, *own]

    def unknown_answers(self, answers: Iterable[str]) -> list[str]:
        """Answers to what this file does not ask; a column may always be said."""
        asked = {question.key for _sheet, question in self.questions} | {q.key for q, _answer in self.answered}
        prefixes = tuple(f"{sheet.prefix}.{COLUMN}" for sheet in self.sheets)
        return [key for key in answers if key not in asked and not key.startswith(prefixes)]
