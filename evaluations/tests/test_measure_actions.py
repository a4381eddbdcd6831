"""The life of an improvement measure: proposed, decided, carried out, verified by somebody else."""

from datetime import date, datetime, timedelta
from types import SimpleNamespace

import pytest
from django.db import IntegrityError, transaction

from evaluations.improvements import actions
from evaluations.improvements.actions import Assignment, MeasureProposal
from evaluations.improvements.queries import OPEN
from evaluations.improvements.workflow import MEASURE
from evaluations.models import Measure
from planning.models import Cycle, Hindsight, Project
from sop_portal.foundation.kit.refusals import NotNow, NotReady, NotYours
from sop_portal.foundation.notices.models import Notice
from sop_portal.foundation.organisation.models import Delegation, Department, Membership, User
from sop_portal.foundation.organisation.roles import Role
from sop_portal.foundation.papers.actions import take_back
from sop_portal.tests.papers import paper_on
from sop_portal.tests.shared_fixtures import shared_fixture

DUE = date(2028, 9, 30)
ORIGIN = Measure.Origin.EVALUATION


@shared_fixture
def proposed(stories: Project, arts: Department, cast: SimpleNamespace, july: datetime) -> Measure:
    """Ben proposed something for the story hours."""
    origin_url = "/2027/evaluations/arts/story-hours/"
    proposal = MeasureProposal("One calendar for all rooms", ORIGIN, origin_url, "story-hours")
    return actions.propose(stories.cycle, arts, proposal, by=cast.ben, at=july)


@shared_fixture
def adopted(proposed: Measure, cast: SimpleNamespace, july: datetime) -> Measure:
    """Emil adopted it and gave it to Dora of finance."""
    return actions.adopt(proposed, Assignment(cast.dora, DUE), by=cast.emil, at=july, seen=1)


@shared_fixture
def done(adopted: Measure, cast: SimpleNamespace, july: datetime) -> Measure:
    """Dora reported it as done."""
    return actions.finish(adopted, evidence="rooms.example.org", by=cast.dora, at=july, seen=adopted.version)


def test_a_measure_that_is_not_closed_is_one_that_another_may_be_like() -> None:
    unfinished = set(Measure.State.values) - MEASURE.closed
    assert set(OPEN) == unfinished, "Name the state in OPEN of evaluations/improvements/queries.py."


def test_measures_are_numbered_through_the_year(
    proposed: Measure, arts: Department, cast: SimpleNamespace, july: datetime
) -> None:
    second = actions.propose(proposed.cycle, arts, MeasureProposal("Paint", ORIGIN), by=cast.amina, at=july)
    assert (str(proposed), str(second)) == ("Measure M-2027-01", "Measure M-2027-02")


@pytest.mark.parametrize("who", ["amina", "emil"])
def test_heads_and_management_propose_for_a_department(
    ending: Cycle, arts: Department, cast: SimpleNamespace, july: datetime, who: str
) -> None:
    measure = actions.propose(ending, arts, MeasureProposal("Paint", ORIGIN), by=getattr(cast, who), at=july)
    assert measure.state == "proposed"


@pytest.mark.parametrize("who", ["ben", "bao", "chidi", "dora", "ada", "omar", "farid"])
def test_nobody_else_proposes_for_it(
    ending: Cycle, arts: Department, cast: SimpleNamespace, july: datetime, who: str
) -> None:
    with pytest.raises(NotYours):
        actions.propose(ending, arts, MeasureProposal("Paint", ORIGIN), by=getattr(cast, who), at=july)


def test_an_empty_measure_is_not_proposed(
    ending: Cycle, arts: Department, cast: SimpleNamespace, july: datetime
) -> None:
    with pytest.raises(NotReady):
        actions.propose(ending, arts, MeasureProposal(" ", ORIGIN), by=cast.amina, at=july)


@pytest.mark.parametrize(
    "stray",
    [
        MeasureProposal("Paint", "nonsense"),
        MeasureProposal("Paint", ORIGIN, "javascript:alert(1)"),
        MeasureProposal("Paint", ORIGIN, "/2027/", "no-such-project"),
    ],
)
def test_a_measure_comes_from_a_page_and_is_about_a_project_of_its_department(
    ending: Cycle, arts: Department, cast: SimpleNamespace, july: datetime, stray: MeasureProposal
) -> None:
    with pytest.raises(NotReady):
        actions.propose(ending, arts, stray, by=cast.amina, at=july)


