"""How far a project had come at the end of a report's period: plan and actual."""

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property

from django.db.models import Max, Q
from django.db.models.functions import TruncMonth
from django.utils.translation import gettext as _

from budgets.drafting.queries.versions import version_in_force
from budgets.models import Appropriation, BudgetLine, Category, Expense
from budgets.spending.figures import YearFacts
from budgets.spending.queries import year_facts
from evaluations.reports.figures import (
    NOTHING,
    CategorySpending,
    Course,
    MonthSpending,
    ProgressFigures,
    ProgressWarning,
    category_spending,
    course,
    even_plan,
    money_plan,
    spent_by_month,
    warnings_of,
)
from evaluations.reports.models import COUNTERS, ProgressReport
from evaluations.reports.queries.records import HANDED_IN, frozen_reports, with_period
from planning.cycles.calendar import report_periods
from planning.models import Metric
from sop_portal.foundation.kit.money import exact_sum


def _came_by(report: ProgressReport, at: datetime | None) -> bool:
    return at is None or (report.submitted_at is not None and report.submitted_at <= at)


@dataclass
class ProjectProgress:
    """Plan and actual of a project at the end of a report's period, read from expenses, lines and earlier reports.

    While the report is written they are as of now; once it is submitted, as they were then: expenses are never edited,
    so that is what was posted until then. Of earlier months it holds what was corrected until then, of its own
    month whatever counts now. Few queries in all.
    """

    report: ProgressReport
    today: date
    is_frozen: bool | None = None
    known_at: datetime | None = field(init=False)

    def __post_init__(self) -> None:
        if self.is_frozen is None:
            self.is_frozen = self.report.state in HANDED_IN
        self.known_at = self.report.submitted_at if self.is_frozen else None

    @cached_property
    def year(self) -> YearFacts:
        """The execution year."""
        return year_facts(self.report.cycle, self.today)

    @property
    def is_over(self) -> bool:
        """Whether the period is over: before that only so much is known as happened so far."""
        return bool(self.is_frozen) or self.today > self.report.period_last

    @property
    def as_of(self) -> date:
        """The day the figures stand for: the end of the period, or today while that is still to come."""
        return self.report.period_last if self.is_over else self.today

    @property
    def _months_over(self) -> list[date]:
        """The last days of the months that have happened up to the period; what is still to come is no zero."""
        return [month for month in self.months if month < self.today and month <= self.report.period_last]

    @cached_property
    def months(self) -> list[date]:
        """The last day of every period of the project."""
        project = self.report.project
        return [period.last_on for period in report_periods(project.starts_on, project.ends_on)]

    @cached_property
    def lines(self) -> list[Appropriation]:
        """The approved lines of the project."""
        found = Appropriation.objects.filter(project_id=self.report.project_id)
        return list(found.select_related("line").order_by("number"))

    @cached_property
    def plan(self) -> list[tuple[str, BudgetLine]]:
        """The lines the plan is made of, by category; once it is submitted those of the version in force then."""
        version = version_in_force(self.report.cycle_id, self.known_at) if self.known_at else None
        if version is None:
            return [(line.category, line.line) for line in self.lines]
        planned = BudgetLine.objects.filter(budget=version, project_id=self.report.project_id, is_refused=False)
        return [(line.category, line) for line in planned.order_by("number")]

    @cached_property
    def spent(self) -> list[MonthSpending]:
        """What was spent until the end of the period, by category and month."""
        found = Expense.objects.filter(project_id=self.report.project_id, spent_on__lte=self.report.period_last)
        if self.known_at is not None:
            found = found.filter(posted_at__lte=self.known_at)
        by_month = found.annotate(month=TruncMonth("spent_on")).values("appropriation__category", "month")
        rows = by_month.annotate(total=exact_sum("amount")).order_by("appropriation__category", "month")
        return [MonthSpending(row["appropriation__category"], row["month"], row["total"]) for row in rows]

    @cached_property
    def _handed_in_earlier(self) -> list[ProgressReport]:
        found = ProgressReport.objects.filter(
            project_id=self.report.project_id, state__in=HANDED_IN, period_last__lt=self.report.period_first
        )
        found = found.only("project", "state", "period_last", "submitted_at", *COUNTERS.values())
        return list(found.prefetch_related("corrections"))

    @cached_property
    def earlier(self) -> dict[date, tuple[int, int]]:
        """Activities and participants of the earlier reports that were handed in, by the end of their period.

        As they were known when the report was frozen: what came again since is left out of its month, and stands in
        the first one, so that the sum stays the frozen one.
        """
        known = [found for found in self._handed_in_earlier if _came_by(found, self.known_at)]
        counts = {found.period_last: self._counts_of(found) for found in known}
        first = self.months[0] if self.months else self.report.period_last
        if self.is_frozen and first < self.report.period_first:
            held, reached = counts.get(first, (0, 0))
            held += self.activities_before - sum(count for count, __ in counts.values())
            reached += self.participants_before - sum(count for __, count in counts.values())
            if first in counts or held or reached:
                counts[first] = (held, reached)
        return counts

    def _counts_of(self, report: ProgressReport) -> tuple[int, int]:
        held, reached = (report.counted(metric, self.known_at) or 0 for metric in COUNTERS)
        return held, reached

    @property
    def activities_before(self) -> int:
        """Held before the period; as frozen once the report is submitted."""
        return self._before("activities_before", Metric.ACTIVITIES)

    @property
    def participants_before(self) -> int:
        """Reached before the period; as frozen once the report is submitted."""
        return self._before("participants_before", Metric.PARTICIPANTS)

    def _before(self, frozen: str, metric: Metric) -> int:
        kept = getattr(self.report, frozen) if self.is_frozen else None
        return self._now(metric) if kept is None else kept

    def _now(self, metric: Metric) -> int:
        return sum(found.counted(metric) or 0 for found in self._handed_in_earlier)

    @property
    def counted_since(self) -> tuple[int, int]:
        """By how much the counts before the period changed since they were frozen: activities, and participants."""
        return (
            self._now(Metric.ACTIVITIES) - self.activities_before,
            self._now(Metric.PARTICIPANTS) - self.participants_before,
        )

    @cached_property
    def spending(self) -> list[CategorySpending]:
        """Every category the project has lines in."""
        labels = {value: str(label) for value, label in Category.choices}
        month = self.report.period_first.replace(day=1)
        found = []
        planned = [category for category, _line in self.plan]
        for category in dict.fromkeys([*planned, *(spending.category for spending in self.spent)]):
            spent = [spending for spending in self.spent if spending.category == category]
            found.append(category_spending(labels[category], self._quarters(category), spent, month))
        return found

    def _quarters(self, category: str | None = None) -> tuple[Decimal, ...]:
        lines = [line for planned, line in self.plan if category in (None, planned)]
        return tuple(sum((getattr(line, quarter) for line in lines), NOTHING) for quarter in ("q1", "q2", "q3", "q4"))

    @property
    def spent_in_period(self) -> Decimal:
        """Spent in the period, on all lines."""
        return sum((category.in_period for category in self.spending), NOTHING)

    @property
    def spent_total(self) -> Decimal:
        """Spent until the end of the period, on all lines."""
        return sum((category.total for category in self.spending), NOTHING)

    @cached_property
    def spent_earlier(self) -> Decimal:
        """Booked for months already reported, since their reports were handed in; as frozen once submitted."""
        if self.is_frozen:
            return self.report.spent_earlier or NOTHING
        others = frozen_reports(self.report.project_id).exclude(pk=self.report.pk)
        sums = others.aggregate(spent=exact_sum("spent"), earlier=exact_sum("spent_earlier"))
        periods = {*others.values_list("pk", flat=True), self.report.pk}
        posted = with_period(Expense.objects.filter(project_id=self.report.project_id)).filter(period__in=periods)
        known = posted.aggregate(sum=exact_sum("amount"))["sum"] or NOTHING
        return known - self.spent_in_period - (sums["spent"] or NOTHING) - (sums["earlier"] or NOTHING)

    @cached_property
    def changed_since(self) -> Decimal:
        """What was booked for the period after its report was handed in: the report stays."""
        if not self.is_frozen:
            return NOTHING
        posted = with_period(Expense.objects.filter(project_id=self.report.project_id, posted_at__gt=self.known_at))
        return posted.filter(period=self.report.pk).aggregate(sum=exact_sum("amount"))["sum"] or NOTHING

    @cached_property
    def outside_the_periods(self) -> Decimal:
        """What is dated before the first period or after the last one, and counts with this report: the nearest."""
        nearest = with_period(Expense.objects.filter(project_id=self.report.project_id)).filter(period=self.report.pk)
        own = Q(spent_on__gte=self.report.period_first, spent_on__lte=self.report.period_last)
        return nearest.exclude(own).aggregate(sum=exact_sum("amount"))["sum"] or NOTHING

    @cached_property
    def is_carried_on(self) -> bool:
        """Whether another report of the project carries what was booked since: one to come, or one handed in since."""
        others = ProgressReport.objects.filter(project_id=self.report.project_id).exclude(pk=self.report.pk)
        posted = with_period(Expense.objects.filter(project_id=self.report.project_id)).filter(period=self.report.pk)
        last = posted.aggregate(last=Max("posted_at"))["last"]
        since = Q(state__in=HANDED_IN, submitted_at__gte=last) if last else Q(pk__in=[])
        return others.filter(~Q(state__in=HANDED_IN) | since).exists()

    @property
    def budgeted(self) -> Decimal:
        """What the approved lines hold together; as frozen once submitted."""
        if self.is_frozen and self.report.budgeted is not None:
            return self.report.budgeted
        return sum((line.approved for line in self.lines), NOTHING)

    @cached_property
    def money(self) -> Course:
        """Money, month by month."""
        spent = spent_by_month(self.spent, self._months_over)
        return course(money_plan(self._quarters(), self.months, self.year), spent)

    @cached_property
    def counts(self) -> tuple[int | None, int | None]:
        """Activities and participants of the period, as they count now: corrected where they were wrong."""
        return self.report.counted(Metric.ACTIVITIES), self.report.counted(Metric.PARTICIPANTS)

    @cached_property
    def activities(self) -> Course:
        """Activities, month by month."""
        return self._counted(self.report.project.activities_planned, self.counts[0], 0)

    @cached_property
    def participants(self) -> Course:
        """Participants, month by month."""
        return self._counted(self.report.project.participants_planned, self.counts[1], 1)

    def _counted(self, planned: int, now: int | None, place: int) -> Course:
        ends = [month for month in self._months_over if month < self.report.period_last]
        counts = [self.earlier[end][place] if end in self.earlier else None for end in ends] + [now] * self.is_over
        actual = [None if count is None else Decimal(count) for count in counts]
        return course(even_plan(planned, self.months, self.report.project.starts_on), actual)

    @cached_property
    def warnings(self) -> list[ProgressWarning]:
        """What management should read about once the period is over; counts only once they are given."""
        if not self.is_over:
            return []
        counted: list[tuple[str, Course]] = []
        if self.report.activities_held is not None:
            counted.append((_("Activities"), self.activities))
        if self.report.participants_reached is not None:
            counted.append((_("Participants"), self.participants))
        figures = ProgressFigures(self.spending, self.money, counted)
        on, ends_on, currency = self.report.period_last, self.report.project.ends_on, self.report.cycle.currency
        return warnings_of(figures, on=on, ends_on=ends_on, year=self.year, currency=currency)
