"""The only place that reads the clock; everywhere else time is passed in."""

from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, timedelta

from sop_portal.foundation.kit.dates import FIRST_YEAR, LAST_YEAR, Zone, as_zone

_pretended: ContextVar[datetime | None] = ContextVar("pretended", default=None)
_ahead: ContextVar[timedelta] = ContextVar("ahead", default=timedelta())


def now() -> datetime:
    """This moment in UTC, or the moment a command was told to take for it; in a demonstration, days ahead."""
    return _pretended.get() or datetime.now(UTC) + _ahead.get()


def today(zone: Zone) -> date:
    """The civil day it is now in this time zone."""
    return now().astimezone(as_zone(zone)).date()


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Take this moment for now, in this thread, until the block ends."""
    if moment.tzinfo is None:
        raise ValueError("A moment needs a time zone.")
    token = _pretended.set(moment.astimezone(UTC))
    try:
        yield
    finally:
        _pretended.reset(token)


@contextmanager
def ahead(by: timedelta) -> Iterator[None]:
    """Let the clock run so far ahead, in this thread, until the block ends."""
    token = _ahead.set(by)
    try:
        yield
    finally:
        _ahead.reset(token)


def parse_now(text: str) -> datetime:
    """The moment given to a command as --now, in UTC."""
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        raise ArgumentTypeError(f"{text!r} is not a moment. Write it like 2027-04-01T08:00+02:00.") from None
    if moment.tzinfo is None:
        raise ArgumentTypeError(f"{text!r} does not say in which time zone. Write it like 2027-04-01T08:00+02:00.")
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:
        raise ArgumentTypeError(f"The year of {text!r} is not between {FIRST_YEAR} and {LAST_YEAR}.")
    return moment.astimezone(UTC)


def add_now_argument(parser: ArgumentParser) -> None:
    """Give a command the --now option."""
    hint = "take this moment for now, like 2027-04-01T08:00+02:00"
    parser.add_argument("--now", type=parse_now, metavar="MOMENT", help=hint)
