"""What programs ask, the log, error pages, and a database that is away."""

import json
import logging
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import IntegrityError, OperationalError, connection
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import get_resolver, include, path, reverse
from prometheus_client.parser import text_string_to_metric_families

from sop_portal.foundation.notices import actions as notices
from sop_portal.foundation.notices import outbox
from sop_portal.foundation.organisation.access import open_to_all
from sop_portal.foundation.organisation.models import User
from sop_portal.foundation.trail.actions import record
from sop_portal.foundation.workflow.middleware import is_deadlock
from sop_portal.operations import logs
from sop_portal.operations.actions.backups import Written, note_backup
from sop_portal.operations.actions.trail_watch import check_trail
from sop_portal.reminders.actions import sweep

Browser = Callable[[User], Client]
HOUR = timedelta(hours=1)
DOUBLED = 'violates unique constraint "one_person"\nDETAIL:  Key (email)=(amina@example.org) exists.'


@open_to_all
def broken(request: HttpRequest, word: str) -> HttpResponse:
    """A view that breaks over what somebody typed."""
    raise ValueError(f"typed: {word}")


@open_to_all
def doubled(request: HttpRequest) -> HttpResponse:
    """A view in which the database refuses a row, and says what stood in it."""
    raise IntegrityError(DOUBLED)


urlpatterns = [
    path("broken/<str:word>/", broken, name="broken"),
    path("doubled/", doubled, name="doubled"),
    path("", include("sop_portal.urls")),
]
handler400 = "sop_portal.operations.errors.bad_request"
handler500 = "sop_portal.operations.errors.server_error"


@contextmanager
def database_away() -> Iterator[None]:
    """Nothing that is asked of the database is answered."""

    def away(*_statement: object) -> None:
        raise OperationalError("connection to server failed: Connection refused")

    with connection.execute_wrapper(away):
        yield


def careless(browser: Client) -> Client:
    browser.raise_request_exception = False
    return browser


@pytest.mark.parametrize("name", ["livez", "readyz", "metrics"])
def test_a_load_balancer_asks_by_plain_address(db: None, name: str, settings: Any) -> None:
    settings.ALLOWED_HOSTS, settings.SECURE_SSL_REDIRECT = ["portal.example.org"], True
    settings.SECURE_REDIRECT_EXEMPT, settings.METRICS_TOKEN = ["^(livez|readyz|metrics)$"], "t"
    own = {"host": "10.0.0.5:8000", "authorization": "Bearer t"}
    assert Client().get(f"/{name}", headers=own).status_code == 200
    assert Client().get("/account/login/", headers=own).status_code == 400
    assert Client().post(f"/{name}", headers=own).status_code == 405


def test_the_settings_behind_a_proxy_let_probes_through() -> None:
    from sop_portal.tests.test_web import started

    found = started("print(s.SECURE_REDIRECT_EXEMPT)", SECURE_PROXY="True")
    assert found.stdout.strip() == "['^(livez|readyz|metrics)$']"


def test_a_database_that_is_away_is_said_in_words_and_asked_again(db: None) -> None:
    with database_away():
        answer = careless(Client()).get("/account/login/")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "10")
    page = answer.content.decode()
    assert ("The portal does not reach its database" in page, answer.headers["X-Request-ID"] in page) == (True, True)
    assert Client().get("/account/login/").status_code == 302


def test_it_is_said_in_the_language_of_the_browser_and_to_scripts_in_json(db: None) -> None:
    with database_away():
        page = careless(Client()).get("/account/login/", headers={"accept-language": "zh-hans"}).content.decode()
        answer = careless(Client()).get("/account/login/", headers={"accept": "application/json"})
    assert 'lang="zh-Hans"' in page or 'lang="zh-hans"' in page
    assert (answer.status_code, list(answer.json())) == (503, ["refused"])


def test_a_person_who_is_signed_in_is_told_too(cast: SimpleNamespace, as_person: Browser) -> None:
    browser = careless(as_person(cast.amina))
    with database_away():
        assert browser.get("/").status_code == 503
    assert browser.get("/").status_code == 200


def test_the_load_balancer_hears_that_the_database_is_away(db: None) -> None:
    with database_away():
        answers = [Client().get(path).status_code for path in ("/livez", "/readyz")]
    assert answers == [200, 503]


