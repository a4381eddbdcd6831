"""Stage 4: money spent against approved lines, and exceptions that were asked for."""

from datetime import date
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from budgets.drafting.models import Appropriation, BroughtRow, Category, Fund
from planning.cycles.calendar import invoices_until
from planning.models import Cycle, Project, RequestLine
from sop_portal.foundation.kit.constraints import not_same, stamped
from sop_portal.foundation.kit.formats import money
from sop_portal.foundation.kit.money import MoneyField
from sop_portal.foundation.kit.sentences import in_this_language, interpolate, restore_typed, typed
from sop_portal.foundation.kit.text import same_words
from sop_portal.foundation.organisation.models import Department
from sop_portal.foundation.organisation.scope import Scoped
from sop_portal.foundation.workflow.models import Record

Person = settings.AUTH_USER_MODEL
LONGEST_KEY = 120


class SpendingException(Record):
    """A department asks to spend once where the guard stopped it: outside the period, or too late."""

    class State(models.TextChoices):
        ASKED = "asked", pgettext_lazy("state", "Asked")
        GRANTED = "granted", pgettext_lazy("state", "Granted")
        REFUSED = "refused", _("Refused")

    cycle = models.ForeignKey(Cycle, models.PROTECT, related_name="+")
    department = models.ForeignKey(Department, models.PROTECT, related_name="+")
    appropriation = models.ForeignKey(Appropriation, models.PROTECT, related_name="exceptions")
    amount = MoneyField(_("amount"))
    spent_on = models.DateField(_("date of the expense"))
    what = models.CharField(_("what for"), max_length=120)
    why = models.TextField(_("why an exception should be made"), max_length=2000)
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    state = models.CharField(_("state"), max_length=20, choices=State.choices, default=State.ASKED)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")

    objects = Scoped["SpendingException"].as_manager()

    class Meta:
        verbose_name = _("spending exception")
        verbose_name_plural = _("spending exceptions")
        constraints: ClassVar = [
            stamped(state_field="state", states=["granted", "refused"], stamp="decided", name="exception_decided"),
            not_same("asked_by", "decided_by", "exception_decided_by_another"),
            models.CheckConstraint(condition=Q(amount__gt=0) & ~Q(why=""), name="exception_says_what_and_why"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["cycle", "asked_at", "id"], name="exceptions_by_moment"),
            models.Index(fields=["cycle", "department", "asked_at", "id"], name="department_exceptions"),
        ]

    def __str__(self) -> str:
        return typed(self.what)

    def get_absolute_url(self) -> str:
        """The exception's page."""
        return reverse("exception", args=[self.cycle.year, self.pk])

    @property
    def gist(self) -> str:
        """How much is asked for, and for which project."""
        words = {
            "currency": self.cycle.currency,
            "amount": money(self.amount, 2),
            "project": self.appropriation.project,
        }
        return interpolate(_("%(currency)s %(amount)s for “%(project)s”"), words)

    @property
    def lead_id(self) -> int | None:
        """The lead of the project."""
        return self.appropriation.project.lead_id

    @property
    def usable_until(self) -> date | None:
        """The last day on which it can be used: with the late invoices of its year, or as long after it was granted."""
        if self.state != self.State.GRANTED or self.decided_at is None:
            return None
        return invoices_until(max(self.cycle.ends_on, self.cycle.day(self.decided_at)))

    def has_lapsed(self, on: date) -> bool:
        """Whether it was granted and can no longer be used on a day."""
        return self.usable_until is not None and on > self.usable_until


class Expense(models.Model):
    """Money spent against an approved line. Never edited; corrected by a counter-entry."""

    cycle = models.ForeignKey(Cycle, models.PROTECT, related_name="expenses")
    department = models.ForeignKey(Department, models.PROTECT, related_name="+")
    project = models.ForeignKey(Project, models.PROTECT, related_name="expenses")
    appropriation = models.ForeignKey(Appropriation, models.PROTECT, related_name="expenses")
    # The labels of the line on the day it was spent; a line with spending keeps them.
    fund = models.ForeignKey(Fund, models.PROTECT, related_name="+")
    category = models.CharField(_("category"), max_length=20, choices=Category.choices)
    amount = MoneyField(_("amount"))
    spent_on = models.DateField(_("date"))
    what = models.CharField(_("what for"), max_length=120)
    receipt = models.CharField(_("receipt"), max_length=60, blank=True)
    # By which the same receipt is found, however somebody else wrote it.
    receipt_key = models.CharField(max_length=LONGEST_KEY, blank=True, editable=False)
    # What the guard said, in every language: who reads it is not who posted.
    warnings = models.JSONField(_("warning at the time"), default=dict, blank=True)
    posted_at = models.DateTimeField()
    posted_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    corrects = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="correction")
    exception = models.OneToOneField(SpendingException, models.PROTECT, null=True, blank=True, related_name="expense")
    # The row of the file from which it was brought in.
    brought_row = models.ForeignKey(BroughtRow, models.PROTECT, null=True, blank=True, related_name="expenses")

    objects = Scoped["Expense"].as_manager()

    class Meta:
        verbose_name = _("expense")
        verbose_name_plural = _("expenses")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(corrects__isnull=True, amount__gt=0) | Q(corrects__isnull=False, amount__lt=0),
                name="expense_positive_counter_entry_negative",
            )
        ]
        indexes: ClassVar = [
            models.Index(fields=["cycle", "-spent_on", "-id"], name="expenses_by_day"),
            models.Index(fields=["cycle", "department", "-spent_on", "-id"], name="department_expenses_by_day"),
            models.Index(fields=["cycle", "amount", "id"], name="expenses_by_amount"),
            models.Index(fields=["cycle", "department", "amount", "id"], name="department_expenses_by_amount"),
            models.Index(fields=["project", "-spent_on", "-id"], name="expenses_of_a_project"),
            models.Index(fields=["receipt_key"], condition=~Q(receipt_key=""), name="expenses_by_receipt"),
        ]

    def __str__(self) -> str:
        return typed(self.what)

    def get_absolute_url(self) -> str:
        """The expense's page."""
        return reverse("expense", args=[self.cycle.year, self.pk])

    @property
    def warning(self) -> str:
        """What the guard said when it was posted, in the language of the page; the purpose in it was typed."""
        return restore_typed(in_this_language(self.warnings), [self.appropriation.fund.purpose])

    @property
    def lead_id(self) -> int | None:
        """The lead of the project."""
        return self.project.lead_id


