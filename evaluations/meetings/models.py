"""Review meetings with representatives of every department: agenda, attendance, minutes, decisions."""

from datetime import date
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from planning.models import Cycle
from sop_portal.foundation.kit import formats
from sop_portal.foundation.kit.constraints import stamped
from sop_portal.foundation.kit.sentences import in_this_language, typed
from sop_portal.foundation.organisation.models import Department
from sop_portal.foundation.organisation.scope import Shared
from sop_portal.foundation.workflow.models import Record

Person = settings.AUTH_USER_MODEL


class Meeting(Record):
    """A review meeting: called, held and minuted."""

    class State(models.TextChoices):
        CALLED = "called", _("Called")
        HELD = "held", _("Held")

    cycle = models.ForeignKey(Cycle, models.PROTECT, related_name="meetings")
    held_on = models.DateField(_("date"))
    place = models.CharField(_("place"), max_length=120)
    state = models.CharField(_("state"), max_length=20, choices=State.choices, default=State.CALLED)
    held_at = models.DateTimeField(null=True, blank=True)
    held_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")

    objects = Shared["Meeting"].as_manager()

    class Meta:
        verbose_name = _("review meeting")
        verbose_name_plural = _("review meetings")
        ordering: ClassVar = ["-held_on"]
        constraints: ClassVar = [
            stamped(state_field="state", states=["held"], stamp="held", name="meeting_held"),
            models.CheckConstraint(condition=~Q(place=""), name="meeting_has_a_place"),
        ]

    def __str__(self) -> str:
        return _("Review meeting %(day)s") % {"day": formats.day_of_year(self.held_on)}

    def get_absolute_url(self) -> str:
        """The meeting's page."""
        return reverse("meeting", args=[self.cycle.year, self.pk])

    @property
    def department_id(self) -> None:
        """A meeting belongs to the whole organisation."""
        return

    @property
    def due_on(self) -> date:
        """The day it is held."""
        return self.held_on


class AgendaPoint(models.Model):
    """One point of the agenda, its minutes and what was decided."""

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="points")
    position = models.PositiveSmallIntegerField()
    title = models.CharField(_("point"), max_length=200)
    # A point the portal drafted is read in every language; one that somebody typed only as it was typed.
    titles = models.JSONField(default=dict, blank=True)
    source_url = models.CharField(max_length=300, blank=True)
    minutes = models.TextField(_("minutes"), max_length=4000, blank=True)
    decision = models.TextField(_("decision"), max_length=2000, blank=True)

    class Meta:
        verbose_name = _("agenda point")
        verbose_name_plural = _("agenda")
        ordering: ClassVar = ["position"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["meeting", "position"], name="one_point_per_position"),
            models.CheckConstraint(condition=~Q(title=""), name="agenda_point_has_a_title"),
        ]

    def __str__(self) -> str:
        return typed(in_this_language(self.titles) or self.title)


class Attendance(models.Model):
    """Who came for a department."""

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="attendance")
    department = models.ForeignKey(Department, models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    was_present = models.BooleanField(_("was present"), default=False)

    class Meta:
        verbose_name = _("attendance")
        verbose_name_plural = _("attendance")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["meeting", "department"], name="one_seat_per_department")
        ]

    def __str__(self) -> str:
        return f"{self.meeting_id} {self.department_id}"
