"""Every address says who may use it, reading never writes, and an act happens once."""

import re
import uuid
from collections.abc import Callable
from datetime import datetime
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import include, path, reverse

from sop_portal.foundation.kit import clock
from sop_portal.foundation.organisation.access import ReadingWrote, act, page
from sop_portal.foundation.organisation.middleware import GUARD_THEMSELVES
from sop_portal.foundation.organisation.models import Department, UsedKey, User
from sop_portal.tests import addresses as known
from sop_portal.tests.addresses import Address, addresses, each, of_house

pytestmark = pytest.mark.once

Browser = Callable[[User], Client]


def bare(request: HttpRequest) -> HttpResponse:
    """A view that does not say who may use it."""
    return HttpResponse("reached")


@page(None)
def writing_page(request: HttpRequest) -> HttpResponse:
    """A page that writes although it only reads."""
    Department.objects.create(name="Written while reading", slug="written")
    return HttpResponse("written")


@act(None)
def renaming(request: HttpRequest) -> HttpResponse:
    """An act that answers as its form says."""
    Department.objects.create(name=request.POST["name"], slug=request.POST["name"].lower())
    if request.POST.get("status"):
        return HttpResponse("to be corrected", status=int(request.POST["status"]))
    return HttpResponse(headers={"Location": f"/{request.POST['name']}/"}, status=302)


urlpatterns = [
    path("bare/", bare),
    path("writing-page/", writing_page),
    path("renaming/", renaming),
    path("renaming/2/", renaming),
    path("", include("sop_portal.urls")),
]


@pytest.fixture
def with_these(settings: Any) -> None:
    """The portal, with the three views above."""
    settings.ROOT_URLCONF = __name__


def marked(*marks: str) -> list[Address]:
    """The addresses whose views say so: page, act, step or open."""
    return [address for address in of_house() if address.access and address.access[0] in marks]


CLOSED, ACTING = marked("page", "act", "step"), marked("act", "step")
ASKING = [address for address in of_house() if address.access and address.access[1] is not None]


def test_the_walk_finds_every_part_of_the_portal() -> None:
    names = {address.name for address in addresses()}
    some = {"my-work", "cycle", "trail", "notices", "people", "handbook", "account_login", "forecasts", "request"}
    more = {"budget", "audits", "expenses", "report", "evaluation", "measure", "feedback", "meeting", "comment"}
    assert (some | more) - names == set()
    assert known.GUARD_THEMSELVES == GUARD_THEMSELVES


def test_every_address_says_who_may_use_it() -> None:
    assert [address.route for address in of_house() if address.access is None] == []


def test_only_the_door_is_open_to_all() -> None:
    is_open = {address.name for address in of_house() if address.access and address.access[0] == "open"}
    # The calendar's address, an invitation and the link that stops a change of the mail address hold their own secret,
    # the first page asks for one; the doors of the demonstration, in and out, exist only in one.
    demonstration = {"demo-sign-in", "demo-anew", "demo-anew-now", "demo-day", "demo-leave-now"}
    asking = {"calendar-feed", "first-administrator", "invitation", "address-stop"}
    # The count of tasks says nothing to whom it does not know.
    asking.add("my-work-count")
    # The logo stands at the door too.
    asking.add("logo")
    assert is_open <= {"", "set_language"} | asking | demonstration


def test_the_door_of_the_demonstration_is_shut_elsewhere(cast: SimpleNamespace) -> None:
    answer = Client().post(reverse("demo-sign-in"), {"email": "ada@example.org", "key": str(uuid.uuid4())})
    assert (answer.status_code, "_auth_user_id" in answer.client.session) == (404, False)


@each(CLOSED)
def test_a_stranger_is_led_to_the_door(address: Address, cast: SimpleNamespace) -> None:
    stranger, path = Client(), address.filled(year=2027)
    answers = [stranger.get(path), stranger.post(path)]
    assert {answer.status_code for answer in answers} <= {302, 405}
    led_to = {answer.headers["Location"].split("?")[0] for answer in answers if answer.status_code == 302}
    assert led_to == {"/account/login/"}


@each([address for address in ACTING if not address.shows_and_acts])
def test_an_act_is_not_carried_out_by_opening_its_address(
    address: Address, cast: SimpleNamespace, as_person: Browser
) -> None:
    assert as_person(cast.ada).get(address.filled(year=2027)).status_code == 405


