"""What those who decide put beside a record is theirs until the department reads what they decided, papers too."""

from collections.abc import Iterator
from datetime import date, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client

from budgets.audits import actions as audits
from budgets.audits.actions import AuditPlan, Observation
from budgets.models import Audit, Budget
from budgets.tests.browsing import LogIn
from planning.models import Cycle, Project, ResourceRequest
from sop_portal.foundation.kit import clock
from sop_portal.foundation.organisation.actor import Actor
from sop_portal.foundation.organisation.models import Delegation, Department, User
from sop_portal.foundation.papers.actions import NewPaper, replace, take_back
from sop_portal.foundation.papers.models import Paper
from sop_portal.foundation.papers.queries import visible_papers
from sop_portal.foundation.trail.models import Entry
from sop_portal.foundation.workflow.actions import comment
from sop_portal.tests.papers import paper_on, waiting
from sop_portal.tests.shared_fixtures import shared_fixture

DUE = date(2027, 6, 1)
SECRET = "Zinfandel"


@shared_fixture
def audited(allocated: Cycle, arts: Department, cast: SimpleNamespace, may: datetime) -> Audit:
    """An audit of the story hours that Ben leads, begun by Dora, with a finding nobody is asked about yet."""
    project = Project.objects.get(name="Story hours")
    planned = audits.plan(allocated, AuditPlan("Use of the grant", arts, DUE, project), by=cast.dora, at=may)
    begun = audits.begin(planned, by=cast.dora, at=may, seen=1)
    audits.find(begun, Observation("Two receipts are missing", DUE), by=cast.dora, at=may, seen=1)
    begun.refresh_from_db()
    return begun


@pytest.fixture(autouse=True)
def now(may: datetime) -> Iterator[None]:
    with clock.at(may):
        yield


def seen_by(browser: Client, record: Any, paper: Paper) -> set[str]:
    """Where somebody comes upon a paper: its pages, its record, list, search, trail."""
    own = [f"/papers/{paper.pk}/", f"/files/{paper.pk}/"]
    found = {url for url in own if browser.get(url).status_code == 200}
    pages = [record.get_absolute_url(), "/2027/papers/", f"/search/?q={SECRET}", "/trail/"]
    for url in pages:
        answer = browser.get(url, follow=True)
        assert answer.status_code == 200, url
        # The search repeats what was searched for.
        if f"{SECRET} Survey" in answer.content.decode():
            found.add(url)
    return found


def test_papers_of_an_audit_under_way_are_read_when_answers_are_asked_for(
    audited: Audit, cast: SimpleNamespace, may: datetime, as_person: LogIn
) -> None:
    theirs = paper_on(audited, by=cast.dora, at=may, name=f"{SECRET} Survey.pdf", description=f"{SECRET} Survey")
    ours = paper_on(audited, by=cast.ben, at=may, name="Ours.pdf", content=b"%PDF-ours")
    everywhere = seen_by(as_person(cast.omar), audited, theirs)
    assert len(everywhere) == 6
    assert seen_by(as_person(cast.amina), audited, theirs) == set()
    assert "Ours.pdf" in as_person(cast.amina).get(audited.get_absolute_url()).content.decode()
    # Of a newer version in the place of one's own nothing is told either.
    newer = replace(ours, NewPaper(waiting(cast.dora, may, content=b"%PDF-newer"), SECRET), by=cast.dora, at=may)
    page = as_person(cast.amina).get(ours.get_absolute_url()).content.decode()
    assert (str(newer.get_absolute_url()) in page, "newer version of this paper" in page) == (False, False)
    lists = [as_person(one).get(f"/papers/{ours.pk}/versions/").content.decode() for one in (cast.dora, cast.amina)]
    assert [(newer.get_absolute_url() in page, ours.get_absolute_url() in page) for page in lists] == [
        (True, True),
        (False, True),
    ]
    audits.ask(audited, by=cast.dora, at=may, seen=audited.version)
    assert seen_by(as_person(cast.amina), audited, theirs) == everywhere
    assert visible_papers(Actor.of(cast.amina, may)).filter(pk=newer.pk).exists()


def test_a_paper_taken_back_while_it_was_withheld_is_told_later(
    audited: Audit, cast: SimpleNamespace, may: datetime
) -> None:
    theirs = paper_on(audited, by=cast.dora, at=may, name=f"{SECRET}.pdf")
    take_back(theirs, by=cast.dora, at=may)
    comment("audit", audited, "We wait", by=cast.amina, at=may)

    def told(person: User) -> list[str]:
        return list(
            Entry.objects.of("audit", audited.pk).visible_to(Actor.of(person, may)).values_list("verb", flat=True)
        )

    assert told(cast.dora)[:3] == ["comment", "take-back-paper", "attach-paper"]
    assert told(cast.amina)[0] == "comment"
    assert not {"take-back-paper", "attach-paper"} & set(told(cast.amina))


def test_a_paper_of_the_resource_team_is_read_once_the_request_is_allocated(
    allocated: Cycle, arts: Department, cast: SimpleNamespace, may: datetime
) -> None:
    request = ResourceRequest.objects.get(department=arts)
    theirs = paper_on(request, by=cast.chidi, at=may)
    ours = paper_on(request, by=cast.amina, at=may, content=b"%PDF-ours")
    seen = visible_papers(Actor.of(cast.amina, may))
    assert set(seen) == {theirs, ours}
    ResourceRequest.objects.filter(pk=request.pk).update(state="submitted", allocated_at=None, allocated_by=None)
    assert set(visible_papers(Actor.of(cast.amina, may))) == {ours}
    assert set(visible_papers(Actor.of(cast.chidi, may))) == {theirs, ours}


def test_a_paper_of_a_draft_budget_is_read_when_it_is_shared(
    amendment: Budget, cast: SimpleNamespace, may: datetime
) -> None:
    paper = paper_on(amendment, by=cast.dora, at=may)
    assert list(visible_papers(Actor.of(cast.amina, may))) == []
    assert list(visible_papers(Actor.of(cast.emil, may))) == [paper]
    Budget.objects.filter(pk=amendment.pk).update(state="shared", shared_at=may, shared_by=cast.dora)
    assert list(visible_papers(Actor.of(cast.amina, may))) == [paper]


def test_whoever_stands_in_for_the_department_writes_for_it(
    audited: Audit, arts: Department, cast: SimpleNamespace, may: datetime
) -> None:
    day = Actor.of(cast.amina, may).on
    Delegation.objects.create(giver=cast.amina, deputy=cast.bao, from_on=day, until_on=day)
    paper = paper_on(audited, by=cast.bao, at=may)
    assert list(visible_papers(Actor.of(cast.ben, may))) == [paper]


def test_whoever_decides_is_told_that_the_department_reads_it_later(
    audited: Audit, cast: SimpleNamespace, may: datetime, as_person: LogIn
) -> None:
    said = "The department sees what you attach here as soon as it sees what was decided."
    shown = [said in as_person(one).get(audited.get_absolute_url()).content.decode() for one in (cast.dora, cast.amina)]
    assert shown == [True, False]
    audits.ask(audited, by=cast.dora, at=may, seen=audited.version)
    assert said not in as_person(cast.dora).get(audited.get_absolute_url()).content.decode()
