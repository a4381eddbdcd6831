"""Posting an expense asks the database once for each thing it has to know."""

from collections.abc import Callable
from datetime import datetime
from types import SimpleNamespace

from django.test import Client

from budgets.models import Appropriation
from budgets.tests.test_expense_pages import NEW, typed
from sop_portal.foundation.organisation.models import User
from sop_portal.tests.statements import statements_of_post


def test_an_expense_takes_twenty_seven_statements(
    approved_line: Appropriation, cast: SimpleNamespace, as_person: Callable[[User], Client], october: datetime
) -> None:
    browser = as_person(cast.ben)
    browser.get(NEW)
    assert statements_of_post(browser, NEW, **typed()) == 27