@pytest.mark.walk
@each(ACTING)
def test_a_form_without_a_key_is_not_carried_out(address: Address, cast: SimpleNamespace, as_person: Browser) -> None:
    browser, path = as_person(cast.ada), address.filled(year=2027)
    forms: list[dict[str, str]] = [{}, {"key": "not-a-key"}, {"key": ""}]
    assert [browser.post(path, typed).status_code for typed in forms] == [409, 409, 409]
    assert UsedKey.objects.count() == 0


@each(marked("page"))
def test_a_page_that_reads_takes_no_form(address: Address, cast: SimpleNamespace, as_person: Browser) -> None:
    key = {"key": str(uuid.uuid4())}
    assert as_person(cast.ada).post(address.filled(year=2027), key).status_code == 405


@pytest.mark.walk
@each(ASKING)
def test_an_outsider_reaches_no_page_that_asks_for_a_right(
    address: Address, cast: SimpleNamespace, as_person: Browser
) -> None:
    assert as_person(cast.farid).get(address.filled(year=2027)).status_code in {302, 403, 404, 405}


@pytest.mark.usefixtures("with_these")
def test_a_view_that_does_not_say_who_may_use_it_is_refused(cast: SimpleNamespace, as_person: Browser) -> None:
    for browser in (Client(), as_person(cast.ada)):
        answer = browser.get("/bare/")
        assert (answer.status_code, b"reached" in answer.content) == (403, False)


@pytest.mark.usefixtures("with_these")
def test_a_page_that_writes_is_stopped(cast: SimpleNamespace, as_person: Browser) -> None:
    browser = as_person(cast.ada)
    with pytest.raises(ReadingWrote), transaction.atomic():
        browser.get("/writing-page/")
    assert Department.objects.filter(slug="written").count() == 0


def form(name: str, key: str | None = None, **more: str) -> dict[str, str]:
    return {"name": name, "key": key or str(uuid.uuid4()), **more}


@pytest.mark.usefixtures("with_these")
def test_the_same_form_twice_has_one_effect_and_leads_to_the_same_place(
    cast: SimpleNamespace, as_person: Browser
) -> None:
    browser, key = as_person(cast.ada), str(uuid.uuid4())
    answers = [browser.post("/renaming/", form("Dance", key)) for _time in range(2)]
    assert [answer.headers["Location"] for answer in answers] == ["/Dance/", "/Dance/"]
    assert [answer.cookies["carried_out"].value for answer in answers] == [key, key]
    assert Department.objects.filter(name="Dance").count() == 1


@pytest.mark.usefixtures("with_these")
def test_other_words_under_a_used_key_are_not_called_carried_out_and_are_given_back(
    cast: SimpleNamespace, as_person: Browser
) -> None:
    browser, key = as_person(cast.ada), str(uuid.uuid4())
    browser.post("/renaming/", form("Dance", key))
    answer = browser.post("/renaming/", form("Drama", key))
    page = answer.content.decode()
    assert (answer.status_code, "carried_out" in answer.cookies) == (409, False)
    assert ("This was not saved" in page, 'name="name" value="Drama"' in page) == (True, True)
    assert Department.objects.filter(name__in=["Dance", "Drama"]).count() == 1
    new_key = re.findall(r'name="key" value="([^"]+)"', page)[-1]
    assert browser.post("/renaming/", form("Drama", new_key)).headers["Location"] == "/Drama/"


@pytest.mark.usefixtures("with_these")
def test_a_script_of_somebody_signed_out_is_not_led_to_a_page(db: None) -> None:
    asked = {"headers": {"accept": "application/json"}}
    answer = Client().post("/renaming/", form("Dance"), **asked)
    assert (answer.status_code, answer.json()["sign_in"]) == (401, "/account/login/?next=%2Frenaming%2F")
    assert Department.objects.filter(name="Dance").count() == 0


def test_a_script_whose_token_is_of_another_sign_in_reads_why(cast: SimpleNamespace) -> None:
    browser = Client(enforce_csrf_checks=True)
    address, asked = reverse("department-add"), {"accept": "application/json"}
    assert browser.post(address, form("Dance"), headers=asked).status_code == 401
    browser.force_login(cast.ada, backend="allauth.account.auth_backends.AuthenticationBackend")
    answer = browser.post(address, form("Dance"), headers=asked)
    assert (answer.status_code, answer.json()["open_again"]) == (403, True)


@pytest.mark.usefixtures("with_these")
@pytest.mark.parametrize("status", ["400", "422"])
def test_a_form_that_is_corrected_can_be_sent_again(cast: SimpleNamespace, as_person: Browser, status: str) -> None:
    browser, key = as_person(cast.ada), str(uuid.uuid4())
    browser.post("/renaming/", form("Dance", key, status=status))
    assert Department.objects.filter(name="Dance").count() == 0
    assert browser.post("/renaming/", form("Dance", key)).headers["Location"] == "/Dance/"


