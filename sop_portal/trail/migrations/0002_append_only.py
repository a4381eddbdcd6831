from django.db import migrations

from sop_portal.kit.triggers import never_changes


class Migration(migrations.Migration):
    """The trail is append-only for the application."""

    dependencies = [("trail", "0001_initial")]
    operations = [*never_changes("trail_entry_append_only", "trail_entry", "{row}.position IS NOT NULL")]
