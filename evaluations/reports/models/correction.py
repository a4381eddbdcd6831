"""A count of an accepted report that turned out to be wrong: the report stays, and this stands beside it."""

from datetime import datetime
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q, Sum
from django.urls import reverse
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from evaluations.reports.models.report import ProgressReport
from planning.models import Cycle, Metric, Project
from sop_portal.foundation.kit import formats
from sop_portal.foundation.kit.constraints import not_same, stamped
from sop_portal.foundation.kit.sentences import StrOrPromise, interpolate, typed
from sop_portal.foundation.organisation.models import Department
from sop_portal.foundation.organisation.scope import Scoped
from sop_portal.foundation.workflow.models import Record

Person = settings.AUTH_USER_MODEL
# What a report counts, and where: its project keeps the sums under the same names.
COUNTERS = {Metric.ACTIVITIES: "activities_held", Metric.PARTICIPANTS: "participants_reached"}
LONGEST_GIST = 9


class CountCorrections(Scoped["CountCorrection"]):
    """Corrections of counts, read as sentences."""

    def in_force(self) -> Self:
        """Those that somebody else has confirmed: they count."""
        return self.filter(state=CountCorrection.State.IN_FORCE)

    def change(self) -> int:
        """By how much these corrections change what was counted, together."""
        found: int | None = self.aggregate(change=Sum(F("becomes") - F("was")))["change"]
        return found or 0


class CountCorrection(Record):
    """One count of an accepted report was wrong: what it was, what it becomes, and why. It counts once confirmed."""

    class State(models.TextChoices):
        ASKED = "asked", pgettext_lazy("state", "Asked")
        IN_FORCE = "in_force", _("In force")
        DECLINED = "declined", _("Declined")
        WITHDRAWN = "withdrawn", pgettext_lazy("state", "Withdrawn")

    cycle = models.ForeignKey(Cycle, models.PROTECT, related_name="+")
    department = models.ForeignKey(Department, models.PROTECT, related_name="+")
    project = models.ForeignKey(Project, models.PROTECT, related_name="count_corrections")
    report = models.ForeignKey(ProgressReport, models.PROTECT, related_name="corrections")
    metric = models.CharField(
        _("measure"), max_length=20, choices=[(metric.value, metric.label) for metric in COUNTERS]
    )
    was = models.PositiveIntegerField(_("counted so far"))
    becomes = models.PositiveIntegerField(_("right count"))
    reason = models.TextField(_("why the count is corrected"), max_length=2000)
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    state = models.CharField(_("state"), max_length=20, choices=State.choices, default=State.ASKED)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")

    objects = CountCorrections.as_manager()

    class Meta:
        verbose_name = _("correction of a count")
        verbose_name_plural = _("corrections of counts")
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            stamped(state_field="state", states=["in_force", "declined"], stamp="decided", name="correction_decided"),
            stamped(state_field="state", states=["withdrawn"], stamp="withdrawn", name="correction_withdrawn"),
            models.CheckConstraint(
                condition=Q(decided_at__isnull=True) | Q(withdrawn_at__isnull=True),
                name="correction_decided_or_withdrawn",
            ),
            not_same("asked_by", "decided_by", "correction_decided_by_another"),
            models.CheckConstraint(
                condition=~Q(was=F("becomes")) & ~Q(reason=""), name="correction_changes_something_and_says_why"
            ),
            models.CheckConstraint(condition=Q(metric__in=list(COUNTERS)), name="correction_of_a_known_count"),
            models.UniqueConstraint(
                fields=["report", "metric"], condition=Q(state="asked"), name="one_correction_asked_at_a_time"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["project", "state", "decided_at"], name="corrections_of_a_project"),
            models.Index(fields=["cycle", "department", "state"], name="corrections_by_state"),
        ]

    def __str__(self) -> str:
        words = {
            "measure": self.get_metric_display(),
            "month": formats.month(self.report.period_first),
            "project": typed(self.project),
            "becomes": formats.number(self.becomes),
            "was": formats.number(self.was),
        }
        return interpolate(_("%(measure)s %(month)s, %(project)s: %(becomes)s instead of %(was)s"), words)

    def get_absolute_url(self) -> str:
        """The correction's page."""
        return reverse("count-correction", args=[self.cycle.year, self.pk])

    @property
    def gist(self) -> str:
        """The beginning of why."""
        return typed(Truncator(self.reason.strip().rstrip(".。")).words(LONGEST_GIST))

    @property
    def lead_id(self) -> int | None:
        """The lead of the project."""
        return self.project.lead_id

    @property
    def change(self) -> int:
        """By how much the count changes."""
        return self.becomes - self.was

    @property
    def sentence(self) -> str:
        """ "Activities: 12, corrected to 15 on 3 May 2027 by Ben Carter", or what became of it."""
        words = {
            "measure": self.get_metric_display(),
            "was": formats.number(self.was),
            "becomes": formats.number(self.becomes),
            "day": formats.day_of_year(self.cycle.day(self.asked_at)),
            "person": typed(self.asked_by),
        }
        return interpolate(SENTENCES[self.State(self.state)], words)

    @property
    def outcome(self) -> str:
        """Who confirmed, declined or withdrew it, and when; empty while nobody has."""
        is_withdrawn = self.state == self.State.WITHDRAWN
        at, by = (self.withdrawn_at, self.withdrawn_by) if is_withdrawn else (self.decided_at, self.decided_by)
        if at is None or self.state not in OUTCOMES:
            return ""
        words = {"person": typed(by), "day": formats.day_of_year(self.cycle.day(at))}
        return interpolate(OUTCOMES[self.state], words)

    def counts(self, known_at: datetime | None = None) -> bool:
        """Whether it is in force, or was at a moment."""
        if self.state != self.State.IN_FORCE:
            return False
        return known_at is None or (self.decided_at is not None and self.decided_at <= known_at)


STAYS = _("%(measure)s: %(was)s stays; %(person)s asked on %(day)s to correct it to %(becomes)s")
SENTENCES = {
    CountCorrection.State.ASKED: _(
        "%(measure)s: %(was)s, to be corrected to %(becomes)s; asked for on %(day)s by %(person)s"
    ),
    CountCorrection.State.IN_FORCE: _("%(measure)s: %(was)s, corrected to %(becomes)s on %(day)s by %(person)s"),
    CountCorrection.State.DECLINED: STAYS,
    CountCorrection.State.WITHDRAWN: STAYS,
}
OUTCOMES: dict[str, StrOrPromise] = {
    CountCorrection.State.IN_FORCE: _("confirmed by %(person)s on %(day)s"),
    CountCorrection.State.DECLINED: _("declined by %(person)s on %(day)s"),
    CountCorrection.State.WITHDRAWN: _("withdrawn by %(person)s on %(day)s"),
}
