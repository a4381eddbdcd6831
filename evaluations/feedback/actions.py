"""Feedback: a department says what it experienced, management answers; and how hard a stage was, without a name."""

from datetime import datetime
from typing import NotRequired, TypedDict, Unpack

from django.db import transaction
from django.utils.translation import gettext as _

from evaluations.feedback.models import AnswerMark, Feedback, StageAnswers
from evaluations.feedback.queries import LIKE_ANOTHER, acts_in, feedback_like, mark_of, over_since
from evaluations.feedback.workflow import FEEDBACK, STAGE_ANSWERS
from planning.models import Cycle, Stage
from sop_portal.foundation.kit.fitting import refuse_unkeepable, refuse_unknown, save_new
from sop_portal.foundation.kit.likely_duplicates import refuse_duplicate
from sop_portal.foundation.kit.refusals import NotNow, NotReady, NotYours
from sop_portal.foundation.organisation.models import Department, User
from sop_portal.foundation.organisation.roles import Can
from sop_portal.foundation.trail.actions import Change
from sop_portal.foundation.workflow.checks import authority, takes_part
from sop_portal.foundation.workflow.contributors import add_contributor
from sop_portal.foundation.workflow.engine import created, lock, note, step
from sop_portal.foundation.workflow.years import hold_open_year

LONGEST_WORD = 120


class Experience(TypedDict):
    """What a department tells; `is_another` says that it is another one than what it told in these words before."""

    title: str
    text: str
    is_another: NotRequired[bool]
    kind: NotRequired[str]


@transaction.atomic
def give(cycle: Cycle, department: Department, *, by: User, at: datetime, **experience: Unpack[Experience]) -> Feedback:
    """Say what a department experienced: progress, a problem, or the process itself."""
    title, text = experience["title"].strip(), experience["text"].strip()
    if not (title and text):
        raise NotReady(_("Write what you experienced."), [_("Title and text are needed.")])
    hold_open_year(FEEDBACK.kind, cycle, "create")
    takes_part(department)
    kind = experience.get("kind", Feedback.Kind.PROBLEM)
    feedback = Feedback(cycle=cycle, department=department, kind=kind, title=title, text=text, given_by=by, given_at=at)
    role = authority(Can.GIVE_FEEDBACK, feedback, by, at)
    is_another = experience.get("is_another", False)
    refuse_duplicate(feedback_like(cycle, department, title, text), LIKE_ANOTHER, is_another=is_another)
    save_new(feedback)
    add_contributor(FEEDBACK, feedback, by, role, at)
    created(FEEDBACK, feedback, by=by, at=at, grant=role)
    return feedback


@FEEDBACK.act("answer")
def answer(feedback: Feedback, *, by: User, at: datetime, seen: int, comment: str = "") -> Feedback:
    """Answer feedback; the answer stays in its history and reaches whoever gave it."""
    with step(FEEDBACK, feedback, "answer", by=by, at=at, seen=seen, comment=comment):
        pass
    return feedback


@transaction.atomic
def say_if_it_helped(feedback: Feedback, *, helped: bool, by: User, at: datetime) -> Feedback:
    """Whoever gave the feedback says whether the answer helped; it can be said anew."""
    authority(Can.GIVE_FEEDBACK, None, by, at)
    hold_open_year(FEEDBACK.kind, feedback, "rate")
    locked = lock(feedback)
    if locked.given_by_id != by.pk:
        raise NotYours(_("Only whoever gave the feedback says whether it helped."), _("Write a comment instead."))
    if locked.state != Feedback.State.ANSWERED:
        raise NotNow(_("Nobody has answered yet."), _("Say it once there is an answer."))
    if locked.helped != helped:
        change = Change("helped", "" if locked.helped is None else str(locked.helped), str(helped))
        Feedback.objects.filter(pk=locked.pk).update(helped=helped)
        note(FEEDBACK.kind, locked, "rate", by=by, at=at, changes=[change])
    feedback.helped = helped
    return feedback


@transaction.atomic
def answer_stage(cycle: Cycle, stage: str, *, answer: str, by: User, at: datetime, word: str = "") -> StageAnswers:
    """Say how hard a stage was: once, by whoever acted in it. The trail says that somebody answered, not who or what.

    What is kept are sums, words in the order of the alphabet, and a keyed mark for each person. Whoever reads the
    database before and after one answer can still tell them apart; nobody can who reads it later.
    """
    authority(Can.SEE_RECORDS, None, by, at)
    refuse_unknown(_("Stage"), stage, dict(Stage.choices))
    refuse_unknown(_("How was it?"), answer, dict(StageAnswers.Answer.choices))
    refuse_unkeepable(_("In a word"), word, LONGEST_WORD)
    hold_open_year(STAGE_ANSWERS, cycle, "answer-stage")
    _refuse_who_was_not_there(cycle, stage, by, at)
    answers, _new = StageAnswers.objects.get_or_create(cycle=cycle, stage=stage)
    locked = StageAnswers.objects.select_for_update().get(pk=answers.pk)
    _mark, is_first = AnswerMark.objects.get_or_create(answers=locked, mark=mark_of(cycle, stage, by))
    if not is_first:
        raise NotNow(_("You have answered already."), _("What else there is to say can be given as feedback."))
    setattr(locked, answer, getattr(locked, answer) + 1)
    locked.words = sorted([*locked.words, *filter(None, [word.strip()])])
    locked.save()
    note(STAGE_ANSWERS, locked, "answer-stage", by=None, at=at)
    return locked


def _refuse_who_was_not_there(cycle: Cycle, stage: str, by: User, at: datetime) -> None:
    last = over_since(cycle, stage)
    if last is None or cycle.day(at) <= last:
        raise NotNow(_("The stage is not over yet."), _("Answer once its last day has passed."))
    if not acts_in(cycle, stage, by).exists():
        way_out = _("What you experienced can be given as feedback.")
        raise NotYours(_("Only those who acted in the stage are asked how hard it was."), way_out)
