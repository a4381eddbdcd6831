"""What every record of the process has: a version of its content, its contributors, and its comments."""

from typing import Any, ClassVar, Self, TypeVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from sop_portal.foundation.kit.sentences import StrOrPromise, interpolate, names_in
from sop_portal.foundation.organisation.actor import Actor
from sop_portal.foundation.trail.kinds import hidden_from


class Record(models.Model):
    """A record that moves through states. `version` counts changes of its content, not of its state."""

    version = models.PositiveIntegerField(_("version"), default=1)

    # Set by each record: department_id and cycle_id (fields or properties), state, due_on.
    department_id: Any
    cycle_id: Any
    state: Any
    get_absolute_url: Any

    class Meta:
        abstract = True

    @property
    def due_on(self) -> Any:
        """Until when the next step is due; None where no day is set."""
        return None

    @property
    def due_moved_from(self) -> Any:
        """The day off from which the due day was moved; None where it stands as it was set."""
        return getattr(self, "moved_from", None)

    @property
    def subject(self) -> str:
        """What stands behind the verb of a task, where the verb already says what kind of record it is."""
        return str(self)

    @property
    def gist(self) -> str:
        """What it is about in a clause with its figure, behind its title in a list of tasks; mostly that says it."""
        return ""

    @property
    def task_words(self) -> dict[str, object]:
        """What is put into the sentence of a task; `what` says what `gist` says."""
        return {}

    @property
    def full_title(self) -> str:
        """The title among the records of other departments: it says whose it is, once."""
        return in_its_department(str(self), self)


def in_its_department(title: str, record: models.Model) -> str:
    """A title or a sentence about a record with its department, unless that stands in it."""
    department = getattr(record, "department", None)
    if department is None or department.name in names_in([title]):
        return title
    return interpolate(_("%(title)s (%(department)s)"), {"title": title, "department": department})


def wanted(task: StrOrPromise, label: StrOrPromise, record: Record) -> str:
    """What is to be done on a record: the sentence of the task, or where it has none, the verb and the title."""
    if task:
        return in_its_department(interpolate(task, record.task_words), record)
    return interpolate(_("%(step)s: %(title)s"), {"step": label, "title": record.full_title})


RecordT = TypeVar("RecordT", bound=models.Model)


def with_year_and_department(rows: models.QuerySet[RecordT]) -> models.QuerySet[RecordT]:
    """Together with the year and the department a record stands in, where it names them itself."""
    beside = {field.name for field in rows.model._meta.concrete_fields if field.is_relation} & {"cycle", "department"}
    # Without names Django would follow every path there is.
    return rows.select_related(*sorted(beside)) if beside else rows


class Contributor(models.Model):
    """A person wrote or submitted content of a record, so they do not decide on it."""

    kind = models.CharField(max_length=40)
    record_id = models.BigIntegerField()
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("contributor")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["kind", "record_id", "person"], name="one_contributor_per_person_and_record"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.record_id} {self.person_id}"


class Comments(models.QuerySet["Comment"]):
    """Comments, read as sentences."""

    def of(self, kind: str, record_id: int) -> Self:
        """The comments on one record, oldest first."""
        return self.filter(kind=kind, record_id=record_id).select_related("by").order_by("at", "pk")

    def visible_to(self, actor: Actor) -> Self:
        """Everything for a role of the whole organisation, else those on records one sees."""
        if actor.sees_everything:
            return self
        return self.filter(department_id__in=actor.department_ids).exclude(hidden_from(actor))


class Comment(models.Model):
    """A short note on a record; the people it mentions are told."""

    kind = models.CharField(max_length=40)
    record_id = models.BigIntegerField()
    department_id = models.BigIntegerField(null=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    text = models.TextField(_("comment"), max_length=2000)
    mentioned = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="+")

    objects = Comments.as_manager()

    class Meta:
        verbose_name = _("comment")
        verbose_name_plural = _("comments")
        indexes: ClassVar = [models.Index(fields=["kind", "record_id", "at"], name="comments_of_a_record")]
        constraints: ClassVar = [models.CheckConstraint(condition=~models.Q(text=""), name="comment_says_something")]

    def __str__(self) -> str:
        return self.text[:60]


class Seal(models.Model):
    """What stood in one table of a finished record: how many rows, and the keyed digest over their columns."""

    kind = models.CharField(max_length=40)
    record_id = models.BigIntegerField()
    table = models.CharField(max_length=63)
    columns = models.JSONField()
    rows = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("seal")
        verbose_name_plural = _("seals")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["kind", "record_id", "table"], name="one_seal_per_record_and_table")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.record_id} {self.table}"
