"""Reading an amount somebody typed: exactly, or with a sentence that says what is wrong."""

import re
from collections.abc import Callable
from decimal import Decimal
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

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
TWO_POINTS = _("“%(typed)s” has more than one point. The point stands before the decimals: 1,234.50.")
COMMAS = _("The commas in “%(typed)s” do not part groups of three digits. Write 1234.50 or 1,234.50.")
BARE_POINT = _("“%(typed)s” needs a digit before and after the point, for example 0.50.")

UNREADABLE: "tuple[tuple[Callable[[str], object], _StrPromise], ...]" = (
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
    message = _("“%(typed)s” has too many decimals. At most %(places)d may stand after the point.")
    raise ValidationError(message, code="places", params={"typed": typed, "places": places})
