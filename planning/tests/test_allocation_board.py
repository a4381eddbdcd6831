"""The allocation board: who sees it, deciding on it with and without scripts, filters, pages, what-if."""

import re
from datetime import date, datetime
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from planning.models import Pool, RequestLine, ResourceRequest
from planning.requests import actions
from planning.requests.pages import board
from planning.tests.requesting import DURING, Browser, ask_bus, decide, decide_all, open_year, post, submitted
from sop_portal.foundation.kit import clock
from sop_portal.foundation.organisation.models import Membership
from sop_portal.foundation.organisation.roles import Role
from sop_portal.foundation.trail.models import Entry
from sop_portal.tests.page_text import hidden
from sop_portal.tests.shared_fixtures import shared_fixture

BOARD = "/2027/allocation/"


@shared_fixture
def year(cast: SimpleNamespace, during: datetime) -> SimpleNamespace:
    """Both requests are submitted; Arts asks for 50 of the 32 days of the Bookmobile."""
    year = open_year(cast)
    year.line = ask_bus(year, cast.amina)
    submitted(year, cast)
    return year


def grant_fields(line: RequestLine, **other: object) -> dict[str, Any]:
    line = RequestLine.objects.select_related("request").get(pk=line.pk)
    return {
        "seen": line.request.version,
        "seen_decision": line.decision_version,
        "granted": "20",
        "decision": "part",
        "reason": "The rest in autumn.",
        **other,
    }


@pytest.mark.parametrize("name", ["chidi", "chen", "dora", "emil", "ada", "omar"])
def test_those_who_see_everything_see_the_board(
    year: SimpleNamespace, cast: SimpleNamespace, as_person: Browser, name: str
) -> None:
    page = as_person(getattr(cast, name)).get(BOARD)
    assert page.status_code == 200
    assert (f'id="g{year.line.pk}"' in page.content.decode()) == (name in ("chidi", "chen"))


@pytest.mark.parametrize("name", ["amina", "ben", "bao", "farid"])
def test_departments_do_not_see_it(year: SimpleNamespace, cast: SimpleNamespace, as_person: Browser, name: str) -> None:
    client = as_person(getattr(cast, name))
    for url in (BOARD, f"{BOARD}export/", f"{BOARD}{year.line.pk}/"):
        assert client.get(url).status_code == 403
    for url in (f"{BOARD}{year.line.pk}/", f"{BOARD}{year.line.pk}/score/", f"{BOARD}finish/"):
        assert post(client, url, **grant_fields(year.line)).status_code == 403
    assert RequestLine.objects.exclude(decision="open").count() == 0


@pytest.mark.parametrize("name", ["dora", "emil", "ada", "omar"])
def test_those_who_only_look_do_not_decide(
    year: SimpleNamespace, cast: SimpleNamespace, as_person: Browser, name: str
) -> None:
    refused = post(as_person(getattr(cast, name)), f"{BOARD}{year.line.pk}/", **grant_fields(year.line))
    assert (refused.status_code, RequestLine.objects.get(pk=year.line.pk).decision) == (403, "open")
    assert Entry.objects.filter(verb="refused-grant").count() == 1


def test_the_board_shows_score_formula_free_and_bars(
    year: SimpleNamespace, cast: SimpleNamespace, as_person: Browser
) -> None:
    actions.score_line(year.line, actions.LineRating(5, 4), by=cast.chidi, at=DURING, seen=year.arts.version)
    page = as_person(cast.chidi).get(BOARD).content.decode()
    row = page[page.index(f'<tr id="line-{year.line.pk}"') :].split("</tr>")[0]
    assert ">26</b>" in row
    assert 'name="seen_decision" value="open 0"' in row
    assert "12 + 10 + 4" in row
    assert "50\N{NO-BREAK SPACE}days" in row
    assert "32 free, 18 days asked beyond it" in page
    assert page.index("26</b>") < page.index("21</b>")


def test_a_line_is_decided_without_scripts(year: SimpleNamespace, cast: SimpleNamespace, as_person: Browser) -> None:
    client, url = as_person(cast.chidi), f"{BOARD}{year.line.pk}/?pool={year.bus.pk}"
    done = post(client, url, **grant_fields(year.line))
    assert (done.status_code, done["Location"]) == (302, f"{BOARD}?pool={year.bus.pk}")
    stored = RequestLine.objects.get(pk=year.line.pk)
    assert (stored.decision, stored.granted, stored.reason) == ("part", 20, "The rest in autumn.")


