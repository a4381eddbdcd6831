
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('evaluations', '0004_spent_earlier'),
        ('organisation', '0007_working_days'),
        ('planning', '0010_working_days'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='evaluation',
            name='moved_from',
            field=models.DateField(blank=True, null=True, verbose_name='moved from'),
        ),
        migrations.AddField(
            model_name='measure',
            name='moved_from',
            field=models.DateField(blank=True, null=True, verbose_name='moved from'),
        ),
        migrations.AddField(
            model_name='progressreport',
            name='moved_from',
            field=models.DateField(blank=True, null=True, verbose_name='moved from'),
        ),
        migrations.AddConstraint(
            model_name='evaluation',
            constraint=models.CheckConstraint(condition=models.Q(('moved_from__isnull', True), ('moved_from__lt', models.F('due')), _connector='OR'), name='evaluation_moved_later', violation_error_message='A deadline on a day off moves to a later day.'),
        ),
        migrations.AddConstraint(
            model_name='measure',
            constraint=models.CheckConstraint(condition=models.Q(('moved_from__isnull', True), ('moved_from__lt', models.F('due')), _connector='OR'), name='measure_moved_later', violation_error_message='A deadline on a day off moves to a later day.'),
        ),
        migrations.AddConstraint(
            model_name='progressreport',
            constraint=models.CheckConstraint(condition=models.Q(('moved_from__isnull', True), ('moved_from__lt', models.F('due')), _connector='OR'), name='report_moved_later', violation_error_message='A deadline on a day off moves to a later day.'),
        ),
    ]
