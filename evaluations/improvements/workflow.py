"""What may happen to an improvement measure, on one screen."""

from datetime import datetime

from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from evaluations.improvements.models import Measure
from planning.models import Extension
from sop_portal.foundation.organisation.roles import Can
from sop_portal.foundation.papers.queries import has_paper
from sop_portal.foundation.workflow.table import Missing, Step, Workflow

State = Measure.State


def missing_evidence(measure: Measure, at: datetime) -> list[Missing]:
    """What a measure of high priority lacks as long as no paper shows that it was done.

    What stood there when it was adopted, such as an offer, shows what was decided.
    """
    since = Q(at__gte=measure.adopted_at) if measure.adopted_at else Q()
    if measure.priority != Measure.Priority.HIGH or has_paper("measure", measure.pk, since):
        return []
    sentence = gettext("It is of high priority: attach a paper that shows that it was done.")
    return [Missing(sentence, f"{measure.get_absolute_url()}#papers")]


def missing_to_finish(measure: Measure, at: datetime) -> list[Missing]:
    """What was decided to be more time is done once the department has it; the rest by what shows it."""
    return [*_missing_time(measure), *missing_evidence(measure, at)]


def _missing_time(measure: Measure) -> list[Missing]:
    if measure.way != Measure.Way.EXTENSION:
        return []
    given = Extension.objects.filter(cycle=measure.cycle_id, department=measure.department_id, stage=measure.stage)
    if measure.adopted_at is None or given.filter(granted_at__gte=measure.adopted_at).exists():
        return []
    sentence = gettext("The department was not given more time since this was decided.")
    return [Missing(sentence, f"{measure.get_absolute_url()}#carry-out")]


MEASURE = Workflow(
    kind="measure",
    model=Measure,
    # An adopted measure lives on after its year.
    keeps_open=frozenset({State.PROPOSED}),
    created=_("proposed the measure"),
    label=_("Improvement measure"),
    states=State,
    initial=State.PROPOSED,
    closed=frozenset({State.DECLINED, State.VERIFIED}),
    tones={
        State.PROPOSED: "sent", State.ADOPTED: "review", State.DECLINED: "no", State.DONE: "sent",
        State.VERIFIED: "ok",
    },
    editable=frozenset({State.PROPOSED}),
    fields={
        "what": _("what is to be done"), "way": _("carried out as"), "stage": _("more time for"),
    },
    steps=(
        Step(
            "adopt", _("Adopt measure"), [State.PROPOSED], State.ADOPTED, by=Can.DECIDE_MEASURE,
            done=_("%(person)s adopted the measure"), stamps="adopted", four_eyes=True,
            says=_("It gets an owner and a due date, and appears on next year’s forecast until it is verified."),
            task=_("Decide on measure %(measure)s: %(what)s"),
        ),
        Step(
            "decline", _("Decline measure"), [State.PROPOSED], State.DECLINED, by=Can.DECIDE_MEASURE,
            done=_("%(person)s declined the measure"), stamps="declined", four_eyes=True, comment=True,
            awaited=False,
        ),
        Step(
            "finish", _("Report as done"), [State.ADOPTED], State.DONE, by=Can.CARRY_OUT_MEASURE,
            done=_("%(person)s reported the measure as done"), stamps="done", authors=True,
            missing=missing_to_finish,
            says=_("Somebody in management verifies it; you cannot."),
            task=_("Report measure %(measure)s as done: %(what)s"),
        ),
        Step(
            "verify", _("Verify measure"), [State.DONE], State.VERIFIED, by=Can.VERIFY_MEASURE,
            done=_("%(person)s verified the measure"), stamps="verified", four_eyes=True,
            missing=missing_evidence,
            says=_("Check the evidence. Verifying it closes the measure."),
            task=_("Verify measure %(measure)s: %(what)s"),
        ),
        Step(
            "reopen", _("Open again"), [State.DONE], State.ADOPTED, by=Can.VERIFY_MEASURE,
            done=_("%(person)s opened the measure again"), four_eyes=True, comment=True, awaited=False,
        ),
    ),
)  # fmt: skip
