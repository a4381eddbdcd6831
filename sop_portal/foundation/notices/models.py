"""What people are told: the inbox in the portal, and the outbox of mails that wait in the database."""

import uuid
from collections.abc import Callable, Collection
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce, TruncDate
from django.utils.translation import gettext_lazy as _

from sop_portal.foundation.kit.sentences import in_this_language, restore_typed
from sop_portal.foundation.organisation.actor import Actor

# Which rows are about a record that somebody may not see: said by whoever knows the kinds of records.
HIDDEN_FROM: list[Callable[[Actor, Collection[str]], Q]] = []


class Notices(models.QuerySet["Notice"]):
    """Notices, read as sentences."""

    def visible_to(self, actor: Actor, kinds: Collection[str] | None = None) -> Self:
        """One's own and nobody else's, about what one sees now: with the right to a record ends what tells of it.

        `kinds` are those the notices are about; who does not know them has them looked up, since every kind there is
        would make the question thirty times as long.
        """
        mine = self.filter(person_id=actor.user.pk)
        if actor.sees_everything:
            return mine
        if kinds is None:
            kinds = {*mine.order_by().values_list("kind", flat=True).distinct()}
        for hidden_from in HIDDEN_FROM if kinds else ():
            mine = mine.exclude(hidden_from(actor, kinds))
        return mine

    def unread(self) -> Self:
        """Not yet opened, and not answered meanwhile."""
        return self.filter(read_at__isnull=True, settled_at__isnull=True)

    def open_deadlines(self) -> Self:
        """Reminders of what is still owed."""
        return self.filter(is_deadline=True, settled_at__isnull=True)

    def owed(self) -> Self:
        """Everything that asks its reader for a step nobody has taken yet, the oldest first."""
        return self.filter(is_asked=True, settled_at__isnull=True).oldest_first()

    def oldest_first(self) -> Self:
        """By the day that each names: until when, since when, or on which it came."""
        return self.order_by(Coalesce("due_on", "since_on", TruncDate("at")), "pk")


class Notice(models.Model):
    """One sentence to one person about one record, in both languages, with the link that leads to it.

    A reminder of a deadline carries the day it is due. What was answered meanwhile is settled: it archives itself.
    """

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="notices")
    at = models.DateTimeField(_("when"))
    kind = models.CharField(max_length=40)
    record_id = models.BigIntegerField()
    verb = models.CharField(max_length=60)
    link = models.CharField(max_length=300)
    texts = models.JSONField()
    # The words of the texts that somebody typed: names, titles.
    typed = models.JSONField(default=list)
    quote = models.TextField(blank=True)
    # An appointment, its update or its cancellation, which the mail carries for the calendar of its reader.
    calendar = models.TextField(blank=True)
    is_deadline = models.BooleanField(_("deadline"), default=False)
    is_asked = models.BooleanField(_("waits for this person"), default=False)
    due_on = models.DateField(_("due"), null=True, blank=True)
    # Since when a decision waits, where that is what the sentence says.
    since_on = models.DateField(_("since"), null=True, blank=True)
    read_at = models.DateTimeField(_("read"), null=True, blank=True)
    settled_at = models.DateTimeField(_("answered"), null=True, blank=True)
    mail = models.ForeignKey("Mail", models.SET_NULL, null=True, blank=True, related_name="notices")

    objects = Notices.as_manager()

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        indexes: ClassVar = [
            models.Index(fields=["person", "read_at", "-at"], name="notices_of_a_person"),
            models.Index(fields=["kind", "record_id"], condition=Q(settled_at=None), name="notices_still_open"),
        ]

    def __str__(self) -> str:
        return self.text

    @property
    def text(self) -> str:
        """The sentence in the language of the page; what was typed in it is known."""
        return restore_typed(self.plain, self.typed)

    @property
    def plain(self) -> str:
        """The sentence in the language of the page, as a mail tells it."""
        return in_this_language(self.texts)


