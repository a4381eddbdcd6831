"""Every address says who may use it. `page` reads, `act` writes; a view without a mark is refused."""

import hashlib
import uuid
from collections.abc import Callable, Mapping
from datetime import date, datetime
from functools import wraps
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.db import DatabaseError, connection, transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotAllowed, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.csrf import csrf_failure

from sop_portal.foundation.kit import clock
from sop_portal.foundation.kit.refusals import NotYours, Refusal
from sop_portal.foundation.kit.transactions import whole
from sop_portal.foundation.organisation.actor import Actor
from sop_portal.foundation.organisation.models import UsedKey, User
from sop_portal.foundation.organisation.portal import Letterhead
from sop_portal.foundation.organisation.roles import Can

View = Callable[..., HttpResponseBase]
# The cookie that names the key of the form carried out last; it is no secret, and grants nothing.
CARRIED_OUT = "carried_out"
# What the address of the door says where a form was sent and not carried out.
UNSENT = "unsent"
# What a form carries beside what was typed.
TOKENS = ("csrfmiddlewaretoken", "key")
# And what its page showed, which nobody typed.
UNSEEN = ("seen", "known", "held")
WRITES = ("INSERT", "UPDATE", "DELETE", "REPLACE")


class Request(HttpRequest):
    """A request after the middleware: who acts, when, and with which rights."""

    user: User
    actor: Actor
    moment: datetime
    today: date
    # The languages the organisation offers.
    languages: list[str]
    letterhead: Letterhead
    # The years this page shows, kept for the rest of the request.
    years: list[Any]


# Each refuses a form whose act would be refused whatever is typed, by what stands in its address. stages.py fills it.
INSTEAD_OF_FORMS: list[Callable[[Request, Mapping[str, object]], None]] = []


class ReadingWrote(RuntimeError):
    """A page that only reads tried to change something."""


class PartlySaved(JsonResponse):
    """What was sent is saved but for what this answer names, so its status does not undo it."""


def refuse_writing(execute: Callable[..., Any], sql: str, params: object, many: bool, context: object) -> Any:
    """Let a reading page read only; the throttle's and session's own rows are not the page's."""
    if sql.lstrip().upper().startswith(WRITES) and "django_session" not in sql and "organisation_cache" not in sql:
        raise ReadingWrote(sql[:120])
    return execute(sql, params, many, context)


def is_anonymous(request: HttpRequest) -> bool:
    """Whether nobody is logged in."""
    return not request.user.is_authenticated


def wants_json(request: HttpRequest) -> bool:
    """Whether a script asks, which cannot follow to a page."""
    return request.headers.get("Accept", "").startswith("application/json")


def redirect_to_sign_in(request: HttpRequest, back: str, *, is_unsent: bool = False) -> HttpResponseBase:
    """The way to sign in; a script is told, for it would take the page of the door for a success.

    Where somebody sent a form the door says that it was not carried out, and whether what was typed is kept.
    """
    if not wants_json(request):
        to_door = redirect_to_login(back)
        if is_unsent:
            to_door["Location"] += f"&{UNSENT}=1"
        if "HX-Request" not in request.headers:
            return to_door
        # A part of a page cannot show the door: the whole page goes there.
        return HttpResponse(headers={"HX-Redirect": to_door["Location"]})
    door = f"{reverse('account_login')}?{urlencode({'next': request.path})}"
    return JsonResponse({"signed_out": _("You are signed out."), "sign_in": door}, status=401)


def page(capability: Can | None = Can.SEE_RECORDS) -> Callable[[View], View]:
    """Mark a view that only reads. `None` means every logged-in person. A write inside raises."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: Request, *args: object, **kwargs: object) -> HttpResponseBase:
            if request.method not in ("GET", "HEAD"):
                return HttpResponseNotAllowed(["GET", "HEAD"])
            if is_anonymous(request):
                return redirect_to_sign_in(request, request.get_full_path())
            if capability is not None and not request.actor.may(capability):
                raise NotYours(_("Your roles do not include this page."), _("Ask the administrator if you need it."))
            with connection.execute_wrapper(refuse_writing):
                return view(request, *args, **kwargs)

        guarded.access = ("page", capability)  # type: ignore[attr-defined]
        return guarded

    return decorate


def act(capability: Can | None, *, is_secret: bool = False) -> Callable[[View], View]:
    """Mark a view that carries out one act: POST, one transaction, once per form key.

    Whether the person may is decided by the action itself, on the locked record, so that a record outside
    their scope stays invisible (404) and one inside it answers with the reason (403).
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: Request, *args: object, **kwargs: object) -> HttpResponseBase:
            if request.method != "POST":
                return HttpResponseNotAllowed(["POST"])
            if is_anonymous(request):
                return redirect_to_sign_in(request, request.META.get("HTTP_REFERER") or "/", is_unsent=True)
            return once(request, lambda: view(request, *args, **kwargs), is_secret=is_secret)

        guarded.access = ("act", capability)  # type: ignore[attr-defined]
        return guarded

    return decorate


