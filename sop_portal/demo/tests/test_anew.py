"""The demonstration is made anew in either language, by a button that says what goes; no real portal has it."""

import fcntl
import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.management.base import CommandError
from django.test import Client
from django.urls import reverse

from sop_portal.demo import emptying
from sop_portal.demo.build import mark_as_demonstration
from sop_portal.demo.pages import anew
from sop_portal.demo.sign_in_help import language_made_in
from sop_portal.foundation.organisation.models import Organisation, User

ASKED, MADE = reverse("demo-anew"), reverse("demo-anew-now")


def test_the_sign_in_page_leads_to_a_page_that_says_what_goes_and_offers_both_languages(
    demonstration: SimpleNamespace, client: Client
) -> None:
    assert f'href="{ASKED}"' in client.get("/account/login/").content.decode()
    page = client.get(ASKED).content.decode()
    assert "Everything that people have typed, decided and attached in this demonstration is removed" in page
    assert ['value="en"' in page, 'value="zh-hans"' in page, f'action="{MADE}"' in page] == [True, True, True]
    assert User.objects.count() == len(vars(demonstration))


def test_it_is_made_in_the_language_that_was_asked_for(
    demonstration: SimpleNamespace, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[str] = []
    monkeypatch.setattr(anew, "make_anew", made.append)
    client.force_login(demonstration.amina)
    answer = client.post(MADE, {"language": "zh-hans"})
    assert (made, answer.headers["Location"]) == (["zh-hans"], reverse("account_login"))
    assert "_auth_user_id" not in client.session
    assert '<html lang="zh-Hans"' in client.get("/account/login/").content.decode()


@pytest.mark.parametrize("language", ["", "fr", "zh"])
def test_only_a_language_that_is_offered_is_made(
    demonstration: SimpleNamespace, client: Client, monkeypatch: pytest.MonkeyPatch, language: str
) -> None:
    monkeypatch.setattr(anew, "make_anew", lambda _language: pytest.fail("it was made"))
    assert client.post(MADE, {"language": language}).status_code == 404
    assert client.get(MADE).status_code == 405


@pytest.mark.parametrize(("declared", "marked"), [(True, False), (False, True), (False, False)])
def test_a_real_portal_is_never_made_anew(
    cast: SimpleNamespace, client: Client, settings: Any, declared: bool, marked: bool
) -> None:
    settings.DEMO = declared
    if marked:
        mark_as_demonstration()
    client.force_login(cast.ada)
    assert (client.get(ASKED).status_code, client.post(MADE, {"language": "en"}).status_code) == (404, 404)
    assert User.objects.count() == len(vars(cast))


def test_two_do_not_make_it_at_once(
    demonstration: SimpleNamespace, client: Client, settings: Any, tmp_path: Path
) -> None:
    settings.VAR_DIR = tmp_path
    with (tmp_path / "demo.lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        answer = client.post(MADE, {"language": "en"})
    assert (answer.status_code, answer.headers["Retry-After"]) == (409, "60")
    assert "is being made anew already" in answer.content.decode()
    assert User.objects.count() == len(vars(demonstration))


@pytest.mark.walk
@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("flush_sets_promises_aside")
def test_where_making_it_fails_the_old_one_stays_and_the_page_offers_it_again(
    demonstration: SimpleNamespace, client: Client, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_args: object) -> None:
        raise CommandError("Nobody wrote it in French.")

    # SQLite makes it in a process of its own, which knows no such language; PostgreSQL in this one.
    monkeypatch.setattr("sop_portal.demo.build.make", fail)
    settings.VAR_DIR, settings.LANGUAGES = tmp_path, [*settings.LANGUAGES, ("fr", "Français")]
    emptying.list_of_logins().write_text("{}")
    answer = client.post(MADE, {"language": "fr"})
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "60")
    text = answer.content.decode()
    assert ["the one there stays as it was" in text, f'action="{MADE}"' in text] == [True, True]
    assert (User.objects.count(), language_made_in()) == (len(vars(demonstration)), "en")
    assert [path.name for path in tmp_path.iterdir()] == ["demo.json", "demo.lock"]


@pytest.mark.walk
@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("flush_sets_promises_aside")
def test_the_button_makes_it_anew_with_its_list_of_logins(
    demonstration: SimpleNamespace, client: Client, settings: Any, tmp_path: Path
) -> None:
    settings.VAR_DIR, settings.MEDIA_ROOT = tmp_path, tmp_path / "media"
    # On SQLite another process makes it, with the hashes of the portal and not with those of the tests.
    settings.PASSWORD_HASHERS = [*settings.PASSWORD_HASHERS, "django.contrib.auth.hashers.Argon2PasswordHasher"]
    assert language_made_in() == "en"
    assert client.post(MADE, {"language": "zh-hans"}).status_code == 302
    assert (Organisation.current().language, language_made_in()) == ("zh-hans", "zh-hans")
    first = json.loads(emptying.list_of_logins().read_text())["logins"][0]
    assert (first["name"], first["role"]) == ("安敏", "部门负责人，城中分馆")
    page = client.get("/account/login/").content.decode()
    assert ["安敏" in page, "部门负责人，城中分馆" in page, "Amina" in page] == [True, True, False]
    assert client.post(reverse("demo-sign-in"), {"email": "amina@example.org"}).status_code == 302
