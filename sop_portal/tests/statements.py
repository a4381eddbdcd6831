"""How often a form asks the database, once the page before it was opened."""

from typing import Any
from uuid import uuid4

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

# What only says where a transaction or a part of it begins and ends.
BOUNDS = ("SAVEPOINT", "RELEASE SAVEPOINT", "BEGIN", "COMMIT", "SET CONSTRAINTS")


def statements_of_post(browser: Client, address: str, **typed: Any) -> int:
    """The statements of a form that is carried out, session and person included."""
    with CaptureQueriesContext(connection) as asked:
        answer = browser.post(address, {"key": str(uuid4()), **typed})
    assert answer.status_code == 302, (address, answer.status_code)
    return sum(not said["sql"].startswith(BOUNDS) for said in asked)


def on_postgresql(number: int) -> int:
    """One more where the year is held by a statement of its own."""
    return number + (connection.vendor == "postgresql")
