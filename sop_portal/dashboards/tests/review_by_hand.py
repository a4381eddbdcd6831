"""The figures of the review of the process, worked out in another way than the page does: record by record."""

from collections import Counter, defaultdict
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from evaluations.models import Evaluation, Feedback
from evaluations.reviews.queries import facts_of, forecast_results
from planning.models import Cycle, Metric
from sop_portal.dashboards.queries.process_results import (
    ABOUT_FEEDBACK,
    exceptions_counted,
    feedback_in,
    is_about,
    missed,
    money_back,
    of_metric,
)
from sop_portal.foundation.organisation.actor import Actor
from sop_portal.foundation.trail.models import Entry

WITHIN = timedelta(days=14)


def exceptions_by_hand(cycle: Cycle) -> Counter[tuple[int | None, str]]:
    """Every exception by department and by the state that the last entry of its history left it in."""
    last: dict[int, tuple[int | None, str]] = {}
    for entry in Entry.objects.filter(kind="exception", cycle_id=cycle.pk).order_by("position"):
        if entry.state_to:
            last[entry.record_id] = (entry.department_id, entry.state_to)
    return Counter(last.values())


def results_by_hand(cycle: Cycle) -> dict[str, list[tuple[Decimal, Decimal]]]:
    """Forecast and result of each measure as the page of each reviewed evaluation shows them."""
    found: dict[str, list[tuple[Decimal, Decimal]]] = defaultdict(list)
    for evaluation in Evaluation.objects.filter(cycle=cycle, state="reviewed").order_by("pk"):
        facts = facts_of(evaluation)
        shown: list[tuple[str, Any]] = [(goal.goal.indicator, goal) for goal in facts.goals if goal.goal.is_counted]
        shown.append((Metric.PEOPLE, facts.resources[0]))
        for metric, fact in shown:
            if fact.planned is not None and fact.actual is not None:
                found[metric].append((fact.planned, fact.actual + fact.actual_since))
    return found


def error_by_hand(pairs: list[tuple[Decimal, Decimal]]) -> float | None:
    """The mean of the misses beside the mean of the results, in percent."""
    if not pairs:
        return None
    misses = [float(abs(forecast - actual)) for forecast, actual in pairs]
    results = [float(actual) for _forecast, actual in pairs]
    return (sum(misses) / len(misses)) / (sum(results) / len(results)) * 100 if any(results) else None


def given_back_by_hand(cycle: Cycle) -> dict[int | None, Decimal]:
    """What each line held before its project was first stopped, less what it held when that was last changed."""
    changes: dict[tuple[int | None, str], list[dict[str, str]]] = defaultdict(list)
    for entry in Entry.objects.filter(kind="project", cycle_id=cycle.pk).order_by("position"):
        for change in entry.changes:
            if change["field"] == "approved":
                changes[entry.department_id, change["where"]].append(change)
    found: dict[int | None, Decimal] = defaultdict(Decimal)
    for (department, _line), made in changes.items():
        found[department] += Decimal(made[0]["old"]) - Decimal(made[-1]["new"])
    return {department: amount for department, amount in found.items() if amount}


def feedback_by_hand(cycle: Cycle, on: date) -> dict[str, Counter[str]]:
    """How feedback was answered, by kind, from the moments and changes of its history."""
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for pk, kind in Feedback.objects.filter(cycle=cycle).values_list("pk", "kind"):
        history = {entry.verb: entry for entry in Entry.objects.filter(kind="feedback", record_id=pk)}
        given, answer = history["create"].at.astimezone(cycle.zone).date(), history.get("answer")
        answered = answer.at.astimezone(cycle.zone).date() if answer else None
        helped = history["rate"].changes[0]["new"] if "rate" in history else ""
        found[kind] += Counter(
            {
                "given": 1,
                "answered": int(answered is not None),
                "in-time": int(answered is not None and answered - given <= WITHIN),
                "late": int((answered or on) - given > WITHIN),
                "helped": int(helped == "True"),
                "not-helped": int(helped == "False"),
            }
        )
    return found


def differences(cycle: Cycle, actor: Actor) -> list[str]:
    """Where the figures of a year, as somebody who sees everything reads them, are not those worked out by hand."""
    results, expected = list(forecast_results(cycle, actor)), results_by_hand(cycle)
    errors = {metric: missed(of_metric(results, Metric(metric))).error for metric in expected}
    back: dict[int | None, Decimal] = defaultdict(Decimal)
    for each in money_back(cycle, actor):
        back[each.department_id] += each.amount
    counted: dict[str, Counter[str]] = defaultdict(Counter)
    for entry in feedback_in(cycle, actor):
        said = {about: int(is_about(entry, about, actor.on)) for about in ABOUT_FEEDBACK}
        counted[entry.kind] += Counter({"given": 1} | said)
    pairs = {
        "exceptions": (exceptions_counted(cycle, actor), exceptions_by_hand(cycle)),
        "forecasts": (
            {metric: None if error is None else round(float(error), 6) for metric, error in errors.items()},
            {metric: error and round(error, 6) for metric, error in map(_error_of, expected.items())},
        ),
        "money": ({pk: amount for pk, amount in back.items() if amount}, given_back_by_hand(cycle)),
        "feedback": (dict(counted), dict(feedback_by_hand(cycle, actor.on))),
    }
    return [
        f"{cycle.year} {name}: {shown} != {by_hand}" for name, (shown, by_hand) in pairs.items() if shown != by_hand
    ]


def _error_of(measured: tuple[str, list[tuple[Decimal, Decimal]]]) -> tuple[str, float | None]:
    return measured[0], error_by_hand(measured[1])
