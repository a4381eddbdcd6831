"""What is decided on an evaluation: results beside the plan, what the department says, and the lessons."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from evaluations.reviews.figures import EvaluationFacts, Fact
from evaluations.reviews.models import QUESTIONS, Evaluation
from evaluations.reviews.queries import facts_of
from evaluations.reviews.workflow import EVALUATION, WITHOUT_LESSONS
from sop_portal.foundation.kit.components import Tile
from sop_portal.foundation.kit.formats import number, percent
from sop_portal.foundation.kit.sentences import StrOrPromise, typed
from sop_portal.foundation.workflow.preview import PreviewRow, PreviewTable, Reader, StepPreview, table, written


@EVALUATION.preview("submit", "review", "send-back")
def evaluation(record: Evaluation, reader: Reader) -> StepPreview:
    """Every goal and resource, planned beside actual; the answers; the lessons that would be published."""
    facts, lessons = facts_of(record), list(record.lessons.order_by("pk"))
    figures = [
        Tile(_("Goals"), number(len(facts.goals))),
        Tile(_("Lessons"), number(len(lessons))),
        Tile(_("Far from the plan"), number(len(facts.to_explain)), note=percent(facts.limit)),
    ]
    tables = [_facts(facts), table(_("Lessons"), (_("Lesson"),), [PreviewRow((typed(x.written),)) for x in lessons])]
    questions = QUESTIONS | {"explanation": _("Why does it differ from the plan?")}
    shown = [part for part in tables if part.rows]
    says = WITHOUT_LESSONS if reader.step == "review" and not lessons else ""
    return StepPreview(figures, written(questions, record), shown, _effects(reader), says=says)


def _facts(facts: EvaluationFacts) -> PreviewTable:
    every: Iterable[Fact] = [*facts.goals, *facts.resources]
    heads = (_("Goal or resource"), _("Planned"), _("Result"), _("Reached"))
    return table(_("Planned and reached"), heads, [_row(fact, fact in facts.to_explain) for fact in every])


def _row(fact: Fact, is_far: bool) -> PreviewRow:
    label = typed(fact.label) if fact.is_typed else fact.label
    figures = (number(fact.planned, fact.planned_places), number(fact.actual, fact.actual_places))
    note = _("Further from the plan than the year allows without a word.") if is_far else ""
    return PreviewRow((label, *figures, percent(fact.attainment)), note)


def _effects(reader: Reader) -> list[StrOrPromise]:
    if reader.step == "send-back":
        return [_("The project stays completed, and its lessons are not published yet.")]
    return []
