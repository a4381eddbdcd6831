"""A workbook that was taken away comes back: what one side changed is taken, what both changed is asked."""

from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext_lazy as _

from planning.projects.imports.questions import PossibleAnswer, Question
from planning.projects.workflow import Wording
from sop_portal.foundation.kit.sentences import StrOrPromise
from sop_portal.foundation.workflow.conflicts import MINE, THEIRS, FieldEdit, merge
from sop_portal.workbook.cells.columns import Column

# Asks about a cell, by the key of its column; nothing where nobody has answered yet.
Ask = Callable[[str, Question], str | None]

BOTH = Wording(
    "both", _("%(about)s, %(field)s: you wrote “%(mine)s”, and somebody else “%(theirs)s” meanwhile. Which?")
)
TAKE_MINE, TAKE_THEIRS = _("Mine: “%(mine)s”."), _("What is there now: “%(theirs)s”.")


def merge_cell(
    values: dict[str, Any], column: Column, theirs: object, base: str | None, about: StrOrPromise, ask: Ask
) -> bool:
    """Leave in the values of a row what is mine to write. `base` is what stood there when it was taken away, where
    somebody wrote there since. False while both changed it and nobody has said which one counts."""
    mine = values[column.key]
    if base is None:
        return True
    edit = FieldEdit(column.key, mine, theirs, known=(_as_figure(base, column),))
    merged = merge([edit])
    answer = ask(column.key, _question(column, mine, theirs, about)) if merged.asked else None
    if merged.taken or answer == THEIRS:
        values.pop(column.key)
    return not merged.asked or answer is not None


def _as_figure(base: str, column: Column) -> object:
    """A figure as the trail keeps it, without trailing zeros."""
    if not column.is_amount or not base:
        return base
    try:
        return Decimal(base)
    except InvalidOperation:
        return base


def _question(column: Column, mine: object, theirs: object, about: StrOrPromise) -> Question:
    said: Mapping[str, object] = {
        "about": about,
        "field": column.name,
        "mine": column.holds.said(mine),
        "theirs": column.holds.said(theirs) or "–",
    }
    answers = (PossibleAnswer(MINE, TAKE_MINE, said), PossibleAnswer(THEIRS, TAKE_THEIRS, said))
    return Question("both", BOTH, answers, said)
