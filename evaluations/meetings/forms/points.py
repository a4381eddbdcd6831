"""What people say about a meeting: points of the agenda, replies, and what follows from a decision."""

from datetime import date

from django import forms
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from evaluations.improvements.actions import MeasureProposal
from evaluations.improvements.forms import MeasureProposalForm
from evaluations.improvements.models import Measure
from evaluations.improvements.queries import who_may_own_any
from evaluations.meetings.actions import PointTerms
from evaluations.meetings.models import Attendance
from evaluations.meetings.queries import people_of_seat
from planning.cycles.calendar import days_to_carry_out
from planning.models import Stage
from sop_portal.foundation.kit.dates import DayField, limit_to_span
from sop_portal.foundation.kit.text import TypedNameField
from sop_portal.foundation.organisation.models import Department, User


class PointForm(forms.Form):
    """One more point of the agenda."""

    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2**31 - 1)
    title = TypedNameField(label=_("Another point"), max_length=200)


class RaisePointForm(forms.Form):
    """What a department wants to talk about."""

    department = forms.ModelChoiceField(
        Department.objects.none(), label=_("Department"), to_field_name="slug", empty_label=_("Choose a department")
    )
    title = TypedNameField(label=_("What should be talked about?"), max_length=200)
    is_private = forms.BooleanField(
        label=_("Private"),
        required=False,
        help_text=_("Read by your department and the roles of the whole organisation only."),
    )

    def __init__(self, typed: QueryDict | None = None, *, departments: QuerySet[Department]) -> None:
        super().__init__(typed)
        self.fields["department"].queryset = departments  # type: ignore[attr-defined]
        if len(departments) == 1:
            self.fields["department"].initial = departments[0].slug

    @property
    def terms(self) -> PointTerms:
        """What `actions.raise_point` is given."""
        return PointTerms(self.cleaned_data["title"], self.cleaned_data["is_private"])


class SeatReplyForm(forms.Form):
    """Whether a seat comes, sends a deputy, or cannot come."""

    answer = forms.ChoiceField(
        label=_("Your reply"),
        choices=[("comes", _("I come")), ("deputy", _("I send a deputy")), ("away", _("I cannot come"))],
        widget=forms.RadioSelect,
    )
    deputy = forms.ModelChoiceField(User.objects.none(), label=_("Deputy"), required=False, empty_label=_("Nobody"))

    def __init__(self, typed: QueryDict | None = None, *, seat: Attendance, person: User) -> None:
        answer = "" if seat.reply == Attendance.Reply.OPEN else seat.reply
        super().__init__(typed, initial={"answer": answer, "deputy": seat.person_id}, prefix=f"seat{seat.pk}")
        others = people_of_seat(seat).exclude(pk=person.pk)
        self.fields["deputy"].queryset = others  # type: ignore[attr-defined]


class MeetingActionForm(MeasureProposalForm):
    """An action item: it becomes a measure in the register, carried out by work or by a form of the portal."""

    field_order = ("way", "stage", "department", "what", "owner", "due")

    way = forms.ChoiceField(
        label=_("What follows from the decision?"),
        choices=Measure.Way.choices,
        initial=Measure.Way.WORK,
        required=False,
    )
    stage = forms.ChoiceField(
        label=_("More time for"),
        choices=[("", _("No stage")), *Stage.choices],
        required=False,
        help_text=_("Only where more time was decided."),
    )
    department = forms.ModelChoiceField(
        Department.objects.filter(is_active=True),
        label=_("Department"),
        to_field_name="slug",
        empty_label=_("Choose a department"),
    )
    owner = forms.ModelChoiceField(
        User.objects.none(), label=_("Owner"), required=False, empty_label=_("Management names one")
    )
    due = DayField(label=_("Due"), required=False)

    def __init__(self, typed: QueryDict | None = None, *, on: date) -> None:
        super().__init__(typed)
        limit_to_span(self, days_to_carry_out(on), "due")
        self.fields["owner"].queryset = who_may_own_any(on)  # type: ignore[attr-defined]

    def proposal_from(self, origin_url: str) -> MeasureProposal:
        """What `improvements.propose` is given; it leads back to the meeting."""
        typed = self.cleaned_data
        return MeasureProposal(
            typed["what"],
            Measure.Origin.MEETING,
            origin_url,
            is_another=self.is_another,
            way=typed["way"] or Measure.Way.WORK,
            stage=typed["stage"],
            owner=typed["owner"],
            due=typed["due"],
        )
