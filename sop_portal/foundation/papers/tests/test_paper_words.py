"""What pages say of papers: their sizes, and checksums by their beginning."""

from collections.abc import Callable
from types import SimpleNamespace

import pytest
from django.test import Client

from budgets.audits import actions as audits
from budgets.models import Finding
from sop_portal.foundation.kit.refusals import Changed
from sop_portal.foundation.organisation.models import User
from sop_portal.foundation.papers.tests.conftest import NOW
from sop_portal.foundation.papers.wording import size_in_words
from sop_portal.foundation.workflow.seen import SeenVersion
from sop_portal.foundation.workflow.table import workflow_of
from sop_portal.tests.papers import paper_on

Browser = Callable[[User], Client]


@pytest.mark.parametrize(
    ("size", "words"),
    [
        (1, "1 kB"),
        (340_000, "340 kB"),
        (999_600, "1.0 MB"),
        (2_400_000, "2.4 MB"),
        (25_000_000, "25 MB"),
        (999_999_999, "1.0 GB"),
        (20_000_000_000, "20 GB"),
        (1_234_000_000_000, "1,234 GB"),
    ],
)
def test_a_size_is_said_in_the_largest_unit_that_fits(size: int, words: str) -> None:
    assert size_in_words(size) == words.replace(" ", "\u00a0")


def page_of(browser: Client, address: str) -> str:
    return browser.get(address).content.decode()


@pytest.mark.usefixtures("in_august")
def test_a_history_says_the_beginning_of_a_checksum_and_the_paper_all_of_it(
    year: SimpleNamespace, cast: SimpleNamespace, as_person: Browser
) -> None:
    finding = Finding.objects.get(audit__department=year.sports.department)
    found, browser = paper_on(finding, by=cast.bao, at=NOW), as_person(cast.dev)
    begins = f"Receipt.pdf (checksum {found.sha256[:8]}…)"
    pages = [page_of(browser, address) for address in (finding.get_absolute_url(), "/trail/")]
    assert [(begins in page, found.sha256 in page) for page in pages] == [(True, False)] * 2
    of_paper = page_of(browser, found.get_absolute_url())
    assert ("Checksum (SHA-256)" in of_paper, found.sha256 in of_paper) == (True, True)


def test_papers_that_changed_are_named_with_the_beginning_of_their_checksum(
    year: SimpleNamespace, cast: SimpleNamespace
) -> None:
    finding = Finding.objects.get(audit__department=year.sports.department)
    seen = SeenVersion.on(workflow_of("finding"), finding)
    found = paper_on(finding, by=cast.bao, at=NOW)
    with pytest.raises(Changed) as refusal:
        audits.reopen(finding, by=cast.dev, at=NOW, seen=seen, comment="Not yet")
    assert refusal.value.differences[0].new == f"Receipt.pdf (checksum {found.sha256[:8]}…)"
