"""Stage 5: what a finished project reached, and the lessons it leaves."""

from datetime import date
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from budgets.models import Category
from planning.cycles.queries import dates_of, extension_of, moved_from_for
from planning.models import Cycle, Metric, Project, Stage
from sop_portal.foundation.kit.constraints import moved_later, not_same, stamped
from sop_portal.foundation.kit.sentences import interpolate
from sop_portal.foundation.organisation.actor import Actor
from sop_portal.foundation.organisation.models import Department
from sop_portal.foundation.organisation.scope import Scoped, Shared
from sop_portal.foundation.workflow.models import Record

Person = settings.AUTH_USER_MODEL
COUNTED = (Metric.ACTIVITIES, Metric.PARTICIPANTS)
QUESTIONS = {
    "reached": _("What was reached, and what was not?"),
    "problems": _("Which problems came up?"),
    "better": _("What should be done differently?"),
}
ANSWERS = QUESTIONS | {"explanation": _("Why does it differ from the plan?"), "people_used": _("hours worked")}
# What a review writes down of the money: planned and spent, by category.
MONEY_FIELDS = {
    f"{name}-{category.value}": format_lazy("{}, {}", category.label, label)
    for category in Category
    for name, label in (("planned", pgettext_lazy("money", "planned")), ("spent", pgettext_lazy("money", "spent")))
}


# What an evaluation shows of what was counted and spent while it is open: its version counts every change of it.
SHOWN_FIGURES = (
    {f"reached-{metric.value}": metric.label for metric in COUNTED}
    | {f"before-{metric.value}": format_lazy("{}, {}", metric.label, _("the year before")) for metric in COUNTED}
    | MONEY_FIELDS
)


class Evaluation(Record):
    """A department looks back on one project: goals, resources and money beside the plan, and what to do better.

    `figures` is what its version shows of what was counted and spent: who decides has seen these.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        SUBMITTED = "submitted", _("Submitted")
        RETURNED = "returned", _("Sent back")
        REVIEWED = "reviewed", _("Reviewed")

    cycle = models.ForeignKey(Cycle, models.PROTECT, related_name="evaluations")
    department = models.ForeignKey(Department, models.PROTECT, related_name="+")
    project = models.OneToOneField(Project, models.PROTECT, related_name="evaluation")
    due = models.DateField(_("due"))
    moved_from = models.DateField(_("moved from"), null=True, blank=True)
    state = models.CharField(_("state"), max_length=20, choices=State.choices, default=State.DRAFT)
    is_late = models.BooleanField(_("late"), default=False)
    people_used = models.DecimalField(ANSWERS["people_used"], max_digits=15, decimal_places=2, null=True, blank=True)
    reached = models.TextField(ANSWERS["reached"], max_length=4000, blank=True)
    problems = models.TextField(ANSWERS["problems"], max_length=4000, blank=True)
    better = models.TextField(ANSWERS["better"], max_length=4000, blank=True)
    explanation = models.TextField(ANSWERS["explanation"], max_length=4000, blank=True)
    figures = models.JSONField(default=dict, editable=False)
    submitted_at = models.DateTimeField(null=True, blank=True)
    submitted_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    reviewed_at = models.DateTimeField(null=True, blank=True)
    reviewed_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")

    objects = Scoped["Evaluation"].as_manager()

    class Meta:
        verbose_name = _("evaluation")
        verbose_name_plural = _("evaluations")
        indexes: ClassVar = [
            models.Index(fields=["cycle", "due", "id"], name="evaluations_by_due"),
            models.Index(fields=["cycle", "department", "due", "id"], name="department_evaluations_by_due"),
        ]
        constraints: ClassVar = [
            moved_later("due", "evaluation_moved_later"),
            stamped(
                state_field="state", states=["submitted", "reviewed"], stamp="submitted", name="evaluation_submitted"
            ),
            stamped(state_field="state", states=["reviewed"], stamp="reviewed", name="evaluation_reviewed"),
            not_same("submitted_by", "reviewed_by", "evaluation_reviewed_by_another"),
        ]

    def __str__(self) -> str:
        return interpolate(_("Evaluation %(year)s, %(project)s"), {"year": self.cycle.year, "project": self.project})

    def get_absolute_url(self) -> str:
        """The evaluation's page."""
        return reverse("evaluation", args=[self.cycle.year, self.department.slug, self.project.slug])

    @property
    def task_words(self) -> dict[str, object]:
        """What the sentence of a task about it is made of."""
        return {"year": self.cycle.year, "project": self.project}

    @property
    def lead_id(self) -> int | None:
        """The lead of the project."""
        return self.project.lead_id

    @property
    def own_due(self) -> date:
        """Four weeks after the project ended, or the last day of the window where that comes first."""
        window = dates_of(self.cycle, Stage.EVALUATION)
        return min(self.due, window.due_on) if window else self.due

    @property
    def due_on(self) -> date:
        """Its own day, or the later one of the department's extension."""
        extension = extension_of(self.cycle, Stage.EVALUATION, self.department_id)
        return max(self.own_due, extension.until_on) if extension else self.own_due

    @property
    def due_moved_from(self) -> date | None:
        """The day off from which its own day, or the one of the window or extension that counts, was moved."""
        is_own = self.due_on == self.due
        return self.moved_from if is_own else moved_from_for(self.cycle, Stage.EVALUATION, self.department_id)


