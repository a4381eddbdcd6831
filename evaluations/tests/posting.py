"""How the tests of stage 5 send a form: with a key of its own, as a page would."""

from typing import Any
from uuid import uuid4

from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

NAUGHTY = "<script>alert(1)</script> {{ 7 }} ' \" =1+1 \u202e 中文 %s %(name)s"


def send(browser: Client, address: str, **typed: Any) -> HttpResponse:
    """Post a form as the page does."""
    return browser.post(address, {"key": str(uuid4()), **typed})  # type: ignore[return-value]


def page(browser: Client, address: str) -> str:
    """The text of a page that is there."""
    answer = browser.get(address)
    assert answer.status_code == 200, (address, answer.status_code)
    return answer.content.decode()


def queries(browser: Client, address: str) -> int:
    """How often a page asks the database, once everything that is kept in memory is there."""
    page(browser, address)
    with CaptureQueriesContext(connection) as asked:
        page(browser, address)
    return len(asked)
