"""What programs ask: is it alive, can it work, how is it."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare

from sop_portal.foundation.kit import clock
from sop_portal.operations.health import problems

PLAIN = "text/plain; charset=utf-8"


def livez(request: HttpRequest) -> HttpResponse:
    """The process answers; nothing else is touched."""
    return HttpResponse("ok\n", content_type=PLAIN)


def readyz(request: HttpRequest) -> HttpResponse:
    """Database, migrations, trail and the age of the mail queue."""
    wrong = problems(clock.now())
    return HttpResponse("\n".join(wrong) or "ok", status=503 if wrong else 200, content_type=PLAIN)


def metrics(request: HttpRequest) -> HttpResponse:
    """Figures for Prometheus, behind a token; where none is set there is no such page."""
    if not settings.METRICS_TOKEN:
        return HttpResponse("METRICS_TOKEN is not set.\n", status=404, content_type=PLAIN)
    if not constant_time_compare(request.headers.get("Authorization", ""), f"Bearer {settings.METRICS_TOKEN}"):
        refused = HttpResponse("Send the token: Authorization: Bearer …\n", status=401, content_type=PLAIN)
        refused.headers["WWW-Authenticate"] = "Bearer"
        return refused
    from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

    from sop_portal.operations.metrics import registry

    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


PROBES: dict[str, Callable[[HttpRequest], HttpResponse]] = {"/livez": livez, "/readyz": readyz, "/metrics": metrics}
