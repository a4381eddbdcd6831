"""Versions of the handbook: the first comes with the portal, others are written by one and put in force by another."""

from collections.abc import Callable
from datetime import datetime, timedelta
from types import SimpleNamespace
from uuid import uuid4

import pytest
from django.test import Client

from budgets.tests.running_year import running_cycle
from sop_portal.dashboards.checks.invariants import problems
from sop_portal.foundation.kit.refusals import Changed, NotNow, NotReady, NotYours
from sop_portal.foundation.notices.models import Notice
from sop_portal.foundation.organisation.models import User
from sop_portal.foundation.trail.models import Entry
from sop_portal.handbook import actions, queries
from sop_portal.handbook.deadlines import owed_by_name
from sop_portal.handbook.models import Acknowledgement, Edition, Guide, WrittenEdition
from sop_portal.handbook.tests.published import published

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
    published(TEXTS, note="The start is new.", cast=cast, at=noon)
    with pytest.raises(NotNow):
        actions.acknowledge(first, by=cast.amina, at=noon)


def test_a_new_version_keeps_the_guides_that_were_left_alone(
    first: Edition, cast: SimpleNamespace, noon: datetime
) -> None:
    second = published(TEXTS, note="The start is new.", cast=cast, at=noon)
    old, new = ({g.page: g.text_zh for g in edition.guides.all()} for edition in (first, second))
    assert second.number == 2
    assert new == old | {"start": "新的说明。"}


def test_everybody_with_a_role_is_told_of_a_new_version(first: Edition, cast: SimpleNamespace, noon: datetime) -> None:
    published(TEXTS, note="The start is new.", cast=cast, at=noon)
    informed = set(Notice.objects.filter(kind="handbook").values_list("person__name", flat=True))
    assert informed == {person.name for person in vars(cast).values()} - {"Emil Novak", "Farid Karimi"}


def test_only_the_administrator_writes(first: Edition, cast: SimpleNamespace, noon: datetime) -> None:
    with pytest.raises(NotYours):
        actions.write_edition(TEXTS, note="The start is new.", by=cast.emil, at=noon, seen=1)


def test_two_administrators_do_not_overwrite_each_other(first: Edition, cast: SimpleNamespace, noon: datetime) -> None:
    published(TEXTS, note="The start is new.", cast=cast, at=noon)
    with pytest.raises(Changed):
        actions.write_edition({"start": ("Other.", "其他。")}, note="Other.", by=cast.ada, at=noon, seen=1)


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
        actions.write_edition(texts, note=note, by=cast.ada, at=noon, seen=1)
    assert refusal.value.missing == missing
    assert Edition.objects.count() == 1


def test_the_administrator_sees_who_has_not_read(first: Edition, cast: SimpleNamespace, noon: datetime) -> None:
    actions.acknowledge(first, by=cast.amina, at=noon)
    read, unread = queries.readers(first, noon.date())
    assert [a.person for a in read] == [cast.amina]
    assert {p.name for p in unread} == {p.name for p in vars(cast).values()} - {"Amina Diallo", "Farid Karimi"}
    assert queries.share_read(first, noon.date()) == (1, len(vars(cast)) - 1)


def test_revisions_name_the_pages_that_changed(first: Edition, cast: SimpleNamespace, noon: datetime) -> None:
    second = published(TEXTS, note="The start is new.", cast=cast, at=noon)
    assert [revision.page for revision in queries.revisions(first, second)] == ["start"]


def test_nobody_puts_in_force_what_they_wrote_and_others_are_asked(
    first: Edition, cast: SimpleNamespace, noon: datetime
) -> None:
    running_cycle(cast.ada)
    written = actions.write_edition(TEXTS, note="The start is new.", by=cast.ada, at=noon, seen=1)
    asked = set(Notice.objects.filter(kind="written-edition").values_list("person__name", flat=True))
    assert asked == {"Emil Novak", "Elif Aydin"}
    waits = {name: [o.step for o in owed_by_name(getattr(cast, name), noon)] for name in ("ada", "emil", "amina")}
    assert waits == {"ada": [], "emil": ["publish-edition"], "amina": []}
    with pytest.raises(NotYours, match="somebody else puts it in force"):
        actions.publish_edition(written, by=cast.ada, at=noon, seen=noon)
    for name in ("amina", "dora", "omar", "farid"):
        with pytest.raises(NotYours):
            actions.publish_edition(written, by=getattr(cast, name), at=noon, seen=noon)
    edition = actions.publish_edition(written, by=cast.emil, at=noon, seen=noon)
    assert (edition.number, edition.written_by, edition.published_by) == (2, cast.ada, cast.emil)
    assert WrittenEdition.objects.count() == 0
    assert [problem for problem in problems() if "handbook" in problem.lower()] == []