def test_nothing_is_proposed_in_a_closed_year(
    ending: Cycle, arts: Department, cast: SimpleNamespace, july: datetime
) -> None:
    Cycle.objects.update(state="closed", closed_at=july, closed_by=cast.ada)
    with pytest.raises(NotNow):
        actions.propose(ending, arts, MeasureProposal("Paint", ORIGIN), by=cast.amina, at=july)


def test_an_adopted_measure_has_owner_and_due_date_and_the_owner_is_told(
    adopted: Measure, cast: SimpleNamespace
) -> None:
    assert (adopted.state, adopted.owner, adopted.due) == ("adopted", cast.dora, DUE)
    assert Notice.objects.filter(person=cast.dora, verb="adopt").count() == 1


@pytest.mark.parametrize("who", ["amina", "ben", "bao", "chidi", "dora", "ada", "omar"])
def test_only_management_decides(proposed: Measure, cast: SimpleNamespace, july: datetime, who: str) -> None:
    with pytest.raises(NotYours):
        actions.adopt(proposed, Assignment(cast.dora, DUE), by=getattr(cast, who), at=july, seen=1)
    with pytest.raises(NotYours):
        actions.decline(proposed, by=getattr(cast, who), at=july, seen=1, comment="No")


def test_whoever_proposed_does_not_decide(
    ending: Cycle, arts: Department, cast: SimpleNamespace, july: datetime
) -> None:
    measure = actions.propose(ending, arts, MeasureProposal("Paint", ORIGIN), by=cast.emil, at=july)
    with pytest.raises(NotYours) as refusal:
        actions.adopt(measure, Assignment(cast.dora, DUE), by=cast.emil, at=july, seen=1)
    assert refusal.value.way_out == "Elif Aydin can."


def test_the_administrator_with_two_roles_does_not_decide_what_she_proposed(
    ending: Cycle, arts: Department, cast: SimpleNamespace, july: datetime
) -> None:
    Membership.objects.create(person=cast.ada, role=Role.MANAGEMENT, from_on=date(2020, 1, 1))
    measure = actions.propose(ending, arts, MeasureProposal("Paint", ORIGIN), by=cast.ada, at=july)
    with pytest.raises(NotYours):
        actions.adopt(measure, Assignment(cast.dora, DUE), by=cast.ada, at=july, seen=1)


def test_declining_needs_a_reason(proposed: Measure, cast: SimpleNamespace, july: datetime) -> None:
    with pytest.raises(NotReady):
        actions.decline(proposed, by=cast.emil, at=july, seen=1)
    actions.decline(proposed, by=cast.emil, at=july, seen=1, comment="We have one already")
    assert proposed.state == "declined"


@pytest.mark.parametrize("who", ["bao", "omar", "farid"])
def test_the_owner_belongs_to_the_department_or_the_whole_organisation(
    proposed: Measure, cast: SimpleNamespace, july: datetime, who: str
) -> None:
    with pytest.raises(NotReady):
        actions.adopt(proposed, Assignment(getattr(cast, who), DUE), by=cast.emil, at=july, seen=1)
    assert Hindsight.objects.count() == 0


def test_a_due_date_in_the_past_is_refused(proposed: Measure, cast: SimpleNamespace, july: datetime) -> None:
    with pytest.raises(NotReady):
        actions.adopt(proposed, Assignment(cast.dora, date(2028, 7, 11)), by=cast.emil, at=july, seen=1)


def test_an_owner_who_leaves_nobody_to_verify_is_refused(
    ending: Cycle, arts: Department, cast: SimpleNamespace, july: datetime
) -> None:
    measure = actions.propose(ending, arts, MeasureProposal("Paint", ORIGIN), by=cast.emil, at=july)
    elif_ = getattr(cast, "elif")
    with pytest.raises(NotReady) as refusal:
        actions.adopt(measure, Assignment(elif_, DUE), by=elif_, at=july, seen=1)
    assert str(refusal.value.sentence) == "Nobody would be left to verify the measure."