def test_with_scripts_the_row_the_bars_and_the_dock_come_back(
    year: SimpleNamespace, cast: SimpleNamespace, as_person: Browser
) -> None:
    client = as_person(cast.chidi)
    done = client.post(
        f"{BOARD}{year.line.pk}/",
        {"key": "6f1c0a56-5a55-4bb0-9a0e-0f3a9f3f0002", **grant_fields(year.line)},
        headers={"HX-Request": "true"},
    )
    text = done.content.decode()
    assert done.status_code == 200
    assert f"""<div hx-swap-oob="innerHTML:[data-free='{year.bus.pk}']">12</div>""" in text
    assert re.findall(r'<(\w+)[^>]* id="([a-z-]+\d*)"[^>]*hx-swap-oob', text) == [("section", "bars"), ("div", "dock")]
    assert text.lstrip().startswith(f'<tr id="line-{year.line.pk}"')
    assert "<html" not in text
    assert "12 free" in text


@pytest.mark.parametrize("scripts", [True, False])
def test_too_much_is_answered_in_the_row(
    year: SimpleNamespace, cast: SimpleNamespace, as_person: Browser, scripts: bool
) -> None:
    fields = grant_fields(year.line, decision="full", granted="50", reason="")
    headers = {"HX-Request": "true"} if scripts else {}
    refused = as_person(cast.chidi).post(
        f"{BOARD}{year.line.pk}/", {"key": "6f1c0a56-5a55-4bb0-9a0e-0f3a9f3f0003", **fields}, headers=headers
    )
    text = refused.content.decode()
    assert refused.status_code == (200 if scripts else 422)
    assert "Bookmobile is full: 32 of your 50 days are left. Take 32, or defer the rest." in text
    assert 'value="50"' in text
    assert Pool.objects.get(pk=year.bus.pk).committed == 0


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"reason": ""}, "Say why. Arts will read it."),
        ({"decision": "refused", "reason": " "}, "Say why. Arts will read it."),
        ({"decision": "full"}, "20 of 50 is in part: choose “In part”."),
        ({"decision": "full", "granted": "51"}, "Only 50 was asked for."),
        ({"granted": "50"}, "In part is more than zero and less than 50."),
        ({"granted": ""}, "In part is more than zero and less than 50."),
        ({"granted": "-1"}, "negative"),
        ({"granted": "1e1"}, "exponent"),
        ({"granted": "1.001"}, "too many decimals"),
        ({"granted": "9" * 70}, "too long"),
        ({"decision": "gold"}, "gold"),
        ({"reason": "a\x00"}, "(U+0000) cannot be kept"),
    ],
    ids=str,
)
def test_a_bad_decision_keeps_what_was_typed(
    year: SimpleNamespace, cast: SimpleNamespace, as_person: Browser, wrong: dict[str, str], sentence: str
) -> None:
    refused = post(as_person(cast.chidi), f"{BOARD}{year.line.pk}/", **grant_fields(year.line, **wrong))
    assert refused.status_code == 422
    assert sentence in refused.content.decode()
    assert RequestLine.objects.get(pk=year.line.pk).decision == "open"


@pytest.mark.parametrize(
    "wrong", [{"seen": ""}, {"seen": "x"}, {"seen_decision": ""}, {"seen_decision": "y" * 200}], ids=str
)
def test_a_form_that_was_tampered_with_is_refused(
    year: SimpleNamespace, cast: SimpleNamespace, as_person: Browser, wrong: dict[str, str]
) -> None:
    refused = post(as_person(cast.chidi), f"{BOARD}{year.line.pk}/", **grant_fields(year.line, **wrong))
    assert refused.status_code == 422


@pytest.mark.parametrize("scripts", [True, False])
def test_the_second_reviewer_reads_what_the_first_decided(
    year: SimpleNamespace, cast: SimpleNamespace, as_person: Browser, scripts: bool
) -> None:
    fields = grant_fields(year.line)
    decide(year.line, cast.chen, "part", 5, "A little.")
    refused = as_person(cast.chidi).post(
        f"{BOARD}{year.line.pk}/",
        {"key": "6f1c0a56-5a55-4bb0-9a0e-0f3a9f3f0004", **fields},
        headers={"HX-Request": "true"} if scripts else {},
    )
    assert refused.status_code == (200 if scripts else 409)
    assert "decided on this line a moment before you" in refused.content.decode()
    assert RequestLine.objects.get(pk=year.line.pk).granted == 5
    assert Entry.objects.filter(verb="refused-grant").count() == 1


