"""What departments ask for, line by line, and what was granted."""

from datetime import date
from decimal import Decimal
from functools import cache
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, override, pgettext_lazy

from planning.cycles.models import Cycle, Stage
from planning.cycles.queries import due_for, moved_from_for
from planning.forecasts.models import ForecastLine
from planning.projects.models import Metric, Project
from planning.requests.models.pool import Pool
from sop_portal.foundation.kit.constraints import moved_later, not_same, stamped
from sop_portal.foundation.kit.formats import money
from sop_portal.foundation.kit.money import MoneyField
from sop_portal.foundation.kit.sentences import interpolate, typed
from sop_portal.foundation.organisation.models import Department
from sop_portal.foundation.organisation.scope import Scoped
from sop_portal.foundation.workflow.models import Record

Person = settings.AUTH_USER_MODEL
# What rounding to the cent may leave between a cost and its quantity at the unit cost.
ROUNDED = Decimal("0.006")


class ResourceRequest(Record):
    """What one department asks for in one cycle, line by line.

    How many lines it has and what they come to is kept here: whoever writes or decides a line holds this row already.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        SUBMITTED = "submitted", _("Submitted")
        RETURNED = "returned", _("Sent back")
        ALLOCATED = "allocated", _("Allocated")
        WAIVED = "waived", _("Waived")

    cycle = models.ForeignKey(Cycle, models.PROTECT, related_name="requests")
    department = models.ForeignKey(Department, models.PROTECT, related_name="requests")
    state = models.CharField(_("state"), max_length=20, choices=State.choices, default=State.DRAFT)
    due = models.DateField(_("due"))
    moved_from = models.DateField(_("moved from"), null=True, blank=True)
    is_late = models.BooleanField(_("late"), default=False)
    line_count = models.PositiveIntegerField(_("lines"), default=0, editable=False)
    undecided = models.PositiveIntegerField(_("undecided lines"), default=0, editable=False)
    cost = MoneyField(_("cost"), default=0, editable=False)
    granted_cost = MoneyField(_("granted, in money"), default=0, editable=False)
    submitted_at = models.DateTimeField(null=True, blank=True)
    submitted_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    allocated_at = models.DateTimeField(null=True, blank=True)
    allocated_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    waived_at = models.DateTimeField(null=True, blank=True)
    waived_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")

    objects = Scoped["ResourceRequest"].as_manager()

    class Meta:
        verbose_name = _("resource request")
        verbose_name_plural = _("resource requests")
        constraints: ClassVar = [
            moved_later("due", "request_moved_later"),
            models.UniqueConstraint(fields=["cycle", "department"], name="one_request_per_department"),
            models.CheckConstraint(
                condition=Q(
                    undecided__lte=F("line_count"), granted_cost__gte=0, cost__gte=0, granted_cost__lte=F("cost")
                ),
                name="request_sums_fit",
            ),
            stamped(
                state_field="state", states=["submitted", "allocated"], stamp="submitted", name="request_submitted"
            ),
            stamped(state_field="state", states=["allocated"], stamp="allocated", name="request_allocated"),
            stamped(state_field="state", states=["waived"], stamp="waived", name="request_waived"),
            not_same("submitted_by", "allocated_by", "request_allocated_by_another"),
        ]

    def __str__(self) -> str:
        return interpolate(
            _("Request %(year)s, %(department)s"), {"year": self.cycle.year, "department": self.department}
        )

    @property
    def gist(self) -> str:
        """How many lines it has, and what they cost."""
        words = {"count": self.line_count, "currency": self.cycle.currency, "amount": money(self.cost)}
        lines = ngettext(
            "%(count)s line, %(currency)s %(amount)s", "%(count)s lines, %(currency)s %(amount)s", self.line_count
        )
        return lines % words if self.line_count else ""

    def get_absolute_url(self) -> str:
        """The request's page."""
        return reverse("request", args=[self.cycle.year, self.department.slug])

    @property
    def task_words(self) -> dict[str, object]:
        """What the sentence of a task about it is made of."""
        return {"year": self.cycle.year, "department": typed(self.department)}

    @property
    def due_on(self) -> date:
        """Two weeks after the demand report, or the later day of the window or of the department's extension."""
        return max(self.due, due_for(self.cycle, Stage.REQUEST, self.department_id) or self.due)

    @property
    def due_moved_from(self) -> date | None:
        """The day off from which its own day, or the later one that counts, was moved."""
        is_own = self.due_on == self.due
        return self.moved_from if is_own else moved_from_for(self.cycle, Stage.REQUEST, self.department_id)


class RequestLines(Scoped["RequestLine"]):
    """Lines, seen through their request."""

    department_path = "request__department_id"


