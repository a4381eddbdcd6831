"""Which browser somebody uses: its name in words, and whether this account was signed in from it before."""

import secrets
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

SALT = "sop_portal.known_browser"
LASTS = 60 * 60 * 24 * 180
MOST_PEOPLE = 10
LONGEST_AGENT = 500


def browser_called(agent: str) -> str:
    """The browser and its device in words: “Firefox on Windows”; empty where it does not say."""
    from ua_parser import parse

    found = parse(agent[:LONGEST_AGENT])
    browser = found.user_agent.family if found.user_agent else ""
    system = found.os.family if found.os else ""
    if not browser or not system:
        return browser or system
    return _("%(browser)s on %(system)s") % {"browser": browser, "system": system}


def is_phone(agent: str) -> bool:
    """Whether it is a phone or a tablet."""
    from ua_parser import parse_os

    system = parse_os(agent[:LONGEST_AGENT])
    return system is not None and system.family in ("iOS", "Android", "iPadOS", "HarmonyOS")


def mark_of(email: str) -> str:
    """How a browser remembers an account without naming it."""
    return salted_hmac(SALT, email.strip().lower(), algorithm="sha256").hexdigest()[:20]


def known_browser(request: HttpRequest, email: str) -> str:
    """The mark of a browser from which this account was signed in before; empty for any other one."""
    kept = _kept(request)
    return str(kept["id"]) if mark_of(email) in kept.get("of", []) else ""


def remember_browser(request: HttpRequest, response: HttpResponse, email: str) -> None:
    """Let this browser be known for the account from now on."""
    kept = _kept(request)
    others = [mark for mark in kept.get("of", []) if mark != mark_of(email)]
    known = {"id": kept.get("id") or secrets.token_hex(8), "of": [mark_of(email), *others][:MOST_PEOPLE]}
    response.set_cookie(
        settings.KNOWN_BROWSER_COOKIE,
        signing.dumps(known, salt=SALT),
        max_age=LASTS,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def _kept(request: HttpRequest) -> Mapping[str, Any]:
    try:
        found = signing.loads(request.COOKIES.get(settings.KNOWN_BROWSER_COOKIE, ""), salt=SALT, max_age=LASTS)
    except signing.BadSignature:
        return {}
    return found if isinstance(found, dict) else {}
