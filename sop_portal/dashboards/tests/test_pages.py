"""The pages above the stages: who sees them, how much they ask of the database, and whether their numbers add up."""

import re
from collections.abc import Callable
from html import unescape

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from budgets.models import Expense
from evaluations.models import Feedback
from planning.models import Cycle, Project
from sop_portal.dashboards.pages.search import hits_of
from sop_portal.dashboards.tests.conftest import NOVEMBER, Load
from sop_portal.foundation.kit.formats import money
from sop_portal.foundation.organisation.actor import Actor
from sop_portal.foundation.organisation.models import User
from sop_portal.foundation.organisation.roles import Role
from sop_portal.stages import ALL_WORKFLOWS
from sop_portal.tests.page_text import html_of

SEVEN = {
    Role.HEAD: "amina",
    Role.LEAD: "ben",
    Role.RESOURCE: "chidi",
    Role.FINANCE: "dora",
    Role.MANAGEMENT: "emil",
    Role.ADMINISTRATOR: "ada",
    Role.AUDITOR: "omar",
}
WHOLE = ("chidi", "dora", "emil", "ada", "omar")
Browser = Callable[[User], Client]


class Undone(Exception):
    """Take back what was loaded."""


def someone(name: str) -> User:
    """A person of the cast."""
    return User.objects.get(email=f"{name}@example.org")


def statements(client: Client, path: str) -> int:
    """How many SQL statements a page needs; it has to be there."""
    with CaptureQueriesContext(connection) as asked:
        assert client.get(path).status_code == 200
    return len(asked)


def paths_for(year: int, name: str) -> list[str]:
    """The pages above the stages that a person may open."""
    shared = [
        "/",
        f"/{year}/",
        f"/{year}/?months=all",
        f"/{year}/projects/branch-001/project-001/",
        "/search/?q=project",
    ]
    return [*shared, f"/{year}/dashboard/", f"/{year}/dashboard/accuracy/"] if name in WHOLE else shared


@pytest.mark.parametrize("name", SEVEN.values())
def test_pages_ask_no_more_of_three_rows_than_of_one(load: Load, as_person: Browser, name: str) -> None:
    def counted(rows: int) -> dict[str, int]:
        found: dict[str, int] = {}
        try:
            with transaction.atomic():
                year = load(departments=rows, projects=rows * 10).year
                client = as_person(someone(name))
                found = {path: statements(client, path) for path in paths_for(year, name)}
                raise Undone
        except Undone:
            return found

    assert counted(3) == counted(1)


@pytest.mark.parametrize("name", SEVEN.values())
def test_everybody_finds_their_role_and_work_on_the_first_page(year: Cycle, as_person: Browser, name: str) -> None:
    page = as_person(someone(name)).get("/").content.decode()
    assert "<h1" in page
    assert f"{year.year}" in page


def test_an_outsider_finds_an_empty_first_page_and_nothing_else(year: Cycle, as_person: Browser) -> None:
    client = as_person(someone("farid"))
    assert "You have no role yet" in client.get("/").content.decode()
    paths = [*paths_for(year.year, "omar")[1:4], f"/{year.year}/dashboard/", f"/{year.year}/dashboard/accuracy/"]
    assert [client.get(path).status_code for path in paths] == [403] * len(paths)
    assert "Project 001" not in client.get("/search/?q=project").content.decode()


@pytest.mark.parametrize("name", [*SEVEN.values(), "farid"])
def test_the_navigation_leads_to_no_closed_door(year: Cycle, as_person: Browser, name: str) -> None:
    client = as_person(someone(name))
    page = client.get("/").content.decode()
    side = page[page.index('<nav class="side"') : page.index("</nav>", page.index('<nav class="side"'))]
    paths = set(re.findall(r'<a [^>]*?href="([^"]+)"', side + page[page.index("top__tools") : page.index("</header>")]))
    assert {path: client.get(path, follow=True).status_code for path in paths} == dict.fromkeys(paths, 200)


def test_the_section_one_is_in_is_marked_with_its_page(year: Cycle, as_person: Browser) -> None:
    page = html_of(as_person(someone("emil")).get(f"/{year.year}/expenses/"))
    assert f'<a href="/{year.year}/projects/" class="is-here" title="Run">' in page


@pytest.mark.parametrize("name", ["amina", "ben", "bao"])
def test_the_dashboard_is_not_there_for_a_single_department(year: Cycle, as_person: Browser, name: str) -> None:
    client = as_person(someone(name))
    paths = [f"/{year.year}/dashboard/", f"/{year.year}/dashboard/accuracy/"]
    assert [client.get(path).status_code for path in paths] == [404, 404]


def test_a_department_sees_no_project_of_another(year: Cycle, as_person: Browser) -> None:
    client = as_person(someone("bao"))
    assert client.get(f"/{year.year}/projects/branch-001/project-001/").status_code == 404
    assert client.get(f"/{year.year}/projects/branch-002/project-001/").status_code == 200
    found = client.get("/search/?q=project").content.decode()
    assert ("Project 001 of Branch 002" in found, "Project 001 of Branch 001" in found) == (True, False)


