"""What people do in stage 1: open the year, fill in, submit, decide, and make the one demand report of it."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from planning.cycles.models import Cycle, Stage
from planning.cycles.windows import dates_of
from planning.cycles.workflow import CYCLE
from planning.forecasts import publishing, sums
from planning.forecasts.figures import METRICS, Typed, plain, settled
from planning.forecasts.models import (
    DemandReport,
    Forecast,
    ForecastFigure,
    ForecastLine,
    ReportGap,
    ReportLine,
    ReportNeed,
    ReportSum,
)
from planning.forecasts.opening import carried_over, figures_of, needs, proposals_of
from planning.forecasts.publishing import live_lines
from planning.forecasts.shared import shared_needs, tell_of_shared_needs, to_freeze
from planning.forecasts.versions import refuse_if_changed
from planning.forecasts.workflow import DEMAND_REPORT, FORECAST
from planning.projects.models import Project, slug_of
from planning.projects.workflow import PROJECT
from sop_portal.foundation.kit.refusals import NotNow, NotReady
from sop_portal.foundation.organisation.models import Department, User
from sop_portal.foundation.organisation.roles import Can
from sop_portal.foundation.trail.actions import Change
from sop_portal.foundation.trail.actions import record as leave_trail
from sop_portal.foundation.workflow.checks import authority
from sop_portal.foundation.workflow.editing import Editing
from sop_portal.foundation.workflow.engine import created, edit, step

__all__ = [
    "Typed", "accept", "add_project", "leave_out", "owe_newcomer", "publish_report", "publish_year", "send_back",
    "set_figures", "start_report", "submit", "take_in", "waive", "withdraw",
]  # fmt: skip


def publish_year(cycle: Cycle, *, by: User, at: datetime, seen: int, comment: str = "") -> Cycle:
    """Open the year: every active department owes a forecast, with the projects of the year before."""
    with step(CYCLE, cycle, "publish", by=by, at=at, seen=seen, comment=comment) as locked:
        role = authority(Can.RUN_CYCLE, locked, by, at)
        departments = Department.objects.filter(is_active=True).order_by("pk")
        forecasts = {d.pk: Forecast.objects.create(cycle=locked, department=d) for d in departments}
        projects = carried_over(locked)
        _add_lines(forecasts, projects)
        sums.keep(*forecasts.values())
        Forecast.objects.bulk_update(forecasts.values(), METRICS, batch_size=200)
        taken: dict[int, list[Change]] = defaultdict(list)
        for project in projects:
            taken[project.department_id].append(Change("project", "", project.name))
        for department_id, forecast in forecasts.items():
            created(FORECAST, forecast, by=by, at=at, grant=role)
            if taken[department_id]:
                leave_trail(
                    FORECAST.kind, forecast, "carry-over", by=by.pk, at=at, behalf=role.behalf,
                    changes=taken[department_id],
                )  # fmt: skip
    return cycle


def owe_newcomer(department: Department, *, by: User, at: datetime) -> list[Forecast]:
    """A department that joins while forecasts are still taken owes one too, with its projects of the year before."""
    if not department.is_active:
        return []
    taking = Cycle.objects.filter(state=Cycle.State.PUBLISHED, windows__stage=Stage.FORECAST).order_by("pk")
    taking = taking.exclude(forecasts__department=department).prefetch_related("windows")
    owed = []
    with transaction.atomic():
        for cycle in taking:
            dates = dates_of(cycle, Stage.FORECAST)
            if dates is None or cycle.day(at) > dates.grace_until:
                continue
            forecast = Forecast.objects.create(cycle=cycle, department=department)
            _add_lines({department.pk: forecast}, [p for p in carried_over(cycle) if p.department_id == department.pk])
            created(FORECAST, forecast, by=by, at=at, grant=authority(Can.KEEP_PEOPLE, None, by, at))
            owed.append(forecast)
    return owed


def _add_lines(forecasts: Mapping[int, Forecast], projects: list[Project]) -> None:
    """Create projects with their lines and proposed figures, in a few statements however many there are."""
    if not projects:
        return
    proposals = proposals_of(projects, projects[0].cycle.year)
    for project in projects:
        for name, value in needs(proposals.get((project.department_id, project.slug), {})).items():
            setattr(project, name, value)
    Project.objects.bulk_create(projects, batch_size=500)
    lines = ForecastLine.objects.bulk_create(
        (ForecastLine(forecast=forecasts[p.department_id], project=p) for p in projects), batch_size=500
    )
    keys = [(p.department_id, p.slug) for p in projects]
    figures = (f for line, key in zip(lines, keys, strict=True) for f in figures_of(line, proposals.get(key, {})))
    ForecastFigure.objects.bulk_create(figures, batch_size=500)


def add_project(
    forecast: Forecast, *, name: str, lead: User | None = None, purpose: str = "", importance: int = 3, by: User,
    at: datetime,
) -> Project:  # fmt: skip
    """Take one more project into the forecast; a name known from earlier years continues their history."""
    with edit(FORECAST, forecast, by=by, at=at, can=Can.EDIT_DRAFTS) as editing:
        cycle, slug = editing.record.cycle, slug_of(name)
        if not name.strip():
            raise NotReady(_("Every project has a name."))
        if Project.objects.filter(cycle=cycle, department_id=forecast.department_id, slug=slug).exists():
            raise NotReady(_("The forecast already has a project “%(name)s”.") % {"name": name})
        project = Project(
            cycle=cycle, department=forecast.department, name=name, slug=slug, purpose=purpose, lead=lead,
            importance=importance, starts_on=cycle.starts_on, ends_on=cycle.ends_on,
        )  # fmt: skip
        _add_lines({forecast.department_id: editing.record}, [project])
        sums.keep(editing.record)
        editing.change("project", "", name)
        created(PROJECT, project, by=by, at=at, grant=editing.grant)
    return project


def set_figures(line: ForecastLine, typed: Mapping[str, Typed], *, by: User, at: datetime, seen: int) -> ForecastLine:
    """Write what a person typed for a project; a figure equal to the proposal is the proposal."""
    with edit(FORECAST, line.forecast, by=by, at=at, can=Can.EDIT_DRAFTS, reach=line) as editing:
        figures = {figure.metric: figure for figure in line.figures.select_for_update().order_by("pk")}
        kept = {m: settled(figures[m].proposal, typed[m]) for m in METRICS if m in typed}
        refuse_if_changed(editing.record, line, figures, kept, seen)
        for metric, said in kept.items():
            _write(editing, line, figures[metric], said)
        _keep_totals(line, editing.record)
    return line


def _write(editing: Editing, line: ForecastLine, figure: ForecastFigure, said: Typed) -> None:
    where, metric = str(line.project), figure.metric
    now = figure.proposal if said.override is None else said.override
    changed = [
        editing.change(metric, plain(figure.figure), plain(now), where),
        editing.change(f"{metric}-source", figure.source, said.source, where),
        editing.change(f"{metric}-reason", figure.reason, said.reason, where),
    ]
    if any(changed):
        figure.override, figure.source, figure.reason = said.override, said.source, said.reason
        figure.save(update_fields=["override", "source", "reason"])


def leave_out(line: ForecastLine, *, why: str, by: User, at: datetime, seen: int) -> ForecastLine:
    """Mark a project "not this year", with the reason."""
    if not why.strip():
        raise NotReady(_("Say why the project is not planned this year."), [_("A reason is missing.")])
    return _plan(line, is_planned=False, why=why, by=by, at=at, seen=seen)


def take_in(line: ForecastLine, *, by: User, at: datetime, seen: int) -> ForecastLine:
    """Plan a project again that was marked "not this year"."""
    return _plan(line, is_planned=True, why="", by=by, at=at, seen=seen)


def _plan(line: ForecastLine, *, is_planned: bool, why: str, by: User, at: datetime, seen: int) -> ForecastLine:
    with edit(FORECAST, line.forecast, by=by, at=at, can=Can.EDIT_DRAFTS, reach=line, seen=seen) as editing:
        where = str(line.project)
        editing.change("planned", _yes(line.is_planned), _yes(is_planned), where)
        editing.change("why_not", line.why_not, why, where)
        line.is_planned, line.why_not = is_planned, why
        line.save(update_fields=["is_planned", "why_not"])
        _keep_totals(line, editing.record)
    return line


def _yes(is_so: bool) -> str:
    return "yes" if is_so else "no"


def _keep_totals(line: ForecastLine, forecast: Forecast) -> None:
    """Keep what project and forecast need in step with the line; a project left out needs nothing."""
    found = dict(line.figures.values_list("metric", "figure")) if line.is_planned else {}
    Project.objects.filter(pk=line.project_id).update(**needs(found))
    sums.keep(forecast)


def submit(forecast: Forecast, *, by: User, at: datetime, seen: int, comment: str = "") -> Forecast:
    """Hand the department's forecast to the resource team."""
    with step(FORECAST, forecast, "submit", by=by, at=at, seen=seen, comment=comment):
        pass
    return forecast


