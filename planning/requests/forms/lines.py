"""Forms of resource planning: a line of a request, a decision, a score."""

from collections.abc import Collection, Mapping
from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from planning.cycles.calendar import days_of_need
from planning.forecasts.models import ForecastLine
from planning.projects.models import Project
from planning.requests.actions import AskedLine, LineDecision, LineRating
from planning.requests.actions.lines import metric_of, more_than_forecast
from planning.requests.figures import SCENARIOS
from planning.requests.models import Pool, RequestLine, ResourceRequest, quantity_text
from planning.requests.queries import left_of_forecast
from sop_portal.foundation.kit.bounds import MONEY, misfit_of
from sop_portal.foundation.kit.dates import DayField, limit_to_span
from sop_portal.foundation.kit.filters import ListFilter
from sop_portal.foundation.kit.formats import money
from sop_portal.foundation.kit.likely_duplicates import LikelyDuplicateForm
from sop_portal.foundation.kit.money import QuantityField
from sop_portal.foundation.kit.refusals import NotReady
from sop_portal.foundation.kit.sentences import interpolate, typed
from sop_portal.foundation.kit.text import TypedNameField, TypedTextField
from sop_portal.foundation.organisation.actor import Actor
from sop_portal.foundation.organisation.models import Department
from sop_portal.foundation.organisation.roles import Can
from sop_portal.foundation.workflow.forms import ShownForm

Decision = RequestLine.Decision
LEAST = Decimal("0.01")
LARGEST_VERSION = 2**31 - 1


