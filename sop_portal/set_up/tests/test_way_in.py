"""The way into an empty portal: a one-time code makes one administrator, whoever starts the server, and nobody else."""

import json
from datetime import UTC, datetime, timedelta
from io import StringIO
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils.translation import override

from sop_portal.foundation.kit.refusals import NotNow
from sop_portal.foundation.organisation.actor import Actor
from sop_portal.foundation.organisation.models import FirstCode, Membership, User
from sop_portal.foundation.organisation.roles import Role
from sop_portal.foundation.trail.actions import verify
from sop_portal.foundation.trail.models import Entry
from sop_portal.people import start_message
from sop_portal.people.actions import Newcomer, code_of_start, make_first_administrator, renew_code
from sop_portal.people.codes import SIGNS, as_typed
from sop_portal.tests.concurrency import at_once

MORNING = datetime(2027, 1, 4, 15, tzinfo=UTC)
LI = {"name": "Li Wei", "email": "Li.Wei@Real.org", "password": "three-random-words"}
NEWCOMER = Newcomer("Li Wei", "li.wei@real.org", password="three-random-words")


@pytest.fixture(autouse=True)
def no_tries_yet(db: None) -> None:
    """Tries are counted in the cache, by caller."""
    cache.clear()


def said_by(command: str, *options: str) -> dict[str, Any]:
    """What a command says to programs."""
    out = StringIO()
    call_command(command, "--json", *options, stdout=out)
    found: dict[str, Any] = json.loads(out.getvalue())
    return found


def come_in(client: Client, code: str, **typed: str) -> Any:
    return client.post("/first-administrator/", {**LI, "code": code, **typed})


def test_an_empty_portal_leads_everybody_to_its_first_page(client: Client) -> None:
    answer = client.get("/", follow=True)
    page = answer.content.decode()
    assert [to for to, _status in answer.redirect_chain] == ["/first-administrator/"]
    assert ("Create the first administrator" in page, "Try the demo year" in page) == (True, False)
    assert answer.headers["Cache-Control"] == "no-store"


def test_the_code_makes_the_administrator_who_lands_on_the_steps(client: Client) -> None:
    answer = come_in(client, said_by("first_administrator")["code"])
    person = User.objects.get()
    assert (answer.status_code, answer.headers["Location"]) == (302, "/set-up/")
    assert (person.name, person.email, person.check_password(LI["password"])) == (LI["name"], LI["email"].lower(), True)
    assert client.get("/set-up/").status_code == 200
    assert Actor.of(person, datetime.now(UTC)).roles == [Role.ADMINISTRATOR]


def test_the_trail_begins_with_the_making_of_the_administrator(client: Client) -> None:
    come_in(client, said_by("first_administrator")["code"])
    person = User.objects.get()
    first, second = Entry.objects.order_by("position")
    assert (first.position, first.kind, first.verb, first.record_id) == (1, "person", "first-administrator", person.pk)
    assert (first.by_id, second.verb, verify()) == (person.pk, "give-role", [])


@pytest.mark.parametrize("typed", [str.lower, lambda code: code.replace("-", " "), lambda code: f"  {code}  "])
def test_a_code_is_read_however_it_is_typed(client: Client, typed: Any) -> None:
    assert come_in(client, typed(said_by("first_administrator")["code"])).status_code == 302


def test_letters_that_look_like_figures_are_read_as_them() -> None:
    assert as_typed("ＯＩＬ-o1l") == "011011"
    assert {"I", "L", "O", "U"} & set(SIGNS) == set()


def test_the_database_holds_no_code_but_its_hash() -> None:
    code = said_by("first_administrator")["code"]
    row = FirstCode.objects.values_list("hash", "email").get()
    assert (len(code.replace("-", "")), len(row[0]), row[1]) == (16, 64, "")
    assert code not in str(row)


def test_a_wrong_code_makes_nobody_and_keeps_what_was_typed(client: Client) -> None:
    renew_code(at=MORNING)
    answer = come_in(client, "0000-0000-0000-0000")
    page = answer.content.decode()
    assert (answer.status_code, "This is not the code." in page, LI["email"] in page) == (422, True, True)
    assert (LI["password"] in page, User.objects.count()) == (False, 0)


def test_no_code_at_all_opens_nothing(client: Client) -> None:
    assert [come_in(client, code).status_code for code in ("", "x", "0" * 16)] == [422, 422, 422]
    assert User.objects.count() == 0


@pytest.mark.parametrize("password", ["short", "password123", "1234567890123", "li.wei@real.org"])
def test_a_weak_password_is_refused(client: Client, password: str) -> None:
    code = said_by("first_administrator")["code"]
    assert (come_in(client, code, password=password).status_code, User.objects.count()) == (422, 0)
    assert come_in(client, code).status_code == 302


def test_the_old_code_stops_working_when_a_new_one_is_made(client: Client) -> None:
    old, new = (said_by("first_administrator")["code"] for _time in range(2))
    assert [come_in(client, code).status_code for code in (old, new)] == [422, 302]


def test_a_used_code_is_forgotten_and_makes_nobody_else(client: Client) -> None:
    code = said_by("first_administrator")["code"]
    come_in(client, code)
    assert come_in(Client(), code, email="other@real.org").status_code == 409
    row = FirstCode.objects.get()
    assert (row.hash, row.used_at is None) == ("", False)
    assert User.objects.count() == 1


