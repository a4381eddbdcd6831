"""Pages above the stages: my work, the year, a project, the dashboard, search, and whether the portal is alive."""

from typing import Any

from django.db.models import prefetch_related_objects
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render

from evaluations.reviews import actions as reviews
from evaluations.reviews.queries.closing import CLOSING_YEAR
from planning.cycles.queries import in_year, years_of, years_shown
from planning.cycles.workflow import CYCLE
from planning.forecasts import actions as forecasts
from planning.models import Cycle, Project
from planning.projects.workflow import PROJECT
from sop_portal.dashboards import accuracy as accuracies
from sop_portal.dashboards import (
    cyclepage,
    deviations,
    firsts,
    glance,
    health,
    homes,
    mywork,
    projectstory,
    queries,
    tiles,
)
from sop_portal.dashboards.projectnext import next_of
from sop_portal.dashboards.projectpage import ProjectPage
from sop_portal.dashboards.projectrail import elapsed
from sop_portal.dashboards.search import MOST as MOST_HITS
from sop_portal.dashboards.search import in_words, is_cut
from sop_portal.dashboards.search import search as find
from sop_portal.foundation.kit.paging import paginate_list
from sop_portal.foundation.organisation.access import Request, open_to_all, page
from sop_portal.foundation.organisation.roles import Can
from sop_portal.foundation.workflow.record_page import sidebar_context
from sop_portal.foundation.workflow.views import step_view

# The dashboard names the first departments that need somebody; the year's own page shows all of them.
MOST_ROWS, MOST_TASKS = 30, 20


def cycle_of(request: Request, year: int) -> Cycle:
    """The year, if the person may see it."""
    return in_year(years_shown(request), year)


@page(None)
def my_work(request: Request) -> HttpResponse:
    """What waits for me, and the few figures my roles look at first."""
    cycles = [cycle for cycle in years_shown(request) if cycle.state == "published"]
    prefetch_related_objects(cycles, "windows", "extensions")
    first, groups = mywork.grouped(request.actor, request.moment, cycles)
    running = next((c for c in cycles if c.starts_on <= request.today <= c.ends_on), None)
    cycle = mywork.planned_now(cycles, request.today)
    context = {
        "next": first, "groups": mywork.without_first(groups), "cycle": cycle,
        "panels": homes.panels(request.actor, cycle, running),
        "firsts": firsts.firsts(request.actor, cycle, running),
        "roles": mywork.roles_of(request.actor), "rails": homes.rails(request.actor, running or cycle),
    }  # fmt: skip
    return render(request, "dashboards/my_work.html", context)


@page(Can.SEE_RECORDS)
def cycle(request: Request, year: int) -> HttpResponse:
    """The year: timeline and matrix."""
    found = cycle_of(request, year)
    rows = queries.matrix(found, request.actor, queries.open_reports(found, request.today))
    months = request.GET.get("months") or ("planning" if cyclepage.is_planned(found, request.today) else "all")
    whole, needing = months == "all", queries.needs_attention(rows)
    turned = paginate_list(needing if request.GET.get("show") == "open" else rows, request.GET)
    box = cyclepage.next_of(found, CLOSING_YEAR, rows, request.actor, request.moment)
    context: dict[str, Any] = {
        "cycle": found,
        "record": found,
        "tone": CYCLE.tones[found.state],
        "next": box,
        "drawing": cyclepage.drawing(found, rows, request.today, whole=whole),
        "is_whole": whole,
        "stage_heads": cyclepage.counted(rows),
        "rows": turned.rows,
        "turned": turned,
        "count": len(rows),
        "projects": Project.objects.filter(cycle_id=found.pk).visible_to(request.actor).count(),
        "needing": len(needing),
        "extensions": found.extensions.visible_to(request.actor).select_related("department", "granted_by")[:20],
    }
    return render(request, "dashboards/cycle.html", context)


cycle_step = step_view(CLOSING_YEAR, {"publish": forecasts.publish_year, "close": reviews.close_year}, cycle_of)


