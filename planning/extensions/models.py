"""What a department asks when it needs more time for a stage."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from planning.cycles.models import Cycle, Stage
from sop_portal.foundation.kit.constraints import not_same, stamped
from sop_portal.foundation.kit.formats import day_of_year
from sop_portal.foundation.kit.sentences import interpolate
from sop_portal.foundation.organisation.models import Department
from sop_portal.foundation.organisation.scope import Scoped
from sop_portal.foundation.workflow.models import Record

Person = settings.AUTH_USER_MODEL


class ExtensionRequest(Record):
    """A department asks for more time in one stage: until when, and why. Granted, it becomes an extension."""

    class State(models.TextChoices):
        ASKED = "asked", pgettext_lazy("state", "Asked")
        GRANTED = "granted", pgettext_lazy("state", "Granted")
        REFUSED = "refused", _("Refused")
        WITHDRAWN = "withdrawn", pgettext_lazy("state", "Withdrawn")

    cycle = models.ForeignKey(Cycle, models.PROTECT, related_name="extension_requests")
    department = models.ForeignKey(Department, models.PROTECT, related_name="extension_requests")
    stage = models.CharField(_("stage"), max_length=20, choices=Stage.choices)
    until_on = models.DateField(_("until"))
    reason = models.TextField(_("why more time is needed"), max_length=2000)
    state = models.CharField(_("state"), max_length=20, choices=State.choices, default=State.ASKED)
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")

    objects = Scoped["ExtensionRequest"].as_manager()

    class Meta:
        verbose_name = _("request for more time")
        verbose_name_plural = _("requests for more time")
        ordering: ClassVar = ["-asked_at", "-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["cycle", "department", "stage"],
                condition=Q(state="asked"),
                name="one_extension_asked_at_a_time",
                violation_error_message=_("This was already asked and waits for a decision."),
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="extension_request_says_why"),
            models.CheckConstraint(condition=Q(stage__in=Stage.values), name="extension_request_stage_known"),
            stamped(
                state_field="state", states=["granted", "refused"], stamp="decided", name="extension_request_decided"
            ),
            not_same("asked_by", "decided_by", "extension_decided_by_another"),
        ]

    def __str__(self) -> str:
        words = {
            "department": self.department,
            "stage": self.get_stage_display(),
            "year": self.cycle.year,
            "day": day_of_year(self.until_on),
        }
        return interpolate(_("More time for %(department)s until %(day)s, %(stage)s %(year)s"), words)

    def get_absolute_url(self) -> str:
        """The request's page."""
        return reverse("extension-request", args=[self.cycle.year, self.pk])

    @property
    def task_words(self) -> dict[str, object]:
        """What the sentence of a task about it is made of."""
        return {
            "department": self.department,
            "stage": self.get_stage_display(),
            "year": self.cycle.year,
            "day": day_of_year(self.until_on),
        }
