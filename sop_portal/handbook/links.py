"""Where a stage is worked on, and its sheets to download: by the names of addresses that exist."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _

from sop_portal.foundation.organisation.actor import Actor
from sop_portal.foundation.organisation.roles import Can

PLACES = {
    "forecast": "forecasts",
    "request": "requests",
    "budget": "budget-latest",
    "execution": "progress",
    "evaluation": "evaluations",
}


@dataclass(frozen=True)
class Sheet:
    """A template or a filled-in sheet: its name, its address, and who may open it."""

    label: Any
    name: str
    more: Sequence[Any] = field(default=())
    can: Can = Can.SEE_RECORDS


SHEETS = {
    "forecast": (
        Sheet(_("Forecasts of the year, filled in"), "forecasts-export"),
        Sheet(_("History of past years, empty"), "history-template", can=Can.IMPORT_HISTORY),
    ),
    "request": (
        Sheet(_("Resource requests of the year"), "requests-export"),
        Sheet(_("Allocation"), "allocation-export", can=Can.ALLOCATE),
    ),
    "budget": (Sheet(_("Approved lines"), "appropriations-export", ["xlsx"]),),
    "execution": (
        Sheet(_("Expenses"), "expenses-export", ["xlsx"]),
        Sheet(_("Progress reports"), "progress-export", ["xlsx"]),
    ),
}


def address(name: str, year: int, more: Sequence[Any] = ()) -> str:
    """The address of a page of this year; empty where the portal has none."""
    try:
        return reverse(name, args=[year, *more])
    except NoReverseMatch:
        return ""


def place(slug: str, year: int) -> str:
    """Where a stage is worked on."""
    return address(PLACES.get(slug, ""), year)


def sheets(slug: str, year: int, actor: Actor) -> list[tuple[Any, str]]:
    """The sheets of a stage that this person may download."""
    found = [(sheet.label, address(sheet.name, year, sheet.more), sheet.can) for sheet in SHEETS.get(slug, ())]
    return [(label, url) for label, url, can in found if url and actor.may(can)]
