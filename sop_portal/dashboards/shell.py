"""What surrounds every page: the years, the navigation a person may see, and the bell."""

from dataclasses import dataclass, field
from typing import Any

from django.db.models import Min
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from planning.models import Cycle
from sop_portal.notices.models import Notice
from sop_portal.organisation.access import Request
from sop_portal.organisation.roles import Can


@dataclass(frozen=True)
class Entry:
    """One entry of the navigation; its children show while one is inside."""

    label: str
    url: str
    icon: str = ""
    is_here: bool = False
    count: int | None = None
    children: list["Entry"] = field(default_factory=list)


@dataclass(frozen=True)
class Year:
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
    """Years, navigation, notices and the person; two queries."""
    cycles = list(years_for(request).annotate(first_day=Min("windows__opens_on")))
    year = year_of(request, cycles)
    return {
        "year": year,
        "cycles": [Year(c.year, same_page(request, c), _("draft") if c.state == "draft" else "") for c in cycles],
        "nav": navigation(request, year),
        "unread": Notice.objects.visible_to(request.actor).unread().count(),
        "notices_url": reverse("notices"),
        "search_url": reverse("search"),
        "help_url": reverse("handbook"),
        "account_url": reverse("account"),
        "person": request.user,
    }


def years_for(request: Request) -> Any:
    """The years a person may see, newest first; drafts only for who sets them up."""
    found = Cycle.objects.visible_to(request.actor)
    return found if request.actor.may(Can.RUN_CYCLE) else found.exclude(state="draft")


def year_of(request: Request, cycles: list[Any]) -> int | None:
    """The year of the address, else the newest published one whose planning has begun."""
    match = request.resolver_match
    if match and "year" in match.kwargs:
        return int(match.kwargs["year"])
    published = [cycle for cycle in cycles if cycle.state == "published"]
    begun = [cycle for cycle in published if cycle.first_day and cycle.first_day <= request.actor.on]
    newest = next(iter(begun or published or cycles), None)
    return newest.year if newest else None


def same_page(request: Request, cycle: Cycle) -> str:
    """The same list in another year; a record's page leads to that year's first page."""
    match = request.resolver_match
    if match and set(match.kwargs) == {"year"} and match.view_name:
        return reverse(match.view_name, args=[cycle.year])
    return cycle.get_absolute_url()


def navigation(request: Request, year: int | None) -> list[Entry]:
    """Only what the person may use; the section one is in shows its pages."""
    actor = request.actor
    inside = request.path
    entries = [Entry(_("My work"), "/", "inbox", inside == "/")]
    if year and actor.grants:
        entries += [section(*args, inside, year) for args in sections(actor)]
        if actor.sees_everything:
            entries.append(_one(_("Dashboard"), reverse("dashboard", args=[year]), "bar-chart", inside))
    entries.append(_one(_("Handbook"), reverse("handbook"), "book", inside))
    places = setting_up(actor, year)
    if places:
        here = any(inside.startswith(url) for __, url in places)
        children = [_one(label, url, "", inside) for label, url in places]
        entries.append(Entry(_("Set-up"), places[0][1], "gear", here, None, children if here else []))
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


def section(label: str, icon: str, pages: list[tuple[str, str]], inside: str, year: int) -> Entry:
    """One section with its pages."""
    children = [(name, reverse(page, args=[year])) for name, page in pages]
    first = children[0][1]
    here = [url for __, url in children if inside.startswith(url) and (url != f"/{year}/" or inside == url)]
    shown = [Entry(name, url, "", bool(here) and url == max(here, key=len)) for name, url in children]
    return Entry(label, first, icon, False, None, shown if here else [])


def setting_up(actor: Any, year: int | None) -> list[tuple[str, str]]:
    """The pages of the set-up a person may use."""
    places = []
    if actor.may(Can.RUN_CYCLE):
        places.append((_("Years"), reverse("years")))
    if actor.may(Can.KEEP_PEOPLE):
        places += [(_("People"), reverse("people")), (_("Departments"), reverse("departments"))]
    if actor.may(Can.IMPORT_HISTORY) and year:
        places.append((_("History"), reverse("history", args=[year])))
    if (actor.may(Can.KEEP_POOLS) or actor.may(Can.RUN_CYCLE)) and year:
        places.append((_("Pools"), reverse("pools", args=[year])))
    if actor.may(Can.KEEP_MAIL):
        places.append((_("Outgoing mail"), reverse("mails")))
    if actor.sees_everything:
        places.append((_("Trail"), reverse("trail")))
    return places


def _one(label: str, url: str, icon: str, inside: str) -> Entry:
    return Entry(label, url, icon, inside.startswith(url))
