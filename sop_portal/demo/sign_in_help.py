"""What a demonstration says of itself: on the first page, and on the sign-in page, where its people stand."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from sop_portal.demo.cast import LOGINS, Login
from sop_portal.demo.chinese import CHINESE
from sop_portal.demo.ideas import ideas_once
from sop_portal.foundation.kit.sentences import interpolate
from sop_portal.foundation.organisation.access import Request
from sop_portal.foundation.organisation.models import Organisation, User
from sop_portal.foundation.organisation.roles import Can

# How many weeks the day of the demonstration moves forward with one button.
WEEKS = (1, 4)


def sign_in_context(request: Request) -> dict[str, Any]:
    """The context of the sign-in page of a demonstration: what is real in it and what is made up; else nothing."""
    if not settings.DEMO:
        return {}
    return {
        "demo_note": lazy_sentence(lambda: note() if is_demonstration() else ""),
        "demo_footnote": lazy_sentence(
            lambda: (
                _("Whoever signs in here may try everything; nobody outside is written to.")
                if is_demonstration()
                else ""
            )
        ),
        "demo_accounts": SimpleLazyObject(accounts),
        "demo_weeks": WEEKS,
        "demo_ideas": SimpleLazyObject(lambda: ideas_once(request) if is_demonstration() else []),
        "may_leave_demo": SimpleLazyObject(lambda: request.actor.may(Can.KEEP_PEOPLE)),
    }


def is_demonstration() -> bool:
    """Whether the settings declare a demonstration and the database holds one; an empty portal says nothing of it."""
    return settings.DEMO and Organisation.objects.filter(is_demonstration=True).exists()


def language_made_in() -> str:
    """In which language the demonstration that stands here was made; nothing where there is none."""
    if not is_demonstration():
        return ""
    # Its administrator may choose another language for the organisation, so people's names are asked.
    return "zh-hans" if User.objects.filter(name=CHINESE[LOGINS[0].name]).exists() else "en"


def lazy_sentence(sentence: Callable[[], str]) -> Any:
    """A sentence in the language of the page, which is not settled yet when this is asked for."""
    return SimpleLazyObject(sentence)


def note() -> str:
    """The note on what is invented in the demonstration."""
    if language_made_in() != "en":
        return _(
            "A demonstration in Chinese: a made-up library with twelve branches. Its yearly figures are real: those of "
            "twelve public libraries of Connecticut from 1996 to 2012, moved so that the last year is last year; "
            "dollars are called yuan and not converted. People, projects and how the figures are split over them, "
            "requests, expenses and everything said are made up."
        )
    return _(
        "A demonstration: twelve public libraries of Connecticut. Their yearly figures from 1996 to 2012 are real, "
        "from the state library’s public statistics, moved so that the last year is last year. People, projects and "
        "how the figures are split over them, requests, expenses and everything said are made up."
    )


def accounts() -> list[dict[str, str]]:
    """The people one can sign in as, where they exist."""
    if not is_demonstration():
        return []
    people = User.objects.filter(email__in=[login.email for login in LOGINS])
    known = {person.email: person for person in people.prefetch_related("memberships__department")}
    return [account(login, known[login.email]) for login in LOGINS if login.email in known]


def account(login: Login, person: User) -> dict[str, str]:
    """One account of the demonstration, by the names that stand in it, with the address that signs in."""
    role = str(login.role.label) if login.role else _("No role yet")
    places = [str(held.place) for held in person.memberships.all() if held.role == login.role and held.place]
    return {
        "name": person.name,
        "initials": person.initials,
        "role": interpolate(_("%(role)s, %(department)s"), {"role": role, "department": places[0]}) if places else role,
        "email": person.email,
        "url": reverse("demo-sign-in"),
    }
