"""A person changes their own mail address: confirmed from the new mailbox, stopped from the old one, told to both."""

import re
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount
from django.core import mail as posted
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from sop_portal.foundation.kit import clock
from sop_portal.foundation.kit.refusals import NotNow
from sop_portal.foundation.notices.models import Mail, Notice
from sop_portal.foundation.notices.outbox import send_waiting
from sop_portal.foundation.organisation.models import User
from sop_portal.foundation.trail.models import Entry
from sop_portal.people import actions as people
from sop_portal.sign_in import actions
from sop_portal.sign_in.actions import Origin
from sop_portal.sign_in.models import AddressChange, SecurityEvent
from sop_portal.sign_in.tests.test_links import link_of, set_password

Browser = Callable[[User], Client]
HERE = Origin()
NEW, OLD = "amina.diallo@example.net", "amina@example.org"
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


def key(**typed: str) -> dict[str, str]:
    return {"key": str(uuid.uuid4()), **typed}


def confirmed(browser: Client) -> Client:
    """Shown anew who sits here."""
    browser.post(reverse("account_reauthenticate"), {"password": "planning-year"})
    return browser


def ask(browser: Client, email: str = NEW) -> Any:
    return confirmed(browser).post("/me/address/", key(email=email))


def asked(cast: SimpleNamespace, at: datetime, email: str = NEW) -> AddressChange:
    return actions.ask_address(cast.amina, email, at=at, origin=HERE)


def link_to(address: str) -> str:
    mail = Mail.objects.filter(address=address, text__contains="/address/").order_by("-pk").first()
    found = re.search(r"http://testserver(/address/\S+)", mail.text if mail else "")
    assert found is not None, address
    return found[1]


def address_of(person: User) -> str:
    return User.objects.get(pk=person.pk).email


def what_of(person: User) -> list[str]:
    return list(SecurityEvent.objects.filter(person=person).order_by("pk").values_list("what", flat=True))


def test_the_form_asks_for_the_password_first_and_keeps_what_was_typed(
    cast: SimpleNamespace, as_person: Browser
) -> None:
    browser = as_person(cast.amina)
    door = browser.get("/me/address/")
    assert (door.status_code, door.headers["Location"].split("?")[0]) == (302, "/account/reauthenticate/")
    unsure = browser.post("/me/address/", key(email=NEW))
    assert (unsure.status_code, AddressChange.objects.count()) == (302, 0)
    confirmed(browser)
    page = browser.get(unsure.headers["Location"]).content.decode()
    assert f'value="{NEW}"' in page


def test_a_link_goes_to_the_new_address_and_a_warning_to_the_old_one(cast: SimpleNamespace, as_person: Browser) -> None:
    answer = ask(as_person(cast.amina))
    send_waiting(at=clock.now() + MINUTE)
    assert (answer.status_code, address_of(cast.amina)) == (302, OLD)
    assert [(message.to, message.subject) for message in posted.outbox] == [
        ([OLD], "Your mail address is to be changed"),
        ([NEW], "Confirm your new mail address"),
    ]
    old, new = (str(message.body) for message in posted.outbox)
    assert (NEW in old, "/stop/" in old, "/stop/" in new) == (True, True, False)


def test_the_address_changes_when_the_link_is_confirmed_and_not_when_it_is_opened(
    cast: SimpleNamespace, as_person: Browser
) -> None:
    browser = as_person(cast.amina)
    ask(browser)
    page = browser.get(link_to(NEW))
    assert (page.status_code, NEW in page.content.decode(), address_of(cast.amina)) == (200, True, OLD)
    answer = browser.post(link_to(NEW), key())
    assert (answer.headers["Location"], address_of(cast.amina)) == ("/me/", NEW)
    assert [(one.email, one.verified, one.primary) for one in EmailAddress.objects.filter(user=cast.amina)] == [
        (NEW, True, True)
    ]


def test_whoever_is_signed_out_signs_in_first_and_confirms_then(cast: SimpleNamespace, as_person: Browser) -> None:
    ask(as_person(cast.amina))
    stranger, link = Client(), link_to(NEW)
    assert stranger.get(link).headers["Location"] == f"/account/login/?next={link}"
    assert (stranger.post(link, key()).status_code, address_of(cast.amina)) == (302, OLD)
    come = stranger.post(f"/account/login/?next={link}", {"login": OLD, "password": "planning-year"})
    assert come.headers["Location"] == link
    stranger.post(link, key())
    assert address_of(cast.amina) == NEW


def test_a_link_changes_nothing_for_anybody_else(cast: SimpleNamespace, as_person: Browser) -> None:
    ask(as_person(cast.amina))
    bens = as_person(cast.ben)
    assert [bens.get(link_to(NEW)).status_code, bens.post(link_to(NEW), key()).status_code] == [403, 403]
    assert (address_of(cast.amina), address_of(cast.ben)) == (OLD, "ben@example.org")
    with pytest.raises(NotNow):
        actions.confirm_address(AddressChange.objects.get(), cast.ben, at=clock.now(), origin=HERE)


