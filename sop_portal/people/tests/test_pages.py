"""The set-up pages and everybody's own account."""

import uuid
from collections.abc import Callable
from datetime import datetime
from types import SimpleNamespace

import pytest
from django.test import Client
from django.urls import reverse

from sop_portal.foundation.organisation.models import Delegation, Department, Membership, User
from sop_portal.foundation.organisation.roles import Role
from sop_portal.tests.page_text import hidden

Browser = Callable[[User], Client]


def form(**typed: str) -> dict[str, str]:
    return {"key": str(uuid.uuid4()), **typed}


@pytest.mark.parametrize("name", ["people", "person-new", "departments", "department-new"])
def test_the_set_up_is_for_the_administrator_alone(cast: SimpleNamespace, as_person: Browser, name: str) -> None:
    statuses = {p: as_person(person).get(reverse(name)).status_code for p, person in vars(cast).items()}
    assert statuses == {p: 200 if p == "ada" else 403 for p in vars(cast)}


def test_people_without_a_role_are_listed_alone(cast: SimpleNamespace, as_person: Browser) -> None:
    page = as_person(cast.ada).get(f"{reverse('people')}?show=without").content.decode()
    assert ("Farid Karimi" in page, "Amina Diallo" in page) == (True, False)


def test_adding_a_person_and_a_role(cast: SimpleNamespace, as_person: Browser, arts: Department) -> None:
    browser = as_person(cast.ada)
    typed = form(name="Gita Rao", email="gita@example.org", language="en")
    gita_page = browser.post(reverse("person-add"), typed).headers["Location"]
    gita = User.objects.get(email="gita@example.org")
    role = {"role-role": "head", "role-department": str(arts.pk), "role-from_on": "2027-03-12"}
    answer = browser.post(reverse("role-give", args=[gita.pk]), form(**role))
    assert (gita_page, answer.status_code) == (reverse("person", args=[gita.pk]), 302)
    assert Membership.objects.get(person=gita).department == arts


@pytest.mark.parametrize(
    ("name", "typed", "sentence"),
    [
        ("person-add", {"name": "Amina Two", "email": "AMINA@example.org", "language": "en"}, "already uses"),
        ("person-add", {"name": "", "email": "new@example.org", "language": "en"}, "required"),
        ("department-add", {"name": "Arts"}, "is called “Arts” already"),
    ],
)
def test_a_form_with_an_error_keeps_what_was_typed_and_writes_nothing(
    cast: SimpleNamespace, as_person: Browser, name: str, typed: dict[str, str], sentence: str
) -> None:
    before = (User.objects.count(), Department.objects.count())
    answer = as_person(cast.ada).post(reverse(name), form(**typed))
    page = answer.content.decode()
    assert (answer.status_code, sentence in page) == (422, True)
    assert [value in page for value in typed.values()] == [True] * len(typed)
    assert (User.objects.count(), Department.objects.count()) == before


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"role-role": "head", "role-from_on": "2027-03-12"}, "A head or lead belongs to a department"),
        ({"role-role": "auditor", "role-from_on": "2027-03-12", "role-until_on": "2027-03-11"}, "before the first"),
    ],
)
def test_a_role_that_does_not_fit_is_corrected_on_the_page(
    cast: SimpleNamespace, as_person: Browser, typed: dict[str, str], sentence: str
) -> None:
    answer = as_person(cast.ada).post(reverse("role-give", args=[cast.farid.pk]), form(**typed))
    assert (answer.status_code, sentence in answer.content.decode()) == (422, True)


def test_ending_a_role(cast: SimpleNamespace, as_person: Browser) -> None:
    membership = Membership.objects.get(person=cast.bao)
    as_person(cast.ada).post(reverse("role-end", args=[membership.pk]), form(when="now"))
    membership.refresh_from_db()
    assert membership.until_on is not None


def test_renaming_a_department_keeps_its_address(cast: SimpleNamespace, as_person: Browser, arts: Department) -> None:
    known = hidden(as_person(cast.ada).get(reverse("department", args=[arts.slug])), "held")
    typed = form(name="Arts and crafts", is_active="on", held=known)
    as_person(cast.ada).post(reverse("department-change", args=[arts.slug]), typed)
    arts.refresh_from_db()
    assert (arts.name, arts.slug, arts.is_active) == ("Arts and crafts", "arts", True)
    assert '<span translate="no">Arts</span> until' in as_person(cast.ada).get(reverse("departments")).content.decode()
    again = as_person(cast.ada).post(reverse("department-add"), form(name="Arts"))
    assert (again.status_code, "is what Arts and crafts was called until" in again.content.decode()) == (422, True)


def test_a_person_without_access_is_out_at_once(cast: SimpleNamespace, as_person: Browser) -> None:
    browser = as_person(cast.amina)
    assert browser.get(reverse("account")).status_code == 200
    as_person(cast.ada).post(reverse("access-end", args=[cast.amina.pk]), form())
    assert browser.get(reverse("account")).status_code == 302


def test_everybody_has_an_account_page(cast: SimpleNamespace, as_person: Browser) -> None:
    statuses = {p: as_person(person).get(reverse("account")).status_code for p, person in vars(cast).items()}
    assert set(statuses.values()) == {200}


def test_a_deputy_is_named_and_taken_back(
    cast: SimpleNamespace, as_person: Browser, monkeypatch: pytest.MonkeyPatch, noon: datetime
) -> None:
    monkeypatch.setattr("sop_portal.foundation.kit.clock.now", lambda: noon)
    browser = as_person(cast.amina)
    typed = {"deputy-deputy": str(cast.ben.pk), "deputy-from_on": "2027-03-12", "deputy-until_on": "2027-03-20"}
    assert browser.post(reverse("delegate"), form(**typed)).status_code == 302
    lending = Delegation.objects.get()
    assert as_person(cast.ben).post(reverse("delegation-end", args=[lending.pk]), form()).status_code == 404
    assert browser.post(reverse("delegation-end", args=[lending.pk]), form()).status_code == 302
    assert Delegation.objects.get().until_on < lending.until_on


def test_the_own_role_of_an_administrator_is_not_posted_by_others(cast: SimpleNamespace, as_person: Browser) -> None:
    typed = form(**{"role-role": Role.ADMINISTRATOR.value, "role-from_on": "2027-03-12"})
    answer = as_person(cast.emil).post(reverse("role-give", args=[cast.emil.pk]), typed)
    assert (answer.status_code, Membership.objects.filter(person=cast.emil).count()) == (403, 1)


def test_the_account_page_says_which_language_mails_and_the_calendar_follow(
    cast: SimpleNamespace, as_person: Browser
) -> None:
    page = as_person(cast.amina).get(reverse("account")).content.decode()
    assert page.count("Mails and the calendar follow this language too") == 1


def test_language_and_colours_are_kept(cast: SimpleNamespace, as_person: Browser) -> None:
    browser = as_person(cast.chen)
    browser.post(reverse("preferences"), form(**{"mine-language": "zh-hans", "mine-theme": "dark"}))
    answer = browser.get(reverse("account"))
    assert answer.headers["Content-Language"] == "zh-hans"
    assert b'data-bs-theme="dark"' in answer.content
