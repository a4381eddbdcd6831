"""The pages of progress reports: written, saved as typed, checked, decided, listed, exported."""

import json
from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from uuid import uuid4

import pytest
from django.conf import settings
from django.test import Client

from budgets.spending import actions as spending
from evaluations.models import ProgressReport
from evaluations.reports import actions
from evaluations.reports.actions import ReportContent
from evaluations.tests.reporting_year import TEXTS, line_of, report_of, submitted_report
from planning.models import Project
from sop_portal.foundation.kit import clock
from sop_portal.foundation.organisation.models import User
from sop_portal.foundation.workflow.actions import comment
from sop_portal.tests.page_text import words_of

Browser = Callable[[User], Client]
URL = "/2027/progress/arts/story-hours/2027-10/"
TWIN = "/2027/progress/sports/summer-league/2027-10/"
NAUGHTY = json.loads((Path(settings.BASE_DIR) / "sop_portal/tests/data/naughty_strings.json").read_text())


def typed(seen: int = 1, **values: str) -> dict[str, str]:
    given = {"activities_held": "40", "participants_reached": "800", **TEXTS, "seen": str(seen)}
    return {**given, "key": str(uuid4()), **values}


def stored() -> ProgressReport:
    return ProgressReport.objects.get(project__slug="story-hours", period_first=date(2027, 10, 1))


def test_from_the_form_over_the_check_to_acceptance(
    story_hours: Project, cast: SimpleNamespace, november: datetime, as_person: Browser
) -> None:
    ben, emil = as_person(cast.ben), as_person(cast.emil)
    assert "Give the figures of the period, then submit" in ben.get(URL).content.decode()
    saved = ben.post(URL, typed(check="1"))
    assert (saved.status_code, saved["Location"]) == (302, f"{URL}check/")
    page = ben.get(f"{URL}check/").content.decode()
    assert f'action="{URL}submit/"' in page
    assert ben.post(f"{URL}submit/", {"seen": "2", "key": str(uuid4())}).status_code == 302
    assert "Accept report" in emil.get(URL).content.decode()
    assert emil.get(f"{URL}accept/").status_code == 200
    assert emil.post(f"{URL}accept/", {"seen": "3", "key": str(uuid4())}).status_code == 302
    assert (stored().state, Project.objects.get().participants_reached) == ("accepted", 800)


def test_the_check_names_what_is_missing_and_has_no_button(
    story_hours: Project, cast: SimpleNamespace, november: datetime, as_person: Browser
) -> None:
    page = as_person(cast.ben).get(f"{URL}check/").content.decode()
    assert "Missing: Activities held in the period." in page
    assert f'action="{URL}submit/"' not in page


def test_before_the_period_has_ended_the_check_says_from_when_on(
    story_hours: Project, cast: SimpleNamespace, as_person: Browser
) -> None:
    with clock.at(datetime.fromisoformat("2027-10-20T12:00-04:00")):
        page = as_person(cast.ben).get(f"{URL}check/").content.decode()
    assert "Submit it from Monday 1\xa0November on." in page


def test_a_month_that_is_not_over_is_said_not_to_be(
    story_hours: Project, cast: SimpleNamespace, as_person: Browser
) -> None:
    ben = as_person(cast.ben)
    for day, title in (
        ("2027-10-20", "October 2027 is not over yet"),
        ("2027-09-20", "October 2027 has not begun yet"),
    ):
        with clock.at(datetime.fromisoformat(f"{day}T12:00-04:00")):
            answer = ben.get(URL)
        page = words_of(answer)
        assert (title in page, "Not over yet: ends on 31 October 2027" in page) == (True, True)
        assert "Figures as of" not in page
        assert "So far, as of" in page
        chart = answer.context["money_chart"]
        # What is still to come is no zero: the line of what happened ends with the last month that is over.
        assert len(chart.actual) == {"2027-10-20": 3, "2027-09-20": 2}[day]
        assert answer.context["progress"].warnings == []
    with clock.at(datetime.fromisoformat("2027-11-01T12:00-04:00")):
        answer = ben.get(URL)
    assert "Figures as of 31 October 2027" in words_of(answer)
    assert len(answer.context["money_chart"].actual) == 4


