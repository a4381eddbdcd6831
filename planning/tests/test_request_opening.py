"""The day the demand report is published: what every department finds."""

import re
from datetime import date, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.db.models import F
from django.utils import translation

from planning.cycles.actions import MoreTime, extend
from planning.cycles.models import Stage
from planning.cycles.queries import dates_of
from planning.forecasts import actions as forecasts
from planning.forecasts.models import Forecast
from planning.models import Cycle, Metric, Project, RequestLine, ResourceRequest
from planning.requests import actions
from planning.requests.deadlines import owed
from planning.tests.requesting import APRIL, MARCH, add_pools, forecast_year, open_year
from sop_portal.foundation.kit import clock
from sop_portal.foundation.kit.refusals import NotNow, NotReady, NotYours
from sop_portal.foundation.notices.models import Notice
from sop_portal.foundation.organisation.models import Department
from sop_portal.foundation.trail.models import Entry
from sop_portal.tests.page_text import words_of
from sop_portal.tests.shared_fixtures import shared_fixture


@shared_fixture
def year(cast: SimpleNamespace) -> SimpleNamespace:
    """Published on 1 April 2027."""
    return open_year(cast)


def test_every_department_has_a_draft_due_in_fourteen_days(year: SimpleNamespace) -> None:
    found = ResourceRequest.objects.values_list("department__slug", "state", "due")
    assert set(found) == {("arts", "draft", date(2027, 4, 15)), ("sports", "draft", date(2027, 4, 15))}


def test_the_window_moves_to_the_day_of_publication(year: SimpleNamespace) -> None:
    window = dates_of(Cycle.objects.get(), Stage.REQUEST)
    assert window is not None
    assert (window.opens_on, window.due_on, window.grace_until) == (
        date(2027, 4, 1),
        date(2027, 4, 15),
        date(2027, 4, 22),
    )


def test_lines_are_filled_in_from_the_forecast(year: SimpleNamespace) -> None:
    lines = RequestLine.objects.filter(request=year.arts).order_by("metric")
    assert list(lines.values_list("metric", "pool__name", "quantity", "cost", "forecast_line__project")) == [
        ("materials", "Programme fund", 300, 300, year.story.pk),
        ("money", "Programme fund", 1200, 1200, year.story.pk),
        ("people", "Librarian hours", 120, 0, year.story.pk),
    ]


def test_a_filled_in_line_is_read_in_the_language_of_its_reader(year: SimpleNamespace) -> None:
    line = RequestLine.objects.get(request=year.arts, metric="materials")
    assert line.called == "Materials"
    with translation.override("zh-hans"):
        assert line.called == str(Metric.MATERIALS.label) != "Materials"


def test_what_is_asked_is_kept_per_project(year: SimpleNamespace) -> None:
    assert set(Project.objects.values_list("name", "asked")) == {("Story hours", 1500), ("Swimming", 1500)}


def test_without_pools_the_drafts_are_empty(cast: SimpleNamespace) -> None:
    open_year(cast, pools=False)
    assert (ResourceRequest.objects.count(), RequestLine.objects.count()) == (2, 0)


def test_a_department_that_is_a_gap_gets_a_draft_too_as_the_report_says(cast: SimpleNamespace, as_person: Any) -> None:
    Department.objects.create(name="Music", slug="music")
    open_year(cast)
    music = ResourceRequest.objects.get(department__slug="music")
    assert (music.state, music.lines.count()) == ("draft", 0)
    said = words_of(as_person(cast.chidi).get("/2027/report/1/"))
    assert "Every department has a request, unless its forecast was waived before. It is filled in once" in said


def test_the_heads_are_told_and_the_trail_knows(year: SimpleNamespace, cast: SimpleNamespace) -> None:
    notified = Notice.objects.filter(kind="request", verb="create").values_list("person__name", flat=True)
    assert set(notified) == {"Amina Diallo", "Bao Nguyen"}
    assert Entry.objects.filter(kind="request", verb="create").count() == 2


def test_a_revision_opens_requests_only_for_those_who_have_none(year: SimpleNamespace, cast: SimpleNamespace) -> None:
    music = Department.objects.create(name="Music", slug="music")
    Forecast.objects.create(cycle=year.cycle, department=music)
    later = APRIL + timedelta(days=40)
    report = forecasts.start_report(year.cycle, by=cast.chen, at=later, reason="Music was forgotten.")
    actions.publish_report(report, by=cast.chen, at=later, seen=report.version)
    assert dict(ResourceRequest.objects.values_list("department__slug", "due")) == {
        "arts": date(2027, 4, 15),
        "sports": date(2027, 4, 15),
        "music": date(2027, 5, 25),
    }
    window = dates_of(Cycle.objects.get(), Stage.REQUEST)
    assert window is not None
    assert window.due_on == date(2027, 4, 15)


