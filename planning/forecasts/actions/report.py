"""The one demand report of all forecasts: compiled, and published with everything in it frozen."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from planning.cycles.models import Cycle
from planning.forecasts.models import DemandReport, Forecast, ReportGap, ReportLine, ReportNeed, ReportSum
from planning.forecasts.queries.needs import SharedNeed, shared_needs, together
from planning.forecasts.queries.report import Sums, all_accepted_lines, all_accepted_sums, all_gaps
from planning.forecasts.workflow import DEMAND_REPORT
from sop_portal.foundation.kit.fitting import save_new
from sop_portal.foundation.kit.refusals import NotNow, NotReady
from sop_portal.foundation.kit.sentences import interpolate
from sop_portal.foundation.notices.actions import notify
from sop_portal.foundation.organisation.models import Membership, User
from sop_portal.foundation.organisation.roles import Can, Role
from sop_portal.foundation.workflow.checks import authority
from sop_portal.foundation.workflow.engine import created, step
from sop_portal.foundation.workflow.years import open_year


@transaction.atomic
def start_report(cycle: Cycle, *, by: User, at: datetime, reason: str = "") -> DemandReport:
    """Begin to compile the year's demand report, or a new version of it with the reason."""
    role = authority(Can.PUBLISH_REPORT, None, by, at)
    locked = Cycle.objects.select_for_update().get(pk=cycle.pk)
    open_year(DEMAND_REPORT.kind, locked, "create")
    if locked.state != Cycle.State.PUBLISHED:
        way_out = _("The administrator publishes the year first.")
        raise NotNow(_("The year %(year)s is not open.") % {"year": locked.year}, way_out)
    latest = DemandReport.objects.filter(cycle=locked).first()
    if latest and latest.state == DemandReport.State.COMPILING:
        sentence = _("Version %(number)s is already being compiled.") % {"number": latest.number}
        raise NotNow(sentence, _("Publish that version first."))
    if latest and not reason.strip():
        raise NotReady(_("Say why a new version is needed."), [_("A reason is missing.")])
    number = latest.number + 1 if latest else 1
    report = save_new(DemandReport(cycle=locked, number=number, reason=reason))
    created(DEMAND_REPORT, report, by=by, at=at, grant=role, comment=reason)
    return report


def publish_report(report: DemandReport, *, by: User, at: datetime, seen: int, comment: str = "") -> DemandReport:
    """Freeze the version with every line and gap, and tell departments that need the same thing."""
    with step(DEMAND_REPORT, report, "publish", by=by, at=at, seen=seen, comment=comment) as locked:
        ReportLine.objects.bulk_create(_lines(locked), batch_size=500)
        ReportGap.objects.bulk_create(_gaps(locked), batch_size=500)
        ReportSum.objects.bulk_create(_sums(locked), batch_size=500)
        shared = shared_needs(all_accepted_lines(locked))
        ReportNeed.objects.bulk_create(_needs(locked, shared), batch_size=500)
        _notify_of_shared_needs(locked, shared, by, at)
    return report


def _lines(report: DemandReport) -> Iterator[ReportLine]:
    """The lines to be frozen, as they are now."""
    found = all_accepted_lines(report).select_related("project", "forecast").prefetch_related("figures").order_by("pk")
    for line in found:
        figures = {figure.metric: figure.figure for figure in line.figures.all()}
        yield ReportLine(
            report=report, department_id=line.forecast.department_id, line=line, name=line.project.name, **figures
        )


def _gaps(report: DemandReport) -> list[ReportGap]:
    """The gaps to be frozen, as they are now."""
    return [ReportGap(report=report, department=department, state=state) for department, state in all_gaps(report)]


def _sums(report: DemandReport) -> Iterator[ReportSum]:
    """The sums of the year and of the last one known before it, to be frozen as they are now."""
    departments = set(Forecast.objects.filter(cycle_id=report.cycle_id).values_list("department_id", flat=True))
    compared = all_accepted_sums(report, departments)
    yield from _sums_of_year(report, report.cycle.year, compared.sums)
    yield from _sums_of_year(report, compared.last_year, compared.past)


def _sums_of_year(report: DemandReport, year: int, sums: Sums) -> Iterator[ReportSum]:
    for department_id, figures in sums.items():
        yield ReportSum(report=report, year=year, department_id=department_id, **figures)


def _needs(report: DemandReport, needs: Iterable[SharedNeed]) -> Iterator[ReportNeed]:
    """The shared needs to be frozen, as they are now."""
    for need in needs:
        yield ReportNeed(report=report, name=need.name, departments=[department.pk for department in need.departments])


def _notify_of_shared_needs(report: DemandReport, needs: Iterable[SharedNeed], by: User, at: datetime) -> None:
    """Tell the head of each department once which of its projects others plan as well."""
    heads = Membership.objects.on(report.cycle.day(at)).filter(role=Role.HEAD)
    of_department: dict[int, list[SharedNeed]] = defaultdict(list)
    for need in needs:
        for department in need.departments:
            of_department[department.pk].append(need)
    for department_id, own in of_department.items():
        people = User.objects.filter(pk__in=heads.filter(department_id=department_id).values("person_id"))

        def sentence(needs: list[SharedNeed] = own, department_id: int = department_id) -> str:
            return _shared_sentence(needs, department_id)

        notify(
            people.exclude(pk=by.pk),
            sentence,
            kind="demand-report",
            record_id=report.pk,
            verb="shared",
            link=report.get_absolute_url(),
            at=at,
        )


def _shared_sentence(needs: list[SharedNeed], department_id: int) -> str:
    if len(needs) == 1:
        others = together([department.name for department in needs[0].departments if department.pk != department_id])
        words = {"others": others, "project": needs[0].name}
        return interpolate(_("%(others)s plan “%(project)s” too; perhaps it can be shared"), words)
    text = ngettext(
        "%(n)s of your projects is planned elsewhere too; perhaps it can be shared",
        "%(n)s of your projects are planned elsewhere too; perhaps they can be shared",
        len(needs),
    )
    return text % {"n": len(needs)}
