"""Monthly progress reports, and issues that come up on the way."""

from datetime import date, datetime
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from planning.models import Cycle, Metric, Project
from sop_portal.foundation.kit import formats
from sop_portal.foundation.kit.constraints import moved_later, not_same, stamped
from sop_portal.foundation.kit.money import MoneyField
from sop_portal.foundation.kit.sentences import interpolate, typed
from sop_portal.foundation.organisation.models import Department
from sop_portal.foundation.organisation.scope import Scoped
from sop_portal.foundation.workflow.models import Record

Person = settings.AUTH_USER_MODEL


# A project that has stopped owes no reports: for good, or until it is resumed.
STOPPED = (Project.State.ON_HOLD, Project.State.CANCELLED)
UNSENT = ("draft", "returned")


class Reports(Scoped["ProgressReport"]):
    """Progress reports, read as sentences."""

    def still_owed(self) -> Self:
        """The reports without those that cancelled projects owe no more."""
        return self.exclude(project__state=Project.State.CANCELLED)

    def owed(self) -> Self:
        """The reports without those that nobody owes any more: unsent ones of a project on hold or cancelled.

        What was handed in before is decided on all the same.
        """
        return self.exclude(project__state__in=STOPPED, state__in=UNSENT)

    def begun(self, on: date) -> Self:
        """The reports whose period has ended, so that they can be written; a stopped project owes none."""
        return self.filter(period_last__lt=on).owed()


class ProgressReport(Record):
    """What a project did in one period; the figures are prefilled and frozen as of the period's end."""

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        SUBMITTED = "submitted", _("Submitted")
        RETURNED = "returned", _("Sent back")
        ACCEPTED = "accepted", _("Accepted")

    cycle = models.ForeignKey(Cycle, models.PROTECT, related_name="progress_reports")
    department = models.ForeignKey(Department, models.PROTECT, related_name="+")
    project = models.ForeignKey(Project, models.PROTECT, related_name="progress_reports")
    period_first = models.DateField(_("period from"))
    period_last = models.DateField(_("period to"))
    due = models.DateField(_("due"))
    moved_from = models.DateField(_("moved from"), null=True, blank=True)
    state = models.CharField(_("state"), max_length=20, choices=State.choices, default=State.DRAFT)
    is_late = models.BooleanField(_("late"), default=False)
    activities_held = models.PositiveIntegerField(_("activities held in the period"), null=True, blank=True)
    participants_reached = models.PositiveIntegerField(_("participants reached in the period"), null=True, blank=True)
    activities_before = models.PositiveIntegerField(_("activities held before"), null=True, blank=True)
    participants_before = models.PositiveIntegerField(_("participants reached before"), null=True, blank=True)
    spent = MoneyField(_("spent in the period"), null=True, blank=True)
    spent_earlier = MoneyField(_("booked since for months already reported"), null=True, blank=True)
    spent_total = MoneyField(_("spent so far"), null=True, blank=True)
    budgeted = MoneyField(_("budgeted"), null=True, blank=True)
    frozen_at = models.DateTimeField(_("figures as of"), null=True, blank=True)
    problems = models.TextField(_("problems"), max_length=2000, blank=True)
    outlook = models.TextField(_("what comes next"), max_length=2000, blank=True)
    explanation = models.TextField(_("explanation of the warnings"), max_length=2000, blank=True)
    submitted_at = models.DateTimeField(null=True, blank=True)
    submitted_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    accepted_at = models.DateTimeField(null=True, blank=True)
    accepted_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")

    objects = Reports.as_manager()

    class Meta:
        verbose_name = _("progress report")
        verbose_name_plural = _("progress reports")
        constraints: ClassVar = [
            moved_later("due", "report_moved_later"),
            models.UniqueConstraint(fields=["project", "period_first"], name="one_report_per_period"),
            models.CheckConstraint(
                condition=Q(period_first__lte=F("period_last"), period_last__lt=F("due")), name="report_dates_in_order"
            ),
            stamped(state_field="state", states=["submitted", "accepted"], stamp="submitted", name="report_submitted"),
            stamped(state_field="state", states=["accepted"], stamp="accepted", name="report_accepted"),
            not_same("submitted_by", "accepted_by", "report_accepted_by_another"),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "returned"])
                | Q(activities_held__isnull=False, participants_reached__isnull=False, frozen_at__isnull=False),
                name="submitted_report_has_figures",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["cycle", "state", "due"], name="reports_by_due"),
            models.Index(fields=["cycle", "due", "id"], name="reports_newest_first"),
            models.Index(fields=["cycle", "department", "due", "id"], name="department_reports_by_due"),
            # What is owed or waits is a small part of all there are, and is counted on many pages.
            models.Index(
                fields=["cycle", "department", "state", "due", "period_last"],
                condition=Q(state__in=["draft", "returned", "submitted"]),
                name="reports_still_open",
            ),
        ]

    def __str__(self) -> str:
        month = formats.month(self.period_first)
        return interpolate(_("Report %(month)s, %(project)s"), {"month": month, "project": self.project})

    def get_absolute_url(self) -> str:
        """The report's page."""
        where = [self.cycle.year, self.department.slug, self.project.slug, self.period_first.strftime("%Y-%m")]
        return reverse("report", args=where)

    @property
    def task_words(self) -> dict[str, object]:
        """What the sentence of a task about it is made of."""
        return {"month": formats.month_name(self.period_first), "project": typed(self.project)}

    @property
    def gist(self) -> str:
        """What the period reached, once it is reported."""
        if self.activities_held is None or self.participants_reached is None:
            return ""
        words = {
            "activities": formats.number(self.counted("activities")),
            "participants": formats.number(self.counted("participants")),
        }
        return _("%(activities)s activities, %(participants)s participants") % words

    def counted(self, metric: str, known_at: datetime | None = None) -> int | None:
        """What counts in one measure: as it was accepted, with the corrections in force, now or at a moment."""
        reported = self.activities_held if metric == Metric.ACTIVITIES else self.participants_reached
        if reported is None or self.state != self.State.ACCEPTED:
            return reported
        own = (correction for correction in self.corrections.all() if correction.metric == metric)
        return reported + sum(correction.change for correction in own if correction.counts(known_at))

    @property
    def lead_id(self) -> int | None:
        """The lead of the project."""
        return self.project.lead_id

    @property
    def is_owed(self) -> bool:
        """Whether somebody still has to hand it in."""
        return self.state in UNSENT and self.project.state not in STOPPED

    @property
    def due_on(self) -> date:
        """Ten days after the period's end."""
        return self.due


