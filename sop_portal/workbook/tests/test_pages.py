"""The pages of the workbook: what is asked and understood, in a browser without scripts."""

import uuid
from collections.abc import Callable, Mapping
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from planning.models import Actual
from sop_portal.foundation.organisation.models import Department, User
from sop_portal.workbook.models import BroughtSheet, SaidColumn
from sop_portal.workbook.tests.books import ALL, DEPARTMENTS, FIGURES, PEOPLE, Rows, book, text

pytestmark = pytest.mark.django_db
Browser = Callable[[User], Client]


def post(browser: Client, url: str, **typed: Any) -> Any:
    return browser.post(url, {"key": str(uuid.uuid4()), **typed})


def uploaded(browser: Client, sheets: Mapping[str, Rows]) -> str:
    """Upload a workbook; the address of its page."""
    file = SimpleUploadedFile("ours.xlsx", book(sheets))
    answer = post(browser, reverse("workbook-upload"), file=file)
    assert answer.status_code == 302
    return str(answer.url)


def test_a_file_is_shown_before_anything_of_it_is_written_and_then_brought_in(
    empty_portal: SimpleNamespace, as_person: Browser
) -> None:
    browser = as_person(empty_portal.ada)
    url = uploaded(browser, ALL)
    page = browser.get(url).content.decode()
    assert Department.objects.count() == 0
    assert ("Staff hours" in page, "Bring in 80 values" in page, "ours.xlsx" in page) == (True, True, True)
    assert post(browser, f"{url}take/").url == reverse("workbook")
    assert (Department.objects.count(), BroughtSheet.objects.count()) == (3, 6)
    assert "ours.xlsx" in browser.get(reverse("workbook")).content.decode()
    assert browser.get(url).status_code == 404


def test_a_question_is_answered_once_and_remembered_for_the_next_file(
    empty_portal: SimpleNamespace, as_person: Browser
) -> None:
    browser = as_person(empty_portal.ada)
    own = [["Full name", "Contact", "Role"], ["Chidi Okafor", "chidi@example.net", "Resource team"]]
    url = uploaded(browser, {"People and roles": own})
    page = browser.get(url).content.decode()
    assert "Which column of the sheet “People and roles” is “E-mail address”?" in page
    assert post(browser, f"{url}take/").status_code == 422
    post(browser, f"{url}answer/", question="people.column:email", answer="B")
    assert post(browser, f"{url}take/").status_code == 302
    assert list(SaidColumn.objects.values_list("sheet", "called", "column")) == [("people", "contact", "email")]
    again = browser.get(uploaded(browser, {"People and roles": own})).content.decode()
    assert ("Which column of the sheet" in again, "Everything is there already" in again) == (False, True)


def test_an_answer_can_be_asked_again(empty_portal: SimpleNamespace, as_person: Browser) -> None:
    browser = as_person(empty_portal.ada)
    funds = [["Funding source", "From"], ["City", "1/2/2027"]]
    url = uploaded(browser, {"Funding sources": funds})
    post(browser, f"{url}answer/", question="day-order", answer="day")
    assert "1 February 2027" in browser.get(url).content.decode().replace("\N{NO-BREAK SPACE}", " ")
    post(browser, f"{url}answer/", question="day-order")
    assert "Use this answer" in browser.get(url).content.decode()


def test_another_column_can_be_chosen_than_the_one_that_was_recognised(
    empty_portal: SimpleNamespace, as_person: Browser
) -> None:
    browser = as_person(empty_portal.ada)
    rows = [["Department", "Official name"], ["A", "Arts"], ["B", "Sports"]]
    url = uploaded(browser, {"Departments": rows})
    post(browser, f"{url}departments/columns/", **{"departments-name": "B", "departments-code": "A"})
    post(browser, f"{url}take/")
    assert list(Department.objects.values_list("name", "slug")) == [("Arts", "a"), ("Sports", "b")]


def test_a_sheet_can_be_left_out_and_taken_in_after_all(empty_portal: SimpleNamespace, as_person: Browser) -> None:
    browser = as_person(empty_portal.ada)
    url = uploaded(browser, {"Departments": DEPARTMENTS, "People and roles": PEOPLE})
    post(browser, f"{url}people/leave/")
    assert "Take People and roles in after all" in browser.get(url).content.decode()
    post(browser, f"{url}people/leave/")
    post(browser, f"{url}departments/leave/")
    assert "has no department “Arts”" in browser.get(url).content.decode()


