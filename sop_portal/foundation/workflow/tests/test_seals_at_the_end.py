"""Seals are written when the outermost act ends: of what is there then, and of nothing that was taken back."""

from contextlib import suppress
from datetime import UTC, datetime
from types import SimpleNamespace

from django.db import transaction

from sop_portal.foundation.kit.transactions import whole
from sop_portal.foundation.organisation.models import User
from sop_portal.foundation.workflow.contributors import KIND
from sop_portal.foundation.workflow.models import Contributor, Seal
from sop_portal.foundation.workflow.seals import broken_rows, release_rows, seal_rows

NOON = datetime(2027, 3, 12, 17, tzinfo=UTC)


class TakenBackError(Exception):
    """Something went wrong inside."""


def shaped_by(person: User) -> Contributor:
    """A row that an act wrote and asked to seal."""
    row = Contributor.objects.create(kind="forecast", record_id=1, person=person, at=NOON)
    seal_rows(KIND, [row.pk])
    return row


def sealed() -> list[int]:
    return list(Seal.objects.filter(kind=KIND).order_by("record_id").values_list("record_id", flat=True))


def test_a_row_is_sealed_as_it_stands_when_the_act_ends(cast: SimpleNamespace) -> None:
    with whole():
        row = shaped_by(cast.amina)
        assert sealed() == []
        Contributor.objects.filter(pk=row.pk).update(record_id=2)
    assert sealed() == [row.pk]
    assert list(broken_rows(KIND)) == []


def test_a_row_that_goes_again_within_its_act_leaves_no_seal(cast: SimpleNamespace) -> None:
    with whole():
        row = shaped_by(cast.amina)
        release_rows(KIND, [row.pk])
        row.delete()
        kept = shaped_by(cast.ben)
    assert sealed() == [kept.pk]
    assert list(broken_rows(KIND)) == []


def test_what_a_savepoint_takes_back_is_not_sealed(cast: SimpleNamespace) -> None:
    with whole():
        kept = shaped_by(cast.amina)
        with suppress(TakenBackError), transaction.atomic():
            shaped_by(cast.ben)
            release_rows(KIND, [kept.pk])
            raise TakenBackError
    assert sealed() == [kept.pk]
    assert list(broken_rows(KIND)) == []
