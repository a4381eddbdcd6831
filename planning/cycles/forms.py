"""What is typed when a year is set up, a window moved, or more time given."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from planning.cycles.actions import YearPlan
from planning.cycles.calendar import WindowDates, days_of_windows, why_no_plan_year, years_of_plan
from planning.cycles.models import Cycle, Stage
from planning.cycles.queries import who_can_owe
from sop_portal.foundation.kit.bounds import PERCENT
from sop_portal.foundation.kit.dates import DayField, limit_to_span
from sop_portal.foundation.kit.money import AmountField, why_no_currency
from sop_portal.foundation.kit.text import TypedTextField

MONTHS = [
    (1, _("January")),
    (2, _("February")),
    (3, _("March")),
    (4, _("April")),
    (5, _("May")),
    (6, _("June")),
    (7, _("July")),
    (8, _("August")),
    (9, _("September")),
    (10, _("October")),
    (11, _("November")),
    (12, _("December")),
]
NO_TRANSFER_ALONE = _("At 0, management decides on every transfer.")
NO_RECEIPT_NEEDED = _("Left blank: an expense can be posted without the paper. At 0, every expense has one.")


def clean_currency(typed: str) -> str:
    """A currency that exists, whose decimal places can be stored."""
    code = typed.upper()
    if sentence := why_no_currency(code):
        raise ValidationError(sentence)
    return code


class YearForm(forms.Form):
    """A new planning year. Its windows follow the usual calendar and can be moved afterwards."""

    year = forms.IntegerField(label=_("Plan year"))
    starts_month = forms.TypedChoiceField(
        label=_("The first quarter begins in"),
        coerce=int,
        choices=MONTHS,
        initial=1,
        help_text=_("Forecasts are due at the end of the first quarter, the budget at the end of the second."),
    )
    starts_on = DayField(
        label=_("Execution starts"), required=False, help_text=_("Left blank: with the organisation’s financial year.")
    )
    ends_on = DayField(label=_("Execution ends"), required=False, help_text=_("Left blank: twelve months later."))
    currency = forms.CharField(label=_("Currency"), min_length=3, max_length=3, initial="USD")
    second_approval_above = AmountField(
        label=_("A second manager approves above"), required=False, help_text=_("Left blank: one manager is enough.")
    )
    small_transfer_limit = AmountField(
        label=_("Finance may put transfers in force up to"), initial=0, help_text=NO_TRANSFER_ALONE
    )
    deviation_to_explain = forms.IntegerField(
        label=_("Explain results that miss the plan by more than, in percent"),
        initial=20,
        min_value=int(PERCENT.least),
        max_value=int(PERCENT.most),
    )
    receipt_needed_above = AmountField(
        label=_("An expense needs a receipt above"), required=False, help_text=NO_RECEIPT_NEEDED
    )
    moves_to_working_day = forms.BooleanField(
        label=_("A deadline on a day off counts on the next working day"),
        required=False,
        help_text=_(
            "Two weeks stay fourteen days; only their last day moves. The day that was set is shown beside it."
        ),
    )

    def __init__(self, data: Mapping[str, Any] | None = None, *, on: date, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.on, years = on, years_of_plan(on)
        self.fields["year"].widget.attrs |= {"min": years[0], "max": years[-1]}

    def clean_year(self) -> int:
        """Check that the year lies near now and is not set up yet."""
        year: int = self.cleaned_data["year"]
        if way_out := why_no_plan_year(year, self.on):
            raise ValidationError(way_out)
        if Cycle.objects.filter(year=year).exists():
            raise ValidationError(_("The year %(year)s is already set up."), params={"year": str(year)})
        return year

    def clean_currency(self) -> str:
        """Check that the currency exists."""
        return clean_currency(self.cleaned_data["currency"])

    def clean(self) -> dict[str, Any]:
        """Check that the execution ends after it starts."""
        typed = super().clean() or self.cleaned_data
        starts_on, ends_on = typed.get("starts_on"), typed.get("ends_on")
        if starts_on and ends_on and ends_on <= starts_on:
            self.add_error("ends_on", _("The execution ends before it starts."))
        for name in ("starts_on", "ends_on"):
            # The year stands in the same form, so its days are known only now.
            if typed.get(name) and "year" in typed and typed[name] not in days_of_windows(typed["year"]):
                self.add_error(name, days_of_windows(typed["year"]).choose)
        return typed

    def plan(self, financial_month: int | None = None) -> YearPlan:
        """How the year is to be set up, where the organisation's financial year begins in this month."""
        typed = {name: value for name, value in self.cleaned_data.items() if name != "year"}
        return YearPlan(**typed, financial_month=financial_month)