def test_what_an_act_refuses_is_shown_beside_its_row(empty_portal: SimpleNamespace, as_person: Browser) -> None:
    browser = as_person(empty_portal.ada)
    url = uploaded(browser, {"Funding sources": [["Funding source", "Restricted"], ["Friends", "yes"]]})
    answer = post(browser, f"{url}take/")
    assert (answer.status_code, BroughtSheet.objects.count()) == (422, 0)
    assert "A restricted fund names what its money may be used for." in answer.content.decode()


def test_a_brought_sheet_is_undone_on_its_page(empty_portal: SimpleNamespace, as_person: Browser) -> None:
    browser = as_person(empty_portal.ada)
    post(browser, f"{uploaded(browser, {'Departments': DEPARTMENTS})}take/")
    [sheet] = BroughtSheet.objects.all()
    assert post(browser, reverse("workbook-undo", args=[sheet.pk])).url == reverse("workbook")
    assert Department.objects.count() == 0


def test_problems_are_given_as_a_table(empty_portal: SimpleNamespace, as_person: Browser) -> None:
    browser = as_person(empty_portal.ada)
    url = uploaded(browser, {"Funding sources": [["Funding source", "Amount"], ["City", "about 60"]]})
    lines = b"".join(browser.get(f"{url}problems/").streaming_content).decode("utf-8-sig").splitlines()
    assert lines[0] == "Sheet,Cell,Kind,What it is"
    assert lines[1].startswith("Funding sources,B2,Problem,")


def test_a_file_that_cannot_be_read_is_refused_beside_its_field(
    empty_portal: SimpleNamespace, as_person: Browser
) -> None:
    browser = as_person(empty_portal.ada)
    file = SimpleUploadedFile("old.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 and more")
    answer = post(browser, reverse("workbook-upload"), file=file)
    assert (answer.status_code, "is an old Excel file" in answer.content.decode()) == (422, True)


def test_somebody_elses_file_is_not_there(
    empty_portal: SimpleNamespace, cast: SimpleNamespace, as_person: Browser
) -> None:
    url = uploaded(as_person(empty_portal.ada), {"Departments": DEPARTMENTS})
    assert as_person(cast.ada).get(url).status_code == 404


def test_a_head_brings_the_figures_of_the_own_department_and_nothing_else(
    empty_portal: SimpleNamespace, cast: SimpleNamespace, as_person: Browser
) -> None:
    browser = as_person(cast.amina)
    url = uploaded(browser, {"Departments": [["Department"], ["Dance"]], "Past figures": FIGURES})
    page = browser.get(url).content.decode()
    assert "Sheet “Departments” is not read: it is brought in by others than you." in page
    assert "Row 4: “Sports” is not your department." in page
    assert "Swimming" not in page
    assert post(browser, f"{url}take/").status_code == 422
    url = uploaded(browser, {"Past figures": FIGURES[:3]})
    assert post(browser, f"{url}take/").status_code == 302
    assert list(Actual.objects.values_list("department__name", "year")) == [("Arts", 2024), ("Arts", 2025)]


def test_a_file_that_others_bring_says_so_and_where_the_own_sheets_are(
    empty_portal: SimpleNamespace, cast: SimpleNamespace, as_person: Browser
) -> None:
    browser = as_person(cast.chidi)
    file = SimpleUploadedFile("plans.csv", text([["Department", "Project"], ["Arts", "Swimming"]]))
    page = browser.get(post(browser, reverse("workbook-upload"), file=file).headers["Location"]).content.decode()
    assert "Sheet “plans.csv” is not read: it is brought in by others than you." in page
    assert "What the file holds is brought in by others than you. The template has the sheets" in page


def test_the_resource_team_brings_everybodys_figures_of_departments_that_are_there(
    empty_portal: SimpleNamespace, cast: SimpleNamespace, as_person: Browser
) -> None:
    browser = as_person(cast.chidi)
    assert post(browser, f"{uploaded(browser, {'Past figures': FIGURES})}take/").status_code == 302
    assert Actual.objects.count() == 3
    unknown = [FIGURES[0], ["Dance", None, 2025, 3, 4]]
    page = browser.get(uploaded(browser, {"Past figures": unknown})).content.decode()
    assert "the portal has no department “Dance”" in page


@pytest.mark.parametrize("name", ["emil", "omar", "farid"])
def test_whoever_may_bring_nothing_is_told_who_may(
    cast: SimpleNamespace, as_person: Browser, name: str, noon: Any
) -> None:
    answer = as_person(getattr(cast, name)).get(reverse("workbook"))
    assert (answer.status_code, "Only the administrator may import history." in answer.content.decode()) == (403, True)