def test_an_owner_of_the_whole_organisation_reports_it_as_done(done: Measure, cast: SimpleNamespace) -> None:
    assert (done.state, done.done_by, done.evidence) == ("done", cast.dora, "rooms.example.org")


def test_the_head_of_the_department_may_report_it_too(adopted: Measure, cast: SimpleNamespace, july: datetime) -> None:
    actions.finish(adopted, evidence="Seen", by=cast.amina, at=july, seen=adopted.version)
    assert adopted.done_by == cast.amina


@pytest.mark.parametrize("who", ["ben", "bao", "chidi", "dev", "emil", "ada", "omar"])
def test_nobody_else_reports_it(adopted: Measure, cast: SimpleNamespace, july: datetime, who: str) -> None:
    with pytest.raises(NotYours):
        actions.finish(adopted, evidence="Seen", by=getattr(cast, who), at=july, seen=adopted.version)


def test_the_deputy_of_the_owner_reports_it(adopted: Measure, cast: SimpleNamespace, july: datetime) -> None:
    Delegation.objects.create(giver=cast.dora, deputy=cast.dev, from_on=date(2028, 7, 1), until_on=date(2028, 7, 31))
    actions.finish(adopted, evidence="Seen", by=cast.dev, at=july, seen=adopted.version)
    assert adopted.done_by == cast.dev


def test_evidence_is_needed(adopted: Measure, cast: SimpleNamespace, july: datetime) -> None:
    with pytest.raises(NotReady):
        actions.finish(adopted, evidence=" ", by=cast.dora, at=july, seen=adopted.version)


def test_management_verifies(done: Measure, cast: SimpleNamespace, july: datetime) -> None:
    actions.verify(done, by=cast.emil, at=july, seen=done.version)
    assert done.state == "verified"


def test_what_matters_most_is_not_verified_once_its_evidence_is_taken_back(
    proposed: Measure, cast: SimpleNamespace, july: datetime
) -> None:
    actions.adopt(proposed, Assignment(cast.dora, DUE, Measure.Priority.HIGH), by=cast.emil, at=july, seen=1)
    paper = paper_on(proposed, by=cast.dora, at=july)
    actions.finish(proposed, evidence="Seen", by=cast.dora, at=july, seen=proposed.version)
    take_back(paper, by=cast.dora, at=july)
    with pytest.raises(NotReady) as refusal:
        actions.verify(proposed, by=cast.emil, at=july, seen=proposed.version)
    said = "It is of high priority: attach a paper that shows that it was done."
    assert [str(one) for one in refusal.value.missing] == [said]
    paper_on(proposed, by=cast.dora, at=july)
    assert actions.verify(proposed, by=cast.emil, at=july, seen=proposed.version).state == "verified"


def test_an_offer_from_before_it_was_adopted_shows_nothing_that_was_done(
    proposed: Measure, cast: SimpleNamespace, july: datetime
) -> None:
    paper_on(proposed, by=cast.dora, at=july - timedelta(hours=1), name="Offer.pdf")
    actions.adopt(proposed, Assignment(cast.dora, DUE, Measure.Priority.HIGH), by=cast.emil, at=july, seen=1)
    with pytest.raises(NotReady) as refusal:
        actions.finish(proposed, evidence="Seen", by=cast.dora, at=july, seen=proposed.version)
    said = "It is of high priority: attach a paper that shows that it was done."
    assert [str(one) for one in refusal.value.missing] == [said]
    paper_on(proposed, by=cast.dora, at=july, content=b"%PDF-1.4 photo")
    assert actions.finish(proposed, evidence="Seen", by=cast.dora, at=july, seen=proposed.version).state == "done"


@pytest.mark.parametrize("who", ["amina", "ben", "dora", "ada", "omar"])
def test_nobody_else_verifies(done: Measure, cast: SimpleNamespace, july: datetime, who: str) -> None:
    with pytest.raises(NotYours):
        actions.verify(done, by=getattr(cast, who), at=july, seen=done.version)


def owned_by_a_manager(measure: Measure, cast: SimpleNamespace, july: datetime) -> User:
    """The measure is Emil's, and Amina reported it as done."""
    actions.adopt(measure, Assignment(cast.emil, DUE), by=getattr(cast, "elif"), at=july, seen=1)
    actions.finish(measure, evidence="Seen", by=cast.amina, at=july, seen=measure.version)
    owner: User = cast.emil
    return owner


