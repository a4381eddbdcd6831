"""Inviting people: a test mail to oneself first, then everybody who waits."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from sop_portal.foundation.kit.refusals import NotReady
from sop_portal.foundation.notices.actions import new_notices, notify, write_notices
from sop_portal.foundation.notices.models import Mail, Notice
from sop_portal.foundation.organisation.models import Organisation, User
from sop_portal.foundation.organisation.portal import ONLY_ROW
from sop_portal.foundation.workflow.engine import note
from sop_portal.people.actions.rights import require_administrator

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
        lambda: _("A test: mails of the portal arrive"),
        kind=KIND,
        record_id=ONLY_ROW,
        verb=VERB,
        link=reverse("invitations"),
        at=at,
    )


@transaction.atomic
def invite(people: Sequence[User], *, by: User, at: datetime) -> list[User]:
    """Mail those who were not invited yet how to set their password; only once a test mail has left."""
    require_administrator(by, at)
    test = last_test_mail()
    if test is None or test.state != Mail.State.SENT:
        raise NotReady(
            _("No test mail has left yet."), way_out=_("Send yourself one first, and see whether it arrives.")
        )
    waiting = User.objects.select_for_update().filter(pk__in=[person.pk for person in people])
    invited = list(waiting.filter(is_active=True, invited_at__isnull=True).order_by("pk"))
    notify_invited(invited, at=at)
    for person in invited:
        note("person", person, "invite", by=by, at=at)
    return invited


def notify_invited(people: Sequence[User], *, at: datetime) -> None:
    """Mail each how to set a password, and remember that they were told."""
    link = reverse("account_reset_password")
    for person in people:
        person.invited_at = at
    User.objects.bulk_update(people, ["invited_at"])
    notices = [
        notice
        for person in people
        for notice in new_notices(
            [person], _invitation, kind="person", record_id=person.pk, verb="add-person", link=link
        )
    ]
    write_notices(notices, at=at)


def _invitation() -> str:
    return _("You can now use SOP Portal: set your password with “Forgot your password?”")
