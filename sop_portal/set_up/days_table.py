"""The table of days as people type or paste it: a day a line, its name, and whether it is worked."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from sop_portal.foundation.kit.dates import DayField
from sop_portal.foundation.kit.text import clean_name
from sop_portal.people.actions import DayTerms

# What parts the columns: a tabulator from a spreadsheet, a semicolon as it is typed, in half or full width, or a bar.
BETWEEN = re.compile("[\t;；|]")
LONGEST_NAME = 80
IS_WORKED = {"works", "worked", "working", "work", "yes", "y", "是", "班", "上班", "补班", "调休上班"}
IS_OFF = {"", "off", "no", "n", "否", "休", "休息", "放假"}


def read_days(text: str, year: int) -> list[DayTerms]:
    """The days of a table; what cannot be read is refused, each line with its number."""
    found: dict[date, DayTerms] = {}
    problems: list[ValidationError] = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            day = read_line(line, year)
            if day.on in found:
                raise ValidationError(_("This day is in the table twice."))
            found[day.on] = day
        except ValidationError as error:
            problems += in_line(number, error)
    if problems:
        raise ValidationError(problems)
    return [found[on] for on in sorted(found)]


def in_line(number: int, error: ValidationError) -> Iterator[ValidationError]:
    """What is wrong with a line, with its number in front."""
    for message in error.messages:
        yield ValidationError(_("Line %(number)s: %(problem)s"), params={"number": number, "problem": message})


def read_line(line: str, year: int) -> DayTerms:
    """One line: the day, its name, and the word that it is worked."""
    on_typed, name, worked, *more = [*(part.strip() for part in BETWEEN.split(line)), "", ""]
    on = DayField().clean(on_typed)
    if any(more):
        raise ValidationError(_("There are more than three columns."))
    if on.year != year:
        raise ValidationError(_("This day is not in %(year)s."), params={"year": str(year)})
    if not (named := clean_name(name)):
        raise ValidationError(_("The name of the day is missing: write it after a semicolon."))
    if len(named) > LONGEST_NAME:
        raise ValidationError(_("The name is longer than %(most)s characters."), params={"most": LONGEST_NAME})
    return DayTerms(on, named, is_worked_by(worked))


def is_worked_by(word: str) -> bool:
    """Whether the third column says that the day is worked."""
    plain = word.casefold()
    if plain in IS_WORKED | {_("works").casefold()}:
        return True
    if plain in IS_OFF | {_("off").casefold()}:
        return False
    message = _("“%(typed)s” says neither “works” nor “off”.")
    raise ValidationError(message, params={"typed": word[:40]})


def written(days: Iterable[DayTerms]) -> str:
    """The table as it is typed."""
    return "\n".join(
        "; ".join([day.on.isoformat(), day.name, *([_("works")] if day.is_worked else [])]) for day in days
    )


def to_keep(days: Iterable[DayTerms]) -> dict[str, list[str]]:
    """The table as its page carries it back, in no language: the name of each day, and a mark where it is worked."""
    return {day.on.isoformat(): [day.name, *(["+"] if day.is_worked else [])] for day in days}


def as_kept(known: Mapping[str, Sequence[str]]) -> list[DayTerms]:
    """The days that a page showed; what is no day is left out."""
    found = ((parse_day(on), texts) for on, texts in known.items())
    return [DayTerms(day, texts[0], len(texts) > 1) for day, texts in found if day is not None and texts]


def parse_day(text: str) -> date | None:
    """A day as it is carried, or none."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def joined(kept: Iterable[DayTerms], proposed: Iterable[DayTerms]) -> list[DayTerms]:
    """The days somebody typed, and those a calendar knows beside them."""
    known: Mapping[date, DayTerms] = {day.on: day for day in (*proposed, *kept)}
    return [known[on] for on in sorted(known)]