def test_one_signs_in_with_the_new_address_and_no_longer_with_the_old_one(
    cast: SimpleNamespace, as_person: Browser
) -> None:
    browser = as_person(cast.amina)
    ask(browser)
    browser.post(link_to(NEW), key())
    came = [Client().post("/account/login/", {"login": one, "password": "planning-year"}) for one in (NEW, OLD)]
    assert [answer.status_code for answer in came] == [302, 200]


def test_the_browser_that_confirmed_is_no_new_one(cast: SimpleNamespace) -> None:
    browser = Client()
    browser.post("/account/login/", {"login": OLD, "password": "planning-year"})
    ask(browser)
    browser.post(link_to(NEW), key())
    browser.post("/account/logout/")
    browser.post("/account/login/", {"login": NEW, "password": "planning-year"})
    assert what_of(cast.amina)[-1] == "signed_in"


@pytest.mark.parametrize(("minutes", "status"), [(59, 302), (60, 410)])
def test_the_link_lives_one_hour(
    cast: SimpleNamespace, as_person: Browser, noon: datetime, minutes: int, status: int
) -> None:
    asked(cast, noon)
    with clock.at(noon + minutes * MINUTE):
        assert as_person(cast.amina).post(link_to(NEW), key()).status_code == status


def test_the_link_works_once(cast: SimpleNamespace, as_person: Browser) -> None:
    browser = as_person(cast.amina)
    ask(browser)
    first, second = (browser.post(link_to(NEW), key()).status_code for _time in range(2))
    assert (first, second, browser.get(link_to(NEW)).status_code) == (302, 410, 410)


def test_a_newer_link_replaces_the_one_before(cast: SimpleNamespace, as_person: Browser, noon: datetime) -> None:
    asked(cast, noon, "first@example.net")
    asked(cast, noon + MINUTE)
    browser = as_person(cast.amina)
    with clock.at(noon + 2 * MINUTE):
        assert browser.post(link_to("first@example.net"), key()).status_code == 410
        assert (address_of(cast.amina), browser.post(link_to(NEW), key()).status_code) == (OLD, 302)


def change_password(cast: SimpleNamespace, as_person: Browser, at: datetime) -> None:
    words = {"password1": "three-random-words", "password2": "three-random-words"}
    as_person(cast.amina).post(reverse("account_change_password"), {"oldpassword": "planning-year", **words})


def reset_password(cast: SimpleNamespace, as_person: Browser, at: datetime) -> None:
    Client().post(reverse("account_reset_password"), {"email": OLD})
    set_password(Client(), link_of(cast.amina), "three-random-words")


def end_access(cast: SimpleNamespace, as_person: Browser, at: datetime) -> None:
    people.change_person(cast.amina, by=cast.ada, at=at, is_active=False)
    people.change_person(cast.amina, by=cast.ada, at=at, is_active=True)


def drop(cast: SimpleNamespace, as_person: Browser, at: datetime) -> None:
    as_person(cast.amina).post("/me/address/drop/", key())


@pytest.mark.parametrize("happens", [change_password, reset_password, end_access, drop])
def test_the_link_is_dead_once_password_or_access_ended_or_it_was_given_up(
    cast: SimpleNamespace, as_person: Browser, noon: datetime, happens: Callable[..., None]
) -> None:
    asked(cast, noon)
    link = link_to(NEW)
    with clock.at(noon + MINUTE):
        happens(cast, as_person, noon + MINUTE)
        cast.amina.refresh_from_db()
        assert as_person(cast.amina).post(link, key()).status_code == 410
    assert address_of(cast.amina) == OLD


@pytest.mark.parametrize("taken", ["ben@example.org", "BEN@Example.org"])
def test_an_address_of_somebody_else_is_answered_alike_and_gets_no_mail(
    cast: SimpleNamespace, as_person: Browser, taken: str
) -> None:
    free, other = as_person(cast.amina), as_person(cast.chidi)
    answers = [ask(free, "free@example.net"), ask(other, taken)]
    pages = [browser.get("/me/").content.decode() for browser in (free, other)]
    said = [
        re.sub(r"free@example\.net|ben@example\.org|amina@example\.org|chidi@example\.org", "…", sentence)
        for page in pages
        for sentence in re.findall(r"Unless somebody.*?stays as it is|New mail address.*?</small>", page, re.DOTALL)
    ]
    assert [answer.status_code for answer in answers] == [302, 302]
    assert (len(said), said[:2]) == (4, said[2:])
    assert [mail.address for mail in Mail.objects.order_by("pk")] == [OLD, "free@example.net", "chidi@example.org"]


