"""The organisation learns, in both languages: a meeting decides, a head is trained, the process changes."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import ics
import pytest
import vobject
from django.core import mail as posted
from django.test import Client
from playwright.sync_api import Browser, expect

from evaluations.meetings import actions as meetings
from evaluations.models import Issue, Meeting
from evaluations.training import actions as training
from planning.cycles.actions import create_cycle
from planning.forecasts import actions as forecasts
from planning.models import Forecast
from sop_portal.foundation.kit import clock
from sop_portal.foundation.notices.outbox import send_waiting
from sop_portal.handbook.actions import acknowledge
from sop_portal.handbook.models import Edition
from sop_portal.tests.browser.walk import Walk, link_in
from sop_portal.tests.small_year import AUGUST, MARCH, NEEDED, small_year

Opens = Callable[[str], Walk]
DAY = timedelta(days=1)
MET_ON, TRAINED_ON = date(2027, 9, 15), date(2027, 8, 20)
NEED = "Write a forecast"
SENTENCES = {"en": "Name the list and its day.", "zh-hans": "请写明名单及日期。"}
LIBRARY_BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


class Hands:
    """The hands of the portal's clock."""

    def __init__(self, moment: datetime) -> None:
        self.moment = moment

    def go_to(self, day: date, hour: int) -> None:
        """Let it be this hour of New York on a day of summer."""
        self.moment = datetime.combine(day, time(hour), UTC) + timedelta(hours=4)


@pytest.fixture(params=["en", "zh-hans"], ids=["english", "chinese"])
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def readers(transactional_db: None, cast: SimpleNamespace, language: str) -> SimpleNamespace:
    """The cast; everybody reads, and gets mail, in one language."""
    for person in vars(cast).values():
        person.language = language
        person.save()
    return cast


@pytest.fixture
def hands(monkeypatch: pytest.MonkeyPatch) -> Hands:
    """A clock that stands until it is moved on, also for the threads of the server."""
    found = Hands(AUGUST + 3 * DAY)
    monkeypatch.setattr(clock, "now", lambda: found.moment)
    return found


@pytest.fixture
def opens(browser: Browser, live_server: Any, readers: SimpleNamespace, hands: Hands, language: str) -> Iterator[Opens]:
    """Somebody who is signed in opens a browser: `opens("amina")`."""
    walks: dict[str, Walk] = {}

    def open_one(name: str) -> Walk:
        if name not in walks:
            walk = walks[name] = Walk(browser, live_server.url, language)
            client = Client()
            client.force_login(getattr(readers, name), backend=LIBRARY_BACKEND)
            session = client.cookies["sessionid"].value
            walk.context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
        return walks[name]

    yield open_one
    for walk in walks.values():
        walk.close()


def letter_to(name: str, about: str, hands: Hands) -> Any:
    """The newest mail to somebody in which a line leads to such an address."""
    send_waiting(at=hands.moment)
    mine = [letter for letter in posted.outbox if letter.to == [f"{name}@example.org"]]
    return next(letter for letter in reversed(mine) if link_in(letter, about))


def appointment_in(letter: Any) -> tuple[str, datetime]:
    """What two other calendars make of a mail's appointment: what it asks, and when it begins."""
    [text] = [str(content) for content, kind in letter.alternatives if kind.startswith("text/calendar")]
    read, [event] = vobject.readOne(text), ics.Calendar(text).events
    assert event.begin.datetime == read.vevent.dtstart.value
    return read.method.value, read.vevent.dtstart.value.astimezone(UTC)


# A meeting decides


@pytest.fixture
def year(readers: SimpleNamespace, hands: Hands) -> SimpleNamespace:
    """The small year in August; its one meeting is called off, so that the next is the one of the story."""
    found = small_year(readers)
    called = Meeting.objects.get()
    meetings.cancel(called, by=readers.emil, at=AUGUST, seen=called.version, comment="Another day is better")
    return found


@pytest.mark.usefixtures("year")
def test_an_issue_is_raised_to_a_meeting_that_decides_and_the_decision_is_done_and_verified(
    opens: Opens, hands: Hands
) -> None:
    raise_an_issue(opens)
    meeting = plan_and_call(opens)
    reply(opens, hands, meeting)
    hold(opens, hands, meeting)
    confirm_and_close(opens, hands, meeting)
    carry_out_the_decision(opens, meeting)


