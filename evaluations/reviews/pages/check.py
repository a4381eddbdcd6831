"""All answers of an evaluation once more, to be checked before it is submitted."""

from typing import Unpack

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from evaluations.reviews.figures import EvaluationFacts, GoalFact, places
from evaluations.reviews.models import ANSWERS, Evaluation
from evaluations.reviews.queries import EvaluationAddress, facts_of, find_evaluation
from evaluations.reviews.workflow import EVALUATION
from sop_portal.foundation.kit import formats
from sop_portal.foundation.kit.components import Answer
from sop_portal.foundation.organisation.access import Request, page
from sop_portal.foundation.workflow.forms import StepForm
from sop_portal.foundation.workflow.offers import offer
from sop_portal.foundation.workflow.seen import SeenVersion


@page()
def check(request: Request, **address: Unpack[EvaluationAddress]) -> HttpResponse:
    """All answers once more before they are submitted."""
    evaluation = find_evaluation(request, **address)
    offered = offer(EVALUATION, EVALUATION["submit"], evaluation, request.actor, request.moment)
    answers = answers_of(evaluation, facts_of(evaluation))
    form = StepForm(step=EVALUATION["submit"], initial={"seen": SeenVersion.on(EVALUATION, evaluation)})
    context = {"record": evaluation, "offer": offered, "answers": answers, "form": form}
    return render(request, "evaluations/reviews/check.html", context)


def answers_of(evaluation: Evaluation, facts: EvaluationFacts) -> list[Answer]:
    """The results, the hours, the answers in words, and how many lessons there are; each with its way back."""
    url = evaluation.get_absolute_url()
    texts = [name for name in ANSWERS if name != "people_used"]
    lessons = formats.number(evaluation.lessons.count())
    return [
        *(_result(fact) for fact in facts.goals),
        Answer(_("Hours worked"), _hours(evaluation), url=f"{url}#id_people_used"),
        *(Answer(ANSWERS[name], "", typed=getattr(evaluation, name), url=f"{url}#id_{name}") for name in texts),
        Answer(_("Lessons"), lessons, url=f"{url}#lessons"),
    ]


def _result(fact: GoalFact) -> Answer:
    target = _("of %(target)s") % {"target": formats.number(fact.planned, fact.planned_places)}
    return Answer(fact.label, formats.number(fact.actual, fact.actual_places), target)


def _hours(evaluation: Evaluation) -> str:
    used = evaluation.people_used
    return _("not counted") if used is None else formats.number(used, places(used))
