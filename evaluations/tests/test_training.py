"""Training: needs, sessions, places, replies, attendance, and what everybody and their calendars are told."""

import uuid
from datetime import UTC, date, datetime, time, timedelta
from types import SimpleNamespace
from typing import Any

import ics
import pytest
import vobject
from django.core import mail as posted
from django.db import IntegrityError, transaction
from django.test import Client

from evaluations.models import Trainee, TrainingSession
from evaluations.training import actions
from evaluations.training.actions import NeedTerms, SessionTerms
from evaluations.training.figures import NeedState, state_of_need
from evaluations.training.queries import matrix_of
from planning.cycles.actions import WindowMove, create_cycle, move_window, set_window
from planning.cycles.calendar import WindowDates
from planning.forecasts.actions import publish_year
from planning.models import Cycle
from sop_portal.foundation.kit import clock
from sop_portal.foundation.kit.refusals import NotNow, NotReady, NotYours
from sop_portal.foundation.notices.models import Notice
from sop_portal.foundation.notices.outbox import send_waiting
from sop_portal.foundation.organisation.actor import Actor
from sop_portal.foundation.organisation.models import Department
from sop_portal.handbook.actions import acknowledge
from sop_portal.handbook.models import Edition
from sop_portal.reminders.actions import sweep
from sop_portal.stages import everything_owed
from sop_portal.tests.page_text import words_of
from sop_portal.tests.shared_fixtures import shared_fixture
from sop_portal.tests.small_year import AUGUST

NEED = NeedTerms("Write a forecast", "head", "forecast/submit", "forecast")
UNTRAINED = "2 people who owe something in"
DAY = date(2027, 9, 22)
DUE, WEEK = date(2027, 9, 6), timedelta(days=7)
LATER = AUGUST + timedelta(hours=1)
AFTER = datetime(2027, 9, 22, 18, tzinfo=UTC)


def terms(cast: SimpleNamespace, **other: Any) -> SessionTerms:
    return SessionTerms(
        **{"held_on": DAY, "begins": time(10), "place": "Town hall", "trainer": cast.chen, "places": 2} | other
    )


@shared_fixture
def session(running: Cycle, cast: SimpleNamespace) -> TrainingSession:
    """Two places in a session about forecasts; nobody is invited yet."""
    need = actions.add_need(NEED, by=cast.ada, at=AUGUST)
    return actions.plan(running, need, terms(cast), by=cast.ada, at=AUGUST)


def invited(session: TrainingSession, *people: Any, cast: SimpleNamespace, at: datetime = AUGUST) -> TrainingSession:
    session.refresh_from_db()
    return actions.invite(session, people, by=cast.ada, at=at, seen=session.version)


def calendars() -> list[str]:
    """The appointments of all mails that left, in their order."""
    send_waiting(at=AFTER + timedelta(days=400))
    return [
        str(content)
        for message in posted.outbox
        for content, kind in message.alternatives
        if kind.startswith("text/calendar")
    ]


def test_an_invitation_its_change_and_its_cancellation_are_read_by_other_calendars(
    session: TrainingSession, cast: SimpleNamespace
) -> None:
    invited(session, cast.amina, cast=cast)
    send_waiting(at=AUGUST + timedelta(minutes=1))
    moved = terms(cast, held_on=date(2027, 9, 23), begins=time(14, 30), place="Library; room 2, first floor")
    actions.move(session, moved, by=cast.ada, at=LATER, seen=session.version)
    send_waiting(at=LATER + timedelta(minutes=1))
    actions.cancel(session, by=cast.ada, at=LATER + timedelta(hours=1), seen=session.version, comment="Chen is ill")
    found = calendars()
    by_vobject = [vobject.readOne(text) for text in found]
    events = [calendar.vevent for calendar in by_vobject]
    by_ics = [next(iter(ics.Calendar(text).events)) for text in found]
    # 10:00 and 14:30 in the portal's time zone.
    first = datetime(2027, 9, 22, 10, tzinfo=session.cycle.zone)
    second = datetime(2027, 9, 23, 14, 30, tzinfo=session.cycle.zone)
    assert [calendar.method.value for calendar in by_vobject] == ["REQUEST", "REQUEST", "CANCEL"]
    assert [event.dtstart.value for event in events] == [first, second, second]
    assert [event.begin.datetime for event in by_ics] == [first, second, second]
    assert [event.end - event.begin for event in by_ics] == [timedelta(hours=1)] * 3
    assert [event.location.value for event in events] == ["Town hall", *["Library; room 2, first floor"] * 2]
    assert [event.location for event in by_ics] == [event.location.value for event in events]
    assert {event.uid.value for event in events} == {f"training-{session.pk}@testserver"}
    assert {event.uid for event in by_ics} == {f"training-{session.pk}@testserver"}
    numbers = [int(event.sequence.value) for event in events]
    assert numbers == sorted(set(numbers))
    assert [event.status.value for event in events] == ["CONFIRMED", "CONFIRMED", "CANCELLED"]
    assert {event.attendee.value for event in events} == {"mailto:amina@example.org"}


