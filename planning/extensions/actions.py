"""What people do about more time: a department asks, somebody else grants or refuses."""

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from planning.cycles import actions as cycles
from planning.cycles.actions import MoreTime, refuse_needless, refuse_not_under_way, refuse_outsider, refuse_until
from planning.cycles.calendar import days_of_extension
from planning.cycles.models import Cycle, Stage
from planning.cycles.queries import due_for
from planning.extensions.models import ExtensionRequest
from planning.extensions.workflow import EXTENSION_REQUEST
from planning.forecasts.models import Forecast
from planning.forecasts.workflow import FORECAST
from planning.requests.models import ResourceRequest
from planning.requests.workflow import REQUEST
from sop_portal.foundation.kit.fitting import refuse_unknown, save_new
from sop_portal.foundation.kit.refusals import NotNow, NotReady
from sop_portal.foundation.kit.sentences import interpolate
from sop_portal.foundation.organisation.actor import Actor
from sop_portal.foundation.organisation.models import Department, User
from sop_portal.foundation.organisation.roles import Can
from sop_portal.foundation.workflow.checks import authority, takes_part, touched_in_any_role
from sop_portal.foundation.workflow.contributors import add_contributor
from sop_portal.foundation.workflow.engine import created, lock, step
from sop_portal.foundation.workflow.models import Contributor
from sop_portal.foundation.workflow.table import Workflow
from sop_portal.foundation.workflow.years import hold_open_year

SUBMISSIONS: dict[str, tuple[type[Forecast] | type[ResourceRequest], Workflow[Any]]] = {
    Stage.FORECAST: (Forecast, FORECAST),
    Stage.REQUEST: (ResourceRequest, REQUEST),
}


def ask(cycle: Cycle, wanted: MoreTime, *, by: User, at: datetime) -> ExtensionRequest:
    """Ask for more time in a stage; those who may extend it are told."""
    role = authority(Can.ASK_EXTENSION, wanted.department, by, at)
    reason = wanted.reason.strip()
    try:
        with transaction.atomic():
            _refuse_senseless(cycle, wanted, at)
            asked = save_new(
                ExtensionRequest(
                    cycle=cycle,
                    stage=wanted.stage,
                    department=wanted.department,
                    until_on=wanted.until_on,
                    reason=reason,
                    asked_at=at,
                    asked_by=by,
                )
            )
            add_contributor(EXTENSION_REQUEST, asked, by, role, at)
            created(EXTENSION_REQUEST, asked, by=by, at=at, grant=role, comment=reason)
    except IntegrityError:
        way_out = _("Wait for the decision, or withdraw that one first.")
        raise NotNow(_("This was already asked and waits for a decision."), way_out) from None
    return asked


def _refuse_senseless(cycle: Cycle, wanted: MoreTime, at: datetime) -> None:
    hold_open_year(EXTENSION_REQUEST.kind, cycle, "create")
    refuse_outsider(cycle, wanted.department)
    refuse_unknown(_("Stage"), wanted.stage, dict(Stage.choices))
    due_on = due_for(cycle, wanted.stage, wanted.department)
    refuse_not_under_way(cycle)
    if due_on is None:
        raise NotReady(_("This stage has no window in this year."), [], _("Set its dates first.")).about("stage")
    refuse_needless(cycle, wanted)
    refuse_until(wanted.until_on, days_of_extension(cycle, wanted.stage, due_on, cycle.day(at)))
    if not wanted.reason.strip():
        raise NotReady(_("Say why: everybody can read it."), [_("A reason is missing.")]).about("reason")


def refuse_done(cycle: Cycle, stage: str, department: Department) -> None:
    """Whoever has submitted owes nothing that more time would help with; who ended before, begins nothing."""
    if stage not in SUBMISSIONS:
        return
    model, workflow = SUBMISSIONS[stage]
    record = model.objects.filter(cycle=cycle, department=department).first()
    if record is None:
        takes_part(department)
    elif record.state not in workflow.editable:
        words = {"title": record, "state": record.get_state_display()}
        way_out = _("If it has to be changed, withdraw it or have it sent back first.")
        raise NotNow(interpolate(_("%(title)s: %(state)s. Nothing is owed now."), words), way_out)


def is_asking(cycle: Cycle, stage: str, department: Department, actor: Actor) -> bool:
    """Whether somebody asked for time that is not decided on yet, or acts for whoever did."""
    waiting = ExtensionRequest.objects.filter(cycle=cycle, stage=stage, department=department)
    waiting = waiting.filter(state=ExtensionRequest.State.ASKED)
    asked = Contributor.objects.filter(kind=EXTENSION_REQUEST.kind, record_id__in=waiting.values("pk"))
    return asked.filter(touched_in_any_role(actor, Can.EXTEND_WINDOW)).exists()


@EXTENSION_REQUEST.act("grant")
def grant(request: ExtensionRequest, *, by: User, at: datetime, seen: int, comment: str = "") -> ExtensionRequest:
    """Give the department the time it asked for."""
    with transaction.atomic():
        # The year is locked before the request: the extension changes it.
        lock(request.cycle)
        _grant(request, by=by, at=at, seen=seen, comment=comment)
    return request


def _grant(request: ExtensionRequest, *, by: User, at: datetime, seen: int, comment: str) -> None:
    with step(EXTENSION_REQUEST, request, "grant", by=by, at=at, seen=seen, comment=comment) as locked:
        more = MoreTime(locked.stage, locked.department, locked.until_on, locked.reason)
        cycles.extend(locked.cycle, more, by=by, at=at, asked_by=locked.asked_by)


@EXTENSION_REQUEST.act("refuse")
def refuse(request: ExtensionRequest, *, by: User, at: datetime, seen: int, comment: str) -> ExtensionRequest:
    """Leave the deadline as it is, and say why."""
    with step(EXTENSION_REQUEST, request, "refuse", by=by, at=at, seen=seen, comment=comment):
        pass
    return request


@EXTENSION_REQUEST.act("withdraw")
def withdraw(request: ExtensionRequest, *, by: User, at: datetime, seen: int, comment: str = "") -> ExtensionRequest:
    """Need no more time after all, or ask for another day."""
    with step(EXTENSION_REQUEST, request, "withdraw", by=by, at=at, seen=seen, comment=comment):
        pass
    return request
