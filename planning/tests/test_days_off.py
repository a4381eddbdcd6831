"""Deadlines on a day off: pointed out, moved where the year says so, and never counted anew once they are past."""

from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

import pytest
from django.db import IntegrityError, transaction

from planning.cycles.actions import (
    MoreTime,
    WindowMove,
    YearPlan,
    close_year,
    create_cycle,
    extend,
    move_to_working_days,
    move_window,
)
from planning.cycles.calendar import DueDay, WindowDates, counted_due, counted_window, named_dates
from planning.cycles.queries import due_for, due_in
from planning.cycles.workflow import window_for
from planning.forecasts.actions import publish_year, submit
from planning.forecasts.deadlines import owed
from planning.models import Cycle, Extension, StageWindow
from planning.tests.stage_one import filled, forecast_of
from sop_portal.foundation.kit.refusals import NotNow, NotReady, NotYours
from sop_portal.foundation.notices.models import Notice
from sop_portal.foundation.organisation.models import Department, SpecialDay
from sop_portal.foundation.organisation.working_days import NamedDay, WorkingDays, moved_words, working_days
from sop_portal.foundation.trail.models import Entry
from sop_portal.people.actions import DayTerms, OrganisationTerms, set_days_off, set_organisation
from sop_portal.tests.shared_fixtures import shared_fixture

EASTER = [DayTerms(date(2027, 3, 31), "Spring break"), DayTerms(date(2027, 4, 1), "Spring break")]
FORECAST = WindowDates(date(2027, 1, 1), date(2027, 3, 31), date(2027, 4, 7))
NBSP = "\N{NO-BREAK SPACE}"
MONDAY_TO_FRIDAY = frozenset({1, 2, 3, 4, 5})
# The Chinese May holiday of 2027 as it might be: five days off, and the Saturday after them worked.
MAY = {
    **{date(2027, 5, day): NamedDay("劳动节") for day in range(1, 6)},
    date(2027, 5, 8): NamedDay("劳动节调休上班", is_worked=True),
}
# Written by hand from the calendar on the wall: the day that was named, and the day that counts.
COUNTED = [
    (date(2027, 4, 30), date(2027, 4, 30)),
    (date(2027, 5, 1), date(2027, 5, 6)),
    (date(2027, 5, 5), date(2027, 5, 6)),
    (date(2027, 5, 8), date(2027, 5, 8)),
    (date(2027, 5, 9), date(2027, 5, 10)),
    (date(2027, 5, 15), date(2027, 5, 17)),
    # The leap day of 2028 is a Tuesday; the year ends on a Sunday.
    (date(2028, 2, 29), date(2028, 2, 29)),
    (date(2028, 12, 31), date(2029, 1, 1)),
]


@shared_fixture
def moving(cast: SimpleNamespace, arts: Department, noon: datetime) -> Cycle:
    """A published year that moves its deadlines; the last days of March are off. It is 12 March."""
    set_days_off(2027, EASTER, by=cast.ada, at=noon)
    plan = YearPlan(moves_to_working_day=True)
    cycle = create_cycle(year=2027, plan=plan, by=cast.ada, at=noon - timedelta(days=70))
    publish_year(cycle, by=cast.ada, at=noon - timedelta(days=70), seen=1)
    filled(arts, "Story hours", cast.amina, noon)
    return cycle


def window_of(cycle: Cycle, stage: str = "forecast") -> StageWindow:
    return StageWindow.objects.get(cycle=cycle, stage=stage)


def days_of(window: StageWindow) -> tuple[date, date, date, date | None]:
    return window.due_on, window.grace_until, window.first_due_on, window.moved_from


@pytest.mark.parametrize(("named", "counted"), COUNTED)
def test_a_day_off_counts_as_the_next_working_day(named: date, counted: date) -> None:
    due = counted_due(named, WorkingDays(MONDAY_TO_FRIDAY, MAY))
    assert due == DueDay(counted, named if named != counted else None)
    assert due.named == named


def test_where_the_year_does_not_move_them_a_deadline_stays_on_its_day() -> None:
    assert counted_due(date(2027, 5, 1), None) == DueDay(date(2027, 5, 1))


def test_where_nobody_works_for_weeks_nothing_moves_far_away() -> None:
    never = {date(2027, 1, 1) + timedelta(days=day): NamedDay("Closed") for day in range(400)}
    assert counted_due(date(2027, 5, 1), WorkingDays(MONDAY_TO_FRIDAY, never)) == DueDay(date(2027, 5, 1))


