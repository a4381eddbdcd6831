from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError
from hypothesis import example, given
from hypothesis import strategies as st

from sop_portal.foundation.kit.dates import (
    DayField,
    add_civil_days,
    add_months,
    end_of_day,
    end_of_month,
    start_of_day,
    stored_day,
)

ZONES = [
    *("UTC", "America/New_York", "Asia/Shanghai", "Pacific/Apia", "Africa/Casablanca", "America/Havana"),
    *("America/Sao_Paulo", "America/St_Johns", "Asia/Beirut", "Asia/Kathmandu", "Australia/Lord_Howe", "America/Nuuk"),
    *("Africa/Cairo", "America/Toronto", "Pacific/Kwajalein", "America/Asuncion", "Asia/Tehran", "Europe/London"),
]
MOMENT = timedelta(microseconds=1)


# Worked out by hand from the announced changes of the clocks; the end is written to the second.
@pytest.mark.parametrize(
    ("on", "zone", "starts", "ends"),
    [
        ("2027-03-31", "UTC", "2027-03-31 00:00", "2027-03-31 23:59:59"),
        ("2027-03-31", "Asia/Shanghai", "2027-03-30 16:00", "2027-03-31 15:59:59"),
        ("2027-01-31", "America/New_York", "2027-01-31 05:00", "2027-02-01 04:59:59"),
        # 23 and 25 hours.
        ("2027-03-14", "America/New_York", "2027-03-14 05:00", "2027-03-15 03:59:59"),
        ("2027-11-07", "America/New_York", "2027-11-07 04:00", "2027-11-08 04:59:59"),
        # Samoa left out 30 December 2011.
        ("2011-12-29", "Pacific/Apia", "2011-12-29 10:00", "2011-12-30 09:59:59"),
        ("2011-12-30", "Pacific/Apia", "2011-12-30 10:00", "2011-12-30 09:59:59"),
        ("2011-12-31", "Pacific/Apia", "2011-12-30 10:00", "2011-12-31 09:59:59"),
        # Morocco goes back for Ramadan: 2024 from 10 March 03:00 to 14 April 02:00.
        ("2024-03-10", "Africa/Casablanca", "2024-03-09 23:00", "2024-03-10 23:59:59"),
        ("2024-04-14", "Africa/Casablanca", "2024-04-14 00:00", "2024-04-14 22:59:59"),
        # Days that begin at one o'clock.
        ("2018-11-04", "America/Sao_Paulo", "2018-11-04 03:00", "2018-11-05 01:59:59"),
        ("2027-04-30", "Africa/Cairo", "2027-04-29 22:00", "2027-04-30 20:59:59"),
        # Midnight comes twice: the first is the start, the day before ended at the first in Havana ...
        ("2023-11-05", "America/Havana", "2023-11-05 04:00", "2023-11-06 04:59:59"),
        ("2023-11-04", "America/Havana", "2023-11-04 04:00", "2023-11-05 03:59:59"),
        # ... and at the second in St John's, where one minute past midnight became 23:01 of the day before.
        ("2010-11-06", "America/St_Johns", "2010-11-06 02:30", "2010-11-07 03:29:59"),
        ("2010-11-07", "America/St_Johns", "2010-11-07 02:30", "2010-11-08 03:29:59"),
        # Toronto 1919 leapt from 23:30 to 00:30.
        ("1919-03-30", "America/Toronto", "1919-03-30 05:00", "1919-03-31 04:29:59"),
        ("1919-03-31", "America/Toronto", "1919-03-31 04:30", "1919-04-01 03:59:59"),
    ],
)
def test_a_day_starts_and_ends_where_it_is(on: str, zone: str, starts: str, ends: str) -> None:
    day = date.fromisoformat(on)
    assert start_of_day(day, zone) == datetime.fromisoformat(starts).replace(tzinfo=UTC)
    assert end_of_day(day, ZoneInfo(zone)) == datetime.fromisoformat(ends).replace(tzinfo=UTC, microsecond=999_999)


