"""The ledger of reminders, the schedule of a year, and the private calendar of a person."""

from typing import ClassVar

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from planning.models import Cycle
from sop_portal.foundation.workflow.seals import keep_rows
from sop_portal.reminders.schedule import USUAL_PLAN, Plan

Person = settings.AUTH_USER_MODEL
SCHEDULE = "schedule"


def usual_before() -> list[int]:
    """Days before the due day, unless the administrator changes them."""
    return list(USUAL_PLAN.before)


def usual_late() -> list[int]:
    """Days after the due day, unless the administrator changes them."""
    return list(USUAL_PLAN.late)


def usual_decisions() -> list[int]:
    """Days a decision waits, unless the administrator changes them."""
    return list(USUAL_PLAN.decisions)


class ReminderSchedule(models.Model):
    """When a year reminds. A year without a row of its own follows the usual schedule."""

    cycle = models.OneToOneField(Cycle, models.CASCADE, related_name="reminder_schedule")
    opens = models.BooleanField(_("when a window opens"), default=True)
    before = models.JSONField(_("days before the due day"), default=usual_before)
    late = models.JSONField(_("days late"), default=usual_late)
    late_every = models.PositiveSmallIntegerField(
        _("afterwards every so many days"), default=USUAL_PLAN.late_every, validators=[MaxValueValidator(60)]
    )
    decisions = models.JSONField(_("days a decision waits"), default=usual_decisions)

    class Meta:
        verbose_name = _("reminder schedule")
        verbose_name_plural = _("reminder schedules")
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(late_every__lte=60), name="late_every_so_many_days_is_sensible")
        ]

    def __str__(self) -> str:
        return str(self.cycle)

    @property
    def plan(self) -> Plan:
        """The schedule as plain figures."""
        return Plan(self.opens, tuple(self.before), tuple(self.late), self.late_every, tuple(self.decisions))


keep_rows(SCHEDULE, ReminderSchedule)


class Reminder(models.Model):
    """One row of the ledger: a person was told of a deadline at one of its moments, or it had passed unseen.

    The row is unique in the database, so however many sweeps run, it comes once. A skipped row belongs to a moment
    that a later one overtook before anybody was told; it never comes.
    """

    deadline = models.CharField(_("deadline"), max_length=80)
    occurrence = models.CharField(_("moment"), max_length=40)
    person = models.ForeignKey(Person, models.CASCADE, related_name="reminders", verbose_name=_("person"))
    at = models.DateTimeField(_("due to be told"))
    made_at = models.DateTimeField(_("told"))
    is_skipped = models.BooleanField(_("overtaken"), default=False)
    sweep = models.UUIDField()

    class Meta:
        verbose_name = _("reminder")
        verbose_name_plural = _("reminders")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["deadline", "occurrence", "person"], name="one_reminder_per_occurrence"),
        ]

    def __str__(self) -> str:
        return f"{self.deadline} {self.occurrence} {self.person_id}"


class LastSweep(models.Model):
    """When somebody last looked for what is due: one row, or none yet. A sweep that finds nothing leaves this alone."""

    at = models.DateTimeField(_("when"))

    class Meta:
        verbose_name = _("last sweep")
        constraints: ClassVar = [models.CheckConstraint(condition=Q(pk=1), name="one_last_sweep")]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M}"


class CalendarFeed(models.Model):
    """The secret address under which a person's calendar program reads their deadlines and meetings."""

    person = models.OneToOneField(Person, models.CASCADE, related_name="calendar_feed")
    key = models.CharField(max_length=64, unique=True)
    renewed_at = models.DateTimeField(_("renewed"))

    class Meta:
        verbose_name = _("calendar feed")
        verbose_name_plural = _("calendar feeds")

    def __str__(self) -> str:
        return str(self.person_id)
