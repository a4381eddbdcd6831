import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.comparison
import sop_portal.foundation.kit.money
from decimal import Decimal
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """Cycles, projects and their past, forecasts, the demand report, pools and requests."""

    initial = True

    dependencies = [
        ('organisation', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Cycle',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveIntegerField(default=1, verbose_name='version')),
                ('year', models.PositiveSmallIntegerField(unique=True, verbose_name='plan year')),
                ('starts_on', models.DateField(verbose_name='execution starts')),
                ('ends_on', models.DateField(verbose_name='execution ends')),
                ('currency', models.CharField(default='USD', max_length=3, verbose_name='currency')),
                ('time_zone', models.CharField(default='America/New_York', max_length=60, verbose_name='time zone')),
                ('state', models.CharField(choices=[('draft', 'Draft'), ('published', 'Published'), ('closed', 'Closed')], default='draft', max_length=20, verbose_name='state')),
                ('second_approval_above', sop_portal.foundation.kit.money.MoneyField(blank=True, decimal_places=2, max_digits=15, null=True, verbose_name='a second manager approves above')),
                ('small_transfer_limit', sop_portal.foundation.kit.money.MoneyField(decimal_places=2, default=0, max_digits=15, verbose_name='finance may put transfers in force up to')),
                ('moves_to_working_day', models.BooleanField(default=False, verbose_name='deadlines on a day off move to the next working day')),
                ('deviation_to_explain', models.PositiveSmallIntegerField(default=20, verbose_name='deviation to be explained, in percent')),
                ('published_at', models.DateTimeField(blank=True, null=True)),
                ('closed_at', models.DateTimeField(blank=True, null=True)),
                ('closed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('published_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'planning cycle',
                'verbose_name_plural': 'planning cycles',
                'ordering': ['-year'],
            },
        ),
        migrations.CreateModel(
            name='DemandReport',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveIntegerField(default=1, verbose_name='version')),
                ('number', models.PositiveSmallIntegerField(verbose_name='version')),
                ('reason', models.TextField(blank=True, max_length=2000, verbose_name='reason of the revision')),
                ('state', models.CharField(choices=[('compiling', 'Being compiled'), ('published', 'Published')], default='compiling', max_length=20, verbose_name='state')),
                ('published_at', models.DateTimeField(blank=True, null=True)),
                ('cycle', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='demand_reports', to='planning.cycle')),
                ('published_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'unified demand report',
                'verbose_name_plural': 'unified demand reports',
                'ordering': ['-number'],
            },
        ),
        migrations.CreateModel(
            name='Extension',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('stage', models.CharField(choices=[('forecast', 'Demand forecast'), ('request', 'Resource planning'), ('budget', 'Budget'), ('execution', 'Execution'), ('evaluation', 'Performance evaluation')], max_length=20, verbose_name='stage')),
                ('until_on', models.DateField(verbose_name='until')),
                ('moved_from', models.DateField(blank=True, null=True, verbose_name='moved from')),
                ('reason', models.TextField(max_length=2000, verbose_name='reason')),
                ('granted_at', models.DateTimeField()),
                ('cycle', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='extensions', to='planning.cycle')),
                ('department', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='extensions', to='organisation.department')),
                ('granted_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'extension',
                'verbose_name_plural': 'extensions',
                'ordering': ['-until_on'],
            },
        ),
        migrations.CreateModel(
            name='ExtensionRequest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveIntegerField(default=1, verbose_name='version')),
                ('stage', models.CharField(choices=[('forecast', 'Demand forecast'), ('request', 'Resource planning'), ('budget', 'Budget'), ('execution', 'Execution'), ('evaluation', 'Performance evaluation')], max_length=20, verbose_name='stage')),
                ('until_on', models.DateField(verbose_name='until')),
                ('reason', models.TextField(max_length=2000, verbose_name='why more time is needed')),
                ('state', models.CharField(choices=[('asked', 'Asked'), ('granted', 'Granted'), ('refused', 'Refused'), ('withdrawn', 'Withdrawn')], default='asked', max_length=20, verbose_name='state')),
                ('asked_at', models.DateTimeField()),
                ('decided_at', models.DateTimeField(blank=True, null=True)),
                ('asked_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('cycle', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='extension_requests', to='planning.cycle')),
                ('decided_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('department', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='extension_requests', to='organisation.department')),
            ],
            options={
                'verbose_name': 'request for more time',
                'verbose_name_plural': 'requests for more time',
                'ordering': ['-asked_at', '-pk'],
            },
        ),
        migrations.CreateModel(
            name='Forecast',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveIntegerField(default=1, verbose_name='version')),
                ('activities', models.DecimalField(decimal_places=2, editable=False, max_digits=18, null=True)),
                ('participants', models.DecimalField(decimal_places=2, editable=False, max_digits=18, null=True)),
                ('people', models.DecimalField(decimal_places=2, editable=False, max_digits=18, null=True)),
                ('materials', sop_portal.foundation.kit.money.MoneyField(decimal_places=2, editable=False, max_digits=18, null=True)),
                ('money', sop_portal.foundation.kit.money.MoneyField(decimal_places=2, editable=False, max_digits=18, null=True)),
                ('state', models.CharField(choices=[('draft', 'Draft'), ('submitted', 'Submitted'), ('returned', 'Sent back'), ('accepted', 'Accepted'), ('waived', 'Waived')], default='draft', max_length=20, verbose_name='state')),
                ('is_late', models.BooleanField(default=False, verbose_name='late')),
                ('submitted_at', models.DateTimeField(blank=True, null=True)),
                ('accepted_at', models.DateTimeField(blank=True, null=True)),
                ('waived_at', models.DateTimeField(blank=True, null=True)),
                ('accepted_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('cycle', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='forecasts', to='planning.cycle')),
                ('department', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='forecasts', to='organisation.department')),
                ('submitted_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('waived_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'demand forecast',
                'verbose_name_plural': 'demand forecasts',
            },
        ),
        migrations.CreateModel(
            name='ForecastLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('is_planned', models.BooleanField(default=True, verbose_name='planned this year')),
                ('why_not', models.TextField(blank=True, max_length=2000, verbose_name='why not this year')),
                ('forecast', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='lines', to='planning.forecast')),
            ],
            options={
                'verbose_name': 'forecast line',
                'verbose_name_plural': 'forecast lines',
            },
        ),
        migrations.CreateModel(
            name='ForecastFigure',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('metric', models.CharField(choices=[('activities', 'Activities'), ('participants', 'Participants'), ('people', 'People (hours)'), ('materials', 'Materials'), ('money', 'Money, without materials')], max_length=20, verbose_name='measure')),
                ('proposal', models.DecimalField(blank=True, decimal_places=2, max_digits=15, null=True, verbose_name='proposal')),
                ('proposal_year', models.PositiveSmallIntegerField(editable=False, null=True, verbose_name='the proposal rests on')),
                ('low', models.DecimalField(decimal_places=2, editable=False, max_digits=15, null=True)),
                ('high', models.DecimalField(decimal_places=2, editable=False, max_digits=15, null=True)),
                ('proposal_now', models.DecimalField(decimal_places=2, editable=False, max_digits=15, null=True)),
                ('outdated_at', models.DateTimeField(editable=False, null=True)),
                ('override', models.DecimalField(blank=True, decimal_places=2, max_digits=15, null=True, verbose_name='override')),
                ('figure', models.GeneratedField(db_persist=True, expression=django.db.models.functions.comparison.Coalesce(models.F('override'), models.F('proposal')), output_field=models.DecimalField(decimal_places=2, max_digits=15, null=True))),
                ('source', models.CharField(blank=True, choices=[('history', 'History'), ('trend', 'Market trend'), ('feedback', 'Feedback')], max_length=20, verbose_name='source')),
                ('reason', models.TextField(blank=True, max_length=2000, verbose_name='reason')),
                ('line', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='figures', to='planning.forecastline')),
            ],
            options={
                'verbose_name': 'forecast figure',
                'verbose_name_plural': 'forecast figures',
            },
        ),
        migrations.CreateModel(
            name='Hindsight',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('lesson', 'Lesson'), ('measure', 'Open measure')], max_length=20)),
                ('source_id', models.BigIntegerField()),
                ('slug', models.SlugField(blank=True, max_length=60)),
                ('year', models.PositiveSmallIntegerField(verbose_name='year')),
                ('text', models.TextField(max_length=2000)),
                ('source_url', models.CharField(max_length=300)),
                ('owner_name', models.CharField(blank=True, max_length=120)),
                ('due_on', models.DateField(blank=True, null=True)),
                ('is_open', models.BooleanField(default=True)),
                ('department', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisation.department')),
            ],
            options={
                'verbose_name': 'hindsight',
                'verbose_name_plural': 'hindsight',
                'ordering': ['-year', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='HistoryImport',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('file_name', models.CharField(max_length=200, verbose_name='file')),
                ('at', models.DateTimeField()),
                ('rows', models.PositiveIntegerField(verbose_name='rows')),
                ('undone_at', models.DateTimeField(blank=True, null=True)),
                ('departments_made', models.JSONField(default=list, editable=False)),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('undone_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'history import',
                'verbose_name_plural': 'history imports',
                'ordering': ['-at'],
            },
        ),
        migrations.CreateModel(
            name='Actual',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=120, verbose_name='project')),
                ('activities', models.DecimalField(blank=True, decimal_places=2, max_digits=15, null=True)),
                ('participants', models.DecimalField(blank=True, decimal_places=2, max_digits=15, null=True)),
                ('people', models.DecimalField(blank=True, decimal_places=2, max_digits=15, null=True)),
                ('materials', sop_portal.foundation.kit.money.MoneyField(blank=True, decimal_places=2, max_digits=15, null=True)),
                ('money', sop_portal.foundation.kit.money.MoneyField(blank=True, decimal_places=2, max_digits=15, null=True)),
                ('slug', models.SlugField(max_length=60)),
                ('year', models.PositiveSmallIntegerField(verbose_name='year')),
                ('department', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='actuals', to='organisation.department')),
                ('taken_from', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='actuals', to='planning.historyimport')),
            ],
            options={
                'verbose_name': 'actual figures of a year',
                'verbose_name_plural': 'actual figures',
                'ordering': ['year'],
            },
        ),
        migrations.CreateModel(
            name='Pool',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=120, verbose_name='resource')),
                ('kind', models.CharField(choices=[('people', 'People'), ('materials', 'Materials'), ('money', 'Money')], max_length=20, verbose_name='kind')),
                ('unit', models.CharField(max_length=30, verbose_name='unit')),
                ('capacity', models.DecimalField(decimal_places=2, max_digits=15, verbose_name='capacity')),
                ('committed', models.DecimalField(decimal_places=2, default=0, max_digits=15, verbose_name='committed')),
                ('rate', sop_portal.foundation.kit.money.MoneyField(blank=True, decimal_places=2, max_digits=15, null=True, verbose_name='cost of one unit')),
                ('is_paid_for', models.BooleanField(default=False, verbose_name='already paid for')),
                ('is_usual', models.BooleanField(default=False, verbose_name='usual for its kind')),
                ('takes_materials', models.BooleanField(default=False, verbose_name='usual for materials')),
                ('version', models.PositiveIntegerField(default=1)),
                ('cycle', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='pools', to='planning.cycle')),
                ('paid_from', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='pays_for', to='planning.pool', verbose_name='paid from')),
            ],
            options={
                'verbose_name': 'pool',
                'verbose_name_plural': 'pools',
                'ordering': ['kind', 'name'],
            },
        ),
        migrations.CreateModel(
            name='Project',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveIntegerField(default=1, verbose_name='version')),
                ('name', models.CharField(max_length=120, verbose_name='name')),
                ('slug', models.SlugField(max_length=60, verbose_name='short name in addresses')),
                ('purpose', models.TextField(blank=True, max_length=2000, verbose_name='what it is for')),
                ('importance', models.PositiveSmallIntegerField(default=3, verbose_name='importance, 1 to 5')),
                ('state', models.CharField(choices=[('planned', 'Planned'), ('active', 'Active'), ('on_hold', 'On hold'), ('completed', 'Completed'), ('evaluated', 'Evaluated'), ('cancelled', 'Cancelled')], default='planned', max_length=20, verbose_name='state')),
                ('starts_on', models.DateField(verbose_name='starts')),
                ('ends_on', models.DateField(verbose_name='ends')),
                ('activated_at', models.DateTimeField(blank=True, null=True)),
                ('completed_at', models.DateTimeField(blank=True, null=True)),
                ('budget_approved_at', models.DateTimeField(blank=True, null=True)),
                ('needed', sop_portal.foundation.kit.money.MoneyField(decimal_places=2, default=0, max_digits=15, verbose_name='needed')),
                ('asked', sop_portal.foundation.kit.money.MoneyField(decimal_places=2, default=0, max_digits=15, verbose_name='asked')),
                ('granted', sop_portal.foundation.kit.money.MoneyField(decimal_places=2, default=0, max_digits=15, verbose_name='granted')),
                ('budgeted', sop_portal.foundation.kit.money.MoneyField(decimal_places=2, default=0, max_digits=15, verbose_name='budgeted')),
                ('spent', sop_portal.foundation.kit.money.MoneyField(decimal_places=2, default=0, max_digits=15, verbose_name='spent')),
                ('activities_planned', models.PositiveIntegerField(default=0, verbose_name='activities planned')),
                ('activities_held', models.PositiveIntegerField(default=0, verbose_name='activities held')),
                ('participants_planned', models.PositiveIntegerField(default=0, verbose_name='participants planned')),
                ('participants_reached', models.PositiveIntegerField(default=0, verbose_name='participants reached')),
                ('activated_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('completed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('cycle', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='projects', to='planning.cycle')),
                ('department', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='projects', to='organisation.department')),
                ('lead', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='projects', to=settings.AUTH_USER_MODEL, verbose_name='lead')),
            ],
            options={
                'verbose_name': 'project',
                'verbose_name_plural': 'projects',
            },
        ),
        migrations.AddField(
            model_name='forecastline',
            name='project',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='forecast_line', to='planning.project'),
        ),
        migrations.CreateModel(
            name='ProjectName',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('called', models.SlugField(max_length=60)),
                ('slug', models.SlugField(max_length=60)),
                ('department', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='project_names', to='organisation.department')),
            ],
            options={
                'verbose_name': 'later name of a project',
            },
        ),
        migrations.CreateModel(
            name='ReplacedActual',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=120, verbose_name='project')),
                ('activities', models.DecimalField(blank=True, decimal_places=2, max_digits=15, null=True)),
                ('participants', models.DecimalField(blank=True, decimal_places=2, max_digits=15, null=True)),
                ('people', models.DecimalField(blank=True, decimal_places=2, max_digits=15, null=True)),
                ('materials', sop_portal.foundation.kit.money.MoneyField(blank=True, decimal_places=2, max_digits=15, null=True)),
                ('money', sop_portal.foundation.kit.money.MoneyField(blank=True, decimal_places=2, max_digits=15, null=True)),
                ('why', models.CharField(choices=[('import', 'Replaced by a file'), ('evaluation', 'Replaced by the evaluation'), ('correction', 'Corrected')], max_length=20)),
                ('reason', models.TextField(blank=True, max_length=2000, verbose_name='reason')),
                ('at', models.DateTimeField()),
                ('actual', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='replaced', to='planning.actual')),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('replaced_in', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='replaced', to='planning.historyimport')),
                ('taken_from', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='planning.historyimport')),
            ],
            options={
                'verbose_name': 'replaced figures of a year',
                'verbose_name_plural': 'replaced figures',
                'ordering': ['-pk'],
            },
        ),
        migrations.CreateModel(
            name='ReportGap',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('draft', 'Draft'), ('submitted', 'Submitted'), ('returned', 'Sent back'), ('accepted', 'Accepted'), ('waived', 'Waived')], max_length=20)),
                ('department', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisation.department')),
                ('report', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='gaps', to='planning.demandreport')),
            ],
            options={
                'verbose_name': 'gap of the demand report',
            },
        ),
        migrations.CreateModel(
            name='ReportLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=120)),
                ('activities', models.DecimalField(decimal_places=2, max_digits=15, null=True)),
                ('participants', models.DecimalField(decimal_places=2, max_digits=15, null=True)),
                ('people', models.DecimalField(decimal_places=2, max_digits=15, null=True)),
                ('materials', sop_portal.foundation.kit.money.MoneyField(decimal_places=2, max_digits=15, null=True)),
                ('money', sop_portal.foundation.kit.money.MoneyField(decimal_places=2, max_digits=15, null=True)),
                ('department', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisation.department')),
                ('line', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='planning.forecastline')),
                ('report', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='lines', to='planning.demandreport')),
            ],
            options={
                'verbose_name': 'line of the demand report',
            },
        ),
        migrations.CreateModel(
            name='ReportNeed',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=120)),
                ('departments', models.JSONField(default=list)),
                ('report', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='needs', to='planning.demandreport')),
            ],
            options={
                'verbose_name': 'shared need of the demand report',
            },
        ),
        migrations.CreateModel(
            name='ReportSum',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('activities', models.DecimalField(decimal_places=2, editable=False, max_digits=18, null=True)),
                ('participants', models.DecimalField(decimal_places=2, editable=False, max_digits=18, null=True)),
                ('people', models.DecimalField(decimal_places=2, editable=False, max_digits=18, null=True)),
                ('materials', sop_portal.foundation.kit.money.MoneyField(decimal_places=2, editable=False, max_digits=18, null=True)),
                ('money', sop_portal.foundation.kit.money.MoneyField(decimal_places=2, editable=False, max_digits=18, null=True)),
                ('year', models.PositiveSmallIntegerField(verbose_name='year')),
                ('department', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisation.department')),
                ('report', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='sums', to='planning.demandreport')),
            ],
            options={
                'verbose_name': 'sum of the demand report',
            },
        ),
        migrations.CreateModel(
            name='ResourceRequest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveIntegerField(default=1, verbose_name='version')),
                ('state', models.CharField(choices=[('draft', 'Draft'), ('submitted', 'Submitted'), ('returned', 'Sent back'), ('allocated', 'Allocated'), ('waived', 'Waived')], default='draft', max_length=20, verbose_name='state')),
                ('due', models.DateField(verbose_name='due')),
                ('moved_from', models.DateField(blank=True, null=True, verbose_name='moved from')),
                ('is_late', models.BooleanField(default=False, verbose_name='late')),
                ('line_count', models.PositiveIntegerField(default=0, editable=False, verbose_name='lines')),
                ('undecided', models.PositiveIntegerField(default=0, editable=False, verbose_name='undecided lines')),
                ('cost', sop_portal.foundation.kit.money.MoneyField(decimal_places=2, default=0, editable=False, max_digits=15, verbose_name='cost')),
                ('granted_cost', sop_portal.foundation.kit.money.MoneyField(decimal_places=2, default=0, editable=False, max_digits=15, verbose_name='granted, in money')),
                ('submitted_at', models.DateTimeField(blank=True, null=True)),
                ('allocated_at', models.DateTimeField(blank=True, null=True)),
                ('waived_at', models.DateTimeField(blank=True, null=True)),
                ('allocated_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('cycle', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='requests', to='planning.cycle')),
                ('department', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='requests', to='organisation.department')),
                ('submitted_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('waived_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'resource request',
                'verbose_name_plural': 'resource requests',
            },
        ),
        migrations.CreateModel(
            name='RequestLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('why_not_forecast', models.TextField(blank=True, max_length=2000, verbose_name='why it was not forecast')),
                ('metric', models.CharField(blank=True, choices=[('activities', 'Activities'), ('participants', 'Participants'), ('people', 'People (hours)'), ('materials', 'Materials'), ('money', 'Money, without materials')], max_length=20, verbose_name='figure of the forecast')),
                ('what', models.CharField(blank=True, max_length=120, verbose_name='what')),
                ('quantity', models.DecimalField(decimal_places=2, max_digits=15, verbose_name='quantity')),
                ('unit_cost', sop_portal.foundation.kit.money.MoneyField(decimal_places=2, default=0, max_digits=15, verbose_name='unit cost')),
                ('cost', sop_portal.foundation.kit.money.MoneyField(decimal_places=2, default=0, max_digits=15, verbose_name='cost')),
                ('forecast_left', models.DecimalField(blank=True, decimal_places=2, max_digits=15, null=True, verbose_name='left of the forecast')),
                ('needed_on', models.DateField(blank=True, null=True, verbose_name='needed on')),
                ('why', models.TextField(blank=True, max_length=2000, verbose_name='why')),
                ('urgency', models.PositiveSmallIntegerField(default=3, verbose_name='urgency, 1 to 5')),
                ('evidence', models.PositiveSmallIntegerField(default=3, verbose_name='evidence, 1 to 5')),
                ('decision', models.CharField(choices=[('open', 'Undecided'), ('full', 'In full'), ('part', 'In part'), ('deferred', 'Deferred'), ('refused', 'Refused')], default='open', max_length=20, verbose_name='decision')),
                ('granted', models.DecimalField(decimal_places=2, default=0, max_digits=15, verbose_name='granted')),
                ('granted_cost', sop_portal.foundation.kit.money.MoneyField(decimal_places=2, default=0, max_digits=15, verbose_name='granted, in money')),
                ('reason', models.TextField(blank=True, max_length=2000, verbose_name='reason the department will read')),
                ('decided_at', models.DateTimeField(blank=True, null=True)),
                ('decided_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('forecast_line', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='request_lines', to='planning.forecastline')),
                ('pool', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='planning.pool', verbose_name='resource')),
                ('project', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='request_lines', to='planning.project')),
                ('request', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='lines', to='planning.resourcerequest')),
            ],
            options={
                'verbose_name': 'request line',
                'verbose_name_plural': 'request lines',
            },
        ),
        migrations.CreateModel(
            name='StageWindow',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('stage', models.CharField(choices=[('forecast', 'Demand forecast'), ('request', 'Resource planning'), ('budget', 'Budget'), ('execution', 'Execution'), ('evaluation', 'Performance evaluation')], max_length=20, verbose_name='stage')),
                ('opens_on', models.DateField(verbose_name='opens')),
                ('due_on', models.DateField(verbose_name='due')),
                ('grace_until', models.DateField(verbose_name='late work accepted until')),
                ('first_due_on', models.DateField(verbose_name='first due')),
                ('moved_from', models.DateField(blank=True, null=True, verbose_name='moved from')),
                ('cycle', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='windows', to='planning.cycle')),
            ],
            options={
                'verbose_name': 'submission window',
                'verbose_name_plural': 'submission windows',
            },
        ),
        migrations.AddConstraint(
            model_name='cycle',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('published_at__isnull', False), ('published_by__isnull', False)), models.Q(('published_at__isnull', True), ('published_by__isnull', True), models.Q(('state__in', ['published', 'closed']), _negated=True)), _connector='OR'), name='cycle_published', violation_error_message='A record in this state says who took the step and when.'),
        ),
        migrations.AddConstraint(
            model_name='cycle',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('closed_at__isnull', False), ('closed_by__isnull', False)), models.Q(('closed_at__isnull', True), ('closed_by__isnull', True), models.Q(('state__in', ['closed']), _negated=True)), _connector='OR'), name='cycle_closed', violation_error_message='A record in this state says who took the step and when.'),
        ),
        migrations.AddConstraint(
            model_name='cycle',
            constraint=models.CheckConstraint(condition=models.Q(('ends_on__gt', models.F('starts_on'))), name='cycle_ends_after_it_starts'),
        ),
        migrations.AddConstraint(
            model_name='cycle',
            constraint=models.CheckConstraint(condition=models.Q(('year__gte', 1990), ('year__lte', 2200)), name='cycle_year_makes_sense'),
        ),
        migrations.AddConstraint(
            model_name='demandreport',
            constraint=models.UniqueConstraint(fields=('cycle', 'number'), name='one_report_per_number'),
        ),
        migrations.AddConstraint(
            model_name='demandreport',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'compiling')), fields=('cycle',), name='one_report_compiled_at_a_time'),
        ),
        migrations.AddConstraint(
            model_name='demandreport',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('published_at__isnull', False), ('published_by__isnull', False)), models.Q(('published_at__isnull', True), ('published_by__isnull', True), models.Q(('state__in', ['published']), _negated=True)), _connector='OR'), name='demand_report_published', violation_error_message='A record in this state says who took the step and when.'),
        ),
        migrations.AddConstraint(
            model_name='demandreport',
            constraint=models.CheckConstraint(condition=models.Q(('number', 1), models.Q(('reason', ''), _negated=True), _connector='OR'), name='report_revision_has_a_reason'),
        ),
        migrations.AddConstraint(
            model_name='extension',
            constraint=models.CheckConstraint(condition=models.Q(('moved_from__isnull', True), ('moved_from__lt', models.F('until_on')), _connector='OR'), name='extension_moved_later', violation_error_message='A deadline on a day off moves to a later day.'),
        ),
        migrations.AddConstraint(
            model_name='extension',
            constraint=models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='extension_has_a_reason'),
        ),
        migrations.AddConstraint(
            model_name='extension',
            constraint=models.CheckConstraint(condition=models.Q(('stage__in', ['forecast', 'request', 'budget', 'execution', 'evaluation'])), name='extension_stage_known'),
        ),
        migrations.AddConstraint(
            model_name='extensionrequest',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'asked')), fields=('cycle', 'department', 'stage'), name='one_extension_asked_at_a_time', violation_error_message='This was already asked and waits for a decision.'),
        ),
        migrations.AddConstraint(
            model_name='extensionrequest',
            constraint=models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='extension_request_says_why'),
        ),
        migrations.AddConstraint(
            model_name='extensionrequest',
            constraint=models.CheckConstraint(condition=models.Q(('stage__in', ['forecast', 'request', 'budget', 'execution', 'evaluation'])), name='extension_request_stage_known'),
        ),
        migrations.AddConstraint(
            model_name='extensionrequest',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('decided_at__isnull', False), ('decided_by__isnull', False)), models.Q(('decided_at__isnull', True), ('decided_by__isnull', True), models.Q(('state__in', ['granted', 'refused']), _negated=True)), _connector='OR'), name='extension_request_decided', violation_error_message='A record in this state says who took the step and when.'),
        ),
        migrations.AddConstraint(
            model_name='extensionrequest',
            constraint=models.CheckConstraint(condition=models.Q(('asked_by__isnull', True), ('decided_by__isnull', True), models.Q(('asked_by', models.F('decided_by')), _negated=True), _connector='OR'), name='extension_decided_by_another', violation_error_message='Nobody decides on their own work: somebody else must take this step.'),
        ),
        migrations.AddConstraint(
            model_name='forecast',
            constraint=models.UniqueConstraint(fields=('cycle', 'department'), name='one_forecast_per_department'),
        ),
        migrations.AddConstraint(
            model_name='forecast',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('submitted_at__isnull', False), ('submitted_by__isnull', False)), models.Q(('submitted_at__isnull', True), ('submitted_by__isnull', True), models.Q(('state__in', ['submitted', 'accepted']), _negated=True)), _connector='OR'), name='forecast_submitted', violation_error_message='A record in this state says who took the step and when.'),
        ),
        migrations.AddConstraint(
            model_name='forecast',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('accepted_at__isnull', False), ('accepted_by__isnull', False)), models.Q(('accepted_at__isnull', True), ('accepted_by__isnull', True), models.Q(('state__in', ['accepted']), _negated=True)), _connector='OR'), name='forecast_accepted', violation_error_message='A record in this state says who took the step and when.'),
        ),
        migrations.AddConstraint(
            model_name='forecast',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('waived_at__isnull', False), ('waived_by__isnull', False)), models.Q(('waived_at__isnull', True), ('waived_by__isnull', True), models.Q(('state__in', ['waived']), _negated=True)), _connector='OR'), name='forecast_waived', violation_error_message='A record in this state says who took the step and when.'),
        ),
        migrations.AddConstraint(
            model_name='forecast',
            constraint=models.CheckConstraint(condition=models.Q(('submitted_by__isnull', True), ('accepted_by__isnull', True), models.Q(('submitted_by', models.F('accepted_by')), _negated=True), _connector='OR'), name='forecast_accepted_by_another', violation_error_message='Nobody decides on their own work: somebody else must take this step.'),
        ),
        migrations.AddConstraint(
            model_name='forecastfigure',
            constraint=models.UniqueConstraint(fields=('line', 'metric'), name='one_figure_per_line_and_metric'),
        ),
        migrations.AddConstraint(
            model_name='forecastfigure',
            constraint=models.CheckConstraint(condition=models.Q(('metric__in', ['activities', 'participants', 'people', 'materials', 'money'])), name='forecast_metric_known'),
        ),
        migrations.AddConstraint(
            model_name='forecastfigure',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('override__isnull', True), ('override__gte', 0), _connector='OR'), models.Q(('proposal__isnull', True), ('proposal__gte', 0), _connector='OR')), name='forecast_figures_not_negative'),
        ),
        migrations.AddConstraint(
            model_name='forecastfigure',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('high__isnull', True), ('low__isnull', True)), models.Q(('high__gte', models.F('proposal')), ('low__lte', models.F('proposal'))), _connector='OR'), name='forecast_proposal_within_its_band'),
        ),
        migrations.AddConstraint(
            model_name='forecastfigure',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('proposal__isnull', True), ('proposal_year__isnull', True)), models.Q(('proposal__isnull', False), ('proposal_year__isnull', False)), _connector='OR'), name='forecast_proposal_names_its_year'),
        ),
        migrations.AddConstraint(
            model_name='forecastfigure',
            constraint=models.CheckConstraint(condition=models.Q(('outdated_at__isnull', False), ('proposal_now__isnull', True), _connector='OR'), name='forecast_proposal_now_since_when'),
        ),
        migrations.AddIndex(
            model_name='hindsight',
            index=models.Index(fields=['slug', 'department', '-year'], name='hindsight_by_project'),
        ),
        migrations.AddConstraint(
            model_name='hindsight',
            constraint=models.UniqueConstraint(fields=('kind', 'source_id'), name='one_hindsight_per_source'),
        ),
        migrations.AddConstraint(
            model_name='hindsight',
            constraint=models.CheckConstraint(condition=models.Q(('text', ''), _negated=True), name='hindsight_says_something'),
        ),
        migrations.AddIndex(
            model_name='actual',
            index=models.Index(fields=['year', 'department'], name='actuals_by_year'),
        ),
        migrations.AddConstraint(
            model_name='actual',
            constraint=models.UniqueConstraint(fields=('department', 'slug', 'year'), name='one_actual_per_project_and_year'),
        ),
        migrations.AddConstraint(
            model_name='actual',
            constraint=models.CheckConstraint(condition=models.Q(('activities__isnull', True), ('activities__gte', 0), _connector='OR'), name='actual_activities_not_negative'),
        ),
        migrations.AddConstraint(
            model_name='actual',
            constraint=models.CheckConstraint(condition=models.Q(('participants__isnull', True), ('participants__gte', 0), _connector='OR'), name='actual_participants_not_negative'),
        ),
        migrations.AddConstraint(
            model_name='actual',
            constraint=models.CheckConstraint(condition=models.Q(('people__isnull', True), ('people__gte', 0), _connector='OR'), name='actual_people_not_negative'),
        ),
        migrations.AddConstraint(
            model_name='actual',
            constraint=models.CheckConstraint(condition=models.Q(('materials__isnull', True), ('materials__gte', 0), _connector='OR'), name='actual_materials_not_negative'),
        ),
        migrations.AddConstraint(
            model_name='actual',
            constraint=models.CheckConstraint(condition=models.Q(('money__isnull', True), ('money__gte', 0), _connector='OR'), name='actual_money_not_negative'),
        ),
        migrations.AddConstraint(
            model_name='pool',
            constraint=models.UniqueConstraint(fields=('cycle', 'name'), name='one_pool_per_name'),
        ),
        migrations.AddConstraint(
            model_name='pool',
            constraint=models.CheckConstraint(condition=models.Q(('committed__gte', 0), ('committed__lte', models.F('capacity'))), name='pool_never_over_committed', violation_error_message='The pool does not hold that much.'),
        ),
        migrations.AddConstraint(
            model_name='pool',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['people', 'materials', 'money'])), name='pool_kind_known'),
        ),
        migrations.AddConstraint(
            model_name='pool',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('name', ''), _negated=True), models.Q(('unit', ''), _negated=True)), name='pool_has_name_and_unit'),
        ),
        migrations.AddConstraint(
            model_name='pool',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('is_paid_for', False), ('kind', 'money'), ('paid_from__isnull', True), ('rate__isnull', True)), models.Q(('is_paid_for', True), ('paid_from__isnull', True), ('rate__isnull', True), models.Q(('kind', 'money'), _negated=True)), models.Q(('is_paid_for', False), ('paid_from__isnull', False), ('rate__gt', 0), ('rate__isnull', False), models.Q(('kind', 'money'), _negated=True)), _connector='OR'), name='pool_says_who_pays', violation_error_message='Say what one unit costs and which money pays it, or that it is already paid for.'),
        ),
        migrations.AddConstraint(
            model_name='pool',
            constraint=models.CheckConstraint(condition=models.Q(('takes_materials', False), ('kind', 'money'), _connector='OR'), name='pool_for_materials_is_money'),
        ),
        migrations.AddConstraint(
            model_name='pool',
            constraint=models.UniqueConstraint(condition=models.Q(('is_usual', True)), fields=('cycle', 'kind'), name='one_usual_pool'),
        ),
        migrations.AddConstraint(
            model_name='pool',
            constraint=models.UniqueConstraint(condition=models.Q(('takes_materials', True), models.Q(('is_usual', True), ('kind', 'materials')), _connector='OR'), fields=('cycle',), name='one_usual_pool_for_materials'),
        ),
        migrations.AddIndex(
            model_name='project',
            index=models.Index(fields=['cycle', 'name', 'id'], name='projects_by_name'),
        ),
        migrations.AddIndex(
            model_name='project',
            index=models.Index(fields=['department', 'slug'], name='projects_through_years'),
        ),
        migrations.AddIndex(
            model_name='project',
            index=models.Index(fields=['cycle', 'state'], name='projects_by_state'),
        ),
        migrations.AddIndex(
            model_name='project',
            index=models.Index(fields=['cycle', 'needed', 'id'], name='projects_by_need'),
        ),
        migrations.AddIndex(
            model_name='project',
            index=models.Index(fields=['cycle', 'spent', 'id'], name='projects_by_spending'),
        ),
        migrations.AddConstraint(
            model_name='project',
            constraint=models.UniqueConstraint(fields=('cycle', 'department', 'slug'), name='one_project_per_slug'),
        ),
        migrations.AddConstraint(
            model_name='project',
            constraint=models.CheckConstraint(condition=models.Q(('name', ''), _negated=True), name='project_has_a_name'),
        ),
        migrations.AddConstraint(
            model_name='project',
            constraint=models.CheckConstraint(condition=models.Q(('ends_on__gte', models.F('starts_on'))), name='project_ends_after_it_starts'),
        ),
        migrations.AddConstraint(
            model_name='project',
            constraint=models.CheckConstraint(condition=models.Q(('importance__gte', 1), ('importance__lte', 5)), name='project_importance_1_to_5'),
        ),
        migrations.AddConstraint(
            model_name='project',
            constraint=models.CheckConstraint(condition=models.Q(('asked__gte', 0), ('budgeted__gte', 0), ('granted__gte', 0), ('needed__gte', 0), ('spent__gte', 0)), name='project_totals_not_negative'),
        ),
        migrations.AddConstraint(
            model_name='project',
            constraint=models.CheckConstraint(condition=models.Q(('spent__lte', models.F('budgeted'))), name='project_not_overspent', violation_error_message='More would be spent than is budgeted.'),
        ),
        migrations.AddConstraint(
            model_name='project',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('completed_at__isnull', False), ('completed_by__isnull', False)), models.Q(('completed_at__isnull', True), ('completed_by__isnull', True), models.Q(('state__in', ['completed', 'evaluated']), _negated=True)), _connector='OR'), name='project_completed', violation_error_message='A record in this state says who took the step and when.'),
        ),
        migrations.AddConstraint(
            model_name='project',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('activated_at__isnull', False), ('activated_by__isnull', False)), models.Q(('activated_at__isnull', True), ('activated_by__isnull', True), models.Q(('state__in', ['active', 'on_hold', 'completed', 'evaluated']), _negated=True)), _connector='OR'), name='project_activated', violation_error_message='A record in this state says who took the step and when.'),
        ),
        migrations.AddConstraint(
            model_name='forecastline',
            constraint=models.CheckConstraint(condition=models.Q(('is_planned', True), models.Q(('why_not', ''), _negated=True), _connector='OR'), name='forecast_line_left_out_with_reason', violation_error_message='Say why the project is not planned this year.'),
        ),
        migrations.AddConstraint(
            model_name='projectname',
            constraint=models.UniqueConstraint(fields=('department', 'called'), name='one_project_per_later_name'),
        ),
        migrations.AddConstraint(
            model_name='projectname',
            constraint=models.CheckConstraint(condition=models.Q(('called', models.F('slug')), _negated=True), name='later_name_is_another'),
        ),
        migrations.AddConstraint(
            model_name='replacedactual',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('replaced_in__isnull', False), ('why', 'import')), models.Q(models.Q(('why', 'import'), _negated=True), ('replaced_in__isnull', True)), _connector='OR'), name='replaced_actual_names_its_file'),
        ),
        migrations.AddConstraint(
            model_name='replacedactual',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('why', 'correction'), _negated=True), models.Q(('reason', ''), _negated=True), _connector='OR'), name='corrected_actual_says_why', violation_error_message='Say why the figure is corrected.'),
        ),
        migrations.AddConstraint(
            model_name='reportgap',
            constraint=models.UniqueConstraint(fields=('report', 'department'), name='one_gap_per_department'),
        ),
        migrations.AddConstraint(
            model_name='reportline',
            constraint=models.UniqueConstraint(fields=('report', 'line'), name='one_report_line_per_line'),
        ),
        migrations.AddConstraint(
            model_name='reportneed',
            constraint=models.CheckConstraint(condition=models.Q(('name', ''), _negated=True), name='shared_need_has_a_name'),
        ),
        migrations.AddConstraint(
            model_name='reportsum',
            constraint=models.UniqueConstraint(fields=('report', 'year', 'department'), name='one_report_sum_per_year'),
        ),
        migrations.AddConstraint(
            model_name='resourcerequest',
            constraint=models.CheckConstraint(condition=models.Q(('moved_from__isnull', True), ('moved_from__lt', models.F('due')), _connector='OR'), name='request_moved_later', violation_error_message='A deadline on a day off moves to a later day.'),
        ),
        migrations.AddConstraint(
            model_name='resourcerequest',
            constraint=models.UniqueConstraint(fields=('cycle', 'department'), name='one_request_per_department'),
        ),
        migrations.AddConstraint(
            model_name='resourcerequest',
            constraint=models.CheckConstraint(condition=models.Q(('cost__gte', 0), ('granted_cost__gte', 0), ('granted_cost__lte', models.F('cost')), ('undecided__lte', models.F('line_count'))), name='request_sums_fit'),
        ),
        migrations.AddConstraint(
            model_name='resourcerequest',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('submitted_at__isnull', False), ('submitted_by__isnull', False)), models.Q(('submitted_at__isnull', True), ('submitted_by__isnull', True), models.Q(('state__in', ['submitted', 'allocated']), _negated=True)), _connector='OR'), name='request_submitted', violation_error_message='A record in this state says who took the step and when.'),
        ),
        migrations.AddConstraint(
            model_name='resourcerequest',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('allocated_at__isnull', False), ('allocated_by__isnull', False)), models.Q(('allocated_at__isnull', True), ('allocated_by__isnull', True), models.Q(('state__in', ['allocated']), _negated=True)), _connector='OR'), name='request_allocated', violation_error_message='A record in this state says who took the step and when.'),
        ),
        migrations.AddConstraint(
            model_name='resourcerequest',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('waived_at__isnull', False), ('waived_by__isnull', False)), models.Q(('waived_at__isnull', True), ('waived_by__isnull', True), models.Q(('state__in', ['waived']), _negated=True)), _connector='OR'), name='request_waived', violation_error_message='A record in this state says who took the step and when.'),
        ),
        migrations.AddConstraint(
            model_name='resourcerequest',
            constraint=models.CheckConstraint(condition=models.Q(('submitted_by__isnull', True), ('allocated_by__isnull', True), models.Q(('submitted_by', models.F('allocated_by')), _negated=True), _connector='OR'), name='request_allocated_by_another', violation_error_message='Nobody decides on their own work: somebody else must take this step.'),
        ),
        migrations.AddConstraint(
            model_name='requestline',
            constraint=models.CheckConstraint(condition=models.Q(('cost__gte', 0), ('quantity__gt', 0), ('unit_cost__gte', 0)), name='request_line_asks_for_something'),
        ),
        migrations.AddConstraint(
            model_name='requestline',
            constraint=models.CheckConstraint(condition=models.Q(('cost__gt', django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(models.F('quantity'), '*', models.F('unit_cost')), '-', models.Value(Decimal('0.006')))), ('cost__lt', django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(models.F('quantity'), '*', models.F('unit_cost')), '+', models.Value(Decimal('0.006'))))), name='request_line_cost_is_quantity_at_unit_cost'),
        ),
        migrations.AddConstraint(
            model_name='requestline',
            constraint=models.CheckConstraint(condition=models.Q(('granted_cost__gt', django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(models.F('granted'), '*', models.F('unit_cost')), '-', models.Value(Decimal('0.006')))), ('granted_cost__lt', django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(models.F('granted'), '*', models.F('unit_cost')), '+', models.Value(Decimal('0.006'))))), name='request_line_granted_cost_is_quantity_at_unit_cost'),
        ),
        migrations.AddConstraint(
            model_name='requestline',
            constraint=models.CheckConstraint(condition=models.Q(('forecast_left__isnull', True), ('quantity__lte', models.F('forecast_left')), models.Q(('why', ''), _negated=True), _connector='OR'), name='request_line_says_why_more_than_forecast', violation_error_message='Say why more is asked for than was forecast.'),
        ),
        migrations.AddConstraint(
            model_name='requestline',
            constraint=models.CheckConstraint(condition=models.Q(('forecast_line__isnull', False), models.Q(('why_not_forecast', ''), _negated=True), _connector='OR'), name='request_line_leads_to_forecast', violation_error_message='Name the forecast line, or say why it was not forecast.'),
        ),
        migrations.AddConstraint(
            model_name='requestline',
            constraint=models.CheckConstraint(condition=models.Q(('metric', ''), ('forecast_line__isnull', False), _connector='OR'), name='request_line_metric_is_forecast'),
        ),
        migrations.AddConstraint(
            model_name='requestline',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('metric', ''), _negated=True), models.Q(('what', ''), _negated=True), _connector='OR'), name='request_line_has_a_name'),
        ),
        migrations.AddConstraint(
            model_name='requestline',
            constraint=models.CheckConstraint(condition=models.Q(('granted__gte', 0), ('granted__lte', models.F('quantity')), ('granted_cost__gte', 0), ('granted_cost__lte', models.F('cost'))), name='granted_at_most_asked'),
        ),
        migrations.AddConstraint(
            model_name='requestline',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('decision', 'full'), ('granted', models.F('quantity'))), models.Q(('decision', 'part'), ('granted__gt', 0), ('granted__lt', models.F('quantity'))), models.Q(('decision__in', ['open', 'deferred', 'refused']), ('granted', 0)), _connector='OR'), name='granted_fits_decision'),
        ),
        migrations.AddConstraint(
            model_name='requestline',
            constraint=models.CheckConstraint(condition=models.Q(('decision__in', ['open', 'full']), models.Q(('reason', ''), _negated=True), _connector='OR'), name='not_in_full_has_a_reason', violation_error_message='Say why. The department will read it.'),
        ),
        migrations.AddConstraint(
            model_name='requestline',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('decided_at__isnull', False), ('decided_by__isnull', False)), models.Q(('decided_at__isnull', True), ('decided_by__isnull', True), models.Q(('decision__in', ['full', 'part', 'deferred', 'refused']), _negated=True)), _connector='OR'), name='request_line_decided', violation_error_message='A record in this state says who took the step and when.'),
        ),
        migrations.AddConstraint(
            model_name='requestline',
            constraint=models.CheckConstraint(condition=models.Q(('evidence__gte', 1), ('evidence__lte', 5), ('urgency__gte', 1), ('urgency__lte', 5)), name='request_line_scores_1_to_5'),
        ),
        migrations.AddConstraint(
            model_name='stagewindow',
            constraint=models.UniqueConstraint(fields=('cycle', 'stage'), name='one_window_per_stage_and_cycle'),
        ),
        migrations.AddConstraint(
            model_name='stagewindow',
            constraint=models.CheckConstraint(condition=models.Q(('due_on__lte', models.F('grace_until')), ('opens_on__lte', models.F('due_on'))), name='window_dates_in_order', violation_error_message='A window opens, is due and ends in this order.'),
        ),
        migrations.AddConstraint(
            model_name='stagewindow',
            constraint=models.CheckConstraint(condition=models.Q(('moved_from__isnull', True), ('moved_from__lt', models.F('due_on')), _connector='OR'), name='window_moved_later', violation_error_message='A deadline on a day off moves to a later day.'),
        ),
    ]
