"""The trail finds every tampering, and the database refuses the plain ones."""

import json
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from html import unescape
from io import StringIO
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.db.models import F
from django.test import Client

from sop_portal.foundation.kit.refusals import NotNow
from sop_portal.foundation.kit.sentences import interpolate, typed
from sop_portal.foundation.organisation.models import User
from sop_portal.foundation.trail.actions import Change, _covered, end_of_trail, record, verify
from sop_portal.foundation.trail.chain import COVERED, START, digest, seal
from sop_portal.foundation.trail.models import Entry, Head, Verification
from sop_portal.foundation.trail.wording import HAPPENED, VERBS
from sop_portal.foundation.workflow.middleware import note_attempt
from sop_portal.tests.page_text import words_of
from sop_portal.tests.shared_fixtures import shared_fixture

TRIGGERS = {
    "trail_entry_append_only_update": "trail_entry",
    "trail_entry_append_only_delete": "trail_entry",
    "trail_head_stays": "trail_head",
    "trail_head_only_grows": "trail_head",
    "trail_head_is_last_entry": "trail_head",
}


@shared_fixture
def chain(cast: SimpleNamespace, noon: datetime) -> list[Entry]:
    """Six genuine entries."""
    on = SimpleNamespace(pk=7, department_id=1, cycle_id=2, version=3)
    for n in range(6):
        record(
            "forecast",
            on,
            "edit",
            by=cast.amina.pk,
            at=noon + timedelta(minutes=n),
            changes=[Change("participants", str(n), str(n + 1), "Story hours")],
            comment=f"Entry {n} ü 艺术",
        )
    return list(Entry.objects.order_by("position"))


@pytest.fixture
def without_guard(chain: list[Entry]) -> None:
    """Somebody who owns the database has put the triggers out of action."""
    put_guards_out_of_action()


def put_guards_out_of_action() -> None:
    """Remove what keeps the trail's tables from being changed."""
    with connection.cursor() as cursor:
        for trigger, table in TRIGGERS.items():
            on = f" ON {table}" if connection.vendor == "postgresql" else ""
            cursor.execute(f"DROP TRIGGER IF EXISTS {trigger}{on}")


def test_a_genuine_trail_is_good(chain: list[Entry]) -> None:
    assert verify() == []


def test_an_empty_trail_is_good(db: None) -> None:
    assert verify() == []


def test_entries_are_numbered_without_gaps(chain: list[Entry]) -> None:
    assert list(Entry.objects.order_by("position").values_list("position", flat=True)) == [1, 2, 3, 4, 5, 6]


EDITS: dict[str, Any] = {
    "at": datetime.fromisoformat("2027-01-01T00:00+00:00"),
    "by_id": 999,
    "behalf_id": 999,
    "kind": "budget",
    "record_id": 8,
    "department_id": 999,
    "cycle_id": 999,
    "verb": "submit",
    "state_from": "draft",
    "state_to": "approved",
    "version": 9,
    "changes": [],
    "comment": "Another reason",
    "previous": "f" * 64,
}


def test_every_field_is_covered_by_the_hash() -> None:
    fields = {field.attname for field in Entry._meta.concrete_fields}
    assert fields == set(COVERED) | {"at", "hash"}
    assert set(EDITS) == fields - {"position", "hash"}


@pytest.mark.usefixtures("without_guard")
@pytest.mark.parametrize("field", sorted(EDITS))
def test_an_edit_of_any_field_is_found(field: str) -> None:
    Entry.objects.filter(position=3).update(**{field: EDITS[field]})
    assert "Entry 3 was changed." in verify()


@pytest.mark.usefixtures("without_guard")
def test_an_edit_with_a_hash_of_its_own_is_found() -> None:
    """Without the key nobody computes a hash that holds."""
    entry = Entry.objects.get(position=3)
    entry.comment = "Another reason"
    forged = digest("a guessed key", _covered(entry), entry.at)
    Entry.objects.filter(position=3).update(comment=entry.comment, hash=forged)
    assert verify() == ["Entry 3 was changed.", "Entry 4 does not follow the one before it."]


@pytest.mark.usefixtures("without_guard")
def test_a_deletion_in_the_middle_is_found() -> None:
    Entry.objects.filter(position=3).delete()
    assert verify() == ["Entries 3 to 3 are missing.", "Entry 4 does not follow the one before it."]


@pytest.mark.usefixtures("without_guard")
def test_a_deletion_with_the_numbers_closed_up_is_found() -> None:
    Entry.objects.filter(position=3).delete()
    for position in (4, 5, 6):
        Entry.objects.filter(position=position).update(position=position - 1)
    assert "Entry 3 was changed." in verify()


