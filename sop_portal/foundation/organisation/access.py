"""Every address says who may use it. `page` reads, `act` writes; a view without a mark is refused."""

import uuid
from collections.abc import Callable
from datetime import date, datetime
from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.db import DatabaseError, connection, transaction
from django.http import Http404, HttpRequest, HttpResponseBase, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from sop_portal.foundation.kit import clock
from sop_portal.foundation.kit.refusals import NotYours, Refusal
from sop_portal.foundation.organisation.actor import Actor
from sop_portal.foundation.organisation.models import UsedKey, User
from sop_portal.foundation.organisation.roles import Can

View = Callable[..., HttpResponseBase]
WRITES = ("INSERT", "UPDATE", "DELETE", "REPLACE")


class Request(HttpRequest):
    """A request after the middleware: who acts, when, and with which rights."""

    user: User
    actor: Actor
    moment: datetime
    today: date
    # The years this page shows, kept for the rest of the request.
    years: list[Any]


class ReadingWrote(RuntimeError):
    """A page that only reads tried to change something."""


def refuse_writing(execute: Callable[..., Any], sql: str, params: object, many: bool, context: object) -> Any:
    """Let a reading page read only; the throttle's and session's own rows are not the page's."""
    if sql.lstrip().upper().startswith(WRITES) and "django_session" not in sql and "organisation_cache" not in sql:
        raise ReadingWrote(sql[:120])
    return execute(sql, params, many, context)


def is_anonymous(request: HttpRequest) -> bool:
    """Whether nobody is logged in."""
    return not request.user.is_authenticated


def page(capability: Can | None = Can.SEE_RECORDS) -> Callable[[View], View]:
    """Mark a view that only reads. `None` means every logged-in person. A write inside raises."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: Request, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if request.method not in ("GET", "HEAD"):
                return HttpResponseNotAllowed(["GET", "HEAD"])
            if is_anonymous(request):
                return redirect_to_login(request.get_full_path())
            if capability is not None and not request.actor.may(capability):
                raise NotYours(_("Your roles do not include this page."), _("Ask the administrator if you need it."))
            with connection.execute_wrapper(refuse_writing):
                return view(request, *args, **kwargs)

        guarded.access = ("page", capability)  # type: ignore[attr-defined]
        return guarded

    return decorate


def act(capability: Can | None) -> Callable[[View], View]:
    """Mark a view that carries out one act: POST, one transaction, once per form key.

    Whether the person may is decided by the action itself, on the locked record, so that a record outside
    their scope stays invisible (404) and one inside it answers with the reason (403).
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: Request, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if request.method != "POST":
                return HttpResponseNotAllowed(["POST"])
            if is_anonymous(request):
                return redirect_to_login(request.META.get("HTTP_REFERER") or "/")
            return once(request, lambda: view(request, *args, **kwargs))

        guarded.access = ("act", capability)  # type: ignore[attr-defined]
        return guarded

    return decorate


def once(request: Request, carry_out: Callable[[], HttpResponseBase]) -> HttpResponseBase:
    """Carry out a form once: a double click, a reload or a replay leads to where the first one led."""
    try:
        key = uuid.UUID(request.POST.get("key", ""))
    except ValueError:
        raise Refusal(
            _("This form has no key, so it was not carried out."), _("Open the page again and repeat.")
        ) from None
    try:
        with transaction.atomic():
            used = UsedKey.objects.create(key=key, person=request.user, used_at=clock.now(), form=request.path[:500])
            response = carry_out()
            if response.status_code >= 400:
                transaction.set_rollback(True)
            else:
                UsedKey.objects.filter(pk=used.pk).update(leads_to=response.get("Location", "")[:500])
            return response
    except DatabaseError:
        earlier = UsedKey.objects.filter(pk=key).first()
        if earlier is None:
            raise
        if earlier.person_id != request.user.pk:
            raise Refusal(
                _("Somebody else sent this form, so it was not carried out."), _("Open the page again and repeat.")
            ) from None
        if earlier.form != request.path[:500]:
            raise Refusal(
                _("The key of this form was used for another one, so it was not carried out."),
                _("Open the page again and repeat."),
            ) from None
        messages.info(request, _("This was already carried out; nothing was done twice."))
        return redirect(earlier.leads_to or "/")


def open_to_all(view: View) -> View:
    """Mark a view that needs no login."""
    view.access = ("open", None)  # type: ignore[attr-defined]
    return view


@open_to_all
def not_there(request: HttpRequest) -> HttpResponseBase:
    """Answer 404 at an address of a library that the portal does not offer: the administrator keeps people."""
    raise Http404


def either(show: View, carry_out: View) -> View:
    """One address that shows a form (GET) and carries it out (POST); each view keeps its own mark."""

    def both(request: Request, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return (carry_out if request.method == "POST" else show)(request, *args, **kwargs)

    both.access = carry_out.access  # type: ignore[attr-defined]
    return both
