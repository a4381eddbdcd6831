"""A figure or a day that could be somewhere is refused where it cannot belong to its record; and limits travel."""

from contextlib import nullcontext
from datetime import date, timedelta
from decimal import Decimal
from types import SimpleNamespace

import pytest

from budgets.audits import actions as audits
from budgets.audits.actions import AuditPlan, Observation
from budgets.drafting import actions as budgets
from budgets.drafting.forms import ContestForm
from budgets.spending import actions as spending
from budgets.spending.actions import Payment
from evaluations.improvements import actions as improvements
from evaluations.models import ProgressReport
from evaluations.reports import actions as reports
from evaluations.reports.actions import ReportContent
from planning.cycles.actions import WindowMove, move_window
from planning.cycles.calendar import WindowDates
from planning.forecasts import actions as forecasts
from planning.forecasts.actions import Typed
from planning.models import Actual, Project, RequestLine
from planning.projects.actions import correct_figures
from planning.requests import actions as requests
from planning.requests.actions import AskedLine, LineDecision, PoolTerms
from sop_portal.dashboards.checks.invariants import problems
from sop_portal.foundation.kit.refusals import NotNow, NotReady
from sop_portal.foundation.organisation.models import Department
from sop_portal.tests.every_act import NOW, TODAY, filled_year
from sop_portal.tests.shared_fixtures import shared_fixture
from sop_portal.tests.test_absurd_values import (
    audit_in_progress,
    draft_forecast,
    draft_request,
    proposed_measure,
    shared,
    submitted_request,
)
from sop_portal.tests.without_constraints import unguarded


@shared_fixture
def year(cast: SimpleNamespace) -> SimpleNamespace:
    """A year with a record of every kind."""
    return filled_year(cast)


def test_a_contest_wants_no_hundred_times_what_was_asked_for(year: SimpleNamespace) -> None:
    shared(year)
    line, answer = year.budget_line, year.confirmation
    most = 100 * max(line.allocation.cost, line.allocated, line.amount)
    form = ContestForm(None, confirmation=answer, lines=[line])
    assert form.fields[f"wanted_{line.pk}"].bound.most == most  # type: ignore[attr-defined]
    for amount in (Decimal(99_999_999_999), most + 1):
        wanted = {line.pk: (amount, "More")}
        with pytest.raises(NotReady) as refusal:
            budgets.contest(answer, contested=wanted, by=year.cast.amina, at=NOW, seen=answer.version)
        assert f"Enter {most:,.0f} or less." in str(refusal.value.missing[0])
    budgets.contest(answer, contested={line.pk: (most, "More")}, by=year.cast.amina, at=NOW, seen=answer.version)


def test_a_finding_concerns_no_more_than_there_is(year: SimpleNamespace) -> None:
    audit_in_progress(year)
    year.audit.refresh_from_db()
    observed = Observation("Lost", TODAY + timedelta(days=20), Decimal(99_999_999_999))
    with pytest.raises(NotReady, match="more money than there is"):
        audits.find(year.audit, observed, by=year.cast.dev, at=NOW, seen=year.audit.version)


def test_an_audit_looks_at_a_project_of_its_own_department(year: SimpleNamespace) -> None:
    other = Project.objects.filter(department=Department.objects.get(slug="sports")).order_by("pk")[0]
    with pytest.raises(NotReady, match="another department or year") as refusal:
        audits.plan(year.cycle, AuditPlan("Cash", year.arts, TODAY, other), by=year.cast.dora, at=NOW)
    assert refusal.value.way_out


@pytest.mark.parametrize(
    ("amount", "spent_on"),
    [
        (Decimal(99_999_999), date(2027, 6, 20)),
        (Decimal(5), date(2025, 6, 20)),
        (Decimal(5), TODAY + timedelta(days=1)),
    ],
)
def test_an_exception_is_asked_for_what_the_line_and_the_year_can_hold(
    year: SimpleNamespace, amount: Decimal, spent_on: date
) -> None:
    payment = Payment(amount, spent_on, "Paper")
    with pytest.raises(NotReady) as refusal:
        spending.ask_exception(year.approved, payment, why="Early", by=year.cast.dora, at=NOW)
    assert refusal.value.way_out


def test_no_more_is_granted_than_was_asked_for(year: SimpleNamespace) -> None:
    submitted_request(year)
    more = LineDecision("part", year.asked.quantity + 1, "A gift")
    with pytest.raises(NotReady, match="less than"):
        requests.grant(year.asked, more, by=year.cast.chidi, at=NOW, seen=year.asked.request.version)


def test_a_measure_is_not_due_on_the_day_it_is_adopted(year: SimpleNamespace) -> None:
    proposed_measure(year)
    assignment = improvements.Assignment(year.cast.ben, TODAY)
    with pytest.raises(NotReady, match="“Due” cannot be"):
        improvements.adopt(year.measure, assignment, by=year.cast.emil, at=NOW, seen=1)


