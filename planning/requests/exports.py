"""Requests and allocations as workbooks."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from django.db.models import QuerySet
from django.http import HttpResponse
from django.utils.translation import gettext as _

from planning.cycles.models import Cycle
from planning.projects.exports import workbook
from planning.projects.models import Metric
from planning.requests.figures import score_of
from planning.requests.models import RequestLine, ResourceRequest
from sop_portal.foundation.organisation.actor import Actor

ExportCell = str | int | Decimal | date | None

ASKED = (
    "request__department__name",
    "project__name",
    "what",
    "metric",
    "pool__name",
    "pool__unit",
    "quantity",
    "unit_cost",
    "cost",
    "pool__paid_from__name",
    "needed_on",
    "why",
)
DECIDED = (
    "request__state",
    "project__importance",
    "urgency",
    "evidence",
    "decision",
    "granted",
    "granted_cost",
    "reason",
)


def requests(cycle: Cycle, listed: QuerySet[ResourceRequest], actor: Actor) -> HttpResponse:
    """Every line of these requests this person may see; decisions once handed over, or to those who take them."""
    found = RequestLine.objects.filter(request__in=listed.order_by().values("pk")).visible_to(actor)
    name = f"requests-{cycle.year}"
    return workbook(name, _("Resource requests"), _header(), _rows(found, shows_all=actor.sees_everything))


def allocation(cycle: Cycle, found: QuerySet[RequestLine]) -> HttpResponse:
    """The lines of the board, as filtered."""
    return workbook(f"allocation-{cycle.year}", _("Allocation"), _header(), _rows(found, shows_all=True))


def _header() -> list[str]:
    return [
        _("Department"),
        _("Project"),
        _("What"),
        _("Resource"),
        _("Unit"),
        _("Quantity"),
        _("Unit cost"),
        _("Cost"),
        _("Paid from"),
        _("Needed on"),
        _("Why"),
        _("Score"),
        _("Decision"),
        _("Granted"),
        _("Granted, in money"),
        _("Reason"),
    ]


def _rows(found: QuerySet[RequestLine], *, shows_all: bool) -> Iterator[tuple[ExportCell, ...]]:
    decisions = dict(RequestLine.Decision.choices)
    ordered = found.order_by("request__department__name", "project__name", "pk").values_list(*ASKED, *DECIDED)
    for row in ordered.iterator(chunk_size=2000):
        department, project, what, metric, *asked = row[: -len(DECIDED)]
        state, importance, urgency, evidence, decision, granted, granted_cost, reason = row[-len(DECIDED) :]
        decided: tuple[ExportCell, ...] = ("", "", None, None, "")
        if shows_all or state == "allocated":
            score = score_of(importance, urgency, evidence).total
            decided = (score, str(decisions[decision]), granted, granted_cost, reason)
        yield (department, project, what or str(Metric(metric).label), *asked, *decided)
