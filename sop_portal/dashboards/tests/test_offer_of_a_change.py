"""A change of the process is proposed from anywhere: every page of a year and of the handbook leads to the form."""

from types import SimpleNamespace
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client

from evaluations.models import ChangeProposal
from evaluations.tests.posting import send
from planning.models import Cycle
from sop_portal.foundation.kit import clock
from sop_portal.tests.every_act import NOW, filled_year
from sop_portal.tests.shared_fixtures import shared_fixture
from sop_portal.tests.small_year import every_kind

OF_NO_YEAR = ("/handbook/", "/handbook/request/", "/handbook/roles/", "/handbook/book/")
LISTS = ("windows", "feedback", "lessons", "improvements", "meetings", "training", "forecasts", "dashboard")


@shared_fixture
def year(cast: SimpleNamespace) -> SimpleNamespace:
    """A year with a record of every kind."""
    return filled_year(cast)


def offered(browser: Client, page: str) -> bool:
    """Whether a page leads to the form, which then knows where the idea came up."""
    text = browser.get(page, follow=True).content.decode()
    return f'href="/2027/proposals/new/?{urlencode({"came_from": page})}"' in text


@pytest.mark.walk
@pytest.mark.slow
def test_every_page_of_a_year_and_of_the_handbook_leads_to_the_form(year: SimpleNamespace, as_person: Any) -> None:
    browser = as_person(year.cast.amina)
    records = [every_kind()[kind] for kind in ("measure", "feedback", "meeting", "issue", "evaluation")]
    pages = [*OF_NO_YEAR, *(f"/2027/{name}/" for name in LISTS), *(record.get_absolute_url() for record in records)]
    with clock.at(NOW):
        assert [page for page in pages if not offered(browser, page)] == []


def test_who_may_not_propose_is_offered_nothing_and_a_closed_year_takes_nothing(
    year: SimpleNamespace, as_person: Any
) -> None:
    with clock.at(NOW):
        auditor = [offered(as_person(year.cast.omar), page) for page in OF_NO_YEAR]
        Cycle.objects.filter(pk=year.cycle.pk).update(state="closed", closed_at=NOW, closed_by=year.cast.ada)
        closed = [offered(as_person(year.cast.amina), page) for page in (*OF_NO_YEAR, "/2027/windows/")]
    assert (any(auditor), any(closed)) == (False, False)


def test_the_proposal_leads_back_to_the_page_it_came_up_on(year: SimpleNamespace, as_person: Any) -> None:
    browser, typed = (
        as_person(year.cast.amina),
        {"area": "guide", "title": "Shorter", "what": "Half", "because": "Time"},
    )
    with clock.at(NOW):
        form = browser.get("/2027/proposals/new/?came_from=%2Fhandbook%2Frequest%2F").context["form"]
        answer = send(browser, "/2027/proposals/new/", origin_url=form["origin_url"].value(), **typed)
        made = ChangeProposal.objects.get(title="Shorter")
        assert (answer.status_code, made.origin_url) == (302, "/handbook/request/")
        assert 'href="/handbook/request/"' in browser.get(made.get_absolute_url()).content.decode()
