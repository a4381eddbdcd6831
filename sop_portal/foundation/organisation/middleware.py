"""What every request gets: the person's language and rights, and a refusal where the view does not say who may."""

from collections.abc import Callable
from contextlib import nullcontext
from typing import cast

from django.core.exceptions import BadRequest, PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import resolve
from django.utils import timezone, translation
from django.utils.functional import SimpleLazyObject

from sop_portal.foundation.kit import clock
from sop_portal.foundation.organisation.access import Request, View, is_anonymous
from sop_portal.foundation.organisation.actor import Actor
from sop_portal.foundation.organisation.models import ALL_LANGUAGES, on_its_clock
from sop_portal.foundation.organisation.portal import House, Letterhead, letterhead

# Views of libraries that guard themselves: login, second factor, static files and the language switch.
GUARD_THEMSELVES = ("allauth.", "django.contrib.staticfiles.", "django.views.static")

Respond = Callable[[HttpRequest], HttpResponse]


class ReadableRequestMiddleware:
    """Refuses an address or a cookie with a NUL in it: no word has one, and PostgreSQL stumbles over it."""

    def __init__(self, respond: Respond) -> None:
        self.respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Serve the request if it can be read."""
        cookies = "".join(request.COOKIES.values())
        if "\x00" in request.path_info + cookies or "%00" in request.META.get("QUERY_STRING", ""):
            raise BadRequest("The address or a cookie holds a NUL character.")
        return self.respond(request)


class LanguageOfPersonMiddleware:
    """The language chosen on the page wins, then the person's own, then the browser's."""

    def __init__(self, respond: Respond) -> None:
        self.respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Serve the request in the right language and name it in the answer."""
        chosen = request.COOKIES.get("django_language", "")
        user = request.user
        language = chosen if translation.check_for_language(chosen) else getattr(user, "language", "")
        if language not in ("en", "zh-hans"):
            language = translation.get_language_from_request(request)
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = self.respond(request)
        response.headers.setdefault("Content-Language", language)
        return response


class AccessMiddleware:
    """Gives every request its actor and refuses a view that does not say who may use it."""

    def __init__(self, respond: Respond) -> None:
        self.respond = respond

    def __call__(self, request: Request) -> HttpResponse:
        """Attach moment, day and actor; the rights are read when first asked for, once per request."""
        # Strangers see no days, and the probes of a load balancer touch no database.
        with nullcontext(_house_of_strangers()) if is_anonymous(request) else on_its_clock() as house:
            request.languages, request.letterhead = house.languages, house.letterhead
            request.moment = clock.now()
            request.today = timezone.localdate(request.moment)
            request.actor = cast(Actor, SimpleLazyObject(lambda: Actor.of_request(request.user, request.today)))
            return self.respond(request)

    def process_view(self, request: Request, view: View, args: list[object], kwargs: dict[str, object]) -> None:
        """Refuse what is not declared."""
        if not hasattr(view, "access") and not view.__module__.startswith(GUARD_THEMSELVES):
            raise PermissionDenied(f"{resolve(request.path).view_name} does not declare who may use it")


def _house_of_strangers() -> House:
    """All languages; the letterhead is read once a page shows it."""
    return House(ALL_LANGUAGES.split(","), cast(Letterhead, SimpleLazyObject(letterhead)))
