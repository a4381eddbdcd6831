"""What running the portal leaves behind: the backups that were made."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Backup(models.Model):
    """One backup that was written and found whole: when, how large, and where the trail ended in it."""

    at = models.DateTimeField(_("when"), db_index=True)
    size = models.PositiveBigIntegerField(_("bytes"))
    is_encrypted = models.BooleanField(_("encrypted"))
    trail_end = models.CharField(_("end of the trail"), max_length=100, blank=True)

    class Meta:
        verbose_name = _("backup")
        verbose_name_plural = _("backups")

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M}"
