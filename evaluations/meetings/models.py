"""Review meetings with representatives of every department: agenda, attendance, minutes, decisions."""

from datetime import date, datetime, time
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from planning.models import Cycle
from sop_portal.foundation.kit import formats
from sop_portal.foundation.kit.constraints import stamped
from sop_portal.foundation.kit.invitations import Appointment
from sop_portal.foundation.kit.sentences import in_this_language, packed, typed
from sop_portal.foundation.organisation.actor import Actor
from sop_portal.foundation.organisation.models import Department
from sop_portal.foundation.organisation.roles import Role
from sop_portal.foundation.organisation.scope import Shared
from sop_portal.foundation.workflow.models import Record

Person = settings.AUTH_USER_MODEL


class MeetingSeries(models.Model):
    """A rule by which review meetings of a year follow one another: how often, when, where, and with which quorum."""

    cycle = models.ForeignKey(Cycle, models.PROTECT, related_name="meeting_series")
    first_on = models.DateField(_("first meeting"))
    every = models.PositiveSmallIntegerField(_("months between two meetings"))
    begins = models.TimeField(_("begins"))
    lasts = models.PositiveSmallIntegerField(_("minutes long"), default=90)
    place = models.CharField(_("place or link"), max_length=120)
    quorum = models.PositiveSmallIntegerField(_("quorum"), default=1)
    is_ended = models.BooleanField(_("ended"), default=False)

    objects = Shared["MeetingSeries"].as_manager()

    class Meta:
        verbose_name = _("series of meetings")
        verbose_name_plural = _("series of meetings")
        ordering: ClassVar = ["first_on", "pk"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(place=""), name="series_has_a_place"),
            models.CheckConstraint(condition=Q(lasts__gte=5, lasts__lte=960), name="series_lasts_minutes"),
            models.CheckConstraint(condition=Q(every__gte=1, every__lte=12), name="series_comes_back_within_a_year"),
        ]

    def __str__(self) -> str:
        monthly, rarer = _("Every month, the first on %(day)s"), _("Every %(every)s months, the first on %(day)s")
        words = {"every": self.every, "day": formats.day_of_year(self.first_on)}
        return str(monthly if self.every == 1 else rarer) % words

    def get_absolute_url(self) -> str:
        """The page of the year's meetings."""
        return reverse("meetings", args=[self.cycle.year])

    @property
    def department_id(self) -> None:
        """A series belongs to the whole organisation."""
        return


class Meeting(Record):
    """A review meeting: planned by a series or called at once, minuted, closed once what was said is confirmed."""

    class State(models.TextChoices):
        DRAFT = "draft", pgettext_lazy("meeting", "Planned")
        CALLED = "called", _("Called")
        MINUTED = "minuted", _("Being confirmed")
        HELD = "held", _("Held")
        CANCELLED = "cancelled", _("Cancelled")

    cycle = models.ForeignKey(Cycle, models.PROTECT, related_name="meetings")
    held_on = models.DateField(_("date"))
    series = models.ForeignKey(MeetingSeries, models.PROTECT, null=True, blank=True, related_name="meetings")
    # Meetings of earlier versions of the portal had no hour.
    begins = models.TimeField(_("begins"), null=True, blank=True)
    lasts = models.PositiveSmallIntegerField(_("minutes long"), default=90)
    place = models.CharField(_("place"), max_length=120)
    quorum = models.PositiveSmallIntegerField(_("quorum"), default=1)
    confirm_by = models.DateField(_("minutes confirmed by"), null=True, blank=True)
    state = models.CharField(_("state"), max_length=20, choices=State.choices, default=State.DRAFT)
    held_at = models.DateTimeField(null=True, blank=True)
    held_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    minuted_at = models.DateTimeField(null=True, blank=True)
    minuted_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    cancelled_at = models.DateTimeField(null=True, blank=True)
    cancelled_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")

    objects = Shared["Meeting"].as_manager()

    class Meta:
        verbose_name = _("review meeting")
        verbose_name_plural = _("review meetings")
        ordering: ClassVar = ["-held_on"]
        constraints: ClassVar = [
            stamped(state_field="state", states=["held"], stamp="held", name="meeting_held"),
            stamped(state_field="state", states=["minuted"], stamp="minuted", name="meeting_minuted"),
            stamped(state_field="state", states=["cancelled"], stamp="cancelled", name="meeting_cancelled"),
            models.CheckConstraint(condition=~Q(place=""), name="meeting_has_a_place"),
            models.CheckConstraint(condition=Q(lasts__gte=5, lasts__lte=960), name="meeting_lasts_minutes"),
            models.CheckConstraint(
                condition=~Q(state="minuted") | Q(confirm_by__isnull=False), name="minutes_are_confirmed_by_a_day"
            ),
        ]

    def __str__(self) -> str:
        return _("Review meeting %(day)s") % {"day": formats.day_of_year(self.held_on)}

    def get_absolute_url(self) -> str:
        """The meeting's page."""
        return reverse("meeting", args=[self.cycle.year, self.pk])

    @property
    def task_words(self) -> dict[str, object]:
        """What the sentence of a task about it is made of."""
        return {"day": formats.day_short(self.held_on, self.cycle.starts_on)}

    @property
    def department_id(self) -> None:
        """A meeting belongs to the whole organisation."""
        return

    @property
    def due_on(self) -> date:
        """The day it is held."""
        return self.held_on

    @property
    def starts_at(self) -> datetime:
        """The moment it begins; without an hour the day itself."""
        return datetime.combine(self.held_on, self.begins or time.min, self.cycle.zone)

    @property
    def appointment(self) -> Appointment:
        """What stands in the calendars of those who were invited."""
        return Appointment(
            key=f"meeting-{self.pk}",
            title=str(self),
            starts_at=self.starts_at,
            minutes=self.lasts,
            place=self.place,
            url=self.get_absolute_url(),
            sequence=self.version,
            is_all_day=self.begins is None,
        )


