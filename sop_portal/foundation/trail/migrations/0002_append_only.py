from typing import Any

from django.conf import settings
from django.db import migrations

from sop_portal.foundation.kit.triggers import RefuseWhen, never_changes, never_truncated
from sop_portal.foundation.trail.chain import START, seal


def begin(apps: Any, schema_editor: Any) -> None:
    """The trail begins here, sealed: an emptied one is no beginning, for its seal cannot be guessed."""
    sealed = seal(settings.TRAIL_KEY, 0, START)
    apps.get_model("trail", "Head").objects.get_or_create(pk=1, defaults={"hash": START, "seal": sealed})


class Migration(migrations.Migration):
    """The trail is append-only, has an end from its first moment on, and is not emptied in one stroke."""

    dependencies = [("trail", "0001_initial")]
    operations = [
        *never_changes("trail_entry_append_only", "trail_entry", "{row}.position IS NOT NULL"),
        migrations.RunPython(begin, migrations.RunPython.noop),
        never_truncated("trail_entry_not_truncated", "trail_entry"),
        RefuseWhen(
            "trail_head_stays", "trail_head", "DELETE", "OLD.id IS NOT NULL", "trail_head_stays: this never changes"
        ),
        RefuseWhen(
            "trail_head_only_grows", "trail_head", "UPDATE", "NEW.position < OLD.position",
            "trail_head_only_grows: this never changes",
        ),
    ]
