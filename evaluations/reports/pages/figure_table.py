"""The table of a progress report: what was planned and what happened, in the period and since the start."""

from dataclasses import dataclass, replace
from decimal import Decimal

from django.urls import reverse
from django.utils.translation import gettext as _

from evaluations.reports.figures import CategorySpending, Course, money_plan
from evaluations.reports.queries import ProjectProgress
from sop_portal.foundation.kit import formats


@dataclass(frozen=True)
class FigureRow:
    """One row of the figures: in the period, since the start, planned by now; `accepted` what a corrected one was."""

    label: str
    in_period: str
    total: str
    planned: str
    share: str
    is_bad: bool = False
    accepted: str = ""
    period_url: str = ""
    total_url: str = ""


def figure_rows(progress: ProjectProgress) -> list[FigureRow]:
    """The counts of the period, then every category the project has lines in."""
    report, (held, reached) = progress.report, progress.counts
    activities, participants = (
        _count_row(_("Activities held"), held, progress.activities, progress.activities_before),
        _count_row(_("Participants reached"), reached, progress.participants, progress.participants_before),
    )
    return [
        replace(activities, accepted=_accepted(report.activities_held, held)),
        replace(participants, accepted=_accepted(report.participants_reached, reached)),
        *(_money_row(progress, category) for category in progress.spending),
    ]


def _accepted(reported: int | None, counts: int | None) -> str:
    """What a corrected count was when the report was accepted; empty where it counts as it was."""
    return "" if reported == counts else _("accepted with %(count)s") % {"count": formats.number(reported)}


def _count_row(label: str, now: int | None, course: Course, before: int) -> FigureRow:
    total = before + (now or 0)
    planned = course.planned_by_now
    share = formats.percent(Decimal(total) / planned * 100) if planned and course.is_whole else formats.NOTHING
    return FigureRow(label, formats.number(now), formats.number(total), formats.number(planned), share)


def _money_row(progress: ProjectProgress, category: CategorySpending) -> FigureRow:
    report = progress.report
    [planned] = money_plan(category.quarters, [progress.as_of], progress.year)
    share = category.total / planned * 100 if planned else None
    expenses = f"{reverse('expenses', args=[report.cycle.year])}"
    expenses += f"?department={report.department.slug}&project={report.project.slug}"
    return FigureRow(
        label=_("%(category)s, %(currency)s") % {"category": category.name, "currency": report.cycle.currency},
        in_period=formats.money(category.in_period),
        total=formats.money(category.total),
        planned=formats.money(planned),
        share=formats.percent(share),
        is_bad=share is not None and share > 100 + progress.year.tolerance,
        period_url=f"{expenses}&month={report.period_first:%Y-%m}",
        total_url=expenses,
    )
