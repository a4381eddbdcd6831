"""What was brought in with a workbook, sheet by sheet, so that each can be taken back; and what columns are called."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from sop_portal.foundation.kit.sentences import typed
from sop_portal.foundation.workflow.seals import keep_rows

KIND, SAID = "workbook", "said-column"


class BroughtSheet(models.Model):
    """One sheet that was brought in: what it did, record by record, as long as that can be taken back."""

    file_name = models.CharField(_("file"), max_length=200)
    sheet = models.CharField(_("sheet"), max_length=20)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    rows = models.PositiveIntegerField(_("rows"))
    did = models.JSONField(default=list, editable=False)
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = _("sheet that was brought in")
        verbose_name_plural = _("sheets that were brought in")
        ordering: ClassVar = ["-at", "-pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(undone_at__isnull=True, undone_by__isnull=True)
                | Q(undone_at__isnull=False, undone_by__isnull=False),
                name="brought_sheet_undone_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return typed(self.file_name)


class SaidColumn(models.Model):
    """What somebody's own column holds, as it was said once: asked no more when it comes again."""

    sheet = models.CharField(max_length=20)
    called = models.CharField(max_length=200)
    column = models.CharField(max_length=40)

    class Meta:
        verbose_name = _("name of a column")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["sheet", "called"], name="one_meaning_per_column"),
            models.CheckConstraint(condition=~Q(called=""), name="said_column_has_a_name"),
        ]

    def __str__(self) -> str:
        return self.called


keep_rows(KIND, BroughtSheet)
keep_rows(SAID, SaidColumn)
