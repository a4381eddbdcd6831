"""A paper with many older versions shows the newest few; all of them are on a page of their own."""

import re
from collections.abc import Callable
from types import SimpleNamespace

import pytest
from django.test import Client

from budgets.models import Expense
from sop_portal.foundation.organisation.actor import Actor
from sop_portal.foundation.organisation.models import User
from sop_portal.foundation.papers import actions
from sop_portal.foundation.papers.actions import NewPaper
from sop_portal.foundation.papers.models import Paper
from sop_portal.foundation.papers.pages.viewing import VERSIONS_AT_ONCE as SIZE
from sop_portal.foundation.papers.shown import OLDER_SHOWN, shown_papers
from sop_portal.foundation.papers.tests.conftest import NOW
from sop_portal.tests.papers import paper_on, waiting
from sop_portal.tests.shared_fixtures import shared_fixture

Browser = Callable[[User], Client]
VERSIONS = SIZE + 5


@shared_fixture
def papers(year: SimpleNamespace, cast: SimpleNamespace) -> list[Paper]:
    """An offer and all that replaced it, the newest first; another paper stands beside it."""
    expense = Expense.objects.filter(corrects=None, department=year.sports.department).order_by("pk")[0]
    paper_on(expense, by=cast.dora, at=NOW, name="Receipt.pdf")
    found = [paper_on(expense, by=cast.dora, at=NOW, name="Offer 0.pdf", content=b"%PDF-0")]
    for number in range(1, VERSIONS):
        new = NewPaper(waiting(cast.dora, NOW, f"Offer {number}.pdf", b"%%PDF-%d" % number))
        found.insert(0, actions.replace(found[0], new, by=cast.dora, at=NOW))
    return found


def shown_on(page: str) -> list[int]:
    return [int(key) for key in re.findall(r'<a class="rowlink" href="/papers/([0-9]+)/"', page)]


def test_a_record_shows_the_newest_few_and_leads_to_the_others(
    papers: list[Paper], expense: Expense, cast: SimpleNamespace, as_person: Browser
) -> None:
    receipt, offer = shown_papers("expense", expense, Actor.of(cast.dora, NOW))
    assert [older.paper for older in offer.older] == papers[1 : 1 + OLDER_SHOWN]
    assert (offer.paper, offer.older_count, receipt.older_count) == (papers[0], VERSIONS - 1, 0)
    page = as_person(cast.dora).get(expense.get_absolute_url()).content.decode()
    assert (f"{VERSIONS - 1} older versions" in page, page.count("/versions/")) == (True, 1)
    assert f'<a href="/papers/{papers[0].pk}/versions/">All versions</a>' in page


@pytest.mark.parametrize("number", [0, 9, VERSIONS - 1])
def test_from_any_version_one_goes_through_all_of_them_page_by_page(
    number: int, papers: list[Paper], cast: SimpleNamespace, as_person: Browser
) -> None:
    browser, url = as_person(cast.dora), f"/papers/{papers[number].pk}/versions/"
    assert f'href="{url}"' in browser.get(papers[number].get_absolute_url()).content.decode()
    first = browser.get(url).content.decode()
    second = browser.get(f"{url}?from={SIZE}").content.decode()
    keys = [paper.pk for paper in papers]
    assert (shown_on(first), shown_on(second)) == (keys[:SIZE], keys[SIZE:])
    assert [page.count("the newest version") for page in (first, second)] == [1, 0]
    assert f'href="?from={SIZE}"' in first


def test_all_versions_are_seen_by_whoever_sees_the_record(
    papers: list[Paper], cast: SimpleNamespace, as_person: Browser
) -> None:
    url = f"/papers/{papers[0].pk}/versions/"
    seen = {name: as_person(getattr(cast, name)).get(url).status_code for name in ("bao", "omar", "amina", "farid")}
    assert seen == {"bao": 200, "omar": 200, "amina": 404, "farid": 403}


def test_a_paper_without_older_versions_leads_nowhere_and_one_that_was_taken_back_has_none(
    expense: Expense, cast: SimpleNamespace, as_person: Browser
) -> None:
    paper, browser = paper_on(expense, by=cast.dora, at=NOW), as_person(cast.dora)
    assert "/versions/" not in browser.get(paper.get_absolute_url()).content.decode()
    assert browser.get(f"/papers/{paper.pk}/versions/").status_code == 200
    actions.take_back(paper, by=cast.dora, at=NOW)
    assert browser.get(f"/papers/{paper.pk}/versions/").status_code == 404
