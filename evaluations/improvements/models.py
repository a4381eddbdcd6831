"""The one register of improvement measures: decided, owned, due, evidenced, verified by somebody else."""

from datetime import date
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from planning.models import Cycle, Stage
from sop_portal.foundation.kit.constraints import moved_later, not_same, stamped
from sop_portal.foundation.kit.sentences import interpolate, typed
from sop_portal.foundation.organisation.models import Department
from sop_portal.foundation.organisation.scope import Scoped
from sop_portal.foundation.workflow.models import Record

Person = settings.AUTH_USER_MODEL


class Measures(Scoped["Measure"]):
    """Measures, read as sentences."""

    def overdue(self, on: date) -> Self:
        """Adopted ones that should have been done by now."""
        return self.filter(state="adopted", due__lt=on)


class Measure(Record):
    """Something that is to be done better, wherever the idea came from."""

    class State(models.TextChoices):
        PROPOSED = "proposed", pgettext_lazy("measure", "Proposed")
        ADOPTED = "adopted", _("Adopted")
        DECLINED = "declined", _("Declined")
        DONE = "done", _("Done")
        VERIFIED = "verified", _("Verified")

    class Origin(models.TextChoices):
        EVALUATION = "evaluation", _("Evaluation")
        AUDIT = "audit", _("Audit")
        FEEDBACK = "feedback", _("Feedback")
        MEETING = "meeting", _("Review meeting")

    class Priority(models.TextChoices):
        NORMAL = "normal", pgettext_lazy("priority", "Normal")
        HIGH = "high", pgettext_lazy("priority", "High")

    class Way(models.TextChoices):
        """How it is carried out: by work, or by what the portal has a form for."""

        WORK = "work", _("Work to be done")
        EXTENSION = "extension", _("More time for a stage")
        REALLOCATION = "reallocation", _("Money moved between lines")

    cycle = models.ForeignKey(Cycle, models.PROTECT, related_name="measures")
    department = models.ForeignKey(Department, models.PROTECT, related_name="measures")
    project_slug = models.SlugField(max_length=60, blank=True)
    number = models.PositiveIntegerField(_("number"))
    origin = models.CharField(_("comes from"), max_length=20, choices=Origin.choices)
    origin_url = models.CharField(max_length=300, blank=True)
    what = models.TextField(_("what is to be done"), max_length=2000)
    way = models.CharField(_("carried out as"), max_length=20, choices=Way.choices, default=Way.WORK)
    stage = models.CharField(_("more time for"), max_length=20, choices=Stage.choices, blank=True)
    owner = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="measures")
    priority = models.CharField(_("priority"), max_length=10, choices=Priority.choices, default=Priority.NORMAL)
    due = models.DateField(_("due"), null=True, blank=True)
    moved_from = models.DateField(_("moved from"), null=True, blank=True)
    evidence = models.TextField(_("evidence that it was done"), max_length=2000, blank=True)
    state = models.CharField(_("state"), max_length=20, choices=State.choices, default=State.PROPOSED)
    adopted_at = models.DateTimeField(null=True, blank=True)
    adopted_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    declined_at = models.DateTimeField(null=True, blank=True)
    declined_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    verified_at = models.DateTimeField(null=True, blank=True)
    verified_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")

    objects = Measures.as_manager()

    class Meta:
        verbose_name = _("improvement measure")
        verbose_name_plural = _("improvement measures")
        indexes: ClassVar = [
            models.Index(fields=["cycle", "department", "number"], name="department_measures_by_number")
        ]
        constraints: ClassVar = [
            moved_later("due", "measure_moved_later"),
            models.UniqueConstraint(fields=["cycle", "number"], name="one_measure_per_number"),
            models.CheckConstraint(condition=~Q(what=""), name="measure_says_what"),
            models.CheckConstraint(
                condition=Q(way__in=["work", "extension", "reallocation"]), name="measure_way_known"
            ),
            models.CheckConstraint(
                condition=Q(way="extension", stage__in=Stage.values) | (~Q(way="extension") & Q(stage="")),
                name="more_time_is_for_a_stage",
            ),
            models.CheckConstraint(condition=Q(priority__in=["normal", "high"]), name="measure_priority_known"),
            models.CheckConstraint(
                condition=~Q(state__in=["adopted", "done", "verified"]) | Q(owner__isnull=False, due__isnull=False),
                name="adopted_measure_has_owner_and_due",
                violation_error_message=_("An adopted measure has an owner and a due date."),
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["done", "verified"]) | ~Q(evidence=""), name="done_measure_has_evidence"
            ),
            stamped(
                state_field="state", states=["adopted", "done", "verified"], stamp="adopted", name="measure_adopted"
            ),
            stamped(state_field="state", states=["declined"], stamp="declined", name="measure_declined"),
            stamped(state_field="state", states=["done", "verified"], stamp="done", name="measure_done"),
            stamped(state_field="state", states=["verified"], stamp="verified", name="measure_verified"),
            not_same("done_by", "verified_by", "measure_verified_by_another"),
            not_same("owner", "verified_by", "measure_not_verified_by_its_owner"),
        ]

    def __str__(self) -> str:
        return _("Measure M-%(year)s-%(number)s") % {"year": self.cycle.year, "number": f"{self.number:02}"}

    @property
    def subject(self) -> str:
        """The number of the measure in the register, and the beginning of its text."""
        words = self.task_words
        return interpolate(_("%(number)s, %(what)s"), {"number": words["measure"], "what": words["what"]})

    @property
    def task_words(self) -> dict[str, object]:
        """What the sentence of a task about it is made of."""
        what = Truncator(self.what.strip().rstrip(".。")).words(9)
        return {"measure": f"M-{self.cycle.year}-{self.number:02}", "what": typed(what)}

    def get_absolute_url(self) -> str:
        """The measure's page."""
        return reverse("measure", args=[self.cycle.year, self.number])

    @property
    def due_on(self) -> date | None:
        """Until when it is to be done."""
        return self.due

    @property
    def lead_id(self) -> int | None:
        """The owner of the measure, in the place of a lead."""
        return self.owner_id
