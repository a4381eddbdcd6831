"""Every act that takes a figure or a day refuses one that cannot belong to its record, whatever the way in."""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, is_dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from functools import partial, wraps
from inspect import signature
from types import SimpleNamespace, UnionType
from typing import Any, Union, Unpack, get_args, get_origin, get_type_hints, is_typeddict

import pytest
from django.db import transaction

from budgets.audits.actions import Observation
from budgets.drafting import actions as budgets
from budgets.models import Audit, Budget, BudgetLine, Confirmation
from budgets.spending.actions import Payment
from budgets.spending.figures import FilePlace
from evaluations.improvements import actions as improvements
from evaluations.models import Goal, ProgressReport
from evaluations.reviews import actions as reviews
from planning.cycles.actions import MoreTime, create_cycle
from planning.forecasts import actions as forecasts
from planning.forecasts.actions import NewProject
from planning.models import Actual, Forecast, ResourceRequest
from planning.projects.figures import HistoryRow
from planning.requests import actions as requests
from planning.requests.actions import LineDecision, PoolTerms
from sop_portal.foundation.kit.refusals import Refusal
from sop_portal.foundation.organisation.models import Delegation, User
from sop_portal.foundation.trail.models import Entry
from sop_portal.people import actions as people
from sop_portal.people.terms import Term
from sop_portal.tests.every_act import (
    AMOUNTS,
    NOW,
    TODAY,
    Act,
    asked_line,
    every_act,
    filled_year,
    functions,
    on,
)
from sop_portal.tests.parts_of_acts import PARTS
from sop_portal.tests.shared_fixtures import shared_fixture

pytestmark = pytest.mark.once

ABSURD: dict[type, tuple[Any, ...]] = {
    Decimal: (Decimal(-1), Decimal(10) ** 13, Decimal("NaN"), Decimal("Infinity"), Decimal("0.001")),
    int: (-1, 10**13),
    date: (date(1900, 1, 1), date(2190, 1, 1)),
}
KEY = "a key of a row: test_unknown_words tries those that are not the record's"
NO_ROW = "an exception keeps no row of a file; the expense that follows it does"
# What is no figure and no day of a record, or is not held by the act itself, with the reason.
NOT_HELD = {
    "planning.projects.import_history rows.each.row_number": "where the row stands in its file, for the sentences",
    "budgets.spending.ask_exception payment.place.row": NO_ROW,
    "evaluations.meetings.note_attendance present.key": KEY,
    "evaluations.meetings.minute minutes.key": KEY,
    "evaluations.reviews.write goals.key": KEY,
    "evaluations.reviews.review lessons.key": KEY,
}
Path = tuple[str | int, ...]


@dataclass(frozen=True)
class Place:
    """Where an act takes a figure or a day: the parameter, and the way to it."""

    act: str
    path: Path
    kind: type

    def __str__(self) -> str:
        return f"{self.act} {'.'.join(map(str, self.path))}"


def ways(hint: Any, kinds: Collection[type], path: Path = ()) -> Iterator[tuple[Path, type]]:
    """The ways to all values of these kinds in a parameter."""
    parts, origin = get_args(hint), get_origin(hint)
    if hint in kinds:
        yield path, hint
    elif is_dataclass(hint) or is_typeddict(hint):
        for name, own in get_type_hints(hint).items():
            yield from ways(own, kinds, (*path, name))
    elif isinstance(origin, type) and issubclass(origin, Mapping):
        named = zip(("key", "value"), parts, strict=True)
        yield from (way for name, own in named for way in ways(own, kinds, (*path, name)))
    elif origin is tuple and Ellipsis not in parts:
        yield from (way for place, own in enumerate(parts) for way in ways(own, kinds, (*path, place)))
    else:
        step = () if origin in (Union, UnionType, Unpack) else ("each",)
        yield from (way for own in parts for way in ways(own, kinds, (*path, *step)))


def places(kinds: Collection[type]) -> Iterator[Place]:
    """Every value of these kinds that any act takes."""
    for name, function in functions():
        for parameter, hint in get_type_hints(function).items():
            # What was seen is compared, never kept.
            if name not in PARTS and parameter not in ("return", "by", "at") and not parameter.startswith("seen"):
                yield from (Place(name, (parameter, *path), kind) for path, kind in ways(hint, kinds))