def test_an_override_names_a_source_that_there_is(year: SimpleNamespace) -> None:
    draft_forecast(year)
    typed, seen = {"people": Typed(Decimal(9), "gossip", "Heard it")}, year.forecast.version
    with pytest.raises(NotReady, match="has no source “gossip”"):
        forecasts.set_figures(year.line, typed, by=year.cast.amina, at=NOW, seen=seen)


def test_figures_of_a_year_under_way_are_not_corrected_by_hand(year: SimpleNamespace) -> None:
    running = Actual.objects.create(department=year.arts, slug="chess", name="Chess", year=2027, activities=1)
    with pytest.raises(NotNow) as refusal:
        correct_figures(running, {"activities": Decimal(2)}, reason="Twice", by=year.cast.chidi, at=NOW, seen=0)
    said = str(refusal.value).replace("\N{NO-BREAK SPACE}", " ")
    assert said == "2027 has not ended, so its figures are not corrected by hand. Correct them after 30 June 2028."


def test_figures_that_an_evaluation_found_are_corrected_before_their_year_ends(year: SimpleNamespace) -> None:
    with unguarded("planning_project"):
        Project.objects.filter(pk=year.project.pk).update(state="evaluated")
    found = Actual.objects.create(department=year.arts, slug=year.project.slug, name="Chess", year=2027, activities=1)
    corrected = correct_figures(found, {"activities": Decimal(2)}, reason="Twice", by=year.cast.chidi, at=NOW, seen=0)
    assert corrected.activities == 2


def test_what_lines_come_to_together_stays_an_amount(year: SimpleNamespace) -> None:
    draft_request(year)
    terms = PoolTerms("Treasure", "USD", Decimal(10) ** 12)
    pool = requests.add_pool(year.cycle, "money", terms, by=year.cast.chidi, at=NOW)
    line = AskedLine(pool, "Gold", Decimal(6) * 10**11, "Why not", why_not_forecast="Found")
    for said in (nullcontext(), pytest.raises(NotReady, match="“Cost” is more than it can be")):
        year.request.refresh_from_db()
        with said:
            seen = year.request.version
            requests.add_line(year.request, year.project, line, by=year.cast.amina, at=NOW, seen=seen)
    assert RequestLine.objects.filter(pool=pool).count() == 1


def test_the_cost_of_a_quantity_stays_an_amount(year: SimpleNamespace) -> None:
    draft_request(year)
    rate = PoolTerms("Gold hours", "hours", Decimal(10**8), Decimal(10**9), year.pool)
    pool = requests.add_pool(year.cycle, "people", rate, by=year.cast.chidi, at=NOW)
    year.request.refresh_from_db()
    line, seen = AskedLine(pool, "Gold", Decimal(10**6), "Why not", why_not_forecast="Found"), year.request.version
    with pytest.raises(NotReady, match="“Cost” is more than it can be"):
        requests.add_line(year.request, year.project, line, by=year.cast.amina, at=NOW, seen=seen)


def test_a_year_counts_no_more_than_it_can(year: SimpleNamespace) -> None:
    later = NOW + timedelta(days=90)
    said = pytest.raises(NotReady, match="“Participants reached in the period” is more")
    found = ProgressReport.objects.filter(project=year.project, state="draft").order_by("period_first")
    for report, reached, accepting in zip(found[:2], (10**8, 1), (nullcontext(), said), strict=True):
        written = ReportContent(activities_held=1, participants_reached=reached, explanation="All of us")
        reports.write(report, written, by=year.cast.amina, at=later, seen=report.version)
        reports.submit(report, by=year.cast.amina, at=later, seen=report.version)
        with accepting:
            reports.accept(report, by=year.cast.emil, at=later, seen=report.version)


def test_projects_that_have_not_begun_move_with_their_year(cast: SimpleNamespace, noon: object) -> None:
    """And the days on which something is needed keep it where they are."""
    year = filled_year(cast)
    Project.objects.filter(cycle=year.cycle).update(state="planned", activated_at=None, activated_by=None)
    first, last = date(2027, 8, 1), date(2028, 7, 31)
    move = WindowMove("execution", WindowDates(first, last, last), "The grant comes later")
    year.cycle.refresh_from_db()
    move_window(year.cycle, move, by=cast.ada, at=NOW, seen=year.cycle.version)
    assert set(Project.objects.values_list("starts_on", "ends_on")) == {(first, last)}
    assert [said for said in problems() if "outside of its year" in said] == []
    RequestLine.objects.filter(pk=year.asked.pk).update(needed_on=date(2028, 7, 20))
    year.cycle.refresh_from_db()
    earlier = WindowMove("execution", WindowDates(first, date(2028, 6, 30), last), "Sooner")
    with pytest.raises(NotReady, match="every day on which something is needed") as refusal:
        move_window(year.cycle, earlier, by=cast.ada, at=NOW, seen=year.cycle.version)
    assert "is needed on 20" in str(refusal.value.missing[0])
