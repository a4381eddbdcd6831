"""Feedback: a department says what it experienced, management answers."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from evaluations.feedback.models import Feedback
from evaluations.feedback.workflow import FEEDBACK
from planning.models import Cycle
from sop_portal.foundation.kit.fitting import keep
from sop_portal.foundation.kit.refusals import NotReady
from sop_portal.foundation.organisation.models import Department, User
from sop_portal.foundation.organisation.roles import Can
from sop_portal.foundation.workflow.checks import authority, takes_part
from sop_portal.foundation.workflow.engine import add_contributor, created, step
from sop_portal.foundation.workflow.years import hold_open_year


@transaction.atomic
def give(cycle: Cycle, department: Department, *, title: str, text: str, by: User, at: datetime) -> Feedback:
    """Say what a department experienced: progress, a problem, or the process itself."""
    title, text = title.strip(), text.strip()
    if not (title and text):
        raise NotReady(_("Write what you experienced."), [_("Title and text are needed.")])
    hold_open_year(FEEDBACK.kind, cycle, "create")
    takes_part(department)
    feedback = Feedback(cycle=cycle, department=department, title=title, text=text, given_by=by, given_at=at)
    role = authority(Can.GIVE_FEEDBACK, feedback, by, at)
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