def put(there: Any, path: Path, absurd: Any) -> Any:
    """What stands there, with an absurd value at the end of the way."""
    if not path:
        return absurd
    step, rest = path[0], path[1:]
    if step == "key":
        return {absurd: next(iter(there.values()))}
    if step == "value":
        step = next(iter(there))
    if isinstance(there, Mapping):
        return {**there, step: put(there.get(step), rest, absurd)}
    if isinstance(there, list | tuple):
        at = 0 if step == "each" else int(step)
        return type(there)(put(own, rest, absurd) if place == at else own for place, own in enumerate(there))
    return replace(there, **{str(step): put(getattr(there, str(step)), rest, absurd)})


def with_absurd(function: Callable[..., Any], path: Path, absurd: Any) -> Callable[..., Any]:
    """The act, done with an absurd value instead of a good one."""
    known = signature(function)

    @wraps(function)
    def do(*args: Any, **kwargs: Any) -> Any:
        bound = known.bind(*args, **kwargs)
        bound.apply_defaults()
        bound.arguments[str(path[0])] = put(bound.arguments[str(path[0])], path[1:], absurd)
        return function(*bound.args, **bound.kwargs)

    return do


# -- what has to be so for an act to be possible at all --------------------------------------------------------------


def draft_forecast(year: SimpleNamespace) -> None:
    Forecast.objects.update(state=Forecast.State.DRAFT)
    year.forecast.refresh_from_db()
    year.line.forecast = year.forecast


def draft_request(year: SimpleNamespace) -> None:
    ResourceRequest.objects.update(state=ResourceRequest.State.DRAFT, due=date(2028, 1, 1))


def draft_line(year: SimpleNamespace) -> None:
    draft_request(year)
    year.request.refresh_from_db()
    line, seen = asked_line(year), year.request.version
    year.asked = requests.add_line(year.request, year.project, line, by=year.cast.amina, at=NOW, seen=seen)


def submitted_request(year: SimpleNamespace) -> None:
    state = ResourceRequest.State.SUBMITTED
    ResourceRequest.objects.update(state=state, allocated_at=None, allocated_by=None)
    year.asked = year.request.lines.select_related("request").get(project=year.project)


def own_pool(year: SimpleNamespace) -> None:
    payer = requests.add_pool(year.cycle, "money", PoolTerms("Gifts", "USD", Decimal(50)), by=year.cast.chidi, at=NOW)
    terms = PoolTerms("Guides", "hours", Decimal(10), Decimal(5), payer)
    year.pool = requests.add_pool(year.cycle, "people", terms, by=year.cast.chidi, at=NOW)


def audit_in_progress(year: SimpleNamespace) -> None:
    Audit.objects.update(state=Audit.State.IN_PROGRESS, closed_at=None, closed_by=None)


def amended(year: SimpleNamespace) -> None:
    year.budget = budgets.amend(year.budget, reason="Rooms cost more", by=year.cast.dora, at=NOW)
    lines = BudgetLine.objects.filter(budget=year.budget, department=year.arts, project=year.project, is_refused=False)
    year.budget_line = lines.order_by("pk")[0]
    budgets.set_line(year.budget_line, AMOUNTS, by=year.cast.dora, at=NOW, seen=year.budget.version)
    year.budget = Budget.objects.get(pk=year.budget.pk)
    year.budget_line.refresh_from_db()


def shared(year: SimpleNamespace) -> None:
    amended(year)
    budgets.share(year.budget, by=year.cast.dora, at=NOW, seen=year.budget.version)
    year.confirmation = Confirmation.objects.get(budget=year.budget, department=year.arts)


def contested(year: SimpleNamespace) -> None:
    shared(year)
    wanted = {year.budget_line.pk: (Decimal(20), "Chairs")}
    seen = year.confirmation.version
    budgets.contest(year.confirmation, contested=wanted, by=year.cast.amina, at=NOW, seen=seen)


