"""Review meetings: the agenda drafted from open matters, attendance, minutes, action items."""

from collections.abc import Callable
from datetime import date, datetime
from types import SimpleNamespace

import pytest
from django.test import Client
from django.utils.translation import override

from evaluations.feedback import actions as feedback
from evaluations.improvements import actions as improvements
from evaluations.improvements.actions import Assignment, MeasureProposal
from evaluations.meetings import actions
from evaluations.models import Feedback, Issue, Measure, Meeting
from evaluations.tests.posting import NAUGHTY, page, queries, send
from evaluations.tests.review_year import as_planned
from planning.models import Cycle, Project
from sop_portal.foundation.kit.refusals import Changed, NotNow, NotReady, NotYours
from sop_portal.foundation.notices.models import Notice
from sop_portal.foundation.organisation.models import Department
from sop_portal.tests.page_text import words_of
from sop_portal.tests.shared_fixtures import shared_fixture

LogIn = Callable[..., Client]
LIST = "/2027/meetings/"
TODAY = date(2028, 7, 12)


@shared_fixture
def matters(stories: Project, arts: Department, cast: SimpleNamespace, july: datetime) -> Cycle:
    """A raised issue, one that is not raised, an overdue measure, and unanswered feedback, all of Arts."""
    cycle = as_planned(stories).cycle
    for title, is_raised in (("Saturday room double-booked", True), ("Lamp broken", False)):
        Issue.objects.create(
            cycle=cycle, department=arts, project=stories, title=title, text="See there", is_raised=is_raised
        )
    proposal = MeasureProposal("Secret plan", Measure.Origin.AUDIT)
    measure = improvements.propose(cycle, arts, proposal, by=cast.amina, at=july)
    improvements.adopt(measure, Assignment(cast.ben, date(2028, 7, 13)), by=cast.emil, at=july, seen=1)
    Measure.objects.update(due=date(2028, 7, 1))
    feedback.give(cycle, arts, title="Secret worry", text="X", by=cast.ben, at=july)
    return cycle


@shared_fixture
def called(matters: Cycle, sports: Department, cast: SimpleNamespace, july: datetime) -> Meeting:
    """Emil calls a meeting for today."""
    return actions.call(matters, actions.MeetingTerms(TODAY, "Reading hall"), by=cast.emil, at=july)


def minuted(meeting: Meeting, cast: SimpleNamespace, at: datetime) -> Meeting:
    """Every point has its minutes."""
    minutes = {point.pk: ("Talked about", "Do it") for point in meeting.points.all()}
    return actions.minute(meeting, minutes, by=cast.emil, at=at, seen=meeting.version)


def test_the_agenda_is_drafted_from_open_matters(called: Meeting) -> None:
    assert list(called.points.values_list("position", "title")) == [
        (1, "Issue of Arts: Saturday room double-booked"),
        (2, "Measure M-2027-01 of Arts is overdue"),
        (3, "1 piece of feedback of Arts is not answered"),
    ]


def test_the_agenda_is_read_in_the_language_of_the_page(called: Meeting) -> None:
    with override("zh-hans"):
        issue, _measure, feedback = [str(point) for point in called.points.all()]
    assert (issue, feedback) == ("Arts 的问题：Saturday room double-booked", "Arts 有 1 条反馈未答复")
    typed = called.points.create(position=9, title="Any other business")
    with override("zh-hans"):
        assert str(typed) == "Any other business"


@shared_fixture
def followed(matters: Cycle, sports: Department, cast: SimpleNamespace, july: datetime) -> Meeting:
    """A meeting of next week; its point about feedback left the agenda, and the others have their minutes."""
    terms = actions.MeetingTerms(date(2028, 7, 20), "Reading hall")
    meeting = actions.call(matters, terms, by=cast.emil, at=july)
    worry = Feedback.objects.get()
    feedback.answer(worry, by=cast.emil, at=july, seen=worry.version, comment="Done")
    actions.follow_open_matters(at=july)
    meeting.refresh_from_db()
    return minuted(meeting, cast, july)


@pytest.mark.parametrize(
    ("language", "said", "unsaid"),
    [
        ("en", ["1 piece of feedback of Arts is not answered →", "of Arts is overdue"], "Arts 有 1 条反馈"),
        ("zh-hans", ["Arts 有 1 条反馈未答复 →", "逾期"], "of Arts is"),
    ],
)
def test_the_history_names_drafted_points_in_the_language_of_its_reader(
    followed: Meeting, cast: SimpleNamespace, as_person: LogIn, language: str, said: list[str], unsaid: str
) -> None:
    browser = as_person(cast.ada)
    browser.cookies["django_language"] = language
    for address in (followed.get_absolute_url(), "/trail/?kind=meeting"):
        read = words_of(browser.get(address))
        assert ([words in read for words in said], unsaid in read) == ([True, True], False)


