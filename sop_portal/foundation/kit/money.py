"""Money and counts: typed strictly, kept as Decimal, split without losing a cent."""

from decimal import Decimal
from typing import TYPE_CHECKING, Any, TypeVar

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from sop_portal.foundation.kit.amounts import parse_amount

__all__ = ["AmountField", "CountField", "MoneyField", "QuantityField", "parse_amount", "places_of", "split_evenly"]

STORED_PLACES = 2
STORED_WHOLE_DIGITS = 13

# ISO 4217; every other currency has two places.
NO_PLACES = frozenset({
    "BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG",
    "RWF", "UGX", "UYI", "VND", "VUV", "XAF", "XOF", "XPF",
})  # fmt: skip
THREE_PLACES = frozenset({"BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"})


def places_of(currency: str) -> int:
    """How many decimal places a currency has (ISO 4217): 0 for JPY, 3 for KWD, else 2."""
    code = currency.upper()
    return 0 if code in NO_PLACES else 3 if code in THREE_PLACES else 2


def split_evenly(total: Decimal, n: int, places: int) -> list[Decimal]:
    """Share an amount out in n parts that differ by one cent at most and sum to the total to the last cent."""
    if n < 1:
        raise ValueError("An amount is split into one part or more.")
    cents = total.scaleb(places)
    if cents != cents.to_integral_value():
        raise ValueError(f"{total} has more than {places} decimal places.")
    each, left = divmod(int(cents), n)
    return [Decimal(each + (1 if part < left else 0)).scaleb(-places) for part in range(n)]


class AmountField(forms.CharField):
    """A money field: plain digits in the currency's places, the typed text kept when it is refused."""

    def __init__(
        self,
        *,
        places: int = STORED_PLACES,
        max_digits: int | None = None,
        allow_negative: bool = False,
        at_least: Decimal | None = None,
        **kwargs: Any,
    ) -> None:
        self.places = places
        self.max_digits = STORED_WHOLE_DIGITS + places if max_digits is None else max_digits
        self.allow_negative = allow_negative
        self.at_least = at_least
        # These belong to Django's own number fields, whose place this one takes in model forms.
        for other in ("decimal_places", "min_value", "max_value", "max_length"):
            kwargs.pop(other, None)
        super().__init__(empty_value=None, **kwargs)

    def to_python(self, value: Any) -> Decimal | None:  # type: ignore[override]
        """The amount, or nothing where nothing was typed."""
        if isinstance(value, Decimal):
            return value
        text = "" if value is None else str(value)
        if not text.strip():
            return None
        return parse_amount(text, places=self.places, max_digits=self.max_digits, allow_negative=self.allow_negative)

    def validate(self, value: Any) -> None:
        """Refuse an amount below the least this field takes."""
        super().validate(value)
        if value is not None and self.at_least is not None and value < self.at_least:
            params = {"least": self.prepare_value(self.at_least)}
            raise ValidationError(_("Enter %(least)s or more."), code="min_value", params=params)

    def prepare_value(self, value: Any) -> Any:
        """Show an amount with the currency's places, never with an exponent."""
        if isinstance(value, Decimal):
            shown = format(value, "f")
            exact = value == round(value, self.places)
            return format(round(value, self.places), "f") if exact else shown
        return value

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """A numeric keyboard on a phone, figures to the right."""
        attrs = super().widget_attrs(widget)
        if isinstance(widget, forms.TextInput) and not widget.is_hidden:
            attrs |= {"inputmode": "decimal" if self.places else "numeric", "autocomplete": "off"}
        return attrs


class QuantityField(AmountField):
    """Hours, days or pieces: up to two places, or whole numbers with places=0."""

    def __init__(self, *, places: int = 2, max_digits: int = 12, **kwargs: Any) -> None:
        super().__init__(places=places, max_digits=max_digits, **kwargs)


class CountField(AmountField):
    """Activities, participants: a whole number."""

    def __init__(self, *, max_digits: int = 9, **kwargs: Any) -> None:
        kwargs.pop("places", None)
        super().__init__(places=0, max_digits=max_digits, **kwargs)

    def clean(self, value: Any) -> int | None:
        """The count as an int."""
        count = super().clean(value)
        return None if count is None else int(count)


Put = TypeVar("Put", contravariant=True)
Got = TypeVar("Got", covariant=True)

if TYPE_CHECKING:
    DecimalColumn = models.DecimalField
else:

    class DecimalColumn(models.DecimalField):
        """Django's column, told to type checkers as one of Decimal, or of Decimal or None."""

        def __class_getitem__(cls, types: object) -> type:
            return cls


class MoneyField(DecimalColumn[Put, Got]):
    """Money in the database: Decimal, never rounded and never a float on its way in."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_digits", STORED_WHOLE_DIGITS + STORED_PLACES)
        kwargs.setdefault("decimal_places", STORED_PLACES)
        super().__init__(*args, **kwargs)

    def get_db_prep_save(self, value: Any, connection: Any) -> Any:
        """Refuse what the column would have to round."""
        if isinstance(value, float):
            raise TypeError(f"{self.name} is money: give a Decimal, not the float {value!r}.")
        if isinstance(value, Decimal) and value != round(value, self.decimal_places):
            raise ValueError(f"{self.name} is money with {self.decimal_places} places: {value} would be rounded.")
        return super().get_db_prep_save(value, connection)

    def formfield(self, **kwargs: Any) -> Any:
        """The strict money field."""
        return super().formfield(**{"form_class": AmountField, "places": self.decimal_places, **kwargs})
