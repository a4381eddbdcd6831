"""The pages of a request: who sees them, what they refuse, what they show before and after the allocation."""

from datetime import datetime
from decimal import Decimal
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from planning.forecasts import actions as forecasts
from planning.models import Forecast, RequestLine, ResourceRequest
from planning.requests import actions
from planning.tests.requesting import DURING, Browser, ask_bus, decide, decide_all, open_year, post, submitted, terms
from sop_portal.foundation.kit import clock
from sop_portal.tests.shared_fixtures import shared_fixture


@shared_fixture
def year(cast: SimpleNamespace, during: datetime) -> SimpleNamespace:
    """6 April 2027: the drafts are open; Arts also asks for the Bookmobile."""
    year = open_year(cast)
    year.line = ask_bus(year, cast.amina)
    return year


def line_fields(year: SimpleNamespace, **other: object) -> dict[str, Any]:
    return {
        "seen": year.arts.version,
        "project": year.story.pk,
        "pool": year.bus.pk,
        "what": "Tent",
        "quantity": "2",
        "why": "The old one leaks.",
        "is_forecast": "yes",
        **other,
    }


PAGES = ["", "check/", "line/new/", "line/{line}/", "submit/", "withdraw/", "allocate/", "send-back/", "waive/"]


@pytest.mark.parametrize("page", PAGES)
def test_another_department_is_not_there(
    year: SimpleNamespace, cast: SimpleNamespace, as_person: Browser, page: str
) -> None:
    url = "/2027/requests/arts/" + page.format(line=year.line.pk)
    for person in (cast.bao, cast.farid):
        client = as_person(person)
        assert client.get(url).status_code in ((404,) if person is cast.bao else (403, 404))
        if page not in ("", "check/"):
            assert post(client, url, **line_fields(year)).status_code == 404
    assert ResourceRequest.objects.get(pk=year.arts.pk).version == year.arts.version


def test_a_line_of_another_department_is_not_there(
    year: SimpleNamespace, cast: SimpleNamespace, as_person: Browser
) -> None:
    client = as_person(cast.bao)
    for url in (f"/2027/requests/sports/line/{year.line.pk}/", f"/2027/requests/sports/line/{year.line.pk}/remove/"):
        assert post(client, url, seen=1).status_code == 404
    assert RequestLine.objects.filter(pk=year.line.pk).exists()


def test_the_list_and_the_spreadsheet_show_the_own_department_only(
    year: SimpleNamespace, cast: SimpleNamespace, as_person: Browser
) -> None:
    page = as_person(cast.bao).get("/2027/requests/").content.decode()
    assert ("/requests/sports/" in page, "/requests/arts/" in page) == (True, False)
    rows = as_person(cast.chidi).get("/2027/requests/").content.decode()
    assert ("/requests/sports/" in rows, "/requests/arts/" in rows) == (True, True)
    assert as_person(cast.bao).get("/2027/requests/export/").status_code == 200


def test_nobody_without_login_sees_anything(year: SimpleNamespace, client: Client) -> None:
    for url in ("/2027/requests/", "/2027/requests/arts/", "/2027/allocation/", "/2027/pools/"):
        assert client.get(url).status_code == 302


def test_a_line_is_added_changed_and_removed_on_pages(
    year: SimpleNamespace, cast: SimpleNamespace, as_person: Browser
) -> None:
    client = as_person(cast.amina)
    assert client.get("/2027/requests/arts/line/new/?project=story-hours").status_code == 200
    added = post(client, "/2027/requests/arts/line/new/", **line_fields(year))
    assert (added.status_code, added["Location"]) == (302, "/2027/requests/arts/")
    line = RequestLine.objects.get(what="Tent")
    assert (line.cost, line.forecast_line) == (Decimal(3), year.story.forecast_line)
    url = f"/2027/requests/arts/line/{line.pk}/"
    assert "The old one leaks." in client.get(url).content.decode()
    changed = post(client, url, **line_fields(year, seen=year.arts.version + 1, quantity="3"))
    assert changed.status_code == 302
    assert RequestLine.objects.get(pk=line.pk).cost == Decimal("4.50")
    assert post(client, f"{url}remove/", seen=year.arts.version + 2).status_code == 302
    assert not RequestLine.objects.filter(pk=line.pk).exists()