def test_the_last_place_is_given_once(session: TrainingSession, cast: SimpleNamespace) -> None:
    invited(session, cast.amina, cast.bao, cast=cast)
    with pytest.raises(NotReady, match="0 places are free"):
        invited(session, cast.ben, cast=cast)
    actions.reply(session, comes=False, by=cast.bao, at=LATER)
    invited(session, cast.ben, cast=cast, at=LATER)
    with pytest.raises(NotReady, match="Somebody else has your place"):
        actions.reply(session, comes=True, by=cast.bao, at=LATER)
    session.refresh_from_db()
    assert (session.taken, Trainee.objects.filter(reply="away").count()) == (2, 1)
    with pytest.raises(IntegrityError), transaction.atomic():
        TrainingSession.objects.filter(pk=session.pk).update(taken=3)


def test_nobody_is_invited_twice_and_nobody_replies_uninvited(session: TrainingSession, cast: SimpleNamespace) -> None:
    invited(session, cast.amina, cast=cast)
    with pytest.raises(NotReady, match="Amina Diallo is invited already"):
        invited(session, cast.amina, cast=cast)
    with pytest.raises(NotReady, match="Farid Karimi is invited already, or holds no role"):
        invited(session, cast.farid, cast=cast)
    with pytest.raises(NotYours, match="not invited"):
        actions.reply(session, comes=True, by=cast.bao, at=LATER)
    with pytest.raises(NotYours):
        actions.invite(session, [cast.bao], by=cast.amina, at=LATER, seen=session.version)
    assert list(Trainee.objects.values_list("person__name", flat=True)) == ["Amina Diallo"]


def test_whoever_came_knows_it_and_the_gap_is_gone(session: TrainingSession, cast: SimpleNamespace) -> None:
    """An untrained head stands as a gap, then booked, then trained."""

    def stands(at: datetime) -> str:
        rows = matrix_of(Actor.of(cast.ada, at), session.cycle.day(at)).rows
        [cell] = next(row.cells for row in rows if row.person == cast.amina)
        return cell.kind if cell else ""

    before = stands(AUGUST)
    invited(session, cast.amina, cast.bao, cast=cast)
    between = stands(AUGUST)
    session.refresh_from_db()
    with pytest.raises(NotReady, match="not possible yet"):
        actions.hold(session, came=[], by=cast.chen, at=AUGUST, seen=session.version)
    actions.hold(session, came=[cast.amina.pk], by=cast.chen, at=AFTER, seen=session.version)
    missed = matrix_of(Actor.of(cast.ada, AFTER), DAY).untrained(session.need, "open", "now")
    assert (before, between, stands(AFTER), missed) == ("open", "booked", "done", [cast.bao])
    assert (stands(AFTER.replace(year=2029, month=9, day=21)), stands(AFTER.replace(year=2029))) == ("done", "expired")


