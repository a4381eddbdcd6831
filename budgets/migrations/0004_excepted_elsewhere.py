from django.db import migrations, models


def seal_anew(apps, schema_editor):
    """A row has one column more; `manage.py seal_finished` keeps it as it is now."""
    apps.get_model("workflow", "Seal").objects.filter(kind="brought-row").delete()


class Migration(migrations.Migration):
    """What came with a file may stand on an exception that was granted before the file was written."""

    dependencies = [
        ("budgets", "0003_expenses_by_words"),
        ("workflow", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="broughtrow",
            name="excepted_because",
            field=models.TextField(blank=True, default="", max_length=2000, verbose_name="posted by exception because"),
            preserve_default=False,
        ),
        migrations.RunPython(seal_anew, seal_anew),
    ]
