"""Training: who needs to know what before which window, the sessions that teach it, and who came."""

from datetime import date, datetime, time
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from planning.models import Cycle, Stage
from sop_portal.foundation.kit import formats
from sop_portal.foundation.kit.constraints import one_of, stamped
from sop_portal.foundation.kit.invitations import Appointment
from sop_portal.foundation.kit.sentences import interpolate, typed
from sop_portal.foundation.organisation.actor import Actor
from sop_portal.foundation.organisation.models import Membership
from sop_portal.foundation.organisation.roles import Role
from sop_portal.foundation.organisation.scope import Shared
from sop_portal.foundation.workflow.models import Record

Person = settings.AUTH_USER_MODEL


class TrainingNeed(models.Model):
    """What everybody in a role knows before the window of a stage opens; it holds for so many years once learned."""

    title = models.CharField(_("what is to be known"), max_length=120, unique=True)
    role = models.CharField(_("role"), max_length=20, choices=Role.choices)
    stage = models.CharField(_("before the window of"), max_length=20, choices=Stage.choices)
    step = models.CharField(_("for the step"), max_length=80)
    holds_years = models.PositiveSmallIntegerField(_("years it holds"), default=2)
    is_asked = models.BooleanField(_("asked of everybody in the role"), default=True)

    objects = Shared["TrainingNeed"].as_manager()

    class Meta:
        verbose_name = _("training need")
        verbose_name_plural = _("training needs")
        ordering: ClassVar = ["title", "pk"]
        constraints: ClassVar = [
            one_of("role", Role, "need_role_known"),
            one_of("stage", Stage, "need_stage_known"),
            models.CheckConstraint(condition=~Q(title="") & ~Q(step=""), name="need_says_what"),
            models.CheckConstraint(condition=Q(holds_years__gte=1, holds_years__lte=10), name="need_holds_some_years"),
        ]

    def __str__(self) -> str:
        return typed(self.title)

    def get_absolute_url(self) -> str:
        """The page of all needs."""
        return reverse("training-needs")

    @property
    def task_words(self) -> dict[str, object]:
        """What the sentence of a task about it is made of."""
        return {"need": typed(self.title)}

    @property
    def department_id(self) -> None:
        """A need belongs to the whole organisation."""
        return

    @property
    def full_title(self) -> str:
        """What is to be known; it stands alone, for it belongs to no department."""
        return str(self)


