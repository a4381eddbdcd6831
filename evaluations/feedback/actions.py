"""Feedback: a department says what it experienced, management answers."""

from datetime import datetime
from typing import NotRequired, TypedDict, Unpack

from django.db import transaction
from django.utils.translation import gettext as _

from evaluations.feedback.models import Feedback
from evaluations.feedback.queries import LIKE_ANOTHER, feedback_like
from evaluations.feedback.workflow import FEEDBACK
from planning.models import Cycle
from sop_portal.foundation.kit.fitting import keep
from sop_portal.foundation.kit.likely_duplicates import refuse_duplicate
from sop_portal.foundation.kit.refusals import NotReady
from sop_portal.foundation.organisation.models import Department, User
from sop_portal.foundation.organisation.roles import Can
from sop_portal.foundation.workflow.checks import authority, takes_part
from sop_portal.foundation.workflow.engine import add_contributor, created, step
from sop_portal.foundation.workflow.years import hold_open_year


class Experience(TypedDict):
    """What a department tells; `is_another` says that it is another one than what it told in these words before."""

    title: str
    text: str
    is_another: NotRequired[bool]


@transaction.atomic
def give(cycle: Cycle, department: Department, *, by: User, at: datetime, **told: Unpack[Experience]) -> Feedback:
    """Say what a department experienced: progress, a problem, or the process itself."""
    title, text = told["title"].strip(), told["text"].strip()
    if not (title and text):
        raise NotReady(_("Write what you experienced."), [_("Title and text are needed.")])
    hold_open_year(FEEDBACK.kind, cycle, "create")
    takes_part(department)
    feedback = Feedback(cycle=cycle, department=department, title=title, text=text, given_by=by, given_at=at)
    role = authority(Can.GIVE_FEEDBACK, feedback, by, at)
    is_another = told.get("is_another", False)
    refuse_duplicate(feedback_like(cycle, department, title, text), LIKE_ANOTHER, is_another=is_another)
    keep(feedback)
    add_contributor(FEEDBACK, feedback, by, role, at)
    created(FEEDBACK, feedback, by=by, at=at, grant=role)
    return feedback


@FEEDBACK.act("answer")
def answer(feedback: Feedback, *, by: User, at: datetime, seen: int, comment: str = "") -> Feedback:
    """Answer feedback; the answer stays in its history and reaches whoever gave it."""
    with step(FEEDBACK, feedback, "answer", by=by, at=at, seen=seen, comment=comment):
        pass
    return feedback