def test_my_work_asks_for_the_attendance_once_a_session_is_held_while_its_year_is_open(
    session: TrainingSession, cast: SimpleNamespace, as_person: Any
) -> None:
    invited(session, cast.amina, cast=cast)

    def asked(name: str, at: datetime) -> bool:
        with clock.at(at):
            shown = as_person(getattr(cast, name)).get("/").content.decode()
        return f'href="{session.get_absolute_url()}"' in shown

    asked_to = [asked("chen", AUGUST), *(asked(name, AFTER) for name in ("chen", "dora", "ada", "emil", "amina"))]
    Cycle.objects.update(state="closed", closed_at=AFTER, closed_by=cast.ada)
    assert asked_to == [False, True, True, True, False, False]
    assert [asked("chen", AFTER), asked("amina", AUGUST)] == [False, False]
    assert [owed.step for owed in everything_owed(AFTER) if owed.kind == "training"] == []


def test_attendance_names_only_who_was_invited(session: TrainingSession, cast: SimpleNamespace) -> None:
    invited(session, cast.amina, cast=cast)
    with pytest.raises(NotReady, match="not invited"):
        actions.hold(session, came=[cast.bao.pk], by=cast.chen, at=AFTER, seen=session.version)
    with pytest.raises(NotYours):
        actions.hold(session, came=[cast.amina.pk], by=cast.amina, at=AFTER, seen=session.version)
    session.refresh_from_db()
    assert session.state == "planned"


def test_what_is_over_takes_no_reply_and_no_invitation(session: TrainingSession, cast: SimpleNamespace) -> None:
    invited(session, cast.amina, cast=cast)
    with pytest.raises(NotNow, match="over"):
        actions.reply(session, comes=True, by=cast.amina, at=AFTER)
    with pytest.raises(NotNow, match="has begun"):
        invited(session, cast.bao, cast=cast, at=AFTER)


@pytest.mark.parametrize(
    ("learned", "booked", "on", "kind"),
    [
        ([], [], date(2027, 1, 1), "open"),
        ([], [], date(2027, 3, 2), "now"),
        ([], [], date(2027, 4, 30), "now"),
        ([], [], date(2027, 5, 1), "open"),
        ([], [date(2027, 3, 20)], date(2027, 3, 2), "booked"),
        ([date(2025, 3, 3)], [], date(2027, 3, 2), "done"),
        ([date(2025, 3, 3)], [], date(2027, 5, 3), "expired"),
        ([date(2025, 3, 3), date(2026, 1, 1)], [], date(2027, 12, 31), "done"),
    ],
)
def test_where_somebody_stands(learned: list[date], booked: list[date], on: date, kind: str) -> None:
    window = (date(2027, 4, 1), date(2027, 4, 30))
    assert state_of_need(learned, booked, 2, window, on).kind == kind


def test_what_is_learned_says_when() -> None:
    assert state_of_need([date(2026, 1, 1)], [], 1, None, date(2026, 12, 31)) == NeedState("done", date(2026, 1, 1))


def told(person: Any) -> list[str]:
    return [notice.texts["en"] for notice in Notice.objects.filter(person=person).order_by("pk")]


def test_a_reply_is_asked_for_until_it_comes(session: TrainingSession, cast: SimpleNamespace) -> None:
    invited(session, cast.amina, cast.bao, cast=cast)
    actions.reply(session, comes=True, by=cast.bao, at=LATER)
    sweep(at=AUGUST.replace(month=9, day=19))
    asked = "Reply to the invitation to the training “Write a forecast” on 22\xa0September"
    assert (asked in told(cast.amina), asked in told(cast.bao)) == (True, False)
    actions.reply(session, comes=True, by=cast.amina, at=AUGUST.replace(month=9, day=19, hour=20))
    sweep(at=AUGUST.replace(month=9, day=20))
    assert not Notice.objects.owed().filter(person=cast.amina, kind="training").exists()


def test_the_administrator_hears_in_time_that_people_are_untrained(cast: SimpleNamespace) -> None:
    """Three weeks before a window opens; not any more once nobody is asked, or everybody has a place."""
    cycle = create_cycle(year=2028, by=cast.ada, at=AUGUST)
    cycle = publish_year(cycle, by=cast.ada, at=AUGUST, seen=cycle.version)
    need = actions.add_need(NEED, by=cast.ada, at=AUGUST)
    said = "Train people for “Write a forecast”"
    december = datetime(2027, 12, 25, 15, tzinfo=UTC)
    sweep(at=december)
    assert (said in told(cast.ada), said in told(cast.amina)) == (True, False)
    session = actions.plan(cycle, need, terms(cast, held_on=date(2027, 12, 28)), by=cast.ada, at=december)
    invited(session, cast.amina, cast.bao, cast=cast, at=december)
    sweep(at=december + timedelta(days=1))
    assert not Notice.objects.owed().filter(kind="training-need").exists()