def raise_an_issue(opens: Opens) -> None:
    """Amina raises an issue of the project that runs, and then raises it to the next meeting."""
    amina = opens("amina").go("/2027/projects/arts/summer-league/").press("Raise issue")
    amina.fill(title="The hall leaks", text="Two buckets under the skylight").press("Raise issue")
    amina.press("Raise to the next review meeting").sees("For the next review meeting")


def plan_and_call(opens: Opens) -> str:
    """Emil plans the year's meetings by a rule, and calls the first."""
    emil = opens("emil").go("/2027/meetings/").press("Plan a series")
    emil.fill(first_on=MET_ON.isoformat(), every="12", begins="14:00", place="Reading room", quorum="2")
    emil.press("Plan the meetings")
    planned = Meeting.objects.get(state="draft")
    emil.press_first(f"a[href='{planned.get_absolute_url()}']")
    emil.press("Call the meeting").press("Call the meeting").reads("The hall leaks")
    return planned.get_absolute_url()


def reply(opens: Opens, hands: Hands, meeting: str) -> None:
    """Both heads and finance follow the link of their mail and say that they come; the quorum is met."""
    for name, seat in (("amina", {"department__slug": "arts"}), ("bao", {"department__slug": "sports"}), ("dora", {})):
        letter = letter_to(name, meeting, hands)
        assert appointment_in(letter) == ("REQUEST", datetime(2027, 9, 15, 18, tzinfo=UTC))
        walk = opens(name).go(link_in(letter, meeting)).reads("The hall leaks")
        walk.press("Reply to the invitation")
        pk = Meeting.objects.get(state="called").attendance.get(**(seat or {"team": "finance"})).pk
        walk.fill(**{f"seat{pk}__answer": "comes"}).press("Save reply").sees("Your reply is noted.")
        assert walk.go("/").page.locator(f"main a[href^='{meeting}']").count() == 0
    words = {"coming": 2, "departments": 2, "quorum": 2}
    opens("emil").go(meeting).sees("%(coming)s of %(departments)s departments come. Quorum: %(quorum)s.", **words)


def hold(opens: Opens, hands: Hands, meeting: str) -> None:
    """Emil minutes the issue and its decision; without the quorum it does not count; the decision gets an owner."""
    hands.go_to(MET_ON, 16)
    called = Meeting.objects.get(state="called")
    point = called.points.get(source_url=Issue.objects.get(title="The hall leaks").get_absolute_url())
    arts, sports = (called.attendance.get(department__slug=slug).department_id for slug in ("arts", "sports"))
    emil = (
        opens("emil")
        .go(meeting)
        .fill(**{f"minutes_{point.pk}": "The roofer came twice", f"decision_{point.pk}": "A new skylight"})
    )
    emil.fill(**{f"present_{arts}": "on", "present_finance": "on"}).press("Save minutes")
    words = {"present": 1, "quorum": 2}
    emil.sees("%(present)s department was there, and decisions need %(quorum)s.", **words)
    emil.fill(**{f"present_{sports}": "on"}).press("Save minutes").sees("The minutes are saved.")
    emil.fill(department="arts", what="Have the skylight replaced", due="2027-10-15").choose("owner", "Ben Carter")
    emil.press("Propose measure").reads("Have the skylight replaced")
    emil.press("Send the minutes").press("Send the minutes").sees("Being confirmed")


def confirm_and_close(opens: Opens, hands: Hands, meeting: str) -> None:
    """Those who were there confirm what was said, from the mail and from My work; then the minutes are closed."""
    emil = opens("emil").go(meeting)
    amina = opens("amina").go(link_in(letter_to("amina", meeting, hands), meeting)).reads("A new skylight")
    amina.press("Read and confirm").press("Confirm minutes")
    for name in ("bao", "dora"):
        walk = opens(name).go("/")
        walk.press_first(f"main a[href^='{meeting}']")
        walk.reads("A new skylight").press("Confirm minutes")
        assert walk.go("/").page.locator(f"main a[href^='{meeting}']").count() == 0
    emil.go(meeting).press("Close the minutes").press("Close the minutes").sees("Held")


