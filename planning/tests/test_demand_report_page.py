"""The page of the demand report: totals like with like, gaps in words, versions, spreadsheets."""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from types import SimpleNamespace
from uuid import uuid4

import pytest
from django.test import Client

from planning.cycles.actions import MoreTime, create_cycle, extend
from planning.forecasts.actions import publish_report, start_report
from planning.forecasts.queries import report_projects
from planning.models import Cycle, DemandReport, ForecastFigure, Stage
from planning.tests.stage_one import CANARY, accepted, filled, known, text_of
from sop_portal.foundation.kit.sheets import read_table
from sop_portal.foundation.organisation.models import Department, User
from sop_portal.tests.shared_fixtures import shared_fixture

LogIn = Callable[[User], Client]
PAGE = "/2027/report/1/"


@shared_fixture
def report(planning_year: Cycle, cast: SimpleNamespace, arts: Department, noon: datetime) -> DemandReport:
    """Version 1 while it is compiled: Arts is in it, Sports is a gap."""
    accepted(arts, cast.amina, cast.chidi, noon)
    return start_report(planning_year, by=cast.chidi, at=noon)


def test_before_there_is_a_report_its_place_says_what_will_be_here(
    planning_year: Cycle, cast: SimpleNamespace, arts: Department, noon: datetime, as_person: LogIn
) -> None:
    accepted(arts, cast.amina, cast.chidi, noon)
    assert "So far 1 of 2 are accepted." in text_of(as_person(cast.chidi).get("/2027/report/"))
    assert "Start the demand report" not in text_of(as_person(cast.amina).get("/2027/report/"))


def test_the_resource_team_starts_it_and_every_revision_says_why(
    planning_year: Cycle, cast: SimpleNamespace, arts: Department, noon: datetime, as_person: LogIn
) -> None:
    accepted(arts, cast.amina, cast.chidi, noon)
    client = as_person(cast.chidi)
    assert client.get("/2027/report/start/").status_code == 200
    answer = client.post("/2027/report/start/", {"key": str(uuid4())})
    assert answer.headers["Location"] == PAGE
    assert client.get("/2027/report/").headers["Location"] == PAGE
    assert client.post("/2027/report/start/", {"key": str(uuid4()), "reason": "x"}).status_code == 409
    found = DemandReport.objects.get()
    publish_report(found, by=cast.chidi, at=noon, seen=found.version)
    assert client.post("/2027/report/start/", {"key": str(uuid4()), "reason": " "}).status_code == 422
    answer = client.post("/2027/report/start/", {"key": str(uuid4()), "reason": "Sports <b>was missing"})
    assert answer.headers["Location"] == "/2027/report/2/"
    assert "Sports &lt;b&gt;was missing" in text_of(client.get("/2027/report/2/"))
    assert as_person(cast.amina).get("/2027/report/start/").status_code == 403
    assert as_person(cast.emil).post("/2027/report/start/", {"key": str(uuid4())}).status_code == 403


@pytest.mark.parametrize("is_published", [False, True])
def test_a_gap_is_told_in_words_and_stands_in_no_total(
    is_published: bool,
    report: DemandReport,
    cast: SimpleNamespace,
    sports: Department,
    noon: datetime,
    as_person: LogIn,
) -> None:
    known(sports, "chess", 2026, activities="210", participants="3478")
    if is_published:
        publish_report(report, by=cast.chidi, at=noon, seen=report.version)
    page = text_of(as_person(cast.chidi).get(PAGE))
    assert "What is missing is left out, not counted as zero." in page
    assert "In 2026: 210 activities, 3,478 participants." in page
    assert "1 of 2 departments" in page
    assert "Missing: Draft" in page
    assert "780,323" not in page


def test_a_gap_with_more_time_says_until_when_and_who_gave_it(
    report: DemandReport, cast: SimpleNamespace, sports: Department, noon: datetime, as_person: LogIn
) -> None:
    extend(
        report.cycle,
        MoreTime(Stage.FORECAST, sports, date(2027, 4, 21), "The head was ill"),
        by=cast.emil,
        at=noon,
    )
    page = text_of(as_person(cast.chidi).get(PAGE))
    assert (
        'Extended to 21\N{NO-BREAK SPACE}April by <span translate="no">Emil Novak</span>: <q translate="no">The head'
        in page
    )


