"""A head's departments: what they plan, what they reached, and what changed last, in words."""

from decimal import Decimal
from typing import Any

from django.db.models import Sum
from django.utils.translation import gettext as _

from planning.forecasts.figures import METRICS, change
from planning.models import Actual, Cycle, ForecastFigure
from sop_portal.foundation.kit import formats
from sop_portal.foundation.kit.charts import LinePoint
from sop_portal.foundation.organisation.actor import Actor


def planned_by(actor: Actor, cycle: Cycle) -> dict[str, Any]:
    """What my departments forecast for the year, by measure."""
    figures = ForecastFigure.objects.filter(
        line__forecast__cycle_id=cycle.pk, line__forecast__department_id__in=actor.headed_ids, line__is_planned=True
    )
    return dict(figures.values_list("metric").annotate(Sum("figure")))


def past_of(actor: Actor, year: int) -> dict[str, Any]:
    """What my departments reached in a year, by measure."""
    rows = Actual.objects.filter(department_id__in=actor.headed_ids, year=year)
    return rows.aggregate(**{metric: Sum(metric) for metric in METRICS})


def finding(known: list[LinePoint]) -> str:
    """The last change as a sentence."""
    moved = change(Decimal(known[-1].value or 0), Decimal(known[-2].value or 0))
    names = {"year": known[-1].label, "change": formats.percent(abs(moved or Decimal(0)))}
    if moved is None or abs(moved) < Decimal("0.5"):
        return _("Participants hardly changed in %(year)s") % names
    return (
        _("Participants rose by %(change)s in %(year)s")
        if moved > 0
        else _("Participants fell by %(change)s in %(year)s")
    ) % names
