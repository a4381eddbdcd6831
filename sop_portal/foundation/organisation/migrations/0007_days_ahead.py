from django.db import migrations, models


class Migration(migrations.Migration):
    """A demonstration says how far its day was moved forward."""

    dependencies = [
        ('organisation', '0006_code_without_a_name'),
    ]

    operations = [
        migrations.AddField(
            model_name='organisation',
            name='days_ahead',
            field=models.PositiveSmallIntegerField(default=0, editable=False, verbose_name='days ahead'),
        ),
        migrations.AddConstraint(
            model_name='organisation',
            constraint=models.CheckConstraint(condition=models.Q(('is_demonstration', True), ('days_ahead', 0), _connector='OR'), name='only_a_demonstration_is_ahead'),
        ),
    ]