def test_of_two_who_ask_for_one_address_the_first_to_confirm_has_it(cast: SimpleNamespace, noon: datetime) -> None:
    first = asked(cast, noon)
    second = actions.ask_address(cast.ben, NEW.upper(), at=noon, origin=HERE)
    actions.confirm_address(first, cast.amina, at=noon + MINUTE, origin=HERE)
    with pytest.raises(NotNow):
        actions.confirm_address(second, cast.ben, at=noon + MINUTE, origin=HERE)
    assert (address_of(cast.amina), address_of(cast.ben)) == (NEW, "ben@example.org")


@pytest.mark.parametrize(
    ("email", "sentence"),
    [
        ("", "This field is required."),
        ("amina at home", "Enter a valid email address."),
        ("Amina@Example.ORG", "This is your address already."),
        (f"{'a' * 200}@example.net", "200"),
    ],
)
def test_an_address_that_cannot_be_is_refused_in_the_form(
    cast: SimpleNamespace, as_person: Browser, email: str, sentence: str
) -> None:
    answer = ask(as_person(cast.amina), email)
    assert (answer.status_code, sentence in answer.content.decode(), Mail.objects.count()) == (422, True, 0)


def test_nobody_fills_mailboxes_from_here(cast: SimpleNamespace, as_person: Browser, noon: datetime) -> None:
    browser = as_person(cast.amina)
    with clock.at(noon):
        answers = [ask(browser, f"{name}@example.net") for name in "abcd"]
    assert [answer.status_code for answer in answers] == [302, 302, 302, 422]
    assert "ask again after" in answers[-1].content.decode()
    with clock.at(noon + 61 * MINUTE):
        assert ask(browser).status_code == 302


def test_the_old_mailbox_stops_it_without_signing_in(cast: SimpleNamespace, as_person: Browser, noon: datetime) -> None:
    thief = as_person(cast.amina)
    asked(cast, noon)
    stop, link = link_to(OLD), link_to(NEW)
    with clock.at(noon + MINUTE):
        assert thief.get("/me/").status_code == 200
        page = Client().get(stop)
        assert (page.status_code, AddressChange.objects.get().ended_at) == (200, None)
        assert "Your address stays as it was" in Client().post(stop).content.decode()
        assert thief.get("/me/").status_code == 302
        assert as_person(cast.amina).post(link, key()).status_code == 410
        assert [Client().get(stop).status_code, Client().post(stop).status_code] == [410, 410]
    assert Notice.objects.filter(person=cast.ada, verb="report-stranger").count() == 1
    assert what_of(cast.amina) == ["address_asked", "address_stopped", "reported"]


def test_the_old_mailbox_brings_the_address_back_after_however_many_changes(
    cast: SimpleNamespace, noon: datetime
) -> None:
    first = asked(cast, noon)
    stop = link_to(OLD)
    actions.confirm_address(first, cast.amina, at=noon + MINUTE, origin=HERE)
    cast.amina.refresh_from_db()
    second = asked(cast, noon + DAY, "thief@example.net")
    actions.confirm_address(second, cast.amina, at=noon + DAY, origin=HERE)
    other_stop = link_to(NEW)
    with clock.at(noon + 2 * DAY):
        assert (Client().post(stop).status_code, address_of(cast.amina)) == (200, OLD)
        assert (Client().post(other_stop).status_code, address_of(cast.amina)) == (410, OLD)
    assert list(EmailAddress.objects.filter(user=cast.amina).values_list("email", flat=True)) == [OLD]


@pytest.mark.parametrize(("days", "status"), [(6.9, 200), (7, 410)])
def test_the_old_mailbox_has_a_week(cast: SimpleNamespace, noon: datetime, days: float, status: int) -> None:
    actions.confirm_address(asked(cast, noon), cast.amina, at=noon, origin=HERE)
    with clock.at(noon + days * DAY):
        assert Client().post(link_to(OLD)).status_code == status


def test_an_address_that_somebody_took_meanwhile_does_not_come_back(cast: SimpleNamespace, noon: datetime) -> None:
    change = asked(cast, noon)
    actions.confirm_address(change, cast.amina, at=noon, origin=HERE)
    User.objects.filter(pk=cast.ben.pk).update(email=OLD)
    with clock.at(noon + DAY):
        assert (Client().post(link_to(OLD)).status_code, address_of(cast.amina)) == (410, NEW)


def test_the_old_address_is_told_once_that_it_was_asked_for_and_once_that_it_changed(
    cast: SimpleNamespace, noon: datetime
) -> None:
    actions.confirm_address(asked(cast, noon), cast.amina, at=noon, origin=HERE)
    assert [(mail.address, mail.subject) for mail in Mail.objects.filter(person=cast.amina).order_by("pk")] == [
        (OLD, "Your mail address is to be changed"),
        (NEW, "Confirm your new mail address"),
        (OLD, "Your mail address was changed"),
    ]
    assert what_of(cast.amina) == ["address_asked", "address_changed"]


