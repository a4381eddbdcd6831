"""What every answer carries, and what the portal refuses to start with."""

import os
import re
import subprocess
import sys
import uuid
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import include, path, reverse

from sop_portal.foundation.organisation.access import open_to_all
from sop_portal.foundation.organisation.models import User

Browser = Callable[[User], Client]
POLICY = {
    "default-src": {"'none'"},
    "script-src": {"'self'"},
    "style-src": {"'self'"},
    "img-src": {"'self'", "data:"},
    "font-src": {"'self'"},
    "connect-src": {"'self'"},
    "form-action": {"'self'"},
    "base-uri": {"'none'"},
    "frame-ancestors": {"'none'"},
}
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}
INLINE = {
    "a script without a file": re.compile(r"<script(?![^>]*\bsrc=)[^>]*>", re.IGNORECASE),
    "a style sheet in the page": re.compile(r"<style", re.IGNORECASE),
    "a style attribute": re.compile(r"<[^>]+\sstyle\s*=", re.IGNORECASE),
    "a handler in an attribute": re.compile(r"<[^>]+\son[a-z]+\s*=", re.IGNORECASE),
    "a javascript: link": re.compile(r"(href|src|action)\s*=\s*.?javascript:", re.IGNORECASE),
}
GOOD_KEY = "only-for-tests-0123456789-0123456789-0123456789"


@open_to_all
def broken(request: HttpRequest) -> HttpResponse:
    """A view that breaks."""
    raise ZeroDivisionError("secret detail")


urlpatterns = [path("broken/", broken), path("", include("sop_portal.urls"))]


def answers(cast: SimpleNamespace, as_person: Browser) -> dict[str, Any]:
    """One answer of every kind."""
    stranger, ada, guarded = Client(), as_person(cast.ada), Client(enforce_csrf_checks=True)
    stranger.raise_request_exception = False
    return {
        "a page": ada.get("/"),
        "the door": stranger.get("/account/login/"),
        "led on": stranger.get("/"),
        "not found": ada.get("/nowhere/"),
        "not yours": as_person(cast.amina).get(reverse("people")),
        "not this way": ada.get(reverse("department-add")),
        "without a key": ada.post(reverse("department-add")),
        "to be corrected": ada.post(reverse("department-add"), {"key": str(uuid.uuid4())}),
        "from elsewhere": guarded.post("/account/login/"),
        "a bad host": ada.get("/", headers={"host": "elsewhere.example"}),
        "broken": stranger.get("/broken/"),
        "alive": stranger.get("/livez"),
        "the handbook": ada.get("/handbook/forecast/"),
    }


@pytest.fixture
def every_kind(cast: SimpleNamespace, as_person: Browser, settings: Any) -> dict[str, Any]:
    """Answers of every kind and status."""
    settings.ROOT_URLCONF = __name__
    return answers(cast, as_person)


def test_the_answers_are_of_every_status(every_kind: dict[str, Any]) -> None:
    assert {name: answer.status_code for name, answer in every_kind.items()} == {
        "a page": 200,
        "the door": 200,
        "led on": 302,
        "not found": 404,
        "not yours": 403,
        "not this way": 405,
        "without a key": 409,
        "to be corrected": 422,
        "from elsewhere": 403,
        "a bad host": 400,
        "broken": 500,
        "alive": 200,
        "the handbook": 200,
    }


def test_every_answer_carries_the_strict_policy(every_kind: dict[str, Any]) -> None:
    found = {name: policy_of(answer) for name, answer in every_kind.items()}
    assert found == dict.fromkeys(every_kind, POLICY)


def policy_of(answer: Any) -> dict[str, set[str]]:
    parts = [part.split() for part in answer.headers.get("Content-Security-Policy", "").split(";") if part.strip()]
    return {part[0]: set(part[1:]) for part in parts}


def test_every_answer_carries_the_other_headers(every_kind: dict[str, Any]) -> None:
    found = {name: {h: answer.headers.get(h) for h in HEADERS} for name, answer in every_kind.items()}
    assert found == dict.fromkeys(every_kind, HEADERS)


