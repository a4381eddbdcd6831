"""From the demand report to the requests: every department gets a draft, filled in from its forecast."""

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from planning.cycles.actions import WindowMove, set_window
from planning.cycles.calendar import GRACE_DAYS, DueDay, WindowDates, request_due
from planning.cycles.models import Cycle, Stage
from planning.cycles.queries import dates_of, due_in
from planning.forecasts import actions as forecasts
from planning.forecasts.models import DemandReport, Forecast
from planning.forecasts.workflow import DEMAND_REPORT
from planning.requests.actions.filling_in import fill_in_untouched, lock_drafts_and_askers, write_filled_in
from planning.requests.models import ResourceRequest
from planning.requests.queries import planned_opening
from planning.requests.workflow import REQUEST
from sop_portal.foundation.kit.dates import add_civil_days
from sop_portal.foundation.kit.formats import day_of_year
from sop_portal.foundation.kit.refusals import NotReady
from sop_portal.foundation.kit.sentences import interpolate
from sop_portal.foundation.notices.actions import notify
from sop_portal.foundation.organisation.models import Membership, User
from sop_portal.foundation.organisation.roles import Can, Role
from sop_portal.foundation.trail.actions import Change
from sop_portal.foundation.workflow.checks import authority
from sop_portal.foundation.workflow.engine import created, created_together, lock, note
from sop_portal.foundation.workflow.years import hold_open_year


@DEMAND_REPORT.act("publish")
@transaction.atomic
def publish_report(
    report: DemandReport, *, by: User, at: datetime, seen: int, comment: str = "", is_as_planned: bool = False
) -> DemandReport:
    """Publish the demand report; its version is frozen and every department gets two weeks for its request.

    The first report opens the requests at once, unless they open as planned on a day that is still to come.
    """
    # The cycle is locked before the report: opening the requests moves its window.
    cycle = lock(report.cycle)
    published = forecasts.publish_report(report, by=by, at=at, seen=seen, comment=comment)
    open_requests(cycle, by=by, at=at, is_as_planned=is_as_planned)
    return published


@transaction.atomic
def open_requests(cycle: Cycle, *, by: User, at: datetime, is_as_planned: bool = False) -> list[ResourceRequest]:
    """Create the draft request of every department that has none yet, due in two weeks or with the planned window."""
    role = authority(Can.PUBLISH_REPORT, None, by, at)
    hold_open_year(REQUEST.kind, cycle, "create")
    published = DemandReport.objects.filter(cycle=cycle, state="published").order_by("-number").first()
    if published is None:
        way_out = _("The resource team publishes it first.")
        raise NotReady(_("Requests open when the demand report is published."), [], way_out)
    opens_on = cycle.day(published.published_at or at)
    is_kept = is_as_planned and planned_opening(cycle, opens_on) is not None
    if not is_kept and not ResourceRequest.objects.filter(cycle=cycle).exists():
        _move_window(cycle, opens_on, due_in(cycle, request_due(opens_on)).named, by, at)
    due = _due_from(cycle, opens_on)
    wanted = Forecast.objects.filter(cycle=cycle).exclude(state=Forecast.State.WAIVED).order_by("department_id")
    wanted = wanted.exclude(department_id__in=ResourceRequest.objects.filter(cycle=cycle).values("department_id"))
    opened = ResourceRequest.objects.bulk_create(
        ResourceRequest(cycle=cycle, department=forecast.department, due=due.on, moved_from=due.moved_from)
        for forecast in wanted.select_related("department")
    )
    write_filled_in(opened)
    created_together(REQUEST, opened, by=by, at=at, grant=role)
    _fill_in_again(cycle, opened, by, at)
    return opened


def _fill_in_again(cycle: Cycle, opened: list[ResourceRequest], by: User, at: datetime) -> None:
    """A later version of the report finds drafts that nobody worked in; they say what the forecasts say now."""
    before = [request for request in lock_drafts_and_askers(cycle) if request not in opened]
    fill_in_untouched(before, by=by, at=at)


def open_late(forecast: Forecast, *, by: User, at: datetime) -> ResourceRequest | None:
    """A forecast accepted after the report: its department gets its request now, filled in, with its own two weeks.

    The window of the others stays. A request that was handed in already, or waived, stays as it is.
    """
    cycle = forecast.cycle
    if not DemandReport.objects.filter(cycle=cycle, state=DemandReport.State.PUBLISHED).exists():
        return None
    due = _due_from(cycle, cycle.day(at))
    found = ResourceRequest.objects.select_for_update(of=("self",)).select_related("cycle", "department")
    request = found.filter(cycle=cycle, department=forecast.department_id).first()
    if request is None:
        request = ResourceRequest.objects.create(
            cycle=cycle, department=forecast.department, due=due.on, moved_from=due.moved_from
        )
        write_filled_in([request])
        created(REQUEST, request, by=by, at=at, grant=authority(Can.REVIEW_FORECAST, forecast, by, at))
    elif request.state in REQUEST.editable:
        _give_two_weeks(request, due, by, at)
        fill_in_untouched([request], by=by, at=at)
    return request


def _due_from(cycle: Cycle, day: date) -> DueDay:
    """Two weeks from a day; before the window of the requests opens, the day on which the window is due."""
    window = dates_of(cycle, Stage.REQUEST)
    if window is not None and window.opens_on > day:
        return DueDay(window.due_on, window.moved_from)
    return due_in(cycle, request_due(day))


def _give_two_weeks(request: ResourceRequest, due: DueDay, by: User, at: datetime) -> None:
    if due.on > request.due:
        changes = [Change("due", str(request.due), str(due.on), "")]
        request.due, request.moved_from = due.on, due.moved_from
        request.save(update_fields=["due", "moved_from"])
        note(REQUEST.kind, request, "extend", by=by, at=at, changes=changes)
    _notify_head(request, by, at)


def _notify_head(request: ResourceRequest, by: User, at: datetime) -> None:
    """Tell the heads of a late department that its request waits, and until when."""
    heads = Membership.objects.on(request.cycle.day(at)).filter(role=Role.HEAD, department=request.department_id)

    def sentence() -> str:
        words = {"department": request.department, "day": day_of_year(request.due_on)}
        return interpolate(_("The forecast of %(department)s is accepted: its resource request is due %(day)s"), words)

    notify(
        User.objects.filter(pk__in=heads.values("person_id")).exclude(pk=by.pk),
        sentence,
        kind=REQUEST.kind,
        record_id=request.pk,
        verb="extend",
        link=request.get_absolute_url(),
        at=at,
    )


def _move_window(cycle: Cycle, opens_on: date, due_on: date, by: User, at: datetime) -> None:
    set_window(
        cycle,
        WindowMove(
            Stage.REQUEST,
            WindowDates(opens_on, due_on, add_civil_days(due_on, GRACE_DAYS)),
            _("Two weeks from the demand report."),
        ),
        by=by,
        at=at,
        can=Can.PUBLISH_REPORT,
    )