class DaysOffForm(forms.Form):
    """Whether the deadlines of a year move from a day off to the next working day."""

    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2**31 - 1)
    moves = forms.BooleanField(
        label=_("A deadline on a day off counts on the next working day"),
        required=False,
        help_text=_("Deadlines ahead follow at once; what is due already, or done, stays as it was."),
    )


class ReceiptRuleForm(forms.Form):
    """Above which amount an expense of the year is posted with its receipt."""

    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2**31 - 1)
    above = AmountField(label=_("An expense needs a receipt above"), required=False, help_text=NO_RECEIPT_NEEDED)


class ApprovalForm(forms.Form):
    """Above which sum a second manager approves the budget of the year."""

    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2**31 - 1)
    above = AmountField(
        label=_("A second manager approves above"), required=False, help_text=_("Left blank: one manager is enough.")
    )

    def __init__(
        self, typed: QueryDict | None = None, *, initial: dict[str, Decimal | int | None] | None = None
    ) -> None:
        super().__init__(typed, initial=initial, auto_id="approvals_%s")


class TransferRuleForm(forms.Form):
    """Up to which sum finance puts transfers in force without management."""

    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2**31 - 1)
    amount = AmountField(label=_("Finance may put transfers in force up to"), help_text=NO_TRANSFER_ALONE)

    def __init__(
        self, typed: QueryDict | None = None, *, initial: dict[str, Decimal | int | None] | None = None
    ) -> None:
        super().__init__(typed, initial=initial, auto_id="transfers_%s")


class DeviationRuleForm(forms.Form):
    """From how many percent off the plan on a result is explained."""

    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2**31 - 1)
    percent = forms.IntegerField(
        label=_("Explain results that miss the plan by more than, in percent"),
        min_value=int(PERCENT.least),
        max_value=int(PERCENT.most),
        help_text=_("How far a result may lie from its plan before the department explains it."),
    )

    def __init__(self, typed: QueryDict | None = None, *, initial: dict[str, int] | None = None) -> None:
        super().__init__(typed, initial=initial, auto_id="deviations_%s")


class WindowForm(forms.Form):
    """The dates of one stage, for everybody."""

    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2**31 - 1)
    opens_on = DayField(label=_("Opens"))
    due_on = DayField(label=_("Due"))
    grace_until = DayField(label=_("Late work accepted until"))
    reason = TypedTextField(label=_("Why"), required=False, rows=2)

    def __init__(self, data: Mapping[str, Any] | None = None, *, needs_reason: bool, year: int, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.fields["reason"].required = needs_reason
        limit_to_span(self, days_of_windows(year), "opens_on", "due_on", "grace_until")

    def clean(self) -> dict[str, Any]:
        """Check that the three days are in order."""
        typed = super().clean() or self.cleaned_data
        if "opens_on" in typed and "due_on" in typed and typed["due_on"] < typed["opens_on"]:
            self.add_error("due_on", _("A window is due after it opens."))
        if "grace_until" in typed and "due_on" in typed and typed["grace_until"] < typed["due_on"]:
            self.add_error("grace_until", _("Late work is accepted until the due day or longer."))
        return typed

    def dates(self) -> WindowDates:
        """The dates of the window, from the cleaned fields."""
        typed = self.cleaned_data
        return WindowDates(typed["opens_on"], typed["due_on"], typed["grace_until"])


class ExtendForm(forms.Form):
    """More time for one department in one stage."""

    stage = forms.ChoiceField(label=_("Stage"), choices=Stage.choices)
    until_on = DayField(label=_("Until"))
    reason = TypedTextField(label=_("Why"), help_text=_("Everybody can read it."), rows=3)

    def __init__(self, data: Mapping[str, Any] | None = None, *, cycle: Cycle, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        owing = who_can_owe(cycle)
        field = forms.ModelChoiceField(label=_("Department"), queryset=owing, to_field_name="slug")
        self.fields = {"department": field, **self.fields}
