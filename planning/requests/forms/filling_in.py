"""The form that fills a request in from the forecast: which pool every figure goes to."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from planning.forecasts.models import ForecastFigure
from planning.projects.models import Metric
from planning.requests.figures import SERVED_BY, pool_for
from planning.requests.forms.lines import LARGEST_VERSION, PricedPoolChoice
from planning.requests.models import Pool, ResourceKind, ResourceRequest


class FillInForm(forms.Form):
    """A pool for each figure of the forecast that is not asked for yet; the usual one is chosen already."""

    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=LARGEST_VERSION)

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        record: ResourceRequest,
        unasked: Sequence[tuple[ForecastFigure, Decimal]],
    ) -> None:
        super().__init__(data, initial={"seen": record.version})
        pools = list(Pool.objects.filter(cycle=record.cycle_id).order_by("pk"))
        for metric in SERVED_BY:
            if any(figure.metric == metric for figure, _left in unasked):
                self.fields[metric.value] = self._choice(metric, record, pool_for(metric, pools))

    @property
    def chosen(self) -> dict[str, Pool]:
        """The pool of every figure that one was chosen for."""
        return {metric: self.cleaned_data[metric] for metric in SERVED_BY if self.cleaned_data.get(metric)}

    def _choice(self, metric: Metric, record: ResourceRequest, usual: Pool | None) -> forms.Field:
        fitting = Pool.objects.filter(cycle=record.cycle_id, kind__in=SERVED_BY[metric])
        # Days of a vehicle that are paid for cannot be worked out of an amount: such a line is added by a person.
        fitting = fitting.exclude(kind=ResourceKind.MATERIALS, is_paid_for=True)
        return PricedPoolChoice(
            label=metric.label,
            queryset=fitting,
            required=False,
            initial=usual,
            empty_label=_("Not filled in"),
            widget=forms.Select(attrs={"translate": "no"}),
        )