@given(st.dates(date(1990, 1, 2), date(2199, 12, 30)), st.sampled_from(ZONES))
@example(date(2011, 12, 30), "Pacific/Apia")
@example(date(2023, 11, 4), "America/Havana")
def test_the_end_is_the_last_moment_at_which_the_calendar_shows_the_day(on: date, zone: str) -> None:
    there, end, start = ZoneInfo(zone), end_of_day(on, zone), start_of_day(on, zone)
    assert end.utcoffset() == timedelta(0)
    assert end.astimezone(there).date() <= on < (end + MOMENT).astimezone(there).date()
    assert (start - MOMENT).astimezone(there).date() < on <= start.astimezone(there).date()
    for later in (1, 60, 3 * 3600, 86_400):
        assert (end + timedelta(seconds=later)).astimezone(there).date() > on


def test_two_weeks_are_fourteen_civil_days_whatever_daylight_saving_does() -> None:
    assert add_civil_days(date(2027, 3, 10), 14) == date(2027, 3, 24)
    assert end_of_day(date(2027, 3, 24), "America/New_York") - end_of_day(
        date(2027, 3, 10), "America/New_York"
    ) == timedelta(days=14, hours=-1)


@pytest.mark.parametrize(
    ("on", "months", "then"),
    [
        ("2027-01-31", 1, "2027-02-28"),
        ("2028-01-31", 1, "2028-02-29"),
        ("2028-02-29", 12, "2029-02-28"),
        ("2027-11-30", 3, "2028-02-29"),
        ("2027-03-31", -1, "2027-02-28"),
        ("2027-01-15", -1, "2026-12-15"),
        ("2027-12-01", 1, "2028-01-01"),
        ("2027-05-05", 0, "2027-05-05"),
    ],
)
def test_months_end_with_the_month(on: str, months: int, then: str) -> None:
    assert add_months(date.fromisoformat(on), months) == date.fromisoformat(then)


def test_the_month_ends_on_its_last_day() -> None:
    assert [end_of_month(date(2028, month, 1)).day for month in range(1, 13)] == [
        *(31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31),
    ]


@pytest.mark.parametrize("typed", ["2027-03-31", "2027/3/31", " 2027-03-31 ", "２０２７－０３－３１", "2027-3-31"])
def test_a_day_is_read(typed: str) -> None:
    assert DayField().clean(typed) == date(2027, 3, 31)


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("", "This field is required."),
        ("  ", "This field is required."),
        ("31.03.2027", "“31.03.2027” is not a date. Write year, month and day like 2027-03-31."),
        ("tomorrow", "“tomorrow” is not a date. Write year, month and day like 2027-03-31."),
        ("2027-02-29", "There is no day “2027-02-29”. Check the month and the day."),
        ("2027-13-01", "There is no day “2027-13-01”. Check the month and the day."),
        ("0202-03-31", "The year of “0202-03-31” is not between 1990 and 2200."),
        ("1989-12-31", "The year of “1989-12-31” is not between 1990 and 2200."),
        ("2201-01-01", "The year of “2201-01-01” is not between 1990 and 2200."),
        ("٢٠٢٧-٠٣-٣١", "“٢٠٢٧-٠٣-٣١” is not a date. Write year, month and day like 2027-03-31."),
        ("2027-03-31T00:00", "“2027-03-31T00:00” is not a date. Write year, month and day like 2027-03-31."),
    ],
)
def test_what_is_no_day_is_refused_with_a_sentence(typed: str, says: str) -> None:
    with pytest.raises(ValidationError) as refused:
        DayField().clean(typed)
    assert refused.value.messages == [says]


@given(st.text(max_size=60))
def test_no_typed_text_breaks_the_day_field(text: str) -> None:
    try:
        day = DayField(required=False).clean(text)
    except ValidationError as refused:
        day, sentences = None, refused.messages
    else:
        sentences = []
    assert all(sentence.endswith(".") for sentence in sentences)
    assert day is None or 1990 <= day.year <= 2200


def test_the_day_field_is_a_date_picker() -> None:
    html = DayField().widget.render("due_on", date(2027, 3, 31))
    assert 'type="date"' in html
    assert 'value="2027-03-31"' in html
    assert 'min="1990-01-01"' in html
    assert DayField(required=False).clean("") is None


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2027-03-31", date(2027, 3, 31)), ("2027-02-29", None), ("2027-13-45", None), ("0000-00-00", None),
        ("２０２７-０３-３１", None), ("2027-03-31 ", None), ("in 2027-03-31", None), ("", None),
    ],
)  # fmt: skip
def test_what_only_looks_like_a_day_is_none(text: str, day: date | None) -> None:
    assert stored_day(text) == day
