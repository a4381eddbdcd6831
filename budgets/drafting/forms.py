"""What people type about a budget: the shape of it, cleaned; nothing is saved here."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from budgets.drafting.actions import LineAmounts
from budgets.drafting.figures import QUARTERS, places, quarter_names
from budgets.drafting.models import BudgetLine, Category, Confirmation, Contest, Fund
from budgets.drafting.queries.lines import SheetNarrowing
from sop_portal.foundation.kit.filters import ListFilter
from sop_portal.foundation.kit.money import AmountField
from sop_portal.foundation.kit.text import TypedNameField, TypedTextField
from sop_portal.foundation.organisation.actor import Actor
from sop_portal.foundation.organisation.models import Department

LARGEST_VERSION = 2**31 - 1
STATES = [
    ("contested", _("Contested")),
    ("awaiting", _("Awaiting")),
    ("confirmed", _("Confirmed")),
    ("overruled", _("Overruled")),
    ("refused", _("Not budgeted")),
]


class SeenBudgetForm(forms.Form):
    """A form that remembers which version of the content the person saw."""

    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=LARGEST_VERSION)


class SheetFilter(ListFilter):
    """Which lines of the sheet are shown."""

    beside = ("line", "added", "kind")

    department = forms.ModelChoiceField(
        label=_("Department"),
        queryset=Department.objects.none(),
        to_field_name="slug",
        required=False,
        empty_label=_("All departments"),
    )
    state = forms.ChoiceField(label=_("State"), choices=[("", _("All states")), *STATES], required=False)

    def __init__(self, asked: QueryDict, *, actor: Actor) -> None:
        super().__init__(asked)
        seen = Department.objects.order_by("name")
        if not actor.sees_everything:
            seen = seen.filter(pk__in=actor.department_ids)
        self.fields["department"].queryset = seen  # type: ignore[attr-defined]

    @property
    def narrowing(self) -> SheetNarrowing:
        """The department and the state that were asked for."""
        chosen = self.chosen
        return {"department": chosen["department"], "state": chosen["state"]}


class BudgetLineForm(SeenBudgetForm):
    """The amounts of a line by quarter, and where the money comes from."""

    q1 = AmountField()
    q2 = AmountField()
    q3 = AmountField()
    q4 = AmountField()
    category = forms.ChoiceField(label=_("Category"), choices=Category.choices)
    fund = forms.ModelChoiceField(label=_("Funding source"), queryset=Fund.objects.none(), empty_label=None)
    computation = TypedTextField(
        label=_("How it is computed"), required=False, rows=3, help_text=_("For example: 240 sessions × 13.75.")
    )

    def __init__(
        self, data: QueryDict | None = None, *, line: BudgetLine, initial: dict[str, Any] | None = None
    ) -> None:
        super().__init__(data, initial=initial)
        cycle = line.budget.cycle
        for name, label in zip(QUARTERS, quarter_names(cycle.starts_on), strict=True):
            field = self.fields[name]
            field.label = _("%(quarter)s, %(currency)s") % {"quarter": label, "currency": cycle.currency}
            field.places, field.at_least = places(cycle.currency), Decimal(0)  # type: ignore[attr-defined]
            field.widget.attrs["class"] = "form-control--num"
        self.fields["fund"].queryset = Fund.objects.order_by("name")  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Refuse a line without money."""
        cleaned = super().clean() or {}
        amounts = [cleaned.get(name) for name in QUARTERS]
        if None not in amounts and not any(amounts):
            self.add_error("q1", _("Enter an amount in at least one quarter, or leave the line out with a reason."))
        return cleaned

    @property
    def amounts(self) -> LineAmounts:
        """What the line is to hold, and where its money comes from."""
        names = (*QUARTERS, "category", "fund", "computation")
        return LineAmounts(**{name: self.cleaned_data[name] for name in names})


class LeaveOutLineForm(SeenBudgetForm):
    """Why an allocation is not budgeted."""

    why = TypedTextField(label=_("Why the line is not budgeted"), help_text=_("The department will read it."), rows=3)


class AmendForm(forms.Form):
    """Why the approved budget is amended."""

    reason = TypedTextField(label=_("Reason"), help_text=_("Everybody who sees the budget reads it."))


