"""The audits of a year, and planning another one."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from budgets.audits import actions
from budgets.audits.forms import AuditFilter, PlanForm
from budgets.audits.models import Audit
from budgets.audits.queries import LIKE_ANOTHER, audits_of, open_audit_like, with_counts
from budgets.audits.workflow import AUDIT
from planning.cycles.queries import cycle_of, may_in
from planning.models import Cycle
from sop_portal.foundation.kit.formats import day_of_year
from sop_portal.foundation.kit.paging import paginate
from sop_portal.foundation.kit.templatetags.icons import state
from sop_portal.foundation.organisation.access import Request, act, either, page
from sop_portal.foundation.organisation.roles import Can

SORTS = {"planned": "planned_on"}


@dataclass(frozen=True)
class AuditRow:
    """An audit in the list, written out."""

    url: str
    planned: str
    title: str
    project: str
    department: str
    findings: str
    state: SafeString


@page()
def audits(request: Request, *, year: int) -> HttpResponse:
    """The audits of the year, the next one first."""
    cycle = cycle_of(request, year)
    narrowing = AuditFilter(request.GET, actor=request.actor)
    found = with_counts(narrowing.narrow(audits_of(request.actor, cycle=cycle)), request.actor)
    turned = paginate(found, request.GET, SORTS, "-planned")
    context = {
        "cycle": cycle,
        "narrowing": narrowing,
        "rows": [audit_row(audit, audit.open, audit.all) for audit in turned.rows],
        "turned": turned,
        "may": may_in(request, cycle, Can.AUDIT),
    }
    return render(request, "budgets/audits/list.html", context)


def audit_row(audit: Audit, open_findings: int, all_findings: int) -> AuditRow:
    """One audit of the list, with how many of its findings are not verified yet."""
    is_closed = audit.state == Audit.State.CLOSED
    names = {"open": open_findings, "all": all_findings}
    return AuditRow(
        url=audit.get_absolute_url(),
        planned=day_of_year(audit.planned_on),
        title=audit.title,
        project=audit.project.name if audit.project else "",
        department=audit.department.name,
        findings=_("%(open)s open of %(all)s") % names if all_findings else "–",
        state=state(AUDIT.tones[audit.state], AUDIT.states(audit.state).label, is_closed),
    )


@page(Can.AUDIT)
def ask_plan(request: Request, *, year: int) -> HttpResponse:
    """Ask what is audited, and when."""
    cycle = cycle_of(request, year)
    return _show_plan(request, cycle, PlanForm(cycle=cycle, on=request.today), 200)


@act(Can.AUDIT)
def take_plan(request: Request, *, year: int) -> HttpResponse:
    """Plan an audit."""
    cycle = cycle_of(request, year)
    form = PlanForm(request.POST, cycle=cycle, on=request.today)
    if not form.is_valid() or form.asks_about_duplicate(
        open_audit_like(cycle, form.cleaned_data["department"], form.cleaned_data["title"]), LIKE_ANOTHER
    ):
        return _show_plan(request, cycle, form, 422)
    planned = actions.plan(cycle, form.plan, by=request.user, at=request.moment)
    messages.success(request, _("The audit is planned."))
    return redirect(planned)


def _show_plan(request: Request, cycle: Cycle, form: PlanForm, status: int) -> HttpResponse:
    context = {"form": form, "cycle": cycle}
    return render(request, "budgets/audits/plan.html", context, status=status)


plan = either(ask_plan, take_plan)
