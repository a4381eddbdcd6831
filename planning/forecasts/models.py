"""Stage 1: what every department forecasts, and the unified demand report made of it."""

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
from planning.cycles.queries import due_for
from planning.projects.models import Metric, Project
from sop_portal.foundation.kit.constraints import not_same, stamped
from sop_portal.foundation.kit.money import MoneyField
from sop_portal.foundation.kit.sentences import interpolate
from sop_portal.foundation.organisation.models import Department
from sop_portal.foundation.organisation.scope import Scoped, Shared
from sop_portal.foundation.workflow.models import Record

Person = settings.AUTH_USER_MODEL


class Summed(models.Model):
    """The five figures of many projects together; where nothing is known there is no sum, not a nought."""

    activities = models.DecimalField(max_digits=18, decimal_places=2, null=True, editable=False)
    participants = models.DecimalField(max_digits=18, decimal_places=2, null=True, editable=False)
    people = models.DecimalField(max_digits=18, decimal_places=2, null=True, editable=False)
    materials = MoneyField(max_digits=18, null=True, editable=False)
    money = MoneyField(max_digits=18, null=True, editable=False)

    class Meta:
        abstract = True

    @property
    def sums(self) -> dict[str, Decimal | None]:
        """The five by metric."""
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
    def due_on(self) -> date | None:
        """The due day of the window, or the later one of the department's extension."""
        return due_for(self.cycle, Stage.FORECAST, self.department_id)


class ForecastLines(Scoped["ForecastLine"]):
    """Lines, seen through their forecast."""

    department_path = "forecast__department_id"


class ForecastLine(models.Model):
    """One project in a forecast, or the word that it is not planned this year."""

    forecast = models.ForeignKey(Forecast, models.CASCADE, related_name="lines")
    project = models.OneToOneField(Project, models.PROTECT, related_name="forecast_line")
    is_planned = models.BooleanField(_("planned this year"), default=True)
    why_not = models.TextField(_("why not this year"), max_length=2000, blank=True)

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


class ForecastFigure(models.Model):
    """One metric of one line: the proposal, the override a person typed, and the figure that counts."""

    class Source(models.TextChoices):
        HISTORY = "history", _("History")
        TREND = "trend", _("Market trend")
        FEEDBACK = "feedback", pgettext_lazy("source", "Feedback")

    line = models.ForeignKey(ForecastLine, models.CASCADE, related_name="figures")
    metric = models.CharField(_("measure"), max_length=20, choices=Metric.choices)
    proposal = models.DecimalField(_("proposal"), max_digits=15, decimal_places=2, null=True, blank=True)
    override = models.DecimalField(_("override"), max_digits=15, decimal_places=2, null=True, blank=True)
    figure = models.GeneratedField(
        expression=Coalesce(F("override"), F("proposal")),
        output_field=models.DecimalField(max_digits=15, decimal_places=2, null=True),
        db_persist=True,
    )
    source = models.CharField(_("source"), max_length=20, choices=Source.choices, blank=True)
    reason = models.TextField(_("reason"), max_length=2000, blank=True)

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
        ]

    def __str__(self) -> str:
        return f"{self.line_id} {self.metric}"


class DemandReport(Record):
    """All accepted forecasts of a cycle as one numbered, frozen report; missing departments stand in it as gaps."""

    class State(models.TextChoices):
        COMPILING = "compiling", _("Being compiled")
        PUBLISHED = "published", _("Published")

    cycle = models.ForeignKey(Cycle, models.PROTECT, related_name="demand_reports")
    number = models.PositiveSmallIntegerField(_("version"))
    reason = models.TextField(_("reason of the revision"), max_length=2000, blank=True)
    state = models.CharField(_("state"), max_length=20, choices=State.choices, default=State.COMPILING)
    published_at = models.DateTimeField(null=True, blank=True)
    published_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")

    objects = Shared["DemandReport"].as_manager()

    class Meta:
        verbose_name = _("unified demand report")
        verbose_name_plural = _("unified demand reports")
        ordering: ClassVar = ["-number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["cycle", "number"], name="one_report_per_number"),
            models.UniqueConstraint(
                fields=["cycle"], condition=Q(state="compiling"), name="one_report_compiled_at_a_time"
            ),
            stamped(state_field="state", states=["published"], stamp="published", name="demand_report_published"),
            models.CheckConstraint(condition=Q(number=1) | ~Q(reason=""), name="report_revision_has_a_reason"),
        ]

    def __str__(self) -> str:
        return _("Demand report %(year)s, version %(number)s") % {"year": self.cycle.year, "number": self.number}

    def get_absolute_url(self) -> str:
        """The report's page."""
        return reverse("demand-report", args=[self.cycle.year, self.number])

    @property
    def department_id(self) -> None:
        """The report belongs to the whole organisation."""
        return


class ReportLine(models.Model):
    """One project as it stood when the report was published; never changed afterwards."""

    report = models.ForeignKey(DemandReport, models.CASCADE, related_name="lines")
    department = models.ForeignKey(Department, models.PROTECT, related_name="+")
    line = models.ForeignKey(ForecastLine, models.PROTECT, related_name="+")
    name = models.CharField(max_length=120)
    activities = models.DecimalField(max_digits=15, decimal_places=2, null=True)
    participants = models.DecimalField(max_digits=15, decimal_places=2, null=True)
    people = models.DecimalField(max_digits=15, decimal_places=2, null=True)
    materials = MoneyField(null=True)
    money = MoneyField(null=True)

    objects = Scoped["ReportLine"].as_manager()

    class Meta:
        verbose_name = _("line of the demand report")
        constraints: ClassVar = [models.UniqueConstraint(fields=["report", "line"], name="one_report_line_per_line")]

    def __str__(self) -> str:
        return self.name


class ReportSum(Summed):
    """What a department comes to in a report, and what it did the year before; as it stood when it was published."""

    report = models.ForeignKey(DemandReport, models.CASCADE, related_name="sums")
    department = models.ForeignKey(Department, models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField(_("year"))

    objects = Scoped["ReportSum"].as_manager()

    class Meta:
        verbose_name = _("sum of the demand report")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["report", "year", "department"], name="one_report_sum_per_year")
        ]

    def __str__(self) -> str:
        return f"{self.department} {self.year}"


class ReportNeed(models.Model):
    """A project that several departments plan, as it stood when the report was published."""

    report = models.ForeignKey(DemandReport, models.CASCADE, related_name="needs")
    name = models.CharField(max_length=120)
    departments = models.JSONField(default=list)

    class Meta:
        verbose_name = _("shared need of the demand report")
        constraints: ClassVar = [models.CheckConstraint(condition=~Q(name=""), name="shared_need_has_a_name")]

    def __str__(self) -> str:
        return self.name


class ReportGap(models.Model):
    """A department without an accepted forecast: left out, not counted as zero."""

    report = models.ForeignKey(DemandReport, models.CASCADE, related_name="gaps")
    department = models.ForeignKey(Department, models.PROTECT, related_name="+")
    state = models.CharField(max_length=20, choices=Forecast.State.choices)

    objects = Scoped["ReportGap"].as_manager()

    class Meta:
        verbose_name = _("gap of the demand report")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["report", "department"], name="one_gap_per_department")
        ]

    def __str__(self) -> str:
        return str(self.department)
