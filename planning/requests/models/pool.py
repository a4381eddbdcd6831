"""What there is a limited amount of in a year, and out of which money it is paid."""

from decimal import Decimal
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from planning.cycles.models import Cycle
from sop_portal.foundation.kit.bounds import MONEY, QUANTITY, Bound
from sop_portal.foundation.kit.formats import number
from sop_portal.foundation.kit.money import MoneyField
from sop_portal.foundation.organisation.scope import Shared

ONE, NOTHING = Decimal(1), Decimal(0)


class ResourceKind(models.TextChoices):
    """The three kinds of resources."""

    PEOPLE = "people", _("People")
    MATERIALS = "materials", _("Materials")
    MONEY = "money", _("Money")


def bound_of_kind(kind: str) -> Bound:
    """How much there can be of a kind of resource."""
    return MONEY if kind == ResourceKind.MONEY else QUANTITY


def quantity_text(quantity: Decimal | None) -> str:
    """A quantity without decimals where it is whole."""
    if quantity is None:
        return number(None)
    return number(quantity, 0 if quantity == quantity.to_integral_value() else 2)


class Pool(models.Model):
    """Something there is a limited amount of in a cycle. Committed never exceeds capacity.

    People and materials say at what rate and from which money pool they are paid, or that they are paid for already.
    A money pool has committed what was granted from it and what the people and materials it pays for cost.
    """

    cycle = models.ForeignKey(Cycle, models.PROTECT, related_name="pools")
    name = models.CharField(_("resource"), max_length=120)
    kind = models.CharField(_("kind"), max_length=20, choices=ResourceKind.choices)
    unit = models.CharField(_("unit"), max_length=30)
    capacity = models.DecimalField(_("capacity"), max_digits=15, decimal_places=2)
    committed = models.DecimalField(_("committed"), max_digits=15, decimal_places=2, default=0)
    rate = MoneyField(_("cost of one unit"), null=True, blank=True)
    paid_from = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="pays_for", verbose_name=_("paid from")
    )
    is_paid_for = models.BooleanField(_("already paid for"), default=False)
    # Where the forecast's figures of this kind go when the requests are filled in from it.
    is_usual = models.BooleanField(_("usual for its kind"), default=False)
    # A money pool that pays for the materials that were forecast as an amount.
    takes_materials = models.BooleanField(_("usual for materials"), default=False)
    version = models.PositiveIntegerField(default=1)

    objects = Shared["Pool"].as_manager()

    class Meta:
        verbose_name = _("pool")
        verbose_name_plural = _("pools")
        ordering: ClassVar = ["kind", "name"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["cycle", "name"], name="one_pool_per_name"),
            models.CheckConstraint(
                condition=Q(committed__gte=0, committed__lte=F("capacity")),
                name="pool_never_over_committed",
                violation_error_message=_("The pool does not hold that much."),
            ),
            models.CheckConstraint(condition=Q(kind__in=ResourceKind.values), name="pool_kind_known"),
            models.CheckConstraint(condition=~Q(name="") & ~Q(unit=""), name="pool_has_name_and_unit"),
            models.CheckConstraint(
                condition=Q(kind="money", rate__isnull=True, paid_from__isnull=True, is_paid_for=False)
                | Q(rate__isnull=True, paid_from__isnull=True, is_paid_for=True) & ~Q(kind="money")
                | Q(rate__isnull=False, rate__gt=0, paid_from__isnull=False, is_paid_for=False) & ~Q(kind="money"),
                name="pool_says_who_pays",
                violation_error_message=_(
                    "Say what one unit costs and which money pays it, or that it is already paid for."
                ),
            ),
            models.CheckConstraint(
                condition=Q(takes_materials=False) | Q(kind="money"), name="pool_for_materials_is_money"
            ),
            models.UniqueConstraint(fields=["cycle", "kind"], condition=Q(is_usual=True), name="one_usual_pool"),
            models.UniqueConstraint(
                fields=["cycle"],
                condition=Q(takes_materials=True) | Q(is_usual=True, kind="materials"),
                name="one_usual_pool_for_materials",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def department_id(self) -> None:
        """Pools belong to the whole organisation."""
        return

    @property
    def free(self) -> Decimal:
        """What is left to grant."""
        return self.capacity - self.committed

    @property
    def unit_cost(self) -> Decimal:
        """What one unit takes in money: its rate, nothing where it is paid for; one unit of money is what it is."""
        return ONE if self.kind == ResourceKind.MONEY else self.rate or NOTHING

    @property
    def payer_id(self) -> int | None:
        """The money pool that pays; money pays for itself, and what is paid for needs none."""
        return self.pk if self.kind == ResourceKind.MONEY else self.paid_from_id

    @property
    def bound(self) -> Bound:
        """How much of it can be asked for or granted: an amount of money, or hours, days and pieces."""
        return bound_of_kind(self.kind)

    def taken_by(self, quantity: Decimal, cost: Decimal) -> dict[int, Decimal]:
        """What a grant commits of which pool: the quantity of people or materials, the cost of the money that pays."""
        taken = {} if self.kind == ResourceKind.MONEY else {self.pk: quantity}
        return taken if self.payer_id is None else taken | {self.payer_id: cost}

    def in_unit(self, quantity: Decimal) -> str:
        """A quantity and the unit of the pool, kept on one line."""
        return f"{quantity_text(quantity)}\N{NO-BREAK SPACE}{self.unit}"
