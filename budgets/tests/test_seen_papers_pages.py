"""What a remedy is verified by is what was seen: papers attached, replaced or taken back meanwhile are named first."""

import re
from collections.abc import Callable, Iterator
from datetime import date, datetime
from types import SimpleNamespace

import pytest
from django.test import Client

from budgets.audits import actions
from budgets.audits.actions import AuditPlan, Observation
from budgets.models import Finding
from budgets.tests.browsing import LogIn, post
from planning.models import Cycle, Project
from sop_portal.foundation.kit import clock
from sop_portal.foundation.kit.refusals import NotReady
from sop_portal.foundation.organisation.models import Department
from sop_portal.foundation.papers.actions import NewPaper, replace, take_back
from sop_portal.foundation.papers.models import Paper
from sop_portal.tests.page_text import words_of
from sop_portal.tests.papers import paper_on, waiting
from sop_portal.tests.shared_fixtures import shared_fixture

DUE = date(2027, 6, 1)
CHANGED = "The papers changed since you opened this, so nothing was decided."
LACKS = "No paper shows the remedy yet: attach one, such as the new rule, the receipt or a photo."


@shared_fixture
def finding(allocated: Cycle, arts: Department, cast: SimpleNamespace, may: datetime) -> Finding:
    """A finding that Ben remedied, with two papers of his."""
    project = Project.objects.get(name="Story hours")
    audit = actions.plan(allocated, AuditPlan("Use of the grant", arts, DUE, project), by=cast.dora, at=may)
    actions.begin(audit, by=cast.dora, at=may, seen=1)
    found = actions.find(audit, Observation("Two receipts are missing", DUE), by=cast.dora, at=may, seen=1)
    audit.refresh_from_db()
    actions.ask(audit, by=cast.dora, at=may, seen=audit.version)
    found.refresh_from_db()
    actions.answer(found, by=cast.amina, at=may, seen=found.version, comment="We look for them")
    for name in ("First.pdf", "Second.pdf"):
        paper_on(found, by=cast.ben, at=may, name=name, content=name.encode())
    return actions.remedy(found, by=cast.ben, at=may, seen=found.version, comment="Both were found")


@pytest.fixture(autouse=True)
def now(may: datetime) -> Iterator[None]:
    with clock.at(may):
        yield


def seen_on(browser: Client, url: str) -> str:
    """What the page of the step carries to its act."""
    return str(re.findall(r'name="seen" value="([^"]+)"', browser.get(url).content.decode())[0])


def attach_third(finding: Finding, cast: SimpleNamespace, at: datetime) -> None:
    paper_on(finding, by=cast.amina, at=at, name="Third.pdf", content=b"Third.pdf")


def replace_second(finding: Finding, cast: SimpleNamespace, at: datetime) -> None:
    new = NewPaper(waiting(cast.ben, at, "Other.pdf", b"Other.pdf"))
    replace(Paper.objects.get(name="Second.pdf"), new, by=cast.ben, at=at)


def take_second_back(finding: Finding, cast: SimpleNamespace, at: datetime) -> None:
    take_back(Paper.objects.get(name="Second.pdf"), by=cast.ben, at=at)


@pytest.mark.parametrize(
    ("change", "called", "old", "new"),
    [
        (attach_third, "Attach paper", "", "Third.pdf"),
        (replace_second, "Replace paper", "Second.pdf", "Other.pdf"),
        (take_second_back, "Take paper back", "Second.pdf", ""),
    ],
)
def test_a_remedy_is_not_verified_by_papers_nobody_saw(
    finding: Finding,
    cast: SimpleNamespace,
    as_person: LogIn,
    may: datetime,
    change: Callable[[Finding, SimpleNamespace, datetime], None],
    called: str,
    old: str,
    new: str,
) -> None:
    finance, url = as_person(cast.dev), f"{finding.get_absolute_url()}verify/"
    seen = seen_on(finance, url)
    change(finding, cast, may)
    refused = post(finance, url, seen=seen)
    named = [
        (row.label, row.old.split(" (")[0], row.new.split(" (")[0]) for row in refused.context["refusal"].differences
    ]
    assert (refused.status_code, CHANGED in words_of(refused), named) == (409, True, [(called, old, new)])
    assert post(finance, url, seen=seen_on(finance, url)).status_code == 302
    assert Finding.objects.get().state == "verified"


def test_the_own_paper_stands_in_nobodys_way(
    finding: Finding, cast: SimpleNamespace, as_person: LogIn, may: datetime
) -> None:
    finance, url = as_person(cast.dev), f"{finding.get_absolute_url()}verify/"
    seen = seen_on(finance, url)
    paper_on(finding, by=cast.dev, at=may, name="Looked at.pdf", content=b"Looked at")
    assert post(finance, url, seen=seen).status_code == 302


def test_of_the_papers_nothing_is_asked_where_no_page_was_opened(
    finding: Finding, cast: SimpleNamespace, may: datetime
) -> None:
    seen = finding.version
    attach_third(finding, cast, may)
    assert actions.verify(finding, by=cast.dev, at=may, seen=seen).state == "verified"


@pytest.mark.parametrize("seen", ["", "-", "-1", "3-", "3-x", "x-3", "3--3", "3-3-3", "3-99999999999"])
def test_what_no_page_carries_is_asked_again(
    finding: Finding, cast: SimpleNamespace, as_person: LogIn, seen: str
) -> None:
    assert post(as_person(cast.dev), f"{finding.get_absolute_url()}verify/", seen=seen).status_code == 422


def test_a_remedy_without_its_papers_is_not_verified(
    finding: Finding, cast: SimpleNamespace, as_person: LogIn, may: datetime
) -> None:
    finance, url = as_person(cast.dev), f"{finding.get_absolute_url()}verify/"
    seen = seen_on(finance, url)
    for paper in Paper.objects.all():
        take_back(paper, by=cast.ben, at=may)
    refused = post(finance, url, seen=seen)
    assert (refused.status_code, LACKS in words_of(refused), LACKS in words_of(finance.get(url))) == (422, True, True)
    with pytest.raises(NotReady):
        actions.verify(finding, by=cast.dev, at=may, seen=finding.version)
    attach_third(finding, cast, may)
    assert post(finance, url, seen=seen_on(finance, url)).status_code == 302
