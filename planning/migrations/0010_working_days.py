
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('organisation', '0007_working_days'),
        ('planning', '0009_granted_labels'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='cycle',
            name='moves_to_working_day',
            field=models.BooleanField(default=False, verbose_name='deadlines on a day off move to the next working day'),
        ),
        migrations.AddField(
            model_name='extension',
            name='moved_from',
            field=models.DateField(blank=True, null=True, verbose_name='moved from'),
        ),
        migrations.AddField(
            model_name='resourcerequest',
            name='moved_from',
            field=models.DateField(blank=True, null=True, verbose_name='moved from'),
        ),
        migrations.AddField(
            model_name='stagewindow',
            name='moved_from',
            field=models.DateField(blank=True, null=True, verbose_name='moved from'),
        ),
        migrations.AddConstraint(
            model_name='extension',
            constraint=models.CheckConstraint(condition=models.Q(('moved_from__isnull', True), ('moved_from__lt', models.F('until_on')), _connector='OR'), name='extension_moved_later', violation_error_message='A deadline on a day off moves to a later day.'),
        ),
        migrations.AddConstraint(
            model_name='resourcerequest',
            constraint=models.CheckConstraint(condition=models.Q(('moved_from__isnull', True), ('moved_from__lt', models.F('due')), _connector='OR'), name='request_moved_later', violation_error_message='A deadline on a day off moves to a later day.'),
        ),
        migrations.AddConstraint(
            model_name='stagewindow',
            constraint=models.CheckConstraint(condition=models.Q(('moved_from__isnull', True), ('moved_from__lt', models.F('due_on')), _connector='OR'), name='window_moved_later', violation_error_message='A deadline on a day off moves to a later day.'),
        ),
    ]
