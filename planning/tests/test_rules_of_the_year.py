"""The rules of a year stand on the page of its windows, and their addresses lead to it."""

from collections.abc import Callable
from types import SimpleNamespace

import pytest
from django.test import Client

from planning.models import Cycle
from sop_portal.foundation.organisation.models import User


@pytest.mark.parametrize("rule", ["receipts", "approvals", "days-off", "transfers", "deviations"])
def test_the_address_of_a_rule_opens_the_page_it_stands_on(
    rule: str, planning_year: Cycle, cast: SimpleNamespace, as_person: Callable[[User], Client]
) -> None:
    url = f"/{planning_year.year}/windows/"
    opened = {name: as_person(getattr(cast, name)).get(f"{url}{rule}/") for name in ("ada", "amina", "farid")}
    usual = {name: as_person(getattr(cast, name)).get(url) for name in opened}
    assert opened["ada"].status_code == 200
    assert "planning/cycles/windows.html" in [template.name for template in opened["ada"].templates]
    assert [answer.status_code for answer in opened.values()] == [answer.status_code for answer in usual.values()]
