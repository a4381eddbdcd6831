"""What can be read in two ways is asked once per file: the doubt, some of its cells, and the answers there are."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import Promise

from planning.projects.workflow import Wording, in_words

CELLS_SHOWN = 5


@dataclass(frozen=True, slots=True)
class PossibleAnswer:
    """One way to read it; the label takes the question's words."""

    value: str
    label: str | Promise
    params: Mapping[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        return str(self.label) % in_words(self.params)


@dataclass(frozen=True, slots=True)
class AskedCell:
    """A cell the question is about: where it is, as typed, and as each answer would read it."""

    cell: str
    typed: str
    readings: tuple[str, ...] = ()

    @property
    def read(self) -> str:
        """The readings of the cell, one for each answer, side by side."""
        return " / ".join(reading or "–" for reading in self.readings)


@dataclass(frozen=True, slots=True)
class Question:
    """A doubt about a file that a person decides, before anything of it is taken."""

    key: str
    wording: Wording
    answers: tuple[PossibleAnswer, ...]
    params: Mapping[str, object] = field(default_factory=dict)
    cells: tuple[AskedCell, ...] = ()

    @property
    def kind(self) -> str:
        """The kind of the question, as programs read it."""
        return self.wording.kind

    @property
    def sentence(self) -> str:
        """The question in the reader's language."""
        return self.wording.said(self.params)

    @property
    def shows_readings(self) -> bool:
        """Whether the answers read these cells differently; of some questions they are only where it is asked about."""
        return any(cell.readings for cell in self.cells)

    @property
    def as_json(self) -> dict[str, Any]:
        """The question as a program reads it."""
        return {
            "key": self.key,
            "kind": self.kind,
            "sentence": self.sentence,
            "cell": self.cells[0].cell if self.cells else "",
            "cells": [{"cell": cell.cell, "typed": cell.typed, "readings": list(cell.readings)} for cell in self.cells],
            "answers": [{"value": answer.value, "label": str(answer)} for answer in self.answers],
        }


class FileQuestions:
    """The questions about one file: those that have an answer, and those that are open."""

    def __init__(self, answers: Mapping[str, str] | None = None) -> None:
        self.answers = answers or {}
        self.open: list[Question] = []
        self.answered: list[tuple[Question, PossibleAnswer]] = []

    def ask(self, question: Question) -> str | None:
        """The answer given to a question, or nothing while it is open."""
        given = self.answers.get(question.key)
        answer = next((answer for answer in question.answers if answer.value == given), None)
        if answer is None:
            self.open.append(question)
            return None
        self.answered.append((question, answer))
        return answer.value

    @property
    def unknown(self) -> list[str]:
        """Answers to questions that this file does not raise."""
        asked = {question.key for question in self.open} | {question.key for question, _answer in self.answered}
        return [key for key in self.answers if key not in asked]