def test_where_there_is_an_administrator_the_page_leads_home_and_makes_nobody(
    cast: SimpleNamespace, client: Client
) -> None:
    assert client.get("/first-administrator/").headers["Location"] == "/"
    assert come_in(client, "0000-0000-0000-0000").status_code == 409
    assert client.get("/account/login/").status_code == 200


def test_a_code_made_for_somebody_lets_nobody_else_in(client: Client) -> None:
    said = said_by("first_administrator", "--email", "Li.Wei@real.org", "--name", "Li Wei")
    assert (said["email"], said["name"], said["url"]) == (
        "li.wei@real.org",
        "Li Wei",
        "http://testserver/first-administrator/?email=li.wei%40real.org&name=Li+Wei",
    )
    page = client.get(said["url"]).content.decode()
    assert ('value="li.wei@real.org"' in page, 'value="Li Wei"' in page) == (True, True)
    assert come_in(client, said["code"], email="other@real.org").status_code == 422
    assert come_in(client, said["code"]).status_code == 302


@pytest.mark.parametrize("command", ["first_administrator", "createsuperuser"])
def test_both_commands_say_the_code_as_their_last_words(command: str) -> None:
    out = StringIO()
    call_command(command, stdout=out)
    last = out.getvalue().strip().splitlines()[-1]
    make_first_administrator(NEWCOMER, code=last.split(": ")[1], at=MORNING)
    assert last.startswith("No administrator yet. One-time code: ")


@pytest.mark.parametrize("command", ["first_administrator", "createsuperuser"])
def test_both_commands_are_refused_where_there_is_an_administrator(command: str, cast: SimpleNamespace) -> None:
    with pytest.raises(CommandError, match="There is an administrator already"):
        call_command(command)
    out = StringIO()
    with pytest.raises(SystemExit, match="1"):
        call_command(command, "--json", stdout=out)
    assert list(json.loads(out.getvalue())) == ["refused"]
    assert FirstCode.objects.exclude(hash="").count() == 0


def test_a_command_in_a_script_refuses_what_is_no_address() -> None:
    with pytest.raises(CommandError, match="valid email"):
        call_command("first_administrator", "--email", "li.wei")
    call_command("createsuperuser", "--noinput", stdout=StringIO())


def test_whose_role_has_ended_does_not_keep_a_new_administrator_out(cast: SimpleNamespace) -> None:
    Membership.objects.filter(role=Role.ADMINISTRATOR).update(until_on=MORNING.date() - timedelta(days=1))
    made = make_first_administrator(NEWCOMER, code=renew_code(at=MORNING), at=MORNING)
    assert Actor.of(made, MORNING).roles == [Role.ADMINISTRATOR]


def test_guessing_is_slowed_down_for_the_caller_alone(client: Client) -> None:
    code = said_by("first_administrator")["code"]
    tries = [come_in(client, f"0000-0000-0000-{number:04}").status_code for number in range(12)]
    assert tries == [422] * 10 + [429] * 2
    assert come_in(client, code).status_code == 429
    elsewhere = {**LI, "code": code}
    assert Client(REMOTE_ADDR="192.0.2.7").post("/first-administrator/", elsewhere).status_code == 302


def test_a_starting_server_says_the_code_once_for_all_its_processes(capsys: pytest.CaptureFixture[str]) -> None:
    start_message.write()
    start_message.write()
    said = capsys.readouterr().err.splitlines()
    assert (len(said), said[0]) == (2, "Portal ready: http://testserver")
    make_first_administrator(NEWCOMER, code=said[1].split(": ")[1], at=MORNING)


def test_a_later_start_says_a_new_code_and_none_once_somebody_administers() -> None:
    starts = [MORNING, MORNING + timedelta(seconds=90), MORNING + timedelta(minutes=3)]
    first, second, third = (code_of_start(at=at) for at in starts)
    assert (first is None, second, third is None) == (False, None, False)
    make_first_administrator(NEWCOMER, code=str(third), at=MORNING)
    assert code_of_start(at=MORNING + timedelta(hours=1)) is None


def test_whoever_comes_in_speaks_the_language_of_the_page() -> None:
    client = Client()
    client.cookies["django_language"] = "zh-hans"
    with override("zh-hans"):
        assert "创建首位系统管理员" in client.get("/first-administrator/").content.decode()
    come_in(client, said_by("first_administrator")["code"])
    assert User.objects.get().language == "zh-hans"


def test_the_database_keeps_one_code_and_forgets_what_was_used() -> None:
    for row in (
        {"pk": 2, "hash": "x", "made_at": MORNING},
        {"pk": 1, "hash": "x", "made_at": MORNING, "used_at": MORNING},
        {"pk": 1, "hash": "", "made_at": MORNING},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            FirstCode.objects.create(**row)


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("flush_sets_promises_aside")
def test_two_who_have_the_code_in_the_same_moment_make_one_administrator() -> None:
    code = renew_code(at=MORNING)
    newcomers = [Newcomer(f"Person {n}", f"person{n}@real.org") for n in range(4)]
    made = at_once([lambda new=new: make_first_administrator(new, code=code, at=MORNING) for new in newcomers])
    assert sorted(type(answer).__name__ if isinstance(answer, User) else answer for answer in made) == [
        *["NotNow"] * 3,
        "User",
    ]
    assert (User.objects.count(), Membership.objects.count(), verify()) == (1, 1, [])


def test_nobody_is_let_in_twice_by_the_action_itself(cast: SimpleNamespace) -> None:
    with pytest.raises(NotNow):
        make_first_administrator(NEWCOMER, code="", at=MORNING)