@pytest.mark.usefixtures("with_these")
def test_a_form_that_another_person_used_is_refused_and_tells_nothing(
    cast: SimpleNamespace, as_person: Browser
) -> None:
    key = str(uuid.uuid4())
    as_person(cast.ada).post("/renaming/", form("Dance", key))
    answer = as_person(cast.bao).post("/renaming/", form("Drama", key))
    assert (answer.status_code, b"Dance" in answer.content, Department.objects.count()) == (409, False, 3)


@pytest.mark.usefixtures("with_these")
def test_a_key_that_was_used_for_another_form_is_refused_and_nothing_is_lost(
    cast: SimpleNamespace, as_person: Browser
) -> None:
    browser, key = as_person(cast.ada), str(uuid.uuid4())
    answers = [browser.post(f"/renaming/{where}", form(name, key)) for where, name in (("", "Dance"), ("2/", "Drama"))]
    assert [answer.status_code for answer in answers] == [302, 409]
    assert Department.objects.filter(name__in=["Dance", "Drama"]).count() == 1


@pytest.mark.usefixtures("with_these")
def test_what_only_the_database_refuses_is_said_in_a_sentence(
    cast: SimpleNamespace, as_person: Browser, caplog: pytest.LogCaptureFixture
) -> None:
    answer = as_person(cast.ada).post("/renaming/", form("Arts"))
    assert (answer.status_code, "nothing was done" in answer.content.decode()) == (409, True)
    assert [record.name for record in caplog.records if record.levelname == "ERROR"] == [
        "sop_portal.foundation.workflow.middleware"
    ]


@pytest.mark.parametrize(
    "address", ["/trail/?kind=%00", "/search/?q=a%00", "/2027/projects/?q=%00", "/%00/", "/2027/requests/arts/%00/"]
)
def test_an_address_with_a_nul_in_it_is_not_understood(cast: SimpleNamespace, as_person: Browser, address: str) -> None:
    assert as_person(cast.ada).get(address).status_code == 400


def test_a_cookie_with_a_nul_in_it_is_not_understood(db: None) -> None:
    answer = Client().get("/", headers={"cookie": 'sessionid="' + r"\000" * 32 + '"'})
    assert (answer.status_code, "Content-Security-Policy" in answer.headers) == (400, True)


@pytest.mark.parametrize("address", ["email", "signup", "confirm-email", "login/code/confirm"])
def test_addresses_are_kept_by_the_administrator_alone(cast: SimpleNamespace, as_person: Browser, address: str) -> None:
    browser = as_person(cast.amina)
    typed = {"action_add": "", "email": "mallory@example.org"}
    answers = [browser.get(f"/account/{address}/"), browser.post(f"/account/{address}/", typed)]
    assert [answer.status_code for answer in answers] == [404, 404]


@pytest.mark.usefixtures("with_these")
def test_a_refusal_leads_back_to_no_other_site(cast: SimpleNamespace, as_person: Browser) -> None:
    browser, links = as_person(cast.ada), []
    for before in ("http://testserver/people/", "https://elsewhere.example/", "javascript:alert(1)"):
        page = browser.post("/renaming/", {"key": "none"}, headers={"referer": before})
        links.append(f'href="{before}"' in page.content.decode())
    assert links == [True, False, False]


@pytest.mark.usefixtures("with_these")
def test_a_key_is_noted_with_its_moment(cast: SimpleNamespace, as_person: Browser, noon: datetime) -> None:
    with clock.at(noon):
        as_person(cast.ada).post("/renaming/", form("Dance"))
    assert list(UsedKey.objects.values_list("person", "used_at", "leads_to")) == [(cast.ada.pk, noon, "/Dance/")]


def test_a_form_from_another_site_is_refused(cast: SimpleNamespace) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(cast.ada, backend="allauth.account.auth_backends.AuthenticationBackend")
    answer = browser.post(reverse("department-add"), form("Dance"))
    assert (answer.status_code, Department.objects.filter(name="Dance").count()) == (403, 0)


def test_a_right_that_ended_is_gone_with_the_next_request(cast: SimpleNamespace, as_person: Browser) -> None:
    browser = as_person(cast.ada)
    assert browser.get(reverse("people")).status_code == 200
    cast.ada.memberships.all().delete()
    assert browser.get(reverse("people")).status_code == 403