def test_a_form_sent_twice_adds_one_line(year: SimpleNamespace, cast: SimpleNamespace, as_person: Browser) -> None:
    client, key = as_person(cast.amina), "6f1c0a56-5a55-4bb0-9a0e-0f3a9f3f0001"
    for _ in range(2):
        assert client.post("/2027/requests/arts/line/new/", {"key": key, **line_fields(year)}).status_code == 302
    assert RequestLine.objects.filter(what="Tent").count() == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"quantity": ""},
        {"quantity": "0"},
        {"quantity": "-3"},
        {"quantity": "1e3"},
        {"quantity": "1_0"},
        {"quantity": "1,5"},
        {"quantity": "٣"},
        {"quantity": "NaN"},
        {"quantity": "9" * 30},
        {"quantity": "1.234"},
        {"why": ""},
        {"what": ""},
        {"what": "a\x00b"},
        {"what": "x" * 121},
        {"needed_on": "2027-02-30"},
        {"needed_on": "soon"},
        {"project": "0"},
        {"project": "abc"},
        {"pool": "999999"},
        {"why": "y" * 2001},
        {"is_forecast": "no"},
        {"is_forecast": ""},
        {"seen": ""},
        {"seen": "-1"},
        {"seen": "9" * 30},
    ],
    ids=lambda wrong: ascii(wrong)[:40],
)
def test_bad_input_is_refused_and_kept_in_the_form(
    year: SimpleNamespace, cast: SimpleNamespace, as_person: Browser, wrong: dict[str, str]
) -> None:
    client, before = as_person(cast.amina), RequestLine.objects.count()
    refused = post(client, "/2027/requests/arts/line/new/", **line_fields(year, **wrong))
    assert refused.status_code == 422
    assert RequestLine.objects.count() == before
    assert "Error:" in refused.content.decode()


def test_half_a_character_is_refused(year: SimpleNamespace, cast: SimpleNamespace, as_person: Browser) -> None:
    fields = line_fields(year) | {"key": "6f1c0a56-5a55-4bb0-9a0e-0f3a9f3f0005"}
    body = urlencode(fields | {"what": "HALF"}).replace("HALF", "a%ED%A0%80b")
    done = as_person(cast.amina).post(
        "/2027/requests/arts/line/new/", body, content_type="application/x-www-form-urlencoded"
    )
    # The decoder puts a mark where the half stood: what was typed is lost, so it is not kept as if it were not.
    assert (done.status_code, "U+FFFD" in done.content.decode()) == (422, True)


def test_projects_of_others_cannot_be_chosen(year: SimpleNamespace, cast: SimpleNamespace, as_person: Browser) -> None:
    refused = post(
        as_person(cast.amina), "/2027/requests/arts/line/new/", **line_fields(year, project=year.swimming.pk)
    )
    assert refused.status_code == 422
    page = as_person(cast.amina).get("/2027/requests/arts/line/new/").content.decode()
    assert ("Story hours" in page, "Swimming" in page) == (True, False)


def test_a_line_that_was_not_forecast_says_why(
    year: SimpleNamespace, cast: SimpleNamespace, as_person: Browser
) -> None:
    fields = line_fields(year, is_forecast="no", why_not_forecast="The school asked in April.")
    assert post(as_person(cast.amina), "/2027/requests/arts/line/new/", **fields).status_code == 302
    page = as_person(cast.amina).get("/2027/requests/arts/").content.decode()
    assert "The school asked in April." in page


def test_an_old_form_is_answered_with_the_difference(
    year: SimpleNamespace, cast: SimpleNamespace, as_person: Browser
) -> None:
    refused = post(as_person(cast.ben), "/2027/requests/arts/line/new/", **line_fields(year, seen=1))
    assert refused.status_code == 409
    assert "Bookmobile: 50" in refused.content.decode()


