"""The handbook's written part: guides per step, versions, and who confirmed reading them."""

from datetime import date
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.timezone import localdate
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from sop_portal.foundation.organisation.scope import Shared

Person = settings.AUTH_USER_MODEL


class Edition(models.Model):
    """A version of the handbook; the highest number is in force."""

    number = models.PositiveIntegerField(_("version"), unique=True)
    published_at = models.DateTimeField()
    published_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    note = models.TextField(_("what changed"), max_length=2000, blank=True)

    objects = Shared["Edition"].as_manager()

    class Meta:
        verbose_name = _("handbook version")
        ordering: ClassVar = ["-number"]

    def __str__(self) -> str:
        return str(self.number)

    @property
    def published_on(self) -> date:
        """The day since which it is in force, on the organisation's calendar."""
        return localdate(self.published_at)


class Guide(models.Model):
    """The written guide of one page of the handbook, in both languages, in one version."""

    edition = models.ForeignKey(Edition, models.PROTECT, related_name="guides")
    page = models.CharField(_("page"), max_length=60)
    text_en = models.TextField(_("guide in English"))
    text_zh = models.TextField(_("guide in Chinese"))

    objects = Shared["Guide"].as_manager()

    class Meta:
        verbose_name = _("guide")
        verbose_name_plural = _("guides")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["edition", "page"], name="one_guide_per_page_and_edition"),
            models.CheckConstraint(condition=~Q(text_en="") & ~Q(text_zh=""), name="guide_in_both_languages"),
        ]

    def __str__(self) -> str:
        return self.page

    @property
    def text(self) -> str:
        """The guide in the language of the page, as Markdown."""
        return self.text_zh if (get_language() or "").startswith("zh") else self.text_en


class Acknowledgement(models.Model):
    """A person confirmed having read and understood one version."""

    edition = models.ForeignKey(Edition, models.PROTECT, related_name="acknowledgements")
    person = models.ForeignKey(Person, models.PROTECT, related_name="acknowledgements")
    at = models.DateTimeField()

    objects = Shared["Acknowledgement"].as_manager()

    class Meta:
        verbose_name = _("acknowledgement")
        verbose_name_plural = _("acknowledgements")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["edition", "person"], name="one_acknowledgement_per_edition")
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.edition_id}"

    @property
    def on(self) -> date:
        """The day it was confirmed, on the organisation's calendar."""
        return localdate(self.at)