class Issue(Record):
    """A problem that somebody has to solve; may be raised to the next review meeting."""

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        RESOLVED = "resolved", _("Resolved")
        VERIFIED = "verified", _("Verified")

    cycle = models.ForeignKey(Cycle, models.PROTECT, related_name="issues")
    department = models.ForeignKey(Department, models.PROTECT, related_name="+")
    project = models.ForeignKey(Project, models.PROTECT, related_name="issues")
    title = models.CharField(_("title"), max_length=120)
    text = models.TextField(_("what is the matter"), max_length=2000)
    solution = models.TextField(_("how it was solved"), max_length=2000, blank=True)
    is_raised = models.BooleanField(_("for the next review meeting"), default=False)
    state = models.CharField(_("state"), max_length=20, choices=State.choices, default=State.OPEN)
    resolved_at = models.DateTimeField(null=True, blank=True)
    resolved_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    verified_at = models.DateTimeField(null=True, blank=True)
    verified_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")

    objects = Scoped["Issue"].as_manager()

    class Meta:
        verbose_name = _("issue")
        verbose_name_plural = _("issues")
        constraints: ClassVar = [
            stamped(state_field="state", states=["resolved", "verified"], stamp="resolved", name="issue_resolved"),
            stamped(state_field="state", states=["verified"], stamp="verified", name="issue_verified"),
            not_same("resolved_by", "verified_by", "issue_verified_by_another"),
            models.CheckConstraint(condition=~Q(title=""), name="issue_has_a_title"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["cycle", "id"], name="issues_by_number"),
            models.Index(fields=["cycle", "department", "id"], name="department_issues_by_number"),
        ]

    def __str__(self) -> str:
        return typed(self.title)

    @property
    def is_for_meeting(self) -> bool:
        """Whether the next review meeting talks of it: it was raised to one, and is open."""
        return self.is_raised and self.state == self.State.OPEN

    @property
    def gist(self) -> str:
        """The project, and the beginning of what is the matter; how it was solved, once it was."""
        return formats.under(
            typed(self.project), typed(Truncator((self.solution or self.text).strip().rstrip(".。")).words(9))
        )

    def get_absolute_url(self) -> str:
        """The issue's page."""
        return reverse("issue", args=[self.cycle.year, self.pk])

    @property
    def lead_id(self) -> int | None:
        """The lead of the project."""
        return self.project.lead_id