class FundForm(forms.Form):
    """A funding source and, where it is restricted, its purpose."""

    name = TypedNameField(label=_("Funding source"))
    is_restricted = forms.BooleanField(label=_("Its money may be used for one purpose only"), required=False)
    purpose = TypedTextField(label=_("Purpose"), required=False, rows=3)

    def clean(self) -> dict[str, Any]:
        """A restricted fund names its purpose; names are not used twice."""
        cleaned = super().clean() or {}
        if cleaned.get("is_restricted") and not cleaned.get("purpose") and "purpose" not in self.errors:
            self.add_error("purpose", _("Say what the money may be used for."))
        if cleaned.get("name") and Fund.objects.filter(name=cleaned["name"]).exists():
            self.add_error("name", _("There is a funding source of this name already."))
        return cleaned


class ContestForm(SeenBudgetForm):
    """For each line, what the department wants instead and why; lines left blank are not contested."""

    def __init__(
        self, data: QueryDict | None = None, *, confirmation: Confirmation, lines: Sequence[BudgetLine]
    ) -> None:
        super().__init__(data, initial={"seen": confirmation.version})
        self.lines = lines
        decimals = places(confirmation.budget.cycle.currency)
        for line in lines:
            name = {"line": line.where}
            self.fields[f"wanted_{line.pk}"] = AmountField(
                label=_("Wanted instead for %(line)s") % name, required=False, places=decimals, at_least=Decimal(0)
            )
            self.fields[f"reason_{line.pk}"] = TypedTextField(
                label=_("Why, for %(line)s") % name, required=False, rows=2
            )

    @property
    def rows(self) -> list[tuple[BudgetLine, Any, Any]]:
        """Each line with its two fields."""
        return [(line, self[f"wanted_{line.pk}"], self[f"reason_{line.pk}"]) for line in self.lines]

    @property
    def contested(self) -> dict[int, tuple[Decimal, str]]:
        """The contested lines."""
        wanted = {line.pk: self.cleaned_data.get(f"wanted_{line.pk}") for line in self.lines}
        return {pk: (amount, self.cleaned_data[f"reason_{pk}"]) for pk, amount in wanted.items() if amount is not None}

    def clean(self) -> dict[str, Any]:
        """A contested line has another amount and a reason; at least one is contested."""
        cleaned = super().clean() or {}
        typed = [self._clean_line(line, cleaned) for line in self.lines]
        if not any(typed) and not self.errors:
            self.add_error(None, _("Enter what you want instead for at least one line, or confirm them all."))
        return cleaned

    def _clean_line(self, line: BudgetLine, cleaned: dict[str, Any]) -> bool:
        wanted, reason = cleaned.get(f"wanted_{line.pk}"), cleaned.get(f"reason_{line.pk}")
        if wanted is None:
            if reason and f"wanted_{line.pk}" not in self.errors:
                self.add_error(f"wanted_{line.pk}", _("Enter the amount you want instead."))
            return bool(reason)
        if wanted == line.amount:
            self.add_error(f"wanted_{line.pk}", _("This is the amount the line has already."))
        if not reason and f"reason_{line.pk}" not in self.errors:
            self.add_error(f"reason_{line.pk}", _("Say why. Finance will read it."))
        return True


class SettleForm(SeenBudgetForm):
    """Another amount for every contested line of a department."""

    comment = TypedTextField(label=_("Answer to the department"), required=False, rows=3)

    def __init__(
        self, data: QueryDict | None = None, *, confirmation: Confirmation, contests: Sequence[Contest]
    ) -> None:
        super().__init__(data, initial={"seen": confirmation.version})
        decimals = places(confirmation.budget.cycle.currency)
        self.contests = contests
        for contest in contests:
            self.fields[f"amount_{contest.line_id}"] = AmountField(
                label=_("New amount for %(line)s") % {"line": contest.line.where},
                places=decimals,
                initial=contest.wanted,
                at_least=Decimal(0),
            )

    @property
    def rows(self) -> list[tuple[Contest, Any]]:
        """Each contest with its field."""
        return [(contest, self[f"amount_{contest.line_id}"]) for contest in self.contests]

    @property
    def amounts(self) -> dict[int, Decimal]:
        """The new amount of each line."""
        return {contest.line_id: self.cleaned_data[f"amount_{contest.line_id}"] for contest in self.contests}

    def clean(self) -> dict[str, Any]:
        """Every contested line changes here."""
        cleaned = super().clean() or {}
        for contest in self.contests:
            if cleaned.get(f"amount_{contest.line_id}") == contest.line.amount:
                self.add_error(f"amount_{contest.line_id}", _("This is the amount the line has already."))
        return cleaned