def test_whoever_opens_a_window_is_warned_on_its_page_and_by_mail_until_people_are_trained(
    cast: SimpleNamespace, as_person: Any
) -> None:
    """Both heads owe a forecast and neither is trained; the warning goes with the last of them."""
    cycle = create_cycle(year=2029, by=cast.ada, at=AUGUST)
    cycle = publish_year(cycle, by=cast.ada, at=AUGUST, seen=1)
    need = actions.add_need(NEED, by=cast.ada, at=AUGUST)
    window = cycle.windows.get(stage="forecast")
    dates = WindowDates(window.opens_on, window.due_on + timedelta(days=1), window.grace_until + timedelta(days=1))
    move_window(cycle, WindowMove("forecast", dates, "A holiday"), by=cast.ada, at=AUGUST, seen=cycle.version)
    told = [notice.texts["en"] for notice in Notice.objects.filter(person=cast.ada, verb="move-window")]
    url = "/2029/windows/forecast/"
    with clock.at(AUGUST):
        before = as_person(cast.ada).get(url)
        other = as_person(cast.ada).get("/2029/windows/budget/")
    session = actions.plan(cycle, need, terms(cast), by=cast.ada, at=AUGUST)
    invited(session, cast.amina, cast.bao, cast=cast)
    came = [cast.amina.pk, cast.bao.pk]
    session.refresh_from_db()
    actions.hold(session, came=came, by=cast.ada, at=AFTER, seen=session.version)
    with clock.at(AFTER):
        after = as_person(cast.ada).get(url)
    assert [len(page.context["warnings"]) for page in (before, other, after)] == [1, 0, 0]
    assert str(before.context["warnings"][0]).startswith("2 people who owe something")
    assert [text.startswith("2 people who owe something") for text in told] == [True]


def test_whoever_publishes_a_year_is_warned_of_untrained_people_whose_window_is_near(
    cast: SimpleNamespace, as_person: Any
) -> None:
    """Before on the pages of the windows and of the step, and by a notice then; of one that opens later, not yet."""
    actions.add_need(NEED, by=cast.ada, at=AUGUST)
    found = {}
    for year, opens_on, due_on in ((2029, date(2027, 8, 20), DUE), (2030, date(2028, 8, 1), date(2028, 9, 1))):
        cycle = create_cycle(year=year, by=cast.ada, at=AUGUST)
        dates = WindowDates(opens_on, due_on, due_on + WEEK)
        set_window(cycle, WindowMove("forecast", dates), by=cast.ada, at=AUGUST)
        with clock.at(AUGUST):
            before = as_person(cast.ada).get(f"/{year}/windows/").context["warnings"]
            deciding = words_of(as_person(cast.ada).get(f"/{year}/publish/"))
        publish_year(cycle, by=cast.ada, at=AUGUST, seen=cycle.version)
        told = Notice.objects.filter(person=cast.ada, verb="publish", record_id=cycle.pk)
        found[year] = (len(before), deciding.count(UNTRAINED), [notice.texts["en"][:29] for notice in told])
    assert found == {2029: (1, 1, [UNTRAINED]), 2030: (0, 0, [])}


def test_a_session_after_the_due_day_comes_too_late(running: Cycle, cast: SimpleNamespace, as_person: Any) -> None:
    """Neither is it offered in the warning, nor do those who are booked for it count as on their way."""
    cycle = create_cycle(year=2029, by=cast.ada, at=AUGUST)
    set_window(cycle, WindowMove("forecast", WindowDates(DUE - WEEK, DUE, DUE)), by=cast.ada, at=AUGUST)
    publish_year(cycle, by=cast.ada, at=AUGUST, seen=cycle.version)
    need = actions.add_need(NEED, by=cast.ada, at=AUGUST)
    late = actions.plan(cycle, need, terms(cast, held_on=DUE + WEEK), by=cast.ada, at=AUGUST)
    invited(late, cast.amina, cast=cast)
    said = {}
    for name, held_on in (("late", None), ("in time", DUE - WEEK)):
        if held_on:
            actions.plan(cycle, need, terms(cast, held_on=held_on), by=cast.ada, at=AUGUST)
        with clock.at(AUGUST):
            box = as_person(cast.ada).get("/2029/training/").context["next"]
        said[name] = (str(box.title)[:8], "No session before" in str(box.text))
    assert said == {"late": ("2 people", True), "in time": ("2 people", False)}


