"""What is typed in stage 1: figures with source and reason, a new project, why not this year."""

from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from planning.forecasts.figures import METRICS, WHOLE, Typed, parted
from planning.forecasts.models import Forecast, ForecastFigure, ForecastLine
from planning.projects.models import Metric
from planning.projects.queries import who_may_lead
from sop_portal.foundation.kit.filters import ListFilter
from sop_portal.foundation.kit.money import AmountField, CountField, QuantityField, places_of
from sop_portal.foundation.kit.text import TypedNameField, TypedTextField
from sop_portal.foundation.organisation.models import User

SMALL = {"class": "form-control form-control--num form-control-sm"}
RADIO = {"class": "form-check-input"}
REASON = {"class": "form-control", "rows": 2}


class SeenForecastForm(forms.Form):
    """The version of the forecast the person looked at."""

    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2**31 - 1)


class FiguresForm(SeenForecastForm):
    """One figure per metric, filled with the proposal; another figure asks for source and reason.

    A project without any proposal asks once, for all of its figures.
    """

    def __init__(self, *args: Any, line: ForecastLine, currency: str, **kwargs: Any) -> None:
        self.figures = {figure.metric: figure for figure in line.figures.all()}
        super().__init__(*args, **kwargs)
        self.initial.setdefault("seen", line.forecast.version)
        for metric in METRICS:
            self._add(metric, self.figures[metric], currency)
        if self.asks_once:
            first = next((f for f in self.figures.values() if f.source or f.reason), ForecastFigure())
            self._ask("", first)

    @property
    def asks_once(self) -> bool:
        """Whether the figures have one source and reason together."""
        return all(figure.proposal is None for figure in self.figures.values())

    def _add(self, metric: str, figure: ForecastFigure, currency: str) -> None:
        kind: type[AmountField] = CountField if metric in WHOLE else QuantityField
        kwargs: dict[str, Any] = {}
        if metric in ("materials", "money"):
            kind, kwargs = AmountField, {"places": places_of(currency)}
        attrs = SMALL | {"aria-describedby": f"id_{metric}-note"}
        if not self.asks_once:
            attrs |= {"data-proposal": f"{figure.proposal or 0:f}", "data-reveals": f"override-{metric}"}
            self._ask(f"{metric}-", figure)
        widget = forms.TextInput(attrs=attrs)
        self.fields[metric] = kind(label=Metric(metric).label, required=False, widget=widget, **kwargs)
        self.initial.setdefault(metric, parted(figure.figure))

    def _ask(self, prefix: str, figure: ForecastFigure) -> None:
        self.fields[f"{prefix}source"] = forms.ChoiceField(
            label=_("Source"),
            required=False,
            choices=ForecastFigure.Source.choices,
            widget=forms.RadioSelect(attrs=RADIO),
        )
        self.fields[f"{prefix}reason"] = TypedTextField(
            label=_("Reason"), required=False, widget=forms.Textarea(attrs=REASON)
        )
        self.initial.setdefault(f"{prefix}source", figure.source)
        self.initial.setdefault(f"{prefix}reason", figure.reason)

    def typed(self) -> dict[str, Typed]:
        """What was typed for each metric."""
        said = self.cleaned_data
        prefixes = {metric: "" if self.asks_once else f"{metric}-" for metric in METRICS}
        return {
            metric: Typed(_decimal(said[metric]), said[f"{prefix}source"] or "", said[f"{prefix}reason"] or "")
            for metric, prefix in prefixes.items()
        }


def _decimal(figure: Decimal | int | None) -> Decimal | None:
    return None if figure is None else Decimal(figure)


class LeaveOutProjectForm(SeenForecastForm):
    """Why a project is not planned this year."""

    why = TypedTextField(label=_("Why not this year"), rows=3, help_text=_("The resource team will read it."))


class ProjectForm(forms.Form):
    """A project the department plans for the first time, or takes up again."""

    name = TypedNameField(label=_("Name"))
    purpose = TypedTextField(label=_("What it is for"), required=False, rows=3)
    lead = forms.ModelChoiceField(label=_("Project lead"), queryset=User.objects.none(), required=False)
    importance = forms.TypedChoiceField(
        label=_("Importance"),
        coerce=int,
        initial=3,
        choices=[(5, _("5, highest")), (4, "4"), (3, "3"), (2, "2"), (1, _("1, lowest"))],
    )

    def __init__(self, *args: Any, forecast: Forecast, on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        lead = self.fields["lead"]
        assert isinstance(lead, forms.ModelChoiceField)
        lead.queryset = who_may_lead(forecast.department_id, on)


class ForecastFilter(ListFilter):
    """Which forecasts to list."""

    beside = ("format",)

    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[("", _("All")), ("late", _("Late")), *Forecast.State.choices],
    )


class DemandReportForm(forms.Form):
    """Why a new version of the demand report is needed; the first one needs no reason."""

    reason = TypedTextField(label=_("Why a new version"), required=False, rows=3)

    def __init__(self, *args: Any, needs_reason: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if needs_reason:
            self.fields["reason"].required = True
        else:
            del self.fields["reason"]