def test_every_active_department_has_a_seat(called: Meeting) -> None:
    assert set(called.attendance.filter(team="").values_list("department__name", flat=True)) == {"Arts", "Sports"}


def test_everybody_who_has_a_seat_is_told_of_a_meeting(called: Meeting) -> None:
    """Who called it too: the invitation is what stands in the calendar."""
    told = set(Notice.objects.filter(kind="meeting").values_list("person__name", flat=True))
    heads, teams = {"Amina Diallo", "Bao Nguyen"}, {"Chidi Okafor", "Chen Jing", "Dora Weiss", "Dev Patel"}
    assert told == heads | teams | {"Emil Novak", "Elif Aydin"}


@pytest.mark.parametrize("who", ["emil", "ada"])
def test_management_and_the_administrator_call_a_meeting(
    ending: Cycle, cast: SimpleNamespace, july: datetime, who: str
) -> None:
    called = actions.call(ending, actions.MeetingTerms(TODAY, "Hall"), by=getattr(cast, who), at=july)
    assert (called.state, called.points.count()) == ("called", 0)


@pytest.mark.parametrize("who", ["amina", "ben", "chidi", "dora", "omar", "farid"])
def test_nobody_else_calls_or_minutes_one(called: Meeting, cast: SimpleNamespace, july: datetime, who: str) -> None:
    person = getattr(cast, who)
    with pytest.raises(NotYours):
        actions.call(called.cycle, actions.MeetingTerms(TODAY, "Hall"), by=person, at=july)
    with pytest.raises(NotYours):
        minuted(called, SimpleNamespace(emil=person), july)
    with pytest.raises(NotYours):
        actions.send(called, by=person, at=july, seen=1)


def test_a_meeting_has_a_place(ending: Cycle, cast: SimpleNamespace, july: datetime) -> None:
    with pytest.raises(NotReady):
        actions.call(ending, actions.MeetingTerms(TODAY, " "), by=cast.emil, at=july)


def test_a_point_of_the_agenda_has_a_title(called: Meeting, cast: SimpleNamespace, july: datetime) -> None:
    with pytest.raises(NotReady) as refusal:
        actions.add_point(called, title=" ", by=cast.emil, at=july, seen=1)
    assert (refusal.value.sentence, called.points.count()) == ("Name the point.", 3)


def test_attendance_names_somebody_of_the_department(
    called: Meeting, arts: Department, cast: SimpleNamespace, july: datetime
) -> None:
    actions.note_attendance(called, {arts.pk: (cast.amina, True)}, by=cast.emil, at=july, seen=1)
    assert called.attendance.get(department=arts).person == cast.amina
    with pytest.raises(NotReady):
        actions.note_attendance(called, {arts.pk: (cast.bao, True)}, by=cast.emil, at=july, seen=2)


def test_minutes_are_sent_and_then_closed(called: Meeting, cast: SimpleNamespace, july: datetime) -> None:
    seat = called.attendance.filter(department__isnull=False).order_by("pk")[0]
    actions.note_attendance(called, {seat.department_id or 0: (None, True)}, by=cast.emil, at=july, seen=called.version)
    minuted(called, cast, july)
    begun = called.starts_at
    actions.send(called, by=cast.emil, at=begun, seen=called.version)
    actions.hold(called, by=cast.emil, at=begun, seen=called.version)
    assert called.state == "held"
    with pytest.raises(NotNow):
        minuted(called, cast, july)


def test_minutes_are_not_sent_before_the_day(ending: Cycle, cast: SimpleNamespace, july: datetime) -> None:
    later = actions.call(ending, actions.MeetingTerms(date(2028, 7, 20), "Hall"), by=cast.emil, at=july)
    with pytest.raises(NotReady) as refusal:
        actions.send(later, by=cast.emil, at=july, seen=1)
    assert [str(missing) for missing in refusal.value.missing] == ["The meeting is on Thursday 20\xa0July."]


def test_the_second_to_save_the_minutes_is_told(called: Meeting, cast: SimpleNamespace, july: datetime) -> None:
    minuted(called, cast, july)
    with pytest.raises(Changed):
        actions.minute(called, {}, by=cast.ada, at=july, seen=1)


def test_the_page_writes_everything(
    called: Meeting, arts: Department, cast: SimpleNamespace, as_person: LogIn, july: datetime
) -> None:
    browser, here = as_person(cast.emil), called.get_absolute_url()
    assert send(browser, f"{here}points/", seen=1, title="Any other business").status_code == 302
    point = called.points.latest("position")
    typed = {f"minutes_{point.pk}": "Tea", f"person_{arts.pk}": cast.amina.pk, f"present_{arts.pk}": "on"}
    assert send(browser, here, seen=2, **typed).status_code == 302
    point.refresh_from_db()
    seat = called.attendance.get(department=arts)
    assert (point.minutes, seat.person, seat.was_present) == ("Tea", cast.amina, True)


