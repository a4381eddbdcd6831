"""What departments say of their lines in a shared budget: confirmed, or contested with another amount and a reason."""

from datetime import date
from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from budgets.drafting.models.budget import Budget
from budgets.drafting.models.line import BudgetLine
from sop_portal.foundation.kit.constraints import moved_later, stamped
from sop_portal.foundation.kit.money import MoneyField
from sop_portal.foundation.kit.sentences import interpolate
from sop_portal.foundation.organisation.actor import Actor
from sop_portal.foundation.organisation.models import Department
from sop_portal.foundation.organisation.scope import Scoped
from sop_portal.foundation.workflow.models import Record

Person = settings.AUTH_USER_MODEL


class Confirmations(Scoped[Any]):
    """Confirmations; while a budget is being redrafted, departments see none."""

    def visible_to(self, actor: Actor) -> Self:
        """Everything for a role of the whole organisation, else the own ones of shared budgets."""
        seen = super().visible_to(actor)
        return seen if actor.sees_everything else seen.exclude(budget__state="draft")

    def begun(self, on: date) -> Self:
        """The confirmations somebody owes a step for: those of budgets that are shared with the departments now."""
        return self.filter(budget__state="shared")


class Confirmation(Record):
    """What one department says of its lines in one shared budget. Its version counts changes of those lines."""

    class State(models.TextChoices):
        AWAITING = "awaiting", _("Awaiting")
        CONFIRMED = "confirmed", _("Confirmed")
        CONTESTED = "contested", _("Contested")
        OVERRULED = "overruled", _("Overruled")

    budget = models.ForeignKey(Budget, models.CASCADE, related_name="confirmations")
    department = models.ForeignKey(Department, models.PROTECT, related_name="confirmations")
    state = models.CharField(_("state"), max_length=20, choices=State.choices, default=State.AWAITING)
    due = models.DateField(_("due"))
    moved_from = models.DateField(_("moved from"), null=True, blank=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    confirmed_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    overruled_at = models.DateTimeField(null=True, blank=True)
    overruled_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")

    objects = Confirmations.as_manager()

    class Meta:
        verbose_name = _("confirmation")
        verbose_name_plural = _("confirmations")
        constraints: ClassVar = [
            moved_later("due", "confirmation_moved_later"),
            models.UniqueConstraint(fields=["budget", "department"], name="one_confirmation_per_department"),
            stamped(state_field="state", states=["confirmed"], stamp="confirmed", name="confirmation_confirmed"),
            stamped(state_field="state", states=["overruled"], stamp="overruled", name="confirmation_overruled"),
        ]

    def __str__(self) -> str:
        year = self.budget.cycle.year
        return interpolate(_("Budget lines %(year)s, %(department)s"), {"year": year, "department": self.department})

    def get_absolute_url(self) -> str:
        """The department's own page of the budget."""
        return reverse("confirmation", args=[self.budget.cycle.year, self.budget.number, self.department.slug])

    @property
    def task_words(self) -> dict[str, object]:
        """What the sentence of a task about it is made of."""
        return {"year": self.budget.cycle.year, "department": self.department}

    @property
    def cycle_id(self) -> int:
        """The cycle of its budget."""
        return self.budget.cycle_id

    @property
    def due_on(self) -> date:
        """Until when the department answers."""
        return self.due


class Contest(models.Model):
    """A contested line: what the department wants instead and why, and how it was settled."""

    class Settled(models.TextChoices):
        OPEN = "open", _("Open")
        CHANGED = "changed", _("Line changed")
        OVERRULED = "overruled", _("Overruled")

    confirmation = models.ForeignKey(Confirmation, models.CASCADE, related_name="contests")
    line = models.ForeignKey(BudgetLine, models.CASCADE, related_name="contests")
    wanted = MoneyField(_("wanted instead"))
    reason = models.TextField(_("reason"), max_length=2000)
    settled = models.CharField(_("settled"), max_length=20, choices=Settled.choices, default=Settled.OPEN)
    answer = models.TextField(_("answer"), max_length=2000, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = _("contested line")
        verbose_name_plural = _("contested lines")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["line"], condition=Q(settled="open"), name="one_open_contest_per_line"),
            models.CheckConstraint(condition=~Q(reason="") & Q(wanted__gte=0), name="contest_says_what_and_why"),
            models.CheckConstraint(
                condition=~Q(settled="overruled") | ~Q(answer=""), name="overruled_contest_has_a_reason"
            ),
            stamped(state_field="settled", states=["changed", "overruled"], stamp="settled", name="contest_settled"),
        ]

    def __str__(self) -> str:
        return str(self.line)