def test_a_line_of_ones_own_hand_is_for_somebody_else(cast: SimpleNamespace, as_person: Browser) -> None:
    year = open_year(cast)
    arts = year.arts.department
    Membership.objects.create(person=cast.chidi, role=Role.HEAD, department=arts, from_on=date(2020, 1, 1))
    asked = actions.AskedLine(year.bus, "Bus", Decimal(2), "More", forecast_line=year.story.forecast_line)
    line = actions.add_line(year.arts, year.story, asked, by=cast.chidi, at=DURING, seen=1)
    Membership.objects.filter(person=cast.chidi, role=Role.HEAD).update(until_on=date(2026, 1, 1))
    submitted(year, cast)
    with clock.at(DURING):
        page = as_person(cast.chidi).get(BOARD).content.decode()
        assert "Chen Jing decides this line. You edited the request on 6\N{NO-BREAK SPACE}Apr 12:00." in page
        assert f'id="g{line.pk}"' not in page
        assert f'id="g{line.pk}"' in as_person(cast.chen).get(BOARD).content.decode()
        refused = post(as_person(cast.chidi), f"{BOARD}{line.pk}/", **grant_fields(line, granted="1"))
    assert refused.status_code == 403


def test_filters_stand_in_the_address(year: SimpleNamespace, cast: SimpleNamespace, as_person: Browser) -> None:
    client = as_person(cast.chidi)

    def shown(query: str) -> list[str]:
        return re.findall(r'<tr id="line-(\d+)"', client.get(BOARD + query).content.decode())

    everything = shown("")
    assert len(everything) == 7
    assert shown(f"?pool={year.bus.pk}") == [str(year.line.pk)]
    assert len(shown("?department=sports")) == 3
    decide(year.line, cast.chidi, "part", 1, "A little.")
    assert len(shown("?show=open")) == 6
    assert shown("?after=999999") == everything
    for unknown in ("?after=x.y", "?pool=999", "?pool=x", "?department=nowhere", "?show=all", "?scenario=magic"):
        assert client.get(BOARD + unknown).status_code == 422


