import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Restoration',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('backup_at', models.DateTimeField(verbose_name='made')),
                ('restored_at', models.DateTimeField(unique=True, verbose_name='brought back')),
                ('released_at', models.DateTimeField(blank=True, db_index=True, null=True, verbose_name='mail released')),
            ],
            options={
                'verbose_name': 'restoration',
                'verbose_name_plural': 'restorations',
            },
        ),
        migrations.CreateModel(
            name='Sender',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)),
                ('lease_until', models.DateTimeField()),
                ('on_its_way', models.BigIntegerField(blank=True, null=True)),
            ],
            options={
                'verbose_name': 'sender',
                'verbose_name_plural': 'senders',
            },
        ),
        migrations.CreateModel(
            name='Mail',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('subject', models.CharField(max_length=200, verbose_name='subject')),
                ('text', models.TextField()),
                ('state', models.CharField(choices=[('pending', 'waiting'), ('sending', 'being sent'), ('sent', 'sent'), ('failed', 'failed'), ('unknown', 'unknown'), ('withdrawn', 'no longer needed')], default='pending', max_length=10, verbose_name='state')),
                ('made_at', models.DateTimeField(verbose_name='made')),
                ('next_try_at', models.DateTimeField()),
                ('digest_on', models.DateField(blank=True, null=True, verbose_name='daily mail of')),
                ('attempts', models.PositiveSmallIntegerField(default=0, verbose_name='attempts')),
                ('sent_at', models.DateTimeField(blank=True, null=True, verbose_name='sent')),
                ('problem', models.CharField(blank=True, max_length=300, verbose_name='problem')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='mails', to=settings.AUTH_USER_MODEL)),
                ('taken_by', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='mails', to='notices.sender')),
            ],
            options={
                'verbose_name': 'mail',
                'verbose_name_plural': 'mails',
                'indexes': [models.Index(fields=['state', 'next_try_at'], name='mails_to_send'), models.Index(condition=models.Q(('taken_by__isnull', False)), fields=['taken_by'], name='mails_of_a_sender')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('sent_at__isnull', False), ('state', 'sent')), models.Q(models.Q(('state', 'sent'), _negated=True), ('sent_at__isnull', True)), _connector='OR'), name='mail_sent_has_a_moment'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'sending'), ('taken_by__isnull', False)), models.Q(models.Q(('state', 'sending'), _negated=True), ('taken_by__isnull', True)), _connector='OR'), name='mail_being_sent_has_a_sender'), models.UniqueConstraint(condition=models.Q(('digest_on__isnull', False)), fields=('person', 'digest_on'), name='one_daily_mail_per_person')],
            },
        ),
        migrations.CreateModel(
            name='Notice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(verbose_name='when')),
                ('kind', models.CharField(max_length=40)),
                ('record_id', models.BigIntegerField()),
                ('verb', models.CharField(max_length=60)),
                ('link', models.CharField(max_length=300)),
                ('texts', models.JSONField()),
                ('typed', models.JSONField(default=list)),
                ('quote', models.TextField(blank=True)),
                ('calendar', models.TextField(blank=True)),
                ('is_deadline', models.BooleanField(default=False, verbose_name='deadline')),
                ('is_asked', models.BooleanField(default=False, verbose_name='waits for this person')),
                ('due_on', models.DateField(blank=True, null=True, verbose_name='due')),
                ('read_at', models.DateTimeField(blank=True, null=True, verbose_name='read')),
                ('settled_at', models.DateTimeField(blank=True, null=True, verbose_name='answered')),
                ('mail', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='notices', to='notices.mail')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='notices', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'notice',
                'verbose_name_plural': 'notices',
                'indexes': [models.Index(fields=['person', 'read_at', '-at'], name='notices_of_a_person'), models.Index(condition=models.Q(('settled_at', None)), fields=['kind', 'record_id'], name='notices_still_open')],
            },
        ),
        migrations.CreateModel(
            name='Preference',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('mails', models.CharField(choices=[('at_once', 'Each at once'), ('digest', 'One mail a day, in the morning'), ('deadlines', 'Only what is due; everything else in the portal')], default='at_once', max_length=10, verbose_name='Mails')),
                ('quiet_from', models.PositiveSmallIntegerField(default=21, verbose_name='No reminders after')),
                ('quiet_to', models.PositiveSmallIntegerField(default=7, verbose_name='until')),
                ('is_quiet_for_all', models.BooleanField(default=False, verbose_name='No other mails at night either')),
                ('person', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='preference', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'mail preference',
                'verbose_name_plural': 'mail preferences',
                'constraints': [models.CheckConstraint(condition=models.Q(('quiet_from__lte', 23), ('quiet_to__lte', 23)), name='quiet_hours_are_hours')],
            },
        ),
    ]
