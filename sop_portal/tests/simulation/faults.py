"""Cures taken out one by one: whoever lives through a year without one of them must notice."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.db.models import F
from django.db.models.functions import Round

from budgets.drafting.models import Appropriation, Fund
from budgets.drafting.queries.sums import sum_of
from budgets.spending.actions import expenses, warning_notices
from budgets.spending.models import LineWarning, LineWarnings
from evaluations.reports.queries import counted_in
from planning.cycles.models import Cycle
from planning.forecasts import figures
from planning.forecasts.figures import Figure
from planning.forecasts.queries.planners import Planners
from planning.models import Metric, Pool, Project
from planning.requests.actions import lines
from planning.requests.figures import SERVED_BY
from sop_portal.foundation.organisation import actor
from sop_portal.foundation.organisation.models import Department
from sop_portal.foundation.workflow import checks
from sop_portal.foundation.workflow.table import WindowCheck
from sop_portal.foundation.workflow.years import open_year
from sop_portal.tests.simulation.planting import Fault, none_at_all, nothing, triggers_of_closed_years
from sop_portal.tests.simulation.run import run

CORRECTION, CORRECTIONS = "count-correction", "evaluations_countcorrection"
FOUR_EYES = checks.four_eyes
CORRECTING = "evaluations.reports.actions.corrections"
LIMITS = "budgets.drafting.workflow.limits"
SPENDING, ASKING = "budgets.spending.actions.expenses", "planning.requests.actions.lines"
ACTOR, LEAVE = "sop_portal.foundation.organisation.actor", "budgets.spending.actions.exceptions"
WARNING_NOTICES = "budgets.spending.actions.warning_notices"
BAND, CONCERNED = figures.band, warning_notices._concerned
# The question of who holds a role now, without the last day of whoever stands in.
ENDS = "(lent.until_on > %(day)s OR (lent.until_on = %(day)s AND lent.ended_at IS NULL))"
ACTED_ON = actor.HELD.replace(ENDS, "lent.until_on >= lent.from_on")
VERDICT_ON, REFUSE_MISFIT = expenses.verdict_on, lines._refuse_misfit
ONLY_MONEY = SERVED_BY | {Metric.MATERIALS: SERVED_BY[Metric.MONEY]}
YEARS = "sop_portal.foundation.workflow.years"
# Where a name is replaced by what cannot be called like it, the portal breaks: nobody has noticed anything.
MISPLANTED = ("the portal breaks: TypeError", "the portal breaks: AttributeError")


def _no_heirs(*_: Any) -> Planners:
    return Planners()


def _nobody() -> dict[int, int]:
    return {}


def _long_ago(*_: Any) -> date:
    return date.min


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


def _count_only(project_id: int, added: dict[str, int], **_: Any) -> dict[str, int]:
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


def _without_leads(warnings: Sequence[LineWarning], on: date) -> Any:
    for warning in warnings:
        warning.appropriation.project.lead_id = None
    return CONCERNED(warnings, on)


def _no_names(*_: Any) -> dict[tuple[int, str], str]:
    return {}


def _never(*_: Any) -> bool:
    return False


def _only_who_takes_part(_cycle: Cycle, department: Department) -> None:
    checks.takes_part(department)


def _band_of_rises(known: Mapping[int, Figure], year: int, proposal: Figure) -> Any:
    found = BAND(known, year, proposal)
    return found and (proposal, found[1])


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
    Fault(4, "a deputy acts on after the last day", {f"{ACTOR}.HELD": ACTED_ON}),
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
    Fault(8, "a band that looks at rises alone", {"planning.forecasts.figures.band": _band_of_rises}),
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
    Fault(
        9, "a renamed project begins another series", {"planning.forecasts.actions.lines.slugs_of_renamed": _no_names}
    ),
    Fault(
        9,
        "whoever was merged gets no more time for what it owes",
        {"planning.cycles.actions.more_time.refuse_outsider": _only_who_takes_part},
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
        11,
        "a warning is told again and again",
        {"budgets.spending.models.LineWarnings.not_notified": LineWarnings.current},
    ),
    Fault(11, "a warning is told to nobody", {f"{WARNING_NOTICES}._notices": none_at_all}),
    Fault(11, "a warning is not told to the lead", {f"{WARNING_NOTICES}._concerned": _without_leads}),
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
    Fault(15, "leave for the same is asked for twice", {f"{LEAVE}.refuse_duplicate": nothing}),
    Fault(15, "leave is used for good", {"budgets.spending.models.SpendingException.has_lapsed": _never}),
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
        if outcome.failure.startswith(MISPLANTED):
            raise TypeError(f"{fault.what}: what stands in for the cure does not fit there: {outcome.failure}")
        if outcome.failure:
            return acts, outcome.failure
    return acts, ""
