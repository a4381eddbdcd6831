"""What every department forecasts: a forecast, a line per project, a figure per metric."""

from datetime import date
from decimal import Decimal
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from planning.cycles.models import Cycle, Stage
from planning.cycles.queries import due_for, moved_from_for
from planning.projects.models import Metric, Project
from sop_portal.foundation.kit.constraints import not_same, stamped
from sop_portal.foundation.kit.money import MoneyField
from sop_portal.foundation.kit.sentences import interpolate
from sop_portal.foundation.organisation.models import Department
from sop_portal.foundation.organisation.scope import Scoped
from sop_portal.foundation.workflow.models import Record

Person = settings.AUTH_USER_MODEL


class Summed(models.Model):
    """The five figures of many projects together; where nothing is known there is no sum, not a zero."""

    activities = models.DecimalField(max_digits=18, decimal_places=2, null=True, editable=False)
    participants = models.DecimalField(max_digits=18, decimal_places=2, null=True, editable=False)
    people = models.DecimalField(max_digits=18, decimal_places=2, null=True, editable=False)
    materials = MoneyField(max_digits=18, null=True, editable=False)
    money = MoneyField(max_digits=18, null=True, editable=False)

    class Meta:
        abstract = True

    @property
    def sums(self) -> dict[str, Decimal | None]:
        """The five totals by metric."""
        return {metric: getattr(self, metric) for metric in Metric.values}


class Forecast(Summed, Record):
    """What one department will need in one cycle, with a line per project.

    What its planned projects come to is kept here, by the same transaction that changes a figure: whoever writes in
    a forecast holds its row already.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        SUBMITTED = "submitted", _("Submitted")
        RETURNED = "returned", _("Sent back")
        ACCEPTED = "accepted", _("Accepted")
        WAIVED = "waived", _("Waived")

    cycle = models.ForeignKey(Cycle, models.PROTECT, related_name="forecasts")
    department = models.ForeignKey(Department, models.PROTECT, related_name="forecasts")
    state = models.CharField(_("state"), max_length=20, choices=State.choices, default=State.DRAFT)
    is_late = models.BooleanField(_("late"), default=False)
    submitted_at = models.DateTimeField(null=True, blank=True)
    submitted_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    accepted_at = models.DateTimeField(null=True, blank=True)
    accepted_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    waived_at = models.DateTimeField(null=True, blank=True)
    waived_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")

    objects = Scoped["Forecast"].as_manager()

    class Meta:
        verbose_name = _("demand forecast")
        verbose_name_plural = _("demand forecasts")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["cycle", "department"], name="one_forecast_per_department"),
            stamped(
                state_field="state", states=["submitted", "accepted"], stamp="submitted", name="forecast_submitted"
            ),
            stamped(state_field="state", states=["accepted"], stamp="accepted", name="forecast_accepted"),
            stamped(state_field="state", states=["waived"], stamp="waived", name="forecast_waived"),
            not_same("submitted_by", "accepted_by", "forecast_accepted_by_another"),
        ]

    def __str__(self) -> str:
        return interpolate(
            _("Forecast %(year)s, %(department)s"), {"year": self.cycle.year, "department": self.department}
        )

    def get_absolute_url(self) -> str:
        """The forecast's page."""
        return reverse("forecast", args=[self.cycle.year, self.department.slug])

    @property
    def task_words(self) -> dict[str, object]:
        """What the sentence of a task about it is made of."""
        return {"year": self.cycle.year, "department": self.department}

    @property
    def due_on(self) -> date | None:
        """The due day of the window, or the later one of the department's extension."""
        return due_for(self.cycle, Stage.FORECAST, self.department_id)

    @property
    def due_moved_from(self) -> date | None:
        """The day off from which the window, or the extension that counts, was moved."""
        return moved_from_for(self.cycle, Stage.FORECAST, self.department_id)


class ForecastLines(Scoped["ForecastLine"]):
    """Lines, seen through their forecast."""

    department_path = "forecast__department_id"


