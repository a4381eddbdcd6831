"""The handbook as people see it."""

import uuid
from collections.abc import Callable
from datetime import datetime
from types import SimpleNamespace

import pytest
from django.test import Client
from django.urls import reverse

from sop_portal.foundation.organisation.models import User
from sop_portal.handbook import actions
from sop_portal.handbook.models import Acknowledgement, Edition, WrittenEdition
from sop_portal.handbook.tests.published import published
from sop_portal.stages import STAGES

Browser = Callable[[User], Client]
PAGES = ["/handbook/", "/handbook/roles/", *(f"/handbook/{stage.slug}/" for stage in STAGES)]


def key() -> str:
    return str(uuid.uuid4())


@pytest.mark.parametrize("url", PAGES)
@pytest.mark.parametrize("name", ["amina", "ben", "omar"])
def test_every_role_reads_every_page(cast: SimpleNamespace, as_person: Browser, name: str, url: str) -> None:
    answer = as_person(getattr(cast, name)).get(url)
    assert (answer.status_code, answer.content.count(b"<h1>")) == (200, 1)


@pytest.mark.parametrize("url", PAGES)
def test_the_handbook_is_there_in_chinese(cast: SimpleNamespace, as_person: Browser, url: str) -> None:
    User.objects.filter(pk=cast.chen.pk).update(language="zh-hans")
    answer = as_person(cast.chen).get(url)
    assert answer.headers["Content-Language"] == "zh-hans"
    assert "角色" in answer.content.decode() or "部门" in answer.content.decode()


def test_the_handbook_works_before_its_first_version(cast: SimpleNamespace, as_person: Browser) -> None:
    Edition.objects.get().guides.all().delete()
    Edition.objects.all().delete()
    assert [as_person(cast.ada).get(url).status_code for url in [*PAGES, "/handbook/readers/"]] == [200] * 8


def test_an_unknown_stage_is_not_there(cast: SimpleNamespace, as_person: Browser) -> None:
    assert as_person(cast.amina).get("/handbook/marketing/").status_code == 404


def test_confirming_takes_the_box_away(cast: SimpleNamespace, as_person: Browser) -> None:
    browser = as_person(cast.amina)
    assert b"I have read and understood" in browser.get("/handbook/").content
    answer = browser.post(reverse("handbook-acknowledge"), {"key": key(), "edition": "1"}, follow=True)
    assert b"I have read and understood" not in answer.content
    assert Acknowledgement.objects.get().person == cast.amina


@pytest.mark.parametrize("number", ["", "7", "x", "-1", "9" * 40, "１"])
def test_a_version_that_does_not_exist_is_not_confirmed(cast: SimpleNamespace, as_person: Browser, number: str) -> None:
    answer = as_person(cast.amina).post(reverse("handbook-acknowledge"), {"key": key(), "edition": number})
    assert (answer.status_code, Acknowledgement.objects.count()) == (404, 0)


def test_who_read_an_older_version_sees_what_changed(cast: SimpleNamespace, as_person: Browser, noon: datetime) -> None:
    actions.acknowledge(Edition.objects.get(), by=cast.amina, at=noon)
    published({"roles": ("Six roles.", "六种角色。")}, note="One role fewer", cast=cast, at=noon)
    page = as_person(cast.amina).get("/handbook/").content.decode()
    assert "Changed since version 1" in page
    assert "One role fewer" in page
    assert "<ins>Six roles.</ins>" in page


def test_the_administrator_writes_a_new_version(cast: SimpleNamespace, as_person: Browser) -> None:
    browser = as_person(cast.ada)
    form = browser.get(reverse("handbook-edit")).context["form"]
    typed = {name: str(form.initial.get(name, "")) for name in form.fields}
    typed |= {"start-en": "**Short.**", "start-zh": "简短。", "note": "Shorter", "key": key()}
    answer = browser.post(reverse("handbook-edit"), typed, follow=True)
    assert answer.redirect_chain == [("/handbook/written/", 302)]
    assert ("Put it in force" in answer.content.decode(), Edition.objects.count()) == (False, 1)
    emil, seen = as_person(cast.emil), WrittenEdition.objects.get().written_at.isoformat()
    assert "Put it in force" in emil.get(reverse("handbook-written")).content.decode()
    assert as_person(cast.amina).get(reverse("handbook-written")).status_code == 404
    answer = emil.post(reverse("handbook-publish"), {"key": key(), "seen": seen}, follow=True)
    assert Edition.objects.first().guides.get(page="start").text_en == "**Short.**"  # type: ignore[union-attr]
    assert b"<strong>Short.</strong>" in answer.content


def test_a_form_with_a_gap_keeps_what_was_typed(cast: SimpleNamespace, as_person: Browser) -> None:
    typed = {"seen": "1", "start-en": "Kept text", "key": key()}
    answer = as_person(cast.ada).post(reverse("handbook-edit"), typed)
    assert (answer.status_code, b"Kept text" in answer.content, Edition.objects.count()) == (422, True, 1)


@pytest.mark.parametrize("name", ["handbook-edit", "handbook-readers"])
def test_only_the_administrator_writes_and_sees_who_has_not_read(
    cast: SimpleNamespace, as_person: Browser, name: str
) -> None:
    assert as_person(cast.emil).get(reverse(name)).status_code == 403
    assert as_person(cast.ada).get(reverse(name)).status_code == 200


def test_pages_ask_the_database_the_same_number_of_questions_however_many_people_read(
    cast: SimpleNamespace, as_person: Browser, noon: datetime, django_assert_max_num_queries: Callable[..., object]
) -> None:
    for person in vars(cast).values():
        if person != cast.farid:
            actions.acknowledge(Edition.objects.get(), by=person, at=noon)
    browser = as_person(cast.ada)
    with django_assert_max_num_queries(20):  # type: ignore[attr-defined]
        browser.get(reverse("handbook-readers"))
