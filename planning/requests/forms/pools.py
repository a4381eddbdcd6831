"""Forms of the pools: what there is, who pays for it, and what it is usual for."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from planning.cycles.models import Cycle
from planning.requests.actions import PoolTerms
from planning.requests.actions.pool_terms import refuse_misfit
from planning.requests.forms.lines import LARGEST_VERSION
from planning.requests.models import Pool, ResourceKind, bound_of_kind
from sop_portal.foundation.kit.bounds import MONEY, misfit_of
from sop_portal.foundation.kit.money import AmountField, QuantityField, money_in
from sop_portal.foundation.kit.refusals import NotReady, say_beside_field
from sop_portal.foundation.kit.text import TypedNameField

PAYMENT = ("is_paid_for", "rate", "paid_from")


class PoolTermsForm(forms.Form):
    """What every pool says of itself."""

    name = TypedNameField(label=_("Resource"))
    unit = TypedNameField(label=_("Unit"), max_length=30, help_text=_("For example: hours, days, sets, USD."))
    capacity = QuantityField(label=_("Capacity in the year"), bound=MONEY)
    is_paid_for = forms.BooleanField(
        label=_("Already paid for"), required=False, help_text=_("It takes no money, for example salaried hours.")
    )
    rate = AmountField(
        label=_("Cost of one unit"), required=False, help_text=_("For people and materials that are not paid for yet.")
    )
    paid_from = forms.ModelChoiceField(
        label=_("Paid from"),
        queryset=Pool.objects.none(),
        required=False,
        empty_label=_("No money pool"),
        widget=forms.Select(attrs={"translate": "no"}),
        help_text=_("Granting so many units takes their cost from this money pool."),
    )
    is_usual = forms.BooleanField(
        label=_("Usual for its kind"),
        required=False,
        help_text=_("Requests are filled in with it where there are several pools of its kind."),
    )
    takes_materials = forms.BooleanField(
        label=_("Pays for materials"),
        required=False,
        help_text=_("A money pool: materials that were forecast as an amount are asked from it."),
    )

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        cycle: Cycle,
        pool: Pool | None = None,
        initial: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(data, initial=initial)
        self.cycle, self.pool = cycle, pool
        self.fields["rate"].bound = money_in(cycle.currency)  # type: ignore[attr-defined]
        payers = Pool.objects.filter(cycle=cycle, kind=ResourceKind.MONEY)
        self.fields["paid_from"].queryset = payers  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Say who pays, or why not: what no pool can have is refused beside the field."""
        cleaned = super().clean() or {}
        if not self.errors and (misfit := misfit_of("", cleaned["capacity"], bound_of_kind(self.pool_kind))):
            self.add_error("capacity", misfit.way_out)
        if not self.errors:
            try:
                refuse_misfit(self.cycle, self.pool_kind, self.terms)
            except NotReady as refusal:
                say_beside_field(self, refusal)
        return cleaned

    @property
    def pool_kind(self) -> str:
        """The kind of the pool, chosen or as it is."""
        return self.pool.kind if self.pool else str(self.cleaned_data["kind"])

    @property
    def terms(self) -> PoolTerms:
        """What was typed, as the terms of the pool."""
        names = [field.name for field in fields(PoolTerms)]
        return PoolTerms(**{name: self.cleaned_data[name] for name in names if name in self.fields})


class PoolForm(PoolTermsForm):
    """A pool and how much there is of it."""

    kind = forms.ChoiceField(label=_("Kind"), choices=ResourceKind.choices)
    field_order = ("name", "kind")


class PoolChangeForm(PoolTermsForm):
    """More or less of a pool, or another payer; its kind stays."""

    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=LARGEST_VERSION)
    field_order = ("seen",)

    def __init__(self, data: Mapping[str, Any] | None = None, *, pool: Pool) -> None:
        names = ["name", "unit", "capacity", *PAYMENT, "is_usual", "takes_materials"]
        start = {name: getattr(pool, name) for name in names} | {"seen": pool.version}
        super().__init__(data, cycle=pool.cycle, pool=pool, initial=start)
        others = PAYMENT if pool.kind == ResourceKind.MONEY else ("takes_materials",)
        for name in others:
            del self.fields[name]
