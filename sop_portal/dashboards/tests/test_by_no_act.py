"""Limits, rights, names, past figures and open records that say something else than the last act on them left."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from budgets.models import Audit, Finding, Fund, SpendingException
from evaluations.models import Issue, Measure, ProgressReport
from planning.models import Actual, Cycle, Pool, StageWindow
from planning.projects.actions import import_history
from planning.projects.figures import HistoryRow
from sop_portal.dashboards.checks.invariants import problems, title_of
from sop_portal.dashboards.tests.test_planted import FAR, first, no_guards, year
from sop_portal.foundation.organisation.models import Department, Membership, User
from sop_portal.tests.every_act import NOW

# What an equation finds is the same on every database; that it finds nothing is seen on both.
pytestmark = pytest.mark.once

__all__ = ["no_guards", "year"]


def by_no_act(model: Any, kind: str = "", /, **values: object) -> Callable[[], str]:
    """A row of a limit, a right or a name that says something else than the last act on it left."""

    def plant() -> str:
        row = first(model)
        model.objects.filter(pk=row.pk).update(**values)
        row.refresh_from_db()
        called = f"{kind} {row.pk}" if kind else title_of(row)
        return f"{called}: a row of {model._meta.db_table} was changed by no act."

    plant.__name__ = f"{model.__name__}_{'_'.join(values)}_by_no_act"
    return plant


def a_right_that_nobody_gave() -> str:
    forged = Membership.objects.create(person=User.objects.get(name="Farid Karimi"), role="finance", from_on=NOW.date())
    return f"Membership {forged.pk}: no act has written it."


def a_right_that_is_gone() -> str:
    gone = first(Membership)
    Membership.objects.filter(pk=gone.pk).delete()
    return f"Membership {gone.pk}: it is gone."


def a_window_that_nobody_moved() -> str:
    window = StageWindow.objects.get(stage="evaluation")
    StageWindow.objects.filter(pk=window.pk).update(grace_until=window.grace_until + timedelta(days=9))
    return f"{title_of(window.cycle)}: a row of planning_stagewindow was changed by no act."


def a_past_figure_of_an_import() -> str:
    row = HistoryRow.of("Arts", "Chess", 2024, {"money": Decimal(500)}, 2)
    imported = import_history([row], file_name="past.csv", by=None, at=NOW)
    Actual.objects.filter(taken_from=imported).update(money=900)
    return "The import “past.csv” brought money of 500, but its figures come to 900.00."


def a_past_figure_of_nobody() -> str:
    invented = Actual.objects.create(department=first(Department), slug="chess", name="Chess", year=2024, money=5)
    return f"Actual figures {invented.pk} “Chess 2024”: no file brought them in, and no evaluation found them."


CHANGED = [
    by_no_act(Pool, "Pool", capacity=10**6),
    by_no_act(Pool, "Pool", name="Another"),
    by_no_act(Fund, "Fund", amount=10**6),
    by_no_act(Cycle, second_approval_above=10**6),
    by_no_act(Department, "Department", slug="another"),
    by_no_act(Membership, "Membership", until_on=FAR),
    by_no_act(SpendingException, why="Another reason"),
    by_no_act(Finding, what="Another finding"),
    by_no_act(Audit, title="Another title"),
    by_no_act(Issue, text="Another issue"),
    by_no_act(Measure, what="Another gain"),
    by_no_act(ProgressReport, participants_reached=7),
    a_right_that_nobody_gave,
    a_right_that_is_gone,
    a_window_that_nobody_moved,
    a_past_figure_of_an_import,
    a_past_figure_of_nobody,
]


@pytest.mark.parametrize("plant", CHANGED, ids=lambda plant: plant.__name__)
def test_what_no_act_has_written_is_found(plant: Callable[[], str]) -> None:
    said = plant()
    assert said in problems()
