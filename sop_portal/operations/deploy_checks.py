"""What `manage.py check --deploy` asks of the portal itself: when it was last backed up, and as whom it serves."""

from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.core.checks import CheckMessage, Warning, register
from django.db import DatabaseError, connection, transaction

from sop_portal.foundation.kit import clock
from sop_portal.operations.actions.database_roles import may_rewrite
from sop_portal.operations.anchor import UnwritableAnchor, refuse_unwritable
from sop_portal.operations.backup.databases import holds_people
from sop_portal.operations.models import Backup

HOW = "manage.py backup FOLDER makes one; deploy/systemd/sop-portal-backup.timer does so every night."


@register(deploy=True)
def last_backup(**_of: object) -> list[CheckMessage]:
    """Ask when the last good backup was, once there is somebody whose work would be lost."""
    try:
        with transaction.atomic():
            if not holds_people():
                return []
            last = Backup.objects.order_by("-at").first()
    except DatabaseError:
        return []
    return backup_overdue(last.at if last else None, clock.now())


def backup_overdue(last: datetime | None, now: datetime) -> list[CheckMessage]:
    """The question, where the last backup is too old or there is none."""
    if last is None:
        return [Warning("Nobody ever made a backup of this portal.", hint=HOW, id="sop_portal.W001")]
    if now - last <= timedelta(days=settings.BACKUP_MAX_AGE_DAYS):
        return []
    words = f"The last good backup was made on {last:%Y-%m-%d at %H:%M} UTC, {(now - last).days} days ago."
    return [Warning(words, hint=HOW, id="sop_portal.W001")]


@register(deploy=True)
def serving_as_owner(**_of: object) -> list[CheckMessage]:
    """Ask why the portal serves as a role that could rewrite the trail."""
    try:
        name = str(connection.settings_dict["USER"])
        is_owner = connection.vendor == "postgresql" and may_rewrite(name)
    except DatabaseError:
        return []
    # Whoever names an owner of its own is migrating, not serving.
    if not is_owner or settings.OWNER_DATABASE_URL:
        return []
    words = f"The portal serves as {name}, who owns the tables and could change the trail."
    hint = "Give it a role of its own: docs/operations.md, “Two roles in the database”."
    return [Warning(words, hint=hint, id="sop_portal.W002")]


@register(deploy=True)
def trail_file_writable(**_of: object) -> list[CheckMessage]:
    """Ask for the folder of the trail's end outside where it is missing or belongs to somebody else."""
    try:
        if settings.TRAIL_ANCHOR_FILE:
            refuse_unwritable(Path(settings.TRAIL_ANCHOR_FILE))
    except UnwritableAnchor as problem:
        return [Warning(str(problem), id="sop_portal.W003")]
    return []