def test_the_days_of_grace_stay_as_many() -> None:
    named = WindowDates(date(2027, 4, 1), date(2027, 5, 1), date(2027, 5, 8))
    dates, moved_from = counted_window(named, WorkingDays(MONDAY_TO_FRIDAY, MAY))
    assert (dates, moved_from) == (WindowDates(date(2027, 4, 1), date(2027, 5, 6), date(2027, 5, 13)), date(2027, 5, 1))
    kept = StageWindow(
        opens_on=dates.opens_on, due_on=dates.due_on, grace_until=dates.grace_until, moved_from=moved_from
    )
    assert named_dates(kept) == named


def test_two_weeks_stay_fourteen_civil_days(moving: Cycle) -> None:
    assert due_in(moving, date(2027, 4, 14)) == DueDay(date(2027, 4, 14))
    assert due_in(moving, date(2027, 4, 17)) == DueDay(date(2027, 4, 19), date(2027, 4, 17))


def test_a_year_says_whether_its_deadlines_move(cast: SimpleNamespace, moving: Cycle, noon: datetime) -> None:
    still = create_cycle(year=2029, by=cast.ada, at=noon)
    assert days_of(window_of(moving)) == (date(2027, 4, 2), date(2027, 4, 9), date(2027, 4, 2), date(2027, 3, 31))
    # 31 March 2029 is a Saturday.
    assert days_of(window_of(still)) == (date(2029, 3, 31), date(2029, 4, 7), date(2029, 3, 31), None)


def test_the_execution_ends_with_its_year_whatever_day_that_is(cast: SimpleNamespace, noon: datetime) -> None:
    cycle = create_cycle(year=2028, plan=YearPlan(moves_to_working_day=True), by=cast.ada, at=noon)
    # 30 June 2029 is a Saturday.
    assert (window_of(cycle, "execution").due_on, cycle.ends_on) == (date(2029, 6, 30), date(2029, 6, 30))


@pytest.mark.parametrize(
    ("at", "is_late"),
    [(datetime(2027, 4, 2, 23, 59, tzinfo=UTC), False), (datetime(2027, 4, 3, 12, tzinfo=UTC), True)],
)
def test_what_is_handed_in_on_the_day_that_counts_is_not_late(
    cast: SimpleNamespace, moving: Cycle, arts: Department, at: datetime, is_late: bool
) -> None:
    forecast = forecast_of(arts)
    submit(forecast, by=cast.amina, at=at, seen=forecast.version)
    assert forecast.is_late is is_late


def test_a_moved_window_keeps_the_day_that_was_named(cast: SimpleNamespace, moving: Cycle, noon: datetime) -> None:
    dates = WindowDates(date(2027, 1, 1), date(2027, 4, 10), date(2027, 4, 17))
    moving.refresh_from_db()
    move_window(moving, WindowMove("forecast", dates, "Snow"), by=cast.ada, at=noon, seen=moving.version)
    # What is done stays late by the day first set, which counted on 2 April.
    assert days_of(window_of(moving)) == (date(2027, 4, 12), date(2027, 4, 19), date(2027, 4, 2), date(2027, 4, 10))


def test_an_extension_ends_on_a_working_day(
    cast: SimpleNamespace, moving: Cycle, arts: Department, noon: datetime
) -> None:
    more = MoreTime("forecast", arts, date(2027, 4, 11), "Flood")
    given = extend(moving, more, by=cast.emil, at=noon)
    assert (given.until_on, given.moved_from) == (date(2027, 4, 12), date(2027, 4, 11))
    assert due_for(Cycle.objects.get(pk=moving.pk), "forecast", arts) == date(2027, 4, 12)
    last = datetime(2027, 4, 12, 20, tzinfo=UTC)
    assert window_for(Cycle.objects.get(pk=moving.pk), "forecast", arts, last).is_late is False


def test_deadlines_ahead_follow_the_table_of_days(cast: SimpleNamespace, moving: Cycle, noon: datetime) -> None:
    before = Cycle.objects.get(pk=moving.pk).version
    friday = [*EASTER, DayTerms(date(2027, 4, 2), "Good Friday")]
    set_days_off(2027, friday, by=cast.ada, at=noon)
    assert days_of(window_of(moving)) == (date(2027, 4, 5), date(2027, 4, 12), date(2027, 4, 5), date(2027, 3, 31))
    entry = Entry.objects.get(verb="follow-days")
    assert [(change["field"], change["old"], change["new"]) for change in entry.changes] == [
        ("due_on", "2027-04-02", "2027-04-05"),
        ("grace_until", "2027-04-09", "2027-04-12"),
    ]
    assert Cycle.objects.get(pk=moving.pk).version == before + 1
    set_days_off(2027, [], by=cast.ada, at=noon)
    assert days_of(window_of(moving)) == (date(2027, 3, 31), date(2027, 4, 7), date(2027, 3, 31), None)


