"""A year that is only being set up takes what it is set up with, and nobody's work."""

from types import SimpleNamespace

import pytest

from planning.models import Cycle
from sop_portal.foundation.kit.refusals import NotNow
from sop_portal.foundation.trail.models import Entry
from sop_portal.tests.every_act import OF_NO_YEAR, every_act, filled_year
from sop_portal.tests.shared_fixtures import shared_fixture
from sop_portal.tests.test_absurd_values import ready

# What a year is set up with, and what is done with the year itself.
TAKEN = {
    "planning.cycles.move_window",
    "planning.cycles.close_year",
    "planning.cycles.approve_by_two",
    "planning.cycles.need_receipts",
    "planning.cycles.transfer_up_to",
    "planning.cycles.explain_beyond",
    "planning.forecasts.publish_year",
    "planning.forecasts.plan_ahead",
    "planning.forecasts.change_plan",
    "planning.forecasts.give_up_plan",
    "budgets.drafting.bring_plan",
    "budgets.drafting.take_plan_back",
    "planning.requests.add_pool",
    "planning.requests.change_pool",
    "planning.requests.take_out_pool",
    "sop_portal.reminders.set_schedule",
}
SET_UP = ["planning.cycles.move_window", "planning.requests.add_pool", "sop_portal.reminders.set_schedule"]


@shared_fixture
def year(cast: SimpleNamespace) -> SimpleNamespace:
    """A year with a record of every kind."""
    return filled_year(cast)


def draft(year: SimpleNamespace) -> None:
    """The same year, as if it had never been published."""
    Cycle.objects.filter(pk=year.cycle.pk).update(state="draft", published_at=None, published_by=None)


@pytest.mark.once
@pytest.mark.parametrize("name", sorted(set(every_act()) - set(OF_NO_YEAR) - TAKEN))
def test_nobody_works_in_a_year_that_is_not_published(year: SimpleNamespace, name: str) -> None:
    draft(year)
    before = Entry.objects.count()
    with pytest.raises(NotNow, match=r"is not published|is not under way|is not open") as refusal:
        every_act()[name].try_on(year)
    assert (bool(refusal.value.way_out), Entry.objects.count()) == (True, before)


@pytest.mark.parametrize("name", SET_UP)
def test_what_a_year_is_set_up_with_is_taken(year: SimpleNamespace, name: str) -> None:
    act, before = ready(name, year), Entry.objects.count()
    draft(year)
    act.try_on(year)
    assert Entry.objects.count() > before
