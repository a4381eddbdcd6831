"""The unified demand report of a year: what stands in it, and what is missing."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from planning.cycles.models import Cycle
from planning.forecasts.models.forecast import Forecast, ForecastLine, Summed
from sop_portal.foundation.kit.constraints import stamped
from sop_portal.foundation.kit.money import MoneyField
from sop_portal.foundation.organisation.models import Department
from sop_portal.foundation.organisation.scope import Shared
from sop_portal.foundation.workflow.models import Record

Person = settings.AUTH_USER_MODEL


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
    def task_words(self) -> dict[str, object]:
        """What the sentence of a task about it is made of."""
        return {"year": self.cycle.year, "number": self.number}

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

    # It exists once its report is published: then it is for everybody who holds a role.
    objects = Shared["ReportLine"].as_manager()

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

    # It exists once its report is published: then it is for everybody who holds a role.
    objects = Shared["ReportSum"].as_manager()

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

    # It exists once its report is published: then it is for everybody who holds a role.
    objects = Shared["ReportGap"].as_manager()

    class Meta:
        verbose_name = _("gap of the demand report")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["report", "department"], name="one_gap_per_department")
        ]

    def __str__(self) -> str:
        return str(self.department)
