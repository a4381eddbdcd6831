"""Inviting people: a test mail to oneself first, then everybody who waits."""

from collections.abc import Sequence
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from sop_portal.foundation.kit.refusals import NotReady
from sop_portal.foundation.kit.sentences import interpolate
from sop_portal.foundation.notices.actions import notify
from sop_portal.foundation.notices.models import Mail, Notice
from sop_portal.foundation.organisation.models import Organisation, User
from sop_portal.foundation.organisation.portal import ONLY_ROW
from sop_portal.foundation.workflow.engine import note
from sop_portal.people.actions.rights import require_administrator
from sop_portal.sign_in.actions import send_invitations

KIND, VERB = "organisation", "send-test-mail"


def last_test_mail() -> Mail | None:
    """The test mail that was asked for last."""
    tests = Notice.objects.filter(kind=KIND, verb=VERB, mail__isnull=False)
    notice = tests.select_related("mail").order_by("-pk").first()
    return notice.mail if notice else None


@transaction.atomic
def send_test_mail(*, by: User, at: datetime) -> None:
    """Send oneself a mail, to see whether mails arrive before everybody gets one."""
    require_administrator(by, at)
    note(KIND, Organisation.current(), VERB, by=by, at=at)
    notify(
        [by],
        lambda: _("Test: mail from the portal arrives"),
        kind=KIND,
        record_id=ONLY_ROW,
        verb=VERB,
        link=reverse("invitations"),
        at=at,
    )


@transaction.atomic
def invite(people: Sequence[User], *, by: User, at: datetime, knowing: bool = False) -> list[User]:
    """Mail those who were not invited yet how to set their password; only once a test mail has left.

    Where no mail of the server reaches anybody, only who says that she is `knowing` of it invites.
    """
    require_administrator(by, at)
    test = last_test_mail()
    if settings.MAIL_REACHES_NOBODY:
        if not knowing:
            raise NotReady(
                _("Mails of this server reach nobody."),
                way_out=_("Set EMAIL_URL and start it again, or say that you invite although no mail arrives."),
            )
    elif test is None or test.state != Mail.State.SENT:
        raise NotReady(
            _("No test mail has left yet."), way_out=_("Send yourself one first, and see whether it arrives.")
        )
    waiting = User.objects.select_for_update().filter(pk__in=[person.pk for person in people])
    invited = list(waiting.filter(is_active=True, invited_at__isnull=True).order_by("pk"))
    notify_invited(invited, at=at)
    for person in invited:
        note("person", person, "invite", by=by, at=at)
    return invited


@transaction.atomic
def invite_again(person: User, *, by: User, at: datetime) -> User:
    """Send a new invitation to somebody who has not come in yet; the one before stops working."""
    require_administrator(by, at)
    if not person.is_active:
        sentence = interpolate(_("%(person)s may not log in."), {"person": person})
        raise NotReady(sentence, way_out=_("Let the person log in again first."))
    if person.has_usable_password():
        sentence = interpolate(_("%(person)s has a password already."), {"person": person})
        raise NotReady(sentence, way_out=_("Whoever forgot it presses “Forgot password” on the sign-in page."))
    notify_invited([person], at=at)
    note("person", person, "invite", by=by, at=at)
    return person


def notify_invited(people: Sequence[User], *, at: datetime) -> None:
    """Mail each an invitation of their own, and remember that they were told."""
    for person in people:
        person.invited_at = at
    User.objects.bulk_update(people, ["invited_at"])
    send_invitations(people, at=at)
