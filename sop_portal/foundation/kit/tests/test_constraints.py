from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, models, transaction
from django.test.utils import isolate_apps

from sop_portal.foundation.kit.constraints import (
    in_order,
    not_same,
    one_of,
    positive,
    stamped,
)

NOON = datetime(2027, 3, 31, 12, tzinfo=UTC)
LATER = NOON + timedelta(hours=1)


class State(models.TextChoices):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    ACCEPTED = "accepted"


def letter_model() -> Any:
    class Letter(models.Model):
        state = models.CharField(max_length=20, default="draft")
        submitted_at = models.DateTimeField(null=True)
        submitted_by = models.IntegerField(null=True)
        accepted_at = models.DateTimeField(null=True)
        accepted_by = models.IntegerField(null=True)
        pages = models.IntegerField(default=1)

        class Meta:
            app_label = "kit"
            constraints = [
                stamped(state_field="state", states=[State.SUBMITTED, State.ACCEPTED], stamp="submitted", name="sent"),
                stamped(state_field="state", states=["accepted"], stamp="accepted", name="accepted"),
                not_same("submitted_by", "accepted_by", "four_eyes"),
                positive("pages"),
                in_order("submitted_at", "accepted_at", "in_order"),
                one_of("state", State, "known_state"),
            ]

        def __str__(self) -> str:
            return self.state

    return Letter


@pytest.fixture
def letters(db: None) -> Iterator[Any]:
    with isolate_apps("sop_portal.foundation.kit"):
        letter = letter_model()
        editor = connection.schema_editor()
        editor.deferred_sql = []
        create, params = editor.table_sql(letter)
        with connection.cursor() as cursor:
            cursor.execute(create, params or None)
        yield letter


SENT = {"state": "submitted", "submitted_at": NOON, "submitted_by": 1}
ACCEPTED = SENT | {"state": "accepted", "accepted_at": LATER, "accepted_by": 2}

POSSIBLE: dict[str, dict[str, Any]] = {
    "draft": {},
    "sent": SENT,
    "accepted": ACCEPTED,
    "accepted at the same moment": ACCEPTED | {"accepted_at": NOON},
    "a stamp outlives its state": SENT | {"state": "draft"},
}

IMPOSSIBLE: dict[str, tuple[str, dict[str, Any]]] = {
    "sent, nobody knows when": ("sent", SENT | {"submitted_at": None}),
    "sent, nobody knows by whom": ("sent", SENT | {"submitted_by": None}),
    "sent without a stamp": ("sent", {"state": "submitted"}),
    "half a stamp in a draft": ("sent", {"submitted_at": NOON}),
    "accepted without having been sent": ("sent", ACCEPTED | {"submitted_at": None, "submitted_by": None}),
    "accepted without a stamp": ("accepted", SENT | {"state": "accepted"}),
    "accepted by whoever sent it": ("four_eyes", ACCEPTED | {"accepted_by": 1}),
    "no page": ("kit_letter_pages_positive", {"pages": 0}),
    "accepted before it was sent": ("in_order", ACCEPTED | {"accepted_at": NOON - timedelta(seconds=1)}),
    "a state nobody knows": ("known_state", {"state": "lost"}),
}


@pytest.mark.parametrize("fields", POSSIBLE.values(), ids=POSSIBLE)
def test_a_row_that_is_true_is_kept(letters: Any, fields: dict[str, Any]) -> None:
    letter = letters(**fields)
    letter.validate_constraints()
    letter.save()
    assert letters.objects.count() == 1


@pytest.mark.parametrize(("name", "fields"), IMPOSSIBLE.values(), ids=IMPOSSIBLE)
def test_a_row_that_lies_is_refused_by_the_database(letters: Any, name: str, fields: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        letters.objects.create(**fields)
    assert letters.objects.count() == 0


@pytest.mark.parametrize(("name", "fields"), IMPOSSIBLE.values(), ids=IMPOSSIBLE)
def test_a_row_that_lies_is_refused_in_words(letters: Any, name: str, fields: dict[str, Any]) -> None:
    with pytest.raises(ValidationError) as refused:
        letters(**fields).validate_constraints()
    constraint = next(each for each in letters._meta.constraints if each.name == name)
    assert str(constraint.violation_error_message) in refused.value.messages
    assert all(sentence.endswith(".") for sentence in refused.value.messages)


def test_names_are_made_from_the_model_where_none_is_given(letters: Any) -> None:
    assert "kit_letter_pages_positive" in {each.name for each in letters._meta.constraints}


def test_the_words_may_be_chosen() -> None:
    constraint = positive("pages", name="has_pages", message="A letter has a page.")
    assert (constraint.name, constraint.violation_error_message) == ("has_pages", "A letter has a page.")


def test_a_name_longer_than_postgresql_takes_is_refused() -> None:
    assert in_order("a", "b", "x" * 63).name == "x" * 63
    with pytest.raises(ValueError, match="63 characters"):
        in_order("a", "b", "x" * 64)
