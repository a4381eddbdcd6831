"""What a page offers opens for whoever reads it: no link of a record, a list or a refusal leads to a closed door."""

import re
from collections.abc import Callable, Iterator
from html import unescape
from types import SimpleNamespace

import pytest
from django.test import Client

from sop_portal.foundation.kit import clock
from sop_portal.foundation.kit.addresses import address
from sop_portal.foundation.organisation.actor import Actor
from sop_portal.foundation.organisation.models import User
from sop_portal.stages import ALL_WORKFLOWS, SECTIONS
from sop_portal.tests.every_act import NOW, filled_year
from sop_portal.tests.shared_fixtures import shared_fixture

pytestmark = pytest.mark.slow
LINK = re.compile(r'<a\b[^>]*?href="(/[^"#]*)[^"]*"[^>]*>')
# A disabled button is drawn as a link that says why it does not open; and one that leaves the portal.
SHUT = ('aria-disabled="true"', "/account/logout/")
MOST_LINKS = 400


@shared_fixture
def year(cast: SimpleNamespace) -> SimpleNamespace:
    """A year with a record of every kind."""
    return filled_year(cast)


def pages_of(person: User) -> Iterator[str]:
    """My work, every list of the navigation, and every record this person may see."""
    yield "/"
    yield from (address(page.url_name, 2027) for section in SECTIONS for page in section.pages)
    actor = Actor.of(person, NOW)
    for workflow in ALL_WORKFLOWS:
        for record in workflow.model._default_manager.visible_to(actor).order_by("pk")[:6]:
            yield record.get_absolute_url()


def links_in(text: str) -> set[str]:
    """Where the links within the page itself lead; those of the frame around it are the navigation's."""
    main = text[text.find("<main") : text.find("</main>")]
    found = (match for match in LINK.finditer(main) if not any(word in match[0] for word in SHUT))
    return {unescape(match[1]) for match in found}


@pytest.mark.walk
@pytest.mark.parametrize("name", ["amina", "ben", "bao", "chidi", "dora", "emil", "ada", "omar"])
def test_every_link_that_a_page_offers_opens(
    year: SimpleNamespace, as_person: Callable[[User], Client], name: str
) -> None:
    person = getattr(year.cast, name)
    browser, offered = as_person(person), dict[str, str]()
    with clock.at(NOW):
        for page in pages_of(person):
            answer = browser.get(page, follow=True)
            if answer.status_code == 200:
                offered |= dict.fromkeys(links_in(answer.content.decode()), page)
        # From wherever a change is proposed, it is one form.
        tried = sorted({url.partition("came_from=")[0]: url for url in offered}.values())[:MOST_LINKS]
        found = {url: browser.get(url, follow=True).status_code for url in tried}
    shut = {(url, offered[url]): status for url, status in found.items() if status != 200}
    assert (len(tried) > 20, shut) == (True, {})
