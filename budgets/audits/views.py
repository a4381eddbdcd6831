"""The pages of audits: the list, an audit with its findings, one finding."""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.db.models import Count, Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from budgets.audits import actions
from budgets.audits.forms import AuditFilter, FindingForm, PlanForm
from budgets.audits.models import Audit, Finding
from budgets.audits.workflow import AUDIT, FINDING
from planning.cycles.finding import cycle_of
from planning.models import Cycle, Project
from sop_portal.foundation.kit.formats import day_of_year, due_phrase
from sop_portal.foundation.kit.paging import paginate
from sop_portal.foundation.kit.templatetags.icons import state
from sop_portal.foundation.organisation.access import Request, act, either, page
from sop_portal.foundation.organisation.roles import Can
from sop_portal.foundation.workflow.record_page import record_context
from sop_portal.foundation.workflow.views import step_view

LISTED = 100
TWO_WEEKS = timedelta(days=14)
SORTS = {"planned": "planned_on", "title": "title"}


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


def audit_row(audit: Any) -> AuditRow:
    """One audit of the list, with how many of its findings are open."""
    findings = _("%(open)s open of %(all)s") % {"open": audit.open, "all": audit.all} if audit.all else "–"
    shown = state(AUDIT.tones[audit.state], AUDIT.states(audit.state).label, audit.state == Audit.State.CLOSED)
    return AuditRow(
        audit.get_absolute_url(), day_of_year(audit.planned_on), audit.title,
        audit.project.name if audit.project else "", audit.department.name, findings, shown,
    )  # fmt: skip


def audits_of(request: Request, year: int) -> QuerySet[Audit]:
    """The audits this person may see."""
    found = Audit.objects.filter(cycle__year=year).visible_to(request.actor)
    return found.select_related("cycle", "department", "project")


def find_audit(request: Request, *, year: int, pk: int, **_: Any) -> Audit:
    """One audit."""
    return get_object_or_404(audits_of(request, year), pk=pk)


def find_finding(request: Request, *, year: int, pk: int, number: int, **_: Any) -> Finding:
    """One finding."""
    found = Finding.objects.filter(audit__cycle__year=year, audit_id=pk).visible_to(request.actor)
    related = ("audit__cycle", "audit__department", "audit__project", "answered_by", "remedied_by", "verified_by")
    return get_object_or_404(found.select_related(*related), number=number)


take_audit = step_view(AUDIT, {"begin": actions.begin, "ask": actions.ask, "close": actions.close}, find_audit)
take_finding = step_view(
    FINDING,
    {"answer": actions.answer, "remedy": actions.remedy, "verify": actions.verify, "reopen": actions.reopen},
    find_finding,
)


@page()
def audits(request: Request, *, year: int) -> HttpResponse:
    """The audits of the year, the next one first."""
    cycle = cycle_of(request, year)
    narrowing = AuditFilter(request.GET, actor=request.actor)
    found = audits_of(request, year)
    if narrowing.is_valid():
        wanted = narrowing.cleaned_data
        found = found.filter(department=wanted["department"]) if wanted["department"] else found
        if wanted["state"] == "open":
            found = found.exclude(state=Audit.State.CLOSED)
        elif wanted["state"]:
            found = found.filter(state=wanted["state"])
    handed = Finding.objects.visible_to(request.actor).values("pk")
    seen = Q(findings__in=handed)
    found = found.annotate(
        all=Count("findings", filter=seen), open=Count("findings", filter=seen & ~Q(findings__state="verified"))
    )
    turned = paginate(found, request.GET, SORTS, "-planned")
    rows = [audit_row(audit) for audit in turned.rows]
    context = {
        "cycle": cycle,
        "narrowing": narrowing,
        "rows": rows,
        "turned": turned,
        "may": request.actor.may(Can.AUDIT),
    }
    return render(request, "budgets/audits/list.html", context)


@page()
def audit(request: Request, *, year: int, pk: int) -> HttpResponse:
    """One audit: what it looks at, and what it found."""
    record = find_audit(request, year=year, pk=pk)
    findings = Finding.objects.filter(audit=record).visible_to(request.actor).order_by("number")[:LISTED]
    projects = Project.objects.filter(cycle_id=record.cycle_id, department_id=record.department_id).order_by("name")
    if record.project_id:
        projects = projects.filter(pk=record.project_id)
    text = due_phrase(record.planned_on, request.today) if record.state == Audit.State.PLANNED else ""
    context = record_context(request, AUDIT, record, text=text) | {
        "cycle": record.cycle,
        "findings": [(finding, FINDING.tones[finding.state]) for finding in findings],
        "projects": projects.select_related("cycle", "department")[:LISTED],
        "may_find": record.state == Audit.State.IN_PROGRESS and request.actor.may(Can.AUDIT),
        "may_read": request.actor.sees_everything or record.state in ("awaiting_response", "closed"),
    }
    if record.state == Audit.State.AWAITING and context["next"].missing:
        context["next"] = replace(context["next"], title=_("Close the audit once every finding is verified"))
    return render(request, "budgets/audits/audit.html", context)


@page()
def finding(request: Request, *, year: int, pk: int, number: int) -> HttpResponse:
    """One finding, its answer and what was done."""
    record = find_finding(request, year=year, pk=pk, number=number)
    text = due_phrase(record.due, request.today) if record.state == Finding.State.OPEN else ""
    context = record_context(request, FINDING, record, text=text) | {"cycle": record.audit.cycle, "audit": record.audit}
    return render(request, "budgets/audits/finding.html", context)


@page(Can.AUDIT)
def _before_planning(request: Request, *, year: int) -> HttpResponse:
    cycle = cycle_of(request, year)
    return _show_form(request, PlanForm(cycle=cycle), cycle, None, 200)


@act(Can.AUDIT)
def _plan(request: Request, *, year: int) -> HttpResponse:
    cycle = cycle_of(request, year)
    form = PlanForm(request.POST, cycle=cycle)
    if not form.is_valid():
        return _show_form(request, form, cycle, None, 422)
    made = actions.plan(cycle, **form.cleaned_data, by=request.user, at=request.moment)
    messages.success(request, _("The audit is planned."))
    return redirect(made)


@page(Can.AUDIT)
def _before_finding(request: Request, *, year: int, pk: int) -> HttpResponse:
    record = find_audit(request, year=year, pk=pk)
    form = FindingForm(initial={"seen": record.version, "due": request.today + TWO_WEEKS})
    return _show_form(request, form, record.cycle, record, 200)


@act(Can.AUDIT)
def _find(request: Request, *, year: int, pk: int) -> HttpResponse:
    record = find_audit(request, year=year, pk=pk)
    form = FindingForm(request.POST)
    if not form.is_valid():
        return _show_form(request, form, record.cycle, record, 422)
    made = actions.find(record, **form.cleaned_data, by=request.user, at=request.moment)
    messages.success(request, _("Finding %(number)s was recorded.") % {"number": made.number})
    return redirect(record)


def _show_form(request: Request, form: Any, cycle: Cycle, audit: Audit | None, status: int) -> HttpResponse:
    name = "budgets/audits/find.html" if audit else "budgets/audits/plan.html"
    return render(request, name, {"form": form, "cycle": cycle, "record": audit}, status=status)


new = either(_before_planning, _plan)
find = either(_before_finding, _find)