class Goal(models.Model):
    """One goal of a project: indicator, baseline, target and what was reached."""

    evaluation = models.ForeignKey(Evaluation, models.CASCADE, related_name="goals")
    indicator = models.CharField(_("indicator"), max_length=120)
    baseline = models.DecimalField(_("baseline value"), max_digits=15, decimal_places=2, null=True, blank=True)
    target = models.DecimalField(_("target"), max_digits=15, decimal_places=2, null=True, blank=True)
    actual = models.DecimalField(_("actual"), max_digits=15, decimal_places=2, null=True, blank=True)

    class Meta:
        verbose_name = _("goal")
        verbose_name_plural = _("goals")
        constraints: ClassVar = [models.CheckConstraint(condition=~Q(indicator=""), name="goal_has_an_indicator")]

    def __str__(self) -> str:
        return str(Metric(self.indicator).label) if self.is_counted else self.indicator

    @property
    def is_counted(self) -> bool:
        """Whether the portal counts it (activities, participants); the others are the department's own."""
        return self.indicator in COUNTED


class Lessons(Shared["Lesson"]):
    """Lessons, read as sentences."""

    def published(self) -> Self:
        """The lessons that management published; the others stand on their evaluation only."""
        return self.filter(published_at__isnull=False)

    def visible_to(self, actor: Actor) -> Self:
        """The published ones, of all departments, for everybody who holds a role."""
        return super().visible_to(actor).published()


class Lesson(models.Model):
    """A lesson as it was written, and as it was published; both are kept. Published ones reach next year's forecast."""

    evaluation = models.ForeignKey(Evaluation, models.PROTECT, related_name="lessons")
    department = models.ForeignKey(Department, models.PROTECT, related_name="lessons")
    project_slug = models.SlugField(max_length=60)
    year = models.PositiveSmallIntegerField(_("year"))
    written = models.TextField(_("lesson as written"), max_length=1000)
    published = models.TextField(_("lesson as published"), max_length=1000, blank=True)
    written_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    written_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True, blank=True)
    published_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")

    # Lessons are for everybody once published; before that they stand on the evaluation only.
    objects = Lessons.as_manager()

    class Meta:
        verbose_name = _("lesson learned")
        verbose_name_plural = _("lessons learned")
        ordering: ClassVar = ["-year", "pk"]
        indexes: ClassVar = [
            models.Index(fields=["project_slug", "-year"], name="lessons_by_project"),
            models.Index(fields=["year", "id"], name="lessons_by_year"),
            models.Index(fields=["department", "year", "id"], name="department_lessons_by_year"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(written=""), name="lesson_says_something"),
            models.CheckConstraint(
                condition=Q(published="", published_at__isnull=True, published_by__isnull=True)
                | (~Q(published="") & Q(published_at__isnull=False, published_by__isnull=False)),
                name="lesson_published_is_stamped",
            ),
        ]

    def __str__(self) -> str:
        return self.published or self.written
