"""Pages on which a department asks for more time, and somebody else grants it."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from planning.cycles.actions import PAGES
from planning.cycles.models import Cycle, Stage
from planning.cycles.windows import dates_of, due_for
from planning.extensions import actions
from planning.extensions.forms import AskForm
from planning.extensions.models import ExtensionRequest
from planning.extensions.workflow import EXTENSION_REQUEST
from sop_portal.foundation.kit.formats import sentences
from sop_portal.foundation.kit.refusals import NotNow, NotReady
from sop_portal.foundation.organisation.access import Request, act, either, page
from sop_portal.foundation.organisation.models import Department
from sop_portal.foundation.organisation.roles import Can
from sop_portal.foundation.workflow.record_page import made_by, record_context
from sop_portal.foundation.workflow.views import step_view

MOST = 200


def find_cycle(asking: Request, year: int) -> Cycle:
    """The year, if it is under way and the person may know of it."""
    cycles = Cycle.objects.visible_to(asking.actor).exclude(state=Cycle.State.DRAFT)
    return get_object_or_404(cycles.prefetch_related("windows", "extensions"), year=year)


def find(asking: Request, *, year: int, pk: int, **_more: Any) -> ExtensionRequest:
    """One request."""
    found = ExtensionRequest.objects.visible_to(asking.actor).select_related("cycle", "department", "asked_by")
    return get_object_or_404(found.prefetch_related("cycle__windows", "cycle__extensions"), cycle__year=year, pk=pk)


@page(Can.SEE_RECORDS)
def requests(asking: Request, year: int) -> HttpResponse:
    """Who asked for more time, the latest first."""
    cycle = find_cycle(asking, year)
    found = ExtensionRequest.objects.visible_to(asking.actor).filter(cycle=cycle)
    rows = [(row, EXTENSION_REQUEST.tones[row.state]) for row in found.select_related("cycle", "department")[:MOST]]
    context = {"cycle": cycle, "rows": rows, "may_ask": asking.actor.may(Can.ASK_EXTENSION)}
    return render(asking, "planning/extensions/requests.html", context)


@page(Can.ASK_EXTENSION)
def ask_form(asking: Request, year: int) -> HttpResponse:
    """The form a department asks with."""
    start = {"stage": asking.GET.get("stage"), "department": asking.GET.get("department")}
    return _show(asking, find_cycle(asking, year), AskForm(departments=asking.actor.headed_ids, initial=start))


@act(Can.ASK_EXTENSION)
def ask_now(asking: Request, year: int) -> HttpResponse:
    """Ask for more time."""
    cycle = find_cycle(asking, year)
    form = AskForm(asking.POST, departments=asking.actor.headed_ids)
    if not form.is_valid():
        return _show(asking, cycle, form, 422)
    try:
        asked = actions.ask(cycle, by=asking.user, at=asking.moment, **form.cleaned_data)
    except (NotReady, NotNow) as refusal:
        form.add_error("until_on" if isinstance(refusal, NotReady) else None, sentences([refusal, refusal.way_out]))
        return _show(asking, cycle, form, 422)
    messages.success(asking, _("You asked for more time; those who can grant it were told."))
    return redirect(asked)


def _show(asking: Request, cycle: Cycle, form: AskForm, status: int = 200) -> HttpResponse:
    heads = Department.objects.filter(pk__in=asking.actor.headed_ids)
    own = heads.filter(slug=form["department"].value() or "").first() or heads.first()
    days = [(stage.label, due_for(cycle, stage, own)) for stage in Stage] if own else []
    waiting = ExtensionRequest.objects.visible_to(asking.actor).filter(
        cycle=cycle, department=own, stage=form["stage"].value() or "", state=ExtensionRequest.State.ASKED
    )
    context = {
        "cycle": cycle, "form": form, "own": own, "days": days, "waiting": waiting.select_related("department").first(),
        "back": place_of(cycle.year, form["stage"].value(), own),
    }  # fmt: skip
    return render(asking, "planning/extensions/ask.html", context, status=status)


def place_of(year: int, stage: str | None, department: Department | None) -> str:
    """The page the time is needed for."""
    name = PAGES.get(Stage(stage)) if stage in Stage.values and department else None
    return reverse(name, args=[year, department.slug]) if name and department else reverse("cycle", args=[year])


@page(Can.SEE_RECORDS)
def request(asking: Request, year: int, pk: int) -> HttpResponse:
    """One request: what was asked, how the stage stands, and the decision."""
    record = find(asking, year=year, pk=pk)
    dates = dates_of(record.cycle, record.stage)
    context = record_context(asking, EXTENSION_REQUEST, record) | {
        "dates": dates, "asked_by": made_by(EXTENSION_REQUEST, record),
        "due_on": due_for(record.cycle, record.stage, record.department_id),
        "about": place_of(year, record.stage, record.department),
    }  # fmt: skip
    return render(asking, "planning/extensions/request.html", context)


ask = either(ask_form, ask_now)
request_step = step_view(
    EXTENSION_REQUEST, {"grant": actions.grant, "refuse": actions.refuse, "withdraw": actions.withdraw}, find
)  # fmt: skip
