import django.core.validators
import django.db.models.deletion
import sop_portal.reminders.models
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('planning', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='CalendarFeed',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=64, unique=True)),
                ('renewed_at', models.DateTimeField(verbose_name='renewed')),
                ('person', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='calendar_feed', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'calendar feed',
                'verbose_name_plural': 'calendar feeds',
            },
        ),
        migrations.CreateModel(
            name='LastSweep',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(verbose_name='when')),
            ],
            options={
                'verbose_name': 'last sweep',
                'constraints': [models.CheckConstraint(condition=models.Q(('pk', 1)), name='one_last_sweep')],
            },
        ),
        migrations.CreateModel(
            name='Reminder',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('deadline', models.CharField(max_length=80, verbose_name='deadline')),
                ('occurrence', models.CharField(max_length=40, verbose_name='moment')),
                ('at', models.DateTimeField(verbose_name='due to be told')),
                ('made_at', models.DateTimeField(verbose_name='told')),
                ('is_skipped', models.BooleanField(default=False, verbose_name='overtaken')),
                ('sweep', models.UUIDField()),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='reminders', to=settings.AUTH_USER_MODEL, verbose_name='person')),
            ],
            options={
                'verbose_name': 'reminder',
                'verbose_name_plural': 'reminders',
                'constraints': [models.UniqueConstraint(fields=('deadline', 'occurrence', 'person'), name='one_reminder_per_occurrence')],
            },
        ),
        migrations.CreateModel(
            name='ReminderSchedule',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('opens', models.BooleanField(default=True, verbose_name='when a window opens')),
                ('before', models.JSONField(default=sop_portal.reminders.models.usual_before, verbose_name='days before the due day')),
                ('late', models.JSONField(default=sop_portal.reminders.models.usual_late, verbose_name='days late')),
                ('late_every', models.PositiveSmallIntegerField(default=5, validators=[django.core.validators.MaxValueValidator(60)], verbose_name='afterwards every so many days')),
                ('decisions', models.JSONField(default=sop_portal.reminders.models.usual_decisions, verbose_name='days a decision waits')),
                ('cycle', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='reminder_schedule', to='planning.cycle')),
            ],
            options={
                'verbose_name': 'reminder schedule',
                'verbose_name_plural': 'reminder schedules',
                'constraints': [models.CheckConstraint(condition=models.Q(('late_every__lte', 60)), name='late_every_so_many_days_is_sensible')],
            },
        ),
    ]
