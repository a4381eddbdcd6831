"""The lines of a budget, what they come to by department, and who sees them."""

from decimal import Decimal
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Round
from django.db.models.lookups import LessThanOrEqual
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from budgets.drafting.models.brought import BroughtRow
from budgets.drafting.models.budget import Budget, begun_by
from budgets.drafting.models.fund import Fund
from planning.models import Project, RequestLine
from sop_portal.foundation.kit.money import STORED_PLACES, MoneyField
from sop_portal.foundation.organisation.actor import Actor
from sop_portal.foundation.organisation.models import Department
from sop_portal.foundation.organisation.scope import Scoped


class Category(models.TextChoices):
    """Budget categories."""

    PEOPLE = "people", _("People")
    MATERIALS = "materials", _("Materials")
    SERVICES = "services", _("Services and rooms")
    TRAVEL = "travel", _("Travel and training")


class BudgetLines(Scoped[Any]):
    """Lines; a department sees its own, and only once the budget was shared."""

    def visible_to(self, actor: Actor) -> Self:
        """Everything for a role of the whole organisation, else the own lines of budgets one sees."""
        seen = super().visible_to(actor)
        if actor.sees_everything:
            return seen
        return seen.filter(~Q(budget__state="draft") | Q(budget__kind="amendment", budget_id__in=begun_by(actor)))


class BudgetLine(models.Model):
    """An amount by quarter for one project and category, and the allocation or the row of a file it comes from.

    `number` stays the same from version to version, so that spending follows the line.
    """

    budget = models.ForeignKey(Budget, models.CASCADE, related_name="lines")
    number = models.PositiveIntegerField(_("line"))
    department = models.ForeignKey(Department, models.PROTECT, related_name="+")
    project = models.ForeignKey(Project, models.PROTECT, related_name="budget_lines")
    category = models.CharField(_("category"), max_length=20, choices=Category.choices)
    fund = models.ForeignKey(Fund, models.PROTECT, related_name="+", verbose_name=_("funding source"))
    allocation = models.ForeignKey(RequestLine, models.PROTECT, null=True, blank=True, related_name="budget_lines")
    brought_row = models.ForeignKey(BroughtRow, models.PROTECT, null=True, blank=True, related_name="budget_lines")
    q1 = MoneyField(_("first quarter"), default=0)
    q2 = MoneyField(_("second quarter"), default=0)
    q3 = MoneyField(_("third quarter"), default=0)
    q4 = MoneyField(_("fourth quarter"), default=0)
    amount = models.GeneratedField(
        expression=F("q1") + F("q2") + F("q3") + F("q4"),
        output_field=models.DecimalField(max_digits=15, decimal_places=2),
        db_persist=True,
    )
    # What its allocation granted when the line was made, or its row said; later versions keep it.
    allocated = MoneyField(_("allocated"), default=0)
    more_reason = models.TextField(_("why more than was allocated"), max_length=2000, blank=True)
    serves_purpose = models.TextField(_("how it serves the purpose of a restricted fund"), max_length=2000, blank=True)
    computation = models.TextField(_("how it is computed"), max_length=2000, blank=True)
    is_refused = models.BooleanField(_("not budgeted"), default=False)
    refusal = models.TextField(_("why it is not budgeted"), max_length=2000, blank=True)

    objects = BudgetLines.as_manager()

    class Meta:
        verbose_name = _("budget line")
        verbose_name_plural = _("budget lines")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["budget", "number"], name="one_budget_line_per_number"),
            models.CheckConstraint(
                condition=Q(q1__gte=0, q2__gte=0, q3__gte=0, q4__gte=0), name="budget_line_not_negative"
            ),
            models.CheckConstraint(condition=Q(category__in=Category.values), name="budget_category_known"),
            models.CheckConstraint(
                condition=Q(allocation__isnull=False, brought_row__isnull=True)
                | Q(allocation__isnull=True, brought_row__isnull=False),
                name="line_comes_from_one_place",
            ),
            models.CheckConstraint(
                condition=Q(is_refused=False) | (~Q(refusal="") & Q(q1=0, q2=0, q3=0, q4=0)),
                name="line_not_budgeted_has_a_reason",
                violation_error_message=_("Say why the line is not budgeted."),
            ),
            models.CheckConstraint(
                # Rounded, because SQLite adds in binary fractions.
                condition=LessThanOrEqual(Round(F("q1") + F("q2") + F("q3") + F("q4"), STORED_PLACES), F("allocated"))
                | ~Q(more_reason=""),
                name="line_within_its_allocation",
                violation_error_message=_("Say why the line holds more than was allocated."),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["budget", "department", "id"], name="budget_lines_by_department"),
            models.Index(fields=["budget", "category", "number"], name="budget_lines_on_the_sheet"),
            models.Index(fields=["budget", "project", "category"], name="budget_lines_by_project"),
        ]

    def __str__(self) -> str:
        return f"{self.budget.cycle.year}-{self.number}"

    def get_absolute_url(self) -> str:
        """The line's own page."""
        return reverse("budget-line", args=[self.budget.cycle.year, self.budget.number, self.number])

    @property
    def where(self) -> str:
        """The name of the line within its budget, as the trail notes it."""
        return f"{self} {self.project}"

    @property
    def called(self) -> str:
        """What it is for: as it was asked for, or as the file says it."""
        if self.allocation is not None:
            return str(self.allocation.called)
        return self.brought_row.what if self.brought_row else ""

    @property
    def on_allocation(self) -> Decimal:
        """How much more, or less, is budgeted than was granted."""
        change: Decimal = self.amount - self.allocated
        return change

    @property
    def quarters(self) -> list[Decimal]:
        """The four amounts, in order."""
        return [self.q1, self.q2, self.q3, self.q4]

    @property
    def lead_id(self) -> int | None:
        """The lead of the project."""
        return self.project.lead_id


class BudgetSum(models.Model):
    """What the lines of one department come to in a budget; whoever changes a line locks the budget and updates it."""

    budget = models.ForeignKey(Budget, models.CASCADE, related_name="sums")
    department = models.ForeignKey(Department, models.PROTECT, related_name="+")
    lines = models.PositiveIntegerField(pgettext_lazy("budget", "lines"))
    refused = models.PositiveIntegerField(_("lines that are not budgeted"))
    allocated = MoneyField(_("allocated"), max_digits=18)
    allocated_refused = MoneyField(_("allocated and not budgeted"), max_digits=18)
    q1 = MoneyField(_("first quarter"), max_digits=18)
    q2 = MoneyField(_("second quarter"), max_digits=18)
    q3 = MoneyField(_("third quarter"), max_digits=18)
    q4 = MoneyField(_("fourth quarter"), max_digits=18)

    objects = BudgetLines.as_manager()

    class Meta:
        verbose_name = _("sum of a budget")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["budget", "department"], name="one_budget_sum_per_department"),
            models.CheckConstraint(condition=Q(refused__lte=F("lines")), name="budget_sum_refuses_its_own_lines"),
        ]

    def __str__(self) -> str:
        return f"{self.budget_id} {self.department_id}"
