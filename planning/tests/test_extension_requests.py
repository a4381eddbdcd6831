"""A department asks for more time; somebody else grants or refuses."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from types import SimpleNamespace
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from planning.cycles.actions import MoreTime, WindowMove, create_cycle, extend, move_window
from planning.cycles.calendar import WindowDates, days_of_extension
from planning.cycles.models import Extension
from planning.cycles.queries import due_for
from planning.extensions import actions
from planning.forecasts import actions as forecasts
from planning.models import Cycle, ExtensionRequest
from planning.tests.stage_one import filled, open_year, submitted
from sop_portal.foundation.kit.dates import add_months
from sop_portal.foundation.kit.formats import day_of_year
from sop_portal.foundation.kit.refusals import NotNow, NotReady, NotYours
from sop_portal.foundation.notices.models import Mail, Notice
from sop_portal.foundation.organisation.models import Department, Membership, User
from sop_portal.foundation.organisation.roles import Role
from sop_portal.foundation.trail.models import Entry
from sop_portal.people import actions as people
from sop_portal.people.terms import Term
from sop_portal.tests.shared_fixtures import shared_fixture

Browser = Callable[[User], Client]
UNTIL = date(2027, 4, 14)


@shared_fixture
def year(cast: SimpleNamespace, noon: datetime) -> Cycle:
    """The forecast window is open."""
    return open_year(cast, noon)


@shared_fixture
def asked(year: Cycle, arts: Department, cast: SimpleNamespace, noon: datetime) -> ExtensionRequest:
    """Amina asks for two more weeks."""
    return actions.ask(year, MoreTime("forecast", arts, UNTIL, "Two of us are ill"), by=cast.amina, at=noon)


def test_those_who_may_extend_are_told(asked: ExtensionRequest) -> None:
    notified = Notice.objects.filter(kind="extension-request").values_list("person__name", flat=True)
    assert set(notified) == {"Emil Novak", "Elif Aydin", "Ada Moreno"}


def test_those_who_may_extend_read_who_asks_until_when_and_why(asked: ExtensionRequest, cast: SimpleNamespace) -> None:
    notified = Notice.objects.get(kind="extension-request", person=cast.emil)
    asked_for = "Decide on more time for Arts until 14\N{NO-BREAK SPACE}April 2027 (Demand forecast 2027)"
    assert notified.texts["en"] == f"{asked_for}. Amina Diallo asked for more time"
    assert notified.quote == "Two of us are ill"
    assert "> Two of us are ill" in Mail.objects.get(person=cast.emil, notices=notified).text


def test_granting_moves_the_deadline_of_the_department_alone(
    asked: ExtensionRequest, arts: Department, sports: Department, cast: SimpleNamespace, noon: datetime
) -> None:
    actions.grant(asked, by=cast.emil, at=noon, seen=1)
    year = Cycle.objects.get()
    assert (due_for(year, "forecast", arts), due_for(year, "forecast", sports)) == (UNTIL, date(2027, 3, 31))
    extension = Extension.objects.get()
    assert (extension.granted_by, extension.reason) == (cast.emil, "Two of us are ill")


def test_whoever_asked_is_told_once_until_when(asked: ExtensionRequest, cast: SimpleNamespace, noon: datetime) -> None:
    actions.grant(asked, by=cast.emil, at=noon, seen=1)
    notified = Notice.objects.filter(person=cast.amina, verb__in=["grant", "extend"])
    day = "14\N{NO-BREAK SPACE}April 2027"
    assert [str(notice) for notice in notified] == [
        f"Emil Novak granted more time: More time for Arts until {day}, Demand forecast 2027"
    ]


def test_refusing_says_why_and_moves_nothing(asked: ExtensionRequest, cast: SimpleNamespace, noon: datetime) -> None:
    with pytest.raises(NotReady):
        actions.refuse(asked, by=cast.emil, at=noon, seen=1, comment="")
    actions.refuse(asked, by=cast.emil, at=noon, seen=1, comment="Everybody keeps the day")
    assert (Extension.objects.count(), ExtensionRequest.objects.get().state) == (0, "refused")
    assert Notice.objects.get(person=cast.amina, verb="refuse").quote == "Everybody keeps the day"


def test_a_decision_is_taken_once(asked: ExtensionRequest, cast: SimpleNamespace, noon: datetime) -> None:
    actions.grant(asked, by=cast.emil, at=noon, seen=1)
    with pytest.raises(NotNow):
        actions.refuse(asked, by=cast.ada, at=noon, seen=1, comment="No")
    assert Extension.objects.count() == 1


@pytest.mark.parametrize("who", ["amina", "ben", "bao", "chidi", "dora", "omar"])
def test_nobody_else_grants(who: str, asked: ExtensionRequest, cast: SimpleNamespace, noon: datetime) -> None:
    with pytest.raises(NotYours):
        actions.grant(asked, by=getattr(cast, who), at=noon, seen=1)


def test_whoever_asked_does_not_grant_in_a_second_role(
    asked: ExtensionRequest, cast: SimpleNamespace, noon: datetime
) -> None:
    Membership.objects.create(person=cast.amina, role=Role.MANAGEMENT, from_on=date(2020, 1, 1))
    with pytest.raises(NotYours):
        actions.grant(asked, by=cast.amina, at=noon, seen=1)
    with pytest.raises(IntegrityError), transaction.atomic():
        ExtensionRequest.objects.update(state="granted", decided_at=noon, decided_by=cast.amina)


@pytest.mark.parametrize("who", ["ben", "bao", "emil", "ada"])
def test_only_the_head_asks(who: str, year: Cycle, arts: Department, cast: SimpleNamespace, noon: datetime) -> None:
    with pytest.raises(NotYours):
        actions.ask(year, MoreTime("forecast", arts, UNTIL, "x"), by=getattr(cast, who), at=noon)


@pytest.mark.parametrize("until_on", [date(2027, 3, 31), date(2027, 3, 11)])
def test_more_time_is_more(
    until_on: date, year: Cycle, arts: Department, cast: SimpleNamespace, noon: datetime
) -> None:
    with pytest.raises(NotReady):
        actions.ask(year, MoreTime("forecast", arts, until_on, "x"), by=cast.amina, at=noon)


def test_more_time_is_asked_for_with_a_reason(
    year: Cycle, arts: Department, cast: SimpleNamespace, noon: datetime
) -> None:
    with pytest.raises(NotReady) as refusal:
        actions.ask(year, MoreTime("forecast", arts, UNTIL, " "), by=cast.amina, at=noon)
    assert refusal.value.sentence == "Say why: everybody can read it."


def test_more_time_is_asked_for_in_a_year_under_way(
    year: Cycle, arts: Department, cast: SimpleNamespace, noon: datetime
) -> None:
    draft = create_cycle(year=2028, by=cast.ada, at=noon)
    with pytest.raises(NotNow) as refusal:
        actions.ask(draft, MoreTime("forecast", arts, date(2028, 4, 30), "x"), by=cast.amina, at=noon)
    assert refusal.value.sentence == "The year 2028 is not published, so nobody works in it yet."


def test_the_same_is_asked_once_at_a_time(
    asked: ExtensionRequest, year: Cycle, arts: Department, cast: SimpleNamespace, noon: datetime
) -> None:
    entries = Entry.objects.count()
    with pytest.raises(NotNow):
        actions.ask(year, MoreTime("forecast", arts, UNTIL, "Again"), by=cast.amina, at=noon)
    assert (ExtensionRequest.objects.count(), Entry.objects.count()) == (1, entries)


def test_a_request_whose_day_has_passed_is_not_granted(
    asked: ExtensionRequest, cast: SimpleNamespace, noon: datetime
) -> None:
    with pytest.raises(NotReady):
        actions.grant(asked, by=cast.emil, at=noon + timedelta(days=60), seen=1)


def test_asking_and_granting_on_the_pages(
    year: Cycle, cast: SimpleNamespace, as_person: Browser, monkeypatch: pytest.MonkeyPatch, noon: datetime
) -> None:
    monkeypatch.setattr("sop_portal.foundation.kit.clock.now", lambda: noon)
    head, manager = as_person(cast.amina), as_person(cast.emil)
    page = reverse("extension-ask", args=[2027]) + "?stage=forecast"
    assert b'<option value="forecast" selected' in head.get(page).content
    typed = {"department": "arts", "stage": "forecast", "until_on": "2027-04-14", "reason": "Illness"}
    answer = head.post(page, typed | {"key": str(uuid4())})
    where = ExtensionRequest.objects.get().get_absolute_url()
    assert (answer.status_code, answer.headers["Location"]) == (302, where)
    assert head.get(where).status_code == 200
    assert manager.get(f"{where}grant/").status_code == 200
    assert manager.post(f"{where}grant/", {"key": str(uuid4()), "seen": 1}).status_code == 302
    assert Extension.objects.get().until_on == UNTIL
    assert b"Arts" in manager.get(reverse("extension-requests", args=[2027])).content


def test_a_wrong_form_comes_back_with_what_was_typed(
    year: Cycle, cast: SimpleNamespace, as_person: Browser, monkeypatch: pytest.MonkeyPatch, noon: datetime
) -> None:
    monkeypatch.setattr("sop_portal.foundation.kit.clock.now", lambda: noon)
    typed = {"department": "sports", "stage": "forecast", "until_on": "2027-03-01", "reason": "Illness"}
    answer = as_person(cast.amina).post(reverse("extension-ask", args=[2027]), typed | {"key": str(uuid4())})
    assert (answer.status_code, ExtensionRequest.objects.count()) == (422, 0)


@pytest.fixture
def asked_in_her_place(year: Cycle, arts: Department, cast: SimpleNamespace, noon: datetime) -> ExtensionRequest:
    """Farid, Amina's deputy, asks for more time."""
    day = noon.date()
    people.delegate(giver=cast.amina, deputy=cast.farid, role="", term=Term(day, day), by=cast.amina, at=noon)
    return actions.ask(year, MoreTime("forecast", arts, UNTIL, "She is ill"), by=cast.farid, at=noon)