def carry_out_the_decision(opens: Opens, meeting: str) -> None:
    """Elif adopts what the meeting decided, Ben does it, Elif verifies it; it leads back to the meeting."""
    elif_ = opens("elif").go(meeting)
    elif_.press_first("#measures a[href*='/improvements/']")
    measure = elif_.page.url.removeprefix(elif_.base)
    elif_.press("Adopt measure").press("Adopt measure").reads("Ben Carter")
    ben = opens("ben").go("/")
    ben.press_first(f"main a[href^='{measure}']")
    ben.press("Report as done").fill(evidence="The bill of the glazier").press("Report as done").sees("Done")
    elif_.go(measure).press("Verify measure").reads("The bill of the glazier").press("Verify measure").sees("Verified")
    elif_.press_first(f"a[href='{meeting}']")
    expect(elif_.page.locator("#measures")).to_contain_text(elif_.said("Verified"))


# A head is trained


@pytest.fixture
def untrained(readers: SimpleNamespace, hands: Hands) -> str:
    """Heads need to know how a forecast is written before next year's window; Bao learned it, Amina did not."""
    cycle = create_cycle(year=2028, by=readers.ada, at=AUGUST)
    cycle = forecasts.publish_year(cycle, by=readers.ada, at=AUGUST, seen=cycle.version)
    terms = training.NeedTerms(NEED, "head", "forecast/submit", "forecast")
    need = training.add_need(terms, by=readers.ada, at=AUGUST)
    when = training.SessionTerms(AUGUST.date() + DAY, time(10), "Town hall", readers.chen, 1)
    session = training.plan(cycle, need, when, by=readers.ada, at=AUGUST)
    training.invite(session, [readers.bao], by=readers.ada, at=AUGUST, seen=session.version)
    session.refresh_from_db()
    training.hold(session, came=[readers.bao.pk], by=readers.chen, at=AUGUST + 2 * DAY, seen=session.version)
    return "/2028/windows/forecast/"


def test_whoever_moves_a_window_is_warned_of_a_head_without_training_until_she_is_trained(
    opens: Opens, hands: Hands, untrained: str
) -> None:
    warning = "%(count)s person who owes something in this stage is not trained for it: %(need)s"
    ada = opens("ada").go(untrained)
    ada.sees(warning, count=1, need=NEED).press("Who still needs which training").reads("Amina Diallo")
    session = plan_and_invite(ada)
    accept_the_invitation(opens("amina"), hands, session)
    hands.go_to(TRAINED_ON, 12)
    chen = opens("chen").go("/")
    chen.press_first(f"main a[href^='{session}']")
    chen.press("Note attendance").press("Note attendance").sees("Held")
    assert_on_a_phone(chen.go("/2028/training/?show=all"), f"td[data-label='{NEED}']")
    ada.go(untrained)
    expect(ada.page.locator("main")).not_to_contain_text(NEED)
    ada.go("/2028/training/?show=all").sees("%(met)s of %(asked)s met", met=2, asked=4)


def assert_on_a_phone(walk: Walk, selector: str) -> None:
    """What is looked for stands within the narrowest screen."""
    walk.page.set_viewport_size({"width": 320, "height": 844})
    box = walk.page.locator(selector).first.bounding_box()
    assert box is not None
    assert 0 <= box["x"] <= box["x"] + box["width"] <= 320


def plan_and_invite(ada: Walk) -> str:
    """Ada plans a session from the page of the gaps, and invites who needs it."""
    ada.press("Plan a session").choose("need", NEED).choose("trainer", "Chen Jing")
    ada.fill(held_on=TRAINED_ON.isoformat(), begins="10:00", place="Library, room 2").press("Plan the session")
    ada.press("Send the invitations").sees("The invitations leave with a calendar entry.")
    return ada.page.url.removeprefix(ada.base).split("#")[0]


def accept_the_invitation(amina: Walk, hands: Hands, session: str) -> None:
    """Amina follows the link of her mail, and comes."""
    letter = letter_to("amina", session, hands)
    assert appointment_in(letter) == ("REQUEST", datetime(2027, 8, 20, 14, tzinfo=UTC))
    amina.go(link_in(letter, session)).press("Reply to the invitation")
    amina.fill(comes="yes").press("Save reply").sees("Your reply is noted.")


# The process changes


