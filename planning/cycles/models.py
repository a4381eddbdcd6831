"""The planning cycle: one year, its windows, and who got more time."""

from datetime import date, datetime
from typing import ClassVar
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from sop_portal.foundation.kit.constraints import moved_later, stamped
from sop_portal.foundation.kit.money import MoneyField
from sop_portal.foundation.organisation.models import Department
from sop_portal.foundation.organisation.scope import Scoped, Shared
from sop_portal.foundation.workflow.models import Record


class Stage(models.TextChoices):
    """The five stages of the year, in order."""

    FORECAST = "forecast", _("Demand forecast")
    REQUEST = "request", _("Resource planning")
    BUDGET = "budget", _("Budget")
    EXECUTION = "execution", _("Execution")
    EVALUATION = "evaluation", _("Performance evaluation")


# Where a department does its work of a stage, by the name of the address.
DEPARTMENT_PAGES: dict[str, str] = {Stage.FORECAST: "forecast", Stage.REQUEST: "request"}


class Cycle(Record):
    """One planning year: what is planned, when, in which currency and time zone."""

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        PUBLISHED = "published", _("Published")
        CLOSED = "closed", _("Closed")

    year = models.PositiveSmallIntegerField(_("plan year"), unique=True)
    starts_on = models.DateField(_("execution starts"))
    ends_on = models.DateField(_("execution ends"))
    currency = models.CharField(_("currency"), max_length=3, default="USD")
    time_zone = models.CharField(_("time zone"), max_length=60, default=settings.TIME_ZONE)
    state = models.CharField(_("state"), max_length=20, choices=State.choices, default=State.DRAFT)
    second_approval_above = MoneyField(_("a second manager approves above"), null=True, blank=True)
    small_transfer_limit = MoneyField(_("finance may put transfers in force up to"), default=0)
    receipt_needed_above = MoneyField(_("an expense needs a receipt above"), null=True, blank=True)
    moves_to_working_day = models.BooleanField(_("deadlines on a day off move to the next working day"), default=False)
    deviation_to_explain = models.PositiveSmallIntegerField(_("deviation to be explained, in percent"), default=20)
    # Its plan was approved elsewhere and is brought in: nobody forecasts or asks for anything in this year.
    is_plan_outside = models.BooleanField(_("plan approved outside the portal"), default=False)
    published_at = models.DateTimeField(null=True, blank=True)
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    objects = Shared["Cycle"].as_manager()

    class Meta:
        verbose_name = _("planning cycle")
        verbose_name_plural = _("planning cycles")
        ordering: ClassVar = ["-year"]
        constraints: ClassVar = [
            stamped(state_field="state", states=["published", "closed"], stamp="published", name="cycle_published"),
            stamped(state_field="state", states=["closed"], stamp="closed", name="cycle_closed"),
            models.CheckConstraint(condition=Q(ends_on__gt=F("starts_on")), name="cycle_ends_after_it_starts"),
            models.CheckConstraint(condition=Q(year__gte=1990, year__lte=2200), name="cycle_year_makes_sense"),
        ]

    def __str__(self) -> str:
        return str(self.year)

    def get_absolute_url(self) -> str:
        """The year's page: timeline and matrix."""
        return reverse("cycle", args=[self.year])

    @property
    def department_id(self) -> None:
        """A cycle belongs to the whole organisation."""
        return

    @property
    def cycle_id(self) -> int:
        """A cycle is its own year."""
        return self.pk

    @property
    def is_draft(self) -> bool:
        """Whether the year is still being set up, so that nobody works in it yet."""
        return self.state == self.State.DRAFT

    @property
    def is_closed(self) -> bool:
        """Whether nothing of the year changes any more, but what lives on."""
        return self.state == self.State.CLOSED

    @property
    def zone(self) -> ZoneInfo:
        """The time zone in which its deadlines end."""
        return ZoneInfo(self.time_zone)

    def day(self, at: datetime) -> date:
        """The civil day of a moment in the cycle's time zone."""
        return at.astimezone(self.zone).date()

    def stage_url(self, stage: str, department: Department | None) -> str:
        """The page of a department's work in a stage; where there is none, the year's page."""
        if department is None or stage not in DEPARTMENT_PAGES:
            return self.get_absolute_url()
        return reverse(DEPARTMENT_PAGES[stage], args=[self.year, department.slug])


class StageWindow(models.Model):
    """When a stage opens, is due, and stops accepting late work.

    The first due day is kept, so that what is done is late by the day first set, however often the window moves.
    """

    cycle = models.ForeignKey(Cycle, models.CASCADE, related_name="windows")
    stage = models.CharField(_("stage"), max_length=20, choices=Stage.choices)
    opens_on = models.DateField(_("opens"))
    due_on = models.DateField(_("due"))
    grace_until = models.DateField(_("late work accepted until"))
    first_due_on = models.DateField(_("first due"))
    moved_from = models.DateField(_("moved from"), null=True, blank=True)

    class Meta:
        verbose_name = _("submission window")
        verbose_name_plural = _("submission windows")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["cycle", "stage"], name="one_window_per_stage_and_cycle"),
            models.CheckConstraint(
                condition=Q(opens_on__lte=F("due_on"), due_on__lte=F("grace_until")),
                name="window_dates_in_order",
                violation_error_message=_("A window opens, is due and ends in this order."),
            ),
            moved_later("due_on", "window_moved_later"),
        ]

    def __str__(self) -> str:
        return f"{self.cycle_id} {self.stage}"


class Extension(models.Model):
    """More time for one department in one stage: until when, why, and who granted it. Everybody can see it."""

    cycle = models.ForeignKey(Cycle, models.CASCADE, related_name="extensions")
    stage = models.CharField(_("stage"), max_length=20, choices=Stage.choices)
    department = models.ForeignKey(Department, models.PROTECT, related_name="extensions")
    until_on = models.DateField(_("until"))
    moved_from = models.DateField(_("moved from"), null=True, blank=True)
    reason = models.TextField(_("reason"), max_length=2000)
    granted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    granted_at = models.DateTimeField()

    objects = Scoped["Extension"].as_manager()

    class Meta:
        verbose_name = _("extension")
        verbose_name_plural = _("extensions")
        ordering: ClassVar = ["-until_on"]
        constraints: ClassVar = [
            moved_later("until_on", "extension_moved_later"),
            models.CheckConstraint(condition=~Q(reason=""), name="extension_has_a_reason"),
            models.CheckConstraint(condition=Q(stage__in=Stage.values), name="extension_stage_known"),
        ]

    def __str__(self) -> str:
        return f"{self.department_id} {self.stage} {self.until_on}"
