"""Where a project stands at the end of a period, read from expenses, budget lines and earlier reports."""

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.db.models import Sum
from django.db.models.functions import TruncMonth
from django.utils.translation import gettext as _

from budgets.models import Appropriation, Category, Expense
from budgets.spending.figures import YearFacts
from budgets.spending.queries import year_facts
from evaluations.reports.figures import Course, Spending, Warned, course, even_plan, money_plan, warnings_of
from evaluations.reports.models import ProgressReport
from planning.cycles.calendar import report_periods

NOTHING = Decimal(0)
HANDED_IN = (ProgressReport.State.SUBMITTED, ProgressReport.State.ACCEPTED)


@dataclass
class Standing:
    """The figures of one report: as they are now while it is written, as they were once it is submitted.

    Expenses are never edited, so "as they were" is what was posted until then; three queries in all.
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
    def spent(self) -> list[tuple[str, date, Decimal]]:
        """What was spent until the end of the period: category, month, sum."""
        found = Expense.objects.filter(project_id=self.report.project_id, spent_on__lte=self.report.period_last)
        if self.known_at is not None:
            found = found.filter(posted_at__lte=self.known_at)
        by_month = found.annotate(month=TruncMonth("spent_on")).values("appropriation__category", "month")
        rows = by_month.annotate(total=Sum("amount")).order_by("appropriation__category", "month")
        return [(row["appropriation__category"], row["month"], row["total"]) for row in rows]

    @cached_property
    def earlier(self) -> dict[date, tuple[int, int]]:
        """Activities and participants of the earlier reports that were handed in, by the end of their period."""
        found = ProgressReport.objects.filter(
            project_id=self.report.project_id, state__in=HANDED_IN, period_last__lt=self.report.period_first
        )
        rows = found.values_list("period_last", "activities_held", "participants_reached")
        return {last: (activities or 0, participants or 0) for last, activities, participants in rows}

    @property
    def activities_before(self) -> int:
        """Held before the period; as frozen once the report is submitted."""
        return self._before("activities_before", 0)

    @property
    def participants_before(self) -> int:
        """Reached before the period; as frozen once the report is submitted."""
        return self._before("participants_before", 1)

    def _before(self, name: str, place: int) -> int:
        frozen = getattr(self.report, name) if self.is_frozen else None
        return sum(counted[place] for counted in self.earlier.values()) if frozen is None else frozen

    @cached_property
    def spending(self) -> list[Spending]:
        """Every category the project has lines in."""
        labels = {value: str(label) for value, label in Category.choices}
        month = self.report.period_first.replace(day=1)
        found = []
        for category in dict.fromkeys(line.category for line in self.lines):
            rows = [(on, total) for name, on, total in self.spent if name == category]
            in_period = sum((total for on, total in rows if on == month), NOTHING)
            total = sum((total for _on, total in rows), NOTHING)
            found.append(Spending(labels[category], self._quarters(category), in_period, total))
        return found

    def _quarters(self, category: str | None = None) -> tuple[Decimal, ...]:
        lines = [line.line for line in self.lines if category in (None, line.category)]
        return tuple(sum((getattr(line, q) for line in lines), NOTHING) for q in ("q1", "q2", "q3", "q4"))

    @property
    def spent_in_period(self) -> Decimal:
        """Spent in the period, on all lines."""
        return sum((category.in_period for category in self.spending), NOTHING)

    @property
    def spent_total(self) -> Decimal:
        """Spent until the end of the period, on all lines."""
        return sum((category.total for category in self.spending), NOTHING)

    @property
    def budgeted(self) -> Decimal:
        """What the approved lines hold together."""
        return sum((line.approved for line in self.lines), NOTHING)

    @cached_property
    def money(self) -> Course:
        """Money, month by month."""
        ends = [month for month in self.months if month <= self.report.period_last]
        first = ends[0].replace(day=1) if ends else self.report.period_first
        by_month: dict[date, Decimal] = {}
        for _category, on, total in self.spent:
            # An excepted expense of before the start counts with the first month.
            by_month[max(on, first)] = by_month.get(max(on, first), NOTHING) + total
        actual = [by_month.get(end.replace(day=1), NOTHING) for end in ends]
        return course(money_plan(self._quarters(), self.months, self.year), actual)

    @cached_property
    def activities(self) -> Course:
        """Activities, month by month."""
        return self._counted(self.report.project.activities_planned, self.report.activities_held, 0)

    @cached_property
    def participants(self) -> Course:
        """Participants, month by month."""
        return self._counted(self.report.project.participants_planned, self.report.participants_reached, 1)

    def _counted(self, planned: int, now: int | None, place: int) -> Course:
        ends = [month for month in self.months if month < self.report.period_last]
        actual = [Decimal(self.earlier.get(end, (0, 0))[place]) for end in ends]
        plan = even_plan(planned, self.months, self.report.project.starts_on)
        return course(plan, [*actual, Decimal(now or 0)])

    @cached_property
    def warnings(self) -> list[Warned]:
        """What management should read about; counts only once they are given."""
        report = self.report
        counted: list[tuple[Any, Course]] = []
        if report.activities_held is not None:
            counted.append((_("Activities"), self.activities))
        if report.participants_reached is not None:
            counted.append((_("Participants"), self.participants))
        return warnings_of(
            self.spending, self.money, counted, on=report.period_last, ends_on=report.project.ends_on,
            year=self.year, currency=report.cycle.currency,
        )  # fmt: skip