def test_a_suggested_representative_is_saved_with_the_tick_and_not_before(
    called: Meeting, arts: Department, cast: SimpleNamespace, as_person: LogIn
) -> None:
    browser, here = as_person(cast.emil), called.get_absolute_url()
    assert "– (suggested: Amina Diallo)" in page(browser, here)
    point = called.points.earliest("position")
    assert send(browser, here, seen=1, **{f"minutes_{point.pk}": "Tea"}).status_code == 302
    assert set(called.attendance.values_list("person", "was_present")) == {(None, False)}
    assert send(browser, here, seen=2, **{f"present_{arts.pk}": "on"}).status_code == 302
    assert set(called.attendance.filter(was_present=True).values_list("department", "person")) == {
        (arts.pk, cast.amina.pk)
    }


def test_an_action_item_is_a_proposed_measure(
    called: Meeting, cast: SimpleNamespace, as_person: LogIn, july: datetime
) -> None:
    here = called.get_absolute_url()
    typed = {"department": "arts", "what": "One calendar for all rooms"}
    assert send(as_person(cast.emil), f"{here}measure/", **typed).status_code == 302
    measure = Measure.objects.latest("pk")
    assert (measure.origin, measure.origin_url, measure.state) == ("meeting", here, "proposed")
    assert "One calendar" in page(as_person(cast.amina), here)


def test_of_a_cancelled_meeting_nobody_is_said_to_have_missed_it_and_nothing_follows(
    called: Meeting, cast: SimpleNamespace, as_person: LogIn, july: datetime
) -> None:
    actions.cancel(called, by=cast.emil, at=july, seen=called.version, comment="The hall burnt down")
    here, emil = called.get_absolute_url(), as_person(cast.emil)
    text = page(emil, here)
    said = ("The meeting was cancelled, so nobody met.", "departments were there", ">Present<", "Propose measure")
    assert [words in text for words in said] == [True, False, False, False]
    before = Measure.objects.count()
    refused = send(emil, f"{here}measure/", department="arts", what="One calendar for all rooms")
    assert (refused.status_code, Measure.objects.count()) == (409, before)


def test_everybody_reads_the_agenda_but_only_of_ones_own_department_more(
    called: Meeting, cast: SimpleNamespace, as_person: LogIn
) -> None:
    text = page(as_person(cast.bao), called.get_absolute_url())
    assert "Issue of Arts: Saturday room double-booked" in text
    assert ("Secret plan" in text, "Secret worry" in text, "Lamp broken" in text, "improvements/1/" in text) == (
        False,
        False,
        False,
        False,
    )


@pytest.mark.parametrize("step", ["", "send/"])
def test_an_outsider_finds_nothing(called: Meeting, cast: SimpleNamespace, as_person: LogIn, step: str) -> None:
    assert as_person(cast.farid).get(f"{called.get_absolute_url()}{step}").status_code in (403, 404)
    assert as_person(cast.farid).get(LIST).status_code == 403


@pytest.mark.parametrize("step", ["", "points/", "measure/", "send/"])
def test_a_head_writes_nothing_here(called: Meeting, cast: SimpleNamespace, as_person: LogIn, step: str) -> None:
    typed = {"seen": 1, "title": "Mine", "department": "sports", "what": "x"}
    answer = send(as_person(cast.amina), f"{called.get_absolute_url()}{step}", **typed)
    assert answer.status_code == 403


def test_the_calling_page_checks_what_is_typed(
    ending: Cycle, cast: SimpleNamespace, as_person: LogIn, july: datetime
) -> None:
    browser = as_person(cast.emil)
    assert "Call the meeting" in page(browser, f"{LIST}new/")
    assert (
        send(browser, f"{LIST}new/", held_on="soon", place="Hall", begins="14:00", lasts=60, quorum=1).status_code
        == 422
    )
    typed = {"held_on": "2028-07-20", "place": "Hall", "begins": "14:00", "lasts": 60, "quorum": 1}
    assert send(browser, f"{LIST}new/", **typed).status_code == 302
    assert "20" in page(browser, LIST)


def test_what_is_typed_stays_text(called: Meeting, cast: SimpleNamespace, as_person: LogIn, july: datetime) -> None:
    point = called.points.earliest("position")
    actions.minute(called, {point.pk: (NAUGHTY, NAUGHTY)}, by=cast.emil, at=july, seen=1)
    for who in (cast.emil, cast.bao):
        text = page(as_person(who), called.get_absolute_url())
        assert ("<script>alert(1)" in text, "&lt;script&gt;alert(1)" in text) == (False, True)


def test_three_meetings_ask_the_database_as_often_as_one(
    called: Meeting, cast: SimpleNamespace, as_person: LogIn, july: datetime
) -> None:
    browser = as_person(cast.bao)
    first = queries(browser, LIST)
    for day in (14, 15):
        actions.call(called.cycle, actions.MeetingTerms(date(2028, 7, day), "Hall"), by=cast.emil, at=july)
    assert queries(browser, LIST) == first