def test_the_trail_names_the_deputy_who_asked_and_in_whose_place(
    asked_in_her_place: ExtensionRequest, cast: SimpleNamespace
) -> None:
    entry = Entry.objects.get(kind="extension-request", verb="create")
    assert (entry.by_id, entry.behalf_id) == (cast.farid.pk, cast.amina.pk)


def test_the_page_of_the_request_names_both(
    asked_in_her_place: ExtensionRequest, cast: SimpleNamespace, as_person: Browser
) -> None:
    page = as_person(cast.ada).get(asked_in_her_place.get_absolute_url()).content.decode()
    assert page.count("Farid Karimi for Amina Diallo") == 2


def test_the_trail_calls_asking_for_more_time_by_its_name(
    asked: ExtensionRequest, cast: SimpleNamespace, as_person: Browser
) -> None:
    page = as_person(cast.ada).get(reverse("trail") + "?kind=extension-request").content.decode()
    assert ('<td data-label="Act">Asked for more time</td>' in page, ">Begin<" in page) == (True, False)


def test_another_department_s_request_is_not_there(
    asked: ExtensionRequest, cast: SimpleNamespace, as_person: Browser
) -> None:
    assert as_person(cast.bao).get(asked.get_absolute_url()).status_code == 404
    assert b"Arts" not in as_person(cast.bao).get(reverse("extension-requests", args=[2027])).content


