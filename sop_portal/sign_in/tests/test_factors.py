"""A second factor is open to everybody, asked of roles after days of grace, and recovered by two people."""

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret, hotp_value, yield_hotp_counters_from_time
from django.core.cache import cache
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from sop_portal.foundation.kit import clock
from sop_portal.foundation.kit.refusals import NotNow, NotReady, NotYours
from sop_portal.foundation.notices.models import Mail, Notice
from sop_portal.foundation.organisation.models import Membership, User
from sop_portal.people import actions as people
from sop_portal.people.terms import Term
from sop_portal.sign_in.models import FactorRecovery, SecurityEvent

Browser = Callable[[User], Client]
DAY = timedelta(days=1)


def code_of(secret: str) -> str:
    return f"{hotp_value(secret, next(iter(yield_hotp_counters_from_time()))):06}"


def with_app(person: User) -> str:
    secret = generate_totp_secret()
    TOTP.activate(person, secret)
    return str(secret)


def form(**typed: str) -> dict[str, str]:
    return {"key": str(uuid.uuid4()), **typed}


def confirmed(browser: Client) -> Client:
    browser.post(reverse("account_reauthenticate"), {"password": "planning-year"})
    return browser


def sign_in(email: str = "dora@example.org") -> Client:
    browser = Client()
    browser.post(reverse("account_login"), {"login": email, "password": "planning-year"})
    return browser


@pytest.mark.parametrize("name", ["amina", "ben", "chidi", "dora", "emil", "ada", "omar", "farid"])
def test_everybody_can_switch_on_a_second_factor(
    cast: SimpleNamespace, as_person: Browser, name: str, django_capture_on_commit_callbacks: Any
) -> None:
    browser = confirmed(as_person(getattr(cast, name)))
    page = browser.get(reverse("mfa_activate_totp"))
    with django_capture_on_commit_callbacks(execute=True):
        answer = browser.post(reverse("mfa_activate_totp"), {"code": code_of(page.context["form"].secret)})
    types = set(Authenticator.objects.filter(user=getattr(cast, name)).values_list("type", flat=True))
    assert (answer.status_code, types) == (302, {"totp", "recovery_codes"})
    assert Mail.objects.filter(person=getattr(cast, name), subject="Code app set up").count() == 1


def test_whoever_has_one_needs_the_code_to_come_in(cast: SimpleNamespace) -> None:
    secret = with_app(cast.dora)
    browser = sign_in()
    assert "_auth_user_id" not in browser.session
    browser.post(reverse("mfa_authenticate"), {"code": "000000"})
    assert "_auth_user_id" not in browser.session
    browser.post(reverse("mfa_authenticate"), {"code": code_of(secret)})
    assert browser.session["_auth_user_id"] == str(cast.dora.pk)
    assert SecurityEvent.objects.filter(person=cast.dora, what="wrong_code").count() == 1


def comes_in_with(code: str) -> bool:
    """Whether Dora comes in by password and this code, in a browser that knows nobody."""
    browser = sign_in()
    browser.post(reverse("mfa_authenticate"), {"code": code})
    return "_auth_user_id" in browser.session


def test_a_code_works_once_and_not_after_it_switched_the_factor_on(cast: SimpleNamespace, as_person: Browser) -> None:
    browser = confirmed(as_person(cast.dora))
    secret = browser.get(reverse("mfa_activate_totp")).context["form"].secret
    code = code_of(secret)
    assert browser.post(reverse("mfa_activate_totp"), {"code": code}).status_code == 302
    assert not comes_in_with(code)
    # Half a minute later the app shows another one.
    cache.clear()
    assert [comes_in_with(code_of(secret)), comes_in_with(code_of(secret))] == [True, False]


def test_a_recovery_code_works_once(cast: SimpleNamespace) -> None:
    with_app(cast.dora)
    code = RecoveryCodes.activate(cast.dora).get_unused_codes()[0]
    assert [comes_in_with(code), comes_in_with(code)] == [True, False]


@pytest.mark.parametrize(("days", "opens"), [(0.0, True), (6.9, True), (7.1, False)])
def test_a_role_that_needs_one_waits_as_many_days_as_are_set(
    cast: SimpleNamespace, as_person: Browser, settings: Any, noon: datetime, days: float, opens: bool
) -> None:
    settings.MFA_REQUIRED_ROLES, settings.MFA_GRACE_DAYS = ["finance"], 7
    browser = as_person(cast.dora)
    with clock.at(noon):
        assert browser.get("/").status_code == 200
    with clock.at(noon + days * DAY):
        answer = browser.get("/notices/")
    assert (answer.status_code, answer.headers.get("Location")) == ((200, None) if opens else (302, "/me/"))


def test_after_the_days_of_grace_nothing_is_done_without_one_and_adding_one_opens_all(
    cast: SimpleNamespace, as_person: Browser, settings: Any, noon: datetime
) -> None:
    settings.MFA_REQUIRED_ROLES, settings.MFA_GRACE_DAYS = ["finance"], 0
    browser = as_person(cast.dora)
    with clock.at(noon):
        assert browser.post(reverse("notices-read"), form()).status_code == 403
        page = browser.get("/me/").content.decode()
        assert "Add a second factor" in page
        # Every page asks for the count of tasks; were that led on, the account's page would stand in the menu.
        assert browser.get(reverse("my-work-count")).status_code == 200
        assert confirmed(browser).get(reverse("mfa_activate_totp")).status_code == 200
        with_app(cast.dora)
        assert browser.get("/notices/").status_code == 200
        assert browser.post(reverse("notices-read"), form()).status_code == 302


