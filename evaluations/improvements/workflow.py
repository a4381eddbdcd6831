"""What may happen to an improvement measure, on one screen."""

from datetime import date

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from evaluations.improvements.models import Measure
from sop_portal.foundation.organisation.models import Department, Membership, User
from sop_portal.foundation.organisation.roles import Can, roles_that
from sop_portal.foundation.workflow.table import Step, Workflow

S = Measure.State


def who_may_own(department: Department, on: date) -> QuerySet[User]:
    """Who can be given a measure of a department: its own people and those who act for the whole organisation."""
    here = Q(department=department) | Q(department__isnull=True)
    holders = Membership.objects.on(on).filter(here, role__in=roles_that(Can.CARRY_OUT_MEASURE)).values("person_id")
    return User.objects.filter(pk__in=holders, is_active=True).order_by("name")


MEASURE = Workflow(
    kind="measure",
    model=Measure,
    created=_("proposed the measure"),
    label=_("Improvement measure"),
    states=S,
    initial=S.PROPOSED,
    closed=frozenset({S.DECLINED, S.VERIFIED}),
    tones={S.PROPOSED: "sent", S.ADOPTED: "review", S.DECLINED: "no", S.DONE: "sent", S.VERIFIED: "ok"},
    editable=frozenset({S.PROPOSED}),
    fields={"what": _("what is to be done")},
    steps=(
        Step(
            "adopt", _("Adopt measure"), [S.PROPOSED], S.ADOPTED, by=Can.DECIDE_MEASURE,
            done=_("%(person)s adopted the measure"), stamps="adopted", four_eyes=True,
            says=_("It gets an owner and a due date, and stands on next year’s forecast until it is verified."),
        ),
        Step(
            "decline", _("Decline measure"), [S.PROPOSED], S.DECLINED, by=Can.DECIDE_MEASURE,
            done=_("%(person)s declined the measure"), stamps="declined", four_eyes=True, comment=True,
            awaited=False,
        ),
        Step(
            "finish", _("Report as done"), [S.ADOPTED], S.DONE, by=Can.CARRY_OUT_MEASURE,
            done=_("%(person)s reported the measure as done"), stamps="done", authors=True,
            says=_("Management verifies it; neither the owner nor you can do that."),
        ),
        Step(
            "verify", _("Verify measure"), [S.DONE], S.VERIFIED, by=Can.VERIFY_MEASURE,
            done=_("%(person)s verified the measure"), stamps="verified", four_eyes=True,
            says=_("Look at the evidence; the measure is closed with it."),
        ),
        Step(
            "reopen", _("Open again"), [S.DONE], S.ADOPTED, by=Can.VERIFY_MEASURE,
            done=_("%(person)s opened the measure again"), four_eyes=True, comment=True, awaited=False,
        ),
    ),
)  # fmt: skip