def test_a_total_is_compared_with_the_same_departments_of_last_year(
    report: DemandReport, cast: SimpleNamespace, sports: Department, noon: datetime, as_person: LogIn
) -> None:
    known(sports, "chess", 2026, participants="100000")
    shown = as_person(cast.chidi).get(PAGE).context["shown"]
    # Arts: 3,200 forecast on 2,400 in 2026; the gap of Sports counts on neither side.
    assert (shown.sums["participants"], round(shown.moved["participants"], 2)) == (Decimal(3200), Decimal("33.33"))
    assert shown.moved["money"] is None


def test_a_whole_departments_row_stands_for_its_projects(
    report: DemandReport, cast: SimpleNamespace, arts: Department, as_person: LogIn
) -> None:
    known(arts, "", 2026, participants="6400")
    row = as_person(cast.chidi).get(PAGE).context["shown"].included[0]
    assert (row.before[1], row.changes[1]) == (Decimal(6400), Decimal(-50))
    assert row.before[0] == Decimal(236)


def test_departments_are_sorted_by_the_address_and_gaps_stand_last(
    report: DemandReport, cast: SimpleNamespace, noon: datetime, as_person: LogIn
) -> None:
    music = Department.objects.create(name="Music", slug="music")
    report.cycle.forecasts.create(department=music, state="draft")
    client = as_person(cast.chidi)

    def rows(query: str) -> list[str]:
        return [row.department.slug for row in client.get(f"{PAGE}{query}").context["shown"].rows]

    assert rows("") == ["arts", "music", "sports"]
    assert rows("?sort=-department") == ["sports", "music", "arts"]
    assert rows("?sort=-money") == ["arts", "music", "sports"]
    assert client.get(f"{PAGE}?sort=nonsense").status_code == 422