def test_what_is_typed_is_saved_as_it_is_typed(
    story_hours: Project, cast: SimpleNamespace, november: datetime, as_person: Browser
) -> None:
    answer = as_person(cast.ben).post(URL, typed(autosave="1", outlook="A second gr"))
    assert (answer.status_code, answer.json()) == (
        200,
        {"saved": "Saved 11:00. You can leave and come back.", "seen": 2},
    )
    assert stored().outlook == "A second gr"


def test_a_bad_count_is_named_and_nothing_is_saved(
    story_hours: Project, cast: SimpleNamespace, november: datetime, as_person: Browser
) -> None:
    browser = as_person(cast.ben)
    for count in ("1e3", "1_000", "-5", "NaN", "0.5", "9" * 5000, "many", "1234567890"):
        assert browser.post(URL, typed(activities_held=count)).status_code == 422
    assert stored().version == 1
    answer = browser.post(URL, typed(activities_held="many", autosave="1"))
    said = "1 figure is not saved: Activities held in the period. Everything else is saved."
    assert (answer.status_code, answer.json()["refused"]) == (422, said)
    assert (stored().activities_held, stored().participants_reached) == (None, 800)
    assert browser.post(URL, typed(activities_held="１２３")).status_code == 302
    assert stored().activities_held == 123


def test_a_refused_form_keeps_what_was_typed(
    story_hours: Project, cast: SimpleNamespace, november: datetime, as_person: Browser
) -> None:
    page = as_person(cast.ben).post(URL, typed(activities_held="many")).content.decode()
    assert 'value="many"' in page
    assert "The hall was cold." in page
    assert "<title>Error:" in page


@pytest.mark.slow
def test_whatever_is_written_is_kept_as_text(
    story_hours: Project, cast: SimpleNamespace, november: datetime, as_person: Browser
) -> None:
    browser = as_person(cast.ben)
    answers = set()
    for text in NAUGHTY[::2]:
        form = typed(stored().version, problems=text, outlook=text, autosave="1")
        answers.add(browser.post(URL, form).status_code)
        answers.add(browser.get("/2027/progress/", {"project": text, "month": text, "state": text}).status_code)
    assert answers == {200, 422}
    assert "<script>alert" not in browser.get(URL).content.decode()


def test_only_what_both_changed_is_asked(
    story_hours: Project, cast: SimpleNamespace, november: datetime, as_person: Browser
) -> None:
    report = report_of(story_hours, 10)
    first = {"activities_held": 20, "participants_reached": 400, "problems": "Cold.", "outlook": "More."}
    actions.write(report, ReportContent(**first), by=cast.ben, at=november, seen=1)
    second = ReportContent(**(first | {"problems": "Very cold.", "outlook": "Much more."}))
    actions.write(report, second, by=cast.amina, at=november, seen=2)
    ben = as_person(cast.ben)
    mine = {"activities_held": "21", "participants_reached": "400", "explanation": "", "outlook": "More."}
    answer = ben.post(URL, typed(2, **mine, problems="Icy."))
    page = answer.content.decode()
    assert (answer.status_code, "keep-problems" in page, "keep-outlook" in page) == (409, True, False)
    choice = typed(3, **(mine | {"outlook": "Much more."}), problems="Icy.", **{"keep-problems": "theirs"})
    assert ben.post(URL, choice).status_code == 302
    now = stored()
    assert (now.activities_held, now.problems, now.outlook) == (21, "Very cold.", "Much more.")


def test_what_only_one_of_us_changed_is_merged_in_silence(
    story_hours: Project, cast: SimpleNamespace, november: datetime, as_person: Browser
) -> None:
    actions.write(report_of(story_hours, 10), ReportContent(problems="Cold."), by=cast.amina, at=november, seen=1)
    form = typed(1, activities_held="7", participants_reached="", problems="", outlook="", explanation="")
    assert as_person(cast.ben).post(URL, form).status_code == 302
    assert (stored().activities_held, stored().problems) == (7, "Cold.")


def test_saving_as_typed_over_a_colleague_asks_to_compare(
    story_hours: Project, cast: SimpleNamespace, november: datetime, as_person: Browser
) -> None:
    actions.write(report_of(story_hours, 10), ReportContent(problems="Cold."), by=cast.amina, at=november, seen=1)
    answer = as_person(cast.ben).post(URL, typed(1, problems="Icy.", autosave="1"))
    [asked] = answer.json()["asked"]
    assert (answer.status_code, answer.json()["choose"]) == (409, "Choose 1 answer. The rest is saved.")
    assert (asked["sentence"], asked["keep"]) == ("Amina Diallo typed at 11:00: “Cold.”", "Keep my words")
    assert (stored().problems, stored().activities_held) == ("Cold.", 40)


