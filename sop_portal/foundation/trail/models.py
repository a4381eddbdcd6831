"""The trail: who did what to which record, when, on whose behalf, and why. Rows are only ever added."""

from collections.abc import Collection
from typing import ClassVar, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from sop_portal.foundation.organisation.actor import Actor
from sop_portal.foundation.trail.kinds import PAPER_ACTS, hidden_from, named_kinds


class Entries(models.QuerySet["Entry"]):
    """Trail entries, read as sentences."""

    def of(self, kind: str, record_id: int) -> Self:
        """The history of one record, newest first."""
        return self.filter(kind=kind, record_id=record_id).order_by("-position")

    def visible_to(self, actor: Actor) -> Self:
        """Everything for a role of the whole organisation, else the entries of one's departments.

        Who may see a record is asked of the record itself: what is not there for somebody has no history either.
        """
        if actor.sees_everything:
            return self
        return self.filter(department_id__in=actor.department_ids).exclude(hidden_from(actor)).not_withheld()

    def not_withheld(self, kinds: Collection[str] | None = None) -> Self:
        """Leave out what a department is not told yet of a record that it sees.

        Whoever knows which `kinds` the entries are about names them: every kind makes the question longer.
        """
        found = self
        for kind in named_kinds(kinds):
            if kind.withheld:
                found = found.exclude(kind.withheld())
            if kind.withheld_while:
                found = found.exclude(kind.withheld_papers(), verb__in=PAPER_ACTS)
        return found


class Entry(models.Model):
    """One link of the chain. It holds ids, not names, so that a person can be erased and the chain still verifies."""

    position = models.PositiveBigIntegerField(primary_key=True)
    at = models.DateTimeField(_("when"))
    by_id = models.BigIntegerField(_("who"), null=True)
    behalf_id = models.BigIntegerField(_("on behalf of"), null=True)
    kind = models.CharField(max_length=40)
    record_id = models.BigIntegerField()
    department_id = models.BigIntegerField(null=True)
    cycle_id = models.BigIntegerField(null=True)
    verb = models.CharField(_("act"), max_length=60)
    state_from = models.CharField(max_length=20, blank=True)
    state_to = models.CharField(max_length=20, blank=True)
    version = models.PositiveIntegerField(default=0)
    changes = models.JSONField(_("changes"), default=list)
    comment = models.TextField(_("why"), blank=True)
    previous = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    objects = Entries.as_manager()

    class Meta:
        verbose_name = _("trail entry")
        verbose_name_plural = _("trail entries")
        indexes: ClassVar = [
            models.Index(fields=["kind", "record_id", "-position"], name="trail_by_record"),
            models.Index(fields=["department_id", "-position"], name="trail_by_department"),
            models.Index(fields=["by_id", "-position"], name="trail_by_person"),
        ]

    def __str__(self) -> str:
        return f"{self.position} {self.kind} {self.record_id} {self.verb}"


class Head(models.Model):
    """The end of the chain: one row, locked last in every transaction, sealed so that a cut shows."""

    position = models.PositiveBigIntegerField(default=0)
    hash = models.CharField(max_length=64, default="")
    seal = models.CharField(max_length=64, default="")

    class Meta:
        verbose_name = _("end of the trail")
        constraints: ClassVar = [models.CheckConstraint(condition=models.Q(pk=1), name="one_end_of_the_trail")]

    def __str__(self) -> str:
        return str(self.position)


class Verification(models.Model):
    """One look at the whole chain: when, how many entries it had, and how much was wrong."""

    at = models.DateTimeField(_("when"), db_index=True)
    entries = models.PositiveBigIntegerField(_("entries"))
    problems = models.PositiveIntegerField(_("problems"))

    class Meta:
        verbose_name = _("verification of the trail")
        verbose_name_plural = _("verifications of the trail")

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d} {self.problems}"