class Sender(models.Model):
    """Who is sending a batch of mails, until when they are theirs, and which of them is on its way.

    The row is written anew before each mail leaves and lasts as long as the batch, so that a crash leaves at most the
    one mail named here in doubt.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    lease_until = models.DateTimeField()
    # A mail. No foreign key: the row is locked for as short a time as can be, and checking one would double it.
    on_its_way = models.BigIntegerField(null=True, blank=True)

    class Meta:
        verbose_name = _("sender")
        verbose_name_plural = _("senders")

    def __str__(self) -> str:
        return f"{self.pk} {self.on_its_way}"


class Restoration(models.Model):
    """The portal was brought back from a backup. Until somebody says what becomes of the mail, none leaves.

    What waited when the backup was made may have left since; only a person can tell.
    """

    backup_at = models.DateTimeField(_("made"))
    restored_at = models.DateTimeField(_("brought back"), unique=True)
    released_at = models.DateTimeField(_("mail released"), null=True, blank=True, db_index=True)

    class Meta:
        verbose_name = _("restoration")
        verbose_name_plural = _("restorations")

    def __str__(self) -> str:
        return f"{self.backup_at:%Y-%m-%d %H:%M}"


class Mail(models.Model):
    """One mail that waits, is being sent, was sent, failed, was no longer needed, or whose fate is unknown.

    What is being sent is a sender's, under a lease. What may have arrived is never sent again by itself.
    """

    class State(models.TextChoices):
        PENDING = "pending", _("waiting")
        SENDING = "sending", _("being sent")
        SENT = "sent", _("sent")
        FAILED = "failed", _("failed")
        UNKNOWN = "unknown", _("unknown")
        WITHDRAWN = "withdrawn", _("no longer needed")

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="mails")
    # Where the person had or will have mail, if not where they have it now. Rows that come as arrays leave it out.
    address = models.EmailField(_("e-mail address"), max_length=200, blank=True, default="", db_default="")
    subject = models.CharField(_("subject"), max_length=200)
    text = models.TextField()
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.PENDING)
    made_at = models.DateTimeField(_("made"))
    next_try_at = models.DateTimeField()
    digest_on = models.DateField(_("daily mail of"), null=True, blank=True)
    taken_by = models.ForeignKey(Sender, models.DO_NOTHING, null=True, blank=True, db_index=False, related_name="mails")
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    problem = models.CharField(_("problem"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("mail")
        verbose_name_plural = _("mails")
        indexes: ClassVar = [
            models.Index(fields=["state", "next_try_at"], name="mails_to_send"),
            models.Index(fields=["taken_by"], condition=Q(taken_by__isnull=False), name="mails_of_a_sender"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(state="sent", sent_at__isnull=False) | (~Q(state="sent") & Q(sent_at__isnull=True)),
                name="mail_sent_has_a_moment",
            ),
            models.CheckConstraint(
                condition=Q(state="sending", taken_by__isnull=False) | (~Q(state="sending") & Q(taken_by__isnull=True)),
                name="mail_being_sent_has_a_sender",
            ),
            models.UniqueConstraint(
                fields=["person", "digest_on"], condition=Q(digest_on__isnull=False), name="one_daily_mail_per_person"
            ),
        ]

    def __str__(self) -> str:
        return self.subject

    @property
    def goes_to(self) -> str:
        """The address it leaves for."""
        return self.address or self.person.email

    @property
    def message_id(self) -> str:
        """The mail's identity, alike in every attempt, so that a mail server can drop a second copy."""
        return f"<mail-{self.pk}@{settings.BASE_URL.split('//')[-1].split(':')[0]}>"


class Preference(models.Model):
    """How a person wants to be told by mail. Without a row: at once, and reminders never at night."""

    class Mails(models.TextChoices):
        AT_ONCE = "at_once", _("Each at once")
        DIGEST = "digest", _("One mail a day, in the morning")
        DEADLINES = "deadlines", _("Only what is due; everything else in the portal")

    person = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="preference")
    mails = models.CharField(_("Mails"), max_length=10, choices=Mails.choices, default=Mails.AT_ONCE)
    quiet_from = models.PositiveSmallIntegerField(_("No reminders after"), default=21)
    quiet_to = models.PositiveSmallIntegerField(_("until"), default=7)
    is_quiet_for_all = models.BooleanField(_("No other mails at night either"), default=False)

    class Meta:
        verbose_name = _("mail preference")
        verbose_name_plural = _("mail preferences")
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(quiet_from__lte=23, quiet_to__lte=23), name="quiet_hours_are_hours")
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.mails}"
