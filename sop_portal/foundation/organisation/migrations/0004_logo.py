from django.db import migrations, models


class Migration(migrations.Migration):
    """The organisation's logo: a small picture, and the hash by which it is asked for."""

    dependencies = [
        ('organisation', '0003_names'),
    ]

    operations = [
        migrations.AddField(
            model_name='organisation',
            name='logo',
            field=models.BinaryField(null=True, verbose_name='logo'),
        ),
        migrations.AddField(
            model_name='organisation',
            name='logo_mark',
            field=models.CharField(blank=True, default='', editable=False, max_length=64, verbose_name='mark of the logo'),
        ),
        migrations.AddConstraint(
            model_name='organisation',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('logo__isnull', True), ('logo_mark', '')), models.Q(('logo__isnull', False), models.Q(('logo_mark', ''), _negated=True)), _connector='OR'), name='organisation_logo_has_its_mark'),
        ),
    ]
