"""When and where meetings are held: one of them, or a series by its rule."""

from datetime import date
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from evaluations.meetings.actions import MeetingTerms, SeriesTerms
from evaluations.meetings.actions.series import SHARED
from evaluations.meetings.models import Meeting, MeetingSeries
from planning.cycles.calendar import days_to_meet
from planning.models import Cycle
from sop_portal.foundation.kit.dates import DayField, limit_to_span
from sop_portal.foundation.kit.text import TypedNameField
from sop_portal.foundation.organisation.models import Department
from sop_portal.foundation.workflow.forms import ShownForm


class HeldForm(forms.Form):
    """The hour, the place and the quorum, of one meeting or of all of a series."""

    begins = forms.TimeField(
        label=_("Begins"),
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
        initial="14:00",
        help_text=_("For example 14:00"),
    )
    lasts = forms.IntegerField(label=_("Length in minutes"), min_value=5, max_value=960, initial=90)
    place = TypedNameField(label=_("Place or link"))
    quorum = forms.IntegerField(
        label=_("Quorum"),
        min_value=1,
        max_value=1000,
        help_text=_("Decisions need at least this many departments present."),
    )


class CallForm(HeldForm):
    """When, where and for how long a meeting is held, and how many departments it needs to decide."""

    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2**31 - 1, required=False)
    held_on = DayField(label=_("Date"))
    field_order = ("seen", "held_on")

    def __init__(
        self, typed: QueryDict | None = None, *, cycle: Cycle, on: date, meeting: Meeting | None = None
    ) -> None:
        departments = Department.objects.filter(is_active=True).count()
        initial: dict[str, Any] = {"quorum": departments // 2 + 1}
        if meeting is not None:
            terms = {name: getattr(meeting, name) for name in MeetingTerms.__dataclass_fields__}
            initial = terms | {"seen": meeting.version}
        super().__init__(typed, initial=initial)
        limit_to_span(self, days_to_meet(cycle, on), "held_on")
        if meeting is not None and meeting.series_id:
            own = _("A rule of the series, the same for each of its meetings.")
            self.fields["quorum"] = forms.IntegerField(label=_("Quorum"), min_value=0, disabled=True, help_text=own)

    @property
    def terms(self) -> MeetingTerms:
        """What the actions are given."""
        typed = self.cleaned_data
        return MeetingTerms(**{name: typed[name] for name in MeetingTerms.__dataclass_fields__})


class SeriesForm(ShownForm, HeldForm):
    """How often a meeting comes back, and what all of them have in common."""

    first_on = DayField(label=_("First meeting"))
    every = forms.IntegerField(label=_("Months between two meetings"), min_value=1, max_value=12, initial=3)
    field_order = ("first_on", "every")

    def __init__(
        self, typed: QueryDict | None = None, *, cycle: Cycle, on: date, series: MeetingSeries | None = None
    ) -> None:
        initial: dict[str, Any] = {"quorum": Department.objects.filter(is_active=True).count() // 2 + 1}
        if series is not None:
            initial = {name: getattr(series, name) for name in SeriesTerms.__dataclass_fields__}
        super().__init__(typed, initial=initial)
        if series is None:
            limit_to_span(self, days_to_meet(cycle, on), "first_on")
            return
        self.show(series, SHARED)
        # Another rhythm is another series.
        for name in ("first_on", "every"):
            self.fields[name].disabled = True

    @property
    def terms(self) -> SeriesTerms:
        """What the actions are given."""
        typed = self.cleaned_data
        return SeriesTerms(**{name: typed[name] for name in SeriesTerms.__dataclass_fields__})
