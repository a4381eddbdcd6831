"""In a closed year no page offers what its act would refuse: every page is walked, link by link, by everybody."""

from collections import deque
from html.parser import HTMLParser
from types import SimpleNamespace
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
from django.urls import Resolver404, resolve

from planning.models import Cycle
from sop_portal.foundation.kit import clock
from sop_portal.foundation.kit.closed_years import LIVES_ON, lives_on
from sop_portal.tests.every_act import NOW, filled_year
from sop_portal.tests.shared_fixtures import shared_fixture

WALKERS = ("ada", "amina", "ben", "chidi", "dora", "emil")
MOST_OF_A_KIND = 3
# Where a form of a closed year may lead: what lives on, and what is of no year.
OF_NO_YEAR = {"set_language", "account_logout", "history-undo", "history-upload", "past-figure"}
OFFERED = OF_NO_YEAR | {"comment"} | {f"{kind}-{act}" for kind, living in LIVES_ON.items() for act in living.acts}


class Read(HTMLParser):
    """The links and the forms of a page."""

    def __init__(self, base: str) -> None:
        super().__init__()
        self.base = base
        self.links: list[str] = []
        self.forms: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note where a link or a form leads."""
        found = dict(attrs)
        if tag == "a" and found.get("href"):
            self.links.append(urljoin(self.base, found["href"] or ""))
        if tag == "form" and (found.get("method") or "").lower() == "post":
            self.forms.append(urlsplit(urljoin(self.base, found.get("action") or "")).path)


@shared_fixture
def closed(cast: SimpleNamespace) -> SimpleNamespace:
    """A year with a record of every kind, closed while most of them are still in a state that acts take."""
    year = filled_year(cast)
    Cycle.objects.filter(pk=year.cycle.pk).update(state="closed", closed_at=NOW, closed_by=cast.ada)
    return year


def name_of(path: str) -> str:
    try:
        return resolve(path).url_name or ""
    except Resolver404:
        return ""


def is_taken(path: str) -> bool:
    """Whether what a form asks for is still taken: by its address, or by the kind and the step that stand in it."""
    found = resolve(path)
    kind, step = str(found.kwargs.get("kind", "")), str(found.kwargs.get("step", ""))
    if found.url_name == "paper-attach":
        return lives_on(kind, "attach-paper")
    asked_of = (found.url_name or "").removesuffix("-step")
    return found.url_name in OFFERED or bool(step and lives_on(asked_of, step))


def walked(client: Any, start: str) -> dict[str, Read]:
    """Every page that a person comes to from here within the year, a few of each kind."""
    waiting, seen, kinds = deque([start]), set[str](), dict[str, int]()
    found: dict[str, Read] = {}
    while waiting:
        url = waiting.popleft()
        name = name_of(urlsplit(url).path)
        if url in seen or kinds.get(name, 0) >= MOST_OF_A_KIND:
            continue
        seen.add(url)
        answer = client.get(url)
        if answer.status_code != 200 or "html" not in answer.headers["Content-Type"]:
            continue
        kinds[name] = kinds.get(name, 0) + 1
        read = found[url] = Read(url)
        read.feed(answer.content.decode())
        waiting.extend(link for link in read.links if urlsplit(link).path.startswith("/2027/"))
    return found


@pytest.mark.walk
@pytest.mark.slow
@pytest.mark.parametrize("who", WALKERS)
def test_no_page_of_a_closed_year_offers_an_act(closed: SimpleNamespace, as_person: Any, who: str) -> None:
    with clock.at(NOW):
        pages = walked(as_person(getattr(closed.cast, who)), "/2027/")
    offered = {(name_of(urlsplit(url).path), path) for url, read in pages.items() for path in read.forms}
    assert sorted((page, path) for page, path in offered if not is_taken(path)) == []
