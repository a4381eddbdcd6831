"""What is typed into feedback, its answer, and the filter of the list."""

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from evaluations.feedback.actions import LONGEST_WORD
from evaluations.feedback.models import Feedback, StageAnswers
from evaluations.feedback.queries import departments_of
from sop_portal.foundation.kit.filters import ListFilter
from sop_portal.foundation.kit.likely_duplicates import LikelyDuplicateForm
from sop_portal.foundation.kit.text import TypedNameField, TypedTextField
from sop_portal.foundation.organisation.actor import Actor
from sop_portal.foundation.organisation.models import Department
from sop_portal.foundation.workflow.seen import SeenField


class FeedbackForm(LikelyDuplicateForm):
    """What a department experienced."""

    department = forms.ModelChoiceField(
        Department.objects.none(), label=_("Department"), to_field_name="slug", empty_label=_("Choose a department")
    )
    kind = forms.ChoiceField(
        label=_("What is it?"), choices=Feedback.Kind.choices, initial=Feedback.Kind.PROBLEM, required=False
    )
    title = TypedNameField(label=_("Title"))
    text = TypedTextField(label=_("What did you experience?"), rows=6)

    def __init__(self, typed: QueryDict | None = None, *, actor: Actor) -> None:
        super().__init__(typed)
        departments = departments_of(actor)
        self.fields["department"].queryset = departments  # type: ignore[attr-defined]
        if len(departments) == 1:
            self.fields["department"].initial = departments[0].slug

    def clean_kind(self) -> str:
        """What is not said to be anything else is a problem."""
        return self.cleaned_data["kind"] or Feedback.Kind.PROBLEM.value


class AnswerForm(forms.Form):
    """The answer to feedback."""

    seen = SeenField()
    comment = TypedTextField(label=_("Answer"), help_text=_("The department reads it."))


class HelpedForm(forms.Form):
    """Whether an answer helped."""

    helped = forms.ChoiceField(
        label=_("Did the answer help?"), choices=[("yes", _("Yes")), ("no", _("No"))], widget=forms.RadioSelect
    )


class StageAnswerForm(forms.Form):
    """How hard a stage was: one click, and a word if one likes."""

    answer = forms.ChoiceField(choices=StageAnswers.Answer.choices)
    word = TypedNameField(label=_("In a word"), required=False, max_length=LONGEST_WORD)


class FeedbackFilter(ListFilter):
    """Which feedback is shown."""

    department = forms.ModelChoiceField(
        Department.objects.none(),
        label=_("Department"),
        required=False,
        to_field_name="slug",
        empty_label=_("All departments"),
    )
    kind = forms.ChoiceField(label=_("Kind"), required=False, choices=[("", _("All kinds")), *Feedback.Kind.choices])
    state = forms.ChoiceField(
        label=_("State"), required=False, choices=[("", _("All states")), *Feedback.State.choices]
    )

    def __init__(self, asked: QueryDict, *, actor: Actor) -> None:
        super().__init__(asked)
        self.fields["department"].queryset = departments_of(actor)  # type: ignore[attr-defined]
