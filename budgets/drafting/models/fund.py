"""Where the money of a budget comes from."""

from datetime import date
from decimal import Decimal
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from sop_portal.foundation.kit.constraints import in_order
from sop_portal.foundation.kit.money import MoneyField
from sop_portal.foundation.organisation.scope import Shared

# Every line that is compiled begins on this one. Kept in English, read in the reader's language.
GENERAL_FUND = "General fund"


def fund_called(name: str) -> str:
    """How a fund of this name is called on a page or in a spreadsheet."""
    return gettext("General fund") if name == GENERAL_FUND else name


class Fund(models.Model):
    """Where money comes from; a restricted fund may serve its purpose only.

    What its lines in force come to, of all years, is kept here: whoever puts lines in force takes from the amount in a
    single condition. Without an amount the fund is not limited, without a day its period is open on that side.
    """

    name = models.CharField(_("funding source"), max_length=120, unique=True)
    is_restricted = models.BooleanField(_("restricted"), default=False)
    purpose = models.TextField(_("purpose"), max_length=2000, blank=True)
    amount = MoneyField(_("amount"), null=True, blank=True)
    starts_on = models.DateField(_("from"), null=True, blank=True)
    ends_on = models.DateField(_("until"), null=True, blank=True)
    in_force = MoneyField(_("its lines in force"), max_digits=18, default=0, editable=False)
    version = models.PositiveIntegerField(default=1)

    objects = Shared["Fund"].as_manager()

    class Meta:
        verbose_name = _("funding source")
        verbose_name_plural = _("funding sources")
        ordering: ClassVar = ["name"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(is_restricted=False) | ~Q(purpose=""), name="restricted_fund_names_its_purpose"
            ),
            models.CheckConstraint(
                condition=Q(is_restricted=False) | Q(amount__isnull=False), name="restricted_fund_has_an_amount"
            ),
            models.CheckConstraint(
                condition=Q(in_force__gte=0) & (Q(amount__isnull=True) | Q(in_force__lte=F("amount"))),
                name="fund_never_over_its_amount",
                violation_error_message=_("The funding source does not hold that much."),
            ),
            in_order("starts_on", "ends_on", "fund_period_in_order"),
        ]

    def __str__(self) -> str:
        # As it is kept: the trail writes this down, and is read in other languages later.
        return self.name

    @property
    def called(self) -> str:
        """Its name; that of the general fund, which the portal gave, in the reader's language."""
        return fund_called(self.name)

    @property
    def department_id(self) -> None:
        """A funding source belongs to the whole organisation."""
        return

    @property
    def left(self) -> Decimal | None:
        """What lines may still be put in force with; nothing where the fund is not limited."""
        return None if self.amount is None else self.amount - self.in_force

    def covers(self, first: date, last: date) -> bool:
        """Whether these days lie within its period."""
        return (self.starts_on is None or self.starts_on <= first) and (self.ends_on is None or last <= self.ends_on)
