"""The portal itself: the one organisation it serves, and the code with which its first administrator comes in."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

from django.conf import settings
from django.db import Error, connection, models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from sop_portal.foundation.kit import clock
from sop_portal.foundation.kit.sentences import typed

ONLY_ROW = 1
MONDAY_TO_FRIDAY = "12345"
ALL_LANGUAGES = ",".join(code for code, _name in settings.LANGUAGES)
OF_EVERY_REQUEST = (
    "SELECT time_zone, languages, days_ahead, name, logo_mark FROM organisation_organisation WHERE id = %s"
)


def zone_of_environment() -> str:
    """The time zone that holds until the organisation says its own."""
    return str(settings.TIME_ZONE)


def is_month(field: str) -> Q:
    """Whether a column holds the number of a month."""
    return Q(**{f"{field}__gte": 1, f"{field}__lte": 12})


class Organisation(models.Model):
    """The organisation that plans here: what new years, people and days begin with. One row, or none yet."""

    name = models.CharField(_("name"), max_length=120)
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES, default="en")
    languages = models.CharField(_("languages offered"), max_length=40, default=ALL_LANGUAGES)
    time_zone = models.CharField(_("time zone"), max_length=60, default=zone_of_environment)
    currency = models.CharField(_("currency"), max_length=3, default="USD")
    planning_month = models.PositiveSmallIntegerField(_("planning begins in"), default=1)
    financial_month = models.PositiveSmallIntegerField(_("financial year begins in"), default=7)
    working_weekdays = models.CharField(_("working days"), max_length=7, default=MONDAY_TO_FRIDAY)
    is_demonstration = models.BooleanField(_("demonstration"), default=False, editable=False)
    # How far a demonstration's day was moved forward; everywhere else it is the day it is.
    days_ahead = models.PositiveSmallIntegerField(_("days ahead"), default=0, editable=False)
    # A small picture painted anew, never what was brought; its mark is the hash of it.
    logo = models.BinaryField(_("logo"), null=True)
    logo_mark = models.CharField(_("mark of the logo"), max_length=64, default="", blank=True, editable=False)

    class Meta:
        verbose_name = _("organisation")
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(pk=ONLY_ROW), name="one_organisation"),
            models.CheckConstraint(condition=~Q(name=""), name="organisation_has_a_name"),
            models.CheckConstraint(
                condition=Q(is_demonstration=True) | Q(days_ahead=0), name="only_a_demonstration_is_ahead"
            ),
            models.CheckConstraint(
                condition=Q(languages__contains=models.F("language")), name="organisation_offers_its_language"
            ),
            models.CheckConstraint(condition=~Q(working_weekdays=""), name="organisation_works_on_some_day"),
            models.CheckConstraint(
                condition=Q(logo__isnull=True, logo_mark="") | Q(logo__isnull=False) & ~Q(logo_mark=""),
                name="organisation_logo_has_its_mark",
            ),
            models.CheckConstraint(
                condition=is_month("planning_month") & is_month("financial_month"), name="organisation_months_exist"
            ),
        ]

    def __str__(self) -> str:
        return typed(self.name)

    @classmethod
    def current(cls) -> "Organisation":
        """The organisation as it is set up; before that, what the environment says."""
        return cls._default_manager.filter(pk=ONLY_ROW).first() or cls(pk=ONLY_ROW)


class SpecialDay(models.Model):
    """A day on which the organisation does not do as its weekday says: a holiday, or a make-up day that is worked."""

    on = models.DateField(_("day"), unique=True)
    name = models.CharField(_("name"), max_length=80)
    is_worked = models.BooleanField(_("worked"), default=False)

    class Meta:
        verbose_name = _("special day")
        verbose_name_plural = _("special days")
        ordering: ClassVar = ["on"]
        constraints: ClassVar = [models.CheckConstraint(condition=~Q(name=""), name="special_day_has_a_name")]

    def __str__(self) -> str:
        return typed(self.name)


class FirstCode(models.Model):
    """The one-time code that makes the first administrator: only its hash is kept, and nothing once it was used.

    Where the server was told for whom it is, nobody else can use it.
    """

    hash = models.CharField(max_length=64, blank=True)
    made_at = models.DateTimeField(_("made"))
    used_at = models.DateTimeField(_("used"), null=True, blank=True)
    email = models.EmailField(_("e-mail address"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("one-time code")
        verbose_name_plural = _("one-time codes")
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(pk=ONLY_ROW), name="one_first_code"),
            models.CheckConstraint(
                condition=Q(used_at__isnull=True) & ~Q(hash="") | Q(used_at__isnull=False, hash="", email=""),
                name="used_code_is_forgotten",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.made_at:%Y-%m-%d %H:%M}"


@dataclass(frozen=True)
class Letterhead:
    """What stands at the head of pages: the organisation's name, and the mark of its logo where it has one."""

    name: str = ""
    logo_mark: str = ""


@dataclass(frozen=True)
class House:
    """What every request knows of the organisation: the languages it offers, and its letterhead."""

    languages: list[str]
    letterhead: Letterhead


@contextmanager
def on_its_clock() -> Iterator[House]:
    """Days begin and end in the organisation's time zone until the block ends.

    The day of a demonstration may be a later one.
    """
    zone, languages, days, name, logo_mark = _of_every_request()
    with timezone.override(zone), clock.ahead(timedelta(days if settings.DEMO else 0)):
        yield House(languages.split(","), Letterhead(name, logo_mark))


def letterhead() -> Letterhead:
    """The letterhead for strangers; the plain one where the database is away, for that is said on a page too."""
    try:
        return Letterhead(*_of_every_request()[3:])
    except Error:
        return Letterhead()


def _of_every_request() -> tuple[str, str, int, str, str]:
    """Read on every request, so by a statement that is not composed anew each time."""
    with connection.cursor() as cursor:
        cursor.execute(OF_EVERY_REQUEST, [ONLY_ROW])
        return cursor.fetchone() or (settings.TIME_ZONE, ALL_LANGUAGES, 0, "", "")


class UsedKey(models.Model):
    """A form that was already carried out: the same words sent again lead to where the first ones led."""

    key = models.UUIDField(primary_key=True)
    # Of a form that asks without names neither the person is kept nor the hour.
    person = models.ForeignKey("organisation.User", models.CASCADE, null=True, related_name="+")
    used_at = models.DateTimeField()
    form = models.CharField(max_length=500, blank=True)
    content = models.CharField(max_length=64, blank=True)
    leads_to = models.CharField(max_length=500, blank=True)

    class Meta:
        verbose_name = _("used form key")
        indexes: ClassVar = [models.Index(fields=["used_at"], name="used_keys_by_age")]

    def __str__(self) -> str:
        return str(self.key)
