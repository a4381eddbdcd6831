
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('organisation', '0007_working_days'),
    ]

    operations = [
        migrations.AddField(
            model_name='organisation',
            name='languages',
            field=models.CharField(default='en,zh-hans', max_length=40, verbose_name='languages offered'),
        ),
        migrations.AddConstraint(
            model_name='organisation',
            constraint=models.CheckConstraint(condition=models.Q(('languages__contains', models.F('language'))), name='organisation_offers_its_language'),
        ),
    ]
