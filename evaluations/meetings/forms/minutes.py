"""Attendance, minutes and decisions of a review meeting, all on one page."""

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from evaluations.meetings.models import AgendaPoint, Attendance, Meeting
from evaluations.meetings.queries import heads_of, people_by_department, people_of_seat
from sop_portal.foundation.kit.sentences import interpolate
from sop_portal.foundation.kit.text import AskedTextField
from sop_portal.foundation.organisation.actor import Actor
from sop_portal.foundation.organisation.models import User


class MinutesForm(forms.Form):
    """Attendance, minutes and decisions, all on one page."""

    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2**31 - 1)

    def __init__(self, typed: QueryDict | None = None, *, meeting: Meeting, actor: Actor) -> None:
        super().__init__(typed, initial={"seen": meeting.version})
        seats = meeting.attendance.select_related("department", "person", "meeting__cycle")
        self.seats = list(seats.filter(department__isnull=False).order_by("department__name"))
        self.teams = list(seats.exclude(team="").order_by("pk"))
        self.points = list(meeting.points.visible_to(actor).select_related("department"))
        self.people: dict[int, User] = {}
        people = people_by_department(meeting, self.seats)
        # A department is represented by its head unless somebody else is named; that is suggested, and saved only
        # with the tick that the department was there.
        self.heads = heads_of(meeting) if meeting.state == Meeting.State.CALLED else {}
        for seat in self.seats:
            self._add_seat(seat, people.get(seat.department_id or 0, {}))
        for seat in self.teams:
            self._add_team(seat)
        for point in self.points:
            self._add_point(point)

    def _add_team(self, seat: Attendance) -> None:
        people = {person.pk: person for person in people_of_seat(seat)}
        people |= {seat.person.pk: seat.person} if seat.person else {}
        self.people |= people
        choices = [("", "–"), *((str(pk), str(person)) for pk, person in people.items())]
        words = {"department": seat}
        self.fields[f"person_{seat.team}"] = forms.ChoiceField(
            label=interpolate(_("Representative of %(department)s"), words),
            choices=choices,
            required=False,
            initial=str(seat.person_id or ""),
        )
        self.fields[f"present_{seat.team}"] = forms.BooleanField(
            label=interpolate(_("%(department)s was present"), words), required=False, initial=seat.was_present
        )

    def _add_seat(self, seat: Attendance, people: dict[int, User]) -> None:
        if seat.person:
            people = {seat.person.pk: seat.person, **people}
        self.people |= people
        head = self.people.get(self.heads.get(seat.department_id or 0, 0))
        nobody = interpolate(gettext("– (suggested: %(person)s)"), {"person": head}) if head else "–"
        choices = [("", nobody), *((str(pk), str(person)) for pk, person in people.items())]
        words = {"department": seat.department}
        self.fields[f"person_{seat.department_id}"] = forms.ChoiceField(
            label=interpolate(_("Representative of %(department)s"), words),
            choices=choices,
            required=False,
            initial=str(seat.person_id or ""),
        )
        self.fields[f"present_{seat.department_id}"] = forms.BooleanField(
            label=interpolate(_("%(department)s was present"), words), required=False, initial=seat.was_present
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
        ] + [
            {"seat": seat, "person": self[f"person_{seat.team}"], "present": self[f"present_{seat.team}"]}
            for seat in self.teams
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
            was_present = typed[f"present_{seat.department_id}"]
            suggested = self.heads.get(seat.department_id or 0, 0) if was_present else 0
            found[seat.department_id or 0] = (self.people.get(int(chosen or suggested)), was_present)
        return found

    @property
    def teams_present(self) -> dict[str, tuple[User | None, bool]]:
        """Who came for finance, the resource team and management, for `actions.note_teams`."""
        typed = self.cleaned_data
        return {
            seat.team: (self.people.get(int(typed[f"person_{seat.team}"] or 0)), typed[f"present_{seat.team}"])
            for seat in self.teams
        }

    @property
    def minutes(self) -> dict[int, tuple[str, str]]:
        """The minutes by point of the agenda, for `actions.minute`."""
        typed = self.cleaned_data
        return {point.pk: (typed[f"minutes_{point.pk}"], typed[f"decision_{point.pk}"]) for point in self.points}
