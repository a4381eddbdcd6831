from django.db import migrations

from sop_portal.foundation.kit.parts_of_words import found_by_parts


class Migration(migrations.Migration):
    dependencies = [("budgets", "0002_promises")]

    operations = [found_by_parts("budgets_expense", "what", "receipt")]