def proposed_measure(year: SimpleNamespace) -> None:
    proposal = improvements.MeasureProposal("Paint the hall", "feedback")
    year.measure = improvements.propose(year.cycle, year.arts, proposal, by=year.cast.amina, at=NOW)


def done_measure(year: SimpleNamespace) -> None:
    proposed_measure(year)
    measure, wanted = year.measure, improvements.Assignment(year.cast.ben, TODAY + timedelta(days=60))
    improvements.adopt(measure, wanted, by=year.cast.emil, at=NOW, seen=measure.version)
    improvements.finish(measure, evidence="Seen", by=year.cast.ben, at=NOW, seen=measure.version)


def draft_report(year: SimpleNamespace) -> None:
    year.written = ProgressReport.objects.filter(project=year.project, state="draft").order_by("period_first")[0]


def returned_evaluation(year: SimpleNamespace) -> None:
    seen = year.evaluation.version
    reviews.send_back(year.evaluation, by=year.cast.emil, at=NOW, seen=seen, comment="Say more")
    year.goal = Goal.objects.get(indicator="Smiles")


def lent(year: SimpleNamespace) -> None:
    term = Term(TODAY, TODAY + timedelta(days=20))
    people.delegate(giver=year.cast.amina, deputy=year.cast.ben, role="", term=term, by=year.cast.ada, at=NOW)
    year.delegation = Delegation.objects.get()


def draft_year(year: SimpleNamespace) -> None:
    year.cycle = create_cycle(year=2028, by=year.cast.ada, at=NOW)
    new = NewProject("Origami")
    year.project = forecasts.plan_ahead(year.cycle, year.arts, new, by=year.cast.ada, at=NOW)


def session_begun(year: SimpleNamespace) -> None:
    year.at = year.session.starts_at


READY: dict[str, Callable[[SimpleNamespace], None]] = {
    "planning.cycles.approve_by_two": draft_year,
    "planning.cycles.transfer_up_to": draft_year,
    "planning.cycles.explain_beyond": draft_year,
    "planning.forecasts.add_project": draft_forecast,
    "planning.forecasts.plan_ahead": draft_year,
    "planning.forecasts.change_plan": draft_year,
    "planning.forecasts.set_figures": draft_forecast,
    "planning.requests.add_line": draft_request,
    "planning.requests.change_line": draft_line,
    "planning.requests.grant": submitted_request,
    "planning.requests.score_line": submitted_request,
    "planning.requests.change_pool": own_pool,
    "planning.requests.add_pool": own_pool,
    "budgets.audits.find": audit_in_progress,
    "budgets.drafting.bring_plan": draft_year,
    "budgets.drafting.set_line": amended,
    "budgets.drafting.contest": shared,
    "budgets.drafting.settle": contested,
    "evaluations.improvements.adopt": proposed_measure,
    "evaluations.improvements.reopen": done_measure,
    "evaluations.reports.write": draft_report,
    "evaluations.training.hold": session_begun,
    "evaluations.reviews.write": returned_evaluation,
    "evaluations.reviews.add_goal": returned_evaluation,
    "sop_portal.people.end_delegation": lent,
}


def longer(year: SimpleNamespace) -> MoreTime:
    due = year.cycle.windows.get(stage="execution").due_on
    return MoreTime("execution", year.arts, due + timedelta(days=5), "Illness")


def rows(year: SimpleNamespace) -> list[HistoryRow]:
    return [HistoryRow.of("Arts", "Chess", 2020, {"activities": Decimal(3), "money": Decimal(4)}, 2)]


def bring(do: Callable[..., Any], year: SimpleNamespace, by: User) -> Any:
    return do(rows(year), file_name="past.csv", by=by, at=year.at)


def corrected(do: Callable[..., Any], year: SimpleNamespace, by: User) -> Any:
    past = Actual.objects.get(slug="old-tales")
    return do(past, {"activities": Decimal(2)}, reason="Miscounted", by=by, at=year.at, seen=0)


def contest(do: Callable[..., Any], year: SimpleNamespace, by: User) -> Any:
    wanted, found = {year.budget_line.pk: (Decimal(20), "Chairs")}, year.confirmation
    return do(found, contested=wanted, by=by, at=year.at, seen=found.version)


