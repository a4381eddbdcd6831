"""Telling people: one notice and one mail each, in their language, in the same transaction as the cause."""

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from types import SimpleNamespace

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext

from sop_portal.foundation.notices.actions import mark_read, notify, settle
from sop_portal.foundation.notices.models import Mail, Notice
from sop_portal.foundation.organisation.models import User

Browser = Callable[[User], Client]


def notices_about(
    people: list[User], at: datetime, sentence: str = "Something happened", quote: str = ""
) -> list[Notice]:
    before = list(Notice.objects.values_list("pk", flat=True))
    notify(people, lambda: sentence, kind="forecast", record_id=1, verb="submit", link="/me/", at=at, quote=quote)
    return list(Notice.objects.exclude(pk__in=before))


def test_everybody_is_told_once_by_notice_and_by_mail(cast: SimpleNamespace, noon: datetime) -> None:
    notices_about([cast.amina, cast.chidi, cast.amina], noon)
    assert set(Notice.objects.values_list("person__name", flat=True)) == {"Amina Diallo", "Chidi Okafor"}
    assert Mail.objects.count() == 2


def test_people_without_access_are_not_told(cast: SimpleNamespace, noon: datetime) -> None:
    cast.amina.is_active = False
    assert notices_about([cast.amina], noon) == []


def test_a_mail_is_written_in_the_language_of_its_reader(cast: SimpleNamespace, noon: datetime) -> None:
    cast.chen.language = "zh-hans"
    notify(
        [cast.amina, cast.chen],
        lambda: gettext("Monday"),
        kind="forecast",
        record_id=1,
        verb="submit",
        link="/2027/",
        at=noon,
    )
    with translation.override("zh-hans"):
        chinese = gettext("Monday")
    subjects = dict(Mail.objects.values_list("person__name", "subject"))
    assert chinese != "Monday"
    assert subjects == {"Amina Diallo": "Monday", "Chen Jing": chinese}


def test_a_mail_holds_the_sentence_the_quote_and_the_link(cast: SimpleNamespace, noon: datetime) -> None:
    notices_about([cast.amina], noon, "Chidi sent the forecast back", quote="Two points\r\nare open")
    assert Mail.objects.get().text == (
        "Hello Amina Diallo,\n\nChidi sent the forecast back\n\n> Two points\n> are open\n\nhttp://testserver/me/\n"
    )


def test_a_line_break_in_what_somebody_typed_does_not_reach_the_subject(cast: SimpleNamespace, noon: datetime) -> None:
    notices_about([cast.amina], noon, "A project\r\nBcc: everybody@example.org")
    assert Mail.objects.get().subject == "A project"


def test_what_is_undone_tells_nobody(cast: SimpleNamespace, noon: datetime) -> None:
    def notify_and_fail() -> None:
        with transaction.atomic():
            notices_about([cast.amina], noon)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        notify_and_fail()
    assert (Notice.objects.count(), Mail.objects.count()) == (0, 0)


def test_reading_marks_ones_own_notices_only(cast: SimpleNamespace, noon: datetime) -> None:
    mine, other = (notices_about([person], noon)[0] for person in (cast.amina, cast.chidi))
    assert mark_read(cast.amina, at=noon, ids=[mine.pk, other.pk]) == 1
    assert list(Notice.objects.unread()) == [other]


def test_reading_all_keeps_the_moment_of_what_was_read_before(cast: SimpleNamespace, noon: datetime) -> None:
    first = notices_about([cast.amina], noon)[0]
    mark_read(cast.amina, at=noon, ids=[first.pk])
    notices_about([cast.amina], noon)
    mark_read(cast.amina, at=noon + timedelta(hours=1))
    assert Notice.objects.get(pk=first.pk).read_at == noon


def test_the_inbox_shows_ones_own_notices(cast: SimpleNamespace, as_person: Browser, noon: datetime) -> None:
    notices_about([cast.amina], noon, "For Amina")
    pages = {name: as_person(getattr(cast, name)).get(reverse("notices")).content for name in ("amina", "ben")}
    assert {name: b"For Amina" in page for name, page in pages.items()} == {"amina": True, "ben": False}


def test_following_a_notice_reads_it(cast: SimpleNamespace, as_person: Browser, noon: datetime) -> None:
    notice = notices_about([cast.amina], noon)[0]
    form = {"key": str(uuid.uuid4())}
    assert as_person(cast.ben).post(reverse("notice", args=[notice.pk]), form).status_code == 404
    assert as_person(cast.amina).post(reverse("notice", args=[notice.pk]), form).headers["Location"] == "/me/"
    assert Notice.objects.unread().count() == 0


def test_reading_all_on_the_page(cast: SimpleNamespace, as_person: Browser, noon: datetime) -> None:
    notices_about([cast.amina], noon)
    as_person(cast.amina).post(reverse("notices-read"), {"key": str(uuid.uuid4())})
    assert Notice.objects.unread().count() == 0


def test_a_notice_in_chinese_is_read_in_chinese(cast: SimpleNamespace, noon: datetime) -> None:
    notify([cast.amina], lambda: gettext("Monday"), kind="x", record_id=1, verb="x", link="/", at=noon)
    notice = Notice.objects.get()
    with translation.override("zh-hans"):
        assert notice.text == gettext("Monday")


def test_what_was_answered_archives_itself(cast: SimpleNamespace, as_person: Browser, noon: datetime) -> None:
    notices_about([cast.amina], noon, "Answered one")
    settle("forecast", 1, at=noon)
    page = as_person(cast.amina).get(reverse("notices")).content.decode()
    assert page.index("Answered meanwhile") < page.index("Answered one")
    assert Notice.objects.unread().count() == 0