@pytest.mark.parametrize("is_published", [False, True])
def test_the_projects_come_page_by_page(
    is_published: bool,
    report: DemandReport,
    cast: SimpleNamespace,
    sports: Department,
    noon: datetime,
    as_person: LogIn,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    filled(sports, "Chess", cast.bao, noon)
    accepted(sports, cast.bao, cast.chen, noon)
    report.refresh_from_db()
    if is_published:
        publish_report(report, by=cast.chidi, at=noon, seen=report.version)
    monkeypatch.setattr(report_projects, "LINES_ON_A_PAGE", 2)
    client, names, url = as_person(cast.chidi), [], "?by=project"
    while url:
        context = client.get(f"{PAGE}{url}").context
        names.append([row.name for row in context["projects"]])
        url = context["next_url"]
    assert names == [["Story hours", CANARY], ["Chess"]]
    only = client.get(f"{PAGE}?by=project&department=arts").context["projects"]
    assert [(row.name, row.figures) for row in only] == [
        ("Story hours", [Decimal(24), Decimal(3200), Decimal("605.5"), Decimal(4290), Decimal(12970)])
    ]
    saved = client.get(f"{PAGE}export/?format=csv&department=arts").content.decode()
    assert ("Story hours" in saved, CANARY in saved, "Chess" in saved) == (True, False, False)
    shown = client.get(f"{PAGE}?by=project&department=arts").content.decode()
    assert ("export/?department=arts" in shown, "?format=csv&amp;department=arts" in shown) == (True, True)
    for wrong in ("?by=project&department=nonsense", "?department=arts", "export/?department=nonsense"):
        assert client.get(f"{PAGE}{wrong}").status_code == 422
    for wrong in ("x", "-1", "9" * 40, "²"):
        assert client.get(f"{PAGE}?by=project&after={wrong}").status_code == 422


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_the_spreadsheet_leaves_a_gap_blank(
    kind: str, report: DemandReport, cast: SimpleNamespace, as_person: LogIn
) -> None:
    answer = as_person(cast.omar).get(f"{PAGE}export/?format={kind}")
    assert answer.headers["Content-Disposition"] == f'attachment; filename="demand-report-2027-version-1.{kind}"'
    sheet = read_table(answer.content, f"x.{kind}")
    assert sheet.header[:3] == ["Department", "Project", "Activities"]
    numbers = [Decimal(str(cell)) for cell in sheet.rows[0][2:7]]
    assert (sheet.rows[0][:2], numbers) == (
        ["Arts", "Story hours"],
        [Decimal(24), Decimal(3200), Decimal("605.5"), Decimal(4290), Decimal(12970)],
    )
    assert [cell or None for cell in sheet.rows[1]] == [
        *("Sports", None, None, None, None, None, None),
        "Missing: no accepted forecast. Left out, not counted as zero.",
    ]


def test_the_spreadsheet_of_a_published_version_is_frozen(
    report: DemandReport, cast: SimpleNamespace, noon: datetime, as_person: LogIn
) -> None:
    publish_report(report, by=cast.chidi, at=noon, seen=report.version)
    ForecastFigure.objects.filter(metric="money").update(override=1)
    sheet = read_table(as_person(cast.omar).get(f"{PAGE}export/").content, "x.xlsx")
    assert sheet.rows[0][6] == Decimal(12970)


def test_a_need_of_two_departments_is_pointed_out_to_both_and_to_nobody_else(
    report: DemandReport, cast: SimpleNamespace, sports: Department, noon: datetime, as_person: LogIn
) -> None:
    filled(sports, "Story hours", cast.bao, noon)
    accepted(sports, cast.bao, cast.chen, noon)
    music = Department.objects.create(name="Music", slug="music")
    cast.farid.memberships.create(role="head", department=music, from_on="2020-01-01")

    def needs(person: User) -> list[str]:
        return [f"{need.name}: {need.who}" for need in as_person(person).get(PAGE).context["needs"]]

    shared = ["Story hours: Arts and Sports"]
    assert [needs(p) for p in (cast.amina, cast.bao, cast.chidi, cast.farid)] == [shared, shared, shared, []]


def test_a_head_reads_nothing_of_other_departments_in_the_reports_history(
    report: DemandReport, cast: SimpleNamespace, sports: Department, noon: datetime, as_person: LogIn
) -> None:
    accepted(sports, cast.bao, cast.chen, noon)
    assert "Sports</span>, Forecast" in text_of(as_person(cast.chidi).get(PAGE))
    assert "Sports" not in text_of(as_person(cast.amina).get(PAGE))


def test_a_version_that_does_not_exist_is_not_there(
    report: DemandReport, cast: SimpleNamespace, as_person: LogIn
) -> None:
    assert as_person(cast.chidi).get("/2027/report/2/").status_code == 404
    assert as_person(cast.chidi).get("/2026/report/1/").status_code == 404
    assert as_person(cast.chidi).get("/2027/report/99999999999999999999/").status_code == 404


def test_a_year_under_way_is_no_measure_of_a_whole_one(
    report: DemandReport, cast: SimpleNamespace, noon: datetime, as_person: LogIn
) -> None:
    chidi = as_person(cast.chidi)
    assert chidi.get(PAGE).context["last_year"] == 2026
    create_cycle(year=2026, by=cast.ada, at=noon)
    assert chidi.get(PAGE).context["last_year"] == 2025


def test_whoever_does_not_compile_it_is_led_to_the_newest_published_version(
    report: DemandReport, cast: SimpleNamespace, noon: datetime, as_person: LogIn
) -> None:
    people = (cast.amina, cast.emil, cast.omar, cast.chidi)

    def led_to() -> list[str]:
        return [as_person(person).get("/2027/report/").headers["Location"] for person in people]

    assert led_to() == [PAGE] * 4
    publish_report(report, by=cast.chidi, at=noon, seen=report.version)
    start_report(report.cycle, by=cast.chidi, at=noon, reason="Sports")
    assert led_to() == [PAGE, PAGE, PAGE, "/2027/report/2/"]


def test_a_draft_says_nothing_of_the_organisation_to_who_reads_one_department_of_it(
    report: DemandReport, cast: SimpleNamespace, noon: datetime, as_person: LogIn
) -> None:
    whole = ("1 of 2 departments", "No two departments plan the same project.", "1 department has no accepted forecast")

    def said(person: User) -> list[bool]:
        page = text_of(as_person(person).get(PAGE))
        return [sentence in page for sentence in whole]

    assert (said(cast.chidi), said(cast.amina)) == ([True] * 3, [False] * 3)
    assert "1 of your departments has no accepted forecast." in text_of(as_person(cast.bao).get(PAGE))
    publish_report(report, by=cast.chidi, at=noon, seen=report.version)
    assert said(cast.amina) == [True] * 3


def test_the_pages_of_a_year_count_for_a_head_only_what_is_its_own(
    planning_year: Cycle, cast: SimpleNamespace, arts: Department, noon: datetime, as_person: LogIn
) -> None:
    accepted(arts, cast.amina, cast.chidi, noon)
    assert "are accepted" not in text_of(as_person(cast.amina).get("/2027/report/"))
    assert "1 project of yours" in text_of(as_person(cast.amina).get("/2027/"))
    assert "2 projects" in text_of(as_person(cast.chidi).get("/2027/"))