def test_the_owner_does_not_verify_even_if_somebody_else_reported_it(
    proposed: Measure, cast: SimpleNamespace, july: datetime
) -> None:
    owner = owned_by_a_manager(proposed, cast, july)
    with pytest.raises(NotYours) as refusal:
        actions.verify(proposed, by=owner, at=july, seen=proposed.version)
    assert refusal.value.way_out == "Elif Aydin can."


def test_the_database_refuses_the_owners_verification(proposed: Measure, cast: SimpleNamespace, july: datetime) -> None:
    owner = owned_by_a_manager(proposed, cast, july)
    with pytest.raises(IntegrityError), transaction.atomic():
        Measure.objects.update(state="verified", verified_by=owner, verified_at=july)


def test_whoever_reported_it_as_done_does_not_verify(done: Measure, cast: SimpleNamespace, july: datetime) -> None:
    Membership.objects.create(person=cast.dora, role=Role.MANAGEMENT, from_on=date(2020, 1, 1))
    with pytest.raises(NotYours):
        actions.verify(done, by=cast.dora, at=july, seen=done.version)
    with pytest.raises(IntegrityError), transaction.atomic():
        Measure.objects.update(state="verified", verified_by=cast.dora, verified_at=july)


def test_a_measure_is_opened_again_with_a_reason_and_done_again(
    done: Measure, cast: SimpleNamespace, july: datetime
) -> None:
    with pytest.raises(NotReady):
        actions.reopen(done, by=cast.emil, at=july, seen=done.version)
    actions.reopen(done, by=cast.emil, at=july, seen=done.version, comment="Two rooms are missing")
    actions.finish(done, evidence="All rooms", by=cast.dora, at=july, seen=done.version)
    assert (done.state, done.evidence) == ("done", "All rooms")


def test_adopting_tells_next_years_planners_once_and_verifying_closes_it(
    adopted: Measure, arts: Department, cast: SimpleNamespace, july: datetime
) -> None:
    notified = Hindsight.objects.get()
    assert (notified.kind, notified.source_id, notified.department, notified.slug, notified.year, notified.text) == (
        "measure",
        adopted.pk,
        arts,
        "story-hours",
        2027,
        "One calendar for all rooms",
    )
    assert (notified.owner_name, notified.due_on, notified.source_url, notified.is_open) == (
        "Dora Weiss",
        DUE,
        "/2027/improvements/1/",
        True,
    )
    actions.finish(adopted, evidence="Seen", by=cast.dora, at=july, seen=adopted.version)
    actions.verify(adopted, by=cast.emil, at=july, seen=adopted.version)
    assert Hindsight.objects.get().is_open is False


def test_a_proposed_or_declined_measure_is_not_told(proposed: Measure, cast: SimpleNamespace, july: datetime) -> None:
    actions.decline(proposed, by=cast.emil, at=july, seen=1, comment="No")
    assert Hindsight.objects.count() == 0


def test_a_measure_is_decided_once(proposed: Measure, cast: SimpleNamespace, july: datetime) -> None:
    other = Measure.objects.get()
    actions.adopt(proposed, Assignment(cast.dora, DUE), by=cast.emil, at=july, seen=1)
    with pytest.raises(NotNow):
        actions.decline(other, by=getattr(cast, "elif"), at=july, seen=1, comment="No")


def test_a_measure_that_is_opened_again_has_a_day_that_is_to_come(
    done: Measure, cast: SimpleNamespace, july: datetime
) -> None:
    late = july + timedelta(days=90)
    with pytest.raises(NotReady) as refusal:
        actions.reopen(done, by=cast.emil, at=late, seen=done.version, comment="Two rooms are missing")
    assert str(refusal.value) == "Its day, 30\N{NO-BREAK SPACE}September 2028, is past. Give a new day."
    with pytest.raises(NotReady):
        actions.reopen(done, by=cast.emil, at=late, seen=done.version, comment="Two are missing", due=late.date())
    new = date(2028, 11, 1)
    actions.reopen(done, by=cast.emil, at=late, seen=done.version, comment="Two rooms are missing", due=new)
    done.refresh_from_db()
    assert (done.state, done.due, Hindsight.objects.get().due_on) == ("adopted", new, new)
