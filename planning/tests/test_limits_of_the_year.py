"""The limits of a year are set on its page: what finance puts in force alone, and which results are explained."""

import uuid
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.test import Client

from planning.cycles.actions import YearPlan, create_cycle, explain_beyond, transfer_up_to
from planning.models import Cycle
from sop_portal.foundation.kit.refusals import Changed, NotNow, NotReady, NotYours
from sop_portal.foundation.organisation.models import User

Browser = Callable[[User], Client]


@pytest.fixture
def draft(cast: SimpleNamespace, noon: datetime) -> Cycle:
    """A year that is only set up."""
    plan = YearPlan(small_transfer_limit=Decimal(500), deviation_to_explain=10)
    return create_cycle(year=2029, plan=plan, by=cast.ada, at=noon)


def typed(cycle: Cycle, **values: object) -> dict[str, object]:
    return {"key": str(uuid.uuid4()), "seen": cycle.version, **values}


def test_both_are_set_on_the_page_of_a_draft_year(draft: Cycle, cast: SimpleNamespace, as_person: Browser) -> None:
    browser, url = as_person(cast.ada), "/2029/windows/"
    assert (draft.small_transfer_limit, draft.deviation_to_explain) == (500, 10)
    assert browser.post(f"{url}transfers/", typed(draft, amount="750")).status_code == 302
    draft.refresh_from_db()
    assert browser.post(f"{url}deviations/", typed(draft, percent="15")).status_code == 302
    draft.refresh_from_db()
    assert (draft.small_transfer_limit, draft.deviation_to_explain) == (750, 15)
    page = browser.get(url).content.decode()
    assert ('value="750' in page, 'value="15"' in page) == (True, True)


@pytest.mark.parametrize(("rule", "wrong"), [("transfers", {"amount": "-1"}), ("deviations", {"percent": "1001"})])
def test_what_cannot_be_is_kept_in_its_form_and_nothing_is_set(
    draft: Cycle, cast: SimpleNamespace, as_person: Browser, rule: str, wrong: dict[str, str]
) -> None:
    answer = as_person(cast.ada).post(f"/2029/windows/{rule}/", typed(draft, **wrong))
    assert (answer.status_code, f'value="{next(iter(wrong.values()))}"' in answer.content.decode()) == (422, True)
    draft.refresh_from_db()
    assert (draft.small_transfer_limit, draft.deviation_to_explain) == (500, 10)


def test_nobody_but_the_administrator_sets_them_and_only_as_seen(
    draft: Cycle, cast: SimpleNamespace, noon: datetime
) -> None:
    for act, value in ((transfer_up_to, Decimal(9)), (explain_beyond, 9)):
        with pytest.raises(NotYours):
            act(draft, value, by=cast.dora, at=noon, seen=draft.version)  # type: ignore[operator]
        with pytest.raises(Changed):
            act(draft, value, by=cast.ada, at=noon, seen=draft.version - 1)  # type: ignore[operator]
        with pytest.raises(NotReady):
            act(draft, -1, by=cast.ada, at=noon, seen=draft.version)  # type: ignore[operator]
        act(draft, value, by=cast.ada, at=noon, seen=draft.version)  # type: ignore[operator]
        draft.refresh_from_db()


def test_a_published_year_keeps_what_finance_decides_alone(
    planning_year: Cycle, cast: SimpleNamespace, noon: datetime
) -> None:
    with pytest.raises(NotNow, match="The year is published"):
        transfer_up_to(planning_year, Decimal(9), by=cast.ada, at=noon, seen=planning_year.version)
    assert explain_beyond(planning_year, 9, by=cast.ada, at=noon, seen=planning_year.version).deviation_to_explain == 9


def test_once_evaluations_are_open_it_stays_which_results_they_explain(
    planning_year: Cycle, cast: SimpleNamespace, noon: datetime, as_person: Browser
) -> None:
    opens = planning_year.windows.get(stage="evaluation")
    planning_year.windows.filter(stage="evaluation").update(opens_on=planning_year.day(noon))
    with pytest.raises(NotNow, match="evaluations of the year are open"):
        explain_beyond(planning_year, 9, by=cast.ada, at=noon, seen=planning_year.version)
    planning_year.windows.filter(stage="evaluation").update(opens_on=opens.opens_on)
    explain_beyond(planning_year, 9, by=cast.ada, at=noon, seen=planning_year.version)
