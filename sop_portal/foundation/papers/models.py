"""Papers: receipts, offers, photos and lists, each beside the record that people decide on or answer for."""

from collections.abc import Collection
from datetime import timedelta
from typing import ClassVar, Self
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from sop_portal.foundation.kit.constraints import one_of
from sop_portal.foundation.kit.sentences import typed
from sop_portal.foundation.organisation.actor import Actor
from sop_portal.foundation.trail.kinds import named_kinds

Person = settings.AUTH_USER_MODEL
ONLY_ROW = 1
LONGEST_FILE_NAME = 120
WAITS_FOR = timedelta(days=1)


class PaperType(models.TextChoices):
    """What a paper can be, told by what stands in it."""

    PDF = "pdf", "PDF"
    JPEG = "jpeg", pgettext_lazy("paper", "Photo (JPEG)")
    PNG = "png", pgettext_lazy("paper", "Picture (PNG)")
    WEBP = "webp", pgettext_lazy("paper", "Picture (WebP)")
    DOCX = "docx", pgettext_lazy("paper", "Text document (.docx)")
    XLSX = "xlsx", pgettext_lazy("paper", "Spreadsheet (.xlsx)")
    PPTX = "pptx", pgettext_lazy("paper", "Presentation (.pptx)")
    ODT = "odt", pgettext_lazy("paper", "Text document (.odt)")
    ODS = "ods", pgettext_lazy("paper", "Spreadsheet (.ods)")
    ODP = "odp", pgettext_lazy("paper", "Presentation (.odp)")
    OFD = "ofd", pgettext_lazy("paper", "Electronic invoice (.ofd)")


class PaperSpace(models.Model):
    """How many bytes all papers take together: one row, taken from before a file is written."""

    used = models.BigIntegerField(_("bytes used"), default=0)

    class Meta:
        verbose_name = _("space of papers")
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(pk=ONLY_ROW), name="one_space_of_papers"),
            models.CheckConstraint(condition=Q(used__gte=0), name="space_of_papers_not_negative"),
        ]

    def __str__(self) -> str:
        return str(self.used)


class StoredFile(models.Model):
    """What stands in a paper, kept once however often it is attached; its file lies under its hash."""

    sha256 = models.CharField(max_length=64, unique=True)
    size = models.PositiveBigIntegerField(_("size"))
    type = models.CharField(_("kind of file"), max_length=8, choices=PaperType.choices)
    pages = models.PositiveIntegerField(_("pages"), default=0)
    small = models.BinaryField(default=bytes, editable=False)
    stored_at = models.DateTimeField()

    class Meta:
        verbose_name = _("file of a paper")
        verbose_name_plural = _("files of papers")
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(size__gt=0), name="stored_file_is_not_empty"),
            one_of("type", PaperType, "stored_file_type_known"),
        ]

    def __str__(self) -> str:
        return self.sha256


class WaitingPaper(models.Model):
    """A file brought with a form that is not sent yet, or has to be corrected; forgotten after a day."""

    token = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    person = models.ForeignKey(Person, models.CASCADE, related_name="+")
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="waiting")
    name = models.CharField(_("name of the file"), max_length=LONGEST_FILE_NAME)
    at = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name = _("waiting paper")
        verbose_name_plural = _("waiting papers")

    def __str__(self) -> str:
        return typed(self.name)


class Papers(models.QuerySet["Paper"]):
    """Papers, read as sentences. Who sees them is said by their records: `queries.visible_papers`."""

    def of(self, kind: str, record_id: int) -> Self:
        """The papers of one record, in the order in which they came."""
        return self.filter(kind=kind, record_id=record_id).order_by("at", "pk")

    def there(self) -> Self:
        """Those that were not taken back, old versions too."""
        return self.filter(taken_back_at=None)

    def told_to(self, actor: Actor, kinds: Collection[str] | None = None) -> Self:
        """Leave out what those who decide put there, as long as a department does not read what they do.

        Whoever knows which `kinds` of records the papers belong to names them: every kind makes the question longer.
        """
        found = self
        for kind in named_kinds(kinds) if not actor.sees_everything else ():
            if kind.withheld_while:
                found = found.exclude(kind.withheld_papers())
        return found

    def current(self) -> Self:
        """Those that hold: not taken back, and no newer version in their place."""
        # Asked once for all, and not beside each paper: among ten thousand that took half a minute.
        replaced = Paper.objects.filter(replaces__isnull=False, taken_back_at=None).values("replaces_id")
        return self.there().exclude(pk__in=replaced)


class Paper(models.Model):
    """One paper on one record: what it is called, who brought it, and which older one it stands in the place of.

    `part` names the line of the record it is about, where it is about one. Nothing of it changes afterwards; taken
    back, it leaves its name and hash behind, and its file goes unless another paper holds the same.
    """

    kind = models.CharField(max_length=40)
    record_id = models.BigIntegerField()
    part = models.CharField(max_length=40, blank=True)
    department_id = models.BigIntegerField(null=True)
    cycle_id = models.BigIntegerField(null=True)
    project_id = models.BigIntegerField(null=True)
    file = models.ForeignKey(StoredFile, models.PROTECT, null=True, related_name="papers")
    sha256 = models.CharField(max_length=64)
    name = models.CharField(_("name of the file"), max_length=LONGEST_FILE_NAME)
    description = models.CharField(_("what it is"), max_length=200, blank=True)
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField(_("when"))
    # Of its own entry in the trail: what stands behind it there came after the paper.
    position = models.PositiveBigIntegerField(editable=False)
    replaces = models.ForeignKey("self", models.PROTECT, null=True, related_name="newer")
    taken_back_at = models.DateTimeField(null=True)
    taken_back_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")

    objects = Papers.as_manager()

    class Meta:
        verbose_name = pgettext_lazy("paper", "paper")
        verbose_name_plural = pgettext_lazy("paper", "papers")
        indexes: ClassVar = [
            models.Index(fields=["kind", "record_id", "at"], name="papers_of_a_record"),
            models.Index(fields=["cycle_id", "at", "id"], name="papers_of_a_year"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(name=""), name="paper_has_a_name"),
            models.CheckConstraint(
                condition=Q(file__isnull=True, taken_back_at__isnull=False, taken_back_by__isnull=False)
                | Q(file__isnull=False, taken_back_at__isnull=True, taken_back_by__isnull=True),
                name="paper_has_its_file_until_taken_back",
            ),
            models.UniqueConstraint(
                fields=["replaces"], condition=Q(taken_back_at=None), name="one_newer_version_of_a_paper"
            ),
            models.CheckConstraint(
                condition=Q(replaces__isnull=True) | ~Q(replaces=F("pk")), name="paper_replaces_another"
            ),
        ]

    def __str__(self) -> str:
        return typed(self.name)

    def get_absolute_url(self) -> str:
        """The page on which it is looked at."""
        return reverse("paper", args=[self.pk])
