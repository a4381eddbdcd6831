"""Closing a year: refused with the whole list while anything is open."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.test import Client

from budgets.models import Audit, Budget, Finding, SpendingException
from budgets.spending import actions as spending
from evaluations.improvements import actions as improvements
from evaluations.improvements.actions import Assignment, MeasureProposal
from evaluations.meetings.actions import MeetingTerms, call
from evaluations.models import Evaluation, Issue, Measure
from evaluations.proposals import actions as proposals
from evaluations.proposals.actions import ProposedChange, WantedSetting
from evaluations.reviews import actions
from evaluations.tests.posting import page
from evaluations.tests.review_year import JUNE, finished_project, report_of
from planning.cycles import actions as cycles
from planning.cycles.workflow import missing_to_close
from planning.models import Cycle, DemandReport, Forecast, Project, ResourceRequest
from sop_portal.foundation.kit import clock
from sop_portal.foundation.kit.refusals import NotNow, NotReady, NotYours
from sop_portal.foundation.organisation.models import Department
from sop_portal.tests.shared_fixtures import shared_fixture


@shared_fixture
def looked_back(handed_over: Evaluation, cast: SimpleNamespace, july: datetime) -> Cycle:
    """The one project is evaluated; what came before it is settled."""
    actions.review(handed_over, by=cast.emil, at=july, seen=handed_over.version)
    Forecast.objects.update(state="waived", waived_at=JUNE, waived_by=cast.ada)
    ResourceRequest.objects.update(state="waived", waived_at=JUNE, waived_by=cast.ada)
    Budget.objects.update(
        state="approved", proposed_at=JUNE, proposed_by=cast.dora, approved_at=JUNE, approved_by=cast.emil
    )
    return Cycle.objects.get()


def sentences(cycle: Cycle, at: datetime) -> list[tuple[str, str]]:
    return [(str(missing), missing.url) for missing in missing_to_close(cycle, at)]


def test_a_year_with_nothing_open_is_closed(looked_back: Cycle, cast: SimpleNamespace, july: datetime) -> None:
    cycles.close_year(looked_back, by=cast.ada, at=july, seen=looked_back.version)
    assert (looked_back.state, looked_back.closed_by) == ("closed", cast.ada)
    with pytest.raises(NotNow):
        call(looked_back, MeetingTerms(date(2028, 9, 1), "Hall"), by=cast.emil, at=july)


def test_a_change_of_a_closed_year_says_that_nothing_was_set(
    looked_back: Cycle, cast: SimpleNamespace, as_person: Callable[..., Client], july: datetime
) -> None:
    wanted = WantedSetting("receipts", looked_back, amount=Decimal(250))
    change = ProposedChange("form", "More receipts", "Above 250", "Some are missing", wanted=wanted)
    found = proposals.propose_change(looked_back, change, by=cast.amina, at=july)
    proposals.adopt(found, by=cast.emil, at=july, seen=found.version)
    said = "An expense of 2027 needs a receipt above: 250.00"
    assert found.setting_words == said
    cycles.close_year(looked_back, by=cast.ada, at=july, seen=looked_back.version)
    later = july + timedelta(hours=1)
    with clock.at(later):
        asked = page(as_person(cast.ada), f"{found.get_absolute_url()}carry-out/")
        found = proposals.carry_out(found, by=cast.ada, at=later, seen=found.version)
        shown = page(as_person(cast.bao), found.get_absolute_url())
    looked_back.refresh_from_db()
    not_set = f"{said} (not set: 2027 is closed)"
    assert (not_set in asked, not_set in shown, looked_back.receipt_needed_above) == (True, True, None)
    assert f"The portal sets by itself: {said}" not in asked


@pytest.mark.parametrize("who", ["amina", "ben", "chidi", "dora", "emil", "omar", "farid"])
def test_only_the_administrator_closes_it(looked_back: Cycle, cast: SimpleNamespace, july: datetime, who: str) -> None:
    with pytest.raises(NotYours):
        cycles.close_year(looked_back, by=getattr(cast, who), at=july, seen=looked_back.version)


def test_everything_open_is_named_with_its_link(
    looked_back: Cycle, stories: Project, arts: Department, sports: Department, cast: SimpleNamespace, july: datetime
) -> None:
    cycle = looked_back
    league = finished_project(cycle, sports, None, "Summer league")
    report_of(stories, date(2028, 6, 1))
    DemandReport.objects.create(cycle=cycle, number=1)
    ResourceRequest.objects.create(cycle=cycle, department=sports, due=date(2027, 4, 14))
    budget = Budget.objects.get()
    Budget.objects.create(cycle=cycle, number=2, kind="amendment", based_on=budget, reason="Rooms")
    line = stories.appropriations.first()
    assert line is not None
    SpendingException.objects.create(
        cycle=cycle,
        department=arts,
        appropriation=line,
        amount=Decimal(5),
        spent_on=date(2028, 7, 3),
        what="Late bill",
        why="It came late",
        asked_at=july,
        asked_by=cast.ben,
    )
    issue = Issue.objects.create(cycle=cycle, department=arts, project=stories, title="Lamp broken", text="X")
    Evaluation.objects.create(cycle=cycle, department=sports, project=league, due=date(2028, 7, 28))
    audit = Audit.objects.create(cycle=cycle, department=arts, title="Rooms", planned_on=date(2028, 7, 1))
    Finding.objects.create(audit=audit, number=1, what="Twice", due=date(2028, 7, 1))
    improvements.propose(cycle, arts, MeasureProposal("Paint", Measure.Origin.AUDIT), by=cast.amina, at=july)
    assert [sentence for sentence, _ in sentences(cycle, july)] == [
        "Forecast 2027, Sports is open: Draft.",
        "Demand report 2027, version 1 is open: Being compiled.",
        "Request 2027, Sports is open: Draft.",
        "Budget 2027, version 2 is open: Draft.",
        "Audit “Rooms” is open: Planned.",
        "Finding 1: Rooms is open: Open.",
        "Project “Summer league” is open: Active.",
        "Spending exception “Late bill” is open: Asked.",
        "Report June 2028, Story hours is open: Draft.",
        "Issue “Lamp broken” is open: Open.",
        "Evaluation 2027, Summer league is open: Draft.",
        "Measure M-2027-01 is open: Proposed.",
    ]
    assert sentences(cycle, july)[9][1] == issue.get_absolute_url()
    assert [sentence for sentence, url in sentences(cycle, july) if not url] == []
    with pytest.raises(NotReady) as refusal:
        cycles.close_year(cycle, by=cast.ada, at=july, seen=cycle.version)
    assert len(refusal.value.missing) == 12


def test_a_cancelled_project_leaves_nothing_open(
    looked_back: Cycle, arts: Department, cast: SimpleNamespace, july: datetime
) -> None:
    Forecast.objects.update(state="draft", waived_at=None, waived_by=None)
    project = finished_project(looked_back, arts, cast.ben, "Boats")
    report_of(project, date(2028, 6, 1))
    Forecast.objects.update(state="waived", waived_at=JUNE, waived_by=cast.ada)
    spending.cancel(project, by=cast.amina, at=july, seen=1, comment="No river")
    assert sentences(looked_back, july) == []


def test_an_adopted_measure_lives_on_after_its_year(
    looked_back: Cycle, arts: Department, cast: SimpleNamespace, july: datetime
) -> None:
    measure = improvements.propose(
        looked_back, arts, MeasureProposal("Paint", Measure.Origin.AUDIT), by=cast.amina, at=july
    )
    improvements.adopt(measure, Assignment(cast.ben, date(2028, 9, 30)), by=cast.emil, at=july, seen=1)
    cycles.close_year(looked_back, by=cast.ada, at=july, seen=looked_back.version)
    improvements.finish(measure, evidence="Seen", by=cast.ben, at=july, seen=measure.version)
    improvements.verify(measure, by=cast.emil, at=july, seen=measure.version)
    assert measure.state == "verified"


def test_a_long_list_names_the_first_and_counts_the_rest(
    looked_back: Cycle, sports: Department, july: datetime
) -> None:
    project = finished_project(looked_back, sports, None, "League", state="cancelled")
    for number in range(12):
        Issue.objects.create(cycle=looked_back, department=sports, project=project, title=f"Issue {number}", text="X")
    found = [sentence for sentence, _ in sentences(looked_back, july) if "Issue" in sentence or "issues" in sentence]
    assert (len(found), found[-1]) == (11, "issues: 2 more are open.")
