"""What is typed when a person leaves, and when departments merge."""

from datetime import date

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from sop_portal.foundation.kit.dates import DayField
from sop_portal.foundation.organisation.models import Department, User
from sop_portal.people.terms import days_of_leaving, why_past


class HandOverForm(forms.Form):
    """Who takes over, and the last day of the one who leaves."""

    last_on = DayField(label=_("Last day"), help_text=_("The successor acts from today on; both do until this day."))

    def __init__(self, typed: QueryDict | None = None, *, leaving: User, today: date) -> None:
        super().__init__(typed, initial={"last_on": today})
        others = User.objects.filter(is_active=True).exclude(pk=leaving.pk).order_by("name")
        self.fields = {"to": forms.ModelChoiceField(others, label=_("Successor")), **self.fields}
        self.today = today

    def clean_last_on(self) -> date:
        """A role is ended today at the earliest."""
        last_on: date = self.cleaned_data["last_on"]
        if sentence := why_past(last_on, self.today):
            raise ValidationError(sentence)
        if last_on not in days_of_leaving(self.today):
            raise ValidationError(days_of_leaving(self.today).choose)
        return last_on


class MergeForm(forms.Form):
    """Which department another one becomes part of."""

    def __init__(self, typed: QueryDict | None = None, *, department: Department) -> None:
        super().__init__(typed)
        others = Department.objects.filter(is_active=True).exclude(pk=department.pk)
        self.fields["into"] = forms.ModelChoiceField(others, label=_("Becomes part of"), to_field_name="slug")
