"""What may be spent on a line of the budget in force, and what was."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from budgets.drafting.models.fund import Fund
from budgets.drafting.models.line import BudgetLine, Category
from planning.models import Cycle, Project
from sop_portal.foundation.kit.money import MoneyField
from sop_portal.foundation.organisation.models import Department
from sop_portal.foundation.organisation.scope import Scoped


class Appropriation(models.Model):
    """What may be spent on one line of the budget in force, and what was. Spent never exceeds approved."""

    cycle = models.ForeignKey(Cycle, models.PROTECT, related_name="appropriations")
    number = models.PositiveIntegerField(_("line"))
    line = models.ForeignKey(BudgetLine, models.PROTECT, related_name="+")
    department = models.ForeignKey(Department, models.PROTECT, related_name="+")
    project = models.ForeignKey(Project, models.PROTECT, related_name="appropriations")
    category = models.CharField(_("category"), max_length=20, choices=Category.choices)
    fund = models.ForeignKey(Fund, models.PROTECT, related_name="+")
    approved = MoneyField(_("approved"))
    spent = MoneyField(_("spent"), default=0)
    # Since when it holds what was spent and no more: its project is on hold or cancelled.
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)

    objects = Scoped["Appropriation"].as_manager()

    class Meta:
        verbose_name = _("approved line")
        verbose_name_plural = _("approved lines")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["cycle", "number"], name="one_appropriation_per_line"),
            models.CheckConstraint(
                condition=Q(spent__gte=0, spent__lte=F("approved")),
                name="line_never_overspent",
                violation_error_message=_("More would be spent on the line than was approved."),
            ),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True) | Q(approved=F("spent")), name="closed_line_holds_what_was_spent"
            ),
        ]
        # Each sort of the list, of the whole organisation and within a department.
        indexes: ClassVar = [
            models.Index(fields=["cycle", "department", "number"], name="department_lines_by_number"),
            models.Index(fields=["cycle", "approved", "id"], name="lines_by_amount"),
            models.Index(fields=["cycle", "department", "approved", "id"], name="department_lines_by_amount"),
            models.Index(fields=["cycle", "spent", "id"], name="lines_by_spent"),
            models.Index(fields=["cycle", "department", "spent", "id"], name="department_lines_by_spent"),
        ]

    def __str__(self) -> str:
        return f"{self.cycle.year}-{self.number}"

    @property
    def lead_id(self) -> int | None:
        """The lead of the project."""
        return self.project.lead_id
