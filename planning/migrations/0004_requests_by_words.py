from django.db import migrations

from sop_portal.foundation.kit.parts_of_words import found_by_parts


class Migration(migrations.Migration):
    dependencies = [("planning", "0003_search_by_words")]

    operations = [found_by_parts("planning_requestline", "what", "why")]
