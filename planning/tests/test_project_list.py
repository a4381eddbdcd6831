"""The list of projects: what it shows to whom, filters, sorting, pages by key, and what it costs."""

import re
from datetime import date
from functools import partial
from types import SimpleNamespace

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from planning.models import Cycle, Project
from planning.projects.models import slug_of
from planning.projects.pages import list as project_list
from planning.tests.requesting import MARCH, Browser
from sop_portal.foundation.kit.paging import paginate
from sop_portal.foundation.organisation.models import Department
from sop_portal.tests.shared_fixtures import shared_fixture

LIST = "/2027/projects/"


@shared_fixture
def cycle(cast: SimpleNamespace) -> Cycle:
    """The year 2027."""
    return Cycle.objects.create(
        year=2027,
        starts_on=date(2027, 7, 1),
        ends_on=date(2028, 6, 30),
        state="published",
        published_at=MARCH,
        published_by=cast.ada,
    )


def add(cycle: Cycle, department: Department, name: str, **fields: object) -> Project:
    dates = {"starts_on": cycle.starts_on, "ends_on": cycle.ends_on}
    return Project.objects.create(cycle=cycle, department=department, name=name, slug=slug_of(name), **dates, **fields)


@shared_fixture
def projects(cycle: Cycle, arts: Department, sports: Department) -> list[Project]:
    """Five of Arts, two of Sports."""
    found = [add(cycle, arts, name, needed=needed) for name, needed in zip("ECADB", (5, 30, 10, 20, 10), strict=True)]
    return [*found, add(cycle, sports, "Swimming", needed=7), add(cycle, sports, "Running", state="cancelled")]


def names(client: Client, query: str = "") -> list[str]:
    page = client.get(LIST + query)
    assert page.status_code == 200
    return re.findall(r'class="rowlink"[^>]*>([^<]+)</a>', page.content.decode())


def test_a_head_sees_the_own_department_only(
    projects: list[Project], cast: SimpleNamespace, as_person: Browser
) -> None:
    assert names(as_person(cast.amina)) == ["A", "B", "C", "D", "E"]
    assert names(as_person(cast.bao)) == ["Running", "Swimming"]
    assert as_person(cast.amina).get(f"{LIST}?department=sports").status_code == 422
    assert len(names(as_person(cast.omar))) == 7
    assert as_person(cast.farid).get(LIST).status_code == 403
    assert "Swimming" not in as_person(cast.amina).get(LIST).content.decode()


def test_filters_stand_in_the_address(projects: list[Project], cast: SimpleNamespace, as_person: Browser) -> None:
    client = as_person(cast.chidi)
    assert names(client, "?department=sports") == ["Running", "Swimming"]
    assert names(client, "?state=cancelled") == ["Running"]
    assert names(client, "?q=swim") == ["Swimming"]
    assert names(client, "?q=nothing+like+it") == []
    assert "No project here" in client.get(f"{LIST}?q=nothing+like+it").content.decode()


def test_columns_sort_both_ways(projects: list[Project], cast: SimpleNamespace, as_person: Browser) -> None:
    client = as_person(cast.amina)
    assert names(client, "?sort=-name") == ["E", "D", "C", "B", "A"]
    assert names(client, "?sort=name") == ["A", "B", "C", "D", "E"]
    assert [client.get(f"{LIST}?sort={word}").status_code for word in ("password", "needed")] == [422, 422]


@pytest.mark.parametrize("sort", ["name", "-name", "spent", "-spent"])
def test_pages_lead_on_and_back(
    projects: list[Project], cast: SimpleNamespace, as_person: Browser, monkeypatch: pytest.MonkeyPatch, sort: str
) -> None:
    client, query, seen = as_person(cast.amina), f"?sort={sort}", []
    everything = names(client, query)
    monkeypatch.setattr(project_list, "paginate", partial(paginate, size=2))
    for _ in range(5):
        seen.append(names(client, query))
        later = re.search(r'href="(\?[^"]*)" rel="next"', client.get(LIST + query).content.decode())
        if not later:
            break
        query = later[1].replace("&amp;", "&")
    assert [name for page in seen for name in page] == everything
    for page in reversed(seen[:-1]):
        earlier = re.search(r'href="(\?[^"]*)" rel="prev"', client.get(LIST + query).content.decode())
        assert earlier
        query = earlier[1].replace("&amp;", "&")
        assert names(client, query) == page
    assert 'rel="prev"' not in client.get(LIST + query).content.decode()


@pytest.mark.parametrize("key", ["x", "-1", "9" * 40, "٣", "1;drop"])
def test_an_odd_key_is_not_understood(
    projects: list[Project], cast: SimpleNamespace, as_person: Browser, key: str
) -> None:
    assert as_person(cast.amina).get(LIST, {"after": key}).status_code == 422


def test_the_key_of_a_hidden_project_tells_nothing(
    projects: list[Project], cast: SimpleNamespace, as_person: Browser
) -> None:
    assert names(as_person(cast.amina), f"?after={projects[5].pk}") == ["A", "B", "C", "D", "E"]


def test_three_rows_are_no_more_queries_than_one(
    projects: list[Project], cast: SimpleNamespace, as_person: Browser
) -> None:
    client = as_person(cast.chidi)

    def queries(query: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            names(client, query)
        return len(captured)

    client.get(LIST)
    assert queries("?q=swim") == queries("") == queries("?department=arts") - 1


def test_the_list_is_a_spreadsheet_too(projects: list[Project], cast: SimpleNamespace, as_person: Browser) -> None:
    sheet = as_person(cast.amina).get(f"{LIST}export/?q=a")
    assert (sheet.status_code, sheet.content[:2]) == (200, b"PK")
    assert sheet["Content-Disposition"] == 'attachment; filename="projects-2027.xlsx"'


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Story hours", "story-hours"),
        ("  Story   hours ", "story-hours"),
        ("暑期阅读", "p-dc2ab1a0"),
        ("Café", "cafe-f424452a"),
        ("!!!", "p-9a7b006d"),
        ("x" * 200, "x" * 60),
    ],
)
def test_a_name_gives_a_short_name(name: str, slug: str) -> None:
    assert slug_of(name) == slug
    assert slug_of(slug_of(name)) == slug


def test_different_names_in_other_alphabets_stay_apart() -> None:
    assert len({slug_of(name) for name in ("暑期阅读", "冬季阅读", "Чтение", "Café", "Cafè")}) == 5
