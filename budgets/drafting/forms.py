"""What people type about a budget: the shape of it, cleaned; nothing is saved here."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from decimal import Decimal
from operator import attrgetter
from typing import Any, ClassVar

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from budgets.drafting.actions import FundTerms, LineAmounts, spread_like
from budgets.drafting.actions.lines import changed_to
from budgets.drafting.figures import QUARTERS, ZERO, days_of_fund, exact, quarter_names
from budgets.drafting.models import BudgetLine, Category, Confirmation, Contest, Fund
from budgets.drafting.queries.lines import SheetNarrowing
from budgets.drafting.workflow import CONFIRMATION
from budgets.drafting.workflow.funds import missing_to_change_fund
from budgets.drafting.workflow.limits import LISTED, most_wanted, problems_of, problems_of_figure, spent_on
from sop_portal.foundation.kit.dates import DayField, limit_to_span
from sop_portal.foundation.kit.filters import ListFilter
from sop_portal.foundation.kit.formats import parted
from sop_portal.foundation.kit.money import AmountField, money_in
from sop_portal.foundation.kit.sentences import Sentence, interpolate
from sop_portal.foundation.kit.text import TypedNameField, TypedTextField
from sop_portal.foundation.organisation.actor import Actor
from sop_portal.foundation.organisation.models import Department
from sop_portal.foundation.workflow.seen import SeenField, SeenVersion

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

    seen = SeenField()


class SheetFilter(ListFilter):
    """Which lines of the sheet are shown."""

    beside: ClassVar[Mapping[str, Collection[str]]] = {
        "line": (),
        "added": ("last-year",),
        "kind": ("xlsx", "csv"),
    }

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
    more_reason = TypedTextField(label=_("Why more than was allocated"), required=False, rows=2)
    serves_purpose = TypedTextField(label=_("How it serves the purpose of the funding source"), required=False, rows=2)

    def __init__(
        self, data: QueryDict | None = None, *, line: BudgetLine, initial: dict[str, Any] | None = None
    ) -> None:
        super().__init__(data, initial=initial)
        self.line = line
        cycle = line.budget.cycle
        allocated = {"allocated": exact(line.allocated)}
        self.fields["more_reason"].help_text = _("Needed for more than %(allocated)s.") % allocated
        self.fields["serves_purpose"].help_text = _purposes()
        for name, label in zip(QUARTERS, quarter_names(cycle.starts_on), strict=True):
            field = self.fields[name]
            field.label = _("%(quarter)s, %(currency)s") % {"quarter": label, "currency": cycle.currency}
            field.bound = money_in(cycle.currency)  # type: ignore[attr-defined]
            field.widget.attrs["class"] = "form-control--num"
        self.fields["fund"].queryset = Fund.objects.order_by("name")  # type: ignore[attr-defined]
        self.fields["fund"].label_from_instance = attrgetter("called")  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Refuse a line without money."""
        cleaned = super().clean() or {}
        amounts = [cleaned.get(name) for name in QUARTERS]
        if None not in amounts and not any(amounts):
            self.add_error("q1", _("Enter an amount in at least one quarter, or leave the line out with a reason."))
        if not self.errors:
            for problem in problems_of(changed_to(self.line, self.amounts)):
                self.add_error(problem.field, problem.sentence)
        return cleaned

    @property
    def amounts(self) -> LineAmounts:
        """What the line is to hold, and where its money comes from."""
        names = (*QUARTERS, "category", "fund", "computation", "more_reason", "serves_purpose")
        return LineAmounts(**{name: self.cleaned_data[name] for name in names})


def _purposes() -> Sentence | str:
    """What each restricted fund is for, so that the words can say how a line serves it."""
    restricted = Fund.objects.filter(is_restricted=True).order_by("name")[:LISTED]
    known = [f"{fund.called}: {fund.purpose}" for fund in restricted]
    return interpolate(_("Needed for a restricted one. %(purposes)s"), {"purposes": parted(known)}) if known else ""


class LeaveOutLineForm(SeenBudgetForm):
    """Why an allocation is not budgeted."""

    why = TypedTextField(label=_("Why the line is not budgeted"), help_text=_("The department will read it."), rows=3)


class AmendForm(forms.Form):
    """Why the approved budget is amended."""

    reason = TypedTextField(label=_("Reason"), help_text=_("Everybody who sees the budget reads it."))


class AskForChangeForm(forms.Form):
    """What is to change in the budget, in the words of whoever may not amend it."""

    wanted = TypedTextField(label=_("How much, from which line to which, and why"))