def settle(do: Callable[..., Any], year: SimpleNamespace, by: User) -> Any:
    found = year.confirmation
    return do(found, amounts={year.budget_line.pk: Decimal(30)}, by=by, at=year.at, seen=found.version)


def guides(year: SimpleNamespace, name: str) -> PoolTerms:
    payer = year.pool.paid_from
    return PoolTerms(name, "hours", Decimal(20), Decimal(6), payer)


# Acts that are tried otherwise than every_act does, so that they would be possible.
OTHERWISE: dict[str, Act] = {
    "planning.cycles.extend": on("cycle", "emil", longer),
    "planning.extensions.ask": on("cycle", "amina", longer),
    "planning.projects.import_history": Act("ada", bring),
    "planning.projects.correct_figures": Act("chidi", corrected),
    "planning.requests.grant": on("asked", "chidi", LineDecision("part", Decimal(1), "Not more")),
    "planning.requests.add_pool": on("cycle", "chidi", "people", partial(guides, name="Drivers")),
    "planning.requests.change_pool": on("pool", "chidi", partial(guides, name="Guides")),
    "budgets.audits.find": on("audit", "dev", Observation("No receipts", TODAY + timedelta(days=20), Decimal(5))),
    "budgets.spending.post": on(
        "approved", "dora", Payment(Decimal(5), TODAY, "Paper", place=FilePlace("spent.xlsx", "May", 2))
    ),
    "budgets.drafting.contest": Act("amina", contest),
    "budgets.drafting.settle": Act("dora", settle),
    "evaluations.improvements.adopt": on(
        "measure", "emil", lambda year: improvements.Assignment(year.cast.ben, TODAY + timedelta(days=60))
    ),
    "evaluations.improvements.reopen": on("measure", "emil", comment="Not yet", due=TODAY + timedelta(days=90)),
    "evaluations.reviews.write": on(
        "evaluation", "amina", people_used=Decimal(9), goals=lambda year: {year.goal.pk: Decimal(3)}
    ),
    "sop_portal.people.end_delegation": Act(
        "ada", lambda do, year, by: do(year.delegation, on=TODAY + timedelta(days=3), by=by, at=year.at)
    ),
}
PLACES = list(places(ABSURD))
TRIED = [place for place in PLACES if str(place) not in NOT_HELD]


@shared_fixture
def year(cast: SimpleNamespace) -> SimpleNamespace:
    """A year with a record of every kind."""
    return filled_year(cast)


def act_of(name: str) -> Act:
    """An act as it would be possible."""
    known = every_act()[name]
    found = OTHERWISE.get(name, known)
    return Act(found.by, found.carry_out, known.function)


def ready(name: str, year: SimpleNamespace) -> Act:
    """The act, in a year in which it is possible."""
    READY.get(name, lambda year: None)(year)
    return act_of(name)


@pytest.mark.parametrize("name", sorted({place.act for place in TRIED}))
def test_a_good_value_is_taken(year: SimpleNamespace, name: str) -> None:
    before = Entry.objects.count()
    ready(name, year).try_on(year)
    assert Entry.objects.count() > before


@pytest.mark.parametrize("place", TRIED, ids=str)
def test_an_absurd_value_is_refused_with_a_way_out_and_nothing_is_written(year: SimpleNamespace, place: Place) -> None:
    act, taken = ready(place.act, year), []
    for absurd in ABSURD[place.kind]:
        before, trying = Entry.objects.count(), with_absurd(act.function, place.path, absurd)
        try:
            with transaction.atomic():
                replace(act, function=trying).try_on(year)
                transaction.set_rollback(True)
            taken.append((absurd, "was taken"))
        except Refusal as refusal:
            if not str(refusal.sentence) or not (refusal.way_out or getattr(refusal, "missing", [])):
                taken.append((absurd, f"no way out: {refusal}"))
        except Exception as error:
            taken.append((absurd, f"{type(error).__name__}: {error}"))
        if Entry.objects.count() != before:
            taken.append((absurd, "left an entry"))
    assert taken == []


def test_every_place_that_is_not_held_is_still_there() -> None:
    assert set(NOT_HELD) <= {str(place) for place in PLACES}