def test_what_was_late_stays_late_when_the_table_changes_afterwards(
    cast: SimpleNamespace, moving: Cycle, arts: Department
) -> None:
    late = datetime(2027, 4, 5, 15, tzinfo=UTC)
    submit(forecast_of(arts), by=cast.amina, at=late, seen=forecast_of(arts).version)
    kept = days_of(window_of(moving))
    set_days_off(2027, [*EASTER, DayTerms(date(2027, 4, 2), "Good Friday")], by=cast.ada, at=late)
    assert (days_of(window_of(moving)), forecast_of(arts).is_late) == (kept, True)


def test_a_deadline_is_not_taken_back_behind_today(cast: SimpleNamespace, moving: Cycle) -> None:
    on_the_day_named = datetime(2027, 4, 1, 15, tzinfo=UTC)
    set_days_off(2027, [], by=cast.ada, at=on_the_day_named)
    assert window_of(moving).due_on == date(2027, 4, 2)


def test_a_closed_year_follows_nothing(cast: SimpleNamespace, noon: datetime) -> None:
    cycle = create_cycle(year=2027, plan=YearPlan(moves_to_working_day=True), by=cast.ada, at=noon)
    publish_year(cycle, by=cast.ada, at=noon, seen=1)
    for forecast in cycle.forecasts.all():
        type(forecast).objects.filter(pk=forecast.pk).update(state="waived", waived_at=noon, waived_by=cast.ada)
    close_year(cycle, by=cast.ada, at=noon, seen=cycle.version)
    kept = days_of(window_of(cycle))
    set_days_off(2027, EASTER, by=cast.ada, at=noon)
    assert (days_of(window_of(cycle)), Entry.objects.filter(verb="follow-days").exists()) == (kept, False)
    with pytest.raises(NotNow):
        move_to_working_days(cycle, False, by=cast.ada, at=noon, seen=cycle.version)


def test_the_rule_of_a_year_can_be_set_and_taken_back(cast: SimpleNamespace, moving: Cycle, noon: datetime) -> None:
    moving.refresh_from_db()
    moved = days_of(window_of(moving))
    with pytest.raises(NotYours):
        move_to_working_days(moving, False, by=cast.emil, at=noon, seen=moving.version)
    move_to_working_days(moving, False, by=cast.ada, at=noon, seen=moving.version)
    assert days_of(window_of(moving)) == (date(2027, 3, 31), date(2027, 4, 7), date(2027, 3, 31), None)
    move_to_working_days(moving, True, by=cast.ada, at=noon, seen=moving.version)
    assert days_of(window_of(moving)) == moved


def test_the_week_of_the_organisation_moves_deadlines_too(cast: SimpleNamespace, moving: Cycle, noon: datetime) -> None:
    # From Sunday to Thursday: 2 April, a Friday, is off, and Sunday 4 April is worked.
    week = OrganisationTerms("Ours", "en", "America/New_York", "USD", 1, 7, "12347")
    set_organisation(week, by=cast.ada, at=noon)
    assert window_of(moving).due_on == date(2027, 4, 4)


@pytest.mark.parametrize("week", ["", "8", "21", "11", "12a"])
def test_a_week_has_a_working_day(cast: SimpleNamespace, noon: datetime, week: str) -> None:
    with pytest.raises(NotReady):
        set_organisation(OrganisationTerms("Ours", "en", "UTC", "USD", 1, 7, week), by=cast.ada, at=noon)


@pytest.mark.parametrize(
    "days",
    [
        [DayTerms(date(2028, 1, 1), "New Year")],
        [DayTerms(date(2027, 1, 1), "New Year"), DayTerms(date(2027, 1, 1), "Again")],
        [DayTerms(date(2027, 1, 1), " ")],
    ],
)
def test_a_table_that_makes_no_sense_is_refused(cast: SimpleNamespace, noon: datetime, days: list[DayTerms]) -> None:
    with pytest.raises(NotReady):
        set_days_off(2027, days, by=cast.ada, at=noon)


def test_nobody_but_the_administrator_keeps_the_table(cast: SimpleNamespace, noon: datetime) -> None:
    with pytest.raises(NotYours):
        set_days_off(2027, EASTER, by=cast.emil, at=noon)
    set_days_off(2027, EASTER, by=cast.ada, at=noon)
    assert working_days().holiday(date(2027, 3, 31)) == "Spring break"


def test_the_table_leaves_what_changed_in_the_trail(cast: SimpleNamespace, noon: datetime) -> None:
    set_days_off(2027, [*EASTER, DayTerms(date(2027, 4, 3), "Worked", is_worked=True)], by=cast.ada, at=noon)
    set_days_off(2027, [EASTER[0]], by=cast.ada, at=noon)
    set_days_off(2027, [EASTER[0]], by=cast.ada, at=noon)
    first, second = Entry.objects.filter(verb="set-days-off").order_by("pk")
    assert len(first.changes) == 3
    assert [(change["where"], change["field"], change["old"], change["new"]) for change in second.changes] == [
        ("2027-04-01", "holiday", "Spring break", ""),
        ("2027-04-03", "make_up_day", "Worked", ""),
    ]
    assert list(SpecialDay.objects.values_list("on", flat=True)) == [date(2027, 3, 31)]


