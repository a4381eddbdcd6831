"""People decide on the same budget in the same moment: one effect, and every other one reads who was faster."""

from collections.abc import Callable, Sequence
from datetime import datetime
from types import SimpleNamespace

import pytest

from budgets.drafting import actions
from budgets.models import Appropriation, Budget, Confirmation, Contest
from budgets.tests.budget_year import answer_of, line_of, proposed, shared
from planning.models import Cycle
from sop_portal.foundation.kit.refusals import NotNow
from sop_portal.foundation.organisation.models import Department
from sop_portal.foundation.trail.actions import verify
from sop_portal.foundation.trail.models import Entry
from sop_portal.tests.concurrency import at_once

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


def met(acts: Sequence[Callable[[], object]]) -> list[str]:
    """What each of these acts ended with."""
    return sorted(answer if isinstance(answer, str) else "done" for answer in at_once(acts))


def test_two_approvals_at_once_have_one_effect(allocated: Cycle, cast: SimpleNamespace, may: datetime) -> None:
    budget = proposed(allocated, cast)
    elif_ = getattr(cast, "elif")
    people = [cast.emil, elif_, cast.emil, elif_]
    acts = [lambda by=by: actions.approve(Budget.objects.get(pk=budget.pk), by=by, at=may, seen=1) for by in people]
    assert met(acts) == ["NotNow", "NotNow", "NotNow", "done"]
    assert (Entry.objects.filter(verb="approve").count(), Appropriation.objects.count()) == (1, 4)
    assert verify() == []


def test_two_compilations_at_once_make_one_budget(allocated: Cycle, cast: SimpleNamespace, may: datetime) -> None:
    acts = [lambda by=by: actions.compile_budget(allocated, by=by, at=may) for by in (cast.dora, cast.dev)]
    assert met(acts) == ["NotNow", "done"]
    assert Budget.objects.get().lines.count() == 4


def test_a_confirmation_and_a_contest_at_once_have_one_effect(
    allocated: Cycle, cast: SimpleNamespace, arts: Department, may: datetime
) -> None:
    budget = shared(allocated, cast)
    contested = {line_of(budget, 1).pk: (line_of(budget, 1).amount + 1, "More")}
    answers = [answer_of(budget, arts) for _ in range(2)]
    acts: list[Callable[[], object]] = [
        lambda: actions.confirm(answers[0], by=cast.amina, at=may, seen=1),
        lambda: actions.contest(answers[1], contested=contested, by=cast.amina, at=may, seen=1),
    ]
    assert met(acts) == [NotNow.__name__, "done"]
    state = Confirmation.objects.get(budget=budget, department=arts).state
    assert (state, Contest.objects.count()) in [("confirmed", 0), ("contested", 1)]
