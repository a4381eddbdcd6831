"""The page of my work: what waits for me, and the few figures my roles look at first."""

from datetime import date

from django.db.models import prefetch_related_objects
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from evaluations.feedback.queries import questions_for
from planning.cycles.queries import years_shown
from planning.models import Cycle
from sop_portal.dashboards.pages.my_work.highlights import highlights
from sop_portal.dashboards.pages.my_work.led_projects import rails
from sop_portal.dashboards.pages.my_work.named_tasks import named_tasks
from sop_portal.dashboards.pages.my_work.role_figures import panels
from sop_portal.dashboards.pages.my_work.tasks import grouped, without_first
from sop_portal.foundation.kit import formats
from sop_portal.foundation.kit.sentences import typed
from sop_portal.foundation.organisation.access import Request, is_anonymous, open_to_all, page
from sop_portal.foundation.organisation.actor import Actor, people_who_can
from sop_portal.foundation.organisation.models import Department
from sop_portal.foundation.organisation.roles import Can
from sop_portal.foundation.workflow.inbox import waiting_for
from sop_portal.stages import ALL_WORKFLOWS


@page(None)
def my_work(request: Request) -> HttpResponse:
    """What waits for me, and the few figures my roles look at first."""
    cycles = [cycle for cycle in years_shown(request) if cycle.state == "published"]
    prefetch_related_objects(cycles, "windows", "extensions")
    first, groups = grouped(request.actor, request.moment, cycles)
    running = next((cycle for cycle in cycles if cycle.starts_on <= request.today <= cycle.ends_on), None)
    cycle = planned_now(cycles, request.today)
    context = {
        "next": first,
        "groups": without_first(groups),
        "cycle": cycle,
        "panels": panels(request.actor, cycle, running),
        "highlights": highlights(request.actor, cycle, running),
        "roles": roles_of(request.actor),
        "role_givers": [] if request.actor.grants else list(people_who_can(Can.KEEP_PEOPLE, None, request.today)[:6]),
        "rails": rails(request.actor, running or cycle),
        # One question at a time, the older year first.
        "question": next(iter(questions_for(request.user, reversed(cycles), request.today)), None),
    }
    return render(request, "dashboards/my_work.html", context)


@open_to_all
def count_of_tasks(request: Request) -> HttpResponse:
    """How much waits for me, for the menu of every page; more than a page lists is said to be more.

    A page asks for it by itself. Whose session has ended is not led away from what stands typed there.
    """
    if is_anonymous(request):
        return HttpResponse(status=204)
    actor, at = request.actor, request.moment
    count = len(waiting_for(actor, ALL_WORKFLOWS, at)) + len(named_tasks(actor, at))
    return render(request, "dashboards/count.html", {"count": count})


def planned_now(cycles: list[Cycle], on: date) -> Cycle | None:
    """The newest year whose planning has begun, else the newest one; they come newest first."""
    begun = (cycle for cycle in cycles if any(window.opens_on <= on for window in cycle.windows.all()))
    return next(begun, cycles[0] if cycles else None)


def roles_of(actor: Actor) -> list[str]:
    """Every role held, in words: "Arts, Department head"."""
    names = dict(Department.objects.filter(pk__in=actor.department_ids).values_list("pk", "name"))
    found = []
    for grant in actor.grants:
        words = _("deputy, %(role)s") if grant.behalf else "%(role)s"
        role = words % {"role": grant.role.label}
        found.append(formats.joined([typed(names[grant.department_id]), role]) if grant.department_id else role)
    return list(dict.fromkeys(found))
