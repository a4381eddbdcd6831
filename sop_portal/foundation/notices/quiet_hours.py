"""When a mail may leave: at once, after the night, or with the daily mail of the morning. No database, no clock."""

from datetime import date, datetime, time, timedelta, tzinfo

from sop_portal.foundation.notices.models import Preference

# What is told shortly before the daily mail leaves stands in the next one: its row may not be there in time.
CLOSES_BEFORE = timedelta(minutes=10)


def leaves_at(at: datetime, preference: Preference, zone: tzinfo, *, is_deadline: bool) -> datetime:
    """The moment from which a single mail may be sent."""
    if not (is_deadline or preference.is_quiet_for_all) or not is_quiet(at, preference, zone):
        return at
    return next_time(at, preference.quiet_to, zone)


def is_quiet(at: datetime, preference: Preference, zone: tzinfo) -> bool:
    """Whether it is night for this person."""
    hour, first, last = at.astimezone(zone).hour, preference.quiet_from, preference.quiet_to
    return first <= hour < last if first <= last else hour >= first or hour < last


def digest_day(at: datetime, preference: Preference, zone: tzinfo) -> tuple[date, datetime]:
    """The day of the daily mail that holds what is told now, and when it leaves."""
    leaves = next_time(at + CLOSES_BEFORE, preference.quiet_to, zone)
    return leaves.astimezone(zone).date(), leaves


def next_time(at: datetime, hour: int, zone: tzinfo) -> datetime:
    """The next moment at which clocks in this zone show the full hour."""
    there = at.astimezone(zone)
    found = datetime.combine(there.date(), time(hour), zone)
    if found <= there:
        found = datetime.combine(there.date() + timedelta(days=1), time(hour), zone)
    return found.astimezone(at.tzinfo)
