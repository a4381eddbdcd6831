"""What a server says while nobody administers the portal: where it is, and the one-time code."""

import sys

from django.conf import settings
from django.db import DatabaseError

from sop_portal.foundation.kit import clock
from sop_portal.people.actions import code_of_start


def lines(code: str) -> list[str]:
    """The two lines, the code last; for the operator, so in English like everything on the server."""
    return [f"Portal ready: {settings.BASE_URL}", f"No administrator yet. One-time code: {code}"]


def write() -> None:
    """Write a new code where one is needed; a database that is not there yet is somebody else's to tell."""
    try:
        code = code_of_start(at=clock.now())
    except DatabaseError:
        return
    if code:
        sys.stderr.write("\n".join([*lines(code), ""]))
        sys.stderr.flush()
