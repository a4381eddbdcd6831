"""The audits and findings a person may see."""

from decimal import Decimal

from django.db.models import Count, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _

from budgets.audits.models import Audit, Finding
from planning.models import Cycle, Project
from sop_portal.foundation.kit.likely_duplicates import find_likely_duplicate
from sop_portal.foundation.organisation.access import Request
from sop_portal.foundation.organisation.actor import Actor
from sop_portal.foundation.organisation.models import Department

LIKE_ANOTHER = _("An audit of this name is planned for this department already.")


def audits_of(actor: Actor, **year: Cycle | int) -> QuerySet[Audit]:
    """The audits of a year this person may see."""
    return Audit.objects.filter(**year).visible_to(actor).select_related("cycle", "department", "project")


def open_audit_like(cycle: Cycle, department: Department, title: str) -> Audit | None:
    """An audit of a department of the same name that is not closed yet; whoever plans one sees them all."""
    planned = Audit.objects.filter(cycle=cycle, department=department).exclude(state=Audit.State.CLOSED)
    return find_likely_duplicate(planned.select_related("cycle"), title=title)


def with_counts(audits: QuerySet[Audit], actor: Actor) -> QuerySet[Audit]:
    """Audits with how many findings this person sees in them, and how many of those are not verified."""
    visible = Finding.objects.visible_to(actor).filter(audit_id=OuterRef("pk")).order_by()
    still_open = visible.exclude(state=Finding.State.VERIFIED)
    return audits.annotate(all=_number_of(visible), open=_number_of(still_open))


def _number_of(findings: QuerySet[Finding]) -> Coalesce:
    """Counted for each audit that is shown; grouped, they would be counted for all before the page is cut."""
    return Coalesce(Subquery(findings.values("audit_id").annotate(number=Count("pk")).values("number")), 0)


def money_audited(audit: Audit) -> Decimal | None:
    """The most money an audit can be about: what its project, or its department, plans, was granted or may spend.

    None while nothing of it is known yet.
    """
    audited = Project.objects.filter(cycle_id=audit.cycle_id, department_id=audit.department_id)
    if audit.project_id is not None:
        audited = audited.filter(pk=audit.project_id)
    sums = audited.aggregate(needed=Sum("needed"), granted=Sum("granted"), budgeted=Sum("budgeted"))
    return max(value or Decimal(0) for value in sums.values()) or None


def find_audit(request: Request, *, year: int, pk: int) -> Audit:
    """One audit."""
    return get_object_or_404(audits_of(request.actor, cycle__year=year), pk=pk)


def find_finding(request: Request, *, year: int, pk: int, number: int) -> Finding:
    """One finding."""
    found = Finding.objects.filter(audit__cycle__year=year, audit_id=pk).visible_to(request.actor)
    related = ("audit__cycle", "audit__department", "audit__project", "answered_by", "remedied_by", "verified_by")
    return get_object_or_404(found.select_related(*related), number=number)


def findings_of(audit: Audit, actor: Actor) -> QuerySet[Finding]:
    """The findings of an audit this person may see, in order."""
    return Finding.objects.filter(audit=audit).visible_to(actor).order_by("number")


def audited_projects(audit: Audit) -> QuerySet[Project]:
    """The project an audit looks at, or all projects of its department; for whoever sees the audit."""
    projects = Project.objects.filter(cycle_id=audit.cycle_id, department_id=audit.department_id).order_by("name")
    if audit.project_id:
        projects = projects.filter(pk=audit.project_id)
    return projects.select_related("cycle", "department")
