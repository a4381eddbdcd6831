"""Nothing is left lying: in every state that is not closed somebody is reminded, or it stands here why nobody is."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from budgets.models import Budget
from sop_portal.foundation.workflow.owed import waiting_since
from sop_portal.foundation.workflow.table import Workflow
from sop_portal.stages import ALL_WORKFLOWS, everything_owed
from sop_portal.tests.every_act import NOW, filled_year
from sop_portal.tests.shared_fixtures import shared_fixture
from sop_portal.tests.small_year import every_kind
from sop_portal.tests.states import bring_to, without_check_constraints

LATER = NOW + timedelta(days=800)
# The states that nobody is reminded of, and why.
NOT_CHASED = {
    ("cycle", "draft"): "a year is published when it is in order; nothing is owed in it before",
    ("cycle", "published"): "a year under way is closed when nothing is open in it any more",
    ("demand-report", "compiling"): "the year owes its first report; a later version has no day",
    ("audit", "in_progress"): "an audit takes as long as it takes",
    ("audit", "awaiting_response"): "its findings are what is waited for",
    ("finding", "answered"): "a remedy takes as long as it takes",
    ("project", "planned"): "a project begins when its department begins it",
    ("project", "on_hold"): "nothing is asked of a project on hold",
    ("project", "completed"): "what a project owes then is its evaluation",
    ("issue", "open"): "an issue has no day by which it is to be solved",
}


@shared_fixture
def year(cast: SimpleNamespace) -> SimpleNamespace:
    """A year with a record of every kind, the last of each: the first ones may be frozen already."""
    found = filled_year(cast)
    found.records = every_kind("-pk")
    return found


def open_states(*, chased: bool) -> list[Any]:
    return [
        pytest.param(workflow, state, id=f"{workflow.kind}-{state}")
        for workflow in ALL_WORKFLOWS
        for state in workflow.states.values
        if state not in workflow.closed and ((workflow.kind, state) not in NOT_CHASED) == chased
    ]


def another_budget(approved: Budget) -> Budget:
    """A budget like the one that was approved, which itself never changes again."""
    budget = Budget.objects.get(pk=approved.pk)
    budget.pk, budget.number, budget.state, budget._state.adding = None, 2, Budget.State.DRAFT, True
    budget.save()
    return budget


def is_owed(year: SimpleNamespace, workflow: Workflow[Any], state: str) -> bool:
    """Whether a record in this state is owed by somebody, long after everything was due."""
    record = year.records[workflow.kind]
    if workflow.kind == "budget":
        record = another_budget(record)
    if workflow.kind == "confirmation":
        # Departments are asked while a budget is shared.
        budget = another_budget(record.budget)
        Budget.objects.filter(pk=budget.pk).update(state="shared")
        type(record).objects.filter(pk=record.pk).update(budget=budget)
    with without_check_constraints(record._meta.db_table):
        bring_to(workflow, record, state, year.cast.omar)
    return (workflow.kind, record.pk) in {(owed.kind, owed.record_id) for owed in everything_owed(LATER)}


@pytest.mark.parametrize(("workflow", "state"), open_states(chased=True))
def test_somebody_is_reminded_of_every_state_that_is_not_closed(
    year: SimpleNamespace, workflow: Workflow[Any], state: str
) -> None:
    folder = workflow.model.__module__.split(".models")[0].replace(".", "/")
    found = is_owed(year, workflow, state)
    assert found, (
        f"Nobody is reminded of “{workflow.kind}” while it is “{state}”. Let a step that starts there be awaited, in "
        f"{folder}/workflow.py, and owed() of {folder}/deadlines.py yield it; "
        "or say in NOT_CHASED of sop_portal/tests/test_owed_states.py why nobody is."
    )


@pytest.mark.parametrize(("workflow", "state"), open_states(chased=False))
def test_nobody_is_reminded_where_it_stands_here_that_nobody_is(
    year: SimpleNamespace, workflow: Workflow[Any], state: str
) -> None:
    found = is_owed(year, workflow, state)
    assert not found, "It is owed now: take it out of NOT_CHASED."


def test_every_state_that_nobody_is_reminded_of_is_a_state() -> None:
    assert set(NOT_CHASED) == {(p.values[0].kind, p.values[1]) for p in open_states(chased=False)}


def test_a_decision_waits_since_the_stamp_of_the_step_that_led_to_it(year: SimpleNamespace) -> None:
    workflow = next(workflow for workflow in ALL_WORKFLOWS if workflow.kind == "report")
    assert {state: workflow.stamp_of(state) for state in workflow.states.values} == {
        "draft": "",
        "submitted": "submitted_at",
        "returned": "",
        "accepted": "accepted_at",
    }


def test_where_no_stamp_tells_since_when_a_decision_waits_the_trail_does(year: SimpleNamespace) -> None:
    workflow = next(workflow for workflow in ALL_WORKFLOWS if workflow.kind == "measure")
    record = year.records["measure"]
    record.state = "proposed"
    type(record).objects.filter(pk=record.pk).update(state="proposed")
    assert set(waiting_since(workflow, [record])) == {record.pk}
