"""How a person wants to be told: at once, once a day, not at night; what is due comes in any case."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
from django.core import mail as posted
from django.test import Client

from sop_portal.foundation.notices.actions import prefer, settle, write_notices
from sop_portal.foundation.notices.models import Mail, Notice, Preference
from sop_portal.foundation.notices.outbox import send_waiting
from sop_portal.foundation.notices.quiet_hours import digest_day, is_quiet, leaves_at
from sop_portal.foundation.notices.wording import NewNotice, shortened
from sop_portal.foundation.organisation.models import User

NEW_YORK = ZoneInfo("America/New_York")


def notifying(person: User, record: int = 1, *, is_deadline: bool = False, due_on: date | None = None) -> NewNotice:
    texts = {"en": f"Record {record}", "zh-hans": f"记录 {record}"}
    return NewNotice(person, texts, "forecast", record, "submit", f"/{record}/", is_deadline=is_deadline, due_on=due_on)


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=NEW_YORK)


@pytest.mark.parametrize(
    ("at", "is_deadline", "for_all", "leaves"),
    [
        ("2027-03-12T12:00", True, False, "2027-03-12T12:00"),
        ("2027-03-12T23:00", True, False, "2027-03-13T07:00"),
        ("2027-03-13T00:01", True, False, "2027-03-13T07:00"),
        ("2027-03-13T07:00", True, False, "2027-03-13T07:00"),
        ("2027-03-13T23:00", True, False, "2027-03-14T07:00"),  # the night clocks go forward
        ("2027-03-12T23:00", False, False, "2027-03-12T23:00"),
        ("2027-03-12T23:00", False, True, "2027-03-13T07:00"),
    ],
)
def test_reminders_do_not_come_at_night(at: str, is_deadline: bool, for_all: bool, leaves: str) -> None:
    preference = Preference(is_quiet_for_all=for_all)
    assert leaves_at(local(at), preference, NEW_YORK, is_deadline=is_deadline) == local(leaves)


def test_a_night_within_one_day_and_no_night_at_all() -> None:
    assert is_quiet(local("2027-03-12T13:00"), Preference(quiet_from=12, quiet_to=14), NEW_YORK)
    assert not is_quiet(local("2027-03-12T14:00"), Preference(quiet_from=12, quiet_to=14), NEW_YORK)
    assert not is_quiet(local("2027-03-12T03:00"), Preference(quiet_from=7, quiet_to=7), NEW_YORK)


@pytest.mark.parametrize(("at", "on"), [("06:45", 12), ("06:55", 13), ("07:05", 13), ("23:00", 13)])
def test_the_daily_mail_closes_ten_minutes_before_it_leaves(at: str, on: int) -> None:
    day, leaves = digest_day(local(f"2027-03-12T{at}"), Preference(), NEW_YORK)
    assert (day, leaves) == (date(2027, 3, on), local(f"2027-03-{on}T07:00"))


def test_a_day_of_notices_is_one_daily_mail(cast: SimpleNamespace, noon: datetime) -> None:
    prefer(cast.amina, mails="digest", quiet_from=21, quiet_to=7, is_quiet_for_all=False)
    for hours in range(3):
        write_notices([notifying(cast.amina, hours, is_deadline=hours == 1)], at=noon + timedelta(hours=hours))
    assert (Notice.objects.count(), Mail.objects.count()) == (3, 1)
    assert send_waiting(at=noon + timedelta(hours=5))["sent"] == 0
    assert send_waiting(at=local("2027-03-13T07:00"))["sent"] == 1
    assert [f"Record {n}" in posted.outbox[0].body for n in range(3)] == [True] * 3


def test_daily_mails_are_made_in_one_order_whoever_is_named_first(cast: SimpleNamespace, noon: datetime) -> None:
    people = sorted([cast.amina, cast.ben, cast.chidi], key=lambda person: -person.pk)
    for person in people:
        prefer(person, mails="digest", quiet_from=21, quiet_to=7, is_quiet_for_all=False)
    write_notices([notifying(person, 1) for person in people], at=noon)
    made = list(Mail.objects.order_by("pk").values_list("person_id", flat=True))
    assert made == sorted(person.pk for person in people)


def test_who_wants_deadlines_only_gets_them_and_reads_the_rest_in_the_portal(
    cast: SimpleNamespace, noon: datetime
) -> None:
    prefer(cast.amina, mails="deadlines", quiet_from=21, quiet_to=7, is_quiet_for_all=False)
    write_notices([notifying(cast.amina, 1)], at=noon)
    write_notices([notifying(cast.amina, 2, is_deadline=True)], at=noon)
    assert list(Mail.objects.values_list("subject", flat=True)) == ["Record 2"]
    assert Notice.objects.filter(person=cast.amina).count() == 2


def test_one_mail_tells_everything_at_once_in_text_and_html(cast: SimpleNamespace, noon: datetime) -> None:
    write_notices([notifying(cast.amina, n, is_deadline=True, due_on=date(2027, 3, 12 + n)) for n in range(3)], at=noon)
    send_waiting(at=noon)
    [message] = posted.outbox
    html = str(message.alternatives[0][0])
    assert message.subject == "Record 0, today, and 2 more"
    for number in range(3):
        assert f"Record {number}" in str(message.body)
        assert f'href="http://testserver/{number}/"' in html


def test_a_mail_names_what_else_is_owed(cast: SimpleNamespace, noon: datetime) -> None:
    write_notices([notifying(cast.amina, 7, is_deadline=True, due_on=date(2027, 3, 20))], at=noon - timedelta(days=3))
    Mail.objects.all().delete()
    write_notices([notifying(cast.amina, 1)], at=noon)
    send_waiting(at=noon)
    also = "Also waiting for you:\n- Record 7. Due Saturday 20\N{NO-BREAK SPACE}March, in 8 days."
    assert also in str(posted.outbox[0].body)


def test_what_is_answered_before_the_mail_leaves_is_not_sent(cast: SimpleNamespace, noon: datetime) -> None:
    write_notices([notifying(cast.amina, 1), notifying(cast.amina, 2)], at=noon)
    settle("forecast", 1, at=noon)
    send_waiting(at=noon)
    assert ["Record 1" in str(posted.outbox[0].body), "Record 2" in str(posted.outbox[0].body)] == [False, True]
    write_notices([notifying(cast.ben, 3)], at=noon)
    settle("forecast", 3, at=noon)
    assert send_waiting(at=noon)["withdrawn"] == 1
    assert len(posted.outbox) == 1


def test_what_people_typed_is_text_in_the_html_too(cast: SimpleNamespace, noon: datetime) -> None:
    texts = dict.fromkeys(("en", "zh-hans"), "<script>x</script>")
    write_notices([NewNotice(cast.amina, texts, "forecast", 1, "submit", "/1/", quote="<b>\r\nBcc: a@b.org")], at=noon)
    send_waiting(at=noon)
    html = str(posted.outbox[0].alternatives[0][0])
    assert ["<script>" in html, "<b>" in html, "&lt;script&gt;" in html] == [False, False, True]


def test_a_mail_begins_with_the_oldest_whatever_it_names_its_day_by(cast: SimpleNamespace, noon: datetime) -> None:
    waits = replace(notifying(cast.amina, 1, is_deadline=True), since_on=date(2026, 11, 4))
    late = notifying(cast.amina, 2, is_deadline=True, due_on=date(2026, 11, 20))
    oldest = replace(notifying(cast.amina, 3, is_deadline=True), since_on=date(2026, 9, 21))
    act = notifying(cast.amina, 4)
    write_notices([act], at=noon - timedelta(days=1))
    write_notices([replace(act, record_id=5, is_asked=True, link="/5/")], at=noon - timedelta(days=200))
    Mail.objects.all().delete()
    write_notices([waits, late, oldest], at=noon)
    send_waiting(at=noon)
    [message] = posted.outbox
    assert message.subject == "Record 3, and 2 more"
    found = re.findall(r"http://testserver/(\d)/", str(message.body))
    assert found == ["3", "1", "2", "5"]


def test_what_a_mail_does_not_list_is_said_to_be_where_it_is(
    cast: SimpleNamespace, noon: datetime, as_person: Callable[[User], Client]
) -> None:
    write_notices([notifying(cast.amina, n, is_deadline=True) for n in range(10, 140)], at=noon - timedelta(days=1))
    Mail.objects.all().delete()
    write_notices([notifying(cast.amina, 1)], at=noon)
    send_waiting(at=noon)
    [message] = posted.outbox
    place = "http://testserver/notices/"
    assert f"- And 120 more, all among your notices\n  {place}\n" in str(message.body)
    assert f'<a href="{place}">And 120 more' in str(message.alternatives[0][0])
    client, url, records = as_person(cast.amina), "/notices/", 0
    while url:
        turned = client.get(url).context["turned"]
        records, url = records + len(turned.rows), turned.next_url and f"/notices/{turned.next_url}"
    assert records == 131


@pytest.mark.parametrize(
    ("text", "most", "cut"),
    [
        ("Decide on Demand forecast 2027", 28, "Decide on Demand forecast…"),
        ("Decide on Demand forecast 2027", 30, "Decide on Demand forecast 2027"),
        ("Costs: 1,234,567.89 in all", 14, "Costs…"),
        ("请审核2027年度需求预测", 6, "请审核…"),
        ("请审核2027年度需求预测", 10, "请审核2027年度…"),
        ("Costs: 1,234,567.89 in all", 13, "Costs…"),
        ("Donaudampfschifffahrt", 10, "Donaudamp…"),
    ],
)
def test_a_subject_is_cut_at_a_word_and_never_inside_a_number(text: str, most: int, cut: str) -> None:
    assert shortened(text, most) == cut
