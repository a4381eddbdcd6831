"""Leaving the demonstration: one button, nothing is kept, and the first page of an empty portal follows."""

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from sop_portal.demo.build import mark_as_demonstration
from sop_portal.foundation.organisation.models import Department, Organisation, User
from sop_portal.foundation.trail.models import Entry
from sop_portal.people.actions import Newcomer, make_first_administrator
from sop_portal.tests.small_year import AUGUST

Browser = Callable[[User], Client]


def test_the_administrator_reads_what_goes_and_the_others_who_can(
    demonstration: SimpleNamespace, as_person: Browser
) -> None:
    page = as_person(demonstration.ada).get(reverse("demo-leave")).content.decode()
    assert f"All {len(vars(demonstration))} people" in page
    words = "Start with your own organisation"
    for address in (reverse("set-up"), "/"):
        assert words in as_person(demonstration.ada).get(address).content.decode()
    assert "The administrator can remove the demonstration" in as_person(demonstration.emil).get("/").content.decode()
    assert as_person(demonstration.emil).get(reverse("demo-leave")).status_code == 403


def test_nobody_else_can_empty_it(demonstration: SimpleNamespace, as_person: Browser) -> None:
    address = reverse("demo-leave-now")
    assert as_person(demonstration.emil).post(address).status_code == 404
    assert Client().post(address).headers["Location"].startswith("/account/login/")
    assert as_person(demonstration.ada).get(address).status_code == 405
    assert User.objects.count() == len(vars(demonstration))


@pytest.mark.parametrize(("declared", "marked"), [(True, False), (False, True)])
def test_a_real_portal_cannot_be_emptied(
    cast: SimpleNamespace, as_person: Browser, settings: Any, declared: bool, marked: bool
) -> None:
    settings.DEMO = declared
    if marked:
        mark_as_demonstration()
    browser = as_person(cast.ada)
    assert (browser.get("/demo/leave/").status_code, browser.post("/demo/leave/now/").status_code) == (404, 404)
    assert "demonstration" not in browser.get("/").content.decode()
    assert User.objects.count() == len(vars(cast))


@pytest.mark.walk
@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("flush_sets_promises_aside")
def test_leaving_keeps_nothing_and_leads_to_the_first_page(
    demonstration: SimpleNamespace,
    as_person: Browser,
    settings: Any,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    settings.VAR_DIR, settings.MEDIA_ROOT = tmp_path, tmp_path / "media"
    (tmp_path / "media").mkdir()
    (tmp_path / "demo.json").write_text("{}")
    browser = as_person(demonstration.ada)
    answer = browser.post(reverse("demo-leave-now"), follow=True)
    assert answer.redirect_chain == [("/first-administrator/", 302)]
    page = answer.content.decode()
    assert ("Create the first administrator" in page, "made up" in page) == (True, False)
    tables = (User, Department, Organisation, Entry)
    assert [model.objects.count() for model in tables] == [0, 0, 0, 0]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["demo.lock", "media"]
    assert list((tmp_path / "media").iterdir()) == []
    code = capsys.readouterr().err.strip().splitlines()[-1].split(": ")[1]
    make_first_administrator(Newcomer("Li Wei", "li.wei@real.org"), code=code, at=AUGUST)
    assert Entry.objects.get(position=1).verb == "first-administrator"