class RequestLine(models.Model):
    """One resource for one project: asked, decided, granted."""

    class Decision(models.TextChoices):
        OPEN = "open", _("Undecided")
        FULL = "full", _("In full")
        PART = "part", _("In part")
        DEFERRED = "deferred", _("Deferred")
        REFUSED = "refused", pgettext_lazy("decision", "Refused")

    request = models.ForeignKey(ResourceRequest, models.CASCADE, related_name="lines")
    project = models.ForeignKey(Project, models.PROTECT, related_name="request_lines")
    forecast_line = models.ForeignKey(ForecastLine, models.PROTECT, null=True, blank=True, related_name="request_lines")
    why_not_forecast = models.TextField(_("why it was not forecast"), max_length=2000, blank=True)
    pool = models.ForeignKey(Pool, models.PROTECT, related_name="lines", verbose_name=_("resource"))
    # The figure of the forecast a line was prefilled from, and still is about.
    metric = models.CharField(_("figure of the forecast"), max_length=20, choices=Metric.choices, blank=True)
    # Nothing where the line is called as its figure is: everybody reads that in their own language.
    what = models.CharField(_("what"), max_length=120, blank=True)
    quantity = models.DecimalField(_("quantity"), max_digits=15, decimal_places=2)
    unit_cost = MoneyField(_("unit cost"), default=0)
    cost = MoneyField(_("cost"), default=0)
    # What no other line had asked of the forecast, in the unit of the pool; nothing where that cannot be said.
    forecast_left = models.DecimalField(
        _("left of the forecast"), max_digits=15, decimal_places=2, null=True, blank=True
    )
    needed_on = models.DateField(_("needed on"), null=True, blank=True)
    why = models.TextField(_("why"), max_length=2000, blank=True)
    urgency = models.PositiveSmallIntegerField(_("urgency, 1 to 5"), default=3)
    evidence = models.PositiveSmallIntegerField(_("evidence, 1 to 5"), default=3)
    decision = models.CharField(
        pgettext_lazy("line", "decision"), max_length=20, choices=Decision.choices, default=Decision.OPEN
    )
    granted = models.DecimalField(_("granted"), max_digits=15, decimal_places=2, default=0)
    granted_cost = MoneyField(_("granted, in money"), default=0)
    reason = models.TextField(_("reason the department will read"), max_length=2000, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")

    objects = RequestLines.as_manager()

    class Meta:
        verbose_name = _("request line")
        verbose_name_plural = _("request lines")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(quantity__gt=0, unit_cost__gte=0, cost__gte=0), name="request_line_asks_for_something"
            ),
            *(
                models.CheckConstraint(
                    condition=Q(
                        **{f"{cost}__gt": F(quantity) * F("unit_cost") - ROUNDED},
                        **{f"{cost}__lt": F(quantity) * F("unit_cost") + ROUNDED},
                    ),
                    name=f"request_line_{cost}_is_quantity_at_unit_cost",
                )
                for cost, quantity in (("cost", "quantity"), ("granted_cost", "granted"))
            ),
            models.CheckConstraint(
                condition=Q(forecast_left__isnull=True) | Q(quantity__lte=F("forecast_left")) | ~Q(why=""),
                name="request_line_says_why_more_than_forecast",
                violation_error_message=_("Say why more is asked for than was forecast."),
            ),
            models.CheckConstraint(
                condition=Q(forecast_line__isnull=False) | ~Q(why_not_forecast=""),
                name="request_line_leads_to_forecast",
                violation_error_message=_("Name the forecast line, or say why it was not forecast."),
            ),
            models.CheckConstraint(
                condition=Q(metric="") | Q(forecast_line__isnull=False), name="request_line_metric_is_forecast"
            ),
            models.CheckConstraint(condition=~Q(metric="") | ~Q(what=""), name="request_line_has_a_name"),
            models.CheckConstraint(
                condition=Q(
                    granted__gte=0, granted__lte=F("quantity"), granted_cost__gte=0, granted_cost__lte=F("cost")
                ),
                name="granted_at_most_asked",
            ),
            models.CheckConstraint(
                condition=Q(decision="full", granted=F("quantity"))
                | Q(decision="part", granted__gt=0, granted__lt=F("quantity"))
                | Q(decision__in=["open", "deferred", "refused"], granted=0),
                name="granted_fits_decision",
            ),
            models.CheckConstraint(
                condition=Q(decision__in=["open", "full"]) | ~Q(reason=""),
                name="not_in_full_has_a_reason",
                violation_error_message=_("Say why. The department will read it."),
            ),
            stamped(
                state_field="decision",
                states=["full", "part", "deferred", "refused"],
                stamp="decided",
                name="request_line_decided",
            ),
            models.CheckConstraint(
                condition=Q(urgency__gte=1, urgency__lte=5, evidence__gte=1, evidence__lte=5),
                name="request_line_scores_1_to_5",
            ),
        ]

    def __str__(self) -> str:
        return self.called

    def get_absolute_url(self) -> str:
        """The page on which the line is written."""
        return reverse("request-line", args=[self.request.cycle.year, self.request.department.slug, self.pk])

    @property
    def called(self) -> str:
        """What it is called, as somebody typed it or as its figure is called in the language of the page."""
        return typed(self.what) if self.what else str(Metric(self.metric).label)

    @property
    def department_id(self) -> int:
        """The department that asks."""
        return self.request.department_id

    @property
    def lead_id(self) -> int | None:
        """The lead of the project it is for."""
        return self.project.lead_id

    @property
    def decision_version(self) -> str:
        """The decision as it is now: whoever decides next names it, so that no decision is overwritten unseen."""
        moment = self.decided_at.isoformat() if self.decided_at else ""
        return f"{self.decision} {Decimal(self.granted).normalize():f} {moment}".strip()


def own_name(what: str, metric: str) -> str:
    """A line's own name; nothing where it is called as its figure of the forecast is, in whatever language."""
    own = what.strip()
    return "" if metric and own in _names_of(metric) else own


@cache
def _names_of(metric: str) -> set[str]:
    names = set()
    for code, _name in settings.LANGUAGES:
        with override(code):
            names.add(str(Metric(metric).label))
    return names
