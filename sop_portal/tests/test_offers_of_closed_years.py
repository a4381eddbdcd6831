"""In a closed year no page offers what its act would refuse: every page is walked, link by link, by everybody."""

from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.urls import resolve

from planning.models import Cycle
from sop_portal.foundation.kit import clock
from sop_portal.foundation.kit.closed_years import LIVES_ON, lives_on
from sop_portal.tests.every_act import NOW, filled_year
from sop_portal.tests.shared_fixtures import shared_fixture
from sop_portal.tests.walking import name_of, walked

NOT_NOW = 409
WALKERS = ("ada", "amina", "ben", "chidi", "dora", "emil")
# Where a form of a closed year may lead: what lives on, and what is of no year.
OF_NO_YEAR = {"set_language", "account_logout", "history-undo", "history-upload", "past-figure", "fund", "funds"}
OFFERED = OF_NO_YEAR | {"comment"} | {f"{kind}-{act}" for kind, living in LIVES_ON.items() for act in living.acts}


@shared_fixture
def closed(cast: SimpleNamespace) -> SimpleNamespace:
    """A year with a record of every kind, closed while most of them are still in a state that acts take."""
    year = filled_year(cast)
    Cycle.objects.filter(pk=year.cycle.pk).update(state="closed", closed_at=NOW, closed_by=cast.ada)
    return year


def is_taken(path: str) -> bool:
    """Whether what a form asks for is still taken: by its address, or by the kind and the step that stand in it."""
    found = resolve(path)
    kind, step = str(found.kwargs.get("kind", "")), str(found.kwargs.get("step", ""))
    if found.url_name == "paper-attach":
        return lives_on(kind, "attach-paper")
    asked_of = (found.url_name or "").removesuffix("-step")
    return found.url_name in OFFERED or bool(step and lives_on(asked_of, step))


def is_form(link: str) -> bool:
    """Whether a link of the year leads to the address of a form."""
    path = urlsplit(link).path
    return path.startswith("/2027/") and bool(name_of(path)) and resolve(path).func.__name__ == "both"


@pytest.mark.walk
@pytest.mark.slow
@pytest.mark.parametrize("who", WALKERS)
def test_no_page_of_a_closed_year_offers_an_act(closed: SimpleNamespace, as_person: Any, who: str) -> None:
    with clock.at(NOW):
        browser = as_person(getattr(closed.cast, who))
        pages = walked(browser, "/2027/")
        linked = {link.partition("#")[0]: url for url, read in pages.items() for link in read.links if is_form(link)}
        shut = [(url, link) for link, url in linked.items() if browser.get(link).status_code == NOT_NOW]
    assert shut == []
    offered = {(name_of(urlsplit(url).path), path) for url, read in pages.items() for path in read.forms}
    assert sorted((page, path) for page, path in offered if not is_taken(path)) == []
