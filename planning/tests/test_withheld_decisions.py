"""A paper does not say that the resource team decided before the department reads what was decided."""

from collections.abc import Callable
from types import SimpleNamespace

from django.test import Client

from planning.requests import actions
from planning.tests.requesting import DURING, ask_bus, decide_all, open_year, submitted
from sop_portal.foundation.kit import clock
from sop_portal.foundation.organisation.models import User
from sop_portal.tests.papers import paper_on

RESTS = "A decision rests on it since"


def test_when_a_request_was_decided_is_read_with_the_decision(
    db: None, cast: SimpleNamespace, as_person: Callable[[User], Client]
) -> None:
    year = open_year(cast)
    ask_bus(year, cast.amina, "5")
    ask_bus(year, cast.bao, "5")
    year = submitted(year, cast)
    paper = paper_on(year.arts, by=cast.amina, at=DURING)
    decide_all(year.arts, cast.chidi)

    def told() -> list[bool]:
        with clock.at(DURING):
            pages = [as_person(person).get(paper.get_absolute_url()) for person in (cast.amina, cast.chidi)]
        return [RESTS in page.content.decode() for page in pages]

    assert told() == [False, True]
    year.arts.refresh_from_db()
    actions.allocate(year.arts, by=cast.chidi, at=DURING, seen=year.arts.version)
    assert told() == [True, True]
