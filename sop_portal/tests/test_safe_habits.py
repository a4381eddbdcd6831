"""What the walk through ASVS asks of code and of signing in, where no other test says it."""

import ast
import re
from collections.abc import Iterator
from configparser import ConfigParser
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.contrib.sessions.models import Session
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone

from sop_portal.foundation.organisation.models import User
from sop_portal.tests.test_house_layout import ROOT, outside_tests, parsed, said_of
from sop_portal.tests.test_web import answers, started

PASSWORD = "planning-year"


def calls() -> Iterator[tuple[Path, ast.Call, str]]:
    for path in [*outside_tests(), *sorted((ROOT / "tools").glob("*.py"))]:
        for node in ast.walk(parsed(path)):
            if isinstance(node, ast.Call):
                yield path, node, ast.unparse(node.func)


def test_no_program_is_called_by_a_shell() -> None:
    words = [(path, node) for path, node, name in calls() if name in {"os.system", "os.popen", "subprocess.getoutput"}]
    shells = [
        (path, node)
        for path, node, _name in calls()
        for keyword in node.keywords
        if keyword.arg == "shell" and ast.unparse(keyword.value) != "False"
    ]
    assert [said_of(path, node) for path, node in words + shells] == []
    assert any(name == "subprocess.run" for _path, _node, name in calls())


def test_nothing_typed_is_run_as_code() -> None:
    running = {"eval", "exec", "compile", "pickle.loads", "pickle.load", "marshal.loads", "yaml.load"}
    assert [said_of(path, node) for path, node, name in calls() if name in running] == []


def test_no_page_hides_where_its_form_comes_from_from_the_portal_itself() -> None:
    """A browser sends the form of a page with “no-referrer” as from nowhere, and every one of them is refused."""
    words = {"sop_portal/reminders/pages/calendar.py"}
    saying = {path for path in outside_tests() if "no-referrer" in constants_of(path)}
    assert {str(path.relative_to(ROOT)) for path in saying} == words
    assert not any("render(" in path.read_text() for path in saying)


def constants_of(path: Path) -> set[str]:
    """Every text that the module's code holds."""
    return {str(node.value) for node in ast.walk(parsed(path)) if isinstance(node, ast.Constant)}


def test_no_script_writes_markup() -> None:
    scripts = sorted((ROOT / "static" / "js").glob("*.js"))
    writing = re.compile(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|__proto__")
    assert [path.name for path in scripts if writing.search(path.read_text())] == []
    assert len(scripts) > 5


def test_what_fails_in_silence_fails_the_tests() -> None:
    own = ConfigParser()
    own.read(ROOT / "pytest.ini")
    assert own["pytest"]["filterwarnings"].strip().splitlines()[0] == "error"


def test_every_answer_says_its_kind(cast: SimpleNamespace, as_person: Any, settings: Any) -> None:
    settings.ROOT_URLCONF = "sop_portal.tests.test_web"
    kinds = {name: answer.headers.get("Content-Type", "") for name, answer in answers(cast, as_person).items()}
    known = re.compile(r"text/(html|plain); charset=utf-8|application/json")
    assert {name: kind for name, kind in kinds.items() if not known.fullmatch(kind)} == {}


def test_trace_is_refused(cast: SimpleNamespace, as_person: Any) -> None:
    statuses = [as_person(cast.ada).trace(path).status_code for path in ("/", "/livez", "/set-up/people/")]
    assert statuses == [405] * 3


@pytest.mark.django_db
@pytest.mark.parametrize(
    "password", ["x" * 9 + "q", "日本語のパスワード春夏a", "all small words and blanks", "ab1!" * 16]
)
def test_passwords_are_long_and_of_any_characters(password: str) -> None:
    validate_password(password)
    person = User.objects.create_user("new@example.org", password, name="New")
    assert [person.check_password(tried) for tried in (password, password.upper(), password[:-1])] == [
        True,
        False,
        False,
    ]
    with pytest.raises(ValidationError):
        validate_password(password[:9])


def test_a_password_is_changed_only_with_the_old_one(cast: SimpleNamespace, as_person: Any) -> None:
    new = {"password1": "another-planning-year", "password2": "another-planning-year"}
    browser = as_person(cast.amina)
    browser.post("/account/password/change/", {"oldpassword": "guessed-at-once", **new})
    cast.amina.refresh_from_db()
    assert cast.amina.check_password(PASSWORD)
    browser.post("/account/password/change/", {"oldpassword": PASSWORD, **new})
    cast.amina.refresh_from_db()
    assert cast.amina.check_password("another-planning-year")


def test_the_field_of_a_password_hides_it_and_takes_what_is_pasted(cast: SimpleNamespace) -> None:
    page = Client().get("/account/login/").content.decode()
    [field] = re.findall(r"<input[^>]*name=\"password\"[^>]*>", page)
    assert ('type="password"' in field, 'autocomplete="current-password"' in field) == (True, True)
    assert "onpaste" not in page
    assert "paste" not in "".join(path.read_text() for path in (ROOT / "static" / "js").glob("*.js"))


def test_cookies_of_sign_in_are_bound_to_the_host() -> None:
    names = "s.SESSION_COOKIE_NAME, s.CSRF_COOKIE_NAME, s.KNOWN_BROWSER_COOKIE"
    rest = "s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE, s.LANGUAGE_COOKIE_SECURE"
    found = started(f"print({names}, {rest})", SECURE_PROXY="True").stdout.split()
    assert found == ["__Host-sessionid", "__Host-csrftoken", "__Host-known_browser", "True", "True", "True"]
    assert (settings.SESSION_COOKIE_DOMAIN, settings.CSRF_COOKIE_DOMAIN) == (None, None)


def signed_in(browser: Client) -> str:
    browser.post("/account/login/", {"login": "amina@example.org", "password": PASSWORD})
    return str(browser.cookies[settings.SESSION_COOKIE_NAME].value)


def test_signing_in_changes_the_key_of_the_session(cast: SimpleNamespace) -> None:
    browser = Client()
    before = signed_in(browser)
    again = Client()
    again.cookies[settings.SESSION_COOKIE_NAME] = before
    again.post("/account/logout/")
    assert (signed_in(again) != before, Session.objects.filter(pk=before).exists()) == (True, False)


def test_signing_out_ends_the_session_on_the_server(cast: SimpleNamespace) -> None:
    browser = Client()
    key = signed_in(browser)
    browser.post("/account/logout/")
    thief = Client()
    thief.cookies[settings.SESSION_COOKIE_NAME] = key
    assert thief.get("/").status_code == 302


def test_a_session_ends_by_itself(cast: SimpleNamespace) -> None:
    browser = Client()
    key = signed_in(browser)
    assert browser.get("/").status_code == 200
    Session.objects.filter(pk=key).update(expire_date=timezone.now() - timedelta(seconds=1))
    assert browser.get("/").status_code == 302
