"""The pages of stage 1: who sees what there, and in how many questions to the database."""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from planning.cycles.actions import MoreTime, extend
from planning.forecasts.actions import publish_report, start_report
from planning.models import Cycle, Forecast, ForecastFigure, Project
from planning.tests.stage_one import CANARY, FILLED, LINE, accepted, forecast_of, posted, submitted, text_of
from sop_portal.foundation.kit import clock
from sop_portal.foundation.organisation.models import Department, User

LogIn = Callable[[User], Client]


PAGES = [
    "/2027/forecasts/",
    "/2027/forecasts/export/",
    "/2027/forecasts/export/?format=csv",
    "/2027/forecasts/arts/",
    LINE,
    "/2027/forecasts/arts/check/",
    "/2027/report/",
    "/2027/windows/",
]


@pytest.mark.parametrize("name", ["amina", "ben", "chidi", "dora", "emil", "ada", "omar"])
@pytest.mark.parametrize("url", PAGES)
def test_everybody_with_a_role_opens_the_pages(
    url: str, name: str, planning_year: Cycle, cast: SimpleNamespace, as_person: LogIn
) -> None:
    assert as_person(getattr(cast, name)).get(url).status_code == 200


@pytest.mark.parametrize("url", PAGES)
def test_a_stranger_opens_none_of_them(url: str, planning_year: Cycle, cast: SimpleNamespace, as_person: LogIn) -> None:
    assert as_person(cast.farid).get(url).status_code in (403, 404)
    assert Client().get(url).status_code == 302


OTHERS = [
    "",
    "check/",
    "submit/",
    "accept/",
    "add/",
    f"project/{'canary-7f3a'}/",
    f"project/{'canary-7f3a'}/leave-out/",
    f"project/{'canary-7f3a'}/take-in/",
]


@pytest.mark.parametrize("name", ["amina", "ben"])
@pytest.mark.parametrize("url", OTHERS)
def test_another_departments_pages_are_not_there(
    url: str, name: str, planning_year: Cycle, cast: SimpleNamespace, as_person: LogIn
) -> None:
    client = as_person(getattr(cast, name))
    if not url.endswith("take-in/"):
        assert client.get(f"/2027/forecasts/sports/{url}").status_code == 404
    if url not in ("", "check/"):
        answer = client.post(f"/2027/forecasts/sports/{url}", posted(comment="x", why="x", name="x"))
        assert answer.status_code == 404
    assert client.get(f"/2027/forecasts/nowhere/{url}").status_code in (404, 405)


@pytest.mark.parametrize("name", ["amina", "ben"])
def test_another_departments_words_and_figures_are_nowhere(
    name: str,
    planning_year: Cycle,
    cast: SimpleNamespace,
    arts: Department,
    sports: Department,
    noon: datetime,
    as_person: LogIn,
) -> None:
    accepted(arts, cast.amina, cast.chidi, noon)
    accepted(sports, cast.bao, cast.chidi, noon)
    start_report(planning_year, by=cast.chidi, at=noon)
    client = as_person(getattr(cast, name))
    pages = [url for url in PAGES if url != "/2027/forecasts/export/"]
    urls = [*pages, "/2027/report/1/", "/2027/report/1/?by=project", "/2027/report/1/?by=project&department=sports"]
    for url in [*urls, "/2027/report/1/export/?format=csv"]:
        page = text_of(client.get(url))
        assert (url, "Sports" in page) == (url, False)
        assert (url, CANARY in page, "777,123" in page, "777123" in page) == (url, False, False, False)
    assert "780,323" in text_of(as_person(cast.omar).get("/2027/report/1/"))


@pytest.mark.parametrize("name", ["amina", "ben"])
def test_the_published_report_says_the_same_to_everybody_who_has_a_role(
    name: str,
    planning_year: Cycle,
    cast: SimpleNamespace,
    arts: Department,
    sports: Department,
    noon: datetime,
    as_person: LogIn,
) -> None:
    """Every department's row, projects and totals; reasons stay with the department, and no link leads to nothing."""
    accepted(arts, cast.amina, cast.chidi, noon)
    accepted(sports, cast.bao, cast.chidi, noon)
    report = start_report(planning_year, by=cast.chidi, at=noon)
    publish_report(report, by=cast.chidi, at=noon, seen=report.version)
    client = as_person(getattr(cast, name))
    page = text_of(client.get("/2027/report/1/"))
    assert ("Sports" in page, "777,123" in page, "780,323" in page, CANARY in page) == (True, True, True, False)
    assert "/2027/forecasts/sports/" not in page
    assert "777123" in text_of(client.get("/2027/report/1/export/?format=csv"))
    others = [url for url in PAGES if url != "/2027/forecasts/export/"]
    assert [url for url in others if CANARY in text_of(client.get(url)) or "777,123" in text_of(client.get(url))] == []
    assert as_person(cast.farid).get("/2027/report/1/").status_code == 403