@pytest.mark.usefixtures("without_guard")
def test_an_insertion_is_found() -> None:
    copy = Entry.objects.get(position=3)
    for position in (6, 5, 4):
        Entry.objects.filter(position=position).update(position=position + 1)
    copy.position = 4
    copy.save(force_insert=True)
    assert "Entry 4 does not follow the one before it." in verify()


@pytest.mark.usefixtures("without_guard")
def test_an_entry_added_at_the_end_without_the_head_is_found() -> None:
    copy = Entry.objects.get(position=6)
    copy.position, copy.previous = 7, copy.hash
    copy.save(force_insert=True)
    assert verify() == ["Entry 7 was changed.", "The trail ends at 7, but its head says 6: entries were cut off."]


@pytest.mark.usefixtures("without_guard")
def test_a_change_of_order_is_found() -> None:
    for old, new in ((2, 99), (3, 2), (99, 3)):
        Entry.objects.filter(position=old).update(position=new)
    assert "Entry 2 was changed." in verify()


@pytest.mark.usefixtures("without_guard")
@pytest.mark.parametrize("left", [5, 3, 1, 0])
def test_a_cut_at_the_end_is_found(left: int) -> None:
    Entry.objects.filter(position__gt=left).delete()
    assert verify() == [f"The trail ends at {left}, but its head says 6: entries were cut off."]


@pytest.mark.usefixtures("without_guard")
def test_a_cut_with_a_head_made_to_fit_is_found() -> None:
    Entry.objects.filter(position__gt=4).delete()
    last = Entry.objects.get(position=4)
    Head.objects.update(position=4, hash=last.hash)
    assert verify() == ["The seal of the trail's end is not genuine."]


@pytest.mark.usefixtures("without_guard")
def test_a_cut_with_the_head_taken_away_is_found() -> None:
    Entry.objects.filter(position__gt=4).delete()
    Head.objects.all().delete()
    assert verify() == ["The end of the trail is missing."]


@pytest.mark.usefixtures("without_guard")
@pytest.mark.parametrize("ends", ["", START])
def test_an_emptied_trail_with_a_head_set_to_nothing_is_found(ends: str) -> None:
    Entry.objects.all().delete()
    Head.objects.update(position=0, hash=ends)
    assert len(verify()) == 1


@pytest.mark.usefixtures("without_guard")
def test_an_emptied_trail_without_a_head_is_found() -> None:
    Entry.objects.all().delete()
    Head.objects.all().delete()
    assert verify() == ["The end of the trail is missing."]


@pytest.mark.usefixtures("without_guard")
@pytest.mark.parametrize("left", [4, 0])
def test_the_next_act_does_not_cover_up_a_cut(cast: SimpleNamespace, noon: datetime, left: int) -> None:
    Entry.objects.filter(position__gt=left).delete()
    last = Entry.objects.filter(position=left).first()
    Head.objects.update(position=left, hash=last.hash if last else START)
    record("forecast", SimpleNamespace(pk=7), "edit", by=cast.amina.pk, at=noon)
    assert verify() == ["The seal of the trail's end is not genuine."]


@pytest.mark.usefixtures("without_guard")
def test_an_older_state_brought_back_whole_is_found_by_the_end_that_was_noted(chain: list[Entry]) -> None:
    """Nothing inside the database can tell: the end that was kept elsewhere does."""
    noted, older = end_of_trail(), chain[3]
    Entry.objects.filter(position__gt=4).delete()
    Head.objects.update(position=4, hash=older.hash, seal=seal(settings.TRAIL_KEY, 4, older.hash))
    assert verify() == []
    assert verify(noted) == ["The trail was noted to reach 6, but it ends at 4: entries were cut off."]


def test_a_trail_that_went_on_since_its_end_was_noted_is_good(
    chain: list[Entry], cast: SimpleNamespace, noon: datetime
) -> None:
    noted = end_of_trail()
    record("forecast", SimpleNamespace(pk=7), "edit", by=cast.amina.pk, at=noon)
    assert verify(noted) == []
    assert verify(f"6:{START}") == ["Entry 6 is not the one that was noted."]


def test_the_command_prints_an_end_and_expects_it(chain: list[Entry]) -> None:
    out = StringIO()
    call_command("verify_trail", "--json", stdout=out)
    noted = json.loads(out.getvalue())["end"]
    call_command("verify_trail", "--expect", noted, stdout=StringIO())
    with pytest.raises(SystemExit):
        call_command("verify_trail", "--expect", f"7:{START}", stdout=StringIO())
    with pytest.raises(CommandError, match="not an end of the trail"):
        call_command("verify_trail", "--expect", "yesterday", stdout=StringIO())


