"""The timeline of a year names the year of what lies beyond the one it begins in."""

from datetime import date, datetime
from types import SimpleNamespace

from planning.cycles.actions import create_cycle
from planning.models import StageWindow
from sop_portal.dashboards.pages.cycle import note_of, spans, timeline_of


def test_a_window_of_a_later_year_says_which() -> None:
    evaluation = StageWindow(opens_on=date(2028, 1, 1), due_on=date(2029, 1, 28), grace_until=date(2029, 2, 4))
    (span,) = spans(evaluation, date(2027, 1, 4))
    said = ("1\xa0January 2028 to 28\xa0January 2029", "grace to 4\xa0February 2029")
    assert (span.text, span.grace_text) == said
    assert note_of(4, [], evaluation, date(2027, 1, 4)) == "from 1\xa0January 2028"


def test_a_window_of_the_same_year_says_only_the_day() -> None:
    forecast = StageWindow(opens_on=date(2027, 1, 4), due_on=date(2027, 3, 31), grace_until=date(2027, 3, 31))
    (span,) = spans(forecast, date(2027, 1, 4))
    assert (span.text, span.grace_text) == ("4\xa0January to 31\xa0March", "")


def test_a_year_that_was_planned_elsewhere_announces_no_forecasts(cast: SimpleNamespace, noon: datetime) -> None:
    cycle = create_cycle(year=2028, by=cast.ada, at=noon)
    titles = []
    for cycle.is_plan_outside in (False, True):
        titles.append(timeline_of(cycle, [], cycle.day(noon), whole=False).title.replace("\xa0", " "))
    assert titles == ["Demand forecast opens on Saturday 1 January 2028", "Execution opens on Saturday 1 July 2028"]
