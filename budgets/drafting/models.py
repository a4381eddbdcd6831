"""Stage 3: the budget in numbered versions, its lines, and what may be spent."""

from datetime import date
from decimal import Decimal
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from budgets.drafting.visibility import BudgetLines, Budgets
from planning.models import Cycle, Project, RequestLine
from sop_portal.foundation.kit.constraints import not_same, stamped
from sop_portal.foundation.kit.money import MoneyField
from sop_portal.foundation.organisation.models import Department
from sop_portal.foundation.organisation.scope import Scoped, Shared
from sop_portal.foundation.workflow.models import Record

Person = settings.AUTH_USER_MODEL


class Category(models.TextChoices):
    """Budget categories."""

    PEOPLE = "people", _("People")
    MATERIALS = "materials", _("Materials")
    SERVICES = "services", _("Services and rooms")
    TRAVEL = "travel", _("Travel and training")


class Fund(models.Model):
    """Where money comes from; a restricted fund may serve its purpose only."""

    name = models.CharField(_("funding source"), max_length=120, unique=True)
    is_restricted = models.BooleanField(_("restricted"), default=False)
    purpose = models.TextField(_("purpose"), max_length=2000, blank=True)

    objects = Shared["Fund"].as_manager()

    class Meta:
        verbose_name = _("funding source")
        verbose_name_plural = _("funding sources")
        ordering: ClassVar = ["name"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(is_restricted=False) | ~Q(purpose=""), name="restricted_fund_names_its_purpose"
            )
        ]

    def __str__(self) -> str:
        return self.name


class Budget(Record):
    """One numbered version of a cycle's budget. Once approved it never changes; amendments are new versions."""

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        SHARED = "shared", _("Shared with departments")
        PROPOSED = "proposed", _("Proposed")
        ENDORSED = "endorsed", _("Approved by a first manager")
        APPROVED = "approved", _("Approved")
        SUPERSEDED = "superseded", _("Superseded")

    class Kind(models.TextChoices):
        ORIGINAL = "original", _("Budget of the year")
        AMENDMENT = "amendment", _("Amendment")

    cycle = models.ForeignKey(Cycle, models.PROTECT, related_name="budgets")
    number = models.PositiveSmallIntegerField(_("version"))
    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices, default=Kind.ORIGINAL)
    based_on = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="amendments")
    reason = models.TextField(_("reason"), max_length=2000, blank=True)
    state = models.CharField(_("state"), max_length=20, choices=State.choices, default=State.DRAFT)
    shared_at = models.DateTimeField(null=True, blank=True)
    shared_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    proposed_at = models.DateTimeField(null=True, blank=True)
    proposed_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    endorsed_at = models.DateTimeField(null=True, blank=True)
    endorsed_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    approved_at = models.DateTimeField(null=True, blank=True)
    approved_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")

    objects = Budgets.as_manager()

    class Meta:
        verbose_name = _("budget")
        verbose_name_plural = _("budgets")
        ordering: ClassVar = ["-number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["cycle", "number"], name="one_budget_per_number"),
            models.UniqueConstraint(fields=["cycle"], condition=Q(state="approved"), name="one_budget_in_force"),
            models.UniqueConstraint(
                fields=["cycle"],
                condition=Q(state__in=["draft", "shared", "proposed", "endorsed"]),
                name="one_budget_in_the_making",
            ),
            models.CheckConstraint(
                condition=Q(kind="original", based_on__isnull=True)
                | (Q(kind="amendment", based_on__isnull=False) & ~Q(reason="")),
                name="amendment_names_base_and_reason",
            ),
            stamped(
                state_field="state", states=["proposed", "endorsed", "approved", "superseded"], stamp="proposed",
                name="budget_proposed",
            ),
            stamped(state_field="state", states=["endorsed"], stamp="endorsed", name="budget_endorsed"),
            stamped(state_field="state", states=["approved", "superseded"], stamp="approved", name="budget_approved"),
            not_same("proposed_by", "approved_by", "budget_approved_by_another"),
            not_same("endorsed_by", "approved_by", "second_approval_by_another"),
            not_same("proposed_by", "endorsed_by", "budget_endorsed_by_another"),
        ]  # fmt: skip

    def __str__(self) -> str:
        return _("Budget %(year)s, version %(number)s") % {"year": self.cycle.year, "number": self.number}

    def get_absolute_url(self) -> str:
        """The budget sheet."""
        return reverse("budget", args=[self.cycle.year, self.number])

    @property
    def department_id(self) -> None:
        """The budget belongs to the whole organisation; its lines to departments."""
        return

    @property
    def due_on(self) -> date | None:
        """Until when the budget of the year is to be approved; an amendment has no such day."""
        if self.kind == self.Kind.AMENDMENT:
            return None
        window = next((w for w in self.cycle.windows.all() if w.stage == "budget"), None)
        return window.due_on if window else None


class BudgetLine(models.Model):
    """An amount by quarter for one project and category, and the allocation it comes from.

    `number` stays the same from version to version, so that spending follows the line.
    """

    budget = models.ForeignKey(Budget, models.CASCADE, related_name="lines")
    number = models.PositiveIntegerField(_("line"))
    department = models.ForeignKey(Department, models.PROTECT, related_name="+")
    project = models.ForeignKey(Project, models.PROTECT, related_name="budget_lines")
    category = models.CharField(_("category"), max_length=20, choices=Category.choices)
    fund = models.ForeignKey(Fund, models.PROTECT, related_name="+", verbose_name=_("funding source"))
    allocation = models.ForeignKey(RequestLine, models.PROTECT, related_name="budget_lines")
    q1 = MoneyField(_("first quarter"), default=0)
    q2 = MoneyField(_("second quarter"), default=0)
    q3 = MoneyField(_("third quarter"), default=0)
    q4 = MoneyField(_("fourth quarter"), default=0)
    amount = models.GeneratedField(
        expression=F("q1") + F("q2") + F("q3") + F("q4"),
        output_field=models.DecimalField(max_digits=15, decimal_places=2),
        db_persist=True,
    )
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
                condition=Q(is_refused=False) | (~Q(refusal="") & Q(q1=0, q2=0, q3=0, q4=0)),
                name="line_not_budgeted_has_a_reason",
                violation_error_message=_("Say why the line is not budgeted."),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["budget", "department", "id"], name="budget_lines_by_department"),
            models.Index(fields=["budget", "category", "number"], name="budget_lines_on_the_sheet"),
            models.Index(fields=["budget", "project", "category"], name="budget_lines_by_project"),
        ]

    def __str__(self) -> str:
        return f"{self.budget.cycle.year}-{self.number}"

    @property
    def where(self) -> str:
        """How the trail names the line."""
        return f"{self} {self.project}"

    @property
    def on_allocation(self) -> Decimal:
        """How much more, or less, is budgeted than was granted."""
        change: Decimal = self.amount - self.allocation.granted_cost
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
    """What the lines of one department come to in a budget; kept by whoever changes a line, who holds the budget."""

    budget = models.ForeignKey(Budget, models.CASCADE, related_name="sums")
    department = models.ForeignKey(Department, models.PROTECT, related_name="+")
    lines = models.PositiveIntegerField(_("lines"))
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
        ]
        indexes: ClassVar = [models.Index(fields=["cycle", "department", "id"], name="approved_by_department")]

    def __str__(self) -> str:
        return f"{self.cycle.year}-{self.number}"

    @property
    def lead_id(self) -> int | None:
        """The lead of the project."""
        return self.project.lead_id
