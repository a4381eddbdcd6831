"""Versions of the handbook: the first comes with the portal, the administrator publishes others, everybody confirms."""

from datetime import datetime, timedelta
from types import SimpleNamespace

import pytest

from sop_portal.foundation.kit.refusals import Changed, NotNow, NotReady, NotYours
from sop_portal.foundation.notices.models import Notice
from sop_portal.foundation.trail.models import Entry
from sop_portal.handbook import actions, queries
from sop_portal.handbook.models import Acknowledgement, Edition, Guide

TEXTS = {"start": ("The year, rewritten.", "新的说明。")}


@pytest.fixture
def first(db: None) -> Edition:
    """The version that comes with the portal."""
    return Edition.objects.get()


def test_the_first_version_has_a_guide_in_both_languages_for_every_page(first: Edition) -> None:
    pages = set(Guide.objects.filter(edition=first).values_list("page", flat=True))
    assert (first.number, pages) == (1, set(queries.page_titles()))


def test_a_guide_is_long_enough_to_help_and_short_enough_to_be_read(first: Edition) -> None:
    lengths = {guide.page: len(guide.text_en.split()) for guide in first.guides.all()}
    assert {page: length for page, length in lengths.items() if not 150 <= length <= 300} == {}


def test_a_person_confirms_the_version_in_force_once(first: Edition, cast: SimpleNamespace, noon: datetime) -> None:
    actions.acknowledge(first, by=cast.amina, at=noon)
    actions.acknowledge(first, by=cast.amina, at=noon + timedelta(hours=1))
    assert list(Acknowledgement.objects.values_list("person", "at")) == [(cast.amina.pk, noon)]
    assert list(Entry.objects.values_list("kind", "verb", "by_id")) == [("handbook", "acknowledge", cast.amina.pk)]


def test_an_outsider_confirms_nothing(first: Edition, cast: SimpleNamespace, noon: datetime) -> None:
    with pytest.raises(NotYours):
        actions.acknowledge(first, by=cast.farid, at=noon)
    assert Acknowledgement.objects.count() == 0


def test_an_older_version_is_not_confirmed(first: Edition, cast: SimpleNamespace, noon: datetime) -> None:
    actions.publish_edition(TEXTS, note="The start is new.", by=cast.ada, at=noon, seen=1)
    with pytest.raises(NotNow):
        actions.acknowledge(first, by=cast.amina, at=noon)


def test_a_new_version_keeps_the_guides_that_were_left_alone(
    first: Edition, cast: SimpleNamespace, noon: datetime
) -> None:
    second = actions.publish_edition(TEXTS, note="The start is new.", by=cast.ada, at=noon, seen=1)
    old, new = ({g.page: g.text_zh for g in edition.guides.all()} for edition in (first, second))
    assert second.number == 2
    assert new == old | {"start": "新的说明。"}


def test_everybody_with_a_role_is_told_of_a_new_version(first: Edition, cast: SimpleNamespace, noon: datetime) -> None:
    actions.publish_edition(TEXTS, note="The start is new.", by=cast.ada, at=noon, seen=1)
    informed = set(Notice.objects.values_list("person__name", flat=True))
    assert informed == {person.name for person in vars(cast).values()} - {"Ada Moreno", "Farid Karimi"}


def test_only_the_administrator_publishes(first: Edition, cast: SimpleNamespace, noon: datetime) -> None:
    with pytest.raises(NotYours):
        actions.publish_edition(TEXTS, note="The start is new.", by=cast.emil, at=noon, seen=1)


def test_two_administrators_do_not_overwrite_each_other(first: Edition, cast: SimpleNamespace, noon: datetime) -> None:
    actions.publish_edition(TEXTS, note="The start is new.", by=cast.ada, at=noon, seen=1)
    with pytest.raises(Changed):
        actions.publish_edition({"start": ("Other.", "其他。")}, note="Other.", by=cast.ada, at=noon, seen=1)


@pytest.mark.parametrize(
    ("texts", "note", "missing"),
    [
        ({}, "Nothing.", ["No guide is changed."]),
        ({"start": ("Only English.", " ")}, "Half.", ["A guide is missing in one of the two languages."]),
        (TEXTS, " ", ["The note of what changed is missing."]),
    ],
)
def test_a_version_without_change_translation_or_note_is_refused(
    first: Edition, cast: SimpleNamespace, noon: datetime, texts: actions.Texts, note: str, missing: list[str]
) -> None:
    with pytest.raises(NotReady) as refusal:
        actions.publish_edition(texts, note=note, by=cast.ada, at=noon, seen=1)
    assert refusal.value.missing == missing
    assert Edition.objects.count() == 1


def test_the_administrator_sees_who_has_not_read(first: Edition, cast: SimpleNamespace, noon: datetime) -> None:
    actions.acknowledge(first, by=cast.amina, at=noon)
    read, unread = queries.readers(first, noon.date())
    assert [a.person for a in read] == [cast.amina]
    assert {p.name for p in unread} == {p.name for p in vars(cast).values()} - {"Amina Diallo", "Farid Karimi"}
    assert queries.share_read(first, noon.date()) == (1, len(vars(cast)) - 1)


def test_revisions_name_the_pages_that_changed(first: Edition, cast: SimpleNamespace, noon: datetime) -> None:
    second = actions.publish_edition(TEXTS, note="The start is new.", by=cast.ada, at=noon, seen=1)
    assert [revision.page for revision in queries.revisions(first, second)] == ["start"]