def test_what_waits_in_the_outbox_leaves_for_the_new_address(cast: SimpleNamespace, noon: datetime) -> None:
    actions.write_mail(cast.amina, "Hello", "Text", at=noon)
    actions.confirm_address(asked(cast, noon), cast.amina, at=noon, origin=HERE)
    send_waiting(at=noon + MINUTE)
    assert [message.to for message in posted.outbox if message.subject == "Hello"] == [[NEW]]


def test_letters_are_in_the_readers_language_begin_as_the_operator_says_and_their_secrets_stand_nowhere_else(
    cast: SimpleNamespace, noon: datetime, settings: Any
) -> None:
    settings.BASE_URL = "https://portal.example.org"
    cast.amina.language = "zh-hans"
    User.objects.filter(pk=cast.amina.pk).update(language="zh-hans")
    actions.confirm_address(asked(cast, noon), cast.amina, at=noon, origin=HERE)
    letters = [mail.text for mail in Mail.objects.order_by("pk")]
    assert ["您好" in text for text in letters] == [True, True, True]
    assert re.findall(r"https?://[^/]+", " ".join(letters)) == ["https://portal.example.org"] * 2
    kept = str(list(AddressChange.objects.values())) + str(list(SecurityEvent.objects.values()))
    assert not any(token in kept for token in re.findall(r"/address/([^/]+)/", " ".join(letters)))


def test_connected_sign_ins_and_the_second_factor_stay(cast: SimpleNamespace, noon: datetime) -> None:
    SocialAccount.objects.create(user=cast.amina, provider="organisation", uid="amina-at-the-provider")
    actions.confirm_address(asked(cast, noon), cast.amina, at=noon, origin=HERE)
    assert SocialAccount.objects.get().user == cast.amina


def test_a_password_link_of_the_old_address_dies_with_it(cast: SimpleNamespace, noon: datetime) -> None:
    Client().post(reverse("account_reset_password"), {"email": OLD})
    link = link_of(cast.amina)
    actions.confirm_address(asked(cast, noon), cast.amina, at=noon, origin=HERE)
    set_password(Client(), link, "three-random-words")
    cast.amina.refresh_from_db()
    assert cast.amina.check_password("planning-year")


def test_the_trail_says_that_it_changed_and_holds_no_address(cast: SimpleNamespace, noon: datetime) -> None:
    change = asked(cast, noon)
    actions.confirm_address(change, cast.amina, at=noon, origin=HERE)
    actions.stop_address(change, at=noon + DAY, origin=HERE)
    entries = Entry.objects.filter(kind="person", record_id=cast.amina.pk).order_by("position")
    assert [(entry.verb, entry.by_id) for entry in entries] == [
        ("change-address", cast.amina.pk),
        ("stop-address", None),
    ]
    assert not any("@" in f"{entry.changes}{entry.comment}" for entry in entries)


def test_an_administrator_changes_nobodys_address(cast: SimpleNamespace, as_person: Browser) -> None:
    as_person(cast.ada).post(
        f"/set-up/people/{cast.amina.pk}/change/",
        key(**{"person-name": "Amina", "person-language": "en", "person-email": NEW, "email": NEW}),
    )
    assert address_of(cast.amina) == OLD


def test_the_database_holds_one_open_change_of_a_person(cast: SimpleNamespace, noon: datetime) -> None:
    change = asked(cast, noon)
    with pytest.raises(IntegrityError), transaction.atomic():
        AddressChange.objects.create(
            person=cast.amina, email=NEW, before=OLD, hash="a", stop_hash="b", made_at=noon, until=noon + DAY
        )
    for wrong in ({"until": noon}, {"used_at": noon, "ended_at": noon - MINUTE}):
        with pytest.raises(IntegrityError), transaction.atomic():
            AddressChange.objects.filter(pk=change.pk).update(**wrong)


def test_it_goes_with_the_person_and_after_its_time(cast: SimpleNamespace, noon: datetime, settings: Any) -> None:
    asked(cast, noon)
    settings.KEEP_SECURITY_LOG_DAYS = 30
    assert people.purge(at=noon + 20 * DAY)["changes of addresses"] == 0
    people.change_person(cast.amina, by=cast.ada, at=noon, is_active=False)
    asked_of_ben = actions.ask_address(cast.ben, "b@example.net", at=noon, origin=HERE)
    people.erase_person(cast.amina, by=cast.ada, at=noon)
    assert list(AddressChange.objects.all()) == [asked_of_ben]
    assert people.purge(at=noon + 40 * DAY)["changes of addresses"] == 1
