"""What is typed of an expense: the line it is for, what is posted or corrected, and what an exception is asked for."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from budgets.drafting.models import Appropriation
from budgets.spending.actions import Payment
from budgets.spending.forms.fields import LineNumberField, year_typed
from budgets.spending.queries import likely_duplicate
from planning.models import Cycle
from sop_portal.foundation.kit.dates import DayField
from sop_portal.foundation.kit.formats import money
from sop_portal.foundation.kit.likely_duplicates import LikelyDuplicateForm
from sop_portal.foundation.kit.money import AmountField, money_in
from sop_portal.foundation.kit.text import TypedNameField, TypedTextField
from sop_portal.foundation.organisation.actor import Actor


class ExpenseForm(LikelyDuplicateForm):
    """What is to be spent on the chosen line."""

    amount = AmountField(label=_("Amount"))
    spent_on = DayField(label=_("Date of the expense"))
    what = TypedNameField(label=_("What for"))
    receipt = TypedNameField(
        label=_("Receipt"), required=False, max_length=60, help_text=_("Its number, or where it is kept.")
    )

    def __init__(
        self, data: QueryDict | None = None, *, line: Appropriation, initial: dict[str, Any] | None = None
    ) -> None:
        super().__init__(data, initial=initial)
        currency = line.cycle.currency
        self.fields["amount"] = AmountField(
            label=_("Amount in %(currency)s") % {"currency": currency},
            bound=money_in(currency).above_zero,
            widget=forms.TextInput(attrs={"class": "form-control--num"}),
        )
        self.order_fields(["amount", "spent_on", "what", "receipt"])

    @property
    def payment(self) -> Payment:
        """The payment to post, from the cleaned fields."""
        typed = self.cleaned_data
        return Payment(typed["amount"], typed["spent_on"], typed["what"], typed.get("receipt", ""))


class PostForm(ExpenseForm):
    """What is to be spent, with the confirmation a restricted fund asks for."""

    def __init__(self, data: QueryDict, *, line: Appropriation, actor: Actor) -> None:
        super().__init__(data, line=line)
        self.line, self.actor = line, actor
        if line.fund.is_restricted:
            self.fields["serves_purpose"] = forms.BooleanField(
                label=_("I confirm that it serves this purpose."),
                error_messages={"required": _("Confirm the purpose, or choose a line of another fund.")},
            )

    def clean(self) -> dict[str, Any]:
        """What looks like an expense that is posted already is another one only where somebody says so."""
        cleaned = super().clean() or {}
        duplicate = likely_duplicate(self.line, self.payment, self.actor) if not self.errors else None
        if duplicate is not None:
            self.asks_about_duplicate(*duplicate)
        return cleaned


class ExceptionForm(ExpenseForm):
    """An expense the guard stopped, and why an exception should be made."""

    why = TypedTextField(label=_("Why an exception should be made"), help_text=_("Finance decides on it."))

    def __init__(
        self, data: QueryDict | None = None, *, line: Appropriation, initial: dict[str, Any] | None = None
    ) -> None:
        super().__init__(data, line=line, initial=initial)
        del self.fields["receipt"]


class CorrectForm(forms.Form):
    """Why an expense is undone."""

    why = TypedTextField(label=_("Why"), help_text=_("The reason stays with both entries."))


class ChooseForm(forms.Form):
    """The line an expense is posted against; the lines a person may post on are offered, others can be named."""

    line = LineNumberField(label=_("Line"), help_text=_("Lines of active and of completed projects are offered."))

    def __init__(self, data: QueryDict | None, *, lines: list[Appropriation], cycle: Cycle) -> None:
        super().__init__(data)
        choices = [(line.number, self.named(line, cycle)) for line in lines]
        self.offers_any = bool(choices)
        self.fields["line"].widget = forms.Select(choices=[("", _("Choose a line")), *choices])
        self.year = cycle.year

    def clean_line(self) -> int:
        """The number; a line of another year is posted on in that year."""
        typed, number = str(self.data.get("line", "")), self.cleaned_data["line"]
        other = year_typed(typed)
        if other not in (None, self.year):
            message = _("“%(typed)s” is a line of another year. Open the plan year %(other)s to post on it.")
            raise ValidationError(message, code="other-year", params={"typed": typed[:20], "other": other})
        return int(number)

    @staticmethod
    def named(line: Appropriation, cycle: Cycle) -> str:
        """Number, project with its department, category and what is left."""
        left = money(line.approved - line.spent, 2)
        names = (line.project.name, line.department.name, str(line.get_category_display()))
        parts = [f"{cycle.year}-{line.number}", *names]
        return " · ".join([*parts, _("%(left)s left") % {"left": left}])
