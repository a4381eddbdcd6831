"""Keep a mark of what a form said, so that other words under its key are not called carried out."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("organisation", "0003_former_names")]

    operations: ClassVar = [
        migrations.AddField("usedkey", "content", models.CharField(blank=True, default="", max_length=64), preserve_default=False),
    ]
