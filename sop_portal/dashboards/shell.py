"""What surrounds every page: the years, the navigation a person may see, and the bell."""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.crypto import salted_hmac
from django.utils.functional import SimpleLazyObject
from django.utils.safestring import SafeString
from django.utils.timezone import get_current_timezone_name
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from budgets.models import Budget
from planning.cycles.queries import years_of, years_shown
from planning.models import Cycle
from sop_portal.dashboards.navigation import NavigationLink, navigation
from sop_portal.foundation.kit.addresses import address
from sop_portal.foundation.notices.models import Notice
from sop_portal.foundation.organisation.access import Request
from sop_portal.foundation.organisation.models import User
from sop_portal.foundation.organisation.roles import Can

# Pages that offer it themselves, in a place of their own.
PROPOSING = frozenset({"proposal-new", "proposals", "process-review"})


@dataclass(frozen=True)
class YearLink:
    """A year of the switcher."""

    year: int
    url: str
    name: str = ""


def shell(request: Request) -> dict[str, Any]:
    """What the template of every page finds as `shell`, None where nobody is signed in; and as `letterhead`."""
    letterhead = getattr(request, "letterhead", None)
    if not hasattr(request, "actor") or not request.user.is_authenticated:
        return {"shell": None, "letterhead": letterhead}
    return {"shell": SimpleLazyObject(lambda: frame(request)), "letterhead": letterhead}


def frame(request: Request) -> dict[str, Any]:
    """Years, navigation, notices and the person."""
    cycles = years_shown(request)
    year = year_of(request, cycles)
    is_published = any(cycle.year == year and cycle.state != Cycle.State.DRAFT for cycle in cycles)
    side = side_navigation if settings.DEBUG else cached_side_navigation
    help_url = address("handbook") if request.actor.may(Can.SEE_RECORDS) else ""
    return {
        "year": year,
        "cycles": [
            YearLink(cycle.year, same_page(request, cycle.year), _("draft") if cycle.state == "draft" else "")
            for cycle in cycles
        ],
        "side": side(get_language() or "", tuple(navigation(request, year, is_published=is_published)), help_url),
        "unread": Notice.objects.unread().visible_to(request.actor).count(),
        "notices_url": address("notices"),
        "search_url": address("search"),
        "help_url": help_url,
        "account_url": address("account"),
        "person": request.user,
        "person_mark": person_mark(request.user),
        "zone": get_current_timezone_name(),
        "propose_url": propose_url(request, cycles),
        "plan_said": plan_said(next((cycle for cycle in cycles if cycle.year == year), None)),
    }


def plan_said(cycle: Cycle | None) -> str:
    """Of a year whose plan was approved elsewhere: on which day and by whom, and whether it is in force."""
    if cycle is None or not cycle.is_plan_outside:
        return ""
    plan = Budget.objects.filter(cycle_id=cycle.pk, kind=Budget.Kind.BROUGHT).select_related("cycle").first()
    return plan.outside_said if plan else ""


def propose_url(request: Request, cycles: list[Any]) -> str:
    """Where a change of the process is proposed that came up on this page: of a year, or of the handbook."""
    match = request.resolver_match
    name = (match.url_name or "") if match else ""
    if match is None or name in PROPOSING or not ("year" in match.kwargs or name.startswith("handbook")):
        return ""
    year = next((cycle.year for cycle in cycles if cycle.year == match.kwargs.get("year") and is_open(cycle)), None)
    year = year or year_of_work([cycle for cycle in cycles if is_open(cycle)], request.actor.on)
    if year is None or not request.actor.may(Can.PROPOSE_CHANGE):
        return ""
    return f"{address('proposal-new', year)}?{urlencode({'came_from': request.path})}"


def is_open(cycle: Cycle) -> bool:
    """Whether something can be proposed in a year."""
    return cycle.state == Cycle.State.PUBLISHED


def person_mark(person: User) -> str:
    """Whose page it is, for the browser to tell people apart; nobody learns from it who."""
    return salted_hmac("kept", str(person.pk)).hexdigest()[:16]


def side_navigation(language: str, nav: tuple[NavigationLink, ...], help_url: str) -> SafeString:
    """The navigation in the language of the page; it says nothing but what its entries say."""
    return render_to_string("components/shell/side.html", {"nav": nav, "help_url": help_url})


# Everybody of one role sees the same one on the same page, and nothing on the page costs more to draw.
cached_side_navigation = lru_cache(maxsize=500)(side_navigation)


def year_of(request: Request, cycles: list[Any]) -> int | None:
    """The year of the address, where there is one, else the newest published one whose planning has begun."""
    match = request.resolver_match
    asked = int(match.kwargs["year"]) if match and "year" in match.kwargs else None
    if asked in {cycle.year for cycle in years_of(request)}:
        return asked
    newest = year_of_work([cycle for cycle in cycles if is_open(cycle)], request.actor.on)
    return newest or next((cycle.year for cycle in cycles), None)


def year_of_work(published: list[Any], on: date) -> int | None:
    """The newest of the published years whose planning has begun."""
    begun = [cycle for cycle in published if cycle.first_day and cycle.first_day <= on]
    return next((cycle.year for cycle in begun or published), None)


def same_page(request: Request, year: int) -> str:
    """The address of this list in another year; from the page of a record, of that year's first page."""
    match = request.resolver_match
    if match and set(match.kwargs) == {"year"} and match.view_name:
        return address(match.view_name, year)
    return address("cycle", year)