def test_pages_go_on_where_the_last_one_ended(
    year: SimpleNamespace, cast: SimpleNamespace, as_person: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(board, "ROWS", 3)
    client, found, url = as_person(cast.chidi), [], BOARD
    for _ in range(3):
        page = client.get(url).content.decode()
        found += re.findall(r'<tr id="line-(\d+)"', page)
        later = re.search(r'href="(\?[^"]*after=[^"]*)" rel="next"', page)
        if not later:
            break
        url = BOARD + later[1].replace("&amp;", "&")
    assert (len(found), len(set(found))) == (7, 7)


def test_the_next_page_follows_a_line_that_was_decided_meanwhile(
    year: SimpleNamespace, cast: SimpleNamespace, as_person: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(board, "ROWS", 3)
    client = as_person(cast.chidi)

    def shown(page: str) -> list[str]:
        return re.findall(r'<tr id="line-(\d+)"', page)

    first = client.get(f"{BOARD}?show=open").content.decode()
    [later] = re.findall(r'href="(\?[^"]*after=[^"]*)" rel="next"', first)
    decide(RequestLine.objects.get(pk=shown(first)[-1]), cast.chidi, "refused", 0, "Not this year.")
    second = client.get(BOARD + later.replace("&amp;", "&")).content.decode()
    assert (len(shown(second)), set(shown(first)) & set(shown(second))) == (3, set())


def test_a_scenario_fills_figures_in_and_decides_nothing(
    year: SimpleNamespace, cast: SimpleNamespace, as_person: Browser
) -> None:
    page = as_person(cast.chidi).get(f"{BOARD}?scenario=share").content.decode()
    row = page[page.index(f'<tr id="line-{year.line.pk}"') :].split("</tr>")[0]
    assert 'value="32"' in row
    assert '<option value="part" selected>' in row
    assert "The figures are a proposal." in page
    assert RequestLine.objects.exclude(decision="open").count() == 0


def test_ways_of_deciding_stand_side_by_side(year: SimpleNamespace, cast: SimpleNamespace, as_person: Browser) -> None:
    page = as_person(cast.chidi).get(BOARD).content.decode()
    table = page[page.index("What-if, side by side") :]
    assert re.findall(r'<th scope="col" class="r">([^<]+)</th>', table)[:3] == [
        "Decided so far",
        "Same share for all",
        "Importance only",
    ]
    assert "0 / 0 / 7" in table


def test_every_request_that_is_decided_is_allocated_together(
    year: SimpleNamespace, cast: SimpleNamespace, as_person: Browser
) -> None:
    client = as_person(cast.chidi)
    assert "7 lines are not decided." in client.get(BOARD).content.decode()
    decide(year.line, cast.chidi, "deferred", 0, "No bus.")
    for line in year.arts.lines.exclude(pk=year.line.pk):
        decide(line, cast.chidi, "part", 1, "A little.")
    page = client.get(BOARD).content.decode()
    assert "Allocate 1 request" in page
    assert f'name="seen-{year.arts.pk}"' in page
    assert f'name="seen-{year.sports.pk}"' not in page
    year.arts.refresh_from_db()
    done = post(client, f"{BOARD}finish/", **{f"seen-{year.arts.pk}": year.arts.version, "seen-x": "1", "seen-9": "y"})
    assert done.status_code == 302
    assert dict(ResourceRequest.objects.values_list("department__slug", "state")) == {
        "arts": "allocated",
        "sports": "submitted",
    }


def test_a_part_drawn_anew_does_not_pass_for_what_a_colleague_decided(
    year: SimpleNamespace, cast: SimpleNamespace, as_person: Browser
) -> None:
    """Chidi's page is open while Chen decides: Chidi's next decision does not let Chen's be allocated unseen."""
    for line in year.arts.lines.all():
        decide(line, cast.chidi, "part", 1, "A little.")
    line, other = RequestLine.objects.filter(request=year.arts).order_by("pk")[:2]
    fields = grant_fields(line, granted="2", **{f"seen-{year.arts.pk}": line.request.version})
    decide(other, cast.chen, "part", 2, "More.")
    fields["key"] = "6f1c0a56-5a55-4bb0-9a0e-0f3a9f3f0006"
    response = as_person(cast.chidi).post(f"{BOARD}{line.pk}/", fields, headers={"HX-Request": "true"})
    assert f'name="seen-{year.arts.pk}" value="{line.request.version}"' in response.content.decode()
    assert ResourceRequest.objects.get(pk=year.arts.pk).version == line.request.version + 2


def test_what_is_not_decided_is_not_allocated_together(
    year: SimpleNamespace, cast: SimpleNamespace, as_person: Browser
) -> None:
    fields = {f"seen-{r.pk}": r.version for r in (year.arts, year.sports)}
    refused = post(as_person(cast.chidi), f"{BOARD}finish/", **fields)
    assert refused.status_code == 422
    assert set(ResourceRequest.objects.values_list("state", flat=True)) == {"submitted"}


def test_a_score_is_changed_on_the_page_of_the_line(
    year: SimpleNamespace, cast: SimpleNamespace, as_person: Browser
) -> None:
    client, url = as_person(cast.chidi), f"{BOARD}{year.line.pk}/"
    scores = {"importance": "2", "urgency": "5", "evidence": "1"}
    opened = {"seen": year.arts.version, "held": hidden(client.get(url), "held")}
    assert post(client, f"{url}score/", **opened, **scores).status_code == 302
    assert post(client, f"{url}score/", **opened, **scores | {"urgency": "6"}).status_code == 422
    stored = RequestLine.objects.select_related("project").get(pk=year.line.pk)
    assert (stored.project.importance, stored.urgency, stored.evidence) == (2, 5, 1)


def test_a_board_without_pools_or_lines_says_what_will_be_here(cast: SimpleNamespace, as_person: Browser) -> None:
    open_year(cast, pools=False)
    page = as_person(cast.chidi).get(BOARD).content.decode()
    assert "No pools yet." in page
    assert "Nothing waits for a decision" in page


def test_the_spreadsheets_hold_every_line(year: SimpleNamespace, cast: SimpleNamespace, as_person: Browser) -> None:
    for url in (f"{BOARD}export/?department=arts", "/2027/requests/export/"):
        sheet = as_person(cast.chidi).get(url)
        assert (sheet.status_code, sheet.content[:2]) == (200, b"PK")


def test_more_lines_are_no_more_queries(year: SimpleNamespace, cast: SimpleNamespace, as_person: Browser) -> None:
    client = as_person(cast.chidi)

    def queries(query: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(BOARD + query).status_code == 200
        return len(captured)

    client.get(BOARD)
    assert queries(f"?pool={year.bus.pk}") == queries("?department=sports")
    decide_all(year.sports, cast.chidi)
    assert queries("?department=sports") == queries(f"?pool={year.bus.pk}")


def test_the_board_of_a_decided_year_does_not_say_that_nothing_was_submitted(
    year: SimpleNamespace, cast: SimpleNamespace, as_person: Browser
) -> None:
    client = as_person(cast.chidi)
    for line in RequestLine.objects.filter(request__in=(year.arts, year.sports)):
        decide(line, cast.chidi, "deferred", 0, "Next year.")
    seen = {
        f"seen-{request.pk}": ResourceRequest.objects.get(pk=request.pk).version for request in (year.arts, year.sports)
    }
    assert post(client, f"{BOARD}finish/", **seen).status_code == 302
    page = client.get(BOARD).content.decode()
    said = ("Nothing is submitted.", "Every line is decided.", "Nothing waits for a decision any more")
    assert [sentence in page for sentence in said] == [False, True, True]
