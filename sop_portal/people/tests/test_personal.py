"""A person gets everything that is held about them, and is erased without anything they decided being lost."""

import json
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from io import StringIO
from types import SimpleNamespace
from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import TOTP
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from evaluations.models import Measure
from planning.models import Hindsight
from sop_portal.dashboards.checks.invariants import problems
from sop_portal.foundation.kit import clock
from sop_portal.foundation.kit.refusals import NotReady, NotYours
from sop_portal.foundation.notices.actions import notify
from sop_portal.foundation.notices.models import Mail, Notice
from sop_portal.foundation.organisation.models import UsedKey, User
from sop_portal.foundation.trail.actions import Change, record, verify
from sop_portal.foundation.workflow.actions import comment
from sop_portal.people import actions
from sop_portal.people.actions import purge
from sop_portal.people.personal import everything_about, free_text_naming, models_naming_people
from sop_portal.sign_in.models import SecurityEvent
from sop_portal.tests.shared_fixtures import shared_fixture
from sop_portal.tests.small_year import AUGUST, small_year

Browser = Callable[[User], Client]
NOW = AUGUST + timedelta(days=3)
DAY = timedelta(days=1)


@shared_fixture
def year(cast: SimpleNamespace) -> SimpleNamespace:
    """The small year, in which Amina did and was told a lot, and Ben names her."""
    found = small_year(cast)
    forecast = found.arts.department.forecasts.get()
    comment("forecast", forecast, "Amina Diallo said so @Ben", by=cast.amina, at=NOW)
    return found


def test_the_file_holds_every_table_that_points_to_a_person(
    year: SimpleNamespace, cast: SimpleNamespace, as_person: Browser
) -> None:
    answer = as_person(cast.amina).get(reverse("my-copy"))
    held = json.loads(answer.content)
    assert {model._meta.label_lower for model, _fields in models_naming_people()} - set(held) == set()
    assert held["person"]["email"] == "amina@example.org"
    assert [row["text"] for row in held["workflow.comment"]][-1] == "Amina Diallo said so @Ben"
    assert len(held["trail.entry"]) > 10
    assert "attachment" in answer.headers["Content-Disposition"]


def test_the_file_holds_no_secret_and_nothing_of_others(year: SimpleNamespace, cast: SimpleNamespace) -> None:
    secret = TOTP.activate(cast.amina, "JBSWY3DPEHPK3PXP").instance.data["secret"]
    text = json.dumps(everything_about(cast.amina), default=str)
    assert [secret in text, cast.amina.password in text, "bao@example.org" in text] == [False, False, False]


def erased(cast: SimpleNamespace) -> User:
    actions.change_person(cast.amina, by=cast.ada, at=NOW, is_active=False)
    return actions.erase_person(User.objects.get(pk=cast.amina.pk), by=cast.ada, at=NOW)


def owners_on_record() -> set[str]:
    """The names by which those who plan the next year know the owners of measures, of one of them here."""
    measure = Measure.objects.exclude(adopted_at=None).earliest("pk")
    return set(Hindsight.objects.filter(kind="measure", source_id=measure.pk).values_list("owner_name", flat=True))


def test_the_owner_of_a_measure_is_called_by_todays_name_where_the_next_year_is_planned(
    year: SimpleNamespace, cast: SimpleNamespace
) -> None:
    """Another person of that name keeps it."""
    owner = Measure.objects.exclude(adopted_at=None).earliest("pk").owner
    assert owner is not None
    assert owners_on_record() == {owner.name}
    corrected = actions.change_person(owner, by=cast.ada, at=NOW, name="Dora Weiss-Lang")
    assert owners_on_record() == {"Dora Weiss-Lang"}
    User.objects.filter(pk=cast.ben.pk).update(name="Dora Weiss-Lang", is_active=False)
    actions.erase_person(User.objects.get(pk=cast.ben.pk), by=cast.ada, at=NOW)
    assert owners_on_record() == {"Dora Weiss-Lang"}
    actions.change_person(corrected, by=cast.ada, at=NOW, is_active=False)
    gone = actions.erase_person(User.objects.get(pk=owner.pk), by=cast.ada, at=NOW)
    assert owners_on_record() == {gone.name}
    assert problems() == []


def test_whoever_is_erased_is_named_nowhere_but_where_people_typed_it(
    year: SimpleNamespace, cast: SimpleNamespace, as_person: Browser
) -> None:
    gone = erased(cast)
    assert (gone.name, gone.email) == (f"Person {gone.pk}", f"erased-{gone.pk}@invalid.example")
    left = {(place.table, place.column) for place in free_text_naming("Amina Diallo") if place.is_typed}
    assert left == {("workflow.comment", "text"), ("trail.entry", "comment"), ("notices.notice", "quote")}
    with clock.at(NOW):
        page = as_person(cast.emil).get(reverse("forecast", args=[2027, "arts"])).content.decode()
    assert f"Person {gone.pk}" in page


TYPED = [
    ("@Amina the waiting lists are long", True),
    ("Ask diallo about it", True),
    ("请Amina看一下", True),
    ("Laminar flow in the Aminas hall", False),
]


@pytest.mark.parametrize(("text", "is_found"), TYPED)
def test_a_part_of_the_name_is_found_as_a_word_of_its_own(
    year: SimpleNamespace, cast: SimpleNamespace, text: str, is_found: bool
) -> None:
    forecast = year.arts.department.forecasts.get()
    comment("forecast", forecast, text, by=cast.emil, at=NOW)
    found = [place for place in free_text_naming("Amina Diallo") if place.words == text]
    assert (("workflow.comment", "text") in {(place.table, place.column) for place in found}) == is_found