def test_a_version_that_somebody_wrote_meanwhile_is_not_overwritten(
    first: Edition, cast: SimpleNamespace, noon: datetime, as_person: Callable[..., Client]
) -> None:
    browser = as_person(cast.ada)
    typed = dict(browser.get("/handbook/edit/").context["form"].initial)
    actions.write_edition(TEXTS, note="The start is new.", by=cast.ada, at=noon, seen=1)
    mine = typed | {"start-en": "Mine.", "start-zh": "我的。", "note": "Mine."}
    assert browser.post("/handbook/edit/", mine | {"key": str(uuid4())}).status_code == 409
    assert WrittenEdition.objects.get().note == "The start is new."
    typed = dict(browser.get("/handbook/edit/").context["form"].initial)
    again = typed | {"start-en": "Mine.", "start-zh": "我的。", "note": "Mine.", "key": str(uuid4())}
    assert browser.post("/handbook/edit/", again).status_code == 302


def test_what_was_written_anew_is_read_again_and_what_was_given_up_is_gone(
    first: Edition, cast: SimpleNamespace, noon: datetime
) -> None:
    later = noon + timedelta(hours=1)
    written = actions.write_edition(TEXTS, note="The start is new.", by=cast.ada, at=noon, seen=1)
    actions.write_edition({"start": ("Again.", "再次。")}, note="Again.", by=cast.ada, at=later, seen=1)
    with pytest.raises(NotNow, match="written anew"):
        actions.publish_edition(written, by=cast.emil, at=later, seen=noon)
    with pytest.raises(NotNow, match="written anew"):
        actions.drop_written(written, by=cast.ada, at=later, seen=noon)
    actions.drop_written(written, by=cast.ada, at=later, seen=later)
    with pytest.raises(NotNow, match="no such version"):
        actions.publish_edition(written, by=cast.emil, at=later, seen=later)
    assert Edition.objects.count() == 1


@pytest.mark.parametrize(
    ("before", "is_en_new", "is_zh_new", "behind"),
    [
        ("", True, True, ""), ("", True, False, "zh"), ("", False, True, "en"), ("zh", False, True, ""),
        ("zh", True, False, "zh"), ("en", True, False, ""), ("en", False, False, "en"), ("zh", True, True, ""),
    ],
)  # fmt: skip
def test_a_language_is_behind_until_it_follows_the_other(
    before: str, is_en_new: bool, is_zh_new: bool, behind: str
) -> None:
    assert actions.language_behind(before, is_en_new, is_zh_new) == behind


def test_a_guide_changed_in_one_language_says_so_in_the_other(
    first: Edition, cast: SimpleNamespace, as_person: Callable[..., Client], noon: datetime
) -> None:
    chinese = first.guides.get(page="start").text_zh
    published({"start": ("Only English.", chinese)}, note="Half", cast=cast, at=noon)
    User.objects.filter(pk=cast.chen.pk).update(language="zh-hans")
    pages = [as_person(person).get("/handbook/") for person in (cast.amina, cast.chen)]
    assert [page.context["is_behind"] for page in pages] == [False, True]
    published({"start": ("Only English.", "补上。")}, note="Whole", cast=cast, at=noon, seen=2)
    assert not as_person(cast.chen).get("/handbook/").context["is_behind"]


def test_what_a_form_does_to_the_edges_of_a_text_is_no_change_of_it(
    first: Edition, cast: SimpleNamespace, as_person: Callable[[User], Client], noon: datetime
) -> None:
    """A guide that is changed in one language alone leaves the other behind, in the first version already."""
    writer, reader = as_person(cast.ada), as_person(cast.emil)
    typed = dict(writer.get("/handbook/edit/").context["form"].initial)
    typed = {name: str(text).replace("\n", "\r\n").strip() for name, text in typed.items()}
    typed |= {"start-en": "The year, rewritten.", "note": "The start is new.", "key": str(uuid4())}
    assert writer.post("/handbook/edit/", typed).status_code == 302
    written = WrittenEdition.objects.get()
    before = reader.get("/handbook/written/").context
    assert (list(written.texts), before["half_pages"]) == (["start"], queries.page_titles()["start"])
    assert [len(before["revised"][language]) for language in ("en", "zh")] == [1, 0]
    put = actions.publish_edition(written, by=cast.emil, at=noon, seen=written.written_at)
    assert {guide.page: guide.behind for guide in put.guides.all() if guide.behind} == {"start": "zh"}