def test_more_time_is_more_than_the_department_has(
    asked: ExtensionRequest, year: Cycle, arts: Department, cast: SimpleNamespace, noon: datetime
) -> None:
    actions.grant(asked, by=cast.emil, at=noon, seen=1)
    year = Cycle.objects.get()
    with pytest.raises(NotReady) as refusal:
        actions.ask(year, MoreTime("forecast", arts, UNTIL, "x"), by=cast.amina, at=noon)
    assert (refusal.value.sentence, refusal.value.way_out) == (
        "“Until” cannot be 14\N{NO-BREAK SPACE}April 2027.",
        "Choose a day from 15\N{NO-BREAK SPACE}April 2027 to 14\N{NO-BREAK SPACE}April 2028.",
    )
    actions.ask(year, MoreTime("forecast", arts, UNTIL + timedelta(days=1), "x"), by=cast.amina, at=noon)


def test_a_request_that_gives_no_time_any_more_is_not_granted(
    asked: ExtensionRequest, year: Cycle, arts: Department, cast: SimpleNamespace, noon: datetime
) -> None:
    extend(year, MoreTime("forecast", arts, UNTIL, "x"), by=cast.ada, at=noon)
    with pytest.raises(NotReady):
        actions.grant(asked, by=cast.emil, at=noon, seen=1)
    assert Extension.objects.count() == 1


@pytest.mark.parametrize("way", ["ask", "extend"])
def test_what_was_due_more_than_a_year_ago_gets_no_more_time(
    way: str, year: Cycle, arts: Department, cast: SimpleNamespace, noon: datetime
) -> None:
    do, by = (actions.ask, cast.amina) if way == "ask" else (extend, cast.emil)
    later = noon + timedelta(days=400)
    with pytest.raises(NotReady, match="more than a year ago") as refusal:
        do(year, MoreTime("forecast", arts, later.date(), "x"), by=by, at=later)
    assert refusal.value.way_out


@pytest.mark.parametrize("way", ["ask", "extend"])
def test_more_than_a_year_is_a_slip_of_the_pen(
    way: str, year: Cycle, arts: Department, cast: SimpleNamespace, noon: datetime
) -> None:
    do, by = (actions.ask, cast.amina) if way == "ask" else (extend, cast.emil)
    with pytest.raises(NotReady) as refusal:
        do(year, MoreTime("forecast", arts, date(2028, 4, 1), "x"), by=by, at=noon)
    assert (refusal.value.sentence, refusal.value.way_out) == (
        "“Until” cannot be 1\N{NO-BREAK SPACE}April 2028.",
        "Choose a day from 1\N{NO-BREAK SPACE}April 2027 to 31\N{NO-BREAK SPACE}March 2028.",
    )
    do(year, MoreTime("forecast", arts, date(2028, 3, 31), "x"), by=by, at=noon)