def key_of(request: HttpRequest) -> uuid.UUID | None:
    """The key a form was sent with, if it has one."""
    try:
        return uuid.UUID(request.POST.get("key", ""))
    except ValueError:
        return None


def once(request: Request, carry_out: Callable[[], HttpResponseBase], *, is_secret: bool = False) -> HttpResponseBase:
    """Carry out a form once: a double click, a reload or a replay leads to where the first one led.

    Of a secret form the key alone is kept, with its day: neither who sent it, nor when, nor a mark of its words, from
    which one among a few answers could be guessed.
    """
    key = key_of(request)
    if key is None:
        raise Refusal(_("This form has no key, so it was not carried out."), _("Open the page again and repeat."))
    try:
        with whole():
            used = UsedKey.objects.create(
                key=key,
                person=None if is_secret else request.user,
                used_at=first_moment(clock.now()) if is_secret else clock.now(),
                form=request.path[:500],
                content="" if is_secret else content_of(request),
            )
            response = carry_out()
            if response.status_code >= 400 and not isinstance(response, PartlySaved):
                transaction.set_rollback(True)
            else:
                UsedKey.objects.filter(pk=used.pk).update(leads_to=response.get("Location", "")[:500])
                if not wants_json(request):
                    say_carried_out(response, key)
            return response
    except DatabaseError:
        earlier = UsedKey.objects.filter(pk=key).first()
        if earlier is None:
            raise
        return sent_again(request, earlier)


def first_moment(moment: datetime) -> datetime:
    """The first moment of its day: what is kept of a moment that would tell whose it was."""
    return moment.replace(hour=0, minute=0, second=0, microsecond=0)


def content_of(request: HttpRequest) -> str:
    """A mark of all that was sent in a form, but for the tokens that say who sent it and how often."""
    fields = [(name, request.POST.getlist(name)) for name in sorted(request.POST) if name not in TOKENS]
    mark = hashlib.sha256(repr(fields).encode("utf-8", "surrogatepass"))
    for name in sorted(request.FILES):
        for file in request.FILES.getlist(name):
            mark.update(repr((name, file.name, file.size)).encode("utf-8", "surrogatepass"))
            for chunk in file.chunks():
                mark.update(chunk)
            file.seek(0)
    return mark.hexdigest()


def say_carried_out(response: HttpResponseBase, key: uuid.UUID) -> None:
    """Tell the page's script which form was carried out, so that it lets go of what was typed there."""
    response.set_cookie(CARRIED_OUT, str(key), max_age=600, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE)


def sent_again(request: Request, earlier: UsedKey) -> HttpResponseBase:
    """Answer a form whose key was used: the same words were carried out, other words were not and are given back."""
    if earlier.person_id not in (None, request.user.pk):
        raise Refusal(
            _("Somebody else sent this form, so it was not carried out."), _("Open the page again and repeat.")
        )
    if earlier.form != request.path[:500]:
        raise Refusal(
            _("The key of this form was used for another one, so it was not carried out."),
            _("Open the page again and repeat."),
        )
    if earlier.content not in ("", content_of(request)):
        typed = [(name, text) for name in request.POST for text in request.POST.getlist(name) if name not in TOKENS]
        words = [text for name, text in typed if text.strip() and name.rpartition("-")[2] not in UNSEEN]
        context = {"earlier": earlier, "typed": typed, "words": words, "has_files": bool(request.FILES)}
        return render(request, "sent_again.html", context, status=409)
    messages.info(request, _("This was already carried out; nothing was done twice."))
    response = redirect(earlier.leads_to or "/")
    say_carried_out(response, earlier.key)
    return response


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponseBase:
    """Refuse a form whose token is not that of the browser; a script reads why in a sentence."""
    if not wants_json(request):
        return csrf_failure(request, reason)
    if is_anonymous(request):
        return redirect_to_sign_in(request, request.path)
    sentence = _("Somebody signed in anew since this page was opened.")
    return JsonResponse({"refused": sentence, "open_again": True}, status=403)


def open_to_all(view: View) -> View:
    """Mark a view that needs no login."""
    view.access = ("open", None)  # type: ignore[attr-defined]
    return view


@open_to_all
def not_there(request: HttpRequest) -> HttpResponseBase:
    """Answer 404 at an address of a library that the portal does not offer: the administrator keeps people."""
    raise Http404


def either(show: View, carry_out: View, *, when_closed: bool = False) -> View:
    """One address that shows a form (GET) and carries it out (POST); each view keeps its own mark.

    What nothing but a form stands on is not shown in a year that takes it no more; `when_closed` says of a page that
    there is something to read on it then too, or that its form lives on.
    """

    def both(request: Request, *args: object, **kwargs: object) -> HttpResponseBase:
        if request.method == "POST":
            return carry_out(request, *args, **kwargs)
        response = show(request, *args, **kwargs)
        if response.status_code == HTTPStatus.OK and not when_closed:
            for refuse in INSTEAD_OF_FORMS:
                refuse(request, kwargs)
        return response

    both.access = carry_out.access  # type: ignore[attr-defined]
    return both
