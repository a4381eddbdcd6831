"""What is ordinary on the allocation board can be granted together; the rest is looked at one by one."""

from datetime import datetime
from types import SimpleNamespace

import pytest
from django.test import Client

from planning.models import RequestLine
from planning.requests import actions
from planning.requests.pages.board_rows import BoardGroups
from planning.tests.requesting import DURING, Browser, ask_bus, decide, open_year, post, submitted
from sop_portal.foundation.organisation.models import User
from sop_portal.tests.shared_fixtures import shared_fixture

BOARD = "/2027/allocation/"
TOGETHER = f"{BOARD}together/"


@shared_fixture
def year(cast: SimpleNamespace, during: datetime) -> SimpleNamespace:
    """Both requests are submitted; together they ask for more money, hours and days than there are."""
    year = open_year(cast)
    year.line = ask_bus(year, cast.amina)
    submitted(year, cast)
    return year


def groups(client: Client) -> BoardGroups:
    found: BoardGroups = client.get(BOARD).context["groups"]
    return found


def test_what_is_forecast_and_fits_after_what_scores_higher_stands_together(
    year: SimpleNamespace, cast: SimpleNamespace, as_person: Browser
) -> None:
    found = groups(as_person(cast.chidi))
    assert {(row.line.request.department.slug, row.line.called) for row in found.together} == {
        ("arts", "People (hours)"),
        ("arts", "Materials"),
        ("arts", "Money, without materials"),
        ("sports", "Materials"),
    }
    assert {(row.line.request.department.slug, row.line.called) for row in found.singly} == {
        ("arts", "Bookmobile"),
        ("sports", "People (hours)"),
        ("sports", "Money, without materials"),
    }


def test_nothing_is_ticked_before_somebody_ticks_it(
    year: SimpleNamespace, cast: SimpleNamespace, as_person: Browser
) -> None:
    page = as_person(cast.chidi).get(BOARD).content.decode()
    assert (page.count('form="together"'), " checked" in page) == (4, False)


def test_those_who_only_look_have_nothing_to_tick(
    year: SimpleNamespace, cast: SimpleNamespace, as_person: Browser
) -> None:
    assert 'form="together"' not in as_person(cast.dora).get(BOARD).content.decode()


def test_what_is_ticked_is_granted_in_full_with_its_reason(
    year: SimpleNamespace, cast: SimpleNamespace, as_person: Browser
) -> None:
    client = as_person(cast.chidi)
    ticked = [row.ticked for row in groups(client).together]
    done = post(client, f"{TOGETHER}?show=open", line=ticked, reason="As forecast.")
    assert (done.status_code, done["Location"]) == (302, f"{BOARD}?show=open")
    granted = RequestLine.objects.filter(decision="full", reason="As forecast.", decided_by=cast.chidi)
    assert sorted(granted.values_list("quantity", "granted")) == sorted((q, q) for q in (120, 300, 300, 1200))
    assert RequestLine.objects.filter(decision="open").count() == 3


def test_together_or_not_at_all(year: SimpleNamespace, cast: SimpleNamespace, as_person: Browser) -> None:
    client = as_person(cast.chidi)
    found = groups(client)
    too_much = [row.ticked for row in [*found.together, *found.singly]]
    assert post(client, TOGETHER, line=too_much).status_code == 422
    assert RequestLine.objects.exclude(decision="open").count() == 0


def test_what_a_colleague_decided_meanwhile_is_refused(
    year: SimpleNamespace, cast: SimpleNamespace, as_person: Browser
) -> None:
    client = as_person(cast.chidi)
    rows = groups(client).together
    decide(rows[0].line, cast.chen, "refused", 0, "No room.")
    assert post(client, TOGETHER, line=[row.ticked for row in rows]).status_code == 409
    assert RequestLine.objects.filter(decision="full").count() == 0


def test_a_low_score_is_looked_at_by_itself(year: SimpleNamespace, cast: SimpleNamespace, as_person: Browser) -> None:
    line = groups(as_person(cast.chidi)).together[0].line
    actions.set_importance(line.project, 1, by=cast.chidi, at=DURING)
    actions.score_line(line, actions.LineRating(1, 1), by=cast.chidi, at=DURING, seen=line.request.version)
    assert line.pk in {row.line.pk for row in groups(as_person(cast.chidi)).singly}


@pytest.mark.parametrize("values", [[], ["x"], ["1|x|open 0"], ["1|1"]])
def test_without_a_tick_nothing_is_decided_and_the_page_says_so(
    year: SimpleNamespace, cast: SimpleNamespace, as_person: Browser, values: list[str]
) -> None:
    refused = post(as_person(cast.chidi), TOGETHER, line=values)
    assert (refused.status_code, "No line is ticked" in refused.content.decode()) == (422, True)


@pytest.mark.parametrize("name", ["amina", "dora", "emil", "ada", "omar"])
def test_nobody_else_grants_together(
    year: SimpleNamespace, cast: SimpleNamespace, as_person: Browser, name: str
) -> None:
    person: User = getattr(cast, name)
    ticked = [row.ticked for row in groups(as_person(cast.chidi)).together]
    assert post(as_person(person), TOGETHER, line=ticked).status_code == 403
    assert RequestLine.objects.exclude(decision="open").count() == 0