def test_the_database_keeps_the_head_of_the_trail(chain: list[Entry]) -> None:
    for act in (
        Head.objects.all().delete,
        lambda: Head.objects.update(position=0),
        lambda: Head.objects.update(hash="x"),
        lambda: Head.objects.update(seal="0" * 64),
        lambda: Head.objects.update(position=F("position") + 1),
        lambda: Head.objects.update(position=F("position") + 1, hash=chain[-1].hash),
    ):
        with pytest.raises(DatabaseError, match="never changes"), transaction.atomic():
            act()
    assert verify() == []


def test_the_command_fails_on_a_tampered_trail(without_guard: None) -> None:
    Entry.objects.filter(position=3).update(comment="Another reason")
    with pytest.raises(SystemExit) as stopped:
        call_command("verify_trail", stdout=StringIO(), stderr=StringIO())
    assert stopped.value.code not in (0, None)
    assert list(Verification.objects.values_list("problems", flat=True)) == [1]


def test_the_command_is_content_with_a_genuine_trail_and_says_when_it_looked(chain: list[Entry]) -> None:
    call_command("verify_trail", stdout=StringIO())
    assert list(Verification.objects.values_list("entries", "problems")) == [(len(chain), 0)]


def test_the_database_refuses_to_change_an_entry(chain: list[Entry]) -> None:
    with pytest.raises(DatabaseError, match="never changes"), transaction.atomic():
        Entry.objects.filter(position=3).update(comment="Another reason")
    assert verify() == []


def test_the_database_refuses_to_delete_an_entry(chain: list[Entry]) -> None:
    with pytest.raises(DatabaseError, match="never changes"), transaction.atomic():
        Entry.objects.filter(position=3).delete()
    assert verify() == []


def test_the_database_refuses_a_second_head(chain: list[Entry]) -> None:
    with pytest.raises(DatabaseError), transaction.atomic():
        Head.objects.create(pk=2)


def test_what_is_undone_leaves_no_entry(chain: list[Entry], cast: SimpleNamespace, noon: datetime) -> None:
    def edit_and_fail() -> None:
        with transaction.atomic():
            record("forecast", chain[0], "edit", by=cast.amina.pk, at=noon)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        edit_and_fail()
    assert (Entry.objects.count(), verify()) == (6, [])


def test_a_refused_attempt_is_kept_without_the_people_its_refusal_names(cast: SimpleNamespace, noon: datetime) -> None:
    refusal = NotNow(interpolate("%(person)s was faster.", {"person": typed("Chen Jing")}), "Chen Jing can undo it.")
    refusal.attempt = ("forecast", SimpleNamespace(pk=7), "accept", cast.amina, noon)
    note_attempt(refusal)
    assert Entry.objects.get().comment == "… was faster."


def test_the_trail_holds_no_name_of_a_person(chain: list[Entry], cast: SimpleNamespace) -> None:
    text = " ".join(str(value) for row in Entry.objects.values() for value in row.values())
    assert [person.name for person in vars(cast).values() if person.name in text] == []


def test_older_entries_follow_and_the_page_stays_with_its_record(
    cast: SimpleNamespace, as_person: Callable[[User], Client], noon: datetime
) -> None:
    for turn in range(52):
        record("forecast", SimpleNamespace(pk=7 + turn // 51), f"edit {turn}", by=cast.amina.pk, at=noon)
    page = as_person(cast.ada).get("/trail/?kind=forecast&record=7").content.decode()
    assert ("edit 50" in page, "edit 51" in page, "edit 0<" in page) == (True, False, False)
    [older] = re.findall(r'href="(\?[^"]*after=[^"]*)"', page)
    page = as_person(cast.ada).get("/trail/" + unescape(older)).content.decode()
    assert ("edit 0<" in page, "edit 1<" in page, "Older entries" in page) == (True, False, False)


@pytest.mark.parametrize(
    ("language", "said"),
    [("en", "故事会，人力：小时, fourth quarter: 1 → 2"), ("zh-hans", "故事会，人力：小时，第四季度：1 → 2")],
)
def test_a_place_and_a_field_are_set_as_the_language_sets_them(
    cast: SimpleNamespace, as_person: Callable[[User], Client], noon: datetime, language: str, said: str
) -> None:
    change = Change("q4", "1", "2", where="故事会, 人力: 小时")
    record("budget", SimpleNamespace(pk=7), "edit", by=cast.amina.pk, at=noon, changes=[change])
    browser = as_person(cast.ada)
    browser.cookies["django_language"] = language
    assert said in words_of(browser.get("/trail/?kind=budget&record=7"))


def test_the_history_has_a_sentence_for_every_act_that_the_trail_has_a_name_for() -> None:
    # What was begun says what was begun: the table of steps has that sentence.
    assert set(VERBS) - set(HAPPENED) == {"create"}
