from django.db import migrations

from sop_portal.foundation.kit.closed_years import stays_when_closed


class Migration(migrations.Migration):
    """When a closed year reminded stays as it was."""

    dependencies = [("reminders", "0001_initial"), ("planning", "0002_promises")]
    operations = stays_when_closed("reminders_reminderschedule")