def test_a_department_opened_later_has_its_own_two_weeks(year: SimpleNamespace, cast: SimpleNamespace) -> None:
    later = APRIL + timedelta(days=40)
    ResourceRequest.objects.filter(pk=year.sports.pk).update(due=F("due") + timedelta(days=40))
    year.sports.refresh_from_db()
    actions.submit(year.sports, by=cast.bao, at=later, seen=1)
    assert (year.sports.state, year.sports.is_late) == ("submitted", False)


def test_nobody_but_the_resource_team_opens_requests(year: SimpleNamespace, cast: SimpleNamespace) -> None:
    for person in (cast.amina, cast.ben, cast.dora, cast.emil, cast.ada, cast.omar, cast.farid):
        with pytest.raises(NotYours):
            actions.open_requests(year.cycle, by=person, at=APRIL)


def test_requests_do_not_open_before_the_report(cast: SimpleNamespace) -> None:
    published = {"state": "published", "published_at": APRIL, "published_by": cast.ada}
    cycle = Cycle.objects.create(year=2028, starts_on=date(2028, 7, 1), ends_on=date(2029, 6, 30), **published)
    with pytest.raises(NotReady, match="when the demand report is published"):
        actions.open_requests(cycle, by=cast.chidi, at=APRIL)


def test_the_sum_of_a_project_stays_exact(year: SimpleNamespace, cast: SimpleNamespace) -> None:
    tenths = actions.AskedLine(year.bus, "Tenths", Decimal("0.10"), "More", forecast_line=year.story.forecast_line)
    for _ in range(7):
        actions.add_line(year.arts, year.story, tenths, by=cast.amina, at=APRIL, seen=year.arts.version)
    year.story.refresh_from_db()
    assert year.story.asked == Decimal("1501.05")


def before_its_window(cast: SimpleNamespace) -> SimpleNamespace:
    """In March the report of 2027 is being compiled; requests are planned from 1 April on."""
    early = forecast_year(cast)
    early.report = forecasts.start_report(early.cycle, by=cast.chidi, at=MARCH)
    return early


def window_of(cycle: Cycle) -> tuple[date, date]:
    window = dates_of(Cycle.objects.get(pk=cycle.pk), Stage.REQUEST)
    assert window is not None
    return window.opens_on, window.due_on


PLANNED, AT_ONCE = (date(2027, 4, 1), date(2027, 4, 14)), (date(2027, 3, 12), date(2027, 3, 26))


@pytest.mark.parametrize(("is_as_planned", "window"), [(True, PLANNED), (False, AT_ONCE)])
def test_a_report_before_its_window_opens_the_requests_when_the_publisher_says(
    cast: SimpleNamespace, is_as_planned: bool, window: tuple[date, date]
) -> None:
    early = before_its_window(cast)
    actions.publish_report(early.report, by=cast.chidi, at=MARCH, seen=1, is_as_planned=is_as_planned)
    assert window_of(early.cycle) == window
    assert set(ResourceRequest.objects.values_list("due", flat=True)) == {window[1]}
    assert [(o.record.department.slug, o.opens_on) for o in owed(MARCH, ahead=60)] == [
        ("arts", window[0]),
        ("sports", window[0]),
    ]


def test_a_request_that_opens_as_planned_is_prepared_and_not_handed_in_before(cast: SimpleNamespace) -> None:
    early = before_its_window(cast)
    add_pools(early, cast)
    actions.publish_report(early.report, by=cast.chidi, at=MARCH, seen=1, is_as_planned=True)
    request = ResourceRequest.objects.get(department__slug="arts")
    with pytest.raises(NotNow, match="The window opens on 1\N{NO-BREAK SPACE}April"):
        actions.submit(request, by=cast.amina, at=MARCH, seen=request.version)
    actions.submit(request, by=cast.amina, at=APRIL, seen=request.version)
    assert request.state == "submitted"


def test_a_planned_day_that_is_over_opens_nothing(cast: SimpleNamespace) -> None:
    early, late = before_its_window(cast), APRIL + timedelta(days=30)
    actions.publish_report(early.report, by=cast.chidi, at=late, seen=1, is_as_planned=True)
    assert window_of(early.cycle) == (date(2027, 5, 1), date(2027, 5, 15))
    assert set(ResourceRequest.objects.values_list("due", flat=True)) == {date(2027, 5, 15)}


def test_who_is_accepted_before_the_planned_opening_has_as_long_as_the_others(cast: SimpleNamespace) -> None:
    early = before_its_window(cast)
    actions.publish_report(early.report, by=cast.chidi, at=MARCH, seen=1, is_as_planned=True)
    forecast = Forecast.objects.get(department__slug="arts")
    actions.open_late(forecast, by=cast.chidi, at=MARCH + timedelta(days=3))
    assert ResourceRequest.objects.get(department__slug="arts").due == PLANNED[1]
    actions.open_late(forecast, by=cast.chidi, at=APRIL + timedelta(days=3))
    assert ResourceRequest.objects.get(department__slug="arts").due == date(2027, 4, 18)


