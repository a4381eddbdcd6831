"""The page of a year for management: what waits for a decision, six figures, the money, and what is not as planned."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from planning.cycles.queries import in_year, years_shown
from planning.models import Cycle
from sop_portal.dashboards.figures import elapsed
from sop_portal.dashboards.pages.my_work.tasks import decisions
from sop_portal.dashboards.pages.year.accuracy import accuracy_by_year, bias, closeness, newest
from sop_portal.dashboards.pages.year.money_flow import money_flow
from sop_portal.dashboards.pages.year.tiles import tiles
from sop_portal.dashboards.queries.deviations import exceptions, without_exceptions
from sop_portal.dashboards.queries.matrix import headings, matrix, needs_attention
from sop_portal.dashboards.queries.money import (
    decided_money_of_all_departments,
    money_by_department,
    money_by_division,
    stages_that_happened,
    total_money,
)
from sop_portal.dashboards.queries.reports import open_reports
from sop_portal.foundation.kit import formats
from sop_portal.foundation.kit.components import Button, NextBox, TaskRow
from sop_portal.foundation.kit.sentences import interpolate
from sop_portal.foundation.organisation.access import Request, page
from sop_portal.foundation.organisation.roles import Can

# The dashboard names the first departments that need somebody; the year's own page shows all of them.
MOST_ROWS, MOST_TASKS = 30, 20


@page(Can.SEE_RECORDS)
def dashboard(request: Request, year: int) -> HttpResponse:
    """The year at a glance."""
    cycle = whole_organisation(request, year)
    waiting = decisions(request.actor, request.moment, MOST_TASKS, [cycle])
    context = {
        "cycle": cycle,
        "time": elapsed(cycle.starts_on, cycle.ends_on, request.today) if request.today >= cycle.starts_on else None,
        "next": decisions_box(waiting, MOST_TASKS),
        "decisions": waiting,
        **figures_of(request, cycle),
    }
    return render(request, "dashboards/dashboard.html", context)


@page(Can.SEE_RECORDS)
def accuracy(request: Request, year: int) -> HttpResponse:
    """Forecast beside actual, department by department: what the accuracy figures add up from."""
    cycle = whole_organisation(request, year)
    rows = newest(accuracy_by_year(cycle))
    total = {name: sum(getattr(row, name) for row in rows) for name in ("forecast", "actual", "missed")}
    total["close"] = closeness(rows) if rows else None
    return render(request, "dashboards/accuracy.html", {"cycle": cycle, "rows": rows, "total": total})


def whole_organisation(request: Request, year: int) -> Cycle:
    """The year, for roles of the whole organisation only; for others this page does not exist."""
    if not request.actor.sees_everything:
        return get_object_or_404(Cycle.objects.none())
    return in_year(years_shown(request), year)


def figures_of(request: Request, cycle: Cycle) -> dict[str, Any]:
    """The tiles, the charts, the matrix and the exceptions, from one reading of the year's money and reports."""
    departments, reports = money_by_department(cycle, request.actor), open_reports(cycle, request.today)
    totals, years = total_money(departments), accuracy_by_year(cycle)
    decided = decided_money_of_all_departments(cycle)
    happened = stages_that_happened(totals, cycle, request.today)
    rows = matrix(cycle, request.actor, reports)
    needing = needs_attention(rows)
    return {
        "tiles": tiles(cycle, totals, decided, years, request.today),
        "flow": money_flow(cycle, totals, decided),
        "exceptions": exceptions(cycle, request.actor, reports, request.today),
        "all_clear": without_exceptions(cycle, totals.budgeted, request.today),
        "divisions": money_by_division(departments, happened, decided.unfinished),
        "bias": bias(cycle, newest(years)),
        "stage_heads": headings(),
        "rows": needing[:MOST_ROWS],
        "needing": len(needing),
        "departments": len(rows),
        "projects": totals.projects,
    }


def decisions_box(waiting: Sequence[TaskRow], most: int) -> NextBox | None:
    """How many decisions wait for this person, of which kinds, and for how long; the first one is a click away."""
    if not waiting:
        return None
    count, first = len(waiting), waiting[0]
    more = _("%(count)s decisions and more wait for you")
    counted = ngettext("%(count)s decision waits for you", "%(count)s decisions wait for you", count)
    title = (more if count >= most else counted) % {"count": formats.number(count)}
    kinds = Counter(str(task.verb) for task in waiting)
    text = formats.listed(formats.with_note(verb, times) if times > 1 else verb for verb, times in kinds.items())
    oldest = interpolate(_("The oldest: %(what)s, %(since)s."), {"what": first.what, "since": first.due_note})
    text = formats.sentences([f"{text}{formats.FULL_STOP[formats.language_code()]}", oldest])
    return NextBox(title, text, "", "inbox", buttons=[Button(_("Decide"), first.url, is_primary=True)])
