"""Stage 5: what may happen to an evaluation, on one screen."""

from dataclasses import replace
from datetime import datetime

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from budgets.models import SpendingException
from evaluations.reports.models import CountCorrection, ProgressReport
from evaluations.reports.queries import corrections_of_project
from evaluations.reports.workflow import REPORT
from evaluations.reviews.models import ANSWERS, QUESTIONS, SHOWN_FIGURES, Evaluation
from evaluations.reviews.queries import facts_of, unexplained
from planning.cycles.workflow import window_for
from planning.models import Stage
from sop_portal.foundation.kit.formats import listed, percent
from sop_portal.foundation.kit.sentences import interpolate
from sop_portal.foundation.organisation.roles import Can
from sop_portal.foundation.workflow.table import Missing, SealedRows, Step, WindowCheck, Workflow

State = Evaluation.State


def missing_to_submit(evaluation: Evaluation, at: datetime) -> list[Missing]:
    """Every question is answered, every goal has its result, large deviations are explained, every report is in."""
    here = evaluation.get_absolute_url()
    missing = [
        Missing(gettext("Not answered yet: %(question)s") % {"question": question}, f"{here}#id_{name}")
        for name, question in QUESTIONS.items()
        if not getattr(evaluation, name).strip()
    ]
    facts = facts_of(evaluation)
    for fact in facts.goals:
        if fact.actual is None:
            sentence = gettext("“%(indicator)s” has no result yet.") % {"indicator": fact.label}
            missing.append(Missing(sentence, f"{here}#id_goal_{fact.goal.pk}"))
    if facts.to_explain and not evaluation.explanation.strip():
        names = listed(fact.label for fact in facts.to_explain)
        sentence = gettext("Not explained yet, more than %(limit)s off the plan: %(names)s")
        missing.append(Missing(sentence % {"limit": percent(facts.limit), "names": names}, f"{here}#id_explanation"))
    # The review asks for all of them accepted; the department knows already which it could hand in.
    over = {"period_last__lt": evaluation.cycle.day(at), "state__in": REPORT.editable}
    return missing + _reports(evaluation, gettext("Not submitted yet: %(report)s"), **over)


def missing_to_review(evaluation: Evaluation, at: datetime) -> list[Missing]:
    """The year's actual figures are written down, so every report is accepted first, and every question decided."""
    unaccepted = set(ProgressReport.State) - {ProgressReport.State.ACCEPTED}
    missing = _reports(evaluation, gettext("Not accepted yet: %(report)s"), state__in=unaccepted)
    return [*missing, *_exceptions(evaluation), *_corrections(evaluation), *_unexplained(evaluation)]


def _unexplained(evaluation: Evaluation) -> list[Missing]:
    """What nobody in the department has explained, because it moved after the evaluation was handed in."""
    moved = unexplained(evaluation)
    if not moved:
        return []
    sentence = gettext(
        "Moved since it was submitted, and more than %(limit)s off the plan: %(names)s. Send the evaluation back, so "
        "that the department explains it."
    )
    words = {"limit": percent(evaluation.cycle.deviation_to_explain), "names": listed(fact.label for fact in moved)}
    return [Missing(sentence % words, f"{evaluation.get_absolute_url()}send-back/")]


def _corrections(evaluation: Evaluation) -> list[Missing]:
    """What was asked for and would change what the review writes down."""
    asked = corrections_of_project(evaluation.project_id).filter(state=CountCorrection.State.ASKED)
    sentence = gettext("The correction “%(correction)s” waits for a decision.")
    return [Missing(interpolate(sentence, {"correction": one}), one.get_absolute_url()) for one in asked]


def _exceptions(evaluation: Evaluation) -> list[Missing]:
    """What was asked for and could no longer be spent once the project is over."""
    asked = SpendingException.objects.filter(state=SpendingException.State.ASKED)
    found = asked.filter(appropriation__project_id=evaluation.project_id).select_related("cycle").order_by("pk")
    sentence = gettext("The exception “%(exception)s” waits for a decision.")
    return [Missing(interpolate(sentence, {"exception": one}), one.get_absolute_url()) for one in found]


def _reports(evaluation: Evaluation, sentence: str, **where: object) -> list[Missing]:
    found = ProgressReport.objects.filter(project=evaluation.project_id, **where)
    return [
        Missing(sentence % {"report": report}, report.get_absolute_url())
        for report in found.select_related("cycle", "department", "project").order_by("period_first")
    ]


def window_of(evaluation: Evaluation, at: datetime) -> WindowCheck:
    """The window of the stage; within it an evaluation is late after its own due day, which never lies behind it."""
    found = window_for(evaluation.cycle, Stage.EVALUATION, evaluation.department_id, at)
    return replace(found, is_late=found.is_open and evaluation.cycle.day(at) > evaluation.own_due)


WITHOUT_LESSONS = _("No lesson was written, so none is published; the project is concluded.")
ROWS = (SealedRows("evaluations_goal", "evaluation"), SealedRows("evaluations_lesson", "evaluation"))
EVALUATION = Workflow(
    kind="evaluation",
    model=Evaluation,
    created=_("opened the evaluation"),
    label=_("Performance evaluation"),
    states=State,
    initial=State.DRAFT,
    closed=frozenset({State.REVIEWED}),
    sealed_with=ROWS,
    kept_with=ROWS,
    tones={State.DRAFT: "draft", State.SUBMITTED: "sent", State.RETURNED: "back", State.REVIEWED: "ok"},
    editable=frozenset({State.DRAFT, State.RETURNED}),
    fields=ANSWERS | SHOWN_FIGURES | {"lesson": _("lesson"), "goal": _("goal"), "actual": _("result")},
    steps=(
        Step(
            "submit", _("Submit evaluation"), [State.DRAFT, State.RETURNED], State.SUBMITTED, by=Can.SUBMIT_EVALUATION,
            done=_("%(person)s submitted the evaluation"), stamps="submitted", authors=True,
            missing=missing_to_submit, window=window_of,
            says=_("Management reviews it and decides on the proposed measures."),
            task=_("Submit the %(year)s evaluation of %(project)s"),
        ),
        Step(
            "review", _("Conclude review"), [State.SUBMITTED], State.REVIEWED, by=Can.REVIEW_EVALUATION,
            done=_("%(person)s reviewed the evaluation"), stamps="reviewed", four_eyes=True,
            missing=missing_to_review,
            says=_("The lessons are published and appear on next year’s forecast; the project is concluded."),
            task=_("Review the %(year)s evaluation of %(project)s"),
        ),
        Step(
            "send-back", _("Send back with a comment"), [State.SUBMITTED], State.RETURNED, by=Can.REVIEW_EVALUATION,
            done=_("%(person)s sent the evaluation back"), four_eyes=True, comment=True, awaited=False,
        ),
    ),
)  # fmt: skip
