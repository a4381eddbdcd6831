from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone, translation

from sop_portal.foundation.kit import formats
from sop_portal.foundation.kit.dates import zone_called

MARCH = date(2013, 3, 31)


@pytest.mark.parametrize(
    ("value", "places", "text"),
    [
        (Decimal(12970), 0, "12,970"),
        (Decimal("-23.5"), 1, "\u221223.5"),
        (Decimal("0.005"), 2, "0.01"),
        (Decimal("-0.4"), 0, "0"),
        (1234567, 2, "1,234,567.00"),
        (None, 0, "–"),
        ("", 0, "–"),
    ],
)
def test_money_has_commas_a_true_minus_and_no_negative_zero(value, places, text):
    assert formats.money(value, places) == text


@pytest.mark.parametrize(("value", "text"), [(3, "+3"), (-3, "\u22123"), (0, "0"), (Decimal("0.4"), "0"), (None, "–")])
def test_a_change_shows_its_sign_and_nothing_changed_has_none(value, text):
    assert formats.signed(value) == text


def test_percent_keeps_a_fixed_space_in_english_and_none_in_chinese():
    assert formats.percent(13) == "13\u00a0%"
    assert formats.signed_percent(Decimal("-2.94")) == "\u22122.9\u00a0%"
    with translation.override("zh-hans"):
        assert formats.percent(13) == "13%"
        assert formats.signed_percent(Decimal("3.7")) == "+3.7%"


def test_a_day_is_written_with_its_weekday():
    assert formats.day(MARCH) == "Sunday 31\u00a0March"
    assert formats.day_long(MARCH) == "Sunday 31\u00a0March 2013"
    with translation.override("zh-hans"):
        assert formats.day(MARCH) == "3\u00a0月 31\u00a0日（星期日）"
        assert formats.day_long(MARCH) == "2013\u00a0年 3\u00a0月 31\u00a0日（星期日）"


def test_a_day_of_another_year_names_the_year():
    assert formats.day(MARCH, date(2012, 12, 1)) == "Sunday 31\u00a0March 2013"
    assert formats.day_short(MARCH, date(2013, 1, 1)) == "31\u00a0March"
    assert formats.day_short(MARCH, date(2014, 1, 1)) == "31\u00a0March 2013"


def test_a_moment_is_told_on_the_current_clock():
    at = datetime(2013, 3, 10, 19, 52, tzinfo=UTC)
    with timezone.override(ZoneInfo("America/New_York")):
        assert formats.moment(at) == "10\u00a0Mar 15:52"
        assert formats.moment(at, date(2014, 1, 1)) == "10\u00a0Mar 2013 15:52"
        assert formats.clock(at) == "15:52"
    with timezone.override(ZoneInfo("Asia/Shanghai")), translation.override("zh-hans"):
        assert formats.moment(at) == "3\u00a0月 11\u00a0日 03:52"


@pytest.mark.parametrize(
    ("today", "sentence"),
    [
        (date(2013, 3, 12), "Due Sunday 31\u00a0March, in 19 days."),
        (date(2013, 3, 30), "Due Sunday 31\u00a0March, in 1 day."),
        (date(2013, 3, 31), "Due today, Sunday 31\u00a0March."),
        (date(2013, 4, 2), "Was due Sunday 31\u00a0March, 2 days late."),
        (date(2012, 12, 31), "Due Sunday 31\u00a0March 2013, in 90 days."),
    ],
)
def test_the_due_phrase_says_the_day_and_how_far_it_is(today, sentence):
    assert formats.due_phrase(MARCH, today) == sentence


def test_waiting_is_counted_in_days():
    assert [formats.waited(count) for count in (0, 1, 4)] == ["Today", "1 day", "4 days"]


def test_every_filter_writes_a_dash_for_nothing():
    missing = [formats.day(None), formats.moment(None), formats.clock(None), formats.percent(None), formats.month(None)]
    assert missing == ["–"] * 5


def test_the_day_of_a_moment_is_the_day_of_the_organisation():
    at = datetime(2027, 5, 11, 2, 0, tzinfo=UTC)
    written = [write(at) for write in (formats.day_short, formats.day, formats.day_of_year)]
    assert written == ["10\N{NO-BREAK SPACE}May", "Monday 10\N{NO-BREAK SPACE}May", "10\N{NO-BREAK SPACE}May 2027"]


def test_a_note_stands_in_the_brackets_of_the_language() -> None:
    assert formats.with_note("Arts", 2) == "Arts (2)"
    with translation.override("zh-hans"):
        assert formats.with_note("东港分馆", 2) == "东港分馆（2）"


def test_a_time_zone_is_called_as_the_reader_calls_it() -> None:
    assert [zone_called(zone) for zone in ("America/New_York", "UTC")] == ["Eastern Time (New York)", "UTC"]
    with translation.override("zh-hans"):
        assert zone_called("America/New_York") == "北美东部时间（纽约）"
