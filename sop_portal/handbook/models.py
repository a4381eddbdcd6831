"""The handbook's written part: guides per step, versions, and who confirmed reading them."""

from datetime import date
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.timezone import localdate
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from sop_portal.foundation.kit.constraints import not_same
from sop_portal.foundation.organisation.scope import Shared
from sop_portal.foundation.workflow.seals import keep_rows

Person = settings.AUTH_USER_MODEL
KIND, WRITTEN = "handbook", "written-edition"


class Edition(models.Model):
    """A version of the handbook; the highest number is in force."""

    number = models.PositiveIntegerField(_("version"), unique=True)
    published_at = models.DateTimeField()
    published_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    # Whoever wrote it; somebody else put it in force. Of versions from before that was one person.
    written_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    note = models.TextField(_("what changed"), max_length=2000, blank=True)

    objects = Shared["Edition"].as_manager()

    class Meta:
        verbose_name = _("handbook version")
        ordering: ClassVar = ["-number"]
        constraints: ClassVar = [not_same("written_by", "published_by", "edition_put_in_force_by_another")]

    def __str__(self) -> str:
        return str(self.number)

    @property
    def published_on(self) -> date:
        """The day since which it is in force, on the organisation's calendar."""
        return localdate(self.published_at)


class WrittenEdition(models.Model):
    """The next version, written by one and not in force before another one says so; there is one at a time."""

    number = models.PositiveIntegerField(_("version"), unique=True)
    note = models.TextField(_("what changed"), max_length=2000)
    # The guides that change: page to English and Chinese.
    texts = models.JSONField(_("guides that change"))
    written_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    written_at = models.DateTimeField()

    objects = Shared["WrittenEdition"].as_manager()

    class Meta:
        verbose_name = _("version that is not in force yet")
        verbose_name_plural = _("versions that are not in force yet")

    def __str__(self) -> str:
        return str(self.number)


class Guide(models.Model):
    """The written guide of one page of the handbook, in both languages, in one version."""

    class Behind(models.TextChoices):
        """The language in which a guide was not brought up to date with the other."""

        NEITHER = "", _("neither")
        ENGLISH = "en", _("English")
        CHINESE = "zh", _("Chinese")

    edition = models.ForeignKey(Edition, models.PROTECT, related_name="guides")
    page = models.CharField(_("page"), max_length=60)
    text_en = models.TextField(_("guide in English"))
    text_zh = models.TextField(_("guide in Chinese"))
    behind = models.CharField(_("language that is behind"), max_length=2, choices=Behind.choices, blank=True)

    objects = Shared["Guide"].as_manager()

    class Meta:
        verbose_name = _("guide")
        verbose_name_plural = _("guides")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["edition", "page"], name="one_guide_per_page_and_edition"),
            models.CheckConstraint(condition=~Q(text_en="") & ~Q(text_zh=""), name="guide_in_both_languages"),
            models.CheckConstraint(condition=Q(behind__in=["", "en", "zh"]), name="guide_behind_in_a_language"),
        ]

    def __str__(self) -> str:
        return self.page

    @property
    def text(self) -> str:
        """The guide in the language of the page, as Markdown."""
        return self.text_zh if language_read() == "zh" else self.text_en

    @property
    def is_behind(self) -> bool:
        """Whether the other language says something newer than the one of the page."""
        return self.behind == language_read()


def language_read() -> str:
    """The language of the page, as guides are kept in it."""
    return "zh" if (get_language() or "").startswith("zh") else "en"


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


keep_rows(WRITTEN, WrittenEdition)
keep_rows(KIND, Edition, beside={Guide._meta.db_table: "edition", Acknowledgement._meta.db_table: "edition"})