class TrainingSession(Record):
    """A session that teaches what a need asks for: planned, then held or cancelled."""

    class State(models.TextChoices):
        PLANNED = "planned", _("Planned")
        HELD = "held", _("Held")
        CANCELLED = "cancelled", _("Cancelled")

    cycle = models.ForeignKey(Cycle, models.PROTECT, related_name="training_sessions")
    need = models.ForeignKey(TrainingNeed, models.PROTECT, related_name="sessions")
    held_on = models.DateField(_("date"))
    begins = models.TimeField(_("begins"))
    lasts = models.PositiveSmallIntegerField(_("minutes long"), default=60)
    place = models.CharField(_("place or link"), max_length=200)
    trainer = models.ForeignKey(Person, models.PROTECT, related_name="+")
    material = models.CharField(_("material"), max_length=300, blank=True)
    places = models.PositiveSmallIntegerField(_("places"))
    # Kept in the act that invites or frees, so that no two of them give away the last place.
    taken = models.PositiveSmallIntegerField(default=0)
    state = models.CharField(_("state"), max_length=20, choices=State.choices, default=State.PLANNED)
    held_at = models.DateTimeField(null=True, blank=True)
    held_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    cancelled_at = models.DateTimeField(null=True, blank=True)
    cancelled_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")

    objects = Shared["TrainingSession"].as_manager()

    class Meta:
        verbose_name = _("training session")
        verbose_name_plural = _("training sessions")
        ordering: ClassVar = ["-held_on", "-begins", "-pk"]
        constraints: ClassVar = [
            stamped(state_field="state", states=["held"], stamp="held", name="session_held"),
            stamped(state_field="state", states=["cancelled"], stamp="cancelled", name="session_cancelled"),
            models.CheckConstraint(condition=~Q(place=""), name="session_has_a_place"),
            models.CheckConstraint(condition=Q(lasts__gte=5, lasts__lte=960), name="session_lasts_minutes"),
            models.CheckConstraint(condition=Q(places__gte=1), name="session_has_places"),
            models.CheckConstraint(
                condition=Q(taken__lte=F("places")),
                name="session_is_not_overbooked",
                violation_error_message=_("There are no more places."),
            ),
        ]

    def __str__(self) -> str:
        words = {"need": typed(self.need.title), "day": formats.day_of_year(self.held_on)}
        return interpolate(_("Training “%(need)s” on %(day)s"), words)

    def get_absolute_url(self) -> str:
        """The session's page."""
        return reverse("training-session", args=[self.cycle.year, self.pk])

    @property
    def task_words(self) -> dict[str, object]:
        """What the sentence of a task about it is made of."""
        return {"need": typed(self.need.title), "day": formats.day_short(self.held_on, self.cycle.starts_on)}

    @property
    def department_id(self) -> None:
        """A session belongs to the whole organisation."""
        return

    @property
    def due_on(self) -> date:
        """The day it is held."""
        return self.held_on

    @property
    def starts_at(self) -> datetime:
        """The moment it begins."""
        return datetime.combine(self.held_on, self.begins, self.cycle.zone)

    @property
    def free(self) -> int:
        """How many places nobody has yet."""
        return self.places - self.taken

    @property
    def appointment(self) -> Appointment:
        """What stands in the calendars of those who were invited."""
        return Appointment(
            key=f"training-{self.pk}",
            title=str(self.need),
            starts_at=self.starts_at,
            minutes=self.lasts,
            place=self.place,
            url=self.get_absolute_url(),
            sequence=self.version,
        )


class Trainees(models.QuerySet["Trainee"]):
    """Invited people, read as sentences."""

    def visible_to(self, actor: Actor) -> Self:
        """One's own places, those of one's department's people, or all for a role of the whole organisation."""
        if actor.sees_everything:
            return self
        colleagues = Membership.objects.on(actor.on).filter(department_id__in=actor.department_ids)
        return self.filter(Q(person=actor.user) | Q(person__in=colleagues.values("person_id")))

    def unanswered(self) -> Self:
        """Those who were invited to a session to come and have not said whether they come."""
        return self.filter(reply=Trainee.Reply.OPEN, session__state=TrainingSession.State.PLANNED)


class Trainee(models.Model):
    """A person who was invited to a session: whether they come, and whether they came."""

    class Reply(models.TextChoices):
        OPEN = "open", _("No reply yet")
        COMES = "comes", _("Comes")
        STAYS_AWAY = "away", _("Cannot come")

    session = models.ForeignKey(TrainingSession, models.CASCADE, related_name="trainees")
    person = models.ForeignKey(Person, models.PROTECT, related_name="trainings")
    invited_at = models.DateTimeField()
    reply = models.CharField(_("reply"), max_length=10, choices=Reply.choices, default=Reply.OPEN)
    came = models.BooleanField(_("came"), default=False)

    objects = Trainees.as_manager()

    class Meta:
        verbose_name = _("trainee")
        verbose_name_plural = _("trainees")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["session", "person"], name="one_place_per_person_and_session"),
            models.CheckConstraint(condition=Q(reply__in=["open", "comes", "away"]), name="trainee_reply_known"),
        ]

    def __str__(self) -> str:
        return f"{self.session_id} {self.person_id}"


def clock_of(begins: time) -> str:
    """An hour as it is printed: 14:05."""
    return begins.strftime("%H:%M")
