"""Feedback from departments: said, answered, and what followed."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from planning.models import Cycle
from sop_portal.foundation.kit.constraints import not_same, stamped
from sop_portal.foundation.kit.sentences import typed
from sop_portal.foundation.organisation.models import Department
from sop_portal.foundation.organisation.scope import Scoped
from sop_portal.foundation.workflow.models import Record

Person = settings.AUTH_USER_MODEL


class Feedback(Record):
    """What a department reports about its progress, its problems or the process; management answers."""

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        ANSWERED = "answered", _("Answered")

    cycle = models.ForeignKey(Cycle, models.PROTECT, related_name="feedback")
    department = models.ForeignKey(Department, models.PROTECT, related_name="+")
    title = models.CharField(_("title"), max_length=120)
    text = models.TextField(_("what we experienced"), max_length=2000)
    state = models.CharField(_("state"), max_length=20, choices=State.choices, default=State.OPEN)
    given_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    given_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")

    objects = Scoped["Feedback"].as_manager()

    class Meta:
        verbose_name = _("feedback")
        verbose_name_plural = _("feedback")
        constraints: ClassVar = [
            stamped(state_field="state", states=["answered"], stamp="answered", name="feedback_answered"),
            not_same("given_by", "answered_by", "feedback_answered_by_another"),
            models.CheckConstraint(condition=~Q(title="") & ~Q(text=""), name="feedback_says_something"),
        ]

    def __str__(self) -> str:
        return typed(self.title)

    def get_absolute_url(self) -> str:
        """The feedback's page."""
        return reverse("feedback-entry", args=[self.cycle.year, self.pk])

    @property
    def lead_id(self) -> int:
        """The person who gave the feedback, in the place of a lead."""
        return self.given_by_id
