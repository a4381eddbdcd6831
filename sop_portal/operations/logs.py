"""The log: one line for each request, with who, what and how long; no secrets, and nothing that somebody typed.

The settings read this module, so it stands on nothing of Django.
"""

import logging
import re
import sys
import traceback
from collections.abc import Iterator
from typing import Any

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

# Of these the first line names a constraint or a cause; whatever else an exception says may be what somebody typed.
SPEAKS = ("IntegrityError", "UniqueViolation", "OperationalError", "InterfaceError", "ImproperlyConfigured")


# Whoever has one of these addresses needs nothing else: an invitation, a password link, one to another mail address, a
# feed. And what was asked for stands behind a question mark.
SECRET_ADDRESS = re.compile(r"(/invitation/|/address/|/calendar/|/confirm-email/|/reset/key/)(?!done/)[^/\s\"'?]+")
ASKED_FOR = re.compile(r"(/[^\s\"'?]*)\?[^\s\"']+")


def logging_in(form: str, level: str) -> dict[str, Any]:
    """Django's LOGGING: every line of every library in one form, `json` or `line`."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        without_typed_words,
        without_secret_addresses,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    formatter = {
        "()": structlog.stdlib.ProcessorFormatter,
        "foreign_pre_chain": shared,
        "processors": [structlog.stdlib.ProcessorFormatter.remove_processors_meta, _renderer(form)],
    }
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"own": formatter},
        "filters": {"without_address": {"()": WithoutAddress}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "own", "filters": ["without_address"]}},
        "root": {"handlers": ["stderr"], "level": level},
        # Django's own handlers would say everything a second time.
        "loggers": {
            "django": {"handlers": [], "propagate": True},
            "django.server": {"handlers": [], "propagate": True},
            # What is refused stands in the line of its request; this is for what broke.
            "django.request": {"level": "ERROR"},
        },
    }


def _renderer(form: str) -> Processor:
    if form == "json":
        return structlog.processors.JSONRenderer(ensure_ascii=False)
    return structlog.processors.KeyValueRenderer(key_order=["timestamp", "level", "event"], repr_native_str=False)


class WithoutAddress(logging.Filter):
    """Django names the address of a request, which may hold a secret: the page's name says as much."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Keep the line, but for the address in it."""
        request = getattr(record, "request", None)
        path = getattr(request, "path", None)
        if path and isinstance(record.args, tuple):
            record.args = tuple(page_of(request) if argument == path else argument for argument in record.args)
        return True


def page_of(request: object) -> str:
    """The name of the page that a request asks for."""
    match = getattr(request, "resolver_match", None)
    return (match.view_name if match else "") or "no page"


def without_typed_words(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """An exception as the places it came through and its kind; its words only where they are nobody's."""
    found = event.pop("exc_info", None)
    if found is True:
        found = sys.exc_info()
    problem = found[1] if isinstance(found, tuple) else found
    if isinstance(problem, BaseException):
        event["exception"] = "\n".join(_traced(problem))
    return event


def without_secret_addresses(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """The server one tries things out with writes whole addresses, and so may any library: without what is secret."""
    said = str(event.get("event", ""))
    event["event"] = ASKED_FOR.sub(r"\1?…", SECRET_ADDRESS.sub(r"\1…", said))
    return event


def _traced(problem: BaseException) -> Iterator[str]:
    cause = problem.__cause__ or (None if problem.__suppress_context__ else problem.__context__)
    if cause is not None:
        yield from _traced(cause)
    yield from (line.rstrip() for line in traceback.format_tb(problem.__traceback__))
    words = str(problem).split("\n", 1)[0] if type(problem).__name__ in SPEAKS else "…"
    yield f"{type(problem).__module__}.{type(problem).__name__}: {words}"
