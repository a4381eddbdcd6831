"""What may happen to a project, from plan to evaluation."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from planning.projects.models import Project
from sop_portal.foundation.organisation.roles import Can
from sop_portal.foundation.workflow.table import Missing, Step, Workflow

S = Project.State


def missing_to_activate(project: Project, at: datetime) -> list[Missing]:
    """A project starts once the budget of its year is approved."""
    if project.budget_approved_at is None:
        return [Missing(_("The budget of this year is not approved yet."))]
    return []


PROJECT = Workflow(
    kind="project",
    model=Project,
    open_text=_("Project “%(record)s” is open: %(state)s."),
    label=_("Project"),
    states=S,
    initial=S.PLANNED,
    closed=frozenset({S.EVALUATED, S.CANCELLED}),
    tones={
        S.PLANNED: "draft", S.ACTIVE: "sent", S.ON_HOLD: "back", S.COMPLETED: "review", S.EVALUATED: "ok",
        S.CANCELLED: "shut",
    },
    editable=frozenset({S.PLANNED, S.ACTIVE, S.ON_HOLD}),
    fields={"lead": _("Project lead"), "purpose": _("What it is for")},
    people=frozenset({"lead"}),
    steps=(
        Step(
            "activate", _("Start project"), [S.PLANNED], S.ACTIVE, by=Can.RUN_PROJECT,
            done=_("%(person)s started the project"), stamps="activated", missing=missing_to_activate,
            awaited=False, says=_("Expenses can be posted and monthly reports are due from now on."),
        ),
        Step(
            "hold", _("Put on hold"), [S.ACTIVE], S.ON_HOLD, by=Can.RUN_PROJECT,
            done=_("%(person)s put the project on hold"), comment=True, awaited=False,
        ),
        Step(
            "resume", _("Resume project"), [S.ON_HOLD], S.ACTIVE, by=Can.RUN_PROJECT,
            done=_("%(person)s resumed the project"), stamps="activated", awaited=False,
        ),
        Step(
            "complete", _("Complete project"), [S.ACTIVE], S.COMPLETED, by=Can.RUN_PROJECT,
            done=_("%(person)s completed the project"), stamps="completed", awaited=False,
            says=_("The evaluation is created and due in four weeks."),
        ),
        Step(
            "cancel", _("Cancel project"), [S.PLANNED, S.ACTIVE, S.ON_HOLD], S.CANCELLED, by=Can.RUN_PROJECT,
            done=_("%(person)s cancelled the project"), comment=True, awaited=False,
        ),
        Step(
            "conclude", _("Conclude project"), [S.COMPLETED], S.EVALUATED, by=Can.REVIEW_EVALUATION,
            done=_("%(person)s concluded the project"), awaited=False, main=False,
            says=_("Happens when its evaluation is reviewed."),
        ),
    ),
)  # fmt: skip