@pytest.mark.parametrize(
    ("words", "gives_way"),
    [
        ("deadlock detected", True),
        ("database is locked", True),
        ("canceling statement due to lock timeout", True),
        ("canceling statement due to statement timeout", False),
    ],
)
def test_who_waited_too_long_for_another_is_refused_and_not_told_of_an_error(words: str, gives_way: bool) -> None:
    assert is_deadlock(OperationalError(words)) == gives_way


@pytest.mark.django_db
def test_a_statement_and_a_lock_are_not_waited_for_for_ever(on_postgresql: bool, settings: Any) -> None:
    options = connection.settings_dict["OPTIONS"]
    if not on_postgresql:
        assert options["timeout"] == settings.LOCK_TIMEOUT
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_setting('lock_timeout')::interval, current_setting('statement_timeout')::interval"
        )
        assert cursor.fetchone() == tuple(
            timedelta(seconds=wait) for wait in (settings.LOCK_TIMEOUT, settings.STATEMENT_TIMEOUT)
        )
    assert (options["connect_timeout"], options["tcp_user_timeout"]) == (5, 9000)


@pytest.mark.parametrize(
    ("code", "says"),
    [
        ("s.DATABASES['default']['OPTIONS']['connect_timeout']", "7"),
        ("s.DATABASES['default']['OPTIONS']['options']", "-c lock_timeout=8s -c statement_timeout=9s"),
    ],
)
def test_each_time_out_is_set_by_its_variable(code: str, says: str) -> None:
    from sop_portal.tests.test_web import started

    own = {"DATABASE_CONNECT_TIMEOUT": "7", "DATABASE_LOCK_TIMEOUT": "8", "DATABASE_STATEMENT_TIMEOUT": "9"}
    assert started(f"print({code})", DATABASE_URL="postgres://a:b@c/d", **own).stdout.strip() == says


def lines(caplog: pytest.LogCaptureFixture, form: str = "json") -> list[dict[str, Any]]:
    """What the log holds, as it is written."""
    formatter = logging_formatter(form)
    return [json.loads(formatter.format(entry)) for entry in caplog.records if logs.WithoutAddress().filter(entry)]


def logging_formatter(form: str) -> logging.Formatter:
    own = dict(logs.logging_in(form, "INFO")["formatters"]["own"])
    made: logging.Formatter = own.pop("()")(**own)
    return made


def test_the_log_says_who_did_what_and_how_long_it_took(
    cast: SimpleNamespace, as_person: Browser, caplog: pytest.LogCaptureFixture
) -> None:
    browser = as_person(cast.amina)
    with caplog.at_level(logging.INFO, "sop_portal.requests"):
        answer = browser.get("/search/?q=Zanzibar")
        browser.get("/livez")
        browser.get("/static/css/nowhere.css")
    [line] = [line for line in lines(caplog) if line["event"] == "request"]
    assert {name: line[name] for name in ("request", "person", "act", "method", "status")} == {
        "request": answer.headers["X-Request-ID"],
        "person": cast.amina.pk,
        "act": "search",
        "method": "GET",
        "status": 200,
    }
    assert isinstance(line["ms"], int)
    assert "Zanzibar" not in json.dumps(line)


