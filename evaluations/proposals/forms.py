"""What is typed about a change of the process."""

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from evaluations.proposals.actions import ProposedChange, WantedSetting
from evaluations.proposals.models import Area, Setting
from planning.models import Cycle, Stage
from sop_portal.foundation.kit.dates import DayField
from sop_portal.foundation.kit.likely_duplicates import LikelyDuplicateForm
from sop_portal.foundation.kit.money import AmountField
from sop_portal.foundation.kit.text import TypedNameField, TypedTextField


class ProposalForm(LikelyDuplicateForm):
    """What should change, and why."""

    area = forms.ChoiceField(label=_("What should be changed?"), choices=[("", _("Choose")), *Area.choices])
    title = TypedNameField(label=_("In a few words"), help_text=_("For example: Three weeks for requests"))
    what = TypedTextField(label=_("How should it be?"), rows=4)
    because = TypedTextField(label=_("Why?"), rows=3, help_text=_("What happened, how often, to whom."))
    setting = forms.ChoiceField(
        label=_("What the portal changes by itself"),
        choices=Setting.choices,
        required=False,
        help_text=_("It is set when the change is carried out; the rest is done by people."),
    )
    setting_of = forms.ModelChoiceField(
        Cycle.objects.none(), label=_("Of the year"), required=False, to_field_name="year", empty_label=_("No year")
    )
    stage = forms.ChoiceField(label=_("Stage"), choices=[("", _("No stage")), *Stage.choices], required=False)
    due_on = DayField(label=_("New day"), required=False)
    amount = AmountField(label=_("New amount"), required=False, help_text=_("Of a deviation the percentage."))
    origin_url = forms.CharField(widget=forms.HiddenInput, required=False, max_length=300)

    def __init__(self, typed: QueryDict | None = None, initial: dict[str, str] | None = None) -> None:
        super().__init__(typed, initial=initial)
        self.fields["setting_of"].queryset = Cycle.objects.exclude(state="closed")  # type: ignore[attr-defined]

    @property
    def wanted(self) -> WantedSetting:
        """The setting that changes by itself."""
        typed = self.cleaned_data
        return WantedSetting(typed["setting"], typed["setting_of"], typed["stage"], typed["due_on"], typed["amount"])

    @property
    def change(self) -> ProposedChange:
        """What `actions.propose_change` is given."""
        names = ("area", "title", "what", "because", "origin_url")
        return ProposedChange(
            **{name: self.cleaned_data[name] for name in names}, is_another=self.is_another, wanted=self.wanted
        )
