"""Money and counts: typed strictly, kept as Decimal, split without losing a cent."""

import re
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any, TypeVar

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.functions import Round
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from sop_portal.foundation.kit.bounds import COUNT, MONEY, QUANTITY, Bound, misfit_of
from sop_portal.foundation.kit.refusals import NotReady
from sop_portal.foundation.kit.sentences import StrOrPromise

STORED_PLACES = 2
STORED_WHOLE_DIGITS = 13
# Of what is no currency this much is repeated.
REPEATED = 20

# Babel says how many places are usual, ISO 4217 how many there are; invoices in these currencies have them.
PLACES_SELDOM_USED = {"IQD": 3} | dict.fromkeys(
    ("AFN", "ALL", "IRR", "KPW", "LAK", "LBP", "MGA", "MMK", "RSD", "SOS", "SYP", "YER"), 2
)

LONGEST_TYPED_AMOUNT = 60

# A Chinese keyboard types these; the minus of typography is the one the portal itself prints.
FROM_KEYBOARD = str.maketrans("０１２３４５６７８９．，－−", "0123456789.,--")
AMOUNT = re.compile(r"(-?)([0-9]+|[1-9][0-9]{0,2}(?:,[0-9]{3})+)(?:\.([0-9]+))?", re.ASCII)

NOT_A_NUMBER = _("“%(typed)s” is not a number. Write digits only, for example 1234.50.")
BLANK_INSIDE = _("“%(typed)s” has a blank between the digits. Write 1234.50 or 1,234.50.")
UNDERSCORE = _("“%(typed)s” has an underscore in it. Write 1234.50 or 1,234.50.")
PLUS = _("“%(typed)s” begins with a plus sign. Leave it out.")
EXPONENT = _("“%(typed)s” is written with an exponent. Write all its digits.")
OTHER_DIGITS = _("“%(typed)s” is not written in the digits 0 to 9. Write for example 1234.50.")
MINUS_INSIDE = _("“%(typed)s” has a minus sign in the wrong place.")
TWO_POINTS = _("“%(typed)s” has more than one point. Only the decimals come after a point: 1,234.50.")
COMMAS = _("The commas in “%(typed)s” do not part groups of three digits. Write 1234.50 or 1,234.50.")
BARE_POINT = _("“%(typed)s” needs a digit before and after the point, for example 0.50.")

UNREADABLE: tuple[tuple[Callable[[str], object], StrOrPromise], ...] = (
    (re.compile(r"[-+0-9.,\s]*\s[-+0-9.,\s]*").fullmatch, BLANK_INSIDE),
    (lambda typed: "_" in typed, UNDERSCORE),
    (lambda typed: typed.startswith("+"), PLUS),
    (re.compile(r"[0-9.]e[-+]?[0-9]", re.I | re.ASCII).search, EXPONENT),
    (lambda typed: any(sign.isnumeric() and not sign.isascii() for sign in typed), OTHER_DIGITS),
    (re.compile(r"[-0-9.,]+-[-0-9.,]*", re.ASCII).fullmatch, MINUS_INSIDE),
    (re.compile(r"-?[0-9,]*\.[0-9,]*\.[0-9.,]*", re.ASCII).fullmatch, TWO_POINTS),
    (re.compile(r"-?[0-9,]*,[0-9,]*(\.[0-9,]*)?|-?[0-9]+\.[0-9]*,[0-9,]*", re.ASCII).fullmatch, COMMAS),
    (re.compile(r"-?(\.[0-9]+|[0-9]+\.)", re.ASCII).fullmatch, BARE_POINT),
    (lambda typed: True, NOT_A_NUMBER),
)


def why_no_currency(code: str) -> str:
    """Why nothing can be counted in a currency: there is none of this name, or its decimals cannot be kept."""
    from babel.numbers import list_currencies

    if code in list_currencies() and places_of(code) <= STORED_PLACES:
        return ""
    return gettext("“%(typed)s” is not a currency. Write three letters like USD.") % {"typed": code[:REPEATED]}


def refuse_no_currency(code: str) -> None:
    """Refuse what is no currency."""
    if sentence := why_no_currency(code):
        raise NotReady(sentence, [], gettext("Use the currency of your accounts."))


def places_of(currency: str) -> int:
    """How many decimal places a currency has (ISO 4217): 0 for JPY, 3 for KWD, mostly 2."""
    from babel.numbers import get_currency_precision

    code = currency.upper()
    return PLACES_SELDOM_USED.get(code) or get_currency_precision(code)


def money_in(currency: str) -> Bound:
    """How large an amount of a currency may be, with its own decimal places."""
    return replace(MONEY, places=min(places_of(currency), STORED_PLACES))


def exact_sum(field: str, **only: Any) -> Round:
    """The sum of amounts, some of which may be below zero; rounded, because SQLite adds in binary fractions.

    What is undone by counter-entries comes to nothing, and not to a trillionth of a cent.
    """
    return Round(models.Sum(field, **only), STORED_PLACES)


def split_evenly(total: Decimal, parts: int, places: int) -> list[Decimal]:
    """Share an amount out in so many parts that differ by one cent at most and sum to the total to the last cent."""
    if parts < 1:
        raise ValueError("An amount is split into one part or more.")
    cents = total.scaleb(places)
    if cents != cents.to_integral_value():
        raise ValueError(f"{total} has more than {places} decimal places.")
    each, left = divmod(int(cents), parts)
    return [Decimal(each + (1 if part < left else 0)).scaleb(-places) for part in range(parts)]