def withdraw(forecast: Forecast, *, by: User, at: datetime, seen: int, comment: str = "") -> Forecast:
    """Take a submitted forecast back while nobody has decided."""
    with step(FORECAST, forecast, "withdraw", by=by, at=at, seen=seen, comment=comment):
        pass
    return forecast


def accept(forecast: Forecast, *, by: User, at: datetime, seen: int, comment: str = "") -> Forecast:
    """Take the department's forecast into the year's demand report."""
    before = forecast.get_state_display()
    with _reports_locked(forecast), step(FORECAST, forecast, "accept", by=by, at=at, seen=seen, comment=comment) as own:
        _note_in_report(own, before, by, at)
    return forecast


def send_back(forecast: Forecast, *, by: User, at: datetime, seen: int, comment: str = "") -> Forecast:
    """Ask the department to correct its forecast, saying what."""
    before = forecast.get_state_display()
    with (
        _reports_locked(forecast),
        step(FORECAST, forecast, "send-back", by=by, at=at, seen=seen, comment=comment) as own,
    ):
        _note_in_report(own, before, by, at)
    return forecast


def waive(forecast: Forecast, *, by: User, at: datetime, seen: int, comment: str = "") -> Forecast:
    """Excuse a department from forecasting this year; it stands in the report as a gap."""
    with step(FORECAST, forecast, "waive", by=by, at=at, seen=seen, comment=comment):
        pass
    return forecast


