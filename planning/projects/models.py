"""Projects, the spine of the year, and the actual figures of the years before."""

from decimal import Decimal
from hashlib import sha1
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from planning.cycles.models import Cycle
from sop_portal.foundation.kit.constraints import stamped
from sop_portal.foundation.kit.money import MoneyField
from sop_portal.foundation.kit.sentences import typed
from sop_portal.foundation.organisation.models import Department
from sop_portal.foundation.organisation.scope import Scoped, Shared
from sop_portal.foundation.workflow.models import Record

LONGEST_SLUG = 60


class Metric(models.TextChoices):
    """What is forecast, and what is counted afterwards."""

    ACTIVITIES = "activities", _("Activities")
    PARTICIPANTS = "participants", _("Participants")
    PEOPLE = "people", _("People (hours)")
    MATERIALS = "materials", _("Materials")
    MONEY = "money", _("Money, without materials")


class Project(Record):
    """A project in one cycle. The same short name in the next cycle continues it: that is its line through the years.

    The totals are kept here, per project, by the same transaction that changes a line (see `check_invariants`).
    """

    class State(models.TextChoices):
        PLANNED = "planned", _("Planned")
        ACTIVE = "active", _("Active")
        ON_HOLD = "on_hold", _("On hold")
        COMPLETED = "completed", _("Completed")
        EVALUATED = "evaluated", _("Evaluated")
        CANCELLED = "cancelled", _("Cancelled")

    cycle = models.ForeignKey(Cycle, models.PROTECT, related_name="projects")
    department = models.ForeignKey(Department, models.PROTECT, related_name="projects")
    name = models.CharField(_("name"), max_length=120)
    slug = models.SlugField(_("short name in addresses"), max_length=60)
    purpose = models.TextField(_("what it is for"), max_length=2000, blank=True)
    lead = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="projects", verbose_name=_("lead")
    )
    importance = models.PositiveSmallIntegerField(_("importance, 1 to 5"), default=3)
    state = models.CharField(_("state"), max_length=20, choices=State.choices, default=State.PLANNED)
    starts_on = models.DateField(_("starts"))
    ends_on = models.DateField(_("ends"))
    activated_at = models.DateTimeField(null=True, blank=True)
    activated_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    completed_at = models.DateTimeField(null=True, blank=True)
    completed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    budget_approved_at = models.DateTimeField(null=True, blank=True)
    needed = MoneyField(_("needed"), default=0)
    asked = MoneyField(_("asked"), default=0)
    granted = MoneyField(_("granted"), default=0)
    budgeted = MoneyField(_("budgeted"), default=0)
    spent = MoneyField(_("spent"), default=0)
    activities_planned = models.PositiveIntegerField(_("activities planned"), default=0)
    activities_held = models.PositiveIntegerField(_("activities held"), default=0)
    participants_planned = models.PositiveIntegerField(_("participants planned"), default=0)
    participants_reached = models.PositiveIntegerField(_("participants reached"), default=0)

    objects = Scoped["Project"].as_manager()

    class Meta:
        verbose_name = _("project")
        verbose_name_plural = _("projects")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["cycle", "department", "slug"], name="one_project_per_slug"),
            models.CheckConstraint(condition=~Q(name=""), name="project_has_a_name"),
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="project_ends_after_it_starts"),
            models.CheckConstraint(condition=Q(importance__gte=1, importance__lte=5), name="project_importance_1_to_5"),
            models.CheckConstraint(
                condition=Q(needed__gte=0, asked__gte=0, granted__gte=0, budgeted__gte=0, spent__gte=0),
                name="project_totals_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(spent__lte=F("budgeted")),
                name="project_not_overspent",
                violation_error_message=_("More would be spent than is budgeted."),
            ),
            stamped(
                state_field="state", states=["completed", "evaluated"], stamp="completed", name="project_completed"
            ),
            stamped(
                state_field="state",
                states=["active", "on_hold", "completed", "evaluated"],
                stamp="activated",
                name="project_activated",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["cycle", "name", "id"], name="projects_by_name"),
            models.Index(fields=["department", "slug"], name="projects_through_years"),
            models.Index(fields=["cycle", "state"], name="projects_by_state"),
            models.Index(fields=["cycle", "spent", "id"], name="projects_by_spending"),
            models.Index(fields=["cycle", "department", "name", "id"], name="department_projects_by_name"),
            models.Index(fields=["cycle", "department", "spent", "id"], name="department_projects_by_spent"),
        ]

    def __str__(self) -> str:
        return typed(self.name)

    def get_absolute_url(self) -> str:
        """The project's page."""
        return reverse("project", args=[self.cycle.year, self.department.slug, self.slug])


class ProjectName(models.Model):
    """A later name of a project: what comes in under it belongs to the short name that the project keeps."""

    department = models.ForeignKey(Department, models.PROTECT, related_name="project_names")
    called = models.SlugField(max_length=60)
    slug = models.SlugField(max_length=60)

    class Meta:
        verbose_name = _("later name of a project")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["department", "called"], name="one_project_per_later_name"),
            models.CheckConstraint(condition=~Q(called=F("slug")), name="later_name_is_another"),
        ]

    def __str__(self) -> str:
        return self.called