@page(Can.SEE_RECORDS)
def project(request: Request, year: int, department: str, project: str) -> HttpResponse:
    """One project from need to result."""
    cycle = in_year(years_of(request), year)
    visible = Project.objects.visible_to(request.actor).filter(cycle_id=cycle.pk).select_related("department", "lead")
    found = get_object_or_404(visible, department__slug=department, slug=project)
    found.cycle = cycle
    has_next_year = any(other.year == year + 1 for other in years_of(request))
    shown = ProjectPage(found, request.today, has_next_year=has_next_year)
    context = {
        **sidebar_context(request, PROJECT, found), "page": shown, "records": projectstory.records(shown),
        "next": next_of(shown, request.actor, request.moment), "story": projectstory.story(found, shown),
        "may_post": request.actor.may(Can.POST_EXPENSE, found),
        "may_change": found.state in PROJECT.editable and request.actor.may(Can.RUN_PROJECT, found),
        "may_raise": request.actor.may(Can.RAISE_ISSUE, found),
    }  # fmt: skip
    return render(request, "dashboards/project.html", context)


@page(Can.SEE_RECORDS)
def dashboard(request: Request, year: int) -> HttpResponse:
    """The year at a glance."""
    found = whole_organisation(request, year)
    shares, reports = queries.by_department(found, request.actor), queries.open_reports(found, request.today)
    rows = queries.matrix(found, request.actor, reports)
    sums, years, needing = queries.sums_of(shares), accuracies.by_year(found), queries.needs_attention(rows)
    decisions = dict(mywork.decisions(request.actor, request.moment, MOST_TASKS, [found]))[mywork.TO_DECIDE]
    context = {
        "cycle": found,
        "next": glance.next_of(decisions, MOST_TASKS),
        "tiles": tiles.tiles(found, sums, years, request.today),
        "flow": glance.flow(found, sums),
        "exceptions": deviations.exceptions(found, shares, reports, request.today),
        "bias": glance.bias(found, accuracies.newest(years)),
        "stage_heads": queries.heads(),
        "rows": needing[:MOST_ROWS],
        "needing": len(needing),
        "departments": len(rows),
        "projects": sums.projects,
        "time": elapsed(found.starts_on, found.ends_on, request.today),
        "decisions": decisions,
    }
    return render(request, "dashboards/dashboard.html", context)


@page(Can.SEE_RECORDS)
def accuracy(request: Request, year: int) -> HttpResponse:
    """Forecast beside actual, department by department: what the accuracy figures add up from."""
    found = whole_organisation(request, year)
    rows = accuracies.newest(accuracies.by_year(found))
    total = {name: sum(getattr(row, name) for row in rows) for name in ("forecast", "actual", "missed")}
    total["close"] = accuracies.closeness(rows) if rows else None
    return render(request, "dashboards/accuracy.html", {"cycle": found, "rows": rows, "total": total})


def whole_organisation(request: Request, year: int) -> Cycle:
    """The year, for roles of the whole organisation only; for others this page does not exist."""
    if not request.actor.sees_everything:
        return get_object_or_404(Cycle.objects.none())
    return cycle_of(request, year)


@page(None)
def search(request: Request) -> HttpResponse:
    """Find projects, departments, people and lessons."""
    words = in_words(request.GET.get("q", ""))
    hits = find(request.actor, words)
    context = {"words": words, "hits": hits, "is_cut": is_cut(hits), "most": MOST_HITS}
    return render(request, "dashboards/search.html", context)


@open_to_all
def livez(request: Request) -> HttpResponse:
    """The process answers; nothing else is touched."""
    return HttpResponse("ok\n", content_type="text/plain")


@open_to_all
def readyz(request: Request) -> HttpResponse:
    """Database, migrations and the age of the mail queue."""
    wrong = health.problems(request.moment)
    return HttpResponse("\n".join(wrong) or "ok", status=503 if wrong else 200, content_type="text/plain")
