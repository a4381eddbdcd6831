"""Of a form that asks without names the key is kept without the person and the hour."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models.functions import TruncDay


def forget_who_answered(apps, schema_editor):
    keys = apps.get_model("organisation", "UsedKey")
    keys.objects.filter(form__contains="/what-was-hard/").update(person=None, used_at=TruncDay("used_at"))


class Migration(migrations.Migration):

    dependencies = [
        ('organisation', '0004_logo'),
    ]

    operations = [
        migrations.AlterField(
            model_name='usedkey',
            name='person',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.RunPython(forget_who_answered, migrations.RunPython.noop),
    ]
