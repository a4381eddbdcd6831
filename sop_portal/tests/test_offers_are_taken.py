"""What a page offers, its act takes from whoever reads it: every form on the page of every record."""

from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django.urls import resolve

from sop_portal.foundation.kit import clock
from sop_portal.foundation.organisation.actor import Actor
from sop_portal.foundation.organisation.models import User
from sop_portal.stages import ALL_WORKFLOWS
from sop_portal.tests.every_act import NOW, filled_year
from sop_portal.tests.shared_fixtures import shared_fixture
from sop_portal.tests.walking import Read

READERS = ("ada", "amina", "ben", "bao", "chidi", "dora", "emil", "omar")
MOST_OF_A_KIND = 3


@shared_fixture
def year(cast: SimpleNamespace) -> SimpleNamespace:
    """A year with a record of every kind; its meeting is called and still to come."""
    return filled_year(cast)


def forms_offered(browser: Client, actor: Actor) -> dict[str, str]:
    """Where the forms on the pages of records lead, and on which page each stands."""
    found: dict[str, str] = {}
    for workflow in ALL_WORKFLOWS:
        for record in workflow.model._default_manager.visible_to(actor).order_by("pk")[:MOST_OF_A_KIND]:
            page = Read(record.get_absolute_url())
            page.feed(browser.get(page.base, follow=True).content.decode())
            found |= dict.fromkeys(page.forms, page.base)
    return found


def is_refused(actor: Actor, path: str) -> bool:
    """Whether this person has no right at all to what a form asks for."""
    _kind, capability = getattr(resolve(path).func, "access", ("", None))
    return capability is not None and not actor.may(capability)


@pytest.mark.walk
@pytest.mark.slow
@pytest.mark.parametrize("who", READERS)
def test_no_page_of_a_record_offers_a_form_that_its_reader_has_no_right_to(
    year: SimpleNamespace, as_person: Any, who: str
) -> None:
    person: User = getattr(year.cast, who)
    with clock.at(NOW):
        actor = Actor.of(person, NOW)
        offered = forms_offered(as_person(person), actor)
    refused = {path: page for path, page in offered.items() if is_refused(actor, path)}
    # The auditor reads, and is offered nothing to send but what stands around every page.
    assert (len(offered) > 1 or who == "omar", refused) == (True, {})
