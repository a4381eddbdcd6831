"""What is still open in a year, in all its stages; a year with anything open is not closed."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from budgets.audits.models import Audit, Finding
from budgets.drafting.models import Budget
from budgets.spending.models import SpendingException
from evaluations.improvements.models import Measure
from evaluations.reports.models import Issue, ProgressReport
from evaluations.reviews.models import Evaluation
from planning.cycles.workflow import CYCLE
from planning.models import Cycle, DemandReport, Forecast, Project, ResourceRequest
from sop_portal.foundation.workflow.table import Missing

NAMED = 10


def missing_to_close(cycle: Cycle, at: datetime) -> list[Missing]:
    """Everything that is open in the year, stage by stage, each with its link. Adopted measures live on after it."""
    return [missing for sentence, rows in open_records(cycle) for missing in _named(sentence, rows)]


def open_records(cycle: Cycle) -> Iterator[tuple[str, QuerySet[Any]]]:
    """The open records of every kind, in the order of the year, and the sentence that names one of them."""
    named = _("%(record)s is open: %(state)s.")
    of_year = {"cycle": cycle}
    decided = [Forecast.State.ACCEPTED, Forecast.State.WAIVED]
    yield named, Forecast.objects.filter(**of_year).exclude(state__in=decided)
    yield named, DemandReport.objects.filter(**of_year, state=DemandReport.State.COMPILING)
    answered = [ResourceRequest.State.ALLOCATED, ResourceRequest.State.WAIVED]
    yield named, ResourceRequest.objects.filter(**of_year).exclude(state__in=answered)
    passed = [Budget.State.APPROVED, Budget.State.SUPERSEDED]
    yield named, Budget.objects.filter(**of_year).exclude(state__in=passed)
    asked = SpendingException.objects.filter(**of_year, state=SpendingException.State.ASKED)
    yield _("Spending exception “%(record)s” is open: %(state)s."), asked
    ended = [Project.State.EVALUATED, Project.State.CANCELLED]
    yield _("Project “%(record)s” is open: %(state)s."), Project.objects.filter(**of_year).exclude(state__in=ended)
    reports = ProgressReport.objects.filter(**of_year).exclude(project__state=Project.State.CANCELLED)
    yield named, reports.exclude(state=ProgressReport.State.ACCEPTED)
    issues = Issue.objects.filter(**of_year).exclude(state=Issue.State.VERIFIED)
    yield _("Issue “%(record)s” is open: %(state)s."), issues
    yield named, Evaluation.objects.filter(**of_year).exclude(state=Evaluation.State.REVIEWED)
    audits = Audit.objects.filter(**of_year).exclude(state=Audit.State.CLOSED)
    yield _("Audit “%(record)s” is open: %(state)s."), audits
    yield named, Finding.objects.filter(audit__cycle=cycle).exclude(state=Finding.State.VERIFIED)
    yield named, Measure.objects.filter(**of_year, state=Measure.State.PROPOSED)


def _named(sentence: str, rows: QuerySet[Any]) -> Iterator[Missing]:
    """The first of them one by one, the rest as a number."""
    for record in _with_names(rows).order_by("pk")[:NAMED]:
        words = {"record": record, "state": record.get_state_display()}
        yield Missing(sentence % words, record.get_absolute_url())
    rest = rows.count() - NAMED
    if rest > 0:
        more = ngettext("%(kind)s: %(count)s more is open.", "%(kind)s: %(count)s more are open.", rest)
        yield Missing(more % {"kind": rows.model._meta.verbose_name_plural, "count": rest})


def _with_names(rows: QuerySet[Any]) -> QuerySet[Any]:
    fields = {field.name for field in rows.model._meta.get_fields() if field.many_to_one or field.one_to_one}
    if "audit" in fields:
        return rows.select_related("audit__cycle")
    return rows.select_related(*(name for name in ("cycle", "department", "project") if name in fields))


# The year's own table cannot know the later stages; here its last step gets what has to be finished first.
CLOSING_YEAR = replace(
    CYCLE,
    steps=tuple(replace(step, missing=missing_to_close) if step.name == "close" else step for step in CYCLE.steps),
)