@pytest.fixture
def submitted(readers: SimpleNamespace, hands: Hands) -> Edition:
    """In March, Arts has handed in its forecast; Amina confirmed the handbook that is in force."""
    hands.moment = MARCH + DAY
    cycle = create_cycle(year=2027, by=readers.ada, at=MARCH)
    cycle = forecasts.publish_year(cycle, by=readers.ada, at=MARCH, seen=cycle.version)
    found = Forecast.objects.get(department__slug="arts")
    hours = forecasts.NewProject("Story hours", lead=readers.ben, purpose="For families")
    line = forecasts.add_project(found, hours, by=readers.amina, at=MARCH).forecast_line
    typed = {each: forecasts.Typed(Decimal(figure), "feedback", "A list") for each, figure in NEEDED.items()}
    forecasts.set_figures(line, typed, by=readers.amina, at=MARCH, seen=line.forecast.version)
    found.refresh_from_db()
    forecasts.submit(found, by=readers.amina, at=MARCH, seen=found.version)
    edition = Edition.objects.get()
    acknowledge(edition, by=readers.amina, at=MARCH)
    return edition


@pytest.mark.usefixtures("submitted")
def test_a_reason_for_sending_back_leads_to_a_changed_process_that_people_read_and_confirm(opens: Opens) -> None:
    send_back(opens("chidi"))
    proposal = propose_from_the_review(opens("chen"))
    opens("elif").go(proposal).press("Adopt the change").press("Adopt the change").sees("Adopted")
    opens("ada").go(proposal).press("Report as carried out").press("Report as carried out").sees("In force")
    write_and_put_in_force(opens)
    read_and_confirm(opens("amina"), proposal)


def send_back(chidi: Walk) -> None:
    """Chidi says why in words, and chooses the reason that is counted."""
    chidi.go("/2027/forecasts/arts/").press("Send back with a comment")
    chidi.choose("reason", chidi.said("Reason or source missing")).fill(comment="Which list?")
    chidi.press("Send back with a comment").reads("Which list?")


def propose_from_the_review(chen: Walk) -> str:
    """The review of the process counts it and leads to the forecast; from there Chen proposes what would help."""
    chen.go("/2027/process-review/")
    row = chen.page.locator("#reasons tr").filter(has_text=chen.said("Reason or source missing"))
    expect(row.locator("a.drill")).to_have_text("1")
    chen.press_first(f"#reasons tr:has-text('{chen.said('Reason or source missing')}') a.drill")
    chen.reads("Which list?").press_first("a[href='/2027/forecasts/arts/']")
    chen.go("/2027/process-review/").press("Propose a change").fill(
        area="guide",
        title="Say what a source is",
        what="An example of a source under every figure",
        because="Forecasts come back because nobody knows what counts as one",
    )
    chen.press("Propose the change").press("Where it came up").sees("Review of the process %(year)s", year=2027)
    chen.press_first("a[href^='/2027/proposals/']:has-text('Say what a source is')")
    return chen.page.url.removeprefix(chen.base)


def write_and_put_in_force(opens: Opens) -> None:
    """Ada adds a sentence to the guide in both languages; Emil, whom My work tells of it, puts it in force."""
    ada = opens("ada").go("/handbook/").press("Write a new version").fill(note="What counts as a source")
    for name, sentence in (("en", SENTENCES["en"]), ("zh", SENTENCES["zh-hans"])):
        field = ada.page.locator(f"textarea[name='forecast-{name}']")
        field.fill(f"{field.input_value()}\n\n{sentence}\n")
    ada.press("Save for somebody else to put in force").reads(SENTENCES["en"])
    assert ada.page.get_by_role("button", name=ada.said("Put it in force")).count() == 0
    emil = opens("emil").go("/")
    emil.press_first("main a[href='/handbook/written/']")
    emil.reads(SENTENCES["zh-hans"]).press("Put it in force")
    emil.go("/handbook/versions/2/").sees("In force").reads("What counts as a source")


def read_and_confirm(amina: Walk, proposal: str) -> None:
    """My work asks Amina to read the version, whose page says what changed; once she has confirmed, it does not."""
    amina.go("/").sees("Handbook, version %(number)s", number=2).press_first("main a[href='/handbook/']")
    changed = amina.page.locator("#changed")
    for words in ("What counts as a source", "Say what a source is", SENTENCES[amina.language]):
        expect(changed).to_contain_text(words)
    expect(changed.locator(f"a[href='{proposal}']")).to_be_visible()
    amina.press("I have read and understood").sees("Thank you. It is noted that you read version %(number)s.", number=2)
    assert amina.go("/").page.locator("main a[href='/handbook/']").count() == 0