def receipt_key_of(receipt: str) -> str:
    """What two receipts have in common that are the same: “K1”, “K 1”, “k-1” and “Ｋ１” are."""
    return same_words(receipt)[:LONGEST_KEY]


class ReleasedGrant(models.Model):
    """What a project on hold or cancelled gave back of one allocation, and how it had been decided before."""

    project = models.ForeignKey(Project, models.PROTECT, related_name="released_grants")
    allocation = models.ForeignKey(RequestLine, models.PROTECT, related_name="released")
    quantity = models.DecimalField(_("given back"), max_digits=15, decimal_places=2)
    decision = models.CharField(_("decision before"), max_length=20, choices=RequestLine.Decision.choices)
    reason = models.TextField(_("reason before"), max_length=2000, blank=True)
    released_at = models.DateTimeField()
    # When the project was taken up again or ended for good.
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("released grant")
        verbose_name_plural = _("released grants")
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(quantity__gt=0), name="released_grant_positive"),
            models.UniqueConstraint(
                fields=["allocation"], condition=Q(settled_at__isnull=True), name="one_release_per_allocation"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.project_id} {self.quantity}"


class Flag(models.TextChoices):
    """What a line is warned of."""

    OVER = "over", _("Heads over its plan")
    UNDER = "under", _("Heads under its plan")
    AHEAD = "ahead", _("Ahead of its plan")


class MeasuredYear(models.Model):
    """The month and the plan for which the warnings of a year's lines were worked out, and are kept since.

    While `measuring` is set, all lines are gone through anew; whoever spends meanwhile keeps the own line up to date.
    """

    cycle = models.OneToOneField(Cycle, models.CASCADE, related_name="+")
    basis = models.CharField(max_length=120, blank=True)
    measuring = models.CharField(max_length=120, blank=True)
    measured_on = models.DateField(null=True, blank=True)

    class Meta:
        verbose_name = _("measured year")
        verbose_name_plural = _("measured years")

    def __str__(self) -> str:
        return self.basis


class LineWarnings(Scoped["LineWarning"]):
    """Warnings, read as sentences; who sees the line sees its warnings."""

    def current(self) -> Self:
        """The warnings whose cause still holds."""
        return self.filter(ended_at__isnull=True)

    def not_notified(self) -> Self:
        """The current warnings that nobody was notified of yet."""
        return self.current().filter(told_at__isnull=True)


class LineWarning(models.Model):
    """An approved line that is not as planned: why, since when, when its people were told, until when.

    A line has one standing warning of each kind, told once; what comes back later is a new one.
    """

    cycle = models.ForeignKey(Cycle, models.PROTECT, related_name="line_warnings")
    department = models.ForeignKey(Department, models.PROTECT, related_name="+")
    appropriation = models.ForeignKey(Appropriation, models.PROTECT, related_name="warnings")
    flag = models.CharField(_("warning"), max_length=10, choices=Flag.choices)
    raised_at = models.DateTimeField(_("since"))
    told_at = models.DateTimeField(_("told"), null=True, blank=True)
    ended_at = models.DateTimeField(_("until"), null=True, blank=True)

    objects = LineWarnings.as_manager()

    class Meta:
        verbose_name = _("early warning")
        verbose_name_plural = _("early warnings")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["appropriation", "flag"],
                condition=Q(ended_at__isnull=True),
                name="one_standing_warning_per_line",
            ),
            models.CheckConstraint(condition=Q(flag__in=Flag.values), name="line_warning_known"),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["cycle", "flag", "department", "appropriation"],
                condition=Q(ended_at=None),
                name="standing_warnings",
            ),
            models.Index(fields=["cycle"], condition=Q(ended_at=None, told_at=None), name="untold_warnings"),
        ]

    def __str__(self) -> str:
        return f"{self.appropriation_id} {self.flag}"
