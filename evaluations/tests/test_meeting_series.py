"""Meetings that come back: planned by a rule, called one by one, moved and ended, with nothing left lying between."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client

from evaluations.meetings import actions
from evaluations.meetings.actions import MeetingTerms, PointTerms, SeriesTerms
from evaluations.meetings.figures import days_of_series
from evaluations.models import Measure, Meeting, MeetingSeries
from evaluations.tests.posting import page, send
from planning.models import Cycle
from sop_portal.dashboards.checks.invariants import problems
from sop_portal.foundation.kit import clock
from sop_portal.foundation.kit.refusals import Changed, NotNow, NotReady, NotYours
from sop_portal.foundation.notices.models import Notice
from sop_portal.foundation.organisation.models import Department
from sop_portal.foundation.workflow.conflicts import held_by
from sop_portal.stages import everything_owed
from sop_portal.tests.page_text import hidden
from sop_portal.tests.shared_fixtures import shared_fixture

LogIn = Callable[..., Client]
TERMS = SeriesTerms(date(2027, 11, 16), 3, "Reading room", time(14), 90, 2)


@shared_fixture
def series(running: Cycle, cast: SimpleNamespace, november: datetime) -> MeetingSeries:
    """Every three months from 16 November on; two departments have to be there to decide."""
    return actions.plan_series(running, TERMS, by=cast.emil, at=november)


def not_by_an_act() -> list[str]:
    """What of meetings no act has written; the year itself is made by none here."""
    return [problem for problem in problems() if "eeting" in problem]


def planned(series: MeetingSeries) -> list[Meeting]:
    return list(series.meetings.select_related("cycle").order_by("held_on"))


@pytest.mark.parametrize(
    ("first_on", "every", "expected"),
    [
        (date(2027, 11, 30), 3, [date(2027, 11, 30), date(2028, 2, 29), date(2028, 5, 30)]),
        (date(2028, 6, 30), 1, [date(2028, 6, 30)]),
        (date(2028, 7, 1), 1, []),
    ],
)
def test_a_rule_says_the_days(first_on: date, every: int, expected: list[date]) -> None:
    assert days_of_series(first_on, every, date(2028, 6, 30)) == expected


def test_a_rule_plans_the_year_and_invites_nobody(series: MeetingSeries, cast: SimpleNamespace) -> None:
    found = planned(series)
    assert [(m.state, m.held_on, m.begins, m.place, m.quorum) for m in found][:2] == [
        ("draft", date(2027, 11, 16), time(14), "Reading room", 2),
        ("draft", date(2028, 2, 16), time(14), "Reading room", 2),
    ]
    assert [(m.attendance.count(), m.points.count()) for m in found] == [(0, 0)] * len(found)
    assert Notice.objects.filter(kind="meeting").count() == 0
    assert not_by_an_act() == []


def test_whoever_may_hold_meetings_alone_plans_changes_and_ends_them(
    series: MeetingSeries, running: Cycle, cast: SimpleNamespace, november: datetime
) -> None:
    for name in ("amina", "chidi", "omar", "farid"):
        by: Any = {"by": getattr(cast, name), "at": november}
        for act in (
            lambda by=by: actions.plan_series(running, TERMS, **by),
            lambda by=by: actions.change_series(series, TERMS, **by),
            lambda by=by: actions.end_series(series, **by),
        ):
            with pytest.raises(NotYours):
                act()
    actions.end_series(series, by=cast.emil, at=november)


@pytest.mark.parametrize(
    "wrong", [{"every": 0}, {"every": 13}, {"place": " "}, {"quorum": 99}, {"first_on": date(2031, 1, 1)}]
)
def test_a_rule_that_cannot_be_kept_is_refused(
    running: Cycle, cast: SimpleNamespace, november: datetime, wrong: dict[str, Any]
) -> None:
    with pytest.raises(NotReady):
        actions.plan_series(running, replace(TERMS, **wrong), by=cast.emil, at=november)
    assert Meeting.objects.count() == 0


def test_a_planned_meeting_is_called_like_every_other(
    series: MeetingSeries, cast: SimpleNamespace, arts: Department, november: datetime
) -> None:
    first, second = planned(series)[:2]
    actions.call_planned(first, by=cast.emil, at=november, seen=first.version)
    told = set(Notice.objects.filter(kind="meeting", record_id=first.pk).values_list("person__email", flat=True))
    assert {"amina@example.org", "bao@example.org", "emil@example.org"} <= told
    assert (first.state, first.attendance.filter(department=arts).count()) == ("called", 1)
    late = datetime.combine(second.held_on + timedelta(days=1), time(12), second.cycle.zone)
    with pytest.raises(NotReady) as refused:
        actions.call_planned(second, by=cast.emil, at=late, seen=second.version)
    assert "has passed" in str(refused.value.missing)


def test_the_quorum_is_a_rule_of_the_series(series: MeetingSeries, cast: SimpleNamespace, november: datetime) -> None:
    first, second = planned(series)[:2]
    actions.call_planned(first, by=cast.emil, at=november, seen=first.version)
    other = MeetingTerms(date(2027, 11, 17), "Hall", time(9), 60, 1)
    with pytest.raises(NotReady, match="rule of the series"):
        actions.move(first, other, by=cast.emil, at=november, seen=first.version)
    actions.move(first, replace(other, quorum=2), by=cast.emil, at=november, seen=first.version)
    with pytest.raises(NotReady, match="another series"):
        actions.change_series(series, replace(TERMS, every=1), by=cast.emil, at=november)
    actions.change_series(series, replace(TERMS, quorum=1, place="Hall"), by=cast.emil, at=november)
    second.refresh_from_db()
    first.refresh_from_db()
    assert [(m.quorum, m.place) for m in (first, second)] == [(2, "Hall"), (1, "Hall")]
    assert not_by_an_act() == []


def test_an_ended_series_plans_no_more_and_keeps_what_was_called(
    series: MeetingSeries, cast: SimpleNamespace, november: datetime
) -> None:
    first = planned(series)[0]
    actions.call_planned(first, by=cast.emil, at=november, seen=first.version)
    actions.end_series(series, by=cast.emil, at=november)
    assert {m.state for m in planned(series)[1:]} == {"cancelled"}
    first.refresh_from_db()
    assert first.state == "called"
    with pytest.raises(NotNow, match="has ended"):
        actions.change_series(series, TERMS, by=cast.emil, at=november)


def test_what_a_cancelled_meeting_leaves_stands_on_the_next_one_that_is_called(
    series: MeetingSeries, arts: Department, cast: SimpleNamespace, november: datetime
) -> None:
    first, second = planned(series)[:2]
    for meeting in (first, second):
        actions.call_planned(meeting, by=cast.emil, at=november, seen=meeting.version)
    actions.raise_point(first, arts, PointTerms("Keys"), by=cast.amina, at=november)
    first.refresh_from_db()
    actions.cancel(first, by=cast.emil, at=november, seen=first.version, comment="Storm")
    assert list(second.points.values_list("title", flat=True)) == ["Keys"]
    second.refresh_from_db()
    actions.cancel(second, by=cast.emil, at=november, seen=second.version, comment="Snow")
    third = planned(series)[2]
    actions.call_planned(third, by=cast.emil, at=november, seen=third.version)
    assert list(third.points.values_list("title", flat=True)) == ["Keys"]
    assert not_by_an_act() == []


def test_holders_are_reminded_to_call_it_and_nobody_else_owes_anything(
    series: MeetingSeries, november: datetime
) -> None:
    def owed(at: datetime) -> list[tuple[str, date | None]]:
        return [(o.step, o.due_on) for o in everything_owed(at) if o.kind == "meeting"]

    assert owed(november) == [("call", date(2027, 11, 6))]
    assert owed(november - timedelta(days=30)) == []


def test_my_work_asks_whoever_holds_meetings_to_call_one_while_its_year_is_open(
    series: MeetingSeries, cast: SimpleNamespace, as_person: LogIn, november: datetime
) -> None:
    address = f'href="{planned(series)[0].get_absolute_url()}"'

    def shown(name: str) -> bool:
        return address in page(as_person(getattr(cast, name)), "/")

    with clock.at(november):
        asked = [name for name in ("emil", "ada", "amina", "dora", "omar") if shown(name)]
        Cycle.objects.update(state="closed", closed_at=november, closed_by=cast.ada)
        assert (asked, shown("emil")) == (["emil", "ada"], False)
    assert [o.step for o in everything_owed(november) if o.kind == "meeting"] == []


def test_whoever_calls_a_meeting_sees_its_agenda_before(
    series: MeetingSeries, arts: Department, cast: SimpleNamespace, as_person: LogIn, november: datetime
) -> None:
    """What is open, and what an earlier meeting left; of private points only those one may read."""
    hall = MeetingTerms(date(2027, 11, 10), "Hall", time(9), 60, 1)
    earlier = actions.call(series.cycle, hall, by=cast.emil, at=november)
    for title, is_private in (("Keys", False), ("Our worries", True)):
        terms = PointTerms(title, is_private)
        actions.raise_point(earlier, arts, terms, by=cast.amina, at=november)
    earlier.refresh_from_db()
    actions.cancel(earlier, by=cast.emil, at=november, seen=earlier.version, comment="Storm")
    first = planned(series)[0]
    with clock.at(november):
        shown = as_person(cast.emil).get(f"{first.get_absolute_url()}call/").context["preview"]
    [agenda] = shown.tables
    assert [[str(cell) for cell in row.cells] for row in agenda.rows] == [["Keys"], ["Our worries"]]
    assert [str(tile.figure) for tile in shown.figures] == ["16\xa0November", "2"]
    actions.call_planned(first, by=cast.emil, at=november, seen=first.version)
    assert [str(point) for point in first.points.all()] == ["Keys", "Our worries"]


def test_nothing_is_decided_in_a_meeting_that_is_only_planned(
    series: MeetingSeries, cast: SimpleNamespace, as_person: LogIn, november: datetime
) -> None:
    here = planned(series)[0].get_absolute_url()
    with clock.at(november):
        browser = as_person(cast.emil)
        shown = page(browser, here)
        refused = send(browser, f"{here}measure/", department="arts", what="Paint the hall")
    assert ("Action items" in shown, "called the meeting" in shown, "set the meeting up" in shown) == (
        False,
        False,
        True,
    )
    assert (refused.status_code, Measure.objects.count()) == (409, 0)


def test_the_pages_plan_change_and_end_a_series(
    running: Cycle, cast: SimpleNamespace, as_person: LogIn, november: datetime
) -> None:
    typed = {"first_on": "2027-11-16", "every": "3", "begins": "14:00", "lasts": "90", "place": "Hall", "quorum": "2"}
    with clock.at(november):
        browser = as_person(cast.emil)
        assert send(browser, "/2027/meetings/series/new/", **typed).status_code == 302
        found = MeetingSeries.objects.get()
        here = f"/2027/meetings/series/{found.pk}/"
        assert "Every 3 months" in page(as_person(cast.amina), "/2027/meetings/")
        assert "series/new" not in page(as_person(cast.amina), "/2027/meetings/")
        known = hidden(browser.get(here), "held")
        assert send(browser, here, **typed | {"place": "Library", "held": known}).status_code == 302
        assert send(browser, here, **typed | {"place": ""}).status_code == 422
        first = planned(found)[0]
        assert "This meeting is planned." in page(browser, first.get_absolute_url())
        assert "Everybody with a seat is invited" in page(as_person(cast.amina), first.get_absolute_url())
        assert send(browser, f"{here}end/").status_code == 302
    assert {(m.place, m.state) for m in planned(found)} == {("Library", "cancelled")}


def test_a_series_is_not_set_back_by_a_page_from_before(
    series: MeetingSeries, cast: SimpleNamespace, november: datetime
) -> None:
    seen = held_by(series, ("begins", "lasts", "place", "quorum"))
    who: Any = {"by": cast.emil, "at": november, "seen": seen}
    actions.change_series(series, replace(TERMS, place="Hall"), **who)
    both = actions.change_series(series, replace(TERMS, begins=time(9)), **who)
    assert (both.place, both.begins, {m.place for m in planned(series)}) == ("Hall", time(9), {"Hall"})
    with pytest.raises(Changed):
        actions.change_series(series, replace(TERMS, place="Garden"), **who)