@contextmanager
def _reports_locked(forecast: Forecast) -> Iterator[None]:
    """Decide while no report is being published: what a report froze is not sent back a moment later."""
    with transaction.atomic():
        reports = DemandReport.objects.filter(cycle_id=forecast.cycle_id, state=DemandReport.State.COMPILING)
        list(reports.select_for_update().order_by("pk"))
        yield


def _note_in_report(forecast: Forecast, before: str, by: User, at: datetime) -> None:
    """The report being compiled is another one now: who looked at it before must look again before publishing."""
    compiling = DemandReport.objects.filter(cycle_id=forecast.cycle_id, state=DemandReport.State.COMPILING)
    for report in compiling.order_by("pk"):
        with edit(DEMAND_REPORT, report, by=by, at=at, can=Can.REVIEW_FORECAST) as editing:
            editing.change("forecast", before, forecast.get_state_display(), where=str(forecast.department))


@transaction.atomic
def start_report(cycle: Cycle, *, by: User, at: datetime, reason: str = "") -> DemandReport:
    """Begin to compile the year's demand report, or a new version of it with the reason."""
    role = authority(Can.PUBLISH_REPORT, None, by, at)
    locked = Cycle.objects.select_for_update().get(pk=cycle.pk)
    if locked.state != Cycle.State.PUBLISHED:
        raise NotNow(_("The year %(year)s is not open.") % {"year": locked.year})
    latest = DemandReport.objects.filter(cycle=locked).first()
    if latest and latest.state == DemandReport.State.COMPILING:
        raise NotNow(_("Version %(number)s is already being compiled.") % {"number": latest.number})
    if latest and not reason.strip():
        raise NotReady(_("Say why a new version is needed."), [_("A reason is missing.")])
    number = latest.number + 1 if latest else 1
    report = DemandReport.objects.create(cycle=locked, number=number, reason=reason)
    created(DEMAND_REPORT, report, by=by, at=at, grant=role, comment=reason)
    return report


def publish_report(report: DemandReport, *, by: User, at: datetime, seen: int, comment: str = "") -> DemandReport:
    """Freeze the version with every line and gap, and tell departments that need the same thing."""
    with step(DEMAND_REPORT, report, "publish", by=by, at=at, seen=seen, comment=comment) as locked:
        ReportLine.objects.bulk_create(publishing.lines(locked), batch_size=500)
        ReportGap.objects.bulk_create(publishing.gaps(locked), batch_size=500)
        ReportSum.objects.bulk_create(sums.to_freeze(locked), batch_size=500)
        shared = shared_needs(live_lines(locked))
        ReportNeed.objects.bulk_create(to_freeze(locked, shared), batch_size=500)
        tell_of_shared_needs(locked, shared, by, at)
    return report
