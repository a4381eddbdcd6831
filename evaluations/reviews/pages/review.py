"""The page on which management concludes the review: the wording in which each lesson is published."""

from typing import Unpack

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from evaluations.reviews import actions
from evaluations.reviews.forms import ReviewForm
from evaluations.reviews.models import Evaluation
from evaluations.reviews.pages.evaluation import evaluation_context, text_of
from evaluations.reviews.queries import EvaluationAddress, facts_of, find_evaluation
from evaluations.reviews.workflow import EVALUATION
from sop_portal.foundation.organisation.access import Request, act, either, page
from sop_portal.foundation.organisation.roles import Can
from sop_portal.foundation.workflow.engine import check
from sop_portal.foundation.workflow.offers import offer
from sop_portal.foundation.workflow.record_page import step_context


@page()
def ask_review(request: Request, **address: Unpack[EvaluationAddress]) -> HttpResponse:
    """The wording of each lesson, before the review is concluded."""
    evaluation = find_evaluation(request, **address)
    return review_page(request, evaluation, ReviewForm(evaluation=evaluation))


@act(Can.REVIEW_EVALUATION)
def take_review(request: Request, **address: Unpack[EvaluationAddress]) -> HttpResponse:
    """Conclude the review: the lessons are published as edited."""
    evaluation = find_evaluation(request, **address)
    form = ReviewForm(request.POST, evaluation=evaluation)
    if not form.is_valid():
        return review_page(request, evaluation, form, 422)
    actions.review(evaluation, by=request.user, at=request.moment, **form.arguments)
    messages.success(request, _("Done: %(step)s.") % {"step": EVALUATION["review"].label})
    return redirect(f"{evaluation.get_absolute_url()}?done=review")


review = either(ask_review, take_review)


def review_page(request: Request, evaluation: Evaluation, form: ReviewForm, status: int = 200) -> HttpResponse:
    """The page of the review; whoever may not review reads why."""
    step = EVALUATION["review"]
    offered = offer(EVALUATION, step, evaluation, request.actor, request.moment)
    if not offered.is_possible and not offered.missing:
        check(EVALUATION, step, evaluation, request.actor, request.moment)
    context = evaluation_context(request, evaluation, facts_of(evaluation))
    context |= step_context(request, EVALUATION, step, evaluation) | {
        "form": form,
        "offer": offered,
        "text": text_of(evaluation),
    }
    return render(request, "evaluations/reviews/review.html", context, status=status)
