
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('budgets', '0012_expenses_by_receipt'),
        ('organisation', '0007_working_days'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='confirmation',
            name='moved_from',
            field=models.DateField(blank=True, null=True, verbose_name='moved from'),
        ),
        migrations.AddField(
            model_name='finding',
            name='moved_from',
            field=models.DateField(blank=True, null=True, verbose_name='moved from'),
        ),
        migrations.AddConstraint(
            model_name='confirmation',
            constraint=models.CheckConstraint(condition=models.Q(('moved_from__isnull', True), ('moved_from__lt', models.F('due')), _connector='OR'), name='confirmation_moved_later', violation_error_message='A deadline on a day off moves to a later day.'),
        ),
        migrations.AddConstraint(
            model_name='finding',
            constraint=models.CheckConstraint(condition=models.Q(('moved_from__isnull', True), ('moved_from__lt', models.F('due')), _connector='OR'), name='finding_moved_later', violation_error_message='A deadline on a day off moves to a later day.'),
        ),
    ]
