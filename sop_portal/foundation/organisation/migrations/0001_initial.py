import django.db.models.deletion
import django.db.models.functions.text
import sop_portal.foundation.organisation.portal
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='User',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('password', models.CharField(max_length=128, verbose_name='password')),
                ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                ('email', models.EmailField(max_length=200, unique=True, verbose_name='e-mail address')),
                ('name', models.CharField(max_length=120, verbose_name='name')),
                ('language', models.CharField(default='en', max_length=10, verbose_name='language')),
                ('theme', models.CharField(choices=[('auto', 'as the device'), ('light', 'light'), ('dark', 'dark')], default='auto', max_length=5, verbose_name='colours')),
                ('is_active', models.BooleanField(default=True, verbose_name='may log in')),
                ('joined_at', models.DateTimeField(auto_now_add=True, verbose_name='joined')),
                ('invited_at', models.DateTimeField(blank=True, null=True, verbose_name='invited')),
            ],
            options={
                'verbose_name': 'person',
                'verbose_name_plural': 'people',
                'constraints': [models.UniqueConstraint(django.db.models.functions.text.Lower('email'), name='one_person_per_address'), models.CheckConstraint(condition=models.Q(('name', ''), _negated=True), name='person_has_a_name')],
            },
        ),
        migrations.CreateModel(
            name='Department',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=120, unique=True, verbose_name='name')),
                ('slug', models.SlugField(max_length=60, unique=True, verbose_name='short name in addresses')),
                ('is_active', models.BooleanField(default=True, verbose_name='takes part')),
                ('division', models.CharField(blank=True, max_length=120, verbose_name='division')),
                ('merged_at', models.DateTimeField(blank=True, editable=False, null=True)),
                ('merged_into', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='parts', to='organisation.department', verbose_name='became part of')),
            ],
            options={
                'verbose_name': 'department',
                'verbose_name_plural': 'departments',
                'ordering': ['name'],
                'constraints': [models.CheckConstraint(condition=models.Q(('name', ''), _negated=True), name='department_has_a_name'), models.CheckConstraint(condition=models.Q(('merged_into', None), models.Q(('is_active', False), models.Q(('merged_into', models.F('id')), _negated=True)), _connector='OR'), name='merged_department_plans_no_more', violation_error_message='A department that became part of another no longer takes part.'), models.CheckConstraint(condition=models.Q(('merged_at', None), ('merged_into__isnull', False), _connector='OR'), name='merged_department_has_an_heir')],
            },
        ),
        migrations.CreateModel(
            name='DepartmentName',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=120, verbose_name='former name')),
                ('until', models.DateTimeField(verbose_name='until')),
                ('department', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='former_names', to='organisation.department')),
            ],
            options={
                'verbose_name': 'former name of a department',
                'ordering': ['-until', 'pk'],
                'constraints': [models.UniqueConstraint(django.db.models.functions.text.Lower('name'), name='one_department_per_former_name'), models.CheckConstraint(condition=models.Q(('name', ''), _negated=True), name='former_name_is_a_name')],
            },
        ),
        migrations.CreateModel(
            name='FirstCode',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('hash', models.CharField(blank=True, max_length=64)),
                ('made_at', models.DateTimeField(verbose_name='made')),
                ('used_at', models.DateTimeField(blank=True, null=True, verbose_name='used')),
                ('email', models.EmailField(blank=True, max_length=200, verbose_name='e-mail address')),
            ],
            options={
                'verbose_name': 'one-time code',
                'verbose_name_plural': 'one-time codes',
                'constraints': [models.CheckConstraint(condition=models.Q(('pk', 1)), name='one_first_code'), models.CheckConstraint(condition=models.Q(models.Q(('used_at__isnull', True), models.Q(('hash', ''), _negated=True)), models.Q(('email', ''), ('hash', ''), ('used_at__isnull', False)), _connector='OR'), name='used_code_is_forgotten')],
            },
        ),
        migrations.CreateModel(
            name='Membership',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('role', models.CharField(choices=[('head', 'Department head'), ('lead', 'Project lead'), ('resource', 'Resource team'), ('finance', 'Finance'), ('management', 'Management'), ('programme', 'Programme manager'), ('administrator', 'Administrator'), ('auditor', 'Auditor')], max_length=20, verbose_name='role')),
                ('division', models.CharField(blank=True, max_length=120, verbose_name='division')),
                ('from_on', models.DateField(verbose_name='from')),
                ('until_on', models.DateField(blank=True, null=True, verbose_name='until')),
                ('ended_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='ended')),
                ('department', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='memberships', to='organisation.department', verbose_name='department')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='memberships', to=settings.AUTH_USER_MODEL, verbose_name='person')),
            ],
            options={
                'verbose_name': 'membership',
                'verbose_name_plural': 'memberships',
                'constraints': [models.CheckConstraint(condition=models.Q(('role__in', ['head', 'lead', 'resource', 'finance', 'management', 'programme', 'administrator', 'auditor'])), name='membership_role_known'), models.CheckConstraint(condition=models.Q(models.Q(('department__isnull', True), ('division', ''), ('role__in', ['resource', 'finance', 'management', 'administrator', 'auditor'])), models.Q(('department__isnull', True), ('role__in', ['programme']), models.Q(('division', ''), _negated=True)), models.Q(('department__isnull', False), ('division', ''), ('role__in', ['head', 'lead'])), _connector='OR'), name='membership_scope_fits_role', violation_error_message='A head or lead belongs to a department, a programme manager to a division, every other role to none.'), models.CheckConstraint(condition=models.Q(('until_on__isnull', True), ('until_on__gte', models.F('from_on')), _connector='OR'), name='membership_ends_after_it_begins', violation_error_message='The last day is before the first.'), models.CheckConstraint(condition=models.Q(('ended_at__isnull', True), ('until_on__isnull', False), _connector='OR'), name='membership_ended_on_its_last_day')],
            },
        ),
        migrations.CreateModel(
            name='Organisation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=120, verbose_name='name')),
                ('language', models.CharField(choices=[('en', 'English'), ('zh-hans', '简体中文')], default='en', max_length=10, verbose_name='language')),
                ('languages', models.CharField(default='en,zh-hans', max_length=40, verbose_name='languages offered')),
                ('time_zone', models.CharField(default=sop_portal.foundation.organisation.portal.zone_of_environment, max_length=60, verbose_name='time zone')),
                ('currency', models.CharField(default='USD', max_length=3, verbose_name='currency')),
                ('planning_month', models.PositiveSmallIntegerField(default=1, verbose_name='planning begins in')),
                ('financial_month', models.PositiveSmallIntegerField(default=7, verbose_name='financial year begins in')),
                ('working_weekdays', models.CharField(default='12345', max_length=7, verbose_name='working days')),
                ('is_demonstration', models.BooleanField(default=False, editable=False, verbose_name='demonstration')),
                ('days_ahead', models.PositiveSmallIntegerField(default=0, editable=False, verbose_name='days ahead')),
            ],
            options={
                'verbose_name': 'organisation',
                'constraints': [models.CheckConstraint(condition=models.Q(('pk', 1)), name='one_organisation'), models.CheckConstraint(condition=models.Q(('name', ''), _negated=True), name='organisation_has_a_name'), models.CheckConstraint(condition=models.Q(('is_demonstration', True), ('days_ahead', 0), _connector='OR'), name='only_a_demonstration_is_ahead'), models.CheckConstraint(condition=models.Q(('languages__contains', models.F('language'))), name='organisation_offers_its_language'), models.CheckConstraint(condition=models.Q(('working_weekdays', ''), _negated=True), name='organisation_works_on_some_day'), models.CheckConstraint(condition=models.Q(('planning_month__gte', 1), ('planning_month__lte', 12), ('financial_month__gte', 1), ('financial_month__lte', 12)), name='organisation_months_exist')],
            },
        ),
        migrations.CreateModel(
            name='SpecialDay',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('on', models.DateField(unique=True, verbose_name='day')),
                ('name', models.CharField(max_length=80, verbose_name='name')),
                ('is_worked', models.BooleanField(default=False, verbose_name='worked')),
            ],
            options={
                'verbose_name': 'special day',
                'verbose_name_plural': 'special days',
                'ordering': ['on'],
                'constraints': [models.CheckConstraint(condition=models.Q(('name', ''), _negated=True), name='special_day_has_a_name')],
            },
        ),
        migrations.CreateModel(
            name='UsedKey',
            fields=[
                ('key', models.UUIDField(primary_key=True, serialize=False)),
                ('used_at', models.DateTimeField()),
                ('form', models.CharField(blank=True, max_length=500)),
                ('content', models.CharField(blank=True, max_length=64)),
                ('leads_to', models.CharField(blank=True, max_length=500)),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'used form key',
                'indexes': [models.Index(fields=['used_at'], name='used_keys_by_age')],
            },
        ),
        migrations.CreateModel(
            name='Delegation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('role', models.CharField(blank=True, choices=[('head', 'Department head'), ('lead', 'Project lead'), ('resource', 'Resource team'), ('finance', 'Finance'), ('management', 'Management'), ('programme', 'Programme manager'), ('administrator', 'Administrator'), ('auditor', 'Auditor')], max_length=20, verbose_name='role')),
                ('from_on', models.DateField(verbose_name='from')),
                ('until_on', models.DateField(verbose_name='until')),
                ('ended_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='ended')),
                ('deputy', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='delegations_held', to=settings.AUTH_USER_MODEL, verbose_name='deputy')),
                ('giver', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='delegations_given', to=settings.AUTH_USER_MODEL, verbose_name='from')),
            ],
            options={
                'verbose_name': 'delegation',
                'verbose_name_plural': 'delegations',
                'constraints': [models.CheckConstraint(condition=models.Q(('giver', models.F('deputy')), _negated=True), name='nobody_deputises_for_themselves'), models.CheckConstraint(condition=models.Q(('until_on__gte', models.F('from_on'))), name='delegation_ends_after_it_begins', violation_error_message='The last day is before the first.')],
            },
        ),
    ]
