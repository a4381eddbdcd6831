"""Where a line or an expense stands that was brought in from a file: nothing of the portal led to it."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from planning.models import Cycle
from sop_portal.foundation.kit.money import MoneyField
from sop_portal.foundation.kit.sentences import interpolate, typed


class BroughtRow(models.Model):
    """One row of a file: what it said, and where it stands there. A line or an expense leads to it."""

    cycle = models.ForeignKey(Cycle, models.PROTECT, related_name="brought_rows")
    file_name = models.CharField(gettext_lazy("file"), max_length=200)
    sheet = models.CharField(gettext_lazy("sheet"), max_length=120, blank=True)
    number = models.PositiveIntegerField(gettext_lazy("row"))
    what = models.CharField(gettext_lazy("what"), max_length=120, blank=True)
    amount = MoneyField(gettext_lazy("amount"))
    excepted_because = models.TextField(gettext_lazy("posted by exception because"), max_length=2000, blank=True)

    class Meta:
        verbose_name = gettext_lazy("row of a file")
        verbose_name_plural = gettext_lazy("rows of files")
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(file_name="") & Q(number__gte=1), name="brought_row_says_where"),
        ]

    def __str__(self) -> str:
        return self.where

    @property
    def where(self) -> str:
        """The file, the sheet and the row, in words."""
        names = {"file": typed(self.file_name), "sheet": typed(self.sheet), "row": self.number}
        sentence = _("%(file)s, sheet “%(sheet)s”, row %(row)s") if self.sheet else _("%(file)s, row %(row)s")
        return interpolate(sentence, names)