def slug_of(name: str) -> str:
    """The short name of a project in addresses: the letters and digits of its name, the same in every year.

    A name without any, as a Chinese one, gets a short name made from its signs.
    """
    plain = slugify(name)[:LONGEST_SLUG].strip("-")
    # Where signs were lost, two different names must not become one.
    if plain and name.isascii():
        return plain
    mark = sha1(" ".join(name.split()).casefold().encode(), usedforsecurity=False).hexdigest()[:8]
    return f"{plain[: LONGEST_SLUG - 9]}-{mark}" if plain else f"p-{mark}"


class HistoryImport(models.Model):
    """One file of past figures that was taken in; it can be undone while its rows are untouched."""

    file_name = models.CharField(_("file"), max_length=200)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    rows = models.PositiveIntegerField(_("rows"))
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    departments_made = models.JSONField(default=list, editable=False)

    objects = Shared["HistoryImport"].as_manager()

    class Meta:
        verbose_name = _("history import")
        verbose_name_plural = _("history imports")
        ordering: ClassVar = ["-at"]

    def __str__(self) -> str:
        return self.file_name


class YearFigures(models.Model):
    """The five figures of a project in one year. A blank is not known; it is not zero."""

    name = models.CharField(_("project"), max_length=120)
    activities = models.DecimalField(max_digits=15, decimal_places=2, null=True, blank=True)
    participants = models.DecimalField(max_digits=15, decimal_places=2, null=True, blank=True)
    people = models.DecimalField(max_digits=15, decimal_places=2, null=True, blank=True)
    materials = MoneyField(null=True, blank=True)
    money = MoneyField(null=True, blank=True)

    class Meta:
        abstract = True

    @property
    def figures(self) -> dict[str, Decimal | None]:
        """The five figures by metric."""
        return {metric: getattr(self, metric) for metric in Metric.values}


class Actual(YearFigures):
    """What a project really did in one year: brought in from a file, or written by its evaluation.

    `version` counts every act on the figures, so that nobody corrects or takes back what they never saw.
    """

    department = models.ForeignKey(Department, models.PROTECT, related_name="actuals")
    slug = models.SlugField(max_length=60)
    year = models.PositiveSmallIntegerField(_("year"))
    taken_from = models.ForeignKey(HistoryImport, models.PROTECT, null=True, blank=True, related_name="actuals")
    version = models.PositiveIntegerField(_("version"), default=0, db_default=0)

    objects = Scoped["Actual"].as_manager()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["year", "department"], name="actuals_by_year")]
        verbose_name = _("actual figures of a year")
        verbose_name_plural = _("actual figures")
        ordering: ClassVar = ["year"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["department", "slug", "year"], name="one_actual_per_project_and_year"),
            *(
                models.CheckConstraint(
                    condition=Q(**{f"{metric}__isnull": True}) | Q(**{f"{metric}__gte": 0}),
                    name=f"actual_{metric}_not_negative",
                )
                for metric in Metric.values
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.year}"


class ReplacedActual(YearFigures):
    """What stood in the history before somebody replaced it; the newest one is what comes back when that is undone."""

    class Why(models.TextChoices):
        IMPORT = "import", _("Replaced by a file")
        EVALUATION = "evaluation", _("Replaced by the evaluation")
        CANCELLED = "cancelled", _("Replaced when the project was cancelled")
        CORRECTION = "correction", _("Corrected")
        REPORT = "report", _("Corrected in a progress report")

    actual = models.ForeignKey(Actual, models.CASCADE, related_name="replaced")
    taken_from = models.ForeignKey(HistoryImport, models.PROTECT, null=True, blank=True, related_name="+")
    why = models.CharField(max_length=20, choices=Why.choices)
    replaced_in = models.ForeignKey(HistoryImport, models.PROTECT, null=True, blank=True, related_name="replaced")
    reason = models.TextField(_("reason"), max_length=2000, blank=True)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("replaced figures of a year")
        verbose_name_plural = _("replaced figures")
        ordering: ClassVar = ["-pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(why="import", replaced_in__isnull=False) | (~Q(why="import") & Q(replaced_in__isnull=True)),
                name="replaced_actual_names_its_file",
            ),
            models.CheckConstraint(
                condition=~Q(why="correction") | ~Q(reason=""),
                name="corrected_actual_says_why",
                violation_error_message=_("Say why the figure is corrected."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.actual_id}"


class Hindsight(models.Model):
    """What earlier years taught about a project, written down by the last stage for the planners of the next year."""

    class Kind(models.TextChoices):
        LESSON = "lesson", _("Lesson")
        MEASURE = "measure", _("Open measure")

    kind = models.CharField(max_length=20, choices=Kind.choices)
    source_id = models.BigIntegerField()
    department = models.ForeignKey(Department, models.PROTECT, related_name="+")
    slug = models.SlugField(max_length=60, blank=True)
    year = models.PositiveSmallIntegerField(_("year"))
    text = models.TextField(max_length=2000)
    source_url = models.CharField(max_length=300)
    owner_name = models.CharField(max_length=120, blank=True)
    due_on = models.DateField(null=True, blank=True)
    is_open = models.BooleanField(default=True)

    objects = Shared["Hindsight"].as_manager()

    class Meta:
        verbose_name = _("hindsight")
        verbose_name_plural = _("hindsight")
        ordering: ClassVar = ["-year", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["kind", "source_id"], name="one_hindsight_per_source"),
            models.CheckConstraint(condition=~Q(text=""), name="hindsight_says_something"),
        ]
        indexes: ClassVar = [models.Index(fields=["slug", "department", "-year"], name="hindsight_by_project")]

    def __str__(self) -> str:
        return self.text
