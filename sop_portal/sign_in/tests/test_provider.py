"""Signing in with OpenID Connect, tried against a provider that runs beside the test."""

from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest
import requests
from allauth.mfa.totp.internal.auth import TOTP
from allauth.socialaccount.models import SocialAccount
from django.test import Client
from django.urls import reverse
from oidc_provider_mock import User as Subject
from oidc_provider_mock import run_server_in_thread

from sop_portal.foundation.organisation.models import User
from sop_portal.sign_in.models import SecurityEvent

# What the provider itself is built with is its own affair.
pytestmark = [
    pytest.mark.filterwarnings("ignore:get_jwt_config:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning:authlib"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning:oidc_provider_mock"),
]
Browser = Callable[[User], Client]
LOGIN = "/account/oidc/organisation/login/"
VERIFIED = {"email": "dora@example.org", "email_verified": True}
CLAIMS = {
    "verified": VERIFIED,
    "unverified": VERIFIED | {"email_verified": False},
    "in words": VERIFIED | {"email_verified": "false"},
    "nameless": {},
    "stranger": {"email": "stranger@example.org", "email_verified": True},
    "elsewhere": {"email": "dora@elsewhere.example", "email_verified": True},
}


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """A provider of its own, with people who differ in what it says of them."""
    subjects = [Subject(sub=name, claims=claims) for name, claims in CLAIMS.items()]
    with run_server_in_thread(user_claims=subjects) as running:
        yield f"http://localhost:{running.server_port}"


@pytest.fixture
def provider(server: str, settings: Any) -> None:
    """The portal knows the provider, and trusts it for one domain."""
    known = settings.OIDC_APP | {"client_id": "portal", "secret": "only-for-tests", "name": "Our sign-in"}
    known["settings"] = known["settings"] | {"server_url": server}
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": [known]}}
    settings.OIDC_TRUSTED_DOMAINS = ["example.org"]


def come_by(browser: Client, subject: str, process: str = "login") -> Any:
    """Go to the provider, sign in there as somebody, and come back."""
    led_to = browser.post(f"{LOGIN}?process={process}").headers["Location"]
    back = requests.post(led_to, data={"sub": subject}, allow_redirects=False, timeout=10).headers["Location"]
    return browser.get(back.removeprefix("http://testserver"))


def who(browser: Client) -> str:
    pk = browser.session.get("_auth_user_id")
    return User.objects.get(pk=pk).email if pk else ""


def test_without_a_provider_there_is_none(cast: SimpleNamespace) -> None:
    assert Client().post(LOGIN).status_code == 404
    assert "Our sign-in" not in Client().get(reverse("account_login")).content.decode()


@pytest.mark.usefixtures("provider")
@pytest.mark.parametrize(
    ("subject", "email"),
    [
        ("verified", "dora@example.org"),
        ("unverified", ""),
        ("in words", ""),
        ("nameless", ""),
        ("stranger", ""),
        ("elsewhere", ""),
    ],
)
def test_a_person_is_found_by_an_address_that_is_verified_and_of_a_trusted_domain(
    cast: SimpleNamespace, subject: str, email: str
) -> None:
    browser, before = Client(), User.objects.count()
    assert "Our sign-in" in browser.get(reverse("account_login")).content.decode()
    come_by(browser, subject)
    assert (who(browser), User.objects.count()) == (email, before)


@pytest.mark.usefixtures("provider")
def test_without_a_trusted_domain_nobody_is_found_by_address(cast: SimpleNamespace, settings: Any) -> None:
    settings.OIDC_TRUSTED_DOMAINS = []
    browser = Client()
    answer = come_by(browser, "verified")
    page = browser.get(answer.headers["Location"]).content.decode()
    assert (who(browser), "Sign in once as usual, then connect it" in page) == ("", True)


@pytest.mark.usefixtures("provider")
def test_whoever_connects_it_once_signs_in_with_it_without_any_address(cast: SimpleNamespace) -> None:
    browser = Client()
    browser.post(reverse("account_login"), {"login": "amina@example.org", "password": "planning-year"})
    browser.post(reverse("account_reauthenticate"), {"password": "planning-year"})
    assert "not connected" in browser.get("/me/").content.decode()
    come_by(browser, "nameless", process="connect")
    assert SocialAccount.objects.get().user == cast.amina
    later = Client()
    come_by(later, "nameless")
    assert who(later) == "amina@example.org"
    assert SecurityEvent.objects.filter(person=cast.amina, what="connected").count() == 1


@pytest.mark.usefixtures("provider")
def test_what_is_connected_to_one_person_is_connected_to_nobody_else(cast: SimpleNamespace, as_person: Browser) -> None:
    SocialAccount.objects.create(user=cast.amina, provider="organisation", uid="nameless")
    bens = as_person(cast.ben)
    bens.post(reverse("account_reauthenticate"), {"password": "planning-year"})
    come_by(bens, "nameless", process="connect")
    assert [account.user for account in SocialAccount.objects.all()] == [cast.amina]


@pytest.mark.usefixtures("provider")
def test_whoever_may_no_longer_log_in_does_not_come_in_by_a_provider_either(cast: SimpleNamespace) -> None:
    User.objects.filter(pk=cast.dora.pk).update(is_active=False)
    browser = Client()
    come_by(browser, "verified")
    assert who(browser) == ""


@pytest.mark.usefixtures("provider")
def test_a_second_factor_is_asked_after_the_provider_too(cast: SimpleNamespace) -> None:
    TOTP.activate(cast.dora, "JBSWY3DPEHPK3PXP")
    browser = Client()
    assert come_by(browser, "verified").headers["Location"].startswith(reverse("mfa_authenticate"))
    assert who(browser) == ""


@pytest.mark.usefixtures("provider")
def test_an_answer_that_was_not_asked_for_lets_nobody_in(cast: SimpleNamespace) -> None:
    asking, other = Client(), Client()
    led_to = asking.post(LOGIN).headers["Location"]
    back = requests.post(led_to, data={"sub": "verified"}, allow_redirects=False, timeout=10).headers["Location"]
    other.get(back.removeprefix("http://testserver"))
    assert who(other) == ""


def test_the_page_for_signing_up_by_a_provider_does_not_exist(cast: SimpleNamespace) -> None:
    assert Client().get("/account/3rdparty/signup/").status_code == 404