def test_what_is_met_and_who_has_a_gap_count_the_handbook_alike(
    session: TrainingSession, cast: SimpleNamespace, as_person: Any
) -> None:
    """Where something is known of everything that is asked, nobody has a gap; and the other way round."""
    invited(session, cast.amina, cast=cast)
    session.refresh_from_db()
    actions.hold(session, came=[cast.amina.pk], by=cast.ada, at=AFTER, seen=session.version)
    found = []
    for reader in (None, cast.amina, cast.bao):
        if reader:
            acknowledge(Edition.objects.get(), by=reader, at=AFTER)
        with clock.at(AFTER):
            context = as_person(cast.ada).get("/2027/training/").context
        found.append((context["met"], context["gap_sentence"]))
    assert [met for met, _sentence in found] == [(1, 4), (2, 4), (3, 4)]
    assert [sentence[:6] for _met, sentence in found] == ["2 of 2", "1 of 2", "1 of 2"]


def test_the_pages_invite_ask_and_note(session: TrainingSession, cast: SimpleNamespace, as_person: Any) -> None:
    """From the matrix to the session, by forms alone."""
    keeper, head = as_person(cast.ada), as_person(cast.amina)
    url = session.get_absolute_url()
    with clock.at(AUGUST):
        assert "Amina Diallo" in keeper.get("/2027/training/").content.decode()
        page = keeper.get(url)
        key = page.context["invite_form"].initial
        sent = post(keeper, f"{url}invite/", {"people": [cast.amina.pk], "seen": key["seen"]})
        assert sent.status_code == 302
        assert "invitation to the training" in head.get("/").content.decode()
        assert post(head, f"{url}reply/", {"comes": "yes"}).status_code == 302
    with clock.at(AFTER):
        session.refresh_from_db()
        assert (
            post(as_person(cast.chen), f"{url}hold/", {"came": [cast.amina.pk], "seen": session.version}).status_code
            == 302
        )
        shown = head.get("/2027/training/?show=all").content.decode()
    assert ("22 Sep" in shown.replace("\xa0", " "), Trainee.objects.get().came) == (True, True)


def test_the_form_asks_for_those_who_need_a_session_while_there_are_any(
    session: TrainingSession, cast: SimpleNamespace, as_person: Any
) -> None:
    wide = actions.plan(session.cycle, session.need, terms(cast, places=3), by=cast.ada, at=AUGUST)
    keeper, url = as_person(cast.ada), wide.get_absolute_url()

    def asked() -> list[str]:
        return list(keeper.get(url).context["invite_form"].fields)

    with clock.at(AUGUST):
        before = asked()
        invited(wide, cast.amina, cast.bao, cast=cast)
        after = asked()
        wide.refresh_from_db()
        sent = post(keeper, f"{url}invite/", {"other": cast.ben.pk, "seen": wide.version})
    assert (before, after) == (["seen", "people", "other"], ["seen", "other"])
    assert (sent.status_code, wide.trainees.count()) == (302, 3)


def post(browser: Client, url: str, fields: dict[str, Any]) -> Any:
    """Send a form with a key of its own."""
    return browser.post(url, {**fields, "key": str(uuid.uuid4())})


def test_a_head_sees_the_people_of_the_own_department_alone(
    session: TrainingSession, cast: SimpleNamespace, arts: Department, as_person: Any
) -> None:
    invited(session, cast.amina, cast.bao, cast=cast)
    with clock.at(AUGUST):
        pages = [
            as_person(cast.amina).get(url).content.decode()
            for url in ("/2027/training/?show=all", session.get_absolute_url())
        ]
    assert [("Amina Diallo" in page, "Bao Nguyen" in page) for page in pages] == [(True, False), (True, False)]