def test_check_and_submit(year: SimpleNamespace, cast: SimpleNamespace, as_person: Browser) -> None:
    client = as_person(cast.amina)
    page = client.get("/2027/requests/arts/").content.decode()
    assert 'href="/2027/requests/arts/check/"' in page
    check = client.get("/2027/requests/arts/check/").content.decode()
    assert 'action="/2027/requests/arts/submit/"' in check
    done = post(client, "/2027/requests/arts/submit/", seen=year.arts.version, comment="")
    assert (done.status_code, done["Location"]) == (302, "/2027/requests/arts/?done=submit")
    after = client.get(done["Location"]).content.decode()
    assert "Request submitted." in after
    assert "/line/" not in after.replace("/line/new/", "/line/")


def test_an_empty_request_cannot_be_submitted(year: SimpleNamespace, cast: SimpleNamespace, as_person: Browser) -> None:
    for line in RequestLine.objects.filter(request=year.sports):
        actions.remove_line(line, by=cast.bao, at=DURING, seen=line.request.version)
    client = as_person(cast.bao)
    assert "Nothing is asked for yet" in client.get("/2027/requests/sports/").content.decode()
    assert "The request has no line yet." in client.get("/2027/requests/sports/check/").content.decode()
    seen = ResourceRequest.objects.get(pk=year.sports.pk).version
    assert post(client, "/2027/requests/sports/submit/", seen=seen).status_code == 422


def test_decisions_are_read_when_they_are_handed_over(
    year: SimpleNamespace, cast: SimpleNamespace, as_person: Browser
) -> None:
    submitted(year, cast)
    decide(year.line, cast.chidi, "part", 20, "The rest in autumn.")
    url = "/2027/requests/arts/"
    assert "The rest in autumn." not in as_person(cast.amina).get(url).content.decode()
    assert "The rest in autumn." in as_person(cast.chen).get(url).content.decode()
    for line in year.arts.lines.exclude(pk=year.line.pk):
        decide(line, cast.chidi)
    year.arts.refresh_from_db()
    actions.allocate(year.arts, by=cast.chidi, at=DURING, seen=year.arts.version)
    page = as_person(cast.amina).get(url).content.decode()
    assert page.count("The rest in autumn.") == 2
    assert as_person(cast.bao).get(url).status_code == 404


def test_what_people_typed_is_text(year: SimpleNamespace, cast: SimpleNamespace, as_person: Browser) -> None:
    nasty = "<img src=x onerror=alert(1)>{{7*7}}"
    post(as_person(cast.amina), "/2027/requests/arts/line/new/", **line_fields(year, what=nasty, why=nasty))
    page = as_person(cast.amina).get("/2027/requests/arts/").content.decode()
    assert "<img" not in page
    assert '<span translate="no">&lt;img src=x onerror=alert(1)&gt;{{7*7}}</span>' in page


def test_publishing_by_page_opens_the_requests(cast: SimpleNamespace, as_person: Browser) -> None:
    year = open_year(cast)
    report = forecasts.start_report(year.cycle, by=cast.chidi, at=DURING, reason="Again.")
    url = f"/2027/report/{report.number}/publish/"
    with clock.at(DURING):
        assert as_person(cast.chidi).get(url).status_code == 200
        assert as_person(cast.amina).get(url).status_code == 403
        assert post(as_person(cast.chidi), url, seen=report.version).status_code == 302
    assert Forecast.objects.count() == 2


def queries(client: Client, url: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(url).status_code == 200
    return len(captured)


@pytest.mark.parametrize("url", ["/2027/requests/arts/", "/2027/requests/", "/2027/requests/arts/check/"])
def test_more_lines_are_no_more_queries(
    year: SimpleNamespace, cast: SimpleNamespace, as_person: Browser, url: str
) -> None:
    client = as_person(cast.amina)
    client.get(url)
    one = queries(client, url)
    for _ in range(6):
        ask_bus(year, cast.amina, "1")
    assert queries(client, url) == one


def test_decided_lines_are_no_more_queries(year: SimpleNamespace, cast: SimpleNamespace, as_person: Browser) -> None:
    actions.change_pool(year.bus, terms(year.bus, capacity=Decimal(500)), by=cast.chidi, at=DURING, seen=1)
    submitted(year, cast)
    client, url = as_person(cast.omar), "/2027/requests/arts/"
    decide(year.line, cast.chidi)
    client.get(url)
    one = queries(client, url)
    decide_all(year.arts, cast.chidi)
    assert queries(client, url) == one