@pytest.mark.parametrize(
    ("name", "sees", "writes"),
    [
        ("amina", 200, 302),
        ("ben", 200, 302),
        ("bao", 404, 404),
        ("farid", 404, 404),
        ("chidi", 200, 403),
        ("dora", 200, 403),
        ("emil", 200, 403),
        ("ada", 200, 403),
        ("omar", 200, 403),
    ],
)
def test_who_sees_and_who_writes(
    name: str,
    sees: int,
    writes: int,
    story_hours: Project,
    cast: SimpleNamespace,
    november: datetime,
    as_person: Browser,
) -> None:
    browser = as_person(getattr(cast, name))
    if name != "farid":
        assert browser.get(URL).status_code == sees
    assert browser.post(URL, typed()).status_code == writes
    assert browser.post(URL, typed(autosave="1"), headers={"Accept": "application/json"}).status_code in (
        writes,
        200 if writes == 302 else writes,
        409,
    )


def test_only_those_who_write_see_the_form(
    story_hours: Project, cast: SimpleNamespace, november: datetime, as_person: Browser
) -> None:
    found = {n: "data-autosave" in as_person(getattr(cast, n)).get(URL).content.decode() for n in ("ben", "emil")}
    assert found == {"ben": True, "emil": False}


def test_the_twin_department_is_nowhere(
    story_hours: Project, summer_league: Project, cast: SimpleNamespace, november: datetime, as_person: Browser
) -> None:
    submitted_report(summer_league, 10, cast.bao, november)
    browser = as_person(cast.ben)
    gone = [TWIN, f"{TWIN}check/", f"{TWIN}submit/", f"{TWIN}accept/", f"{TWIN}send-back/"]
    gone += [
        URL.replace("2027-10", wrong) for wrong in ("2027-13", "2026-10", "２０２７-10", "10", "2027-1", "0000-10")
    ]
    gone += [URL.replace("/2027/", "/2026/"), URL.replace("story-hours", "no-such")]
    assert {url: browser.get(url).status_code for url in gone} == dict.fromkeys(gone, 404)
    posts = gone[:1] + gone[2:5]
    assert {url: browser.post(url, typed(comment="x")).status_code for url in posts} == dict.fromkeys(posts, 404)
    page = browser.get("/2027/progress/").content.decode()
    assert [word for word in ("Summer league", "Sports") if word in page] == []
    text = b"".join(browser.get("/2027/progress/export/csv/").streaming_content).decode()
    assert ("Story hours" in text, "Summer league" in text) == (True, False)


def test_notes_of_the_period_go_with_the_report_and_can_become_issues(
    story_hours: Project, cast: SimpleNamespace, november: datetime, as_person: Browser
) -> None:
    inside = datetime.fromisoformat("2027-10-31T23:59-04:00")
    said = comment("project", story_hours, "Mead School asks for a second group", by=cast.amina, at=inside)
    comment("project", story_hours, "Too late for October", by=cast.amina, at=inside + timedelta(minutes=1))
    page = as_person(cast.ben).get(URL).content.decode()
    assert ("Mead School" in page, "Too late for October" in page) == (True, False)
    assert f"/2027/issues/new/arts/story-hours/?comment={said.pk}" in page


def test_the_figures_lead_to_the_expenses_that_add_up_to_them(
    story_hours: Project, cast: SimpleNamespace, november: datetime, as_person: Browser
) -> None:
    hall = spending.Payment(Decimal("6543.21"), date(2027, 10, 5), "Hall")
    spending.post(line_of(story_hours), hall, by=cast.ben, at=november)
    browser = as_person(cast.ben)
    page = browser.get(URL).content.decode()
    link = "/2027/expenses/?department=arts&amp;project=story-hours&amp;month=2027-10"
    assert link in page
    assert "6,543.21" in browser.get(link.replace("&amp;", "&")).content.decode()
    assert "Services and rooms: 136\xa0% of plan at 33\xa0% of the time." in page
    assert "Money runs 36\xa0% ahead of plan" in page