@pytest.mark.parametrize("name", ["Amina Diallo", "王芳"])
def test_a_name_in_what_the_trail_says_changed_is_found(cast: SimpleNamespace, noon: datetime, name: str) -> None:
    change = Change("purpose", f"As {name} says", "Otherwise", "Story hours")
    record("forecast", SimpleNamespace(pk=7), "edit", by=cast.ben.pk, at=noon, changes=[change])
    [place] = free_text_naming(name)
    assert (place.table, place.column, place.words) == ("trail.entry", "changes", f"As {name} says")


def test_what_the_portal_wrote_is_told_apart_from_what_people_typed(
    cast: SimpleNamespace, as_person: Browser, noon: datetime
) -> None:
    said = {"kind": "person", "record_id": 1, "verb": "edit", "link": "/", "at": noon}
    notify([cast.ben], lambda: "News of Amina Diallo", **said)
    assert {(place.table, place.is_typed) for place in free_text_naming("Amina Diallo")} == {
        ("notices.mail", False),
        ("notices.notice", False),
    }
    actions.change_person(cast.amina, by=cast.ada, at=noon, is_active=False)
    page = as_person(cast.ada).get(reverse("person-erase", args=[cast.amina.pk]))
    assert (page.context["typed"], len(page.context["written"]) > 0) == ([], True)
    assert "Where the portal wrote the name" in page.content.decode()


def test_after_an_erasure_the_trail_is_whole_and_every_act_has_its_number(
    year: SimpleNamespace, cast: SimpleNamespace
) -> None:
    erased(cast)
    assert verify() == []
    assert everything_about(User.objects.get(pk=cast.amina.pk))["trail.entry"] != []


def test_whoever_is_erased_keeps_no_way_in_and_is_told_nothing(year: SimpleNamespace, cast: SimpleNamespace) -> None:
    TOTP.activate(cast.amina, "JBSWY3DPEHPK3PXP")
    gone = erased(cast)
    left = {
        name: rows
        for name, rows in everything_about(gone).items()
        if "allauth" in name or name.startswith(("mfa", "account"))
    }
    assert (gone.has_usable_password(), [row for rows in left.values() for row in rows]) == (False, [])
    counts = [model.objects.filter(person=gone).count() for model in (Notice, Mail, SecurityEvent)]
    assert counts == [0, 0, 0]


def test_only_whoever_may_no_longer_log_in_is_erased_and_only_by_the_administrator(
    cast: SimpleNamespace, as_person: Browser, noon: datetime
) -> None:
    with pytest.raises(NotReady):
        actions.erase_person(cast.amina, by=cast.ada, at=noon)
    actions.change_person(cast.amina, by=cast.ada, at=noon, is_active=False)
    with pytest.raises(NotYours):
        actions.erase_person(cast.amina, by=cast.emil, at=noon)
    where, key = reverse("person-erase", args=[cast.amina.pk]), {"key": str(uuid.uuid4())}
    assert [as_person(cast.emil).get(where).status_code, as_person(cast.emil).post(where, key).status_code] == [
        403,
        403,
    ]
    page = as_person(cast.ada).get(where).content.decode()
    assert "Where people typed the name" in page
    assert as_person(cast.ada).post(where, {"key": str(uuid.uuid4())}).status_code == 302
    assert User.objects.get(pk=cast.amina.pk).name == f"Person {cast.amina.pk}"


@pytest.mark.parametrize(("days", "left"), [(399, 1), (401, 0)])
def test_the_security_log_is_kept_as_long_as_is_set(
    cast: SimpleNamespace, noon: datetime, days: int, left: int
) -> None:
    SecurityEvent.objects.create(person=cast.amina, what="signed_in", at=noon)
    purge(at=noon + days * DAY)
    assert SecurityEvent.objects.count() == left


def test_mails_that_have_left_go_and_those_that_wait_stay(cast: SimpleNamespace, noon: datetime, settings: Any) -> None:
    settings.KEEP_MAILS_DAYS = 10
    for state, sent in (("sent", noon), ("pending", None)):
        Mail.objects.create(
            person=cast.amina, subject=state, text="", state=state, sent_at=sent, made_at=noon, next_try_at=noon
        )
    out = StringIO()
    call_command("purge", now=noon + 11 * DAY, stdout=out)
    assert (list(Mail.objects.values_list("subject", flat=True)), "mails: 1" in out.getvalue()) == (["pending"], True)


def test_a_reminder_that_still_waits_stays_however_old(cast: SimpleNamespace, noon: datetime, settings: Any) -> None:
    settings.KEEP_NOTICES_DAYS = 10
    usual = {"person": cast.amina, "at": noon, "kind": "x", "record_id": 1, "verb": "v", "link": "/", "texts": {}}
    for more in ({"is_asked": True}, {"is_asked": True, "settled_at": noon}, {}):
        Notice.objects.create(**usual, **more)
    UsedKey.objects.create(key=uuid.uuid4(), person=cast.amina, used_at=noon)
    purge(at=noon + 40 * DAY)
    assert ([notice.is_asked for notice in Notice.objects.all()], UsedKey.objects.count()) == ([True], 0)
