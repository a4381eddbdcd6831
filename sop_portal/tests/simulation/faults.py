"""Cures taken out one by one: whoever lives through a year without one of them must notice."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any
from unittest.mock import patch

from django.db import connection
from django.db.models import F
from django.db.models.functions import Round

from budgets.drafting.models import Appropriation, Fund
from budgets.drafting.queries.sums import sum_of
from budgets.spending.actions import expenses
from evaluations.reports.queries import counted_in
from planning.forecasts.queries.planners import Planners
from planning.models import Metric, Pool, Project
from planning.requests.actions import lines
from planning.requests.figures import SERVED_BY
from sop_portal.foundation.kit.closed_years import BELONGS_TO, name_of
from sop_portal.foundation.workflow import checks
from sop_portal.foundation.workflow.table import WindowCheck
from sop_portal.foundation.workflow.years import open_year
from sop_portal.tests.simulation.run import run

CORRECTION, CORRECTIONS = "count-correction", "evaluations_countcorrection"
FOUR_EYES = checks.four_eyes
CORRECTING = "evaluations.reports.actions.corrections"
LIMITS = "budgets.drafting.workflow.limits"
SPENDING, ASKING = "budgets.spending.actions.expenses", "planning.requests.actions.lines"
VERDICT_ON, REFUSE_MISFIT = expenses.verdict_on, lines._refuse_misfit
ONLY_MONEY = SERVED_BY | {Metric.MATERIALS: SERVED_BY[Metric.MONEY]}
YEARS = "sop_portal.foundation.workflow.years"


def _no_heirs(*_: Any) -> Planners:
    return Planners()


def _nobody() -> dict[int, int]:
    return {}


@dataclass(frozen=True)
class Fault:
    """A cure that is taken out, the kind of faults it cures, and the names that are replaced."""

    kind: int
    what: str
    replaced: dict[str, Any]
    closed_years_move: bool = False
    # What the database keeps by itself: its triggers, and the checks of a table.
    triggers: tuple[tuple[str, str], ...] = ()
    unchecked: str = ""
    # What shows on pages only is looked for there, what shows in later years only in those.
    pages_every: int = 0
    years: int = 1

    @contextmanager
    def planted(self) -> Iterator[None]:
        """The portal without this cure."""
        with ExitStack() as stack:
            for name, other in self.replaced.items():
                stack.enter_context(patch(name, other))
            if self.unchecked and connection.vendor == "sqlite":
                stack.callback(_ask_checks, True)
                _ask_checks(False)
            yield

    def prepare(self) -> None:
        """What has to go from the database too, inside the transaction that is taken back."""
        drop_triggers([*self.triggers, *(triggers_of_closed_years(*BELONGS_TO) if self.closed_years_move else ())])
        if self.unchecked and connection.vendor == "postgresql":
            _drop_checks(self.unchecked)


def triggers_of_closed_years(*tables: str) -> tuple[tuple[str, str], ...]:
    """What keeps the rows of closed years in these tables as they are."""
    return tuple((name_of(table, event), table) for table in tables for event in ("insert", "update", "delete"))


def drop_triggers(named: Sequence[tuple[str, str]]) -> None:
    """Let rows move, as they did before the database kept them."""
    with connection.cursor() as cursor:
        for name, table in named:
            on = f" ON {table}" if connection.vendor == "postgresql" else ""
            cursor.execute(f"DROP TRIGGER {name}{on}")


def _ask_checks(asked: bool) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA ignore_check_constraints = {int(not asked)}")


def _drop_checks(table: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT conname FROM pg_constraint WHERE contype = 'c' AND conrelid = %s::regclass", [table])
        dropped = ", ".join(f"DROP CONSTRAINT {name}" for (name,) in cursor.fetchall())
        cursor.execute(f"ALTER TABLE {table} {dropped}")


def nothing(*_: Any, **__: Any) -> None:
    """Does nothing, refuses nothing."""


def _long_ago(*_: Any) -> date:
    return date.min


def none_at_all(*_: Any, **__: Any) -> list[Any]:
    """Finds nothing."""
    return []


def _only_its_own(self: Pool, quantity: Decimal, cost: Decimal) -> dict[int, Decimal]:
    return {self.pk: cost if self.kind == "money" else quantity}


def _commit_anything(amounts: dict[int, Decimal]) -> None:
    for pool_id, amount in amounts.items():
        taken = Round(F("committed") + amount, 2)
        Pool.objects.filter(pk=pool_id).update(committed=taken, capacity=F("capacity") + max(amount, Decimal(0)))


def _hold_everything(line: Appropriation, spent: Decimal) -> Decimal:
    return Decimal(0)


def _take_from_any_fund(fund_id: int, more: Decimal) -> None:
    Fund.objects.filter(pk=fund_id, amount__isnull=False).update(amount=F("amount") + max(more, Decimal(0)))
    Fund.objects.filter(pk=fund_id).update(in_force=Round(F("in_force") + more, 2))


def _first_of(metric: str, pools: Any) -> Pool | None:
    return next((pool for pool in pools if pool.kind in SERVED_BY[metric]), None)  # type: ignore[index]


def _evenly_over_the_year(quarters: Sequence[Decimal], share: Fraction) -> Decimal:
    return (sum(quarters, Decimal(0)) * share.numerator / share.denominator).quantize(Decimal("0.01"))


def _correction_by_anybody(workflow: Any, step: Any, record: Any, actor: Any) -> Any:
    if workflow.kind == CORRECTION:
        return checks.capability(workflow, step, record, actor)
    return FOUR_EYES(workflow, step, record, actor)


def _corrections_in_any_year(kind: str, record: Any, verb: str) -> None:
    if kind != CORRECTION:
        open_year(kind, record, verb)


def _count_only(project_id: int, added: dict[str, int]) -> dict[str, int]:
    return {metric: total + added.get(metric, 0) for metric, total in counted_in(project_id).items()}


def _as_if_nothing(line: Appropriation, amount: Decimal, *rest: Any, **more: Any) -> Any:
    return VERDICT_ON(line, Decimal(0), *rest, **more)


def _spend_anything(line: Appropriation, amount: Decimal) -> str:
    Appropriation.objects.filter(pk=line.pk).update(spent=Round(F("spent") + amount, 2))
    Project.objects.filter(pk=line.project_id).update(spent=Round(F("spent") + amount, 2))
    return str(line.project.state)


def _as_if_excepted(*said: Any, is_excepted: bool = False) -> Any:
    return VERDICT_ON(*said, is_excepted=True)


def _misfit_of_running(request: Any, project: Project, asked: Any) -> None:
    if project.state != Project.State.CANCELLED:
        REFUSE_MISFIT(request, project, asked)


def _as_found(found: WindowCheck) -> WindowCheck:
    return found


# Kind by kind of what was found by hand before: each cure alone is taken out.
FAULTS = (
    Fault(3, "people and materials take no money", {"planning.models.Pool.taken_by": _only_its_own}),
    Fault(3, "a line above its allocation without a reason", {f"{LIMITS}._above_allocation": nothing}),
    Fault(
        3,
        "a project that stops keeps what it was granted",
        {"budgets.spending.actions.releasing.requests.release_unused": none_at_all},
    ),
    Fault(
        3,
        "a project that stops keeps its lines",
        {"budgets.spending.actions.projects.hold_what_is_spent": _hold_everything},
    ),
    Fault(
        3,
        "lines take more than their fund holds",
        {
            f"{LIMITS}._fund_full": nothing,
            f"{LIMITS}._over_funds": none_at_all,
            "budgets.drafting.actions.appropriation.take_from_fund": _take_from_any_fund,
        },
    ),
    Fault(
        3,
        "a restricted fund pays for anything",
        {f"{LIMITS}._purpose": nothing},
        triggers=tuple((f"line_serves_the_purpose_{event}", "budgets_budgetline") for event in ("insert", "update")),
    ),
    Fault(
        3,
        "a fund pays outside of its period",
        {f"{LIMITS}._period": nothing, f"{LIMITS}._outside_periods": none_at_all},
    ),
    Fault(
        3,
        "an expense takes more than its line holds",
        {f"{SPENDING}.verdict_on": _as_if_nothing, f"{SPENDING}._take": _spend_anything},
        unchecked="budgets_appropriation",
    ),
    Fault(3, "an expense outside of its year needs no leave", {f"{SPENDING}.verdict_on": _as_if_excepted}),
    Fault(3, "a pool grants more than it holds", {"planning.requests.actions.commitments._commit": _commit_anything}),
    Fault(3, "the number of approvers on the total", {"budgets.drafting.workflow.budget.sum_to_approve": sum_of}),
    Fault(3, "more than forecast without a reason", {"planning.requests.actions.lines.left_of_forecast": nothing}),
    Fault(
        4,
        "a closed year still moves",
        {
            f"{YEARS}.open_year": nothing,
            "budgets.drafting.actions.budget.open_year": nothing,
            "planning.cycles.actions.more_time.open_year": nothing,
            "planning.forecasts.actions.report.open_year": nothing,
            "sop_portal.foundation.workflow.checks.open_year": nothing,
        },
        closed_years_move=True,
        years=2,
    ),
    Fault(
        4,
        "what is late is handed in all the same",
        {"sop_portal.foundation.workflow.checks.open_window": _as_found},
    ),
    Fault(
        4,
        "a project that has stopped is still asked for",
        {f"{ASKING}.refuse_unplanned": nothing, f"{ASKING}._refuse_misfit": _misfit_of_running},
    ),
    Fault(
        4, "a project that has stopped is still planned", {"planning.forecasts.actions.lines.refuse_unplanned": nothing}
    ),
    Fault(
        5,
        "an amendment gives another label to what is spent",
        {f"{LIMITS}._other_labels": none_at_all, f"{LIMITS}._relabelled": none_at_all},
    ),
    Fault(6, "a fund that is full is refused by the last step only", {f"{LIMITS}._fund_full": nothing}),
    Fault(6, "a cut below what is spent is refused by the last step only", {f"{LIMITS}._below_spent": nothing}),
    Fault(
        7,
        "a late expense is in no month",
        {"evaluations.reports.queries.ProjectProgress.spent_earlier": Decimal(0)},
    ),
    Fault(
        8, "a proposal does not follow the history", {"planning.projects.actions.history.RESTS_ON_HISTORY": []}, years=2
    ),
    Fault(
        8,
        "a forecast that comes back keeps old proposals",
        {"planning.forecasts.actions.decisions.bring_up_to_date": nothing},
    ),
    Fault(
        9,
        "the past of a merged department is lost",
        {
            "planning.forecasts.queries.projects.all_planners_in": _no_heirs,
            "planning.forecasts.actions.proposals.all_planners_in": _no_heirs,
        },
        years=2,
    ),
    Fault(
        9,
        "the heir is not offered what the merged one runs",
        {
            "planning.forecasts.queries.projects.heirs_that_plan": _nobody,
            "sop_portal.handover.actions.carry_over_to_heir": nothing,
        },
        years=2,
    ),
    Fault(9, "a former name is anybody's", {"sop_portal.people.actions.departments._remember_name": nothing}),
    Fault(10, "who is accepted late gets no request", {"planning.forecasts.actions.decisions.AFTER_ACCEPTING": []}),
    Fault(
        10,
        "a pool that comes late fills nothing in",
        {"planning.requests.actions.pools.fill_in_untouched": none_at_all},
    ),
    Fault(
        11,
        "a straight line where there is a plan",
        {"budgets.spending.figures.plan.planned_by": _evenly_over_the_year},
        pages_every=8,
    ),
    Fault(11, "the list warns of other lines", {"budgets.spending.figures.plan.OVER_PERCENT": 160}, pages_every=8),
    Fault(
        12,
        "what was sent back is handed in again as it was",
        {"sop_portal.foundation.workflow.checks.answered": nothing},
    ),
    Fault(
        12,
        "others go on without a department that has time",
        {"budgets.drafting.workflow.confirmation.last_day_of": _long_ago},
    ),
    Fault(12, "who saves figures has not looked at them", {"planning.forecasts.actions.lines._note_look": nothing}),
    Fault(10, "materials always go into money", {"planning.requests.figures.SERVED_BY": ONLY_MONEY}),
    Fault(10, "of several pools the oldest is taken", {"planning.requests.actions.filling_in.pool_for": _first_of}),
    Fault(
        13,
        "whoever asked confirms a corrected count",
        {"sop_portal.foundation.workflow.checks.four_eyes": _correction_by_anybody},
        triggers=(("correction_four_eyes", CORRECTIONS), ("correction_not_by_its_head", CORRECTIONS)),
        unchecked=CORRECTIONS,
    ),
    Fault(13, "a confirmed count does not move the total", {f"{CORRECTING}.count_in": _count_only}),
    Fault(
        13,
        "a count of a closed year is corrected",
        {
            f"{YEARS}.open_year": _corrections_in_any_year,
            "sop_portal.foundation.workflow.checks.open_year": _corrections_in_any_year,
        },
        triggers=triggers_of_closed_years(CORRECTIONS),
        years=2,
    ),
    Fault(
        13,
        "a correction is asked for beyond what a year holds",
        {f"{CORRECTING}.misfit_of_year": nothing},
    ),
    Fault(
        13,
        "a correction that fits no more is confirmed",
        {
            "evaluations.reports.workflow.misfit_of_year": nothing,
            "evaluations.reports.actions.counting.refuse_beyond": nothing,
        },
        years=2,
    ),
    Fault(
        13,
        "a project is evaluated while a correction waits",
        {"evaluations.reviews.workflow._corrections": none_at_all},
        years=2,
    ),
    Fault(13, "the history does not follow a corrected count", {f"{CORRECTING}.correct_recorded": nothing}),
)


def noticed(fault: Fault, seed: int, *, lives: int) -> tuple[int, str]:
    """How many acts it took to notice that a cure is missing, and what was said then; nothing where nobody noticed."""
    acts = 0
    for life in range(lives):
        with fault.planted():
            outcome = run(seed + life, fault.years, busy=8, before=fault.prepare, pages_every=fault.pages_every)
        acts += len(outcome.acts)
        if outcome.failure:
            return acts, outcome.failure
    return acts, ""
