"""A passkey is added and signs in, with the authenticator that Chromium brings for tests."""

from collections.abc import Iterator
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from playwright.sync_api import Browser, expect

from sop_portal.foundation.organisation.models import User
from sop_portal.sign_in.models import SecurityEvent
from sop_portal.tests.browser.walk import PASSWORD, Walk

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def walk(browser: Browser, live_server: Any, settings: Any) -> Iterator[Walk]:
    """A browser with a fingerprint reader, in front of a portal without HTTPS."""
    settings.MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True
    User.objects.create_user("amina@example.org", PASSWORD, name="Amina Diallo")
    found = Walk(browser, live_server.url, "en")
    device = found.context.new_cdp_session(found.page)
    device.send("WebAuthn.enable")
    device.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})
    yield found
    found.close()


def add_passkey(walk: Walk) -> None:
    """From the page of one's account, confirmed with the password."""
    page = walk.page
    walk.go("/me/")
    page.get_by_role("link", name="Add passkey").click()
    page.locator("[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="Confirm").click()
    page.locator("[name=name]").fill("My phone")
    page.get_by_role("button", name="Add passkey").click()
    expect(page.locator("h1")).to_have_text("Recovery codes")


def test_a_passkey_is_added_and_signs_in_alone(walk: Walk) -> None:
    walk.log_in("amina@example.org")
    add_passkey(walk)
    amina = User.objects.get(email="amina@example.org")
    assert set(Authenticator.objects.filter(user=amina).values_list("type", flat=True)) == {
        "webauthn",
        "recovery_codes",
    }
    walk.go("/me/")
    expect(walk.page.get_by_text("My phone")).to_be_visible()
    walk.page.get_by_role("button", name="Log out").click()
    walk.go("/account/login/")
    walk.page.get_by_role("button", name="Sign in with a passkey").click()
    expect(walk.page.locator("h1")).to_have_text("My work")
    signed_in = SecurityEvent.objects.filter(person=amina, what="signed_in").count()
    assert (signed_in, walk.complaints) == (2, [])


def test_a_passkey_is_the_second_step_after_a_password(walk: Walk) -> None:
    walk.log_in("amina@example.org")
    add_passkey(walk)
    walk.go("/me/").page.get_by_role("button", name="Log out").click()
    walk.go("/account/login/")
    walk.page.locator("[name=login]").fill("amina@example.org")
    walk.page.locator("main [name=password]").fill(PASSWORD)
    walk.page.get_by_role("button", name="Sign in", exact=True).click()
    expect(walk.page.locator("h1")).to_have_text("Second step")
    walk.page.get_by_role("button", name="Use a passkey").click()
    expect(walk.page.locator("h1")).to_have_text("My work")


def test_without_scripts_the_password_and_a_code_remain(browser: Browser, live_server: Any, walk: Walk) -> None:
    plain = Walk(browser, live_server.url, "en", scripts=False)
    plain.go("/account/login/")
    expect(plain.page.get_by_role("button", name="Sign in with a passkey")).to_be_hidden()
    plain.log_in("amina@example.org")
    plain.close()