@pytest.mark.parametrize("name", ["amina", "emil", "farid"])
def test_other_roles_are_not_asked(cast: SimpleNamespace, as_person: Browser, settings: Any, name: str) -> None:
    settings.MFA_REQUIRED_ROLES, settings.MFA_GRACE_DAYS = ["finance"], 0
    assert as_person(getattr(cast, name)).get("/notices/").status_code == 200


def test_a_role_that_is_lent_needs_one_too(
    cast: SimpleNamespace, as_person: Browser, settings: Any, noon: datetime
) -> None:
    settings.MFA_REQUIRED_ROLES, settings.MFA_GRACE_DAYS = ["finance"], 0
    term = Term(noon.date(), noon.date() + 3 * DAY)
    people.delegate(giver=cast.dora, deputy=cast.emil, role="finance", term=term, by=cast.dora, at=noon)
    with clock.at(noon):
        assert as_person(cast.emil).get("/notices/").status_code == 302


def test_whoever_needs_one_does_not_switch_the_last_one_off(
    cast: SimpleNamespace, as_person: Browser, settings: Any
) -> None:
    with_app(cast.dora)
    browser = confirmed(as_person(cast.dora))
    settings.MFA_REQUIRED_ROLES = ["finance"]
    browser.post(reverse("mfa_deactivate_totp"))
    assert Authenticator.objects.filter(user=cast.dora, type="totp").count() == 1
    settings.MFA_REQUIRED_ROLES = []
    browser.post(reverse("mfa_deactivate_totp"))
    assert Authenticator.objects.filter(user=cast.dora, type="totp").count() == 0


def asked(cast: SimpleNamespace, at: datetime) -> FactorRecovery:
    with_app(cast.dora)
    return people.ask_recovery(cast.dora, reason="She called me from her desk", by=cast.ada, at=at)


def test_an_administrator_and_a_second_person_remove_a_lost_one(cast: SimpleNamespace, noon: datetime) -> None:
    browser = sign_in()
    recovery = asked(cast, noon)
    told = set(Notice.objects.filter(kind="recovery").values_list("person", flat=True))
    assert told == {cast.emil.pk, vars(cast)["elif"].pk}
    people.decide_recovery(recovery, grant=True, by=cast.emil, at=noon)
    assert Authenticator.objects.filter(user=cast.dora).count() == 0
    assert browser.get("/me/").status_code == 302
    subjects = set(Mail.objects.filter(person=cast.dora).values_list("subject", flat=True))
    assert {"Removal of the second factor asked for", "Second factor removed by two people"} <= subjects


@pytest.mark.parametrize("name", ["ada", "dora", "chidi", "amina"])
def test_neither_who_asked_nor_who_lost_it_nor_anybody_else_decides(
    cast: SimpleNamespace, noon: datetime, name: str
) -> None:
    recovery = asked(cast, noon)
    with pytest.raises(NotYours):
        people.decide_recovery(recovery, grant=True, by=getattr(cast, name), at=noon)
    assert Authenticator.objects.filter(user=cast.dora, type="totp").count() == 1


def test_one_that_was_declined_stays_and_is_decided_once(cast: SimpleNamespace, noon: datetime) -> None:
    recovery = asked(cast, noon)
    people.decide_recovery(recovery, grant=False, by=cast.emil, at=noon)
    with pytest.raises(NotNow):
        people.decide_recovery(recovery, grant=True, by=vars(cast)["elif"], at=noon)
    assert Authenticator.objects.filter(user=cast.dora, type="totp").count() == 1


@pytest.mark.parametrize("name", ["amina", "dora", "emil", "chidi"])
def test_only_the_administrator_asks(cast: SimpleNamespace, noon: datetime, name: str) -> None:
    with_app(cast.dora)
    with pytest.raises(NotYours):
        people.ask_recovery(cast.dora, reason="Lost", by=getattr(cast, name), at=noon)


def test_nobody_asks_for_themselves_nor_where_nobody_else_could_decide(cast: SimpleNamespace, noon: datetime) -> None:
    with_app(cast.ada)
    with pytest.raises(NotReady):
        people.ask_recovery(cast.ada, reason="Lost", by=cast.ada, at=noon)
    Membership.objects.filter(role="management").delete()
    with_app(cast.dora)
    with pytest.raises(NotReady):
        people.ask_recovery(cast.dora, reason="Lost", by=cast.ada, at=noon)


@pytest.mark.parametrize("name", ["ada", "dora"])
def test_the_database_lets_neither_of_the_two_decide(cast: SimpleNamespace, noon: datetime, name: str) -> None:
    recovery = asked(cast, noon)
    decided = {"decided_by": getattr(cast, name), "decided_at": noon, "is_granted": True}
    with pytest.raises(IntegrityError), transaction.atomic():
        FactorRecovery.objects.filter(pk=recovery.pk).update(**decided)
    FactorRecovery.objects.filter(pk=recovery.pk).update(**decided | {"decided_by": cast.emil})


def test_the_two_do_it_on_their_pages(cast: SimpleNamespace, as_person: Browser) -> None:
    with_app(cast.dora)
    ada, emil = as_person(cast.ada), as_person(cast.emil)
    page = ada.get(reverse("person", args=[cast.dora.pk])).content.decode()
    assert "The second factor is lost" in page
    answer = ada.post(reverse("recovery-ask", args=[cast.dora.pk]), form(**{"recovery-reason": "She called me"}))
    where = answer.headers["Location"]
    assert ("She called me" in emil.get(where).content.decode(), "Decline" in ada.get(where).content.decode()) == (
        True,
        False,
    )
    pk = FactorRecovery.objects.get().pk
    assert emil.post(reverse("recovery-decide", args=[pk]), form(decision="grant")).status_code == 302
    assert Authenticator.objects.filter(user=cast.dora).count() == 0
