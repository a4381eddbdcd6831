"""Watching the trail: walking through it, saying aloud that it is broken, and noting its end outside."""

import logging
import smtplib
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from sop_portal.foundation.notices.actions import notify
from sop_portal.foundation.organisation.models import Membership, User
from sop_portal.foundation.organisation.roles import Role
from sop_portal.foundation.trail.actions import end_of_trail, record_verification, verify
from sop_portal.foundation.trail.models import Verification
from sop_portal.operations.anchor import last_anchor, missing_from_trail, write_anchor

WATCHERS = (Role.ADMINISTRATOR, Role.AUDITOR)
logger = logging.getLogger(__name__)


def check_trail(*, at: datetime, noted: str = "") -> list[str]:
    """Walk through the whole trail and hold it against what was noted outside; what is wrong, sentence by sentence."""
    wrong = verify(noted)
    wrong += [sentence for sentence in missing_from_trail(_noted_outside()) if sentence not in wrong]
    with transaction.atomic():
        before = Verification.objects.order_by("-at", "-pk").first()
        found = record_verification(wrong, at=at)
        if wrong and (before is None or before.problems != len(wrong)):
            _tell(found, at)
    if wrong:
        logger.critical("The trail is broken in %s places: manage.py verify_trail names them", len(wrong))
    else:
        note_end_outside(at=at)
    return wrong


def _tell(found: Verification, at: datetime) -> None:
    """Tell administrators and auditors, once for each new state of things."""
    watching = Membership.objects.on(localdate(at)).filter(role__in=WATCHERS).values("person_id")
    people = User.objects.filter(pk__in=watching, is_active=True).order_by("pk")
    notify(
        people,
        lambda: _("The trail is broken: somebody changed, removed or brought back entries behind the portal’s back."),
        kind="trail",
        record_id=found.pk,
        verb="broken",
        link=reverse("trail"),
        at=at,
    )


def anchor_trail(*, at: datetime, remark: str = "") -> bool:
    """Note the end of the trail in the file outside; False where the trail no longer holds what was noted there."""
    if not settings.TRAIL_ANCHOR_FILE:
        return True
    path = Path(settings.TRAIL_ANCHOR_FILE)
    if not remark and missing_from_trail(last_anchor(path)):
        return False
    write_anchor(path, end_of_trail(), at, remark)
    return True


def note_end_outside(*, at: datetime) -> bool:
    """As `anchor_trail`, for whoever cannot ask anybody: a file that cannot be written stops nothing, and is logged."""
    try:
        return anchor_trail(at=at)
    except OSError as problem:
        logger.error("The end of the trail was not noted in TRAIL_ANCHOR_FILE: %s", type(problem).__name__)
        return True


def mail_anchor() -> None:
    """Mail the end of the trail to where the setting says; it waits in no outbox, for that is in the database."""
    if not settings.TRAIL_ANCHOR_MAIL:
        return
    subject, text = _("End of the trail"), _("Keep this line. manage.py verify_trail --expect takes it.")
    mail = EmailMessage(subject, f"{text}\n\n{end_of_trail()}\n", to=settings.TRAIL_ANCHOR_MAIL)
    try:
        mail.send()
    except (OSError, smtplib.SMTPException) as problem:
        logger.warning("The end of the trail was not mailed: %s", type(problem).__name__)


def _noted_outside() -> str:
    if not settings.TRAIL_ANCHOR_FILE:
        return ""
    try:
        return last_anchor(Path(settings.TRAIL_ANCHOR_FILE))
    except OSError as problem:
        logger.error("The file of TRAIL_ANCHOR_FILE cannot be read: %s", type(problem).__name__)
        return ""
