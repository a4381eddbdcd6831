"""What was answered about a file is not lost: columns are remembered at once, and a file that waits is listed."""

from types import SimpleNamespace
from uuid import UUID

import pytest
from django.urls import reverse

from planning.projects.imports import uploads
from sop_portal.workbook.models import SaidColumn
from sop_portal.workbook.pages.files import BROUGHT
from sop_portal.workbook.tests.books import Rows
from sop_portal.workbook.tests.test_pages import Browser, post, uploaded

pytestmark = pytest.mark.django_db
OWN: Rows = [["Full name", "Contact", "Second contact", "Role"], ["Chidi Okafor", "chidi@example.net", "-", "Boss"]]
MEANS_EMAIL = {"sheet": "people", "column": "email"}


def test_a_column_is_remembered_when_it_is_answered_though_the_file_is_corrected_first(
    empty_portal: SimpleNamespace, as_person: Browser
) -> None:
    browser = as_person(empty_portal.ada)
    url = uploaded(browser, {"People and roles": OWN})
    post(browser, f"{url}answer/", question="people.column:email", answer="B")
    assert post(browser, f"{url}take/").status_code == 422
    corrected = [OWN[0], ["Chidi Okafor", "chidi@example.net", None, "Resource team"]]
    page = browser.get(uploaded(browser, {"People and roles": corrected})).content.decode()
    assert ("Which column of the sheet" in page, "Bring in" in page) == (False, True)


def test_a_column_that_was_said_by_mistake_is_asked_no_more_and_not_kept(
    empty_portal: SimpleNamespace, as_person: Browser
) -> None:
    browser = as_person(empty_portal.ada)
    url = uploaded(browser, {"People and roles": OWN})
    post(browser, f"{url}answer/", question="people.column:email", answer="C")
    assert list(SaidColumn.objects.filter(**MEANS_EMAIL).values_list("called", flat=True)) == ["second contact"]
    post(browser, f"{url}people/columns/", **{"people-email": "B"})
    assert list(SaidColumn.objects.filter(**MEANS_EMAIL).values_list("called", flat=True)) == ["contact"]


def test_a_file_that_waits_is_listed_with_its_answers_until_it_is_forgotten(
    empty_portal: SimpleNamespace, as_person: Browser
) -> None:
    browser = as_person(empty_portal.ada)
    url = uploaded(browser, {"People and roles": OWN})
    post(browser, f"{url}answer/", question="people.column:email", answer="B")
    page = " ".join(browser.get(reverse("workbook")).content.decode().split())
    assert ("Waiting to be brought in" in page, f'href="{url}"' in page, "1 answer <" in page) == (True, True, True)
    post(browser, f"{url}discard/")
    assert "Waiting to be brought in" not in browser.get(reverse("workbook")).content.decode()


def test_a_file_that_is_gone_does_not_wait(empty_portal: SimpleNamespace, as_person: Browser) -> None:
    browser = as_person(empty_portal.ada)
    uploaded(browser, {"People and roles": OWN})
    [token] = browser.session[BROUGHT]
    uploads.forget(UUID(token))
    assert "Waiting to be brought in" not in browser.get(reverse("workbook")).content.decode()