class FundForm(forms.Form):
    """A funding source: what for, how much, and from when until when."""

    name = TypedNameField(label=_("Funding source"))
    is_restricted = forms.BooleanField(label=_("Its money may be used for one purpose only"), required=False)
    purpose = TypedTextField(label=_("Purpose"), required=False, rows=3)
    amount = AmountField(
        label=_("Amount"),
        required=False,
        help_text=_("What its lines in force may come to, of all years. Without an amount it is not limited."),
    )
    starts_on = DayField(label=_("From"), required=False)
    ends_on = DayField(
        label=_("Until"), required=False, help_text=_("Its money is planned and spent within these days only.")
    )
    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=LARGEST_VERSION, required=False)

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        on: date,
        fund: Fund | None = None,
        initial: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(data, initial=initial)
        self.fund = fund
        known = (fund.starts_on, fund.ends_on) if fund else ()
        limit_to_span(self, days_of_fund(on, *known), "starts_on", "ends_on")

    def clean(self) -> dict[str, Any]:
        """Say beside its field what stands against the funding source."""
        cleaned = super().clean() or {}
        if not self.errors:
            kept = {"pk": self.fund.pk, "in_force": self.fund.in_force} if self.fund else {}
            for problem in missing_to_change_fund(Fund(**kept, **vars(self.terms))):
                self.add_error(problem.field, problem.sentence)
        return cleaned

    @property
    def terms(self) -> FundTerms:
        """The terms of the funding source, from the cleaned fields."""
        names = ("name", "is_restricted", "purpose", "amount", "starts_on", "ends_on")
        return FundTerms(**{name: self.cleaned_data[name] for name in names})


class ContestForm(SeenBudgetForm):
    """For each line, what the department wants instead and why; lines left blank are not contested."""

    def __init__(
        self, data: QueryDict | None = None, *, confirmation: Confirmation, lines: Sequence[BudgetLine]
    ) -> None:
        super().__init__(data, initial={"seen": SeenVersion.on(CONFIRMATION, confirmation)})
        self.lines = lines
        for line in lines:
            name = {"line": line.where}
            self.fields[f"wanted_{line.pk}"] = AmountField(
                label=interpolate(_("Wanted instead for %(line)s"), name), required=False, bound=most_wanted(line)
            )
            self.fields[f"reason_{line.pk}"] = TypedTextField(
                label=interpolate(_("Why, for %(line)s"), name), required=False, rows=2
            )

    @property
    def rows(self) -> list[tuple[BudgetLine, Decimal, Any, Any]]:
        """Each line with what is spent on it and its two fields."""
        spent = spent_on(self.lines)
        return [
            (line, spent.get(line.number, ZERO), self[f"wanted_{line.pk}"], self[f"reason_{line.pk}"])
            for line in self.lines
        ]

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
        for problem in problems_of_figure(line, wanted):
            self.add_error(f"wanted_{line.pk}", problem.sentence)
        if not reason and f"reason_{line.pk}" not in self.errors:
            self.add_error(f"reason_{line.pk}", _("Say why. Finance will read it."))
        return True


class SettleForm(SeenBudgetForm):
    """Another amount for every contested line of a department."""

    comment = TypedTextField(label=_("Answer to the department"), required=False, rows=3)

    def __init__(
        self, data: QueryDict | None = None, *, confirmation: Confirmation, contests: Sequence[Contest]
    ) -> None:
        super().__init__(data, initial={"seen": SeenVersion.on(CONFIRMATION, confirmation)})
        bound = money_in(confirmation.budget.cycle.currency)
        self.contests = contests
        for contest in contests:
            self.fields[f"amount_{contest.line_id}"] = AmountField(
                label=interpolate(_("New amount for %(line)s"), {"line": contest.line.where}),
                bound=bound,
            )

    @property
    def rows(self) -> list[tuple[Contest, Decimal, Any]]:
        """Each contest with what is spent on its line and its field."""
        spent = spent_on([contest.line for contest in self.contests])
        return [
            (contest, spent.get(contest.line.number, ZERO), self[f"amount_{contest.line_id}"])
            for contest in self.contests
        ]

    @property
    def amounts(self) -> dict[int, Decimal]:
        """The new amount of each line."""
        return {contest.line_id: self.cleaned_data[f"amount_{contest.line_id}"] for contest in self.contests}

    def clean(self) -> dict[str, Any]:
        """Every contested line changes here."""
        cleaned = super().clean() or {}
        for contest in self.contests:
            name = f"amount_{contest.line_id}"
            amount = cleaned.get(name)
            if amount == contest.line.amount:
                self.add_error(name, _("This is the amount the line has already."))
            elif amount is not None:
                for problem in problems_of(changed_to(contest.line, spread_like(contest.line, amount, contest.reason))):
                    self.add_error(name, problem.sentence)
        return cleaned
