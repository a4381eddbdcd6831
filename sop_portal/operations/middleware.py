"""What every request begins with: its number, its line in the log, questions of programs, an upgrade under way."""

import re
import time
import uuid
from collections.abc import Callable

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse

from sop_portal.operations.errors import being_upgraded
from sop_portal.operations.logs import page_of
from sop_portal.operations.pages.probes import PROBES
from sop_portal.operations.upgrade import fits_database

NUMBER = re.compile(r"[A-Za-z0-9-]{8,64}", re.ASCII)
Respond = Callable[[HttpRequest], HttpResponse]
logger = structlog.get_logger("sop_portal.requests")


class RequestLogMiddleware:
    """Gives every request a number, which stands in the log, in the answer and on pages of errors."""

    def __init__(self, respond: Respond) -> None:
        self.respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Serve the request and write its line."""
        began = time.monotonic()
        request.request_id = number = number_of(request)  # type: ignore[attr-defined]
        with structlog.contextvars.bound_contextvars(request=number):
            response = self.respond(request)
            # Probes come every second, and files belong to a page that has its line.
            if request.path_info not in PROBES and not request.path_info.startswith(settings.STATIC_URL):
                write_line(request, response.status_code, time.monotonic() - began)
        response.headers["X-Request-ID"] = number
        return response


def number_of(request: HttpRequest) -> str:
    """The number a proxy of ours gave the request, or a new one."""
    given = request.headers.get("X-Request-ID", "") if settings.SECURE_PROXY else ""
    return given if NUMBER.fullmatch(given) else uuid.uuid4().hex


def write_line(request: HttpRequest, status: int, seconds: float) -> None:
    """Who asked for what, and how it ended: the person by number, the page by name, and no address."""
    # Only whoever was looked up anyway: the log asks no database.
    person = getattr(getattr(request, "_cached_user", None), "pk", None)
    logger.info(
        "request",
        person=person,
        act=page_of(request),
        method=request.method,
        status=status,
        ms=round(seconds * 1000),
    )


class ProbeMiddleware:
    """Answers load balancers and Prometheus, who ask by plain address, before anything asks for host or session."""

    def __init__(self, respond: Respond) -> None:
        self.respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the probe, or serve the request."""
        probe = PROBES.get(request.path_info)
        if probe is None:
            return self.respond(request)
        if request.method not in ("GET", "HEAD"):
            return HttpResponse(status=405, headers={"Allow": "GET, HEAD"})
        return probe(request)


class UpgradeMiddleware:
    """Answers that an upgrade is under way while database and code are not of one version."""

    def __init__(self, respond: Respond) -> None:
        self.respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Serve the request once they are."""
        return self.respond(request) if fits_database() else being_upgraded(request)
