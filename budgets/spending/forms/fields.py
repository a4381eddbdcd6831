"""How a month and the number of an approved line are typed."""

import re
from datetime import date

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from sop_portal.foundation.kit.dates import FIRST_YEAR, LAST_YEAR

MONTH = re.compile(r"([0-9]{4})-([0-9]{2})", re.ASCII)
LINE = re.compile(r"(?:([0-9]{4})-)?([0-9]{1,9})", re.ASCII)


class MonthField(forms.CharField):
    """A month, typed as 2027-10 or picked."""

    widget = forms.TextInput(attrs={"type": "month", "placeholder": "2027-10"})

    def to_python(self, value: object) -> date | None:  # type: ignore[override]
        """The first day of the month, or a sentence that says why it is none."""
        typed = str(value or "")[:20].strip()
        if not typed:
            return None
        found = MONTH.fullmatch(typed)
        if not found or not 1 <= int(found[2]) <= 12 or not FIRST_YEAR <= int(found[1]) <= LAST_YEAR:
            message = _("“%(typed)s” is not a month. Write year and month like 2027-10.")
            raise ValidationError(message, code="invalid", params={"typed": typed})
        return date(int(found[1]), int(found[2]), 1)


class LineNumberField(forms.CharField):
    """The number of an approved line, typed as 2027-118 or 118."""

    def to_python(self, value: object) -> int | None:  # type: ignore[override]
        """The number within the year."""
        typed = str(value or "")[:20].strip()
        if not typed:
            return None
        found = LINE.fullmatch(typed)
        if not found:
            message = _("“%(typed)s” is not the number of a line. Write it like 2027-118.")
            raise ValidationError(message, code="invalid", params={"typed": typed})
        return int(found[2])


def year_typed(typed: str) -> int | None:
    """The year that stands before the number of a line, if one was typed."""
    found = LINE.fullmatch(typed.strip())
    return int(found[1]) if found and found[1] else None