def test_whoever_asked_may_withdraw_and_ask_for_another_day(
    asked: ExtensionRequest, year: Cycle, arts: Department, cast: SimpleNamespace, noon: datetime
) -> None:
    for other in (cast.bao, cast.emil, cast.ben):
        with pytest.raises(NotYours):
            actions.withdraw(asked, by=other, at=noon, seen=1)
    actions.withdraw(asked, by=cast.amina, at=noon, seen=1)
    assert ExtensionRequest.objects.get().state == "withdrawn"
    assert not Notice.objects.owed().filter(kind="extension-request").exists()
    with pytest.raises(NotNow):
        actions.grant(asked, by=cast.emil, at=noon, seen=1)
    actions.ask(year, MoreTime("forecast", arts, UNTIL, "Another day"), by=cast.amina, at=noon)


def test_asking_twice_keeps_what_was_typed_and_leads_to_the_first(
    asked: ExtensionRequest, cast: SimpleNamespace, as_person: Browser, monkeypatch: pytest.MonkeyPatch, noon: datetime
) -> None:
    monkeypatch.setattr("sop_portal.foundation.kit.clock.now", lambda: noon)
    typed = {"department": "arts", "stage": "forecast", "until_on": "2027-05-14", "reason": "Still ill"}
    answer = as_person(cast.amina).post(reverse("extension-ask", args=[2027]), typed | {"key": str(uuid4())})
    page = answer.content.decode()
    assert (answer.status_code, ExtensionRequest.objects.count()) == (422, 1)
    assert ("Still ill" in page, f'href="{asked.get_absolute_url()}"' in page) == (True, True)
    assert "This was already asked and waits for a decision." in page


def test_whoever_has_submitted_asks_for_no_more_time(
    year: Cycle, arts: Department, cast: SimpleNamespace, noon: datetime
) -> None:
    filled(arts, "Story hours", cast.amina, noon)
    forecast = submitted(arts, cast.amina, noon)
    with pytest.raises(NotNow) as refusal:
        actions.ask(year, MoreTime("forecast", arts, UNTIL, "x"), by=cast.amina, at=noon)
    assert refusal.value.sentence == "Forecast 2027, Arts: Submitted. Nothing is owed now."
    forecasts.withdraw(forecast, by=cast.amina, at=noon, seen=forecast.version)
    actions.ask(year, MoreTime("forecast", arts, UNTIL, "x"), by=cast.amina, at=noon)


@pytest.mark.parametrize("way", ["ask", "extend"])
def test_however_often_there_is_more_time_a_plan_is_made_before_its_year_ends(
    way: str, year: Cycle, arts: Department, cast: SimpleNamespace, noon: datetime
) -> None:
    last, later = year.ends_on, noon + timedelta(days=300)
    extend(year, MoreTime("forecast", arts, date(2028, 3, 1), "x"), by=cast.emil, at=noon)
    do, by = (actions.ask, cast.amina) if way == "ask" else (extend, cast.emil)
    with pytest.raises(NotReady) as refusal:
        do(year, MoreTime("forecast", arts, last + timedelta(days=1), "x"), by=by, at=later)
    assert refusal.value.way_out == f"Choose a day from 2\N{NO-BREAK SPACE}March 2028 to {day_of_year(last)}."
    do(year, MoreTime("forecast", arts, last, "x"), by=by, at=later)
    if way == "extend":
        with pytest.raises(NotReady, match="its year is over") as refusal:
            do(year, MoreTime("forecast", arts, last + timedelta(days=30), "x"), by=by, at=later)
        assert refusal.value.way_out == "Do it in a later year."
    days = days_of_extension(year, "evaluation", add_months(last, 11), later.date())
    assert days.last == add_months(last, 12)


def test_whoever_gets_more_time_into_another_year_reads_which(
    year: Cycle, arts: Department, cast: SimpleNamespace, noon: datetime
) -> None:
    extend(year, MoreTime("forecast", arts, date(2028, 3, 1), "x"), by=cast.emil, at=noon)
    assert "March 2028" in Notice.objects.get(person=cast.amina, verb="extend").texts["en"]


@pytest.mark.parametrize(("stage", "months"), [("forecast", 0), ("budget", 0), ("evaluation", 12)])
def test_a_window_is_not_moved_to_after_what_it_is_for(
    year: Cycle, cast: SimpleNamespace, noon: datetime, stage: str, months: int
) -> None:
    last = add_months(year.ends_on, months)

    def moved_to(day: date) -> object:
        year.refresh_from_db()
        dates = WindowDates(date(2027, 3, 1), last, day)
        return move_window(year, WindowMove(stage, dates, "x"), by=cast.ada, at=noon, seen=year.version)

    with pytest.raises(NotReady, match="Late work accepted until"):
        moved_to(last + timedelta(days=1))
    assert moved_to(last)
