"""What is typed about a review meeting: when and where, who came, what was said and decided."""

from datetime import date
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from evaluations.improvements.forms import MeasureProposalForm
from evaluations.meetings.models import AgendaPoint, Attendance, Meeting
from evaluations.meetings.queries import heads_of, people_by_department
from planning.cycles.calendar import days_to_meet
from planning.models import Cycle
from sop_portal.foundation.kit.dates import DayField, limit_to_span
from sop_portal.foundation.kit.text import AskedTextField, TypedNameField
from sop_portal.foundation.organisation.models import Department, User


class CallForm(forms.Form):
    """When and where a meeting is held."""

    held_on = DayField(label=_("Date"))
    place = TypedNameField(label=_("Place"))

    def __init__(self, typed: QueryDict | None = None, *, cycle: Cycle, on: date, **kwargs: Any) -> None:
        super().__init__(typed, **kwargs)
        limit_to_span(self, days_to_meet(cycle, on), "held_on")


class MinutesForm(forms.Form):
    """Attendance, minutes and decisions, all on one page."""

    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2**31 - 1)

    def __init__(self, typed: QueryDict | None = None, *, meeting: Meeting) -> None:
        super().__init__(typed, initial={"seen": meeting.version})
        self.seats = list(meeting.attendance.select_related("department", "person").order_by("department__name"))
        self.points = list(meeting.points.all())
        self.people: dict[int, User] = {}
        people = people_by_department(meeting, self.seats)
        # A department is represented by its head unless somebody else is named.
        self.heads = heads_of(meeting) if meeting.state == Meeting.State.CALLED else {}
        for seat in self.seats:
            self._add_seat(seat, people.get(seat.department_id, {}))
        for point in self.points:
            self._add_point(point)

    def _add_seat(self, seat: Attendance, people: dict[int, User]) -> None:
        if seat.person:
            people = {seat.person.pk: seat.person, **people}
        self.people |= people
        choices = [("", "–"), *((str(pk), str(person)) for pk, person in people.items())]
        words = {"department": seat.department}
        self.fields[f"person_{seat.department_id}"] = forms.ChoiceField(
            label=_("Representative of %(department)s") % words,
            choices=choices,
            required=False,
            initial=str(seat.person_id or self.heads.get(seat.department_id) or ""),
        )
        self.fields[f"present_{seat.department_id}"] = forms.BooleanField(
            label=_("%(department)s was present") % words, required=False, initial=seat.was_present
        )

    def _add_point(self, point: AgendaPoint) -> None:
        for name, label, longest in (
            ("minutes", _("Minutes"), 4000),
            ("decision", pgettext_lazy("meeting", "Decision"), 2000),
        ):
            self.fields[f"{name}_{point.pk}"] = AskedTextField(
                label=label, rows=2, max_length=longest, initial=getattr(point, name)
            )

    @property
    def rows(self) -> list[dict[str, Any]]:
        """The seats of the table, each with its two bound fields."""
        return [
            {
                "seat": seat,
                "person": self[f"person_{seat.department_id}"],
                "present": self[f"present_{seat.department_id}"],
            }
            for seat in self.seats
        ]

    @property
    def agenda(self) -> list[dict[str, Any]]:
        """The points of the agenda, each with its two bound fields."""
        return [
            {"point": point, "fields": [self[f"minutes_{point.pk}"], self[f"decision_{point.pk}"]]}
            for point in self.points
        ]

    @property
    def present(self) -> dict[int, tuple[User | None, bool]]:
        """The people present by department, for `actions.note_attendance`."""
        typed = self.cleaned_data
        found = {}
        for seat in self.seats:
            chosen = typed[f"person_{seat.department_id}"]
            person = self.people.get(int(chosen)) if chosen else None
            found[seat.department_id] = (person, typed[f"present_{seat.department_id}"])
        return found

    @property
    def minutes(self) -> dict[int, tuple[str, str]]:
        """The minutes by point of the agenda, for `actions.minute`."""
        typed = self.cleaned_data
        return {point.pk: (typed[f"minutes_{point.pk}"], typed[f"decision_{point.pk}"]) for point in self.points}


class PointForm(forms.Form):
    """One more point of the agenda."""

    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2**31 - 1)
    title = TypedNameField(label=_("Another point"), max_length=200)


class MeetingActionForm(MeasureProposalForm):
    """An action item: it becomes a measure in the register."""

    field_order = ("department", "what")

    department = forms.ModelChoiceField(
        Department.objects.filter(is_active=True),
        label=_("Department"),
        to_field_name="slug",
        empty_label=_("Choose a department"),
    )
