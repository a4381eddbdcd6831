"""Arithmetic of an evaluation: attainment of goals, and how far what happened lies from the plan."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal

from django.utils.translation import gettext as _

from evaluations.reviews.models import Goal
from sop_portal.foundation.kit.formats import signed
from sop_portal.foundation.kit.sentences import StrOrPromise

HUNDRED = Decimal(100)
TENTH = Decimal("0.1")
NOTHING = Decimal(0)


def attainment(target: Decimal | None, actual: Decimal | None) -> Decimal | None:
    """How much of a goal was reached, in percent; unknown without a target or a result."""
    if not target or actual is None:
        return None
    return (actual * HUNDRED / target).quantize(TENTH, ROUND_HALF_UP)


def deviation(planned: Decimal | None, actual: Decimal | None) -> Decimal | None:
    """By how many percent the result lies above (+) or below (-) the plan; unknown where nothing was planned."""
    reached = attainment(planned, actual)
    return None if reached is None else reached - HUNDRED


def places(figure: Decimal | None) -> int:
    """How many decimals a figure needs to be shown whole: none, or two."""
    return 0 if figure is None or figure == figure.to_integral_value() else 2


@dataclass(frozen=True)
class Fact:
    """One figure of the plan beside what happened. `is_typed` marks an indicator in a person's words.

    A reviewed figure stays as it was reviewed; what changed afterwards is `planned_since` and `actual_since`.
    `counts` names what its result is counted from: a figure that an evaluation shows, or several.
    """

    label: StrOrPromise
    planned: Decimal | None
    actual: Decimal | None
    baseline: Decimal | None = None
    is_money: bool = False
    is_typed: bool = False
    is_total: bool = False
    planned_since: Decimal = NOTHING
    actual_since: Decimal = NOTHING
    counts: tuple[str, ...] = ()

    @property
    def attainment(self) -> Decimal | None:
        """How much of it was reached, in percent."""
        return attainment(self.planned, self.actual)

    @property
    def deviation(self) -> Decimal | None:
        """How far it lies from the plan, in percent."""
        return deviation(self.planned, self.actual)

    @property
    def planned_places(self) -> int:
        """The decimals the plan is shown with."""
        return places(self.planned)

    @property
    def actual_places(self) -> int:
        """The decimals the result is shown with."""
        return places(self.actual)

    @property
    def planned_change(self) -> str:
        """By how much the plan changed since the review, in words; empty where it did not."""
        return _since(self.planned_since)

    @property
    def actual_change(self) -> str:
        """By how much the result changed since the review, in words; empty where it did not."""
        return _since(self.actual_since)

    @property
    def baseline_places(self) -> int:
        """The decimals the base is shown with."""
        return places(self.baseline)

    def is_beyond(self, limit: int) -> bool:
        """Whether it lies so far from the plan that somebody has to say why."""
        if self.planned is None or self.actual is None:
            return False
        if self.planned == 0:
            return self.actual != 0
        return abs(self.actual - self.planned) * HUNDRED > abs(self.planned) * limit

    def moved_beyond(self, limit: int, moved: Mapping[str, Decimal]) -> bool:
        """Whether it lies far from the plan only since it moved, or moved by as much as has to be explained again."""
        by = sum((moved.get(name, NOTHING) for name in self.counts), NOTHING)
        if not by or self.actual is None or self.planned is None:
            return False
        before, step = replace(self, actual=self.actual - by), replace(self, actual=self.planned + by)
        return self.is_beyond(limit) and (not before.is_beyond(limit) or step.is_beyond(limit))


def _since(change: Decimal) -> str:
    return _("since then %(change)s") % {"change": signed(change, places(change))} if change else ""


def to_explain(facts: Iterable[Fact], limit: int) -> list[Fact]:
    """The figures whose deviation needs an explanation."""
    return [fact for fact in facts if fact.is_beyond(limit)]


@dataclass(frozen=True, kw_only=True)
class GoalFact(Fact):
    """The figure of one goal, and the goal itself."""

    goal: Goal


@dataclass(frozen=True)
class EvaluationFacts:
    """Goals and resources of one evaluation, planned beside actual."""

    goals: list[GoalFact]
    resources: list[Fact]
    limit: int

    @property
    def to_explain(self) -> list[Fact]:
        """Everything that lies further from the plan than the year allows without a word."""
        return to_explain([*self.goals, *self.resources], self.limit)
