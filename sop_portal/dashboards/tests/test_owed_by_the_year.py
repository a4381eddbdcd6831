"""What a year owes before there is a record of it stands in My work as it does among the notices."""

from datetime import datetime, timedelta
from types import SimpleNamespace

from budgets.drafting import deadlines as budgets
from planning.forecasts import deadlines as forecasts
from planning.forecasts.actions import start_report
from planning.models import Cycle, Stage
from planning.tests.stage_one import open_year
from sop_portal.dashboards.pages.my_work.named_tasks import named_tasks
from sop_portal.foundation.organisation.actor import Actor
from sop_portal.foundation.organisation.models import User
from sop_portal.foundation.workflow.owed import Owed


def told(found: list[Owed], step: str) -> list[str]:
    """What the notices say of one step."""
    return [owed.what for owed in found if owed.step == step]


def in_my_work(person: User, at: datetime) -> list[str]:
    return [row.what for _group, row in named_tasks(Actor.of(person, at), at) if "2027" in row.what]


def test_the_report_and_the_budget_wait_from_their_day_until_somebody_begins_them(
    cast: SimpleNamespace, noon: datetime
) -> None:
    cycle: Cycle = open_year(cast, noon)
    days = {window.stage: window for window in cycle.windows.all()}
    report_at = noon + (days[Stage.FORECAST].due_on - noon.date())
    budget_at = noon + (days[Stage.BUDGET].opens_on - noon.date())
    assert in_my_work(cast.chidi, report_at - timedelta(days=1)) == []
    assert in_my_work(cast.chidi, report_at) == told(list(forecasts.owed(report_at)), "publish-report")
    assert in_my_work(cast.chidi, report_at) == ["Publish demand report: 2027"]
    assert in_my_work(cast.dora, budget_at - timedelta(days=1)) == []
    assert in_my_work(cast.dora, budget_at) == told(list(budgets.owed(budget_at)), "compile-budget")
    assert in_my_work(cast.dora, budget_at) == ["Compile budget: 2027"]
    assert (in_my_work(cast.amina, budget_at), in_my_work(cast.dora, report_at)) == ([], [])
    start_report(cycle, by=cast.chidi, at=report_at)
    assert in_my_work(cast.chidi, budget_at) == []