def test_heads_see_their_own_row_of_the_list(planning_year: Cycle, cast: SimpleNamespace, as_person: LogIn) -> None:
    page = text_of(as_person(cast.amina).get("/2027/forecasts/"))
    assert ("Arts" in page, "Sports" in page) == (True, False)


def test_the_list_is_filtered_and_sorted_by_its_address(
    planning_year: Cycle, cast: SimpleNamespace, arts: Department, noon: datetime, as_person: LogIn
) -> None:
    submitted(arts, cast.amina, noon)
    client = as_person(cast.chidi)

    def rows(query: str) -> list[str]:
        context = client.get(f"/2027/forecasts/{query}").context
        return [row.forecast.department.slug for row in context["rows"]]

    assert rows("") == ["arts", "sports"]
    assert rows("?state=submitted") == ["arts"]
    assert client.get("/2027/forecasts/?state=nonsense").status_code == 422
    assert rows("?state=late") == []
    assert rows("?sort=-department") == ["sports", "arts"]
    assert rows("?sort=-participants") == ["sports", "arts"]
    assert rows("?sort=participants") == ["arts", "sports"]
    assert rows("?sort=-state") == ["arts", "sports"]


def test_the_list_shows_totals_due_day_and_lateness(
    planning_year: Cycle, cast: SimpleNamespace, arts: Department, as_person: LogIn
) -> None:
    with clock.at(datetime.fromisoformat("2027-04-05T12:00-04:00")):
        extend(
            Cycle.objects.get(),
            MoreTime("forecast", arts, date(2027, 4, 19), "Sick leave"),
            by=cast.emil,
            at=clock.now(),
        )
        page = as_person(cast.chidi).get("/2027/forecasts/")
    found = {row.forecast.department.slug: (row.due_on, row.late_days, row.is_extended) for row in page.context["rows"]}
    assert found == {"arts": (date(2027, 4, 19), 0, True), "sports": (date(2027, 3, 31), 5, False)}
    assert "5 days late" in text_of(page)
    assert page.context["rows"][0].figures == [24, 3200, Decimal("605.5"), 4290, 12970]


def count(client: Client, url: str) -> int:
    client.get(url)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert client.get(url).status_code == 200
    return len(queries)


@pytest.mark.parametrize(
    "url",
    [
        "/2027/forecasts/",
        "/2027/forecasts/arts/",
        "/2027/forecasts/arts/check/",
        "/2027/report/1/?by=project",
        "/2027/report/1/",
        "/2027/forecasts/export/",
        "/2027/report/1/export/",
        "/2027/windows/",
        LINE,
    ],
)
def test_a_page_asks_as_often_for_three_rows_as_for_one(
    url: str, planning_year: Cycle, cast: SimpleNamespace, arts: Department, noon: datetime, as_person: LogIn
) -> None:
    accepted(arts, cast.amina, cast.chidi, noon)
    start_report(planning_year, by=cast.chidi, at=noon)
    client = as_person(cast.chen)
    few = count(client, url)
    for number in range(3):
        department = Department.objects.create(name=f"D{number}", slug=f"d{number}")
        forecast = Forecast.objects.create(cycle=planning_year, department=department)
        for target in (department, arts):
            slug = f"p{number}{target.slug}"
            days = {"starts_on": planning_year.starts_on, "ends_on": planning_year.ends_on}
            project = Project.objects.create(cycle=planning_year, department=target, name=slug, slug=slug, **days)
            line = (forecast if target == department else forecast_of(arts)).lines.create(project=project)
            for metric in FILLED:
                ForecastFigure.objects.create(line=line, metric=metric, proposal=number + 1, proposal_year=2026)
        Forecast.objects.filter(pk=forecast.pk).update(
            state="accepted", submitted_at=noon, submitted_by=cast.amina, accepted_at=noon, accepted_by=cast.chidi
        )
    assert count(client, url) == few
