"""What is typed in stage 1: figures with source and reason, a new project, why not this year."""

from collections.abc import Collection, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from planning.forecasts.figures import METRICS, WHOLE, Typed, parted
from planning.forecasts.models import Forecast, ForecastFigure, ForecastLine
from planning.forecasts.workflow import FIELDS, FORECAST
from planning.projects.figures import bound_of
from planning.projects.models import Metric
from planning.projects.queries import who_may_lead
from sop_portal.foundation.kit.filters import ListFilter
from sop_portal.foundation.kit.money import AmountField, CountField
from sop_portal.foundation.kit.text import TypedNameField, TypedTextField
from sop_portal.foundation.organisation.models import Department, User
from sop_portal.foundation.workflow.conflicts import Place
from sop_portal.foundation.workflow.forms import SharedForm

SMALL = {"class": "form-control form-control--num form-control-sm"}
RADIO = {"class": "form-check-input"}
REASON = {"class": "form-control", "rows": 2}


class SeenForecastForm(forms.Form):
    """The version of the forecast the person looked at."""

    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2**31 - 1)


class FiguresForm(SharedForm):
    """One figure per metric, filled with the proposal; another figure asks for source and reason.

    A project without any proposal asks once, for all of its figures. Left blank, the proposal stands.
    """

    def __init__(
        self, data: Mapping[str, Any] | None = None, *, line: ForecastLine, currency: str, **kwargs: Any
    ) -> None:
        self.line = line
        self.figures = {figure.metric: figure for figure in line.figures.all()}
        super().__init__(data, **kwargs)
        current: dict[str, Any] = {}
        for metric in METRICS:
            current |= self._add(metric, self.figures[metric], currency)
        if self.asks_once:
            current |= self._ask("", next((f for f in self.figures.values() if f.source or f.reason), ForecastFigure()))
        self.share(FORECAST, line.forecast, current)

    @property
    def asks_once(self) -> bool:
        """Whether the figures have one source and reason together."""
        return all(figure.proposal is None for figure in self.figures.values())

    def _add(self, metric: str, figure: ForecastFigure, currency: str) -> dict[str, Any]:
        kind: type[AmountField] = CountField if metric in WHOLE else AmountField
        attrs = SMALL | {"aria-describedby": f"id_{metric}-note"}
        asked: dict[str, Any] = {}
        if not self.asks_once:
            attrs |= {"data-proposal": f"{figure.proposal or 0:f}", "data-reveals": f"override-{metric}"}
            asked = self._ask(f"{metric}-", figure)
        widget = forms.TextInput(attrs=attrs)
        bound = bound_of(metric, currency)
        self.fields[metric] = kind(label=Metric(metric).label, required=False, widget=widget, bound=bound)
        return {metric: figure.figure} | asked

    def _ask(self, prefix: str, figure: ForecastFigure) -> dict[str, Any]:
        self.fields[f"{prefix}source"] = forms.ChoiceField(
            label=_("Source"),
            required=False,
            choices=ForecastFigure.Source.choices,
            widget=forms.RadioSelect(attrs=RADIO),
        )
        self.fields[f"{prefix}reason"] = TypedTextField(
            label=_("Reason"), required=False, widget=forms.Textarea(attrs=REASON)
        )
        return {f"{prefix}source": figure.source, f"{prefix}reason": figure.reason}

    def as_shown(self, name: str, value: Any) -> str:
        """A figure with its thousands separated."""
        return parted(value) if name in METRICS else super().as_shown(name, value)

    def label(self, name: str) -> str:
        """The label of a field; source and reason say of which figure."""
        return str(FIELDS.get(name, self.fields[name].label))

    def meant(self, name: str, typed: Any) -> Any:
        """The value meant by what was typed: a figure left blank is the proposal."""
        if name not in METRICS:
            return typed
        return self.figures[name].proposal if typed is None else Decimal(typed)

    def places(self, name: str) -> list[Place]:
        """The trail names the project; what is asked once stands there for every metric."""
        where = str(self.line.project)
        return [(where, name)] if name in FIELDS else [(where, f"{metric}-{name}") for metric in METRICS]

    def typed(self, values: Mapping[str, Any]) -> dict[str, Typed]:
        """What is to be written for each metric."""
        prefixes = {metric: "" if self.asks_once else f"{metric}-" for metric in METRICS}
        return {
            metric: Typed(values[metric], values[f"{prefix}source"] or "", values[f"{prefix}reason"] or "")
            for metric, prefix in prefixes.items()
        }


class LeaveOutProjectForm(SeenForecastForm):
    """Why a project is not planned this year."""

    why = TypedTextField(label=_("Why not this year"), rows=3, help_text=_("The resource team will read it."))


class ProjectForm(forms.Form):
    """A project the department plans for the first time, or takes up again."""

    name = TypedNameField(label=_("Name"))
    purpose = TypedTextField(
        label=_("What it is for"),
        required=False,
        rows=3,
        help_text=_("State your case: the resource team reads it and sets how important the project is."),
    )
    lead = forms.ModelChoiceField(label=_("Project lead"), queryset=User.objects.none(), required=False)

    def __init__(self, data: Mapping[str, Any] | None = None, *, forecast: Forecast, on: date, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        lead = self.fields["lead"]
        assert isinstance(lead, forms.ModelChoiceField)
        lead.queryset = who_may_lead(forecast.department_id, on)


class ForecastFilter(ListFilter):
    """Which forecasts to list."""

    beside: ClassVar[Mapping[str, Collection[str]]] = {"format": ("xlsx", "csv")}

    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[("", _("All")), ("late", _("Late")), *Forecast.State.choices],
    )


class ReportLinesFilter(ListFilter):
    """Of which department the projects of a demand report are shown."""

    department = forms.ModelChoiceField(
        label=_("Department"), queryset=Department.objects.none(), required=False, to_field_name="slug"
    )

    def __init__(self, data: Mapping[str, Any], *, cycle_id: int) -> None:
        super().__init__(data)
        asked = Department.objects.filter(forecasts__cycle_id=cycle_id)
        self.fields["department"].queryset = asked  # type: ignore[attr-defined]


class DemandReportFilter(ReportLinesFilter):
    """How a demand report is grouped; its departments are not narrowed, its projects may be."""

    beside: ClassVar[Mapping[str, Collection[str]]] = {"by": ("project", "department")}

    def clean_department(self) -> Department | None:
        """A department narrows the projects alone."""
        department: Department | None = self.cleaned_data["department"]
        if department and self.data.get("by") != "project":
            raise ValidationError(_("It narrows the report by project."))
        return department


class ReportExportFilter(ReportLinesFilter):
    """What of a demand report goes out as a spreadsheet."""

    beside: ClassVar[Mapping[str, Collection[str]]] = {"format": ("xlsx", "csv")}


class DemandReportForm(forms.Form):
    """Why a new version of the demand report is needed; the first one needs no reason."""

    reason = TypedTextField(label=_("Why a new version"), required=False, rows=3)

    def __init__(self, data: Mapping[str, Any] | None = None, *, needs_reason: bool, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        if needs_reason:
            self.fields["reason"].required = True
        else:
            del self.fields["reason"]
