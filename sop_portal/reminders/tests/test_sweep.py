"""The sweep against a table written by hand: the same rows however often, however late and in whatever order."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

import pytest
from django.core import mail as posted
from django.db import connection
from django.test.utils import CaptureQueriesContext

from planning.cycles.actions import MoreTime, WindowMove, create_cycle, extend, set_window
from planning.cycles.calendar import WindowDates
from planning.forecasts.actions import publish_year, submit, waive
from planning.models import Cycle, Forecast
from sop_portal.foundation.notices.models import Mail, Notice
from sop_portal.foundation.notices.outbox import send_waiting
from sop_portal.foundation.organisation.models import Delegation, Department, Membership, User
from sop_portal.foundation.organisation.roles import Role
from sop_portal.reminders.actions import set_schedule, sweep
from sop_portal.reminders.models import Reminder
from sop_portal.reminders.queries import plans_by_cycle
from sop_portal.reminders.schedule import Plan
from sop_portal.reminders.tests.conftest import DAY, at_noon

# Who is told when of the forecast of Arts (due 31 March) and of Sports, if nobody does anything until 20 April.
MOMENTS = ["opens 2027-01-01", *(f"2027-03-31 {days:+d}" for days in (-14, -7, -3, -1, 0))]
LATE = [f"2027-03-31 {days:+d}" for days in (1, 3, 5, 10, 15, 20)]
HEADS = {name: {*MOMENTS, *LATE} for name in ("Amina Diallo", "Bao Nguyen")}
# The heads owe it themselves, so from three days on it is management's; from five days on the administrator's too.
OTHERS = {name: set(LATE[1:]) for name in ("Emil Novak", "Elif Aydin")} | {"Ada Moreno": set(LATE[2:])}
BY_HAND = HEADS | OTHERS
END = datetime(2027, 4, 20, 22, tzinfo=UTC)


def rows_by_person(*, of: str = "forecast/", only: str = "") -> dict[str, set[str]]:
    """Every row of the ledger about forecasts, by person; `only` told or skipped ones."""
    rows = Reminder.objects.filter(deadline__startswith=of)
    if only:
        rows = rows.filter(is_skipped=only == "skipped")
    found: dict[str, set[str]] = {}
    for name, occurrence in rows.values_list("person__name", "occurrence"):
        found.setdefault(name, set()).add(occurrence)
    return found


def sweep_at(moments: Iterable[datetime]) -> None:
    for at in moments:
        sweep(at=at)


def every(step: timedelta) -> list[datetime]:
    """From the end of December to the end, which is always swept."""
    at, found = datetime(2026, 12, 31, 13, 7, tzinfo=UTC), []
    while at < END:
        found.append(at)
        at += step
    return [*found, END]


ORDERS = {
    "with gaps of ten days": every(10 * DAY),
    "once, at the end": [END],
    "back and forth": [at for pair in zip(every(19 * DAY), reversed(every(19 * DAY)), strict=True) for at in pair],
    "five times each": [at for at in every(28 * DAY) for _again in range(5)],
}


@pytest.mark.parametrize("order", ORDERS)
def test_the_forecasts_swept_in_any_order_leave_the_same_rows(order: str, year: Cycle, cast: SimpleNamespace) -> None:
    sweep_at(ORDERS[order])
    assert rows_by_person() == BY_HAND
    rows = Reminder.objects.filter(deadline__startswith="forecast/").count()
    assert rows == 2 * sum(map(len, OTHERS.values())) + sum(map(len, HEADS.values()))


def test_minute_by_minute_around_a_moment_tells_it_once(year: Cycle, forecast: Forecast, cast: SimpleNamespace) -> None:
    before = datetime(2027, 3, 24, 3, 50, tzinfo=UTC)
    sweep(at=before)
    rows = Reminder.objects.count()
    sweep_at(before + timedelta(minutes=n) for n in range(20))
    new = Reminder.objects.order_by("pk")[rows:]
    assert {(r.person.name, r.occurrence, r.made_at) for r in new} == {
        (name, "2027-03-31 -7", datetime(2027, 3, 24, 4, tzinfo=UTC)) for name in HEADS
    }


def test_after_ten_days_of_silence_only_the_latest_is_told(year: Cycle, cast: SimpleNamespace) -> None:
    sweep(at=at_noon("2027-03-18"))
    sweep(at=at_noon("2027-03-29"))
    assert rows_by_person(only="told")["Amina Diallo"] == {"2027-03-31 -14", "2027-03-31 -3"}
    assert rows_by_person(only="skipped")["Amina Diallo"] == {"opens 2027-01-01", "2027-03-31 -7"}


def test_what_was_just_told_by_an_act_is_not_told_again(cast: SimpleNamespace, year: Cycle, arts: Department) -> None:
    Notice.objects.update(at=at_noon("2027-01-01"))
    sweep(at=at_noon("2027-01-02"))
    assert rows_by_person(only="told") == {}
    assert rows_by_person(only="skipped") == {name: {"opens 2027-01-01"} for name in HEADS}


def test_a_submitted_forecast_reminds_no_more(
    forecast: Forecast, cast: SimpleNamespace, year: Cycle, planned: None
) -> None:
    sweep(at=at_noon("2027-03-18"))
    submit(forecast, by=cast.amina, at=at_noon("2027-03-19"), seen=forecast.version)
    sweep_at([at_noon("2027-03-25"), at_noon("2027-04-02")])
    assert set(rows_by_person(of=f"forecast/{forecast.pk}/submit")) == {"Amina Diallo"}
    assert rows_by_person(of=f"forecast/{forecast.pk}/submit")["Amina Diallo"] == {"opens 2027-01-01", "2027-03-31 -14"}
    assert Notice.objects.open_deadlines().filter(person=cast.amina).count() == 0


def test_a_mail_of_what_was_done_meanwhile_does_not_leave(
    forecast: Forecast, cast: SimpleNamespace, planned: None
) -> None:
    Mail.objects.all().delete()
    sweep(at=at_noon("2027-03-18"))
    submit(forecast, by=cast.amina, at=at_noon("2027-03-18"), seen=forecast.version)
    Mail.objects.exclude(notices__is_deadline=True).delete()
    send_waiting(at=at_noon("2027-03-18"))
    assert [mail.to for mail in posted.outbox] == [["bao@example.org"]]
    assert Mail.objects.get(person=cast.amina).state == "withdrawn"


def test_what_is_done_while_the_sweep_looks_is_left_to_the_next_one(
    forecast: Forecast, cast: SimpleNamespace, planned: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def submitted_meanwhile() -> dict[int, Plan]:
        submit(forecast, by=cast.amina, at=at_noon("2027-03-18"), seen=forecast.version)
        return plans_by_cycle()

    monkeypatch.setattr("sop_portal.reminders.actions.sweeping.plans_by_cycle", submitted_meanwhile)
    sweep(at=at_noon("2027-03-18"))
    assert set(rows_by_person(of=f"forecast/{forecast.pk}/")) == set()
    assert set(rows_by_person()) == {"Bao Nguyen"}


def test_a_waived_forecast_reminds_no_more(forecast: Forecast, cast: SimpleNamespace) -> None:
    waive(forecast, by=cast.ada, at=at_noon("2027-03-01"), seen=forecast.version, comment="No programme this year")
    sweep_at([at_noon("2027-03-18"), at_noon("2027-04-20")])
    assert rows_by_person(of=f"forecast/{forecast.pk}/") == {}


def test_a_deadline_moved_later_reminds_of_its_new_days_only(
    year: Cycle, forecast: Forecast, cast: SimpleNamespace
) -> None:
    sweep(at=at_noon("2027-03-28"))
    set_window(
        year,
        WindowMove("forecast", WindowDates(date(2027, 1, 1), date(2027, 4, 14), date(2027, 4, 21)), "A storm"),
        by=cast.ada,
        at=at_noon("2027-03-29"),
    )
    Reminder.objects.all().update(is_skipped=True)
    sweep_at([at_noon("2027-03-30"), at_noon("2027-04-01"), at_noon("2027-04-08"), at_noon("2027-04-12")])
    assert rows_by_person(only="told")["Amina Diallo"] == {"2027-04-14 -14", "2027-04-14 -7", "2027-04-14 -3"}
    assert set(Notice.objects.open_deadlines().filter(kind="forecast").values_list("due_on", flat=True)) == {
        date(2027, 4, 14)
    }


def test_a_deadline_moved_into_the_past_is_told_once(year: Cycle, forecast: Forecast, cast: SimpleNamespace) -> None:
    sweep(at=at_noon("2027-03-18"))
    set_window(
        year,
        WindowMove("forecast", WindowDates(date(2027, 1, 1), date(2027, 3, 10), date(2027, 3, 10)), "Earlier"),
        by=cast.ada,
        at=at_noon("2027-03-18"),
    )
    Reminder.objects.all().update(is_skipped=True)
    sweep_at([at_noon("2027-03-18"), at_noon("2027-03-19")])
    assert rows_by_person(only="told")["Amina Diallo"] == {"2027-03-10 +5"}
    sweep_at([at_noon("2027-03-20"), at_noon("2027-03-21")])
    assert rows_by_person(only="told")["Amina Diallo"] == {"2027-03-10 +5", "2027-03-10 +10"}


def test_an_extension_moves_the_reminders_of_one_department(
    year: Cycle, forecast: Forecast, arts: Department, cast: SimpleNamespace
) -> None:
    extend(year, MoreTime("forecast", arts, date(2027, 4, 10), "Illness"), by=cast.emil, at=at_noon("2027-03-10"))
    sweep_at([at_noon("2027-04-01"), at_noon("2027-04-03")])
    assert rows_by_person()["Bao Nguyen"] >= {"2027-03-31 +1", "2027-03-31 +3"}
    assert {name for name in rows_by_person()["Amina Diallo"] if name.startswith("2027-03-31")} == set()
    assert "2027-04-10 -7" in rows_by_person()["Amina Diallo"]


def test_whoever_takes_over_is_told_once_and_the_one_who_left_no_more(
    forecast: Forecast, arts: Department, cast: SimpleNamespace
) -> None:
    sweep(at=at_noon("2027-03-18"))
    Membership.objects.filter(person=cast.amina).update(until_on=date(2027, 3, 19))
    Membership.objects.create(person=cast.farid, role=Role.HEAD, department=arts, from_on=date(2027, 3, 20))
    sweep_at([at_noon("2027-03-20"), at_noon("2027-03-21"), at_noon("2027-03-24")])
    assert rows_by_person(only="told")["Farid Karimi"] == {"2027-03-31 -14", "2027-03-31 -7"}
    assert "2027-03-31 -7" not in rows_by_person()["Amina Diallo"]
    assert Notice.objects.open_deadlines().filter(person=cast.amina).count() == 0


def test_a_person_without_access_is_not_told(forecast: Forecast, cast: SimpleNamespace) -> None:
    User.objects.filter(pk=cast.amina.pk).update(is_active=False)
    sweep(at=at_noon("2027-03-18"))
    assert set(rows_by_person()) == {"Bao Nguyen"}


@pytest.mark.parametrize(("last", "when"), [("2027-03-30", "2027-03-18"), ("2027-12-31", "2027-04-01")])
def test_a_deputy_is_told_while_the_giver_is_away_and_a_standing_one_when_it_is_late(
    last: str, when: str, forecast: Forecast, cast: SimpleNamespace
) -> None:
    Delegation.objects.create(
        giver=cast.amina, deputy=cast.farid, from_on=date(2027, 3, 10), until_on=date.fromisoformat(last)
    )
    sweep(at=at_noon("2027-03-17"))
    early = "Farid Karimi" in rows_by_person()
    sweep(at=at_noon(when))
    assert early == (last == "2027-03-30")
    assert "Farid Karimi" in rows_by_person()


def test_a_decision_waits_three_and_five_days_for_those_who_did_not_work_on_it(
    forecast: Forecast, cast: SimpleNamespace, planned: None
) -> None:
    submit(forecast, by=cast.amina, at=at_noon("2027-03-12"), seen=forecast.version)
    Membership.objects.create(person=cast.amina, role=Role.RESOURCE, from_on=date(2027, 1, 1))
    Delegation.objects.create(
        giver=cast.chidi, deputy=cast.farid, from_on=date(2027, 1, 1), until_on=date(2027, 12, 31)
    )
    sweep_at(at_noon("2027-03-12") + n * DAY for n in range(9))
    both = {"since 2027-03-12 +3", "since 2027-03-12 +5"}
    expected = {"Chidi Okafor": both, "Chen Jing": both, "Farid Karimi": {"since 2027-03-12 +5"}}
    assert rows_by_person(of=f"forecast/{forecast.pk}/accept") == expected


def test_the_administrator_changes_the_moments_of_a_year(year: Cycle, cast: SimpleNamespace) -> None:
    plan = Plan(opens=False, before=(20, 0), late=(2,), late_every=30, decisions=())
    set_schedule(year, plan, by=cast.ada, at=at_noon("2027-01-05"), seen=year.version)
    sweep_at(every(9 * DAY))
    assert rows_by_person()["Amina Diallo"] == {"2027-03-31 -20", "2027-03-31 +0", "2027-03-31 +2"}


def test_everything_due_at_once_is_one_mail_and_names_what_else_is_owed(
    year: Cycle, arts: Department, cast: SimpleNamespace
) -> None:
    Membership.objects.create(person=cast.bao, role=Role.HEAD, department=arts, from_on=date(2020, 1, 1))
    Mail.objects.all().delete()
    sweep(at=at_noon("2027-03-24"))
    assert Mail.objects.filter(person=cast.bao).count() == 1
    send_waiting(at=at_noon("2027-03-24"))
    text = str(next(mail for mail in posted.outbox if mail.to == ["bao@example.org"]).body)
    assert text.count("http://testserver/2027/forecasts/") == 2


def test_what_one_person_is_told_is_one_mail_however_much_it_is(
    cast: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sop_portal.reminders.actions.sweeping.BATCH", 3)
    departments = [Department.objects.create(name=f"D {n}", slug=f"d-{n}") for n in range(4)]
    for department in departments:
        Membership.objects.create(person=cast.farid, role=Role.HEAD, department=department, from_on=date(2020, 1, 1))
    cycle = create_cycle(year=2027, by=cast.ada, at=at_noon("2026-12-01"))
    publish_year(cycle, by=cast.ada, at=at_noon("2026-12-01"), seen=cycle.version)
    Mail.objects.all().delete()
    sweep(at=at_noon("2027-03-18"))
    assert {name: Mail.objects.filter(person__name=name).count() for name in rows_by_person()} == {
        "Amina Diallo": 1,
        "Bao Nguyen": 1,
        "Farid Karimi": 1,
    }


def test_the_deputy_of_somebody_who_is_away_is_asked_for_a_decision_at_once(
    forecast: Forecast, cast: SimpleNamespace, planned: None
) -> None:
    span = {"from_on": date(2027, 3, 1), "until_on": date(2027, 3, 30)}
    Delegation.objects.create(giver=cast.chidi, deputy=cast.farid, **span)
    Delegation.objects.create(giver=cast.chen, deputy=cast.amina, **span)
    submit(forecast, by=cast.amina, at=at_noon("2027-03-12"), seen=forecast.version)
    asked = Notice.objects.filter(verb="submit", is_asked=True).values_list("person__name", flat=True)
    assert set(asked) == {"Chidi Okafor", "Chen Jing", "Farid Karimi"}


def test_a_decision_that_waits_stands_in_other_mails_until_it_is_taken_or_somebody_else_s(
    forecast: Forecast, cast: SimpleNamespace, planned: None
) -> None:
    submit(forecast, by=cast.amina, at=at_noon("2027-03-31"), seen=forecast.version)
    Mail.objects.all().delete()
    sweep(at=at_noon("2027-03-31"))
    send_waiting(at=at_noon("2027-03-31"))
    text = str(next(mail for mail in posted.outbox if mail.to == ["chidi@example.org"]).body)
    assert "Publish demand report: 2027" in text.split("Also waiting for you:")[0]
    assert "/2027/forecasts/arts/" in text.split("Also waiting for you:")[1]
    Membership.objects.filter(person=cast.chidi).update(until_on=date(2027, 3, 31))
    sweep(at=at_noon("2027-04-01"))
    left = Notice.objects.owed().filter(kind="forecast", record_id=forecast.pk)
    assert {notice.person.name for notice in left} == {"Chen Jing"}


def test_a_sweep_with_nothing_due_asks_the_same_few_questions_however_much_is_closed(
    year: Cycle, forecast: Forecast, cast: SimpleNamespace, planned: None
) -> None:
    sweep(at=at_noon("2027-03-18"))
    with CaptureQueriesContext(connection) as first:
        sweep(at=at_noon("2027-03-18"))
    submit(forecast, by=cast.amina, at=at_noon("2027-03-18"), seen=forecast.version)
    sweep(at=at_noon("2027-03-18"))
    with CaptureQueriesContext(connection) as later:
        sweep(at=at_noon("2027-03-18"))
    assert len(later) <= len(first) + 1
