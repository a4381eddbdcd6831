"""The two charts of a progress report: money and participants against plan, titled with what they show."""

from collections.abc import Sequence
from datetime import date

from django.utils.dateformat import format as format_date
from django.utils.translation import gettext as _

from budgets.models import Flag
from budgets.spending.figures import flag_of
from evaluations.reports.figures import ON_PLAN, Course
from evaluations.reports.models import ProgressReport
from evaluations.reports.queries import ProjectProgress
from sop_portal.foundation.kit.charts import Caption, PaceSums, pace_chart
from sop_portal.foundation.kit.charts.pace import PaceChart
from sop_portal.foundation.kit.formats import day_of_year, day_short, money, month, number, percent


def money_chart(progress: ProjectProgress) -> PaceChart:
    """Money spent against the approved lines."""
    course, currency = progress.money, progress.report.cycle.currency
    since = day_of_year(progress.report.project.starts_on)
    names = {"plan": money(course.whole), "spent": money(course.reached), "end": money(course.end)}
    caption = Caption(
        money_title(course) if progress.is_over else not_over_title(progress),
        _("Money: plan %(plan)s, spent %(spent)s, projection %(end)s") % names,
        _("%(currency)s, sum since %(day)s") % {"currency": currency, "day": since},
    )
    return pace_chart(
        PaceSums(month_names(progress.months), course.plan, course.actual, course.ahead),
        caption,
        now=day_short(progress.as_of, progress.today),
        is_over=flag_of(course.end, course.whole) == Flag.OVER,
        pace_note=_("projection: the rest of the plan at the pace of the last 3 months"),
    )


def people_chart(progress: ProjectProgress) -> PaceChart:
    """Participants reached against the plan."""
    course = progress.participants
    since = day_of_year(progress.report.project.starts_on)
    names = {"plan": number(course.whole), "reached": number(course.reached), "end": number(course.end)}
    caption = Caption(
        people_title(course, progress.report) if progress.is_over else not_over_title(progress),
        _("Participants: plan %(plan)s, reached %(reached)s, projection %(end)s") % names,
        _("people, sum since %(day)s; planned in even parts for every month") % {"day": since},
    )
    return pace_chart(
        PaceSums(month_names(progress.months), course.plan, course.actual, course.ahead),
        caption,
        now=day_short(progress.as_of, progress.today),
        pace_note=_("projection: the rest of the plan at the pace of the last 3 months"),
    )


def not_over_title(progress: ProjectProgress) -> str:
    """What a chart says of a month that is still to come, or under way."""
    words = {"month": month(progress.report.period_first)}
    if progress.today < progress.report.period_first:
        return _("%(month)s has not begun yet") % words
    return _("%(month)s is not over yet") % words


def money_title(course: Course) -> str:
    """What the chart of money shows, in words."""
    if not course.whole:
        return _("No money is approved for this project")
    by = {"share": percent(abs(course.deviation))}
    if abs(course.deviation) <= ON_PLAN:
        runs_over = course.end * 100 > course.whole * (100 + ON_PLAN)
        return _("Money is on plan so far, but goes too fast") if runs_over else _("Money is on plan")
    if course.deviation > 0:
        return _("Money runs %(share)s ahead of plan") % by
    return _("Money runs %(share)s behind plan") % by


def people_title(course: Course, report: ProgressReport) -> str:
    """What the chart of participants shows, in words; nothing before they are counted."""
    if not course.whole:
        return _("No participants are planned for this project")
    if report.participants_reached is None:
        return _("The participants of %(month)s are not counted yet") % {"month": month(report.period_first)}
    by = {"share": percent(abs(course.deviation))}
    if abs(course.deviation) <= ON_PLAN:
        return _("Participants are on plan")
    if course.deviation > 0:
        return _("Participants are %(share)s above plan") % by
    return _("Participants are %(share)s below plan") % by


def month_names(months: Sequence[date]) -> list[str]:
    """The months as the axis names them."""
    return [format_date(month, "M") for month in months]
