from django.db import migrations

from sop_portal.foundation.kit.triggers import RefuseWhen


class Migration(migrations.Migration):
    """The head moves forward only, and only onto an entry that is there: nobody overwrites hash or seal in place."""

    dependencies = [("trail", "0002_append_only")]
    operations = [
        RefuseWhen(
            "trail_head_is_last_entry", "trail_head", "UPDATE",
            "(NEW.position = OLD.position AND (NEW.hash <> OLD.hash OR NEW.seal <> OLD.seal)) OR "
            "(NEW.position > OLD.position AND NOT EXISTS "
            "(SELECT 1 FROM trail_entry e WHERE e.position = NEW.position AND e.hash = NEW.hash)) OR "
            "EXISTS (SELECT 1 FROM trail_entry e WHERE e.position > NEW.position)",
            "trail_head_is_last_entry: this never changes",
        ),
    ]