def test_what_broke_is_in_the_log_without_what_was_typed(
    db: None, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    settings.ROOT_URLCONF = __name__
    with caplog.at_level(logging.INFO):
        careless(Client()).get("/broken/Zanzibar/")
        careless(Client()).get("/doubled/")
        Client().get("/nowhere/Zanzibar/")
    written = "\n".join(json.dumps(line) for line in lines(caplog))
    assert ("Zanzibar" in written, "amina" in written) == (False, False)
    assert ('one_person\\"' in written, "test_probes.py" in written, "ValueError" in written) == (True, True, True)


SECRETS = {"key": "Zanzibar-0123456789", "token": "Zanzibar-0123456789", "uidb36": "3"}
# Drafts of the one who is signed in, and of nobody else: the address alone opens nothing.
NO_SECRET = {"workbook", "history"}


def secret_addresses() -> list[str]:
    """Every address that opens something to whoever has it: those with a key or a token in them."""
    resolver, found = get_resolver(), []
    for name in {name for name in resolver.reverse_dict if isinstance(name, str)}:
        [[_path, wanted]] = resolver.reverse_dict.getlist(name)[0][0]
        if {"key", "token"} & set(wanted) and name.split("-")[0] not in NO_SECRET:
            found.append(reverse(name, kwargs={word: SECRETS[word] for word in wanted}))
    return found


def test_no_address_in_the_log_opens_anything(caplog: pytest.LogCaptureFixture) -> None:
    addresses = secret_addresses()
    assert len(addresses) >= 3
    with caplog.at_level(logging.INFO):
        for address in addresses:
            logging.getLogger("django.server").info('"%s" %s %s', f"GET {address} HTTP/1.1", "200", "7")
            logging.getLogger("anything").warning("Broken pipe: %s", address)
        logging.getLogger("django.server").info('"%s" %s %s', "GET /search/?q=Zanzibar HTTP/1.1", "200", "7")
    written = [line["event"] for line in lines(caplog)]
    assert [line for line in written if "Zanzibar" in line] == []
    assert written[-1] == '"GET /search/?… HTTP/1.1" 200 7'


def test_a_line_is_for_reading_where_no_program_collects_it(caplog: pytest.LogCaptureFixture) -> None:
    logging.getLogger("sop_portal").warning("Mail %s waits", 7)
    [line] = [logging_formatter("line").format(entry) for entry in caplog.records]
    assert re.fullmatch(r"timestamp=\S+ level=warning event=Mail 7 waits logger=sop_portal", line), line


def test_the_number_of_a_request_stands_on_the_page_of_its_error(db: None, settings: Any) -> None:
    settings.ROOT_URLCONF = __name__
    found = []
    for address, host in (("/broken/x/", "testserver"), ("/nowhere/", "testserver"), ("/", "elsewhere.example")):
        answer = careless(Client()).get(address, headers={"host": host})
        found.append((answer.status_code, answer.headers["X-Request-ID"] in answer.content.decode()))
    assert found == [(500, True), (404, True), (400, True)]


def test_a_number_is_taken_from_a_proxy_of_ours_alone(db: None, settings: Any) -> None:
    given = {"x-request-id": "from-the-proxy-1"}
    assert Client().get("/livez", headers=given).headers["X-Request-ID"] != "from-the-proxy-1"
    settings.SECURE_PROXY = True
    assert Client().get("/livez", headers=given).headers["X-Request-ID"] == "from-the-proxy-1"
    assert Client().get("/livez", headers={"x-request-id": "a b\nc" * 3}).headers["X-Request-ID"].isalnum()


def figures(token: str = "t") -> dict[str, float]:
    answer = Client().get("/metrics", headers={"authorization": f"Bearer {token}"})
    assert answer.status_code == 200
    families = text_string_to_metric_families(answer.content.decode())
    return {
        " ".join([sample.name, *(sample.labels[name] for name in sorted(sample.labels))]): sample.value
        for family in families
        for sample in family.samples
    }


def test_metrics_are_shown_to_whoever_has_the_token(db: None, settings: Any) -> None:
    assert Client().get("/metrics", headers={"authorization": "Bearer "}).status_code == 404
    settings.METRICS_TOKEN = "t"
    answers = [Client().get("/metrics", headers=headers).status_code for headers in ({}, {"authorization": "Bearer s"})]
    assert answers == [401, 401]
    assert "sop_portal_mail_held" in figures()


def test_metrics_count_acts_and_refusals_and_say_how_old_everything_is(
    cast: SimpleNamespace, noon: datetime, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.METRICS_TOKEN = "t"
    monkeypatch.setattr("sop_portal.operations.metrics.clock.now", lambda: noon + HOUR)
    before = figures()
    never = float("inf")
    ages = ("trail_check_age", "sweep_lag", "backup_age")
    assert [before[f"sop_portal_{age}_seconds"] for age in ages] == [never] * 3
    for verb in ("edit", "edit", "refused-accept"):
        record("forecast", SimpleNamespace(pk=7), verb, by=cast.amina.pk, at=noon)
    notices.notify([cast.ben], lambda: "News", kind="person", record_id=1, verb="edit", link="/", at=noon)
    sweep(at=noon)
    check_trail(at=noon)
    note_backup(Written(SimpleNamespace(size=7), []), at=noon)
    after = figures()
    assert "sop_portal_acts_total edit forecast" not in before
    assert after["sop_portal_acts_total edit forecast"] == 2
    assert after["sop_portal_refusals_total accept forecast"] == 1
    assert (after["sop_portal_mails pending"], after["sop_portal_mail_oldest_seconds"]) == (1, 3600)
    assert [after[f"sop_portal_{age}_seconds"] for age in ages] == [3600] * 3
    outbox.send_waiting(at=noon)
    assert (figures()["sop_portal_mails sent"], figures()["sop_portal_mail_oldest_seconds"]) == (1, 0)
