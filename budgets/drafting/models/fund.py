"""Where the money of a budget comes from."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from sop_portal.foundation.organisation.scope import Shared


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
