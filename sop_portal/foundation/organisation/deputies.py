"""Who stands in for whom, in which role, and until when."""

from datetime import date
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from sop_portal.foundation.organisation.roles import Role


def lasts(day: date) -> Q:
    """Whether a role or a deputyship is not over on a day: what was ended at once is over with the day it ended on."""
    return Q(until_on__isnull=True) | Q(until_on__gt=day) | Q(until_on=day, ended_at__isnull=True)


class Delegations(models.QuerySet["Delegation"]):
    """Deputyships, read as sentences."""

    def on(self, day: date) -> "Delegations":
        """The deputyships in force on a civil day."""
        return self.filter(lasts(day), from_on__lte=day)

    def on_or_after(self, day: date) -> "Delegations":
        """The deputyships in force on a civil day, or later."""
        return self.filter(lasts(day))


class Delegation(models.Model):
    """While somebody is away, somebody else acts in one of their roles, or in all of them."""

    giver = models.ForeignKey(
        "organisation.User", models.PROTECT, related_name="delegations_given", verbose_name=_("from")
    )
    deputy = models.ForeignKey(
        "organisation.User", models.PROTECT, related_name="delegations_held", verbose_name=_("deputy")
    )
    role = models.CharField(_("role"), max_length=20, choices=Role.choices, blank=True)
    from_on = models.DateField(_("from"))
    until_on = models.DateField(_("until"))
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True, editable=False)

    objects = Delegations.as_manager()

    class Meta:
        verbose_name = _("delegation")
        verbose_name_plural = _("delegations")
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(giver=models.F("deputy")), name="nobody_deputises_for_themselves"),
            models.CheckConstraint(
                condition=Q(until_on__gte=models.F("from_on")),
                name="delegation_ends_after_it_begins",
                violation_error_message=_("The last day is before the first."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.giver_id} → {self.deputy_id}"
