import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='FactorDuty',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('since', models.DateTimeField(verbose_name='since')),
                ('person', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='factor_duty', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'duty to use a second factor',
            },
        ),
        migrations.CreateModel(
            name='FactorRecovery',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reason', models.CharField(max_length=500, verbose_name='reason')),
                ('asked_at', models.DateTimeField(verbose_name='asked')),
                ('decided_at', models.DateTimeField(blank=True, null=True, verbose_name='decided')),
                ('is_granted', models.BooleanField(blank=True, null=True, verbose_name='granted')),
                ('asked_by', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('decided_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='factor_recoveries', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'recovery of a second factor',
                'verbose_name_plural': 'recoveries of second factors',
                'constraints': [models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='recovery_has_a_reason'), models.CheckConstraint(condition=models.Q(('asked_by', models.F('person')), _negated=True), name='recovery_asked_by_another'), models.CheckConstraint(condition=models.Q(models.Q(('decided_at', None), ('decided_by', None), ('is_granted', None)), models.Q(('decided_at__isnull', False), ('decided_by__isnull', False), ('is_granted__isnull', False), models.Q(('decided_by', models.F('person')), _negated=True), models.Q(('decided_by', models.F('asked_by')), _negated=True)), _connector='OR'), name='recovery_decided_by_a_third'), models.UniqueConstraint(condition=models.Q(('decided_at', None)), fields=('person',), name='one_open_recovery_per_person')],
            },
        ),
        migrations.CreateModel(
            name='Invitation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('email', models.EmailField(max_length=200, verbose_name='e-mail address')),
                ('hash', models.CharField(max_length=64, unique=True)),
                ('made_at', models.DateTimeField(verbose_name='made')),
                ('until', models.DateTimeField(verbose_name='until')),
                ('used_at', models.DateTimeField(blank=True, null=True, verbose_name='used')),
                ('ended_at', models.DateTimeField(blank=True, null=True, verbose_name='ended')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='invitations', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'invitation',
                'verbose_name_plural': 'invitations',
                'constraints': [models.CheckConstraint(condition=models.Q(('until__gt', models.F('made_at'))), name='invitation_lasts'), models.CheckConstraint(condition=models.Q(('used_at', None), ('ended_at', None), _connector='OR'), name='invitation_used_or_ended'), models.UniqueConstraint(condition=models.Q(('ended_at', None), ('used_at', None)), fields=('person',), name='one_open_invitation_per_person')],
            },
        ),
        migrations.CreateModel(
            name='SecurityEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(verbose_name='when')),
                ('what', models.CharField(choices=[('signed_in', 'Signed in'), ('new_browser', 'Signed in from a new browser'), ('wrong_password', 'Wrong password'), ('wrong_code', 'Wrong code'), ('slowed_down', 'Too many wrong passwords'), ('link_asked', 'Password link asked for'), ('invited', 'Invited'), ('password_set', 'First password set'), ('password_reset', 'Password set anew by a link'), ('password_changed', 'Password changed'), ('app_added', 'Code app set up'), ('app_removed', 'Code app removed'), ('passkey_added', 'Passkey added'), ('passkey_removed', 'Passkey removed'), ('codes_made', 'Recovery codes made'), ('recovery_asked', 'Removal of the second factor asked for'), ('recovery_declined', 'Removal of the second factor declined'), ('factors_removed', 'Second factor removed by two people'), ('connected', 'Connected to another sign-in'), ('disconnected', 'Disconnected from another sign-in'), ('role_given', 'Role given'), ('role_ended', 'Role ended'), ('access_ended', 'Access ended'), ('access_given', 'Access given again'), ('sessions_ended', 'Other sessions ended'), ('reported', 'Reported: this was not me')], max_length=20, verbose_name='what')),
                ('caller', models.GenericIPAddressField(blank=True, null=True, verbose_name='network address')),
                ('browser', models.CharField(blank=True, max_length=80, verbose_name='browser')),
                ('about', models.CharField(blank=True, max_length=200)),
                ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('person', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='security_events', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'security event',
                'verbose_name_plural': 'security events',
                'indexes': [models.Index(fields=['person', '-at'], name='security_log_of_a_person'), models.Index(fields=['at'], name='security_log_by_age')],
                'constraints': [models.CheckConstraint(condition=models.Q(('person__isnull', False), ('what__in', ['wrong_password', 'slowed_down']), _connector='OR'), name='only_wrong_passwords_are_of_nobody')],
            },
        ),
    ]
