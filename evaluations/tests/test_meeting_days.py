"""The days of review meetings: who stands in, who is asked anew, what has begun, what is left at the turn of a year."""

from datetime import date, datetime, time, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client

from evaluations.meetings import actions
from evaluations.meetings.actions import MeetingTerms, PointTerms
from evaluations.models import AgendaPoint, Meeting
from evaluations.tests.posting import page, send
from planning.cycles.actions import create_cycle
from planning.forecasts.actions import publish_year
from planning.models import Cycle
from sop_portal.foundation.kit import clock
from sop_portal.foundation.kit.refusals import NotNow, NotReady
from sop_portal.foundation.notices.models import Notice
from sop_portal.foundation.organisation.models import Delegation, Department
from sop_portal.tests.shared_fixtures import shared_fixture

DAY = date(2028, 7, 20)
TERMS = MeetingTerms(DAY, "Reading room", time(14), 90, 1)
HOUR = timedelta(hours=1)


@shared_fixture
def called(ending: Cycle, arts: Department, sports: Department, cast: SimpleNamespace, july: datetime) -> Meeting:
    """A meeting in eight days."""
    return actions.call(ending, TERMS, by=cast.emil, at=july)


def now(meeting: Meeting) -> Meeting:
    return Meeting.objects.select_related("cycle").get(pk=meeting.pk)


def told(sentence: str = "") -> set[str]:
    found = Notice.objects.filter(kind="meeting", texts__en__startswith=sentence)
    return set(found.values_list("person__name", flat=True))


@pytest.mark.parametrize(
    ("first", "last", "is_told"),
    [(date(2028, 7, 1), date(2028, 7, 14), True), (DAY, DAY, True), (date(2028, 7, 14), date(2028, 7, 18), False)],
)
def test_who_stands_in_for_an_invited_head_is_invited_too(
    ending: Cycle, arts: Department, cast: SimpleNamespace, july: datetime, first: date, last: date, is_told: bool
) -> None:
    """Whoever stands in when people are told, or on the day of the meeting; not whoever does neither."""
    Delegation.objects.create(giver=cast.amina, deputy=cast.farid, role="head", from_on=first, until_on=last)
    meeting = actions.call(ending, TERMS, by=cast.emil, at=july)
    actions.cancel(meeting, by=cast.emil, at=july + HOUR, seen=meeting.version, comment="Storm")
    assert [cast.farid.name in told(sentence) for sentence in ("You are invited", "Cancelled")] == [is_told] * 2
    assert cast.amina.name in told("You are invited")


def test_who_stands_in_for_a_head_replies_and_comes(
    ending: Cycle, arts: Department, cast: SimpleNamespace, as_person: Any, july: datetime
) -> None:
    Delegation.objects.create(giver=cast.amina, deputy=cast.farid, from_on=date(2028, 7, 1), until_on=DAY)
    meeting = actions.call(ending, TERMS, by=cast.emil, at=july)
    seat, browser = meeting.attendance.get(department=arts), as_person(cast.farid)
    with clock.at(july):
        assert "Reply to the invitation" in page(browser, "/")
        answer = send(browser, f"{meeting.get_absolute_url()}seats/{seat.pk}/", **{f"seat{seat.pk}-answer": "comes"})
        assert "Reply to the invitation" not in page(browser, "/")
    seat.refresh_from_db()
    assert (answer.status_code, seat.person) == (302, cast.farid)
    at = meeting.starts_at + HOUR
    actions.note_attendance(meeting, {arts.pk: (cast.farid, True)}, by=cast.emil, at=at, seen=now(meeting).version)


def test_after_a_move_to_another_day_or_hour_every_seat_is_asked_anew(
    called: Meeting, arts: Department, cast: SimpleNamespace, july: datetime
) -> None:
    seat, replies = called.attendance.get(department=arts), []
    for terms in (
        MeetingTerms(DAY, "Hall", time(14), 90, 2),
        MeetingTerms(date(2028, 7, 21), "Hall", time(14), 90, 2),
        MeetingTerms(date(2028, 7, 21), "Hall", time(15), 90, 1),
    ):
        actions.reply(called, seat, answer="comes", by=cast.amina, at=july)
        called = now(called)
        actions.move(called, terms, by=cast.emil, at=july, seen=called.version)
        seat.refresh_from_db()
        replies.append((seat.reply, seat.person))
    assert replies == [("comes", cast.amina), ("open", None), ("open", None)]
    assert cast.amina.name in told("Moved, please reply again") & told("Changed")


