"""How figures, days and moments are written, and words are put together, in English and in Chinese.

Months and weekdays are Django's; their order and the blanks between them are ours, as are the signs between words:
Babel ends a list with “and”, and groups the digits of a figure in eight times the time.
"""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

from django.utils import timezone
from django.utils.dateformat import format as format_date
from django.utils.functional import lazy
from django.utils.translation import get_language, gettext, ngettext, npgettext, pgettext

from sop_portal.foundation.kit.sentences import concatenate

Figure = Decimal | int | float | str

NBSP = "\N{NO-BREAK SPACE}"
MINUS = "\N{MINUS SIGN}"
NOTHING = "–"
# What figures are rounded to, by their places after the point.
STEPS = tuple(Decimal(1).scaleb(-places) for places in range(9))

DAY = {"en": f"l j{NBSP}F", "zh": f"n{NBSP}月 j{NBSP}日（l）"}
DAY_OF_YEAR = {"en": f"l j{NBSP}F Y", "zh": f"Y{NBSP}年 n{NBSP}月 j{NBSP}日（l）"}
DAY_SHORT = {"en": f"j{NBSP}F", "zh": f"n{NBSP}月 j{NBSP}日"}
DAY_SHORT_OF_YEAR = {"en": f"j{NBSP}F Y", "zh": f"Y{NBSP}年 n{NBSP}月 j{NBSP}日"}
MONTH = {"en": "F Y", "zh": f"Y{NBSP}年 n{NBSP}月"}
MONTH_NAME = {"en": "F", "zh": f"n{NBSP}月"}
MONTHS = {"en": ("M", "M"), "zh": ("n", f"n{NBSP}月")}
MOMENT = {"en": f"j{NBSP}M H:i", "zh": f"n{NBSP}月 j{NBSP}日 H:i"}
MOMENT_OF_YEAR = {"en": f"j{NBSP}M Y H:i", "zh": f"Y{NBSP}年 n{NBSP}月 j{NBSP}日 H:i"}
PERCENT = {"en": f"{NBSP}%", "zh": "%"}
# Chinese parts the members of a list and the clauses of a sentence by different signs, and sentences by none.
BETWEEN_NAMES = {"en": ", ", "zh": "、"}
BETWEEN_GROUPS = {"en": "; ", "zh": "；"}
BETWEEN_CLAUSES = {"en": ", ", "zh": "，"}
BETWEEN_SENTENCES = {"en": " ", "zh": ""}
FULL_STOP = {"en": ".", "zh": "。"}
BRACKETS = {"en": ("(", ")"), "zh": ("（", "）")}
BEFORE_BRACKETS = {"en": " ", "zh": ""}
COLON = {"en": ": ", "zh": "："}


def language_code() -> str:
    """Return which of the two ways of writing the page uses."""
    return "zh" if (get_language() or "en").startswith("zh") else "en"


def number(value: Figure | None, places: int = 0) -> str:
    """Return a figure with thousands parted by commas and a true minus sign; nothing is a dash."""
    if value is None or value == "":
        return NOTHING
    exact = value if isinstance(value, Decimal) else Decimal(str(value))
    rounded = exact.quantize(STEPS[places], ROUND_HALF_UP)
    return f"{rounded or abs(rounded):,f}".replace("-", MINUS)


def exact(value: Decimal | None) -> str:
    """Return a figure as it is written where somebody decides on it: never rounded, with decimals where it has any."""
    return number(value, 0 if value is None or value == value.to_integral_value() else 2)


def money(value: Figure | None, places: int = 0) -> str:
    """Return an amount, rounded to whole units unless told otherwise; the currency stands in the head of the column."""
    return number(value, places)


def signed(value: Figure | None, places: int = 0) -> str:
    """Return a change with its sign; no change has none."""
    text = number(value, places)
    return f"+{text}" if text != NOTHING and Decimal(text.replace(MINUS, "-").replace(",", "")) > 0 else text


def percent(value: Figure | None, places: int = 0) -> str:
    """Return a share that was worked out in percent: 13 is written 13 % in English and 13% in Chinese."""
    text = number(value, places)
    return text if text == NOTHING else text + PERCENT[language_code()]


def signed_percent(value: Figure | None, places: int = 1) -> str:
    """Return a relative change in percent with its sign."""
    text = signed(value, places)
    return text if text == NOTHING else text + PERCENT[language_code()]


def day(on: date | None, today: date | None = None) -> str:
    """Return a civil day with its weekday; with the year when it is not the year of `today`."""
    return _civil(on, DAY if today is None or _same_year(on, today) else DAY_OF_YEAR)