def test_every_department_s_state_is_for_everybody_and_its_records_are_not(year: Cycle, as_person: Browser) -> None:
    page = as_person(someone("bao")).get(f"/{year.year}/").content.decode()
    assert ("Branch 002" in page, "Branch 001" in page) == (True, True)
    assert (f"/{year.year}/forecasts/branch-002/" in page, "branch-001" in page) == (True, False)


@pytest.mark.parametrize(
    ("words", "text"),
    [
        ("{year}-1", "Line"),
        ("receipt", "Handbook"),
        ("budget", "Handbook"),
    ],
)
def test_lines_and_pages_of_the_handbook_are_found(year: Cycle, as_person: Browser, words: str, text: str) -> None:
    hits = hits_of(Actor.of(someone("emil"), NOVEMBER), words.format(year=year.year))
    assert text in {str(hit.kind) for hit in hits}
    statuses = {hit.url: as_person(someone("emil")).get(hit.url, follow=True).status_code for hit in hits if hit.url}
    assert set(statuses.values()) == {200}


def test_records_are_found_by_their_words(year: Cycle, as_person: Browser) -> None:
    feedback = Feedback.objects.order_by("pk")[0]
    expense = Expense.objects.order_by("pk")[0]
    for words, url in ((feedback.title, feedback.get_absolute_url()), (expense.what, "/expenses/")):
        hits = hits_of(Actor.of(someone("emil"), NOVEMBER), words)
        assert any(url in hit.url for hit in hits), words


@pytest.mark.parametrize(
    ("words", "departments"),
    [("choir", ["Branch 001", "Branch 002"]), ("choir 002", ["Branch 002"]), ("choir nowhere", [])],
)
def test_every_further_word_narrows_the_search_to_a_department(year: Cycle, words: str, departments: list[str]) -> None:
    Project.objects.filter(slug="project-001").update(name="Choir")
    hits = hits_of(Actor.of(someone("emil"), NOVEMBER), words)
    assert [hit.note.partition(",")[0] for hit in hits if hit.title == "Choir"] == departments


def test_a_search_by_year_finds_only_that_year_and_a_department_leads_to_its_projects(
    year: Cycle, as_person: Browser
) -> None:
    client = as_person(someone("emil"))
    assert "Nothing found" in client.get("/search/", {"q": f"project 001 {year.year + 1}"}).content.decode()
    page = client.get("/search/", {"q": "Branch 001"}).content.decode()
    link = f"/{year.year}/projects/?department=branch-001"
    assert link in page
    assert client.get(link).status_code == 200


def test_a_search_that_finds_more_than_it_shows_says_so(year: Cycle, as_person: Browser) -> None:
    example = Project.objects.all()[0]
    for number in range(20):
        example.pk, example.name, example.slug = None, f"Choir {number}", f"choir-{number}"
        example.save()
    page = as_person(someone("emil")).get("/search/?q=choir").content.decode()
    assert "The first 20 of each kind are shown. Add a department or a year to find others." in page


@pytest.mark.parametrize("figure", ["needed", "asked", "granted", "budgeted", "spent"])
def test_every_amount_of_the_flow_leads_to_the_list_that_adds_up_to_it(
    year: Cycle, as_person: Browser, figure: str
) -> None:
    client = as_person(someone("emil"))
    amount = money(sum(getattr(project, figure) for project in Project.objects.all()))
    page = unescape(client.get(f"/{year.year}/dashboard/").content.decode())
    link = f"/{year.year}/projects/" + ("?sort=-spent" if figure == "spent" else "")
    assert (link in page, amount in page) == (True, True)
    listed = client.get(link).content.decode()
    totals = listed[listed.index("<tfoot") : listed.index("</tfoot>")]
    label = {"needed": "Needed", "asked": "Asked", "granted": "Granted", "budgeted": "Budgeted", "spent": "Spent"}
    assert re.findall(rf'data-label="{label[figure]}">([^<]+)<', totals) == [amount]


def test_every_link_of_the_dashboard_opens(year: Cycle, as_person: Browser) -> None:
    client = as_person(someone("emil"))
    page = client.get(f"/{year.year}/dashboard/").content.decode()
    links = {unescape(link) for link in re.findall(rf'href="(/{year.year}/[^"#]*)"', page)}
    assert {client.get(link, follow=True).status_code for link in links} == {200}


def test_what_waits_for_a_decision_names_its_step_once(year: Cycle, as_person: Browser) -> None:
    page = as_person(someone("emil")).get(f"/{year.year}/dashboard/").content.decode()
    labels = {str(step.label) for workflow in ALL_WORKFLOWS for step in workflow.steps}
    assert re.search(r"(?:Decide on|Verify) measure M-2027-0\d: ", page)
    assert [label for label in labels if f"{label}: {label}" in page] == []