def test_it_is_said_from_which_day_and_why_a_deadline_was_moved(cast: SimpleNamespace, noon: datetime) -> None:
    set_days_off(2027, EASTER, by=cast.ada, at=noon)
    wednesday = f"Wednesday 31{NBSP}March 2027"
    assert str(moved_words(date(2027, 3, 31))) == f"Moved from {wednesday}, Spring break."
    assert str(moved_words(date(2027, 5, 1))) == f"Moved from Saturday 1{NBSP}May 2027."
    assert moved_words(None) == ""


@pytest.mark.parametrize("model", [StageWindow, Extension])
def test_the_database_keeps_a_deadline_from_moving_to_an_earlier_day(
    cast: SimpleNamespace, moving: Cycle, arts: Department, noon: datetime, model: type[StageWindow | Extension]
) -> None:
    extend(moving, MoreTime("forecast", arts, date(2027, 4, 11), "Flood"), by=cast.emil, at=noon)
    with pytest.raises(IntegrityError), transaction.atomic():
        model.objects.update(moved_from=date(2030, 1, 1))
    model.objects.update(moved_from=date(2020, 1, 1))


def test_the_demand_report_is_owed_until_a_working_day(cast: SimpleNamespace, noon: datetime) -> None:
    set_days_off(2027, [DayTerms(date(2027, 4, 1), "Spring break")], by=cast.ada, at=noon)
    cycle = create_cycle(year=2027, plan=YearPlan(moves_to_working_day=True), by=cast.ada, at=noon)
    publish_year(cycle, by=cast.ada, at=noon, seen=1)
    (report,) = (found for found in owed(noon) if found.step == "publish-report")
    assert (report.due_on, report.first_due_on) == (date(2027, 4, 2), date(2027, 4, 2))


def test_an_extension_follows_the_table_but_not_behind_today(
    cast: SimpleNamespace, moving: Cycle, arts: Department, noon: datetime
) -> None:
    given = extend(moving, MoreTime("forecast", arts, date(2027, 4, 11), "Flood"), by=cast.emil, at=noon)

    def until() -> tuple[date, date | None]:
        given.refresh_from_db()
        return given.until_on, given.moved_from

    set_days_off(2027, [*EASTER, DayTerms(date(2027, 4, 12), "Founders’ day")], by=cast.ada, at=noon)
    assert until() == (date(2027, 4, 13), date(2027, 4, 11))
    sunday_is_worked = [DayTerms(date(2027, 4, 11), "Make-up day", is_worked=True)]
    set_days_off(2027, sunday_is_worked, by=cast.ada, at=datetime(2027, 4, 12, 15, tzinfo=UTC))
    assert until() == (date(2027, 4, 13), date(2027, 4, 11))
    set_days_off(2027, EASTER, by=cast.ada, at=noon)
    set_days_off(2027, [*EASTER, *sunday_is_worked], by=cast.ada, at=noon)
    assert until() == (date(2027, 4, 11), None)


def test_heads_hear_of_a_window_that_the_table_of_days_moves(
    cast: SimpleNamespace, moving: Cycle, noon: datetime
) -> None:
    Notice.objects.all().delete()
    longer = [*EASTER, DayTerms(date(2027, 4, 2), "Spring break")]
    set_days_off(2027, longer, by=cast.ada, at=noon)
    told = Notice.objects.filter(verb="move-window").values_list("person__name", "texts")
    assert {name for name, _texts in told} == {cast.amina.name, cast.bao.name}
    assert {texts["en"] for _name, texts in told} == {
        f"Ada Moreno moved “Demand forecast” of 2027: due 5{NBSP}April 2027, late work until 12{NBSP}April 2027"
    }
    set_days_off(2027, longer, by=cast.ada, at=noon)
    assert Notice.objects.filter(verb="move-window").count() == 2


def test_heads_hear_of_more_time_of_theirs_that_the_table_of_days_moves(
    cast: SimpleNamespace, moving: Cycle, arts: Department, noon: datetime
) -> None:
    extend(moving, MoreTime("forecast", arts, date(2027, 4, 11), "Flood"), by=cast.emil, at=noon)
    Notice.objects.all().delete()
    longer = [*EASTER, DayTerms(date(2027, 4, 12), "Founders’ day")]
    for _time in range(2):
        set_days_off(2027, longer, by=cast.ada, at=noon)
    assert [(notice.person, notice.texts["en"]) for notice in Notice.objects.filter(verb="move-window")] == [
        (cast.amina, f"Ada Moreno changed the days off: “Demand forecast” for Arts is due 13{NBSP}April 2027")
    ]
