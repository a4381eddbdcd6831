from django.db import migrations, models


class Migration(migrations.Migration):
    """A key belongs to the form it was made for."""

    dependencies = [("organisation", "0003_merged_into")]
    operations = [
        migrations.AddField("usedkey", "form", models.CharField(blank=True, max_length=500, default=""), preserve_default=False),
    ]
