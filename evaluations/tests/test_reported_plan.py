"""A report keeps the plan of the day it was handed in: what is amended later is for the reports that follow."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace

from budgets.drafting import actions as budgets
from budgets.models import Appropriation, Budget
from budgets.tests.budget_year import line_of, propose, set_amount
from evaluations.models import ProgressReport
from evaluations.reports.queries import ProjectProgress
from sop_portal.tests.small_year import small_year

SEPTEMBER = datetime(2027, 9, 6, 16, tzinfo=UTC)


def plan_of(report: ProgressReport) -> tuple[Decimal, list[tuple[Decimal, ...]], Decimal, list[str]]:
    progress = ProjectProgress(ProgressReport.objects.select_related("cycle", "project").get(pk=report.pk), date.max)
    quarters = [category.quarters for category in progress.spending]
    return progress.budgeted, quarters, progress.money.whole, [warning.sentence for warning in progress.warnings]


def test_an_amendment_does_not_change_the_plan_of_a_report_handed_in(cast: SimpleNamespace) -> None:
    project = small_year(cast).arts.project
    accepted = ProgressReport.objects.get(project=project, state="accepted")
    [owed] = ProgressReport.objects.filter(project=project, state="draft")
    number, before = Appropriation.objects.get(project=project).number, plan_of(accepted)
    amendment = budgets.amend(Budget.objects.get(state="approved"), reason="Less", by=cast.dora, at=SEPTEMBER)
    set_amount(line_of(amendment, number), 700, cast.dora)
    amendment.refresh_from_db()
    budgets.share(amendment, by=cast.dora, at=SEPTEMBER, seen=amendment.version)
    amendment = propose(amendment, cast)
    budgets.approve(amendment, by=cast.emil, at=SEPTEMBER + timedelta(hours=1), seen=amendment.version)
    assert plan_of(accepted) == before
    assert (before[0], before[2]) == (Decimal(799), Decimal(799))
    assert plan_of(owed)[0] == Decimal(700)
