"""A year going out as one workbook: the sheets that can be brought in, then those that are there to be read."""

from collections.abc import Iterator
from datetime import date
from typing import IO

from planning.models import Cycle
from sop_portal.foundation.kit.sheets import BookSheet, write_book
from sop_portal.foundation.organisation.actor import Actor
from sop_portal.foundation.organisation.roles import Can
from sop_portal.workbook.sheet import Sheet
from sop_portal.workbook.sheets import SHEETS
from sop_portal.workbook.writing.book import explanation, filled
from sop_portal.workbook.writing.year_sheets import year_sheets


def sheets_shown(actor: Actor) -> list[Sheet]:
    """The sheets this person may see: addresses and roles of people are the administrator's to see."""
    return [sheet for sheet in SHEETS if sheet.key != "people" or actor.may(Can.KEEP_PEOPLE)]


def write_year(stream: IO[bytes], cycle: Cycle, actor: Actor, on: date) -> None:
    """Write everything of a year that this person may see."""
    write_book(stream, _sheets(cycle, actor, on))


def _sheets(cycle: Cycle, actor: Actor, on: date) -> Iterator[BookSheet]:
    shown = sheets_shown(actor)
    yield explanation(shown)
    yield from filled(shown, on, cycle.year)
    yield from year_sheets(cycle, actor)
