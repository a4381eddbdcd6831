"""What can be undone is undone to the last figure: every row of every table is what it was before."""

from collections.abc import Callable, Iterator
from datetime import date, datetime
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest

from budgets.drafting import actions as budgets
from budgets.models import Budget, ReleasedGrant
from budgets.spending import actions as spending
from budgets.tests.budget_year import line_of as budget_line
from budgets.tests.conftest import allocated as allocated
from budgets.tests.conftest import in_force as in_force
from budgets.tests.conftest import may as may
from evaluations.improvements import actions as improvements
from evaluations.models import Issue, Measure
from evaluations.reports import actions as reports
from planning.forecasts import actions as forecasts
from planning.models import Actual, ForecastLine, Pool, RequestLine
from planning.projects import actions as projects
from planning.projects.figures import HistoryRow
from planning.requests import actions as requests
from planning.tests.requesting import DURING, ask_bus, decide, open_year
from planning.tests.stage_one import filled, forecast_of, known
from planning.tests.stage_one import open_year as open_first_stage
from sop_portal.foundation.kit import clock
from sop_portal.foundation.organisation.models import Department
from sop_portal.people import actions as people
from sop_portal.people.terms import Term
from sop_portal.tests.rows import every_row
from sop_portal.tests.shared_fixtures import shared_fixture
from sop_portal.tests.small_year import AUGUST, small_year

# Something is done, then it is undone: the test looks in between and afterwards.
Pair = Callable[[Any], Iterator[None]]


@shared_fixture
def first_stage(cast: SimpleNamespace, arts: Department, sports: Department, noon: datetime) -> SimpleNamespace:
    """The forecast window of 2027 is open; Story hours has a past and a forecast."""
    known(arts, "story-hours", 2026, participants="2800", money="100")
    cycle = open_first_stage(cast, noon)
    filled(arts, "Story hours", cast.amina, noon)
    return SimpleNamespace(cast=cast, at=noon, cycle=cycle, arts=arts, sports=sports)


@shared_fixture
def second_stage(cast: SimpleNamespace) -> SimpleNamespace:
    """The demand report of 2027 is published; Arts asks for one more thing."""
    year = open_year(cast)
    year.line = ask_bus(year, cast.amina, "10")
    return SimpleNamespace(cast=cast, at=DURING, year=year)


@shared_fixture
def last_stages(cast: SimpleNamespace) -> SimpleNamespace:
    """The small year in August."""
    year = small_year(cast)
    return SimpleNamespace(cast=cast, at=AUGUST.replace(day=8), cycle=year.cycle, arts=year.arts.department)


def now(record: Any) -> Any:
    record.refresh_from_db()
    return record


def submit_and_withdraw_a_forecast(world: SimpleNamespace) -> Iterator[None]:
    forecast = forecasts.submit(
        forecast_of(world.arts), by=world.cast.amina, at=world.at, seen=forecast_of(world.arts).version
    )
    yield
    forecasts.withdraw(forecast, by=world.cast.amina, at=world.at, seen=now(forecast).version)


def submit_and_send_back_a_forecast(world: SimpleNamespace) -> Iterator[None]:
    forecast = forecasts.submit(
        forecast_of(world.arts), by=world.cast.amina, at=world.at, seen=forecast_of(world.arts).version
    )
    yield
    forecasts.send_back(forecast, by=world.cast.chidi, at=world.at, seen=now(forecast).version, comment="Count again")


def leave_a_project_out_and_take_it_in(world: SimpleNamespace) -> Iterator[None]:
    line = ForecastLine.objects.get()
    forecasts.leave_out(line, why="No room", by=world.cast.amina, at=world.at, seen=line.forecast.version)
    yield
    line = ForecastLine.objects.get()
    forecasts.take_in(line, by=world.cast.amina, at=world.at, seen=line.forecast.version)


def override_a_figure_and_take_the_proposal_again(world: SimpleNamespace) -> Iterator[None]:
    line = ForecastLine.objects.get()
    before = {f.metric: forecasts.Typed(f.override, f.source, f.reason) for f in line.figures.all()}
    said = before | {"participants": forecasts.Typed(Decimal(9), "trend", "Fewer children")}
    forecasts.set_figures(line, said, by=world.cast.amina, at=world.at, seen=line.forecast.version)
    yield
    line = ForecastLine.objects.get()
    forecasts.set_figures(line, before, by=world.cast.amina, at=world.at, seen=line.forecast.version)


