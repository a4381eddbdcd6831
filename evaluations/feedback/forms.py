"""What is typed into feedback, its answer, and the filter of the list."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from evaluations.feedback.models import Feedback
from sop_portal.foundation.kit.text import TypedNameField, TypedTextField
from sop_portal.foundation.organisation.actor import Actor
from sop_portal.foundation.organisation.models import Department


def departments_of(actor: Actor) -> Any:
    """The departments a person can speak for."""
    active = Department.objects.filter(is_active=True)
    return active if actor.sees_everything else active.filter(pk__in=actor.department_ids)


class FeedbackForm(forms.Form):
    """What a department experienced."""

    department = forms.ModelChoiceField(
        Department.objects.none(), label=_("Department"), to_field_name="slug", empty_label=_("Choose a department")
    )
    title = TypedNameField(label=_("Title"))
    text = TypedTextField(label=_("What did you experience?"), rows=6)

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        departments = departments_of(actor)
        self.fields["department"].queryset = departments  # type: ignore[attr-defined]
        if len(departments) == 1:
            self.fields["department"].initial = departments[0].slug


class AnswerForm(forms.Form):
    """The answer to feedback."""

    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2**31 - 1)
    comment = TypedTextField(label=_("Answer"), help_text=_("The department reads it."))


class ProposalForm(forms.Form):
    """What is to be done because of it."""

    what = TypedTextField(label=_("What is to be done?"), rows=3)


class FeedbackFilter(forms.Form):
    """Which feedback is shown."""

    department = forms.ModelChoiceField(
        Department.objects.none(), label=_("Department"), required=False, to_field_name="slug",
        empty_label=_("All departments"),
    )  # fmt: skip
    state = forms.ChoiceField(
        label=_("State"), required=False, choices=[("", _("All states")), *Feedback.State.choices]
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["department"].queryset = departments_of(actor)  # type: ignore[attr-defined]