class PoolChoice(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A pool, named with its unit."""

    def label_from_instance(self, obj: Pool) -> str:
        """ "Bookmobile (days)"."""
        return interpolate(_("%(pool)s (%(unit)s)"), {"pool": typed(obj.name), "unit": typed(obj.unit)})


class PricedPoolChoice(PoolChoice):
    """A pool, named with its unit and what one costs."""

    def label_from_instance(self, obj: Pool) -> str:
        """ "Bookmobile (days, 45.00 each)"; where no money is paid, as any pool."""
        if obj.rate is None:
            return super().label_from_instance(obj)
        words = {"pool": typed(obj.name), "unit": typed(obj.unit), "rate": money(obj.rate, 2)}
        return interpolate(_("%(pool)s (%(unit)s, %(rate)s each)"), words)


class RequestLineForm(LikelyDuplicateForm):
    """What is asked for, for which project, and where the forecast says so."""

    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=LARGEST_VERSION)
    project = forms.ModelChoiceField(
        label=_("Project"), queryset=Project.objects.none(), error_messages={"required": _("Choose the project.")}
    )
    pool = PricedPoolChoice(
        label=_("Resource"),
        queryset=Pool.objects.none(),
        help_text=_("If a resource is not listed, ask the resource team to add it."),
        error_messages={"required": _("Choose the resource.")},
    )
    what = TypedNameField(
        label=_("What"),
        help_text=_("For example: story-tellers for the Saturday group."),
        error_messages={"required": _("Say in a few words what is needed.")},
    )
    quantity = QuantityField(
        label=_("Quantity"),
        bound=MONEY.at_least(LEAST),
        help_text=_("In the unit of the resource. What it costs, the resource says itself."),
        error_messages={"required": _("Enter how much, for example 12.")},
    )
    needed_on = DayField(label=_("Needed on"), required=False)
    why = TypedTextField(label=_("Why"), required=False, rows=3)
    is_forecast = forms.TypedChoiceField(
        label=_("Was it forecast?"),
        coerce=lambda value: value == "yes",
        initial="yes",
        widget=forms.RadioSelect,
        choices=[("yes", _("Yes, in the forecast of the project")), ("no", _("No, it came up later"))],
    )
    why_not_forecast = TypedTextField(label=_("Why it was not forecast"), required=False, rows=2)

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        record: ResourceRequest,
        actor: Actor,
        line: RequestLine | None = None,
        initial: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(data, initial=initial)
        self.record = record
        projects = Project.objects.filter(cycle_id=record.cycle_id, department_id=record.department_id)
        own = [p.pk for p in projects.exclude(state="cancelled") if actor.may(Can.EDIT_DRAFTS, p)]
        self.fields["project"].queryset = projects.filter(pk__in=own).order_by("name")  # type: ignore[attr-defined]
        self.fields["pool"].queryset = Pool.objects.filter(cycle_id=record.cycle_id)  # type: ignore[attr-defined]
        limit_to_span(self, days_of_need(record.cycle), "needed_on")
        if line is not None:
            del self.fields["project"]
        self.line = line

    def clean(self) -> dict[str, Any]:
        """Find the forecast line of the project, or ask why there is none."""
        cleaned = super().clean() or {}
        project = self.line.project if self.line else cleaned.get("project")
        cleaned["forecast_line"] = None
        if cleaned.pop("is_forecast", None):
            if cleaned.get("why_not_forecast"):
                self.add_error(
                    "why_not_forecast", _("You say that it was forecast: delete this reason, or choose “No”.")
                )
            cleaned["forecast_line"] = self._forecast_line(project)
        elif not cleaned.get("why_not_forecast") and "why_not_forecast" not in self.errors:
            self.add_error("why_not_forecast", _("Say why it was not forecast."))
        if cleaned.get("pool") and (misfit := misfit_of("", cleaned.get("quantity"), cleaned["pool"].bound)):
            self.add_error("quantity", misfit.way_out)
        if not self.errors and not cleaned["why"]:
            self._ask_why(project, cleaned)
        return cleaned

    def _ask_why(self, project: Project | None, cleaned: dict[str, Any]) -> None:
        """Whoever asks for more than the forecast has left says why."""
        pool, quantity, forecast_line = cleaned["pool"], cleaned["quantity"], cleaned["forecast_line"]
        metric = metric_of(self.line, forecast_line, pool) if self.line else ""
        left = left_of_forecast(forecast_line, pool, metric, self.line.pk if self.line else None)
        if project is not None and left is not None and quantity > left:
            self.add_error("why", str(NotReady(*more_than_forecast(project, pool, quantity, left))))

    @property
    def asked(self) -> AskedLine:
        """What was typed, as the line that is asked for."""
        return AskedLine(
            **{name: value for name, value in self.cleaned_data.items() if name not in ("seen", "project")}
        )

    def _forecast_line(self, project: Project | None) -> ForecastLine | None:
        if project is None:
            return None
        found = ForecastLine.objects.filter(project=project, is_planned=True).first()
        if found is None:
            self.add_error("is_forecast", _("The forecast has no line for this project. Say why it was not forecast."))
        return found


class RemoveLineForm(forms.Form):
    """Which version was seen when a line was removed."""

    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=LARGEST_VERSION)


class GrantForm(forms.Form):
    """A decision on one line."""

    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=LARGEST_VERSION)
    seen_decision = forms.CharField(widget=forms.HiddenInput, max_length=120)
    granted = QuantityField(label=_("Grant"), required=False, bound=MONEY)
    decision = forms.ChoiceField(label=_("Decision"), choices=[*Decision.choices[1:], Decision.choices[0]])
    reason = TypedTextField(label=_("Reason the department will read"), required=False, rows=1)

    def __init__(
        self, data: Mapping[str, Any] | None = None, *, line: RequestLine, initial: dict[str, Any] | None = None
    ) -> None:
        super().__init__(data, auto_id=f"line-{line.pk}-%s", initial=initial)
        self.line = line

    def clean(self) -> dict[str, Any]:
        """The figure fits the decision, and whatever is not granted in full has a reason."""
        cleaned = super().clean() or {}
        decision, granted, asked = cleaned.get("decision"), cleaned.get("granted"), self.line.quantity
        if decision == Decision.FULL and granted not in (None, asked):
            words = {"granted": quantity_text(granted), "asked": quantity_text(asked)}
            less, more = _("%(granted)s of %(asked)s is in part: choose “In part”."), _("Only %(asked)s was asked for.")
            self.add_error("granted", (more if granted > asked else less) % words)
        if decision == Decision.PART and "granted" not in self.errors and not (granted and granted < asked):
            words = {"asked": quantity_text(asked)}
            self.add_error("granted", _("In part is more than zero and less than %(asked)s.") % words)
        needs_reason = decision in (Decision.PART, Decision.DEFERRED, Decision.REFUSED)
        if needs_reason and not cleaned.get("reason") and "reason" not in self.errors:
            words = {"department": self.line.request.department.name}
            self.add_error("reason", interpolate(_("Say why. %(department)s will read it."), words))
        if decision != Decision.PART:
            cleaned["granted"] = asked if decision == Decision.FULL else Decimal(0)
        return cleaned

    @property
    def decided(self) -> LineDecision:
        """What was chosen, as the decision on the line."""
        return LineDecision(*(self.cleaned_data[name] for name in ("decision", "granted", "reason")))


class ScoreForm(ShownForm):
    """How important the project is, how urgent the line, and how good its evidence."""

    SCALE = [(str(value), str(value)) for value in range(1, 6)]
    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=LARGEST_VERSION)
    importance = forms.TypedChoiceField(
        label=_("Importance of the project"), coerce=int, choices=SCALE, help_text=_("It counts for all of its lines.")
    )
    urgency = forms.TypedChoiceField(
        label=_("Urgency"), coerce=int, choices=SCALE, help_text=_("5: the project cannot start without it.")
    )
    evidence = forms.TypedChoiceField(
        label=_("Evidence"), coerce=int, choices=SCALE, help_text=_("5: counted figures of earlier years support it.")
    )

    def __init__(self, data: Mapping[str, Any] | None = None, *, line: RequestLine) -> None:
        start = {name: getattr(line, name) for name in ("urgency", "evidence")}
        start |= {"seen": line.request.version, "importance": line.project.importance}
        super().__init__(data, initial=start)
        self.show(line.project, ["importance"])
        self.show(line, ["urgency", "evidence"])

    @property
    def score(self) -> LineRating:
        """What was said of the line itself."""
        return LineRating(self.cleaned_data["urgency"], self.cleaned_data["evidence"])


class BoardFilter(ListFilter):
    """Which lines of the board to show; kept in the address."""

    beside: ClassVar[Mapping[str, Collection[str]]] = {"scenario": SCENARIOS}

    pool = PoolChoice(
        label=_("Resource"),
        queryset=Pool.objects.none(),
        required=False,
        empty_label=_("All resources"),
        widget=forms.Select(attrs={"translate": "no"}),
    )
    department = forms.ModelChoiceField(
        label=_("Department"),
        queryset=Department.objects.none(),
        required=False,
        to_field_name="slug",
        empty_label=_("All departments"),
        widget=forms.Select(attrs={"translate": "no"}),
    )
    show = forms.ChoiceField(
        label=_("Decision"), required=False, choices=[("", _("All lines")), ("open", _("Not decided yet"))]
    )

    def __init__(self, data: Mapping[str, Any], *, cycle_id: int) -> None:
        super().__init__(data)
        # All that ever asked: an address that was kept is understood once its request is allocated too.
        asking = ResourceRequest.objects.filter(cycle_id=cycle_id)
        self.fields["pool"].queryset = Pool.objects.filter(cycle_id=cycle_id)  # type: ignore[attr-defined]
        self.fields["department"].queryset = Department.objects.filter(pk__in=asking.values("department_id"))  # type: ignore[attr-defined]


class RequestFilter(ListFilter):
    """Which requests to list."""

    state = forms.ChoiceField(
        label=_("State"), required=False, choices=[("", _("All states")), *ResourceRequest.State.choices]
    )

    def narrow(self, requests: QuerySet[ResourceRequest]) -> QuerySet[ResourceRequest]:
        """The requests that were asked for."""
        state = self.chosen["state"]
        return requests.filter(state=state) if state else requests
