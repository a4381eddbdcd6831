"""Windows that behave: open, grace, closed, and more time for one department."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
from django.test import Client

from planning.cycles.actions import MoreTime, WindowMove, extend, set_window
from planning.cycles.calendar import WindowDates
from planning.cycles.queries import due_for
from planning.cycles.workflow import window_for
from planning.forecasts.actions import send_back, withdraw
from planning.forecasts.deadlines import owed
from planning.models import Cycle, Extension, Forecast
from planning.tests.stage_one import filled, forecast_of, open_year, submitted
from sop_portal.foundation.kit import clock
from sop_portal.foundation.kit.refusals import NotNow, NotReady, NotYours
from sop_portal.foundation.notices.models import Notice
from sop_portal.foundation.organisation.models import Department, Membership, User
from sop_portal.foundation.organisation.roles import Role
from sop_portal.foundation.trail.models import Entry
from sop_portal.tests.shared_fixtures import shared_fixture

LogIn = Callable[[User], Client]
NEW_YORK = ZoneInfo("America/New_York")
LAST_SECOND = datetime(2027, 3, 31, 23, 59, 59, 999999, tzinfo=NEW_YORK)
FIRST_SECOND_OF_GRACE = datetime(2027, 4, 1, tzinfo=NEW_YORK)
LAST_SECOND_OF_GRACE = datetime(2027, 4, 7, 23, 59, 59, 999999, tzinfo=NEW_YORK)
CLOSED = datetime(2027, 4, 8, tzinfo=NEW_YORK)


@shared_fixture
def year(cast: SimpleNamespace, arts: Department, noon: datetime) -> Cycle:
    """The published year, with a complete forecast of Arts."""
    cycle = open_year(cast, noon)
    filled(arts, "Story hours", cast.amina, noon)
    return cycle


def late_of(department: Department) -> bool:
    return forecast_of(department).is_late


@pytest.mark.parametrize(
    ("at", "is_open", "is_late"),
    [
        (datetime(2026, 12, 31, 23, 59, 59, tzinfo=NEW_YORK), False, False),
        (datetime(2027, 1, 1, tzinfo=NEW_YORK), True, False),
        (LAST_SECOND, True, False),
        (LAST_SECOND.astimezone(UTC), True, False),
        (FIRST_SECOND_OF_GRACE, True, True),
        (LAST_SECOND_OF_GRACE, True, True),
        (CLOSED, False, False),
    ],
)
def test_a_window_ends_with_the_last_moment_of_its_day(
    at: datetime, is_open: bool, is_late: bool, year: Cycle, arts: Department
) -> None:
    window = window_for(year, "forecast", arts, at)
    assert (window.is_open, window.is_late) == (is_open, is_late)


def test_the_day_is_that_of_the_years_time_zone(year: Cycle, arts: Department) -> None:
    Cycle.objects.update(time_zone="Asia/Shanghai")
    shanghai = ZoneInfo("Asia/Shanghai")
    cycle = Cycle.objects.get()
    assert not window_for(cycle, "forecast", arts, datetime(2027, 3, 31, 23, 59, 59, tzinfo=shanghai)).is_late
    assert window_for(cycle, "forecast", arts, datetime(2027, 4, 1, tzinfo=shanghai)).is_late


def test_on_the_last_second_of_the_due_day_a_forecast_is_on_time(
    year: Cycle, cast: SimpleNamespace, arts: Department
) -> None:
    submitted(arts, cast.amina, LAST_SECOND)
    assert (forecast_of(arts).state, late_of(arts)) == ("submitted", False)


def test_in_grace_a_forecast_is_taken_and_marked_late(year: Cycle, cast: SimpleNamespace, arts: Department) -> None:
    submitted(arts, cast.amina, FIRST_SECOND_OF_GRACE)
    assert (forecast_of(arts).state, late_of(arts)) == ("submitted", True)


def test_a_late_forecast_that_is_sent_back_stays_late(year: Cycle, cast: SimpleNamespace, arts: Department) -> None:
    forecast = submitted(arts, cast.amina, FIRST_SECOND_OF_GRACE)
    send_back(forecast, by=cast.chidi, at=FIRST_SECOND_OF_GRACE, seen=forecast.version, comment="Why?")
    assert late_of(arts)


def test_a_late_forecast_that_is_withdrawn_is_a_draft_and_not_late(
    year: Cycle, cast: SimpleNamespace, arts: Department
) -> None:
    forecast = submitted(arts, cast.amina, FIRST_SECOND_OF_GRACE)
    withdraw(forecast, by=cast.amina, at=FIRST_SECOND_OF_GRACE, seen=forecast.version)
    assert (forecast_of(arts).state, late_of(arts)) == ("draft", False)


def test_after_grace_the_refusal_names_the_day_and_who_can_extend(
    year: Cycle, cast: SimpleNamespace, arts: Department
) -> None:
    with pytest.raises(NotNow) as refusal:
        submitted(arts, cast.amina, CLOSED)
    assert str(refusal.value) == ("The window closed on 7\xa0April. Ask Elif Aydin or Emil Novak for an extension.")
    assert forecast_of(arts).state == "draft"


def test_before_the_window_opens_nothing_is_submitted(year: Cycle, cast: SimpleNamespace, arts: Department) -> None:
    with pytest.raises(NotNow) as refusal:
        submitted(arts, cast.amina, datetime(2026, 12, 31, 12, tzinfo=NEW_YORK))
    assert refusal.value.sentence == "The window opens on 1\xa0January 2027."


def test_nothing_is_withdrawn_once_the_window_is_closed(year: Cycle, cast: SimpleNamespace, arts: Department) -> None:
    forecast = submitted(arts, cast.amina, LAST_SECOND)
    with pytest.raises(NotNow):
        withdraw(forecast, by=cast.amina, at=CLOSED, seen=forecast.version)
    assert forecast_of(arts).state == "submitted"


def more_time(cycle: Cycle, department: Department, by: User, until_on: date = date(2027, 4, 19)) -> Extension:
    return extend(
        cycle, MoreTime("forecast", department, until_on, "Head on sick leave"), by=by, at=FIRST_SECOND_OF_GRACE
    )


def test_an_extension_is_for_one_department(
    year: Cycle, cast: SimpleNamespace, arts: Department, sports: Department
) -> None:
    more_time(year, arts, cast.emil)
    cycle = Cycle.objects.get()
    assert window_for(cycle, "forecast", arts, CLOSED).is_open
    assert not window_for(cycle, "forecast", sports, CLOSED).is_open
    assert not window_for(cycle, "request", arts, datetime(2027, 4, 22, tzinfo=NEW_YORK)).is_open
    assert (due_for(cycle, "forecast", arts), due_for(cycle, "forecast", sports)) == (
        date(2027, 4, 19),
        date(2027, 3, 31),
    )


def test_within_its_extension_a_forecast_is_not_late(year: Cycle, cast: SimpleNamespace, arts: Department) -> None:
    more_time(year, arts, cast.emil)
    submitted(arts, cast.amina, datetime(2027, 4, 19, 23, 59, 59, tzinfo=NEW_YORK))
    assert (forecast_of(arts).state, late_of(arts)) == ("submitted", False)


def test_an_extension_ends_by_itself(year: Cycle, cast: SimpleNamespace, arts: Department) -> None:
    more_time(year, arts, cast.emil)
    with pytest.raises(NotNow) as refusal:
        submitted(arts, cast.amina, datetime(2027, 4, 20, tzinfo=NEW_YORK))
    assert refusal.value.sentence == "The window closed on 19\xa0April."


def test_a_short_extension_does_not_shorten_the_grace(year: Cycle, cast: SimpleNamespace, arts: Department) -> None:
    more_time(year, arts, cast.emil, date(2027, 4, 2))
    window = window_for(Cycle.objects.get(), "forecast", arts, datetime(2027, 4, 5, tzinfo=NEW_YORK))
    assert (window.is_open, window.is_late) == (True, True)


def test_an_extension_leaves_a_trail_and_the_head_is_told(year: Cycle, cast: SimpleNamespace, arts: Department) -> None:
    more_time(year, arts, cast.emil)
    entry = Entry.objects.get(verb="extend")
    assert (entry.kind, entry.by_id, entry.comment) == ("cycle", cast.emil.pk, "Head on sick leave")
    assert entry.changes == [
        {"where": "Arts, forecast", "field": "extension", "old": "2027-03-31", "new": "2027-04-19"}
    ]
    notice = Notice.objects.get(verb="extend")
    assert (notice.person, notice.quote, notice.link) == (cast.amina, "Head on sick leave", "/2027/forecasts/arts/")
    assert notice.texts["en"] == "Emil Novak extended “Demand forecast” for Arts to Monday 19\xa0April"


@pytest.mark.parametrize("name", ["amina", "ben", "chidi", "dora", "omar", "farid"])
def test_only_management_and_the_administrator_extend(
    name: str, year: Cycle, cast: SimpleNamespace, arts: Department
) -> None:
    with pytest.raises(NotYours):
        more_time(year, arts, getattr(cast, name))
    assert not Extension.objects.exists()


@pytest.mark.parametrize("name", ["emil", "ada"])
def test_management_and_the_administrator_extend(
    name: str, year: Cycle, cast: SimpleNamespace, arts: Department
) -> None:
    assert more_time(year, arts, getattr(cast, name)).granted_by == getattr(cast, name)


def test_nobody_extends_for_the_department_they_head(year: Cycle, cast: SimpleNamespace, arts: Department) -> None:
    Membership.objects.create(person=cast.emil, role=Role.HEAD, department=arts, from_on=date(2020, 1, 1))
    with pytest.raises(NotYours) as refusal:
        more_time(year, arts, cast.emil)
    assert refusal.value.way_out == "Ada Moreno or Elif Aydin can."


@pytest.mark.parametrize("until_on", [date(2027, 3, 31), date(2027, 1, 5)])
def test_an_extension_is_longer_than_the_window(
    until_on: date, year: Cycle, cast: SimpleNamespace, arts: Department
) -> None:
    with pytest.raises(NotReady):
        more_time(year, arts, cast.emil, until_on)


def test_an_extension_has_a_reason(year: Cycle, cast: SimpleNamespace, arts: Department) -> None:
    with pytest.raises(NotReady):
        extend(year, MoreTime("forecast", arts, date(2027, 4, 19), " "), by=cast.emil, at=FIRST_SECOND_OF_GRACE)


def test_everybody_can_read_who_got_more_time_and_why(
    year: Cycle, cast: SimpleNamespace, arts: Department, as_person: LogIn
) -> None:
    more_time(year, arts, cast.emil)
    with clock.at(FIRST_SECOND_OF_GRACE):
        for person in (cast.bao, cast.chidi, cast.omar):
            assert "Head on sick leave" in as_person(person).get("/2027/windows/").content.decode()
        assert as_person(cast.farid).get("/2027/windows/").status_code in (403, 404)


def test_the_form_gives_more_time_once(year: Cycle, cast: SimpleNamespace, arts: Department, as_person: LogIn) -> None:
    posted = {
        "key": "11111111-1111-4111-8111-111111111111",
        "department": "arts",
        "stage": "forecast",
        "until_on": "2027-04-19",
        "reason": "Head on sick leave",
    }
    with clock.at(FIRST_SECOND_OF_GRACE):
        client = as_person(cast.emil)
        assert client.get("/2027/extend/").status_code == 200
        for _twice in range(2):
            assert client.post("/2027/extend/", posted).headers["Location"] == "/2027/windows/#extensions"
        new_key = {"key": "22222222-1111-4111-8111-111111111111"}
        assert client.post("/2027/extend/", posted | new_key | {"until_on": "2027-03-01"}).status_code == 422
        assert client.post("/2027/extend/", posted | new_key | {"department": "nowhere"}).status_code == 422
        assert as_person(cast.amina).post("/2027/extend/", posted | new_key).status_code == 403
        assert as_person(cast.amina).get("/2027/extend/").status_code == 403
    assert Extension.objects.count() == 1


def due_days(at: datetime) -> dict[str, date | None]:
    """Until when each department still owes its forecast."""
    found = [o for o in owed(at) if (o.kind, o.step) == ("forecast", "submit")]
    return {o.record.department.slug: o.due_on for o in found}


def test_who_owes_a_forecast_owes_it_until_their_own_day(
    year: Cycle, cast: SimpleNamespace, arts: Department, sports: Department
) -> None:
    more_time(year, arts, cast.emil)
    assert due_days(FIRST_SECOND_OF_GRACE) == {"arts": date(2027, 4, 19), "sports": date(2027, 3, 31)}
    submitted(arts, cast.amina, FIRST_SECOND_OF_GRACE)
    assert due_days(FIRST_SECOND_OF_GRACE) == {"sports": date(2027, 3, 31)}


def test_a_moved_window_moves_what_is_owed(year: Cycle, cast: SimpleNamespace, arts: Department) -> None:
    set_window(
        year,
        WindowMove("forecast", WindowDates(date(2027, 1, 1), date(2027, 4, 15), date(2027, 4, 15))),
        by=cast.ada,
        at=FIRST_SECOND_OF_GRACE,
    )
    assert set(due_days(FIRST_SECOND_OF_GRACE).values()) == {date(2027, 4, 15)}
    assert Forecast.objects.get(department=arts).due_on == date(2027, 4, 15)
