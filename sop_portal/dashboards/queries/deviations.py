"""What is not as planned, in sentences that lead to their list: spending, reports, findings, money left over."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import DecimalField, ExpressionWrapper, F, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from budgets.models import Appropriation, Finding
from planning.models import Cycle, Project
from sop_portal.dashboards.figures import ZERO, elapsed, percentage
from sop_portal.dashboards.queries.money import DepartmentMoney
from sop_portal.dashboards.queries.reports import OpenReports
from sop_portal.foundation.kit import formats
from sop_portal.foundation.kit.addresses import address
from sop_portal.foundation.organisation.models import Department

MOST, LOOKED_INTO = 5, 50
AHEAD = Decimal("1.2")


@dataclass(frozen=True)
class Deviation:
    """One thing that is not as planned, as a sentence with its link."""

    who: str
    sentence: str
    url: str
    note: str = ""


def exceptions(
    cycle: Cycle, departments: Iterable[DepartmentMoney], reports: Mapping[int, OpenReports], on: date
) -> list[Deviation]:
    """What is not as planned, the most urgent first."""
    found = [
        *overspending(cycle, on),
        *owing(cycle, reports, on),
        *unanswered_findings(cycle, on),
        *underspending(cycle, departments, on),
    ]
    return found[: MOST * 2]


def without_exceptions(cycle: Cycle, budgeted: Decimal, on: date) -> str:
    """What is said where nothing is named: only a year that runs on a budget can run as planned."""
    if cycle.state == Cycle.State.DRAFT:
        return _("The year is not published yet: there is nothing to compare.")
    if on < cycle.starts_on:
        words = {"day": formats.day_long(cycle.starts_on)}
        return _("Execution begins on %(day)s: until then there is nothing to compare with the plan.") % words
    if not budgeted:
        return _("Nothing is budgeted: there is no plan to compare with.")
    if on > cycle.ends_on:
        return _("The execution year is over: nothing stands overspent, late or unanswered.")
    return _("Everything runs as planned: nothing overspent, late or unanswered.")


def planned_share(time: Decimal, quarter: int) -> Decimal:
    """How much of a quarter is over when so many percent of the year are."""
    return min(max(time / 25 - quarter, ZERO), Decimal(1))


def furthest_ahead(cycle: Cycle, time: Decimal) -> list[int]:
    """The running projects that spent the most of their money before its time."""
    part = ExpressionWrapper(F("spent") * Decimal(100) / F("budgeted"), DecimalField(max_digits=9, decimal_places=2))
    running = Project.objects.filter(cycle_id=cycle.pk, state=Project.State.ACTIVE, budgeted__gt=0)
    found = running.annotate(part=part).filter(part__gt=time).order_by("-part", "pk")
    return list(found.values_list("pk", flat=True)[:LOOKED_INTO])


def overspending(cycle: Cycle, on: date) -> list[Deviation]:
    """Lines that are a fifth or more ahead of what their quarters planned until today."""
    time = elapsed(cycle.starts_on, cycle.ends_on, on)
    if not time or on > cycle.ends_on:
        return []
    lines = ahead_of_plan(cycle, time).select_related("project", "department").order_by("-used", "pk")
    return [
        Deviation(
            formats.joined([line.project, line.department]),
            _beside_the_time(line, line.used, time),
            f"{address('expenses', cycle.year)}?line={line.number}",
            _beside_the_plan(cycle, line, line.planned),
        )
        for line in lines[:MOST]
    ]


def ahead_of_plan(cycle: Cycle, time: Decimal) -> QuerySet[Any]:
    """Lines with what was `planned` until now, and how much of it is `used`, in percent.

    Only the running projects furthest ahead of time are looked into: the lines of a whole organisation are too many
    to compute on every page.
    """
    first, *others = (F(f"line__q{n + 1}") * planned_share(time, n) for n in range(4))
    planned = ExpressionWrapper(sum(others, first), DecimalField(max_digits=15, decimal_places=2))
    used = ExpressionWrapper(F("spent") * Decimal(100) / F("planned"), DecimalField(max_digits=9, decimal_places=2))
    lines = Appropriation.objects.filter(project__in=furthest_ahead(cycle, time), approved__gt=0)
    return lines.annotate(planned=planned).filter(planned__gt=0).annotate(used=used).filter(used__gt=AHEAD * 100)


def _beside_the_time(line: Appropriation, used: Decimal, time: Decimal) -> str:
    return _("%(category)s: %(used)s of plan at %(time)s of the time") % {
        "category": line.get_category_display(),
        "used": formats.percent(used),
        "time": formats.percent(time),
    }


def _beside_the_plan(cycle: Cycle, line: Appropriation, planned: Decimal) -> str:
    return _("%(currency)s %(spent)s spent, %(planned)s planned until now") % {
        "currency": cycle.currency,
        "spent": formats.money(line.spent),
        "planned": formats.money(planned),
    }


def owing(cycle: Cycle, reports: Mapping[int, OpenReports], on: date) -> list[Deviation]:
    """Departments that owe progress reports."""
    late = {pk: has for pk, has in reports.items() if has.late}
    rows = Department.objects.filter(pk__in=late).order_by("name").values_list("pk", "name", "slug") if late else ()
    return [
        Deviation(
            name,
            ngettext("owes %(n)s progress report", "owes %(n)s progress reports", late[pk].late) % {"n": late[pk].late},
            f"{address('progress', cycle.year)}?department={slug}&state=late",
            _("the oldest was due on %(day)s") % {"day": formats.day_short(late[pk].oldest, on)},
        )
        for pk, name, slug in sorted(rows, key=lambda row: -late[row[0]].late)[:MOST]
    ]


def unanswered_findings(cycle: Cycle, on: date) -> list[Deviation]:
    """Audit findings without an answer in time."""
    late = Finding.objects.filter(audit__cycle_id=cycle.pk, state="open", due__lt=on)
    return [
        Deviation(
            str(finding.audit.department),
            _("has not answered an audit finding since %(day)s") % {"day": formats.day_short(finding.due)},
            finding.get_absolute_url(),
            _not_evidenced(finding, cycle),
        )
        for finding in late.select_related("audit__department", "audit__cycle").order_by("due")[:MOST]
    ]


def _not_evidenced(finding: Finding, cycle: Cycle) -> str:
    if not finding.amount:
        return ""
    words = {"currency": cycle.currency, "amount": formats.money(finding.amount)}
    return _("%(currency)s %(amount)s is not evidenced") % words


def underspending(cycle: Cycle, departments: Iterable[DepartmentMoney], on: date) -> list[Deviation]:
    """Departments that will probably leave money over: less than half of the pace after a quarter of the year."""
    time = elapsed(cycle.starts_on, cycle.ends_on, on)
    if time < 25 or on > cycle.ends_on + timedelta(days=31):
        return []
    slow = []
    for department in departments:
        used = percentage(department.totals.spent, department.totals.budgeted)
        if used is not None and used < time / 2:
            slow.append((department, used))
    names = Department.objects.in_bulk([department.department_id for department, _used in slow[:MOST]])
    return [
        _left_over(cycle, names[department.department_id], department, time, used) for department, used in slow[:MOST]
    ]


def _left_over(cycle: Cycle, department: Department, money: DepartmentMoney, time: Decimal, used: Decimal) -> Deviation:
    left = money.totals.budgeted - money.totals.spent * 100 / time
    words = {"used": formats.percent(used), "left": formats.money(left), "currency": cycle.currency}
    sentence = _("spent %(used)s; at this pace %(currency)s %(left)s is left over") % words
    return Deviation(department.name, sentence, f"{address('projects', cycle.year)}?department={department.slug}")
