"""Where a stage is worked on, and its spreadsheets to download: by the names of addresses that exist."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from sop_portal.foundation.organisation.actor import Actor
from sop_portal.foundation.organisation.roles import Can

STAGE_PAGES = {
    "forecast": "forecasts",
    "request": "requests",
    "budget": "budget-latest",
    "execution": "progress",
    "evaluation": "evaluations",
}


@dataclass(frozen=True)
class FormTemplate:
    """A spreadsheet, empty or filled in: its label, the name and arguments of its address, and who may open it."""

    label: Promise
    url_name: str
    url_args: Sequence[str] = ()
    can: Can = Can.SEE_RECORDS


FORM_TEMPLATES = {
    "forecast": (
        FormTemplate(_("Forecasts of the year, filled in"), "forecasts-export"),
        FormTemplate(_("History of past years, empty"), "history-template", can=Can.IMPORT_HISTORY),
    ),
    "request": (
        FormTemplate(_("Resource requests of the year"), "requests-export"),
        FormTemplate(_("Allocation"), "allocation-export", can=Can.ALLOCATE),
    ),
    "budget": (FormTemplate(_("Approved lines"), "appropriations-export", ["xlsx"]),),
    "execution": (
        FormTemplate(_("Expenses"), "expenses-export", ["xlsx"]),
        FormTemplate(_("Progress reports"), "progress-export", ["xlsx"]),
    ),
}


def address(url_name: str, year: int, url_args: Sequence[str] = ()) -> str:
    """The address of a page of this year; empty where the portal has none."""
    try:
        return reverse(url_name, args=[year, *url_args])
    except NoReverseMatch:
        return ""


def stage_page(slug: str, year: int) -> str:
    """Where a stage is worked on."""
    return address(STAGE_PAGES.get(slug, ""), year)


def form_templates(slug: str, year: int, actor: Actor) -> list[tuple[str, str]]:
    """Label and address of the spreadsheets of a stage that this person may download."""
    offered = [
        (str(template.label), address(template.url_name, year, template.url_args))
        for template in FORM_TEMPLATES.get(slug, ())
        if actor.may(template.can)
    ]
    return [(label, url) for label, url in offered if url]
