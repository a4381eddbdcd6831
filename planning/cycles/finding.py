"""The years of a page: read once, for the page's own year and for the switcher above it."""

from django.db.models import Min
from django.http import Http404

from planning.cycles.models import Cycle
from sop_portal.foundation.organisation.access import Request
from sop_portal.foundation.organisation.roles import Can


def years_of(request: Request) -> list[Cycle]:
    """Every year one may see, newest first, with the first day of its planning. Who writes reads them anew."""
    if not hasattr(request, "years") or request.method not in ("GET", "HEAD"):
        found = Cycle.objects.visible_to(request.actor).annotate(first_day=Min("windows__opens_on"))
        request.years = list(found.order_by("-year"))
    return request.years


def years_shown(request: Request) -> list[Cycle]:
    """The years of the switcher; drafts only for those who set them up."""
    if request.actor.may(Can.RUN_CYCLE):
        return years_of(request)
    return [cycle for cycle in years_of(request) if cycle.state != Cycle.State.DRAFT]


def in_year(cycles: list[Cycle], year: int) -> Cycle:
    """The one of this year, which has to be there."""
    for cycle in cycles:
        if cycle.year == year:
            return cycle
    raise Http404


def cycle_of(request: Request, year: int) -> Cycle:
    """The year of the address."""
    return in_year(years_of(request), year)
