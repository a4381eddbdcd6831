"""Civil dates: a day belongs to a time zone and ends at its last moment there."""

import re
from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import get_language, gettext, to_locale
from django.utils.translation import gettext_lazy as _

from sop_portal.foundation.kit.formats import day_of_year, with_note
from sop_portal.foundation.kit.refusals import NotReady
from sop_portal.foundation.kit.sentences import StrOrPromise

FIRST_YEAR, LAST_YEAR = 1990, 2200
MOMENT = timedelta(microseconds=1)
STORED_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
DAY = re.compile(r"([0-9]{1,4})[-/]([0-9]{1,2})[-/]([0-9]{1,2})", re.ASCII)
FROM_KEYBOARD = str.maketrans("０１２３４５６７８９－−／", "0123456789--/")

Zone = str | tzinfo


@dataclass(frozen=True, slots=True)
class Span:
    """From which day to which a day may lie, both included."""

    first: date
    last: date

    def __contains__(self, on: date) -> bool:
        return self.first <= on <= self.last

    @property
    def choose(self) -> str:
        """What to choose instead of a day outside."""
        return gettext("Choose a day from %(first)s to %(last)s.") % {
            "first": day_of_year(self.first),
            "last": day_of_year(self.last),
        }


def months_around(on: date, *, back: int = 0, ahead: int) -> Span:
    """So many months before a day, and after it."""
    return Span(add_months(on, -back), add_months(on, ahead))


def refuse_outside(label: StrOrPromise, on: date | None, span: Span) -> None:
    """Refuse a day that lies outside of where it may; a day that is not known is none."""
    if on is not None and on not in span:
        sentence = gettext("“%(field)s” cannot be %(day)s.") % {"field": label, "day": day_of_year(on)}
        raise NotReady(sentence, [], span.choose).about(label)


def day_again(label: StrOrPromise, known: date | None, wanted: date | None, span: Span) -> date:
    """Until when something is done that is opened again: the new day, or the known one as long as it is to come."""
    refuse_outside(label, wanted, span)
    found = wanted or known
    if found is None or (wanted is None and found < span.first):
        words = {"day": day_of_year(found)}
        raise NotReady(gettext("Its day, %(day)s, is past.") % words, [], gettext("Give a new day.")).about("due")
    return found


def stored_day(text: str) -> date | None:
    """The day a kept value stands for; none where somebody typed what only looks like one."""
    if not STORED_DAY.fullmatch(text):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def as_zone(zone: Zone) -> tzinfo:
    """A time zone from its name."""
    return ZoneInfo(zone) if isinstance(zone, str) else zone


def start_of_day(on: date, zone: Zone) -> datetime:
    """The first moment (UTC) at which the calendar in this zone shows this day or a later one."""
    there = as_zone(zone)
    return _midnight(on, there, first=True)


def end_of_day(on: date, zone: Zone) -> datetime:
    """The last moment (UTC) of the civil day: a deadline on this day is met until then."""
    there = as_zone(zone)
    return _midnight(on + timedelta(days=1), there, first=False) - MOMENT


def zone_called(zone: str) -> str:
    """A time zone in the language of the page: Eastern Time (New York)."""
    from babel.dates import get_timezone, get_timezone_location, get_timezone_name

    # Those without a place, as UTC, are called alike everywhere.
    if "/" not in zone:
        return zone
    found, locale = get_timezone(zone), to_locale(get_language() or "en")
    place = get_timezone_location(found, locale=locale, return_city=True)
    return with_note(get_timezone_name(found, locale=locale), place)


def _midnight(on: date, zone: tzinfo, *, first: bool) -> datetime:
    """The moment the calendar turns to this day: where clocks go back over midnight it does so twice."""

    def is_reached(moment: datetime) -> bool:
        return moment.astimezone(zone).date() >= on

    twice = sorted(datetime.combine(on, time.min, zone).replace(fold=fold).astimezone(UTC) for fold in (0, 1))
    for midnight in twice if first else reversed(twice):
        if is_reached(midnight) and not is_reached(midnight - MOMENT):
            return midnight
    return _turn(twice[0], twice[1], is_reached)


def _turn(before: datetime, after: datetime, is_reached: Callable[[datetime], bool]) -> datetime:
    """The moment of a jump that leaps over midnight, found by halving."""
    while after - before > MOMENT:
        between = before + (after - before) / 2
        before, after = (before, between) if is_reached(between) else (between, after)
    return after


def add_civil_days(on: date, days: int) -> date:
    """So many civil days later; daylight saving does not matter."""
    return on + timedelta(days=days)


def add_months(on: date, months: int) -> date:
    """The same day so many months later, or the last day of a shorter month."""
    year, month = divmod(on.year * 12 + on.month - 1 + months, 12)
    return date(year, month + 1, min(on.day, monthrange(year, month + 1)[1]))


def end_of_month(on: date) -> date:
    """The last day of the month."""
    return on.replace(day=monthrange(on.year, on.month)[1])


class DayField(forms.DateField):
    """A civil day, typed as 2027-03-31 or picked. A form says from when to when it may lie, with `limit_to_span`."""

    span: Span | None = None

    def __init__(self, **kwargs: Any) -> None:
        limits = {"type": "date", "min": f"{FIRST_YEAR}-01-01", "max": f"{LAST_YEAR}-12-31"}
        kwargs.setdefault("widget", forms.DateInput(format="%Y-%m-%d", attrs=limits))
        super().__init__(**kwargs)

    def limit_to_span(self, span: Span) -> None:
        """Take no day outside, and let the calendar of the browser offer none."""
        self.span = span
        self.widget.attrs |= {"min": span.first.isoformat(), "max": span.last.isoformat()}

    def validate(self, value: date | None) -> None:
        """The day lies where it may."""
        super().validate(value)
        if value is not None and self.span is not None and value not in self.span:
            raise ValidationError(self.span.choose, code="outside")

    def to_python(self, value: str | datetime | date | None) -> date | None:
        """The day, or a sentence that says why it is none."""
        if value in self.empty_values or isinstance(value, date):
            return super().to_python(value)
        typed = str(value)[:40].strip().translate(FROM_KEYBOARD)
        if not typed:
            return None
        found = DAY.fullmatch(typed)
        if not found:
            message = _("“%(typed)s” is not a date. Write year, month and day like 2027-03-31.")
            raise ValidationError(message, code="invalid", params={"typed": typed})
        return _day(typed, int(found[1]), int(found[2]), int(found[3]))


def limit_to_span(form: forms.Form, span: Span, *names: str) -> None:
    """Let these days of a form lie within a span."""
    for name in names:
        field = form.fields[name]
        if isinstance(field, DayField):
            field.limit_to_span(span)


def _day(typed: str, year: int, month: int, day: int) -> date:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        message = _("The year of “%(typed)s” is not between %(first)s and %(last)s.")
        params = {"typed": typed, "first": str(FIRST_YEAR), "last": str(LAST_YEAR)}
        raise ValidationError(message, code="year", params=params)
    try:
        return date(year, month, day)
    except ValueError:
        message = _("There is no day “%(typed)s”. Check the month and the day.")
        raise ValidationError(message, code="invalid", params={"typed": typed}) from None