class AgendaPoints(models.QuerySet["AgendaPoint"]):
    """Points of agendas, read as sentences."""

    def visible_to(self, actor: Actor) -> Self:
        """All but the private points of other departments, for anybody with a role."""
        if actor.sees_everything:
            return self
        if not actor.grants:
            return self.none()
        return self.filter(Q(is_private=False) | Q(department__in=actor.department_ids))


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
    department = models.ForeignKey(Department, models.PROTECT, null=True, blank=True, related_name="+")
    raised_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    is_private = models.BooleanField(_("only for us and the roles of the whole organisation"), default=False)
    # What was not dealt with moves on to the next meeting, where one point says where it comes from.
    is_moved = models.BooleanField(default=False)
    carried_from = models.OneToOneField("self", models.SET_NULL, null=True, blank=True, related_name="carried_to")

    objects = AgendaPoints.as_manager()

    class Meta:
        verbose_name = _("agenda point")
        verbose_name_plural = _("agenda")
        ordering: ClassVar = ["position"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["meeting", "position"], name="one_point_per_position"),
            models.CheckConstraint(condition=~Q(title=""), name="agenda_point_has_a_title"),
            models.CheckConstraint(
                condition=Q(is_private=False) | Q(department__isnull=False), name="private_point_has_a_department"
            ),
        ]

    def __str__(self) -> str:
        return typed(in_this_language(self.titles) or self.title)

    @property
    def kept(self) -> str:
        """Its title as the trail keeps it, for readers of every language."""
        return packed(self.titles) if self.titles else self.title

    @property
    def lead_id(self) -> int | None:
        """The person who raised it, in the place of a lead."""
        return self.raised_by_id

    @property
    def is_written(self) -> bool:
        """Whether something was said or decided."""
        return bool(self.minutes or self.decision)


class Attendance(models.Model):
    """A seat: of a department, or of finance, the resource team and management; who comes, and who came."""

    class Team(models.TextChoices):
        """The teams of the whole organisation that have a seat; they are called as their roles."""

        FINANCE = Role.FINANCE.value, Role.FINANCE.label
        RESOURCE = Role.RESOURCE.value, Role.RESOURCE.label
        MANAGEMENT = Role.MANAGEMENT.value, Role.MANAGEMENT.label

    class Reply(models.TextChoices):
        OPEN = "open", _("No reply yet")
        COMES = "comes", _("Comes")
        DEPUTY = "deputy", _("Sends a deputy")
        AWAY = "away", _("Cannot come")

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="attendance")
    department = models.ForeignKey(Department, models.PROTECT, null=True, blank=True, related_name="+")
    team = models.CharField(_("team"), max_length=20, choices=Team.choices, blank=True)
    person = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    reply = models.CharField(_("reply"), max_length=10, choices=Reply.choices, default=Reply.OPEN)
    was_present = models.BooleanField(_("was present"), default=False)
    confirmed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("attendance")
        verbose_name_plural = _("attendance")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["meeting", "department"], name="one_seat_per_department"),
            models.UniqueConstraint(fields=["meeting", "team"], condition=~Q(team=""), name="one_seat_per_team"),
            models.CheckConstraint(
                condition=Q(department__isnull=False, team="") | (Q(department__isnull=True) & ~Q(team="")),
                name="seat_of_a_department_or_a_team",
            ),
            models.CheckConstraint(condition=Q(reply__in=["open", "comes", "deputy", "away"]), name="seat_reply_known"),
        ]

    def __str__(self) -> str:
        return typed(self.department) if self.department else str(self.get_team_display())