def test_no_page_holds_code_of_its_own(every_kind: dict[str, Any]) -> None:
    pages = {name: answer.content.decode() for name, answer in every_kind.items()}
    found = [(name, what) for name, page in pages.items() for what, pattern in INLINE.items() if pattern.search(page)]
    assert found == []


def test_what_broke_stays_inside(every_kind: dict[str, Any]) -> None:
    assert b"secret detail" not in every_kind["broken"].content


def test_cookies_are_kept_from_scripts_and_other_sites(cast: SimpleNamespace) -> None:
    typed = {"login": "amina@example.org", "password": "planning-year"}
    cookies = Client().post("/account/login/", typed).cookies
    assert (cookies["sessionid"]["httponly"], cookies["sessionid"]["samesite"]) == (True, "Lax")
    assert settings.CSRF_COOKIE_SAMESITE == "Lax"


@pytest.mark.parametrize(
    "where", ["/account/login/?next=https://elsewhere.example/", "/account/login/?next=//elsewhere.example/"]
)
def test_logging_in_does_not_lead_elsewhere(cast: SimpleNamespace, where: str) -> None:
    answer = Client().post(where, {"login": "amina@example.org", "password": "planning-year"})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/")


def test_nobody_signs_up(db: None) -> None:
    typed = {"email": "new@example.org", "password1": "planning-year", "password2": "planning-year"}
    Client().post("/account/signup/", typed)
    assert User.objects.count() == 0


def test_a_known_and_an_unknown_address_get_the_same_answer(cast: SimpleNamespace) -> None:
    pages = []
    for email in ("amina@example.org", "nobody@example.org"):
        answer = Client().post("/account/login/", {"login": email, "password": "wrong-password"})
        pages.append((answer.status_code, re.sub(r'value="[^"]*"', "", answer.content.decode()).replace(email, "")))
    assert pages[0] == pages[1]


def started(code: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
    """The settings, read in a process of their own."""
    own = {"DJANGO_SETTINGS_MODULE": "sop_portal.settings", "SECRET_KEY": GOOD_KEY}
    return subprocess.run(
        [sys.executable, "-c", f"import sop_portal.settings as s; {code}"],
        cwd=Path(settings.BASE_DIR),
        check=False,
        capture_output=True,
        text=True,
        env=os.environ | own | environment,
    )


@pytest.mark.parametrize(
    "key", ["", "short", "changeme-" + "0" * 60, "change-me-" + "x" * 60, "django-insecure-" + "x" * 60]
)
def test_the_portal_does_not_start_with_a_default_secret(key: str) -> None:
    found = started(SECRET_KEY=key)
    assert (found.returncode, "SECRET_KEY is missing, short or a default" in found.stderr) == (1, True)


def test_the_portal_starts_with_a_secret_of_its_own() -> None:
    assert started().returncode == 0


def test_passwords_are_kept_by_argon2() -> None:
    found = started("print(s.PASSWORD_HASHERS)")
    assert found.stdout.strip() == "['django.contrib.auth.hashers.Argon2PasswordHasher']"


def test_behind_a_proxy_everything_is_encrypted_and_callers_are_told_apart() -> None:
    names = "s.SECURE_SSL_REDIRECT, s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE, s.SECURE_HSTS_SECONDS"
    found = started(f"print({names}, s.ALLAUTH_TRUSTED_PROXY_COUNT)", SECURE_PROXY="True").stdout.strip()
    assert found == "True True True 31536000 1"


def test_a_stranger_who_guesses_passwords_locks_out_only_the_own_address(cast: SimpleNamespace, settings: Any) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {"login_failed": "2/m/ip"}

    def tried(password: str, caller: str) -> int:
        typed = {"login": "amina@example.org", "password": password}
        # What the stranger claims to be stands in front of what the proxy saw.
        return Client().post("/account/login/", typed, headers={"x-forwarded-for": f"10.0.0.9, {caller}"}).status_code

    for _ in range(3):
        tried("guess-upon-guess", "203.0.113.5")
    assert [tried("planning-year", caller) for caller in ("203.0.113.5", "198.51.100.7")] == [200, 302]