def import_and_undo(world: SimpleNamespace) -> Iterator[None]:
    row = HistoryRow.of("Arts", "Story hours", 2026, {"participants": Decimal(1)}, 2)
    new = HistoryRow.of("Dance", "", 2026, {"participants": Decimal(1)}, 3)
    taken = projects.import_history(
        [row, new], file_name="a.csv", by=world.cast.ada, at=world.at, create_departments=True, replace=True
    )
    yield
    projects.undo_import(taken, by=world.cast.ada, at=world.at)


def correct_a_figure_and_take_it_back(world: SimpleNamespace) -> Iterator[None]:
    actual = Actual.objects.get()
    projects.correct_figures(
        actual, {"participants": Decimal(7)}, reason="Twice", by=world.cast.amina, at=world.at, seen=0
    )
    yield
    projects.take_back_correction(actual, by=world.cast.amina, at=world.at, seen=1)


def correct_under_a_submitted_forecast(world: SimpleNamespace) -> Iterator[None]:
    forecasts.submit(forecast_of(world.arts), by=world.cast.amina, at=world.at, seen=forecast_of(world.arts).version)
    world.before = every_row(with_stamps=False)
    yield from correct_a_figure_and_take_it_back(world)


def delegate_and_end_before_it_begins(world: SimpleNamespace) -> Iterator[None]:
    term = Term(date(2027, 4, 1), date(2027, 4, 20))
    lent = people.delegate(
        giver=world.cast.amina, deputy=world.cast.ben, role="head", term=term, by=world.cast.amina, at=world.at
    )
    yield
    people.end_delegation(lent, on=date(2027, 3, 12), by=world.cast.amina, at=world.at)


def close_a_department_and_open_it_again(world: SimpleNamespace) -> Iterator[None]:
    people.change_department(world.arts, is_active=False, by=world.cast.ada, at=world.at)
    yield
    people.change_department(world.arts, is_active=True, by=world.cast.ada, at=world.at)


FIRST = (
    submit_and_withdraw_a_forecast,
    submit_and_send_back_a_forecast,
    leave_a_project_out_and_take_it_in,
    override_a_figure_and_take_the_proposal_again,
    import_and_undo,
    correct_a_figure_and_take_it_back,
    correct_under_a_submitted_forecast,
    delegate_and_end_before_it_begins,
    close_a_department_and_open_it_again,
)


def submit_and_withdraw_a_request(world: SimpleNamespace) -> Iterator[None]:
    request = requests.submit(now(world.year.arts), by=world.cast.amina, at=world.at, seen=now(world.year.arts).version)
    yield
    requests.withdraw(request, by=world.cast.amina, at=world.at, seen=now(request).version)


def grant_a_line_and_send_the_request_back(world: SimpleNamespace) -> Iterator[None]:
    request = requests.submit(now(world.year.arts), by=world.cast.amina, at=world.at, seen=now(world.year.arts).version)
    decide(world.year.line, world.cast.chidi)
    assert Pool.objects.get(pk=world.year.bus.pk).committed == 10
    yield
    requests.send_back(request, by=world.cast.chidi, at=world.at, seen=now(request).version, comment="Half is enough")


def decide_a_line_and_open_it_again(world: SimpleNamespace) -> Iterator[None]:
    requests.submit(now(world.year.arts), by=world.cast.amina, at=world.at, seen=now(world.year.arts).version)
    world.before = every_row(with_stamps=False)
    decide(world.year.line, world.cast.chidi, "part", 4, "The bus is old")
    yield
    decide(world.year.line, world.cast.chidi, "open")


def score_a_line_and_score_it_back(world: SimpleNamespace) -> Iterator[None]:
    requests.submit(now(world.year.arts), by=world.cast.amina, at=world.at, seen=now(world.year.arts).version)
    world.before = every_row(with_stamps=False)
    for urgency, evidence in ((5, 1), (3, 3)):
        line = RequestLine.objects.select_related("request").get(pk=world.year.line.pk)
        score = requests.LineRating(urgency, evidence)
        requests.score_line(line, score, by=world.cast.chidi, at=world.at, seen=line.request.version)
        if urgency == 5:
            yield


def ask_for_more_and_take_it_away(world: SimpleNamespace) -> Iterator[None]:
    line = ask_bus(SimpleNamespace(**vars(world.year) | {"arts": now(world.year.arts)}), world.cast.amina, "3")
    yield
    requests.remove_line(line, by=world.cast.amina, at=world.at, seen=now(line.request).version)


SECOND = (
    submit_and_withdraw_a_request,
    grant_a_line_and_send_the_request_back,
    decide_a_line_and_open_it_again,
    score_a_line_and_score_it_back,
    ask_for_more_and_take_it_away,
)


def hold_a_project_and_resume_it(world: SimpleNamespace) -> Iterator[None]:
    project = world.cycle.projects.get(state="active", department=world.arts)
    spending.hold(project, by=world.cast.amina, at=world.at, seen=project.version, comment="The roof leaks")
    yield
    spending.resume(project, by=world.cast.amina, at=world.at, seen=now(project).version)