class ForecastLine(models.Model):
    """One project in a forecast, or the word that it is not planned this year."""

    forecast = models.ForeignKey(Forecast, models.CASCADE, related_name="lines")
    project = models.OneToOneField(Project, models.PROTECT, related_name="forecast_line")
    is_planned = models.BooleanField(_("planned this year"), default=True)
    why_not = models.TextField(_("why not this year"), max_length=2000, blank=True)
    # When somebody of the department first saved its figures: what the portal filled in nobody has read yet.
    looked_at = models.DateTimeField(null=True, blank=True, editable=False)
    looked_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+", editable=False)

    objects = ForecastLines.as_manager()

    class Meta:
        verbose_name = _("forecast line")
        verbose_name_plural = _("forecast lines")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(is_planned=True) | ~Q(why_not=""),
                name="forecast_line_left_out_with_reason",
                violation_error_message=_("Say why the project is not planned this year."),
            )
        ]

    def __str__(self) -> str:
        return str(self.project)

    @property
    def department_id(self) -> int:
        """The department that forecasts."""
        return self.forecast.department_id

    @property
    def lead_id(self) -> int | None:
        """The lead of the project."""
        return self.project.lead_id


class ForecastFigures(Scoped["ForecastFigure"]):
    """Figures, seen through their forecast."""

    department_path = "line__forecast__department_id"


class ForecastFigure(models.Model):
    """One metric of one line: the proposal, the override a person typed, and the figure that counts.

    The proposal follows the history as long as the forecast can be changed, and is kept with what it was derived
    from: the last year known, and how far it may miss. Once the forecast is handed in it stays as it was seen; what
    the history would propose now stands beside it from the moment on that both differ.
    """

    class Source(models.TextChoices):
        HISTORY = "history", _("History")
        TREND = "trend", _("Market trend")
        FEEDBACK = "feedback", pgettext_lazy("source", "Feedback")

    line = models.ForeignKey(ForecastLine, models.CASCADE, related_name="figures")
    metric = models.CharField(_("measure"), max_length=20, choices=Metric.choices)
    proposal = models.DecimalField(_("proposal"), max_digits=15, decimal_places=2, null=True, blank=True)
    proposal_year = models.PositiveSmallIntegerField(_("the proposal rests on"), null=True, editable=False)
    low = models.DecimalField(max_digits=15, decimal_places=2, null=True, editable=False)
    high = models.DecimalField(max_digits=15, decimal_places=2, null=True, editable=False)
    proposal_now = models.DecimalField(max_digits=15, decimal_places=2, null=True, editable=False)
    outdated_at = models.DateTimeField(null=True, editable=False)
    override = models.DecimalField(_("override"), max_digits=15, decimal_places=2, null=True, blank=True)
    figure = models.GeneratedField(
        expression=Coalesce(F("override"), F("proposal")),
        output_field=models.DecimalField(max_digits=15, decimal_places=2, null=True),
        db_persist=True,
    )
    source = models.CharField(_("source"), max_length=20, choices=Source.choices, blank=True)
    reason = models.TextField(_("reason"), max_length=2000, blank=True)

    objects = ForecastFigures.as_manager()

    class Meta:
        verbose_name = _("forecast figure")
        verbose_name_plural = _("forecast figures")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["line", "metric"], name="one_figure_per_line_and_metric"),
            models.CheckConstraint(condition=Q(metric__in=Metric.values), name="forecast_metric_known"),
            models.CheckConstraint(
                condition=(Q(override__isnull=True) | Q(override__gte=0))
                & (Q(proposal__isnull=True) | Q(proposal__gte=0)),
                name="forecast_figures_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(low__isnull=True, high__isnull=True) | Q(low__lte=F("proposal"), high__gte=F("proposal")),
                name="forecast_proposal_within_its_band",
            ),
            models.CheckConstraint(
                condition=Q(proposal__isnull=True, proposal_year__isnull=True)
                | Q(proposal__isnull=False, proposal_year__isnull=False),
                name="forecast_proposal_names_its_year",
            ),
            models.CheckConstraint(
                condition=Q(outdated_at__isnull=False) | Q(proposal_now__isnull=True),
                name="forecast_proposal_now_since_when",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.line_id} {self.metric}"

    @property
    def span(self) -> tuple[Decimal, Decimal] | None:
        """Between which figures the proposal is expected to come true; nothing where too few years are known."""
        return None if self.low is None or self.high is None else (self.low, self.high)
