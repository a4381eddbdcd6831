"""What is typed into feedback, its answer, and the filter of the list."""

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from evaluations.feedback.models import Feedback
from evaluations.feedback.queries import departments_of
from sop_portal.foundation.kit.filters import ListFilter
from sop_portal.foundation.kit.likely_duplicates import LikelyDuplicateForm
from sop_portal.foundation.kit.text import TypedNameField, TypedTextField
from sop_portal.foundation.organisation.actor import Actor
from sop_portal.foundation.organisation.models import Department


class FeedbackForm(LikelyDuplicateForm):
    """What a department experienced."""

    department = forms.ModelChoiceField(
        Department.objects.none(), label=_("Department"), to_field_name="slug", empty_label=_("Choose a department")
    )
    title = TypedNameField(label=_("Title"))
    text = TypedTextField(label=_("What did you experience?"), rows=6)

    def __init__(self, typed: QueryDict | None = None, *, actor: Actor) -> None:
        super().__init__(typed)
        departments = departments_of(actor)
        self.fields["department"].queryset = departments  # type: ignore[attr-defined]
        if len(departments) == 1:
            self.fields["department"].initial = departments[0].slug


class AnswerForm(forms.Form):
    """The answer to feedback."""

    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2**31 - 1)
    comment = TypedTextField(label=_("Answer"), help_text=_("The department reads it."))


class FeedbackFilter(ListFilter):
    """Which feedback is shown."""

    department = forms.ModelChoiceField(
        Department.objects.none(),
        label=_("Department"),
        required=False,
        to_field_name="slug",
        empty_label=_("All departments"),
    )
    state = forms.ChoiceField(
        label=_("State"), required=False, choices=[("", _("All states")), *Feedback.State.choices]
    )

    def __init__(self, asked: QueryDict, *, actor: Actor) -> None:
        super().__init__(asked)
        self.fields["department"].queryset = departments_of(actor)  # type: ignore[attr-defined]