def report_a_measure_as_done_and_open_it_again(world: SimpleNamespace) -> Iterator[None]:
    measure = Measure.objects.get(department=world.arts)
    improvements.finish(measure, evidence="A tent", by=world.cast.amina, at=world.at, seen=measure.version)
    yield
    improvements.reopen(measure, by=world.cast.emil, at=world.at, seen=now(measure).version, comment="It has holes")


def resolve_an_issue_and_open_it_again(world: SimpleNamespace) -> Iterator[None]:
    trouble = {"title": "Cellar", "text": "Water"}
    project = world.cycle.projects.get(state="active", department=world.arts)
    issue: Issue = reports.raise_issue(project, by=world.cast.amina, at=world.at, **trouble)
    world.before = every_row(but=LAST_LEFT, with_stamps=False)
    reports.resolve(issue, by=world.cast.amina, at=world.at, seen=now(issue).version, comment="Pumped out")
    yield
    reports.reopen(issue, by=world.cast.emil, at=world.at, seen=now(issue).version, comment="It came back")


LAST = (
    hold_a_project_and_resume_it,
    report_a_measure_as_done_and_open_it_again,
    resolve_an_issue_and_open_it_again,
)
# What somebody said of what was done is kept, though it was not good enough; so is what a pause gave back, as settled.
LAST_LEFT = frozenset({"improvements.measure.evidence", "evaluations.measure.evidence", "evaluations.issue.solution"})
SETTLED = frozenset({"budgets.releasedgrant"})


def undone(pair: Pair, world: SimpleNamespace, but: frozenset[str] = frozenset()) -> None:
    """Do, look that something happened, undo, and look that nothing is left of it."""
    with clock.at(world.at):
        world.before = every_row(but=but, with_stamps=False)
        steps = pair(world)
        next(steps)
        assert every_row(but=but, with_stamps=False) != world.before
        assert list(steps) == []
        found = every_row(but=but, with_stamps=False)
    assert not ReleasedGrant.objects.filter(settled_at=None).exists()
    different = {table for table in found.keys() - SETTLED if found[table] != world.before[table]}
    # A forecast that came back says so; what it holds is what it was.
    returned = [row for row in found.get("planning.forecast", []) if row["state"] == "returned"]
    returned += [row for row in found.get("planning.resourcerequest", []) if row["state"] == "returned"]
    for row in returned:
        row["state"] = "draft"
    different = {table for table in different if found[table] != world.before[table]}
    assert different == set()


@pytest.mark.parametrize("pair", FIRST, ids=lambda pair: pair.__name__)
def test_in_the_first_stage(first_stage: SimpleNamespace, pair: Pair) -> None:
    undone(pair, first_stage)


@pytest.mark.parametrize("pair", SECOND, ids=lambda pair: pair.__name__)
def test_in_the_second_stage(second_stage: SimpleNamespace, pair: Pair) -> None:
    undone(pair, second_stage)


@pytest.mark.parametrize("pair", LAST, ids=lambda pair: pair.__name__)
def test_in_the_last_stages(last_stages: SimpleNamespace, pair: Pair) -> None:
    undone(pair, last_stages, LAST_LEFT)


def test_an_amendment_that_is_given_up_leaves_nothing(in_force: Budget, cast: SimpleNamespace, may: datetime) -> None:
    before = every_row(with_stamps=False)
    amendment = budgets.amend(in_force, reason="More paper", by=cast.dora, at=may)
    line = budget_line(amendment, 1)
    amounts = budgets.LineAmounts(Decimal(1), Decimal(1), Decimal(1), Decimal(1))
    budgets.set_line(line, amounts, by=cast.dora, at=may, seen=now(amendment).version)
    assert every_row(with_stamps=False) != before
    budgets.drop(now(amendment), by=cast.dora, at=may, seen=now(amendment).version)
    assert every_row(with_stamps=False) == before


def test_a_counter_entry_takes_back_what_was_spent(last_stages: SimpleNamespace) -> None:
    line = last_stages.cycle.appropriations.filter(department=last_stages.arts).order_by("pk").last()
    before = (now(line).spent, now(line.project).spent)
    payment = spending.Payment(Decimal(30), date(2027, 8, 8), "Paper", "R-7")
    with clock.at(last_stages.at):
        expense = spending.post(line, payment, by=last_stages.cast.dora, at=last_stages.at)
        assert now(line).spent == before[0] + 30
        spending.correct(expense, why="Twice", by=last_stages.cast.dora, at=last_stages.at)
    assert (now(line).spent, now(line.project).spent) == before
