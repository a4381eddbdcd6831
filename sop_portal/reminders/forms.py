"""What is typed about reminders: the schedule of a year, and how one wants to be told by mail."""

import re

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from sop_portal.foundation.notices.models import Preference
from sop_portal.reminders.schedule import LONGEST_DAYS, MOST_MOMENTS, SELDOMEST, Plan

FROM_KEYBOARD = str.maketrans("０１２３４５６７８９，、；", "0123456789,,;")


class DaysField(forms.CharField):
    """A list of whole days, like 14, 7, 3, 1, 0."""

    def to_python(self, value: object) -> list[int]:  # type: ignore[override]
        """The days, each once."""
        typed = str(super().to_python(value) or "").translate(FROM_KEYBOARD)
        parts = [part for part in re.split(r"[,;\s]+", typed) if part]
        if not all(re.fullmatch(r"[0-9]{1,3}", part, re.ASCII) and int(part) <= LONGEST_DAYS for part in parts):
            raise ValidationError(_("Write whole days up to 365, separated by commas, like 14, 7, 3, 1, 0."))
        if len(parts) > MOST_MOMENTS:
            raise ValidationError(_("Up to twelve moments."))
        return sorted({int(part) for part in parts})

    def prepare_value(self, value: object) -> object:
        """The days as they are typed."""
        return ", ".join(str(day) for day in value) if isinstance(value, list | tuple) else value


class ScheduleForm(forms.Form):
    """When a year reminds. Deadlines themselves cannot be switched off."""

    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2**31 - 1)
    opens = forms.BooleanField(label=_("When a window opens"), required=False)
    before = DaysField(label=_("Days before the due day"), max_length=80, help_text=_("0 is the due day itself."))
    late = DaysField(label=_("Days late"), max_length=80)
    late_every = forms.IntegerField(
        label=_("Afterwards every so many days"),
        min_value=int(SELDOMEST.least),
        max_value=int(SELDOMEST.most),
        help_text=_("Until it is done, waived, or the day is moved."),
    )
    decisions = DaysField(
        label=_("Days a decision waits"),
        max_length=80,
        required=False,
        help_text=_("Those who can decide are also told at once."),
    )

    def plan(self) -> Plan:
        """The schedule as typed."""
        return Plan(**{name: value for name, value in self.cleaned_data.items() if name != "seen"})


def hours() -> list[tuple[int, str]]:
    """The hours of a day."""
    return [(hour, f"{hour:02}:00") for hour in range(24)]


class PreferenceForm(forms.Form):
    """How one wants to be told by mail. What is due comes in any case."""

    mails = forms.ChoiceField(
        label=_("Mails"),
        choices=Preference.Mails.choices,
        widget=forms.RadioSelect,
        help_text=_("Reminders of deadlines cannot be switched off."),
    )
    quiet_from = forms.TypedChoiceField(label=_("No reminders after"), coerce=int, choices=hours)
    quiet_to = forms.TypedChoiceField(
        label=_("until"), coerce=int, choices=hours, help_text=_("The daily mail leaves at this hour.")
    )
    is_quiet_for_all = forms.BooleanField(label=_("No other mails at night either"), required=False)