def test_minutes_are_not_sent_before_the_hour_and_what_has_begun_is_not_moved(
    called: Meeting, cast: SimpleNamespace, as_person: Any
) -> None:
    soon, begun = called.starts_at - HOUR, called.starts_at + HOUR
    with pytest.raises(NotReady) as refusal:
        actions.send(called, by=cast.emil, at=soon, seen=called.version)
    assert [str(missing) for missing in refusal.value.missing] == ["The meeting begins at 14:00."]
    actions.send(called, by=cast.emil, at=begun, seen=called.version)
    actions.correct(called, by=cast.emil, at=begun, seen=called.version, comment="A name")
    with pytest.raises(NotNow, match="has begun"):
        actions.move(called, TERMS, by=cast.emil, at=begun, seen=called.version)
    with clock.at(begun):
        assert "Move the meeting" not in page(as_person(cast.emil), called.get_absolute_url())


def test_what_a_cancelled_meeting_leaves_stands_on_an_earlier_one_that_is_still_ahead(
    called: Meeting, arts: Department, cast: SimpleNamespace, july: datetime
) -> None:
    later = actions.call(called.cycle, MeetingTerms(date(2028, 7, 27), "Hall"), by=cast.emil, at=july)
    actions.raise_point(later, arts, PointTerms("Rooms"), by=cast.amina, at=july)
    later = now(later)
    actions.cancel(later, by=cast.emil, at=july + HOUR, seen=later.version, comment="Storm")
    assert list(now(called).points.values_list("title", flat=True)) == ["Rooms"]


@pytest.mark.parametrize("is_called_first", [True, False])
def test_what_the_last_meeting_of_a_year_leaves_stands_on_the_first_of_the_next(
    called: Meeting, arts: Department, cast: SimpleNamespace, july: datetime, is_called_first: bool
) -> None:
    """Whether that is called already, or only after the minutes were sent; its year's own meetings come first."""
    actions.raise_point(called, arts, PointTerms("Rooms"), by=cast.amina, at=july)
    following = create_cycle(year=2029, by=cast.ada, at=july)
    publish_year(following, by=cast.ada, at=july, seen=following.version)
    at, found, terms = called.starts_at + HOUR, now(called), MeetingTerms(date(2028, 8, 3), "Hall")
    first = actions.call(following, terms, by=cast.emil, at=july) if is_called_first else None
    assert not AgendaPoint.objects.exclude(carried_from=None).exists()
    actions.send(found, by=cast.emil, at=at, seen=found.version)
    first = first or actions.call(following, terms, by=cast.emil, at=at)
    assert list(first.points.filter(title="Rooms").values_list("carried_from__meeting", flat=True)) == [called.pk]


def test_points_are_ordered_by_keyboard_without_losing_the_place(
    called: Meeting, arts: Department, cast: SimpleNamespace, as_person: Any, july: datetime
) -> None:
    """After each press the list is open and the same button has the focus; at an end, the other one."""
    points = [actions.add_point(called, title=t, by=cast.emil, at=july, seen=now(called).version) for t in "ABC"]
    browser: Client = as_person(cast.emil)
    with clock.at(july):
        seen = []
        for _press in range(2):
            answer = send(browser, f"{called.get_absolute_url()}points/{points[0].pk}/order/", way="down")
            text = page(browser, answer["Location"].split("#")[0])
            focused = [button for button in text.split("<button") if "autofocus" in button.split(">")[0]]
            seen.append((answer["Location"].endswith("#order"), [button.split('value="')[1][:2] for button in focused]))
            assert '<details class="fold" id="order" open>' in text
    assert seen == [(True, ["do"]), (True, ["up"])]
