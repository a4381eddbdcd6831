"""Columns that speak of what was planned or expected, among past figures: taken after asking only."""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from planning.projects.imports.questions import FileQuestions, PossibleAnswer, Question
from planning.projects.imports.units.asking import AS_IT_STANDS, LEAVE, LEFT_OUT
from planning.projects.imports.units.words import PLANNED
from planning.projects.workflow import Wording
from sop_portal.foundation.kit.sheets import Table

NOT_ACTUAL = Wording(
    "planned",
    _("“%(said)s” speaks of what was planned or expected, and past figures are what happened. Are they taken?"),
)
HAPPENED = _("Yes, as they stand: they are what happened.")
ANSWERS = (PossibleAnswer(AS_IT_STANDS, HAPPENED), PossibleAnswer(LEAVE, LEFT_OUT))


def planned_left_out(sheet: Table, places: Mapping[str, int], questions: FileQuestions) -> frozenset[str]:
    """The columns of figures that somebody leaves out, because they hold no actual figures."""
    found: set[str] = set()
    for key, place in places.items():
        said = sheet.header[place]
        question = Question(f"planned:{sheet.letters(place)}", NOT_ACTUAL, ANSWERS, {"said": said})
        if PLANNED.search(said.replace("_", " ")) and questions.ask(question) == LEAVE:
            found.add(key)
    return frozenset(found)
