"""A PDF of many pages is painted where somebody looks at it, and nowhere else."""

import re
from collections.abc import Callable
from types import SimpleNamespace

import pytest
from django.test import Client

from budgets.models import Expense
from sop_portal.foundation.organisation.models import User
from sop_portal.foundation.papers import actions
from sop_portal.foundation.papers.actions import NewPaper
from sop_portal.foundation.papers.tests.conftest import NOW
from sop_portal.foundation.papers.tests.files import brought, pdf

Browser = Callable[[User], Client]


@pytest.mark.usefixtures("in_august")
@pytest.mark.parametrize(
    ("asked", "shown", "turns"),
    [
        ("", [1, 2, 3, 4, 5], ["6"]),
        ("?from=6", [6, 7, 8, 9, 10], ["1", "11"]),
        ("?from=11", [11, 12], ["6"]),
        ("?from=999", [12], ["7"]),
    ],
)
def test_a_long_pdf_is_shown_a_few_pages_at_a_time(
    asked: str, shown: list[int], turns: list[str], expense: Expense, cast: SimpleNamespace, as_person: Browser
) -> None:
    taken = actions.bring(brought("minutes.pdf", pdf(pages=12)), by=cast.dora, at=NOW)
    found = actions.attach("expense", expense, NewPaper(taken), by=cast.dora, at=NOW)
    page = as_person(cast.dora).get(f"/papers/{found.pk}/{asked}").content.decode()
    painted = [int(number) for number in re.findall(rf"/files/{found.pk}/page/([0-9]+)/", page)]
    assert (painted, re.findall(r'href="\?from=([0-9]+)"', page)) == (shown, turns)
