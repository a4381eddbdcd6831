"""What may happen to a project, from plan to evaluation."""

from collections.abc import Collection
from datetime import datetime

from django.utils.timezone import localdate
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from planning.projects.models import Project
from planning.projects.queries import who_may_lead
from sop_portal.foundation.kit.refusals import NotNow, NotReady
from sop_portal.foundation.kit.sentences import interpolate
from sop_portal.foundation.organisation.models import User
from sop_portal.foundation.organisation.roles import Can
from sop_portal.foundation.workflow.table import Missing, Step, Workflow

State = Project.State


def missing_to_activate(project: Project, at: datetime) -> list[Missing]:
    """A project starts once the budget of its year is approved."""
    if project.budget_approved_at is None:
        return [Missing(_("The budget of this year is not approved yet."))]
    return []


def refuse_stranger(department_id: int, lead: User | None, at: datetime) -> None:
    """Refuse a lead who works on no projects of the department, or may no longer log in."""
    if lead is not None and not who_may_lead(department_id, localdate(at)).filter(pk=lead.pk).exists():
        sentence = interpolate(gettext("%(person)s works on no projects of this department."), {"person": lead})
        way_out = gettext("Choose somebody who heads the department or leads projects there.")
        raise NotReady(sentence, [], way_out).about("lead")


def refuse_unplanned(project: Project, *, also: Collection[str] = ()) -> None:
    """Refuse to plan, ask or grant for a project on hold or ended; `also` names states that still take it."""
    if project.state in (State.PLANNED, State.ACTIVE, *also):
        return
    words = {"project": project, "state": project.get_state_display()}
    sentence = gettext("The state of “%(project)s” is “%(state)s”, so nothing more is planned for it.")
    way_out = gettext("Plan what is still needed with another project, or in a later year.")
    if project.state == State.ON_HOLD:
        way_out = gettext("Resume the project first.")
    raise NotNow(interpolate(sentence, words), way_out)


PROJECT = Workflow(
    kind="project",
    model=Project,
    open_text=_("Project “%(record)s” is open: %(state)s."),
    label=_("Project"),
    states=State,
    initial=State.PLANNED,
    closed=frozenset({State.EVALUATED, State.CANCELLED}),
    # What later acts on lines, expenses and reports add up to.
    still_moves=frozenset({
        "budget_approved_at", "needed", "asked", "granted", "budgeted", "spent",
        "activities_planned", "activities_held", "participants_planned", "participants_reached",
    }),
    tones={
        State.PLANNED: "draft", State.ACTIVE: "sent", State.ON_HOLD: "back", State.COMPLETED: "review",
        State.EVALUATED: "ok", State.CANCELLED: "shut",
    },
    editable=frozenset({State.PLANNED, State.ACTIVE, State.ON_HOLD}),
    fields={
        "name": _("Name"), "lead": _("Project lead"), "purpose": _("What it is for"), "approved": _("approved"),
        "importance": _("Importance"),
    },
    people=frozenset({"lead"}),
    steps=(
        Step(
            "activate", _("Start project"), [State.PLANNED], State.ACTIVE, by=Can.RUN_PROJECT,
            done=_("%(person)s started the project"), stamps="activated", missing=missing_to_activate,
            awaited=False, says=_("Expenses can be posted and monthly reports are due from now on."),
        ),
        Step(
            "hold", _("Put on hold"), [State.ACTIVE], State.ON_HOLD, by=Can.RUN_PROJECT,
            done=_("%(person)s put the project on hold"), comment=True, awaited=False,
            says=_("What it has not used is free for others until it is resumed."),
        ),
        Step(
            "resume", _("Resume project"), [State.ON_HOLD], State.ACTIVE, by=Can.RUN_PROJECT,
            done=_("%(person)s resumed the project"), stamps="activated", awaited=False,
            says=_("It takes back whatever is still free of what it released."),
        ),
        Step(
            "complete", _("Complete project"), [State.ACTIVE], State.COMPLETED, by=Can.RUN_PROJECT,
            done=_("%(person)s completed the project"), stamps="completed", awaited=False,
            says=_("The evaluation is created and due in four weeks; until then invoices of its time are taken."),
        ),
        Step(
            "cancel", _("Cancel project"), [State.PLANNED, State.ACTIVE, State.ON_HOLD], State.CANCELLED,
            by=Can.RUN_PROJECT, done=_("%(person)s cancelled the project"), comment=True, awaited=False,
            says=_("Its lines are closed at what was spent; everything it has not used is free for others."),
        ),
        Step(
            "conclude", _("Conclude project"), [State.COMPLETED], State.EVALUATED, by=Can.REVIEW_EVALUATION,
            done=_("%(person)s concluded the project"), awaited=False, main=False,
            says=_("Happens when its evaluation is reviewed."),
        ),
    ),
)  # fmt: skip