def test_the_page_asks_when_requests_open_and_chooses_nothing(cast: SimpleNamespace, as_person: Any) -> None:
    early = before_its_window(cast)
    with time_machine.travel(MARCH):
        chidi = as_person(cast.chidi)
        page = words_of(chidi.get("/2027/report/1/publish/"))
        assert "As planned, on 1 April 2027. They are due on 14 April 2027." in page
        assert "Today, 12 March 2027. They are due on 26 March 2027." in page
        answer = chidi.post("/2027/report/1/publish/", {"seen": 1, "comment": "Early", "key": str(uuid4())})
        assert (answer.status_code, ResourceRequest.objects.count()) == (422, 0)
        assert "Choose when resource requests open." in words_of(answer)
        sent = {"seen": 1, "is_as_planned": "planned", "key": str(uuid4())}
        assert chidi.post("/2027/report/1/publish/", sent).status_code == 302
    assert window_of(early.cycle) == PLANNED


def test_a_report_on_the_planned_day_or_later_asks_nothing(cast: SimpleNamespace, as_person: Any) -> None:
    before_its_window(cast)
    with time_machine.travel(APRIL):
        assert "When do resource requests open?" not in words_of(as_person(cast.chidi).get("/2027/report/1/publish/"))


def test_waiving_a_forecast_says_that_a_request_which_is_there_stays_owed(
    cast: SimpleNamespace, as_person: Any
) -> None:
    music = Department.objects.create(name="Music", slug="music")
    cycle, client, url = forecast_year(cast).cycle, as_person(cast.ada), "/2027/forecasts/music/waive/"
    Forecast.objects.get_or_create(cycle=cycle, department=music)

    def said() -> tuple[bool, bool, bool]:
        with clock.at(APRIL):
            page = client.get(url)
        words = words_of(page)
        return (
            "The department gets no resource request." in words,
            "The department still owes its resource request" in words,
            'href="/2027/requests/music/"' in page.content.decode(),
        )

    assert said() == (True, False, False)
    report = forecasts.start_report(cycle, by=cast.chidi, at=APRIL)
    actions.publish_report(report, by=cast.chidi, at=APRIL, seen=report.version)
    assert said() == (False, True, True)
    asked = ResourceRequest.objects.get(department=music)
    actions.waive(asked, by=cast.ada, at=APRIL, seen=asked.version, comment="Nothing to ask for")
    assert said() == (False, False, False)


def test_publishing_a_later_version_says_what_changed_and_moves_no_day(
    year: SimpleNamespace, cast: SimpleNamespace, as_person: Any
) -> None:
    client = as_person(cast.chen)

    def said() -> str:
        with clock.at(APRIL):
            return words_of(client.get("/2027/report/2/publish/"))

    forecasts.start_report(year.cycle, by=cast.chen, at=APRIL, reason="Swimming was wrong")
    for words in ("No figure differs from the version before.", "Requests that are there keep their day"):
        assert words in said(), words
    assert ("two weeks for their" in said(), "0 departments" in said()) == (False, False)
    forecast = Forecast.objects.get(department__slug="sports")
    forecasts.send_back(forecast, by=cast.chidi, at=APRIL, seen=forecast.version, comment="Too many")
    assert "What changes since version 1" in said()
    assert "Sports Left out: its forecast is not accepted now" in said()
    line = year.swimming.forecast_line
    typed = {"participants": forecasts.Typed(Decimal(250), "feedback", "Counted again.")}
    forecast.refresh_from_db()
    extend(year.cycle, MoreTime(Stage.FORECAST, forecast.department, date(2027, 4, 21), "Ill"), by=cast.emil, at=APRIL)
    forecasts.set_figures(line, typed, by=cast.bao, at=APRIL, seen=forecast.version)
    forecast.refresh_from_db()
    forecasts.submit(forecast, by=cast.bao, at=APRIL, seen=forecast.version)
    forecasts.accept(forecast, by=cast.chidi, at=APRIL, seen=forecast.version)
    assert re.search(r"Sports Participants \d+ → 250", said())
    assert "Arts" not in said().split("What changes since version 1")[1].split("Your decision")[0]


def test_publishing_the_first_version_says_that_requests_have_two_weeks(cast: SimpleNamespace, as_person: Any) -> None:
    cycle = forecast_year(cast).cycle
    forecasts.start_report(cycle, by=cast.chidi, at=APRIL)
    with clock.at(APRIL):
        said = words_of(as_person(cast.chidi).get("/2027/report/1/publish/"))
    assert "2 departments get a draft of their resource request. They have two weeks for it" in said
    assert ("keep their day" in said, "differs from the version before" in said) == (False, False)
    assert ("gets an empty draft" in said) == Forecast.objects.exclude(state="accepted").exists()
