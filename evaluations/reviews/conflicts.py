"""Two people wrote the same evaluation: what differs, and the choice they made."""

from typing import Any

from django.http import QueryDict

from evaluations.reviews.forms import EvaluationForm, initial_values
from evaluations.reviews.models import Evaluation
from evaluations.reviews.workflow import EVALUATION
from sop_portal.foundation.kit.components import ConflictRow
from sop_portal.foundation.kit.formats import under
from sop_portal.foundation.kit.refusals import Changed

MINE, THEIRS = "mine", "theirs"
NOT_KEPT = ("csrfmiddlewaretoken", "key", "seen", "autosave")


def saved_values(evaluation: Evaluation, form: EvaluationForm) -> dict[str, Any]:
    """What stands in the fields now, as somebody else saved it."""
    return initial_values(evaluation, form.facts)


def chosen(typed: QueryDict, evaluation: Evaluation, form: EvaluationForm) -> QueryDict:
    """What was typed, with the fields in which the other's answer was kept."""
    merged = typed.copy()
    for name, value in saved_values(evaluation, form).items():
        if typed.get(f"keep-{name}") == THEIRS:
            merged[name] = "" if value is None else str(value)
    return merged


def rows_of(changed: Changed, evaluation: Evaluation, form: EvaluationForm) -> list[ConflictRow]:
    """The fields that differ; where only the other changed something, theirs is chosen beforehand."""
    before = {difference.label: difference.old for difference in changed.differences}
    rows = []
    for name, theirs in saved_values(evaluation, form).items():
        mine = form.cleaned_data.get(name)
        if name == "seen" or (mine or None) == (theirs or None):
            continue
        label = form.fields[name].label or ""
        was = before.get(trail_label(form, name), "")
        rows.append(ConflictRow(label, name, shown(mine), shown(theirs), was, shown(mine) == was))
    return rows


def trail_label(form: EvaluationForm, name: str) -> str:
    """The name under which the trail keeps a field."""
    if not name.startswith("goal_"):
        return str(EVALUATION.fields[name])
    goal = next(goal for goal in form.own if name == f"goal_{goal.pk}")
    return under(goal.indicator, EVALUATION.fields["actual"])


def shown(value: Any) -> str:
    """An answer in the table of differences."""
    return "" if value is None else str(value)


def kept(typed: QueryDict) -> list[tuple[str, str]]:
    """What the conflict page carries along, so that nothing typed is lost."""
    return [
        (name, str(value)) for name, value in typed.items() if name not in NOT_KEPT and not name.startswith("keep-")
    ]
