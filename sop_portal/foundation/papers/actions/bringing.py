"""Files on their way: brought, looked into, kept for a form that is not sent yet, and forgotten after a day."""

from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from sop_portal.foundation.kit.refusals import NotReady, NotYours
from sop_portal.foundation.organisation.actor import Actor
from sop_portal.foundation.organisation.models import User
from sop_portal.foundation.organisation.roles import Can
from sop_portal.foundation.papers.actions.keeping import failure_refused, keep_file, let_go
from sop_portal.foundation.papers.looking import RefusedFile, look_at
from sop_portal.foundation.papers.models import WAITS_FOR, StoredFile, WaitingPaper
from sop_portal.foundation.papers.names import safe_name
from sop_portal.foundation.papers.wording import empty, not_taken, too_large


def bring(file: UploadedFile, *, by: User, at: datetime) -> WaitingPaper:  # type: ignore[type-arg]
    """Look into a file and keep it for its form, or refuse it with the reason. It belongs to no record yet.

    It is looked into before anything is locked: that takes its time.
    """
    name = file.name or ""
    may_bring(by, at)
    if stopped := getattr(file, "stopped_because", None):
        raise not_taken(stopped, name)
    if not file.size:
        raise empty(name)
    if file.size > settings.PAPERS_LARGEST:
        raise too_large(name)
    with failure_refused(name):
        try:
            looked = look_at(file)
        except RefusedFile as refused:
            raise not_taken(refused.problem, name) from None
    with looked.stream, transaction.atomic():
        stored = keep_file(looked, name, at)
        return WaitingPaper.objects.create(person=by, file=stored, name=safe_name(name, stored.type), at=at)


def may_bring(by: User, at: datetime) -> None:
    """Refuse whoever attaches nothing anywhere, and more files at once than anybody looks through."""
    if not Actor.of(by, at).may(Can.COMMENT):
        raise NotYours(
            _("Your roles do not include attaching papers."), _("Ask the administrator for a role in a department.")
        )
    if WaitingPaper.objects.filter(person=by, at__gt=at - WAITS_FOR).count() >= settings.PAPERS_WAITING:
        raise NotReady(
            _("Too many files are waiting for forms that were not sent."),
            [],
            _("Send those forms first, or wait until tomorrow."),
        )


def leave_waiting(token: UUID, *, by: User, at: datetime) -> bool:
    """Forget a file that was brought and is not wanted after all."""
    with transaction.atomic():
        mine = WaitingPaper.objects.filter(token=token, person=by)
        return _forget(mine)


def forget_waiting(*, at: datetime) -> bool:
    """Forget what was brought more than a day ago and belongs to no record."""
    with transaction.atomic():
        return _forget(WaitingPaper.objects.filter(at__lte=at - WAITS_FOR))


def forget_waiting_of(person: User) -> bool:
    """Forget what somebody who is erased brought and never attached; what was attached is the record's."""
    with transaction.atomic():
        return _forget(WaitingPaper.objects.filter(person=person))


def _forget(waiting: QuerySet[WaitingPaper]) -> bool:
    files = list(waiting.values_list("file_id", flat=True))
    waiting.delete()
    if files:
        let_go(StoredFile.objects.filter(pk__in=files))
    return bool(files)
