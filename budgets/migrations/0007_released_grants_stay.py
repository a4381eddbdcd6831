"""What a stopped project gave back stays as it is, once its year is closed."""

from django.db import migrations

from sop_portal.foundation.kit.closed_years import stays_when_closed


class Migration(migrations.Migration):
    dependencies = [("budgets", "0006_limits_promises"), ("planning", "0008_project_names")]
    operations = stays_when_closed("budgets_releasedgrant")
