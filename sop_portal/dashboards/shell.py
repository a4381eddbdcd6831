"""What surrounds every page: the years, the navigation a person may see, and the bell."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.functional import SimpleLazyObject
from django.utils.safestring import SafeString
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from planning.cycles.queries import years_shown
from sop_portal.foundation.kit.addresses import address
from sop_portal.foundation.notices.models import Notice
from sop_portal.foundation.organisation.access import Request
from sop_portal.foundation.organisation.roles import Can


@dataclass(frozen=True)
class NavigationLink:
    """One entry of the navigation; its children show while one is inside."""

    label: str
    url: str
    icon: str = ""
    is_here: bool = False
    children: tuple["NavigationLink", ...] = ()


@dataclass(frozen=True)
class YearLink:
    """A year of the switcher."""

    year: int
    url: str
    name: str = ""


def shell(request: Request) -> dict[str, Any]:
    """The frame of the page; None for a stranger, who gets the door."""
    if not hasattr(request, "actor") or not request.user.is_authenticated:
        return {"shell": None}
    return {"shell": SimpleLazyObject(lambda: frame(request))}


def frame(request: Request) -> dict[str, Any]:
    """Years, navigation, notices and the person."""
    cycles = years_shown(request)
    year = year_of(request, cycles)
    side = drawn_side if settings.DEBUG else remembered_side
    help_url = address("handbook") if request.actor.may(Can.SEE_RECORDS) else ""
    return {
        "year": year,
        "cycles": [
            YearLink(c.year, same_page(request, c.year), _("draft") if c.state == "draft" else "") for c in cycles
        ],
        "side": side(get_language() or "", tuple(navigation(request, year)), help_url),
        "unread": Notice.objects.visible_to(request.actor).unread().count(),
        "notices_url": address("notices"),
        "search_url": address("search"),
        "help_url": help_url,
        "account_url": address("account"),
        "person": request.user,
    }


def drawn_side(language: str, nav: tuple[NavigationLink, ...], help_url: str) -> SafeString:
    """The navigation in the language of the page; it says nothing but what its entries say."""
    return render_to_string("components/shell/side.html", {"nav": nav, "help_url": help_url})


# Everybody of one role sees the same one on the same page, and nothing on the page costs more to draw.
remembered_side = lru_cache(maxsize=500)(drawn_side)


def year_of(request: Request, cycles: list[Any]) -> int | None:
    """The year of the address, else the newest published one whose planning has begun."""
    match = request.resolver_match
    if match and "year" in match.kwargs:
        return int(match.kwargs["year"])
    published = [cycle for cycle in cycles if cycle.state == "published"]
    begun = [cycle for cycle in published if cycle.first_day and cycle.first_day <= request.actor.on]
    newest = next(iter(begun or published or cycles), None)
    return newest.year if newest else None


def same_page(request: Request, year: int) -> str:
    """The same list in another year; a record's page leads to that year's first page."""
    match = request.resolver_match
    if match and set(match.kwargs) == {"year"} and match.view_name:
        return address(match.view_name, year)
    return address("cycle", year)


def navigation(request: Request, year: int | None) -> list[NavigationLink]:
    """Only what the person may use; the section one is in shows its pages."""
    actor = request.actor
    inside = request.path
    entries = [NavigationLink(_("My work"), "/", "inbox", inside == "/")]
    if year and actor.grants:
        entries += [section(*args, inside, year) for args in sections(actor)]
        if actor.sees_everything:
            entries.append(_one(_("Dashboard"), address("dashboard", year), "bar-chart", inside))
    if actor.may(Can.SEE_RECORDS):
        entries.append(_one(_("Handbook"), address("handbook"), "book", inside))
    places = setting_up(actor, year)
    if places:
        here = any(inside.startswith(url) for __, url in places)
        children = tuple(_one(label, url, "", inside) for label, url in places)
        entries.append(NavigationLink(_("Set-up"), places[0][1], "gear", here, children if here else ()))
    return entries


def sections(actor: Any) -> list[tuple[str, str, list[tuple[str, str]]]]:
    """The four sections of a year: label, icon and the names of their pages."""
    plan = [(_("Forecasts"), "forecasts"), (_("Requests"), "requests"), (_("Budget"), "budget-latest")]
    if actor.may(Can.ALLOCATE):
        plan.insert(2, (_("Allocation"), "allocation"))
    run = [(_("Projects"), "projects"), (_("Approved lines"), "appropriations"), (_("Expenses"), "expenses")]
    run += [
        (_("Exceptions"), "exceptions"),
        (_("Progress"), "progress"),
        (_("Issues"), "issues"),
        (_("Audits"), "audits"),
    ]
    learn = [(_("Evaluations"), "evaluations"), (_("Lessons"), "lessons"), (_("Improvements"), "improvements")]
    learn += [(_("Feedback"), "feedback"), (_("Meetings"), "meetings")]
    return [
        (_("Cycle"), "calendar3", [(_("Timeline"), "cycle"), (_("Demand report"), "demand-report-latest")]),
        (_("Plan"), "clipboard-data", plan),
        (_("Run"), "play-circle", run),
        (_("Learn"), "lightbulb", learn),
    ]


def section(label: str, icon: str, pages: list[tuple[str, str]], inside: str, year: int) -> NavigationLink:
    """One section with its pages."""
    children = [(name, address(page, year)) for name, page in pages]
    first = children[0][1]
    here = [url for __, url in children if inside.startswith(url) and (url != f"/{year}/" or inside == url)]
    shown = tuple(NavigationLink(name, url, "", bool(here) and url == max(here, key=len)) for name, url in children)
    return NavigationLink(label, first, icon, bool(here), shown if here else ())


def setting_up(actor: Any, year: int | None) -> list[tuple[str, str]]:
    """The pages of the set-up a person may use."""
    places = []
    if actor.may(Can.RUN_CYCLE):
        places.append((_("Years"), address("years")))
    if actor.may(Can.KEEP_PEOPLE):
        places += [(pgettext("persons", "People"), address("people")), (_("Departments"), address("departments"))]
    if actor.may(Can.IMPORT_HISTORY) and year:
        places.append((_("History"), address("history", year)))
    if (actor.may(Can.KEEP_POOLS) or actor.may(Can.RUN_CYCLE)) and year:
        places.append((_("Pools"), address("pools", year)))
    if actor.may(Can.KEEP_MAIL):
        places.append((_("Outgoing mail"), address("mails")))
    if actor.sees_everything:
        places.append((_("Trail"), address("trail")))
    return places


def _one(label: str, url: str, icon: str, inside: str) -> NavigationLink:
    return NavigationLink(label, url, icon, inside.startswith(url))
