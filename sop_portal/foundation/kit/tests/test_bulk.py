"""Rows made by one statement are the rows that would have been made one by one."""

from contextlib import nullcontext
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import DataError, IntegrityError, connection, transaction

from sop_portal.foundation.kit import bulk
from sop_portal.foundation.kit.bulk import insert_rows
from sop_portal.foundation.notices.models import Notice
from sop_portal.foundation.organisation.models import Department

NOON = datetime(2027, 3, 31, 12, tzinfo=UTC)
NOTICE = (
    "person",
    "at",
    "kind",
    "record_id",
    "verb",
    "link",
    "texts",
    "typed",
    "quote",
    "is_deadline",
    "is_asked",
    "due_on",
    "calendar",
)


COLUMNS = ("name", "slug", "is_active", "division")


def department(name: str) -> tuple[Any, ...]:
    return name, name.lower(), True, ""


def test_rows_are_inserted_in_order_and_their_ids_are_told(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk, "ROWS_AT_ONCE", 2)
    ids = insert_rows(Department, COLUMNS, map(department, ("Music", "Art", "Dance")))
    assert [Department.objects.get(pk=pk).name for pk in ids] == ["Music", "Art", "Dance"]


def test_no_row_is_no_statement(db: None, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        assert insert_rows(Department, COLUMNS, []) == []


def test_every_kind_of_value_comes_back_as_it_was(cast: SimpleNamespace) -> None:
    texts = {"en": "It’s “due”, {a} \\ %s\n", "zh-hans": "到期"}
    for due_on in (date(2027, 4, 30), None):
        said = (cast.amina.pk, NOON, "forecast", 2**40, "submit", "/", texts, ["a", "b"], "", True, False, due_on, "")
        notice = Notice.objects.get(pk=insert_rows(Notice, NOTICE, [said])[0])
        assert (
            notice.person_id,
            notice.at,
            notice.kind,
            notice.record_id,
            notice.verb,
            notice.link,
            notice.texts,
            notice.typed,
            notice.quote,
            notice.is_deadline,
            notice.is_asked,
            notice.due_on,
            notice.calendar,
        ) == said


def test_what_is_there_already_is_left_out_where_that_is_wanted(db: None) -> None:
    insert_rows(Department, COLUMNS, [department("Music")])
    insert_rows(Department, COLUMNS, map(department, ("Music", "Art")), unless_there=True)
    assert sorted(Department.objects.values_list("name", flat=True)) == ["Art", "Music"]


def test_what_is_there_already_is_an_error_everywhere_else(db: None) -> None:
    insert_rows(Department, COLUMNS, [department("Music")])
    with pytest.raises(IntegrityError), transaction.atomic():
        insert_rows(Department, COLUMNS, map(department, ("Art", "Music")))
    assert list(Department.objects.values_list("name", flat=True)) == ["Music"]


def test_a_word_that_is_too_long_is_refused_or_kept_whole_and_never_cut(db: None) -> None:
    # PostgreSQL refuses it; SQLite keeps words of any length.
    refuses = pytest.raises(DataError) if connection.vendor == "postgresql" else nullcontext()
    with refuses, transaction.atomic():
        insert_rows(Department, COLUMNS, [department("M" * 300)])
    assert not Department.objects.filter(name="M" * 120).exists()


def test_moments_an_hour_apart_that_a_clock_shows_alike_stay_an_hour_apart(cast: SimpleNamespace) -> None:
    first = datetime(2027, 10, 31, 2, 30, tzinfo=ZoneInfo("Europe/Berlin"))
    moments = [first, first.replace(fold=1)]
    insert_rows(
        Notice,
        NOTICE,
        (
            (cast.amina.pk, at, "forecast", 1, "submit", "/", {"en": "News"}, [], "", True, False, None, "")
            for at in moments
        ),
    )
    at, later = Notice.objects.order_by("pk").values_list("at", flat=True)
    assert later - at == timedelta(hours=1)


def test_the_least_number_of_a_field_is_a_number_too(cast: SimpleNamespace) -> None:
    least = -(2**63)
    said: tuple[Any, ...] = (
        cast.amina.pk,
        NOON,
        "forecast",
        least,
        "submit",
        "/",
        {"en": "News"},
        [],
        "",
        True,
        False,
        None,
        "",
    )
    insert_rows(Notice, NOTICE, [said, said])
    assert list(Notice.objects.values_list("record_id", flat=True)) == [least, least]