def parse_amount(text: str, *, places: int, max_digits: int = 15, allow_negative: bool = False) -> Decimal:
    """The amount somebody typed, exactly, or a sentence that says what is wrong with it."""
    if len(text) > LONGEST_TYPED_AMOUNT:
        raise _too_long(max_digits - places)
    typed = text.strip().translate(FROM_KEYBOARD)
    if not typed:
        raise ValidationError(_("Enter a number."), code="required")
    found = AMOUNT.fullmatch(typed)
    if not found:
        raise _unreadable(typed)
    sign, whole, decimals = found[1], found[2].replace(",", ""), found[3] or ""
    _refuse_what_does_not_fit(typed, whole, decimals, places, max_digits)
    if sign and not allow_negative:
        message = _("“%(typed)s” is negative. Enter zero or more.")
        raise ValidationError(message, code="negative", params={"typed": typed})
    # Minus nought is nought.
    is_nought = not (whole + decimals).strip("0")
    return Decimal(("" if is_nought else sign) + whole + ("." + decimals if decimals else ""))


def _unreadable(typed: str) -> ValidationError:
    sentence = next(sentence for is_so, sentence in UNREADABLE if is_so(typed))
    return ValidationError(sentence, code="invalid", params={"typed": typed})


def _too_long(digits: int) -> ValidationError:
    message = _("This number is too long. It may have at most %(digits)d digits before the point.")
    return ValidationError(message, code="max_digits", params={"digits": digits})


def _refuse_what_does_not_fit(typed: str, whole: str, decimals: str, places: int, max_digits: int) -> None:
    if len(whole.lstrip("0")) > max_digits - places:
        raise _too_long(max_digits - places)
    if len(decimals) <= places:
        return
    if places == 0:
        message = _("“%(typed)s” has decimals. Enter a whole number.")
        raise ValidationError(message, code="places", params={"typed": typed})
    message = _("“%(typed)s” has too many decimals. Write at most %(places)d after the point.")
    raise ValidationError(message, code="places", params={"typed": typed, "places": places})


class AmountField(forms.CharField):
    """A money field: plain digits in the currency's places, the typed text kept when it is refused."""

    def __init__(self, *, bound: Bound = MONEY, allow_negative: bool = False, **kwargs: Any) -> None:
        # A form may narrow it, to the places of a currency or to what a record holds.
        self.bound = bound
        self.allow_negative = allow_negative
        # These belong to Django's own number fields, whose place this one takes in model forms.
        for other in ("max_digits", "decimal_places", "min_value", "max_value", "max_length"):
            kwargs.pop(other, None)
        super().__init__(empty_value=None, **kwargs)

    @property
    def places(self) -> int:
        """How many decimals may be typed."""
        return self.bound.places

    def to_python(self, value: object) -> Decimal | None:  # type: ignore[override]
        """The amount, or nothing where nothing was typed."""
        if isinstance(value, Decimal):
            return value
        text = "" if value is None else str(value)
        if not text.strip():
            return None
        digits = STORED_WHOLE_DIGITS + self.places
        return parse_amount(text, places=self.places, max_digits=digits, allow_negative=self.allow_negative)

    def validate(self, value: Decimal | int | None) -> None:
        """Refuse an amount outside of its bound; beside the field its name is not said again."""
        super().validate(value)
        bound = self.bound.at_least(-self.bound.most) if self.allow_negative else self.bound
        if misfit := misfit_of(self.label or "", value, bound):
            raise ValidationError(misfit.way_out, code="bound")

    def prepare_value(self, value: object) -> Any:
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
    """Hours, days or pieces: up to two places, or whole numbers with a bound without any."""

    def __init__(self, *, bound: Bound = QUANTITY, **kwargs: Any) -> None:
        super().__init__(bound=bound, **kwargs)


class CountField(AmountField):
    """Activities, participants: a whole number."""

    def __init__(self, *, bound: Bound = COUNT, **kwargs: Any) -> None:
        super().__init__(bound=bound, **kwargs)

    def clean(self, value: object) -> int | None:
        """The count as an int."""
        count = super().clean(value)
        return None if count is None else int(count)


SetType = TypeVar("SetType", contravariant=True)
GetType = TypeVar("GetType", covariant=True)

if TYPE_CHECKING:
    DecimalColumn = models.DecimalField
else:

    class DecimalColumn(models.DecimalField):
        """Django's column, told to type checkers as one of Decimal, or of Decimal or None."""

        def __class_getitem__(cls, types: object) -> type:
            return cls


class MoneyField(DecimalColumn[SetType, GetType]):
    """Money in the database: Decimal, never rounded and never a float on its way in."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_digits", STORED_WHOLE_DIGITS + STORED_PLACES)
        kwargs.setdefault("decimal_places", STORED_PLACES)
        super().__init__(*args, **kwargs)

    def get_db_prep_save(self, value: object, connection: BaseDatabaseWrapper) -> Any:
        """Refuse what the column would have to round."""
        if isinstance(value, float):
            raise TypeError(f"{self.name} is money: give a Decimal, not the float {value!r}.")
        if isinstance(value, Decimal) and value != round(value, self.decimal_places):
            raise ValueError(f"{self.name} is money with {self.decimal_places} places: {value} would be rounded.")
        return super().get_db_prep_save(value, connection)

    def formfield(self, **kwargs: Any) -> Any:
        """The strict money field."""
        bound = replace(MONEY, places=self.decimal_places)
        return super().formfield(**{"form_class": AmountField, "bound": bound, **kwargs})
