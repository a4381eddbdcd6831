"""What is typed when a department asks for more time."""

from collections.abc import Collection, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from planning.cycles.models import Stage
from sop_portal.foundation.kit.dates import DayField
from sop_portal.foundation.kit.text import TypedTextField
from sop_portal.foundation.organisation.models import Department


class AskForm(forms.Form):
    """More time for one's own department in one stage."""

    stage = forms.ChoiceField(label=_("Stage"), choices=Stage.choices)
    until_on = DayField(label=_("Until"))
    reason = TypedTextField(label=_("Why"), help_text=_("Granted, everybody can read it."), rows=3)

    def __init__(self, data: Mapping[str, Any] | None = None, *, departments: Collection[int], **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        own = Department.objects.filter(pk__in=departments)
        field = forms.ModelChoiceField(label=_("Department"), queryset=own, to_field_name="slug", empty_label=None)
        self.fields = {"department": field, **self.fields}