def day_short(on: date | None, today: date | None = None) -> str:
    """Return a civil day without its weekday; with the year when it is not the year of `today`."""
    return _civil(on, DAY_SHORT if today is None or _same_year(on, today) else DAY_SHORT_OF_YEAR)


def day_long(on: date | None) -> str:
    """Return a civil day with weekday and year."""
    return _civil(on, DAY_OF_YEAR)


def day_of_year(on: date | None) -> str:
    """Return a civil day with its year, without the weekday."""
    return _civil(on, DAY_SHORT_OF_YEAR)


def month(on: date | None) -> str:
    """Return the month and the year of a day."""
    return _civil(on, MONTH)


def month_name(on: date | None) -> str:
    """Return the month of a day, without its year."""
    return _civil(on, MONTH_NAME)


def months(first: date, last: date) -> str:
    """Return a stretch of months: Jul–Sep."""
    begin, end = MONTHS[language_code()]
    return f"{format_date(first, begin)}–{format_date(last, end)}"


def moment(at: datetime | None, today: date | None = None) -> str:
    """Return a moment on the organisation's clock; with the year when it is not the year of `today`."""
    if at is None:
        return NOTHING
    local = timezone.localtime(at)
    return format_date(
        local, (MOMENT if today is None or local.year == today.year else MOMENT_OF_YEAR)[language_code()]
    )


def moment_long(at: datetime | None) -> str:
    """Return a moment with its year."""
    return NOTHING if at is None else format_date(timezone.localtime(at), MOMENT_OF_YEAR[language_code()])


def clock(at: datetime | None) -> str:
    """Return hour and minute on the organisation's clock."""
    return NOTHING if at is None else format_date(timezone.localtime(at), "H:i")


def listed(names: Iterable[object]) -> str:
    """Return names one after the other: Arts, Sports."""
    return concatenate(names, BETWEEN_NAMES[language_code()])


def parted(groups: Iterable[object]) -> str:
    """Return what holds commas of its own one after the other: Arts, Sports; Theatre."""
    return concatenate(groups, BETWEEN_GROUPS[language_code()])


def joined(clauses: Iterable[object]) -> str:
    """Return clauses one after the other, as parts of one sentence; empty ones are left out."""
    return concatenate((clause for clause in clauses if clause), BETWEEN_CLAUSES[language_code()])


joined_lazy = lazy(joined, str)


def sentences(said: Iterable[object]) -> str:
    """Return sentences one after the other; empty ones are left out."""
    return concatenate((sentence for sentence in said if sentence), BETWEEN_SENTENCES[language_code()])


def under(*words: object) -> str:
    """Return words each of which stands under the one before: Arts: summer school."""
    return concatenate((word for word in words if word), COLON[language_code()])


def with_note(words: object, note: object) -> str:
    """Return words with a note in brackets behind them: Arts (2)."""
    opening, closing = BRACKETS[language_code()]
    return concatenate([words, BEFORE_BRACKETS[language_code()], opening, note, closing], "")


def days(count: int) -> str:
    """Return a number of days in words."""
    return ngettext("%(count)s day", "%(count)s days", count).replace(" ", NBSP) % {"count": number(count)}


def waited(count: int) -> str:
    """Return for how long something has been waiting: today, or so many days."""
    if count <= 0:
        return pgettext("waiting", "Today")
    return npgettext("waiting", "%(count)s day", "%(count)s days", count) % {"count": number(count)}


def late(count: int) -> str:
    """Return by how many days something is late."""
    return ngettext("%(count)s day late", "%(count)s days late", count) % {"count": number(count)}


def until(on: date, today: date) -> str:
    """Return how far a day is away: in 19 days, today, 2 days late."""
    left = (on - today).days
    if left < 0:
        return late(-left)
    if left == 0:
        return gettext("today")
    return ngettext("in %(count)s day", "in %(count)s days", left) % {"count": number(left)}


def due_phrase(on: date | None, today: date) -> str:
    """Return when something is due and how long that is away, as one sentence."""
    if on is None:
        return gettext("No date is set.")
    names = {"day": day(on, today), "distance": until(on, today)}
    if on < today:
        return gettext("Was due %(day)s, %(distance)s.") % names
    if on == today:
        return gettext("Due today, %(day)s.") % names
    return gettext("Due %(day)s, %(distance)s.") % names


def _civil(on: date | None, pattern: dict[str, str]) -> str:
    if isinstance(on, datetime):
        on = timezone.localtime(on).date()
    return NOTHING if on is None else _written_day(on, pattern[language_code()], get_language())


# A list names the same few days over and over.
@lru_cache(maxsize=2000)
def _written_day(on: date, pattern: str, language: str | None) -> str:
    return format_date(on, pattern)


def _same_year(on: date | None, today: date) -> bool:
    return on is not None and on.year == today.year
