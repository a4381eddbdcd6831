"""What may happen to a planning year, and whether a stage is open for a department today."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from planning.cycles.models import Cycle, Stage
from sop_portal.foundation.organisation.roles import Can
from sop_portal.foundation.workflow.table import Missing, Step, Workflow

S = Cycle.State


def missing_to_publish(cycle: Cycle, at: datetime) -> list[Missing]:
    """Every stage needs its window before the year is published."""
    have = {window.stage for window in cycle.windows.all()}
    return [
        Missing(_("The window of “%(stage)s” has no dates yet.") % {"stage": label})
        for stage, label in Stage.choices
        if stage not in have
    ]


CYCLE = Workflow(
    kind="cycle",
    model=Cycle,
    label=_("Planning cycle"),
    states=S,
    initial=S.DRAFT,
    closed=frozenset({S.CLOSED}),
    tones={S.DRAFT: "draft", S.PUBLISHED: "sent", S.CLOSED: "shut"},
    editable=frozenset({S.DRAFT, S.PUBLISHED}),
    fields={
        "opens_on": _("opens"),
        "due_on": _("due"),
        "grace_until": _("late work accepted until"),
        "starts_on": _("execution starts"),
        "ends_on": _("execution ends"),
        "extension": _("extension"),
        "opens": _("when a window opens"),
        "before": _("days before the due day"),
        "late": _("days late"),
        "late_every": _("afterwards every so many days"),
        "decisions": _("days a decision waits"),
    },
    steps=(
        Step(
            "publish", _("Publish the year"), [S.DRAFT], S.PUBLISHED, by=Can.RUN_CYCLE,
            done=_("%(person)s published the year"), stamps="published", missing=missing_to_publish,
            says=_("Every active department gets a forecast to fill in."),
        ),
        Step(
            "close", _("Close the year"), [S.PUBLISHED], S.CLOSED, by=Can.RUN_CYCLE,
            done=_("%(person)s closed the year"), stamps="closed", awaited=False,
        ),
    ),
)  # fmt: skip
