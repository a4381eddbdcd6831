"""Invitations to a first password, and the log of what happens around somebody's signing in."""

from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class Invitation(models.Model):
    """A link in a mail that lets a person set the first password: once, and for some days. Only its hash is kept.

    It ends where the person may no longer log in, or where a later one replaces it.
    """

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="invitations")
    email = models.EmailField(_("e-mail address"), max_length=200)
    hash = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField(_("made"))
    until = models.DateTimeField(_("until"))
    used_at = models.DateTimeField(_("used"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(until__gt=F("made_at")), name="invitation_lasts"),
            models.CheckConstraint(condition=Q(used_at=None) | Q(ended_at=None), name="invitation_used_or_ended"),
            models.UniqueConstraint(
                fields=["person"], condition=Q(used_at=None, ended_at=None), name="one_open_invitation_per_person"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.made_at:%Y-%m-%d}"

    def is_late(self, at: datetime) -> bool:
        """Whether its days are over."""
        return at >= self.until


class AddressChange(models.Model):
    """A person wants another mail address: a link sent there carries it out, one sent to the old address stops it.

    Of both links only hashes are kept. It ends where a later one replaces it, the password changes, the person may no
    longer log in, or somebody stops it; one that was carried out may be stopped too, which brings the old address back.
    """

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="address_changes")
    before = models.EmailField(_("address before"), max_length=200)
    email = models.EmailField(_("e-mail address"), max_length=200)
    hash = models.CharField(max_length=64, unique=True)
    stop_hash = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField(_("made"))
    until = models.DateTimeField(_("until"))
    used_at = models.DateTimeField(_("used"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)

    class Meta:
        verbose_name = _("change of an address")
        verbose_name_plural = _("changes of addresses")
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(until__gt=F("made_at")), name="address_change_lasts"),
            models.CheckConstraint(
                condition=Q(used_at=None) | Q(ended_at=None) | Q(ended_at__gte=F("used_at")),
                name="address_change_ends_after_use",
            ),
            models.UniqueConstraint(
                fields=["person"], condition=Q(used_at=None, ended_at=None), name="one_open_address_change_per_person"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.made_at:%Y-%m-%d}"

    def is_open(self, at: datetime) -> bool:
        """Whether its link still carries it out."""
        return self.used_at is None and self.ended_at is None and at < self.until


class SecurityEvent(models.Model):
    """Something that happened around a person's signing in: when, from where, and by whom if by somebody else."""

    class What(models.TextChoices):
        SIGNED_IN = "signed_in", _("Signed in")
        NEW_BROWSER = "new_browser", _("Signed in from a new browser")
        WRONG_PASSWORD = "wrong_password", _("Wrong password")
        WRONG_CODE = "wrong_code", _("Wrong code")
        SLOWED_DOWN = "slowed_down", _("Too many wrong passwords")
        LINK_ASKED = "link_asked", _("Password link asked for")
        INVITED = "invited", _("Invited")
        PASSWORD_SET = "password_set", _("First password set")
        PASSWORD_RESET = "password_reset", _("Password set anew by a link")
        PASSWORD_CHANGED = "password_changed", _("Password changed")
        APP_ADDED = "app_added", _("Code app set up")
        APP_REMOVED = "app_removed", _("Code app removed")
        PASSKEY_ADDED = "passkey_added", _("Passkey added")
        PASSKEY_REMOVED = "passkey_removed", _("Passkey removed")
        CODES_MADE = "codes_made", _("Recovery codes made")
        RECOVERY_ASKED = "recovery_asked", _("Removal of the second factor asked for")
        RECOVERY_DECLINED = "recovery_declined", _("Removal of the second factor declined")
        FACTORS_REMOVED = "factors_removed", _("Second factor removed by two people")
        CONNECTED = "connected", _("Connected to another sign-in")
        DISCONNECTED = "disconnected", _("Disconnected from another sign-in")
        ADDRESS_ASKED = "address_asked", _("Change of the mail address asked for")
        ADDRESS_CHANGED = "address_changed", _("Mail address changed")
        ADDRESS_STOPPED = "address_stopped", _("Change of the mail address stopped")
        ROLE_GIVEN = "role_given", _("Role given")
        ROLE_ENDED = "role_ended", _("Role ended")
        ACCESS_ENDED = "access_ended", _("Access ended")
        ACCESS_GIVEN = "access_given", _("Access given again")
        SESSIONS_ENDED = "sessions_ended", _("Other sessions ended")
        REPORTED = "reported", _("Reported: this was not me")

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, blank=True, related_name="security_events"
    )
    at = models.DateTimeField(_("when"))
    what = models.CharField(_("what"), max_length=20, choices=What.choices)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    caller = models.GenericIPAddressField(_("network address"), null=True, blank=True)
    browser = models.CharField(_("browser"), max_length=80, blank=True)
    about = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name = _("security event")
        verbose_name_plural = _("security events")
        indexes: ClassVar = [
            models.Index(fields=["person", "-at"], name="security_log_of_a_person"),
            models.Index(fields=["at"], name="security_log_by_age"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(person__isnull=False) | Q(what__in=["wrong_password", "slowed_down"]),
                name="only_wrong_passwords_are_of_nobody",
            )
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.what}"


class FactorDuty(models.Model):
    """Since when somebody knows that a role of theirs needs a second factor: the days of grace begin then."""

    person = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="factor_duty")
    since = models.DateTimeField(_("since"))

    class Meta:
        verbose_name = _("duty to use a second factor")

    def __str__(self) -> str:
        return f"{self.person_id} {self.since:%Y-%m-%d}"


class FactorRecovery(models.Model):
    """Somebody lost the second factor: an administrator asks that it is removed, a second person decides."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="factor_recoveries")
    reason = models.CharField(_("reason"), max_length=500)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    asked_at = models.DateTimeField(_("asked"))
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    is_granted = models.BooleanField(_("granted"), null=True, blank=True)

    class Meta:
        verbose_name = _("recovery of a second factor")
        verbose_name_plural = _("recoveries of second factors")
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(reason=""), name="recovery_has_a_reason"),
            models.CheckConstraint(condition=~Q(asked_by=F("person")), name="recovery_asked_by_another"),
            models.CheckConstraint(
                condition=Q(decided_by=None, decided_at=None, is_granted=None)
                | (
                    Q(decided_by__isnull=False, decided_at__isnull=False, is_granted__isnull=False)
                    & ~Q(decided_by=F("person"))
                    & ~Q(decided_by=F("asked_by"))
                ),
                name="recovery_decided_by_a_third",
            ),
            models.UniqueConstraint(
                fields=["person"], condition=Q(decided_at=None), name="one_open_recovery_per_person"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.asked_at:%Y-%m-%d}"
