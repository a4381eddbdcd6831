"""Periodic audits of how money was used: plan, findings, answers, closure."""

import re
from datetime import date
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from planning.models import Cycle, Project
from sop_portal.foundation.kit.constraints import moved_later, not_same, stamped
from sop_portal.foundation.kit.formats import money
from sop_portal.foundation.kit.money import MoneyField
from sop_portal.foundation.kit.sentences import interpolate, typed
from sop_portal.foundation.organisation.actor import Actor
from sop_portal.foundation.organisation.models import Department
from sop_portal.foundation.organisation.scope import Scoped
from sop_portal.foundation.workflow.models import Record

Person = settings.AUTH_USER_MODEL
HANDED_OVER = ("awaiting_response", "closed")


class Audit(Record):
    """Finance looks at how a department used its money, by the progress of its projects."""

    class State(models.TextChoices):
        PLANNED = "planned", _("Planned")
        IN_PROGRESS = "in_progress", _("In progress")
        AWAITING = "awaiting_response", _("Awaiting response")
        CLOSED = "closed", _("Closed")

    cycle = models.ForeignKey(Cycle, models.PROTECT, related_name="audits")
    department = models.ForeignKey(Department, models.PROTECT, related_name="audits")
    project = models.ForeignKey(Project, models.PROTECT, null=True, blank=True, related_name="audits")
    title = models.CharField(_("what is audited"), max_length=120)
    planned_on = models.DateField(_("planned for"))
    state = models.CharField(_("state"), max_length=20, choices=State.choices, default=State.PLANNED)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")

    objects = Scoped["Audit"].as_manager()

    class Meta:
        verbose_name = _("audit")
        verbose_name_plural = _("audits")
        constraints: ClassVar = [
            stamped(state_field="state", states=["closed"], stamp="closed", name="audit_closed"),
            models.CheckConstraint(condition=~Q(title=""), name="audit_has_a_title"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["cycle", "planned_on", "id"], name="audits_by_day"),
            models.Index(fields=["cycle", "department", "planned_on", "id"], name="department_audits_by_day"),
        ]

    def __str__(self) -> str:
        return typed(self.title)

    def get_absolute_url(self) -> str:
        """The audit's page."""
        return reverse("audit", args=[self.cycle.year, self.pk])

    @property
    def due_on(self) -> date:
        """The planned day of the audit, as its due day."""
        return self.planned_on


class Finding(Record):
    """Something the audit found: answered, remedied, and verified by somebody else."""

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        ANSWERED = "answered", _("Answered")
        REMEDIED = "remedied", _("Remedied")
        VERIFIED = "verified", _("Verified")

    audit = models.ForeignKey(Audit, models.PROTECT, related_name="findings")
    number = models.PositiveSmallIntegerField(_("number"))
    what = models.TextField(_("what was found"), max_length=2000)
    amount = MoneyField(_("amount concerned"), null=True, blank=True)
    due = models.DateField(_("answer due"))
    moved_from = models.DateField(_("moved from"), null=True, blank=True)
    answer = models.TextField(_("answer"), max_length=2000, blank=True)
    remedy = models.TextField(_("what was done"), max_length=2000, blank=True)
    state = models.CharField(_("state"), max_length=20, choices=State.choices, default=State.OPEN)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    remedied_at = models.DateTimeField(null=True, blank=True)
    remedied_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    verified_at = models.DateTimeField(null=True, blank=True)
    verified_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")

    class Findings(Scoped["Finding"]):
        """Findings, seen through their audit; the department reads them once it is asked for answers."""

        department_path = "audit__department_id"

        def visible_to(self, actor: Actor) -> Self:
            """Everything for a role of the whole organisation, else the own ones that were handed over."""
            seen = super().visible_to(actor)
            return seen if actor.sees_everything else seen.filter(audit__state__in=HANDED_OVER)

        def begun(self, on: date) -> Self:
            """The findings somebody owes an answer, a remedy or a check for: those of audits that asked for answers."""
            return self.filter(audit__state__in=HANDED_OVER)

    objects = Findings.as_manager()

    class Meta:
        verbose_name = _("finding")
        verbose_name_plural = _("findings")
        constraints: ClassVar = [
            moved_later("due", "finding_moved_later"),
            models.UniqueConstraint(fields=["audit", "number"], name="one_finding_per_number"),
            stamped(
                state_field="state",
                states=["answered", "remedied", "verified"],
                stamp="answered",
                name="finding_answered",
            ),
            stamped(state_field="state", states=["remedied", "verified"], stamp="remedied", name="finding_remedied"),
            stamped(state_field="state", states=["verified"], stamp="verified", name="finding_verified"),
            not_same("remedied_by", "verified_by", "finding_verified_by_another"),
            not_same("answered_by", "verified_by", "finding_verified_by_others_than_answered"),
            models.CheckConstraint(condition=~Q(what=""), name="finding_says_what"),
        ]

    def __str__(self) -> str:
        return interpolate(_("Finding %(number)s: %(audit)s"), {"number": self.number, "audit": self.audit})

    def get_absolute_url(self) -> str:
        """The finding's page."""
        return reverse("finding", args=[self.audit.cycle.year, self.audit_id, self.number])

    @property
    def task_words(self) -> dict[str, object]:
        """What the sentence of a task about it is made of."""
        return {"number": self.number, "what": typed(self._beginning)}

    @property
    def _beginning(self) -> str:
        """What was found, up to where the explanation begins."""
        first = re.split(r"[:：;；。]|\.\s", self.what.strip(), maxsplit=1)[0]
        return Truncator(first.rstrip(".")).words(12)

    @property
    def gist(self) -> str:
        """The beginning of what was found, and the amount it concerns."""
        words = typed(Truncator(self.what.strip().rstrip(".。")).words(9))
        if self.amount is None:
            return words
        return interpolate(
            _("%(words)s, %(currency)s %(amount)s"),
            {
                "words": words,
                "currency": self.audit.cycle.currency,
                "amount": money(self.amount, 2),
            },
        )

    @property
    def department_id(self) -> int:
        """The audited department."""
        return self.audit.department_id

    @property
    def department(self) -> Department:
        """The audited department."""
        return self.audit.department

    @property
    def cycle_id(self) -> int:
        """The year of the audit."""
        return self.audit.cycle_id

    @property
    def lead_id(self) -> int | None:
        """The lead of the audited project, where it is one project."""
        return self.audit.project.lead_id if self.audit.project else None

    @property
    def due_on(self) -> date:
        """Until when the department answers."""
        return self.due
