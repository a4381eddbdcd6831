"""Review meetings as people live through them: invited, moved, replied to, minuted, confirmed, carried on."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from types import SimpleNamespace

import ics
import pytest
import vobject
from django.core import mail as posted
from django.test import Client

from evaluations.meetings import actions
from evaluations.meetings.actions import MeetingTerms, PointTerms
from evaluations.models import AgendaPoint, Attendance, Issue, Meeting
from evaluations.tests.posting import page, send
from evaluations.tests.review_year import as_planned
from planning.models import Project
from sop_portal.foundation.kit import clock
from sop_portal.foundation.kit.refusals import NotNow, NotReady, NotYours
from sop_portal.foundation.notices.models import Notice
from sop_portal.foundation.notices.outbox import send_waiting
from sop_portal.foundation.organisation.models import Department
from sop_portal.foundation.trail.models import Entry
from sop_portal.reminders.actions import sweep
from sop_portal.tests.page_text import words_of
from sop_portal.tests.shared_fixtures import shared_fixture

LogIn = Callable[..., Client]
DAY = date(2028, 7, 20)
TERMS = MeetingTerms(DAY, "Reading room", time(14), 90, 2)
HOUR = timedelta(hours=1)


@shared_fixture
def called(stories: Project, arts: Department, sports: Department, cast: SimpleNamespace, july: datetime) -> Meeting:
    """A meeting in eight days that needs two departments to decide; one issue of Arts is raised to it."""
    Issue.objects.create(
        cycle=stories.cycle, department=arts, project=as_planned(stories), title="Roof", text="It leaks", is_raised=True
    )
    return actions.call(stories.cycle, TERMS, by=cast.emil, at=july)


def fresh(meeting: Meeting) -> Meeting:
    return Meeting.objects.select_related("cycle").get(pk=meeting.pk)


def seat(meeting: Meeting, **whose: object) -> Attendance:
    return meeting.attendance.get(**whose)


def calendars(name: str) -> list[str]:
    """The appointments one person got by mail, in their order."""
    mine = [message for message in posted.outbox if message.to == [f"{name}@example.org"]]
    alternatives = [alternative for message in mine for alternative in message.alternatives]  # type: ignore[attr-defined]
    return [str(content) for content, kind in alternatives if kind.startswith("text/calendar")]


def test_invitation_change_and_cancellation_reach_every_seat_and_other_calendars(
    called: Meeting, cast: SimpleNamespace, july: datetime
) -> None:
    send_waiting(at=july + HOUR)
    moved = MeetingTerms(date(2028, 7, 21), "Hall, 1st floor", time(9, 30), 60, 2)
    actions.move(called, moved, by=cast.emil, at=july + HOUR, seen=called.version)
    send_waiting(at=july + 2 * HOUR)
    actions.cancel(called, by=cast.emil, at=july + 3 * HOUR, seen=called.version, comment="Storm")
    send_waiting(at=july + 4 * HOUR)
    seated = ("amina", "bao", "chidi", "chen", "dora", "dev", "emil", "elif")
    assert {name: len(calendars(name)) for name in (*seated, "ben", "omar", "farid")} == {
        **dict.fromkeys(seated, 3),
        **dict.fromkeys(("ben", "omar", "farid"), 0),
    }
    read = [vobject.readOne(text) for text in calendars("amina")]
    other = [next(iter(ics.Calendar(text).events)) for text in calendars("amina")]
    zone = called.cycle.zone
    begins = [datetime(2028, 7, 20, 14, tzinfo=zone), *[datetime(2028, 7, 21, 9, 30, tzinfo=zone)] * 2]
    assert [calendar.method.value for calendar in read] == ["REQUEST", "REQUEST", "CANCEL"]
    assert [calendar.vevent.dtstart.value for calendar in read] == begins
    assert [event.begin.datetime for event in other] == begins
    assert len({event.uid for event in other} | {calendar.vevent.uid.value for calendar in read}) == 1
    numbers = [int(calendar.vevent.sequence.value) for calendar in read]
    assert numbers == sorted(set(numbers))


def test_each_seat_replies_for_itself(
    called: Meeting, arts: Department, sports: Department, cast: SimpleNamespace, july: datetime
) -> None:
    mine, theirs = seat(called, department=arts), seat(called, department=sports)
    actions.reply(called, mine, answer="deputy", deputy=cast.ben, by=cast.amina, at=july)
    assert (fresh(called).attendance.get(department=arts).person, mine.reply) == (cast.ben, "open")
    for person, whose in ((cast.amina, theirs), (cast.ben, mine), (cast.omar, mine)):
        with pytest.raises(NotYours):
            actions.reply(called, whose, answer="comes", by=person, at=july)
    with pytest.raises(NotReady, match="Bao Nguyen does not belong to Arts"):
        actions.reply(called, mine, answer="deputy", deputy=cast.bao, by=cast.amina, at=july)
    actions.reply(called, seat(called, team="finance"), answer="comes", by=cast.dora, at=july)
    with pytest.raises(NotNow):
        actions.reply(called, theirs, answer="comes", by=cast.bao, at=called.starts_at)


def test_the_agenda_lives_until_the_meeting_starts(
    called: Meeting, arts: Department, cast: SimpleNamespace, july: datetime
) -> None:
    """What is solved leaves it, what comes up joins it, and after the start nothing moves by itself."""

    def titles() -> list[str]:
        return list(fresh(called).points.values_list("title", flat=True))

    first = titles()
    issue = Issue.objects.get()
    Issue.objects.create(
        cycle=called.cycle, department=arts, project=issue.project, title="Door", text="Jams", is_raised=True
    )
    sweep(at=july + HOUR)
    both = titles()
    Issue.objects.filter(pk=issue.pk).update(
        state="resolved", resolved_at=july, resolved_by=cast.amina, solution="Mended"
    )
    sweep(at=july + 2 * HOUR)
    left = titles()
    Issue.objects.all().update(is_raised=False)
    sweep(at=called.starts_at + HOUR)
    assert (first, both, left, titles()) == (
        ["Issue of Arts: Roof"],
        ["Issue of Arts: Roof", "Issue of Arts: Door"],
        ["Issue of Arts: Door"],
        ["Issue of Arts: Door"],
    )


def test_a_private_point_is_read_by_its_department_and_the_whole_organisations_roles_alone(
    called: Meeting, arts: Department, cast: SimpleNamespace, as_person: LogIn, july: datetime
) -> None:
    terms = PointTerms("Bao said something Zanzibar7Q", is_private=True)
    point = actions.raise_point(called, arts, terms, by=cast.amina, at=july)
    called = fresh(called)
    actions.minute(called, {point.pk: ("Zanzibar7Q was said", "")}, by=cast.emil, at=july, seen=called.version)
    with clock.at(july):
        found = {
            n: "Zanzibar7Q" in page(as_person(getattr(cast, n)), called.get_absolute_url())
            for n in ("amina", "bao", "emil")
        }
    everywhere = [str(entry.changes) for entry in Entry.objects.filter(kind="meeting")]
    everywhere += [str(notice.texts) + notice.quote + notice.calendar for notice in Notice.objects.all()]
    assert found == {"amina": True, "bao": False, "emil": True}
    assert [text for text in everywhere if "Zanzibar7Q" in text] == []


def test_only_a_head_raises_points_and_only_before_the_start(
    called: Meeting, arts: Department, sports: Department, cast: SimpleNamespace, july: datetime
) -> None:
    actions.raise_point(called, arts, PointTerms("Keys"), by=cast.amina, at=july)
    for person, department in ((cast.amina, sports), (cast.ben, arts), (cast.omar, arts)):
        with pytest.raises(NotYours):
            actions.raise_point(called, department, PointTerms("Keys"), by=person, at=july)
    with pytest.raises(NotNow):
        actions.raise_point(called, arts, PointTerms("Late"), by=cast.amina, at=called.starts_at)
    assert AgendaPoint.objects.filter(department=arts).count() == 1


def test_points_change_places(called: Meeting, cast: SimpleNamespace, july: datetime) -> None:
    second = actions.add_point(called, title="Rooms", by=cast.emil, at=july, seen=called.version)
    called = fresh(called)
    actions.order_point(called, second, is_up=True, by=cast.emil, at=july, seen=called.version)
    assert list(called.points.values_list("title", flat=True)) == ["Rooms", "Issue of Arts: Roof"]
    with pytest.raises(NotReady, match="no place"):
        actions.order_point(called, second, is_up=True, by=cast.emil, at=july, seen=called.version)
    actions.drop_point(called, second, by=cast.emil, at=july, seen=called.version)
    assert called.points.count() == 1


def held(
    called: Meeting, came: dict[int, tuple[object, bool]], cast: SimpleNamespace, decided: str = "Mend it"
) -> Meeting:
    """The meeting took place; its first point is minuted."""
    at = called.starts_at + 2 * HOUR
    actions.note_attendance(called, came, by=cast.emil, at=at, seen=called.version)  # type: ignore[arg-type]
    point = called.points.earliest("position")
    return actions.minute(
        called, {point.pk: ("It was talked about", decided)}, by=cast.emil, at=at, seen=called.version
    )


def test_without_its_quorum_a_meeting_decides_nothing(called: Meeting, arts: Department, cast: SimpleNamespace) -> None:
    at = called.starts_at + 2 * HOUR
    held(called, {arts.pk: (cast.amina, True)}, cast)
    with pytest.raises(NotReady) as refusal:
        actions.send(called, by=cast.emil, at=at, seen=called.version)
    assert [str(missing) for missing in refusal.value.missing] == ["1 department was there, and decisions need 2."]
    point = called.points.earliest("position")
    actions.minute(called, {point.pk: ("It was talked about", "")}, by=cast.emil, at=at, seen=called.version)
    actions.send(called, by=cast.emil, at=at, seen=called.version)
    assert called.state == "minuted"


def test_minutes_are_confirmed_by_those_who_were_there_then_frozen(
    called: Meeting, arts: Department, sports: Department, cast: SimpleNamespace
) -> None:
    at = called.starts_at + 2 * HOUR
    held(called, {arts.pk: (cast.amina, True), sports.pk: (cast.bao, True)}, cast)
    actions.send(called, by=cast.emil, at=at, seen=called.version)
    actions.confirm(called, by=cast.amina, at=at, seen=called.version)
    with pytest.raises(NotYours):
        actions.confirm(called, by=cast.ben, at=at, seen=called.version)
    with pytest.raises(NotReady, match="not possible yet"):
        actions.hold(called, by=cast.emil, at=at, seen=called.version)
    actions.correct(called, by=cast.emil, at=at, seen=called.version, comment="A name was wrong")
    assert not called.attendance.filter(confirmed_at__isnull=False).exists()
    actions.send(called, by=cast.emil, at=at, seen=called.version)
    for person in (cast.amina, cast.bao):
        actions.confirm(called, by=person, at=at, seen=called.version)
    actions.hold(called, by=cast.emil, at=at, seen=called.version)
    with pytest.raises(NotNow):
        actions.correct(called, by=cast.emil, at=at, seen=called.version, comment="Too late")


def test_who_does_not_answer_in_a_week_has_confirmed_nothing_and_holds_up_nothing(
    called: Meeting, arts: Department, sports: Department, cast: SimpleNamespace
) -> None:
    at = called.starts_at + 2 * HOUR
    held(called, {arts.pk: (cast.amina, True), sports.pk: (cast.bao, True)}, cast)
    actions.send(called, by=cast.emil, at=at, seen=called.version)
    sweep(at=at + timedelta(days=6))
    asked = Notice.objects.owed().filter(kind="meeting", verb="confirm").values_list("person__name", flat=True)
    assert sorted(asked) == ["Amina Diallo", "Bao Nguyen"]
    actions.hold(called, by=cast.emil, at=at + timedelta(days=8), seen=called.version)
    assert called.attendance.filter(confirmed_at__isnull=False).count() == 0


def test_what_was_not_dealt_with_moves_on_once(
    called: Meeting, arts: Department, sports: Department, cast: SimpleNamespace, july: datetime
) -> None:
    """To the meeting that is called already, or to the next one that is called."""
    for title in ("Rooms", "Keys"):
        actions.raise_point(called, arts, PointTerms(title), by=cast.amina, at=july)
    called = fresh(called)
    at = called.starts_at + 2 * HOUR
    following = actions.call(called.cycle, MeetingTerms(date(2028, 8, 3), "Hall"), by=cast.emil, at=july)
    Issue.objects.all().update(is_raised=False)
    held(called, {arts.pk: (cast.amina, True), sports.pk: (cast.bao, True)}, cast)
    actions.send(called, by=cast.emil, at=at, seen=called.version)
    last = actions.call(called.cycle, MeetingTerms(date(2028, 8, 17), "Hall"), by=cast.emil, at=at)
    points = {
        meeting.pk: list(meeting.points.exclude(carried_from=None).values_list("title", flat=True))
        for meeting in (following, last)
    }
    assert points == {following.pk: ["Rooms", "Keys"], last.pk: []}


def test_an_untold_reply_is_asked_for_and_one_that_came_is_not(
    called: Meeting, arts: Department, cast: SimpleNamespace, july: datetime
) -> None:
    actions.reply(called, seat(called, department=arts), answer="comes", by=cast.amina, at=july)
    sweep(at=july + timedelta(days=6))
    asked = set(Notice.objects.owed().filter(kind="meeting", verb="reply").values_list("person__name", flat=True))
    assert ("Bao Nguyen" in asked, "Amina Diallo" in asked, "Ben Carter" in asked) == (True, False, False)


def test_the_pages_reply_raise_send_and_confirm(
    called: Meeting, arts: Department, sports: Department, cast: SimpleNamespace, as_person: LogIn, july: datetime
) -> None:
    url, head, chair = called.get_absolute_url(), as_person(cast.amina), as_person(cast.emil)
    mine = seat(called, department=arts)
    with clock.at(july):
        answered = send(head, f"{url}seats/{mine.pk}/", **{f"seat{mine.pk}-answer": "comes"})
        raised = send(head, f"{url}raise/", department="arts", title="Rooms")
        point = AgendaPoint.objects.get(title="Rooms")
        ordered = send(chair, f"{url}points/{point.pk}/order/", way="up")
        for browser, address in ((chair, url), (head, url), (chair, f"{url}change/")):
            page(browser, address)
    assert [answer.status_code for answer in (answered, raised, ordered)] == [302, 302, 302]
    called = fresh(called)
    held(called, {arts.pk: (cast.amina, True), sports.pk: (cast.bao, True)}, cast)
    with clock.at(called.starts_at + 3 * HOUR):
        assert send(chair, f"{url}send/", seen=called.version).status_code == 302
        assert "Confirm minutes" in page(head, url)
        assert send(head, f"{url}confirm/", seen=fresh(called).version).status_code == 302
        assert "Confirm minutes" not in page(head, url)
    assert fresh(called).attendance.get(department=arts).confirmed_at is not None


def test_the_history_names_seats_in_the_readers_language(
    called: Meeting, cast: SimpleNamespace, as_person: LogIn, july: datetime
) -> None:
    actions.reply(called, seat(called, team="finance"), answer="comes", by=cast.dora, at=july)
    said = []
    for language in ("en", "zh-hans"):
        chair = as_person(cast.emil)
        chair.cookies["django_language"] = language
        with clock.at(july):
            said.append(words_of(chair.get(called.get_absolute_url())))
    english, chinese = said
    assert "Finance, reply: No reply yet → Comes" in english
    assert "财务部门，回复：尚未回复 → 参加" in chinese


def test_until_its_day_a_meeting_is_its_agenda_and_minutes_are_prepared_behind_it(
    called: Meeting, cast: SimpleNamespace, as_person: LogIn, july: datetime
) -> None:
    chair, url = as_person(cast.emil), called.get_absolute_url()
    with clock.at(july):
        before = page(chair, url)
    with clock.at(called.starts_at):
        on_the_day = page(chair, url)
    folded = "Prepare attendance and minutes"
    assert [(folded in text, "Save minutes" in text) for text in (before, on_the_day)] == [(True, True), (False, True)]


def test_a_called_meeting_is_written_by_whoever_holds_it_and_read_by_the_others(
    called: Meeting, cast: SimpleNamespace, as_person: LogIn, july: datetime
) -> None:
    """Before it begins, on its day, and once it has begun."""
    held = (called.get_absolute_url(), f"{called.get_absolute_url()}points/")
    for moment in (july, called.starts_at - HOUR, called.starts_at + HOUR):
        with clock.at(moment):
            texts = {name: page(as_person(getattr(cast, name)), held[0]) for name in ("amina", "omar", "ada", "emil")}
        offered = {name: [address for address in held if f'action="{address}"' in text] for name, text in texts.items()}
        assert offered == {"amina": [], "omar": [], "ada": [*held], "emil": [*held]}, moment
